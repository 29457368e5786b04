"""Staff commands (product 4): by phone number, checked each time, each use in the audit trail."""

from __future__ import annotations

from datetime import date, timedelta

from services.conversation.engine.engine import Turn
from services.conversation.engine.texts import _
from services.conversation.listening.situation import Situation
from services.conversation.texts.staff import HELP
from shared.contracts.base import Message
from shared.contracts.conversation import DecidePurpose, RememberStaff, StaffCommandUsed
from shared.contracts.payments import ApprovePayment, RejectPayment
from shared.contracts.reporting import MakeStatistics
from shared.kernel.clock import HARARE
from shared.kernel.ids import PaymentId

COMMANDS = frozenset({"/admin", "/stats", "/approve", "/reject", "/health"})
LONGEST_REASON = 200


def staff(here: Situation, text: str) -> Turn:
    """Do a command, or say why not."""
    command, _blank, rest = text.partition(" ")
    command, rest = command.casefold(), " ".join(rest.split())
    phone = here.session.address.phone if here.session.address else None
    allowed = phone is not None and phone in here.settings.staff
    use = StaffCommandUsed(
        member=here.member,
        command=command if command in COMMANDS else "/unknown",
        allowed=allowed,
        at=here.now,
        about=_id_in(rest) if command in {"/approve", "/reject"} else None,
    )
    if not allowed or phone is None:
        return Turn(here.say(_("Words with / are for staff only. *menu* shows what I can do.")).outgoing, [use])
    turn = _do(here, command, rest)
    turn.messages.insert(0, use)
    known = here.profile.staff
    if known is None or (known.phone, known.member) != (phone, here.member):
        turn.messages.append(RememberStaff(member=here.member, phone=phone))
    return turn


def _do(here: Situation, command: str, rest: str) -> Turn:
    match command:
        case "/stats":
            return _stats(here, rest)
        case "/approve":
            return _decide(here, rest, approve=True)
        case "/reject":
            return _decide(here, rest, approve=False)
        case "/health":
            # Whoever reads this has been through the gateway, this service and the notifier.
            return here.say(_("I hear you and can answer. Each service's state is on the gateway's page /health."))
        case _:
            return here.say(_(HELP))


def _stats(here: Situation, rest: str) -> Turn:
    span = days_of(rest.casefold() or "today", here.now.astimezone(HARARE).date())
    if span is None:
        return here.say(_("/stats knows today, yesterday, week and month."))
    first, last = span
    return Turn(messages=[MakeStatistics(asked_by=here.member, first=first, last=last)])


def _decide(here: Situation, rest: str, *, approve: bool) -> Turn:
    """The prefix of an id names whose it is to carry out: `P-` payments, `U-` a purpose, here (product 4)."""
    id, (_id, _blank, reason) = _id_in(rest), rest.partition(" ")
    reason = reason.strip()[:LONGEST_REASON]
    if id is None:
        return here.say(_("Please name what it is about: P-… is a payment, U-… a purpose."))
    if not approve and not reason:
        return here.say(_("Please say why, like: /reject {id} no such deposit").format(id=id))
    command: Message
    if id.startswith("U-"):
        command = DecidePurpose(purpose_id=id, by=here.member, approve=approve, reason=reason or None)
    elif approve:
        command = ApprovePayment(payment_id=PaymentId(id), approver=here.member)
    else:
        command = RejectPayment(payment_id=PaymentId(id), approver=here.member, reason=reason)
    return Turn(messages=[command])


def _id_in(rest: str) -> str | None:
    id = rest.partition(" ")[0].upper()
    known = id[:2] in {"P-", "U-"} and id[2:].isascii() and id[2:].isalnum() and len(id) <= 24
    return id if known else None


def days_of(word: str, today: date) -> tuple[date, date] | None:
    """First and last Harare day of a word for a span; None when it is none."""
    spans: dict[str, tuple[date, date]] = {
        "today": (today, today),
        "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "week": (today - timedelta(days=today.weekday()), today),
        "month": (today.replace(day=1), today),
    }
    return spans.get(word)
