"""The documents that a store committed last: whoever commits them next need not load them (decision 0071)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

from shared.store.documents import Document

MOST = 500
"""Documents kept per kind."""
LARGEST = 16 * 1024
"""Bytes, as stored, of a document that is kept: so a kind takes some megabytes at most."""


class AtHand:
    """Of one kind. Who takes a document has it alone; after its commit it is put back."""

    def __init__(self) -> None:
        self._documents: OrderedDict[str, Document] = OrderedDict()

    def take(self, id: str) -> Document | None:
        """The document as it was committed here last, if it is still at hand; others may have changed it since."""
        return self._documents.pop(id, None)

    def put(self, document: Document, size: int) -> None:
        """Keep a copy of what was committed just now, in place of one that was committed longest ago."""
        self._documents.pop(document.id, None)
        if size <= LARGEST:
            calls = [call.model_copy() for call in document.outcalls]
            self._documents[document.id] = replace(document, outbox=list(document.outbox), outcalls=calls)
            if len(self._documents) > MOST:
                self._documents.popitem(last=False)

    def clear_outbox(self, id: str, entries: Sequence[str]) -> None:
        """As the store's `clear_outbox`."""
        if document := self._documents.get(id):
            document.outbox = [entry for entry in document.outbox if entry.id not in entries]

    def forget(self) -> None:
        """Keep none."""
        self._documents.clear()
