"""Staff commands (product 4): by phone number, checked each time, each use in the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from services.conversation.domain.colleague import colleague_of
from services.conversation.domain.correction import correction_of, receipt_in
from services.conversation.domain.period import days_of, split_off_days
from services.conversation.domain.volunteer_search import search_of
from services.conversation.engine.engine import Turn
from services.conversation.engine.texts import _
from services.conversation.listening.situation import Situation
from services.conversation.texts.staff import HELP
from shared.contracts.base import Message
from shared.contracts.conversation import DecidePurpose, RememberStaff, StaffCommandUsed
from shared.contracts.gateway import Content, ShowHealth, Text
from shared.contracts.payments import ApprovePayment, CorrectReceipt, RejectPayment
from shared.contracts.reporting import (
    ListVolunteers,
    MakeReport,
    MakeStatistics,
    ReportKind,
    ShowAudit,
    ShowPayment,
    ShowRefunds,
    ShowReview,
)
from shared.kernel.clock import HARARE
from shared.kernel.errors import Refusal
from shared.kernel.ids import PaymentId

LONGEST_REASON = 200
LONGEST_REFERENCE = 64
LONGEST_SEARCH = 80
_KINDS: dict[str, ReportKind] = {kind: kind for kind in get_args(ReportKind)}


def names_colleague(content: Content) -> bool:
    """Whether it is a command for which we have to know who is of staff."""
    return isinstance(content, Text) and content.body.lstrip().casefold().startswith("/audit")


def staff(here: Situation, text: str) -> Turn:
    """Do a command, or say why not."""
    command, _blank, rest = text.partition(" ")
    command, rest = command.casefold(), " ".join(rest.split())
    phone = here.session.address.phone if here.session.address else None
    allowed = phone is not None and phone in here.settings.staff
    use = StaffCommandUsed(
        member=here.member,
        command=command if command in _DO else "/unknown",
        allowed=allowed,
        at=here.now,
        about=_about(command, rest),
    )
    if not allowed or phone is None:
        return Turn(here.say(_("Words with / are for staff only. *menu* shows what I can do.")).outgoing, [use])
    if command in _DO:
        turn = _DO[command](here, rest)
    else:
        turn = here.say(_("I do not know {command}; /admin lists what I know.").format(command=command[:20]))
    turn.messages.insert(0, use)
    known = here.profile.staff
    if known is None or (known.phone, known.member) != (phone, here.member):
        turn.messages.append(RememberStaff(member=here.member, phone=phone))
    return turn


def _help(here: Situation, rest: str) -> Turn:
    return here.say(_(HELP))


def _health(here: Situation, rest: str) -> Turn:
    return Turn(messages=[ShowHealth(asked_by=here.member)])


def _stats(here: Situation, rest: str) -> Turn:
    span = days_of(rest or "today", here.now.astimezone(HARARE).date())
    if span is None:
        return here.say(_("/stats knows today, yesterday, week, month, or days like 2026-11-01 2026-11-15."))
    return Turn(messages=[MakeStatistics(asked_by=here.member, first=span[0], last=span[1])])


def _report(here: Situation, rest: str) -> Turn:
    word, _blank, period = rest.partition(" ")
    kind = _KINDS.get(word.casefold())
    span = days_of(period or "today", here.now.astimezone(HARARE).date())
    if kind is None or span is None:
        return here.say(
            _(
                "Please send it like: /report pdf month. It makes pdf, excel or csv, or credex, a csv of what"
                " members traded; of today, yesterday, week, month, or days like 2026-11-01 2026-11-15."
            )
        )
    return Turn(messages=[MakeReport(asked_by=here.member, kind=kind, first=span[0], last=span[1])])


def _payment(here: Situation, rest: str) -> Turn:
    if not rest or len(rest) > LONGEST_REFERENCE:
        return here.say(
            _("Please name the payment by its reference (P-…), its receipt's number or Paynow's reference.")
        )
    return Turn(messages=[ShowPayment(asked_by=here.member, reference=rest)])


def _audit(here: Situation, rest: str) -> Turn:
    today = here.now.astimezone(HARARE).date()
    who, span = split_off_days(rest, today)
    colleague = colleague_of(who, here.colleagues) if who else None
    if who and colleague is None:
        known = ", ".join(one.called for one in here.colleagues) or "-"
        text = _(
            "Nobody of staff is called {who}. I know: {known}. Please send it like: /audit, /audit week, or with a name"
            " or phone before the days."
        )
        return here.say(text.format(who=who[:40], known=known))
    first, last = span or (today, today)
    return Turn(
        messages=[ShowAudit(asked_by=here.member, first=first, last=last, who=colleague.member if colleague else None)]
    )


def _volunteers(here: Situation, rest: str) -> Turn:
    skill, place = search_of(rest[:LONGEST_SEARCH])
    return Turn(messages=[ListVolunteers(asked_by=here.member, skill=skill, place=place)])


def _approve(here: Situation, rest: str) -> Turn:
    return _decide(here, rest, approve=True)


def _reject(here: Situation, rest: str) -> Turn:
    return _decide(here, rest, approve=False)


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


def _correct(here: Situation, rest: str) -> Turn:
    """What was typed, never what was paid: refunds and disputes are for that."""
    try:
        asked = correction_of(rest, here.settings.purposes)
    except Refusal as refusal:
        return here.say(_(str(refusal)))
    return Turn(messages=[CorrectReceipt(by=here.member, **asked._asdict())])


def _about(command: str, rest: str) -> str | None:
    """What the audit trail keeps of what a command names: a payment, a purpose, a receipt."""
    if command == "/correct":
        return receipt_in(rest)
    return _id_in(rest) if command in {"/approve", "/reject", "/payment"} else None


def _id_in(rest: str) -> str | None:
    id = rest.partition(" ")[0].upper()
    known = id[:2] in {"P-", "U-"} and id[2:].isascii() and id[2:].isalnum() and len(id) <= 24
    return id if known else None


_DO: dict[str, Callable[[Situation, str], Turn]] = {
    "/admin": _help,
    "/report": _report,
    "/stats": _stats,
    "/payment": _payment,
    "/review": lambda here, _rest: Turn(messages=[ShowReview(asked_by=here.member)]),
    "/refunds": lambda here, _rest: Turn(messages=[ShowRefunds(asked_by=here.member)]),
    "/approve": _approve,
    "/reject": _reject,
    "/correct": _correct,
    "/volunteers": _volunteers,
    "/audit": _audit,
    "/health": _health,
}
"""Every command: whoever is of staff may use all of them (product 4), as far as no rule about money forbids it."""
