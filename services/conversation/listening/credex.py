"""Begins what is done about credex, and says so when it is off."""

from __future__ import annotations

from datetime import UTC

from services.conversation.domain.shortcut import NotAShortcut, read_shortcut
from services.conversation.engine.engine import Turn
from services.conversation.engine.texts import _
from services.conversation.listening import starts
from services.conversation.listening.situation import Situation
from shared.contracts.credex import OpenDashboard
from shared.contracts.credex_parts import Action

FLOWS = tuple(name for name in starts.CREDEX_FLOWS if name != "answer_offer")
"""Those that a word begins."""


def home(here: Situation) -> Turn:
    """Log in by phone and show the accounts; an unknown person is offered to join when the answer comes."""
    if not here.settings.has_credex:
        return _off(here)
    phone = here.session.address.phone if here.session.address else None
    return Turn(messages=[OpenDashboard(member=here.member, request="home", phone=phone)])


def begin(here: Situation, name: str) -> Turn:
    """One of the flows."""
    if not here.settings.has_credex:
        return _off(here)
    return starts.begin(here, name, _chosen(here) if name in {"offer", "ledger"} else {})


def answer_offer(here: Situation, action: Action, about: str) -> Turn:
    """What a notice's button says, however old: the core tells whether it is still possible."""
    credex_id, _dot, account_id = about.partition(".")
    if not here.settings.has_credex:
        return _off(here)
    if not credex_id or not account_id:
        return here.again(_("That choice is from an older message."))
    return starts.begin(here, "answer_offer", subject=(action, credex_id, account_id))


def offer_in_one_line(here: Situation, text: str) -> Turn:
    """A shortcut opens the same summary as the guided offer; a malformed one is told the right form."""
    if not here.settings.has_credex:
        return _off(here)
    try:
        shortcut = read_shortcut(text)
        due = shortcut.due_by(here.now.astimezone(UTC).date())
    except NotAShortcut as refusal:
        return here.aside(str(refusal))
    said = {
        "handle#1": shortcut.handle,
        "amount#1": f"{shortcut.amount} {shortcut.denomination or ''}".strip(),
        "kind#1": "secured" if due is None else "promise",
        **({} if due is None else {"due#1": due.isoformat()}),
    }
    return starts.begin(here, "offer", _chosen(here), said)


def _chosen(here: Situation) -> dict[str, str]:
    """The account that was switched to is not asked for."""
    view = here.session.credex
    return {"account#1": view.chosen} if view and view.chosen and view.find(view.chosen) else {}


def _off(here: Situation) -> Turn:
    return here.again(_("Credex is switched off at the moment."))
