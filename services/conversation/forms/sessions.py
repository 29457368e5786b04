"""What was asked and shown in one form, so that the same question has the same answer and the form ends once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel

from services.conversation.forms.tokens import LIFE, FormClosed, Ticket
from shared.bus.entry import Entry
from shared.contracts.base import Message
from shared.kernel.ids import MemberId, derive_id
from shared.store.documents import Kind

SESSION = timedelta(hours=1)
"""How long a form that was opened may take; counted from its opening, not from the message that offered it."""
REMEMBERED = 30
"""Answers kept of one form."""


class FormSession(BaseModel):
    """One form on one phone."""

    purpose: str
    member: MemberId
    opened_at: datetime
    answers: dict[str, dict[str, Any]] = {}
    """What was shown, by the question."""
    final: dict[str, Any] | None = None
    """What the form ended with: what its `nfm_reply` must say."""


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

    async def begin(self, ticket: Ticket, now: datetime) -> None:
        """The form is opened, perhaps again. Raises FormClosed when it has ended."""
        fresh = FormSession(purpose=ticket.purpose, member=ticket.member, opened_at=now)
        if await self._entry.create(FORMS, {id_of(ticket.token): fresh}):
            return

        def reopen(session: FormSession) -> list[Message]:
            if session.final is not None:
                raise FormClosed("This form was sent already; ask for a new one in the chat.")
            session.opened_at = now
            return []

        await self._entry.change(FORMS, id_of(ticket.token), reopen)

    async def known(self, ticket: Ticket, question: str, now: datetime) -> dict[str, Any] | None:
        """What was shown when this was asked before. Raises FormClosed when nothing more may be asked."""
        id = id_of(ticket.token)
        session = (await self._entry.read(FORMS, [id])).get(id)
        if session is None:
            # Opened at a screen that the message named: our endpoint was not asked for the first.
            await self.begin(ticket, now)
            return None
        if question in session.answers:
            return session.answers[question]
        if session.final is not None:
            raise FormClosed("This form was sent already; ask for a new one in the chat.")
        if now - session.opened_at > SESSION:
            raise FormClosed("This form was open too long; ask for a new one in the chat.")
        return None

    async def remember(
        self, ticket: Ticket, question: str, answer: dict[str, Any], final: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        """Keep what is shown; what another request was shown for the same question meanwhile goes before."""
        shown = answer

        def keep(session: FormSession) -> list[Message]:
            nonlocal shown
            if question in session.answers:
                shown = session.answers[question]
            elif session.final is not None:
                raise FormClosed("This form was sent already; ask for a new one in the chat.")
            else:
                shown = answer
                session.answers = dict([*session.answers.items(), (question, answer)][-REMEMBERED:])
                session.final = dict(final) if final is not None else None
            return []

        await self._entry.change(FORMS, id_of(ticket.token), keep)
        return shown
