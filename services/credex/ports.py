"""What credex needs from outside: credex-core, and a timer."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel

from services.credex.domain.answer import Answer
from services.credex.domain.request import Asked
from shared.outcalls.calls import Call

_TRY = timedelta(seconds=45)
"""Longer than a login and a request, each with its own timeout."""
PATIENCE = timedelta(seconds=90)
"""How long a person's request is tried while the core, or its rate limit, does not let it through."""
BACKGROUND_PATIENCE = timedelta(minutes=10)
"""The same for what nobody waits for in the chat."""

READ = Call("credex.read", Asked, Answer, deadline=_TRY, repeats=True, give_up=PATIENCE)
"""What a command that looks asks for."""

ACT = Call("credex.act", Asked, Answer, deadline=_TRY, repeats=False, give_up=PATIENCE)
"""What a command that changes something asks for, but for offers and upgrades."""

LOOK = Call("credex.look", Asked, Answer, deadline=_TRY, repeats=True, give_up=timedelta(minutes=1))
"""Whether the change of an ACT was done."""


class IssueRequest(BaseModel):
    """One intent to give something out of an account."""

    account_id: str
    intent: str
    asked: Asked
    since: datetime | None = None
    """For FIND: entries of the ledger older than this, by the core's clock, are not needed."""


NOTE = Call("credex.note", IssueRequest, Answer, deadline=_TRY, repeats=True, give_up=PATIENCE)
"""The member's accounts as they are before a create."""

CREATE = Call("credex.create", IssueRequest, Answer, deadline=_TRY, repeats=False, give_up=PATIENCE)
"""Make the offer, or charge the upgrade."""

FIND = Call("credex.find", IssueRequest, Answer, deadline=_TRY, repeats=True, give_up=BACKGROUND_PATIENCE)
"""Accounts and ledger after a create whose answer was lost."""


class Waiting(BaseModel):
    """Who waits, by what the answer will name."""

    member: str
    answers: str


class Rung(BaseModel):
    """The time is over."""


REQUEST_WAITS = Call("request waits", Waiting, Rung, deadline=timedelta(seconds=5), repeats=True)
"""A timer (decision 0002): when it rings, a person has waited for long."""

ISSUE_WAITS = Call("issue waits", Waiting, Rung, deadline=timedelta(seconds=5), repeats=True)
"""The same, for what goes out of an account."""


async def ring(_: Waiting) -> Rung:
    """The timers' call: it has nothing to do but to be due."""
    return Rung()
