"""How far one form has come: whether it may still be filled in, and that it ends once.

What a person entered is not kept: a question asked again has the same answer because screens are pure (screens.py).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from services.conversation.engine.texts import later
from services.conversation.forms.tokens import LIFE, FormClosed, Ticket
from services.conversation.store import PROFILES, SESSIONS
from shared.bus.entry import Entry
from shared.contracts.base import Message
from shared.kernel.ids import derive_id
from shared.kernel.languages import Language
from shared.store.documents import Kind

SESSION = timedelta(hours=1)
"""How long a form that was opened may take; counted from its opening, not from the message that offered it."""
_SENT = later("This form was sent already or is too old; ask for a new one in the chat.")


class FormSession(BaseModel):
    """One form on one phone."""

    opened_at: datetime
    final: str | None = None
    """The question that it ended with: a phone may ask that one again, and no other."""


FORMS = Kind("forms", FormSession, home="redis", keep=LIFE + timedelta(days=1))
"""Under the id that `id_of` makes of a token."""


def id_of(token: str) -> str:
    """The document of a token."""
    return derive_id("F", token)


def question_of(screen: str, data: Mapping[str, Any]) -> str:
    """The same for the same screen and data, in whatever order (WhatsApp contract 5.3)."""
    text = json.dumps([screen, data], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


class Sessions:
    """The sessions of all forms, over the service's store."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry

    async def language_of(self, ticket: Ticket) -> Language:
        """What the person speaks."""
        profile = (await self._entry.read(PROFILES, [ticket.member])).get(ticket.member)
        return (profile.language if profile else None) or "en"

    async def begin(self, ticket: Ticket, now: datetime) -> None:
        """The form is opened, perhaps again. Raises FormClosed when it has ended or the chat would not take it."""
        await self._check_offered(ticket)
        if await self._entry.create(FORMS, {id_of(ticket.token): FormSession(opened_at=now)}):
            return

        def reopen(session: FormSession) -> list[Message]:
            if session.final is not None:
                raise FormClosed(_SENT)
            session.opened_at = now
            return []

        await self._entry.change(FORMS, id_of(ticket.token), reopen)

    async def check(self, ticket: Ticket, question: str, now: datetime) -> None:
        """Raises FormClosed when this may not be asked."""
        await self._check_offered(ticket)
        id = id_of(ticket.token)
        session = (await self._entry.read(FORMS, [id])).get(id)
        if session is None:
            # Opened at a screen that the message named: our endpoint was not asked for the first.
            await self.begin(ticket, now)
        elif session.final not in (None, question):
            raise FormClosed(_SENT)
        elif session.final is None and now - session.opened_at > SESSION:
            raise FormClosed(later("This form was open too long; ask for a new one in the chat."))

    async def end(self, ticket: Ticket, question: str) -> None:
        """The form ends with this question. Raises FormClosed when it has ended with another."""

        def end(session: FormSession) -> list[Message]:
            if session.final not in (None, question):
                raise FormClosed(_SENT)
            session.final = question
            return []

        await self._entry.change(FORMS, id_of(ticket.token), end)

    async def _check_offered(self, ticket: Ticket) -> None:
        """The chat takes the form that it offered last, once."""
        talk = (await self._entry.read(SESSIONS, [ticket.member])).get(ticket.member)
        if talk is None or talk.form != ticket.token:
            raise FormClosed(_SENT)
