"""Was it done? What a look at the core says of a change whose answer was lost, or that was refused.

Everything here is done at most once by the core itself (an offer is accepted once, a phone joins once), so what is
seen not to be done may be asked again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from services.credex.domain.answer import Answer
from shared.contracts.base import Command
from shared.contracts.credex import (
    AnswerOffer,
    AuthoriseMember,
    DirectNotices,
    JoinCredex,
    OpenAccount,
    RemoveMember,
)
from shared.contracts.credex_parts import Action

GoneState = Literal["accepted", "declined", "cancelled", "unknown"]

_DONE: dict[Action, frozenset[str]] = {
    "accept": frozenset({"OWES", "CLEARED"}),
    "decline": frozenset({"DECLINED"}),
    "cancel": frozenset({"CANCELLED"}),
}
_GONE: dict[str, GoneState] = {
    "OWES": "accepted",
    "CLEARED": "accepted",
    "DECLINED": "declined",
    "CANCELLED": "cancelled",
}


@dataclass(frozen=True)
class Seen:
    """`done`, `open` (not done, and may be asked again), or `gone` with what became of the offer."""

    verdict: Literal["done", "open", "gone"]
    state: GoneState = "unknown"


def seen(command: Command, answer: Answer) -> Seen:
    """What the look says."""
    match command:
        case JoinCredex():
            return Seen("done" if answer.refusal is None else "open")
        case AnswerOffer():
            return _offer(command, answer)
        case OpenAccount():
            handle = command.handle.strip().lower()
            return _if(any(account.owned and account.handle == handle for account in answer.accounts))
        case AuthoriseMember() | RemoveMember():
            account = answer.account(command.account_id)
            people = account.authorised if account else None
            if people is None:
                return Seen("open")  # the core does not say; to ask again changes nothing more
            inside = command.person.core_id in {person.core_id for person in people}
            return _if(inside is isinstance(command, AuthoriseMember))
        case DirectNotices():
            account = answer.account(command.account_id)
            told = account.notices_to if account else None
            return _if(told is not None and told.core_id == command.person.core_id)
    raise TypeError(f"{command.NAME} has nothing to look for")


def _if(done: bool) -> Seen:
    return Seen("done" if done else "open")


def _offer(command: AnswerOffer, answer: Answer) -> Seen:
    if answer.credex is None:
        return Seen("gone")  # no longer shown to us: expired, or never ours
    state = answer.credex.state
    if state in _DONE[command.action]:
        return Seen("done")
    return Seen("gone", _GONE[state]) if state in _GONE else Seen("open")
