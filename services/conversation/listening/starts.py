"""Begins flows, takes up drafts, and mends what a change of code has broken."""

from __future__ import annotations

import logging
from datetime import UTC
from typing import Any

from services.conversation.domain.credex import CredexView
from services.conversation.domain.profile import KnownPayment
from services.conversation.engine.engine import FLOWS, FlowFault, Turn, go_on
from services.conversation.engine.formats import money
from services.conversation.engine.texts import _
from services.conversation.facts import CredexFacts, DonationFacts, MemberFacts, RegistrationFacts, method_in_sentence
from services.conversation.flows import (
    answer_offer,
    join,
    ledger,
    members,
    notices,
    offer,
    open_account,
    pending_in,
    pending_out,
    switch_account,
    upgrade,
)
from services.conversation.flows import donate as donate_flow
from services.conversation.flows import forget as forget_flow
from services.conversation.flows import register as register_flow
from services.conversation.listening import forms
from services.conversation.listening.situation import Situation
from services.conversation.texts import payments

log = logging.getLogger(__name__)

assert donate_flow and forget_flow and register_flow  # imported to be declared
CREDEX_FLOWS = tuple(
    module.__name__.rpartition(".")[2]
    for module in (
        join,
        offer,
        pending_in,
        pending_out,
        answer_offer,
        ledger,
        switch_account,
        open_account,
        members,
        notices,
        upgrade,
    )
)


def donate(here: Situation, said: dict[str, str] | None = None, *, forget: tuple[str, ...] = ()) -> Turn:
    """Give: what is remembered or was said is filled in, the rest is asked. `forget` names answers to ask anew."""
    if not here.settings.can_donate:
        return here.say(_("Giving is switched off at the moment."))
    answers = {key: typed for key, typed in here.profile.answers.items() if key not in forget}
    return begin(here, "donate", answers, said)


def donate_again(here: Situation, *, forget: tuple[str, ...] = ()) -> Turn:
    """The latest gift once more, up to its summary; not while that one may still be paid."""
    latest = here.profile.latest
    if latest is not None and latest in here.profile.pending:
        return here.aside(payments.still_open(latest))
    amount = {"amount#1": f"{latest.amount.amount} {latest.amount.currency}"} if latest else {}
    return donate(here, amount, forget=forget)


def while_it_waits(payment: KnownPayment) -> tuple[str, ...]:
    """What is offered while the payer has to approve it (product 1)."""
    waits = payment.state == "awaiting_payer"
    return ("check", f"let_go.{payment.id}") if waits else ("check",)


def let_go(here: Situation, payment: KnownPayment | None) -> Turn:
    """Cancel a payment that is with its provider: only the payer's own phone can."""
    if payment is None or payment not in here.profile.pending:
        return here.again(_("That payment is not open any more. *history* shows what became of it."))
    if payment.state != "awaiting_payer":
        return here.aside(payments.still_open(payment))
    text = _(
        "Your payment of *{amount}* waits for you with {method}. To cancel it, decline it there or just leave it:"
        " nothing is charged without your approval. I tell you here when it is closed; then you can try another way."
    )
    return here.aside(text.format(amount=money(payment.amount), method=method_in_sentence(payment.method)))


def register(here: Situation) -> Turn:
    """Register: by the form when there is one and it was not offered just now, else in the chat."""
    session, settings = here.session, here.settings
    has_begun = session.waiting or session.flow == "register" or here.profile.registration or forms.is_open(here)
    if settings.enable_registration and settings.enable_meta_flows and not has_begun:
        return forms.offer(here)
    return register_here(here)


def register_here(here: Situation, said: dict[str, str] | None = None) -> Turn:
    """Register in the chat, or look at and change what was registered before."""
    if not here.settings.enable_registration:
        return here.say(_("Registration is switched off at the moment."))
    known = here.profile.registration
    answers = known.answers if known else {}
    if here.profile.name is not None:
        answers = {"name#1": here.profile.name} | answers
    return begin(here, "register", answers, said)


def forget(here: Situation) -> Turn:
    """Forget the person; not while money may still come, which somebody has to be told of."""
    if here.session.waiting or here.profile.has_pending:
        return here.aside(_("A payment of yours is still open. Please send *forget me* again when it is done."))
    return begin(here, "forget")


def take_up(here: Situation) -> Turn:
    """Go on with what was left in the middle."""
    if here.session.draft_at(here.now) is None:
        return here.again(_("There is nothing to continue."))
    if here.session.waiting:
        return here.say(waiting_line(here))
    if here.session.in_flow:
        return here.again(_("Let us finish this first."))
    here.session.take_up()
    return go_on(here.session, here.intent, _("Let us go on."))


def start_over(here: Situation) -> Turn:
    """Begin what runs, or was left, from its first question."""
    session = here.session
    if session.waiting:
        return here.say(waiting_line(here))
    draft = session.draft_at(here.now)
    name = session.flow or (draft.flow if draft else None)
    if name is None:
        return here.menu(_("What would you like to do?"))
    requested = session.journal.has_requested if session.flow else bool(draft and draft.journal.has_requested)
    session.draft = None
    session.end()
    if requested:
        return here.menu(_("What is paid stays paid. What would you like to do?"))
    return begin_again(here, name)


def begin_again(here: Situation, name: str) -> Turn:
    """A flow from its first question."""
    if name == "forget":
        return forget(here)
    if name in CREDEX_FLOWS:
        return begin(here, name)
    return donate(here) if name == "donate" else register(here)


def recover(here: Situation, fault: FlowFault) -> Turn:
    """The flow cannot go on. Its answers are given to the code as it is now; if that fails, the person is told."""
    log.error("a flow cannot go on", extra={"flow": fault.flow, "cause": fault.cause})
    session = here.session
    requested, answers, name = session.journal.has_requested, session.journal.answers, session.flow
    again = session.recovered
    session.end()
    if not requested and not again and name in _FACTS:
        try:
            session.begin(name, facts_of(here, name), answers)
            session.recovered = True
            text = _("Something here has changed since you last wrote; please go on from here.")
            return go_on(session, here.intent, text)
        except FlowFault:
            session.end()
    return here.menu(_("Sorry, something went wrong here. Nothing more is charged. Please begin again."))


def waiting_line(here: Situation) -> str:
    """What is said while another service is asked."""
    if here.session.waiting and not here.session.waiting.is_payment:
        return _("One moment, your request is on its way.")
    return _("One moment, your request is on its way. *check* tells how it stands.")


def facts_of(here: Situation, name: str) -> dict[str, Any]:
    """What a flow knows when it begins."""
    facts: dict[str, Any] = _FACTS[name](here).model_dump(mode="json")
    return facts


def begin(
    here: Situation,
    name: str,
    known: dict[str, str] | None = None,
    said: dict[str, str] | None = None,
    subject: tuple[str, ...] = (),
) -> Turn:
    """Begin a flow with what is remembered, and over it what was said just now."""
    session = here.session
    answers = (known or {}) | (said or {})
    if session.waiting:
        return here.say(waiting_line(here))
    if session.flow == name and (not said or session.journal.has_requested):
        return here.again(_("Let us finish this first."))
    if session.flow != name:
        session.park(here.now + here.settings.draft_kept)
    about = {"said": tuple(said or ()), "subject": subject}
    facts = facts_of(here, name) | {key: value for key, value in about.items() if value}
    session.begin(name, facts, answers, keep=FLOWS[name].keep)
    return go_on(session, here.intent)


def _donation(here: Situation) -> DonationFacts:
    settings = here.settings
    address = here.session.address
    limits = {
        currency: {method: settings.limits.at(here.now, currency, method) for method in methods}
        for currency, methods in settings.methods.items()
    }
    return DonationFacts.model_validate(
        {
            "member": here.member,
            "own_phone": address.phone if address else None,
            "purposes": settings.purposes,
            "methods": settings.methods,
            "limits": {
                currency: {method: (limit.minimum, limit.maximum) for method, limit in of_method.items()}
                for currency, of_method in limits.items()
            },
            "max_parts": settings.max_parts,
            "test_mode": settings.paynow_test_mode,
            "approve_purposes": settings.approve_purposes,
            "approved_purposes": here.profile.approved_purposes,
            "still_open": [payment.amount for payment in here.profile.pending],
        }
    )


def _registration(here: Situation) -> RegistrationFacts:
    return RegistrationFacts(member=here.member, organisation=here.settings.organisation_name)


def _credex(here: Situation) -> CredexFacts:
    address = here.session.address
    return CredexFacts(
        member=here.member,
        phone=address.phone if address else None,
        today=here.now.astimezone(UTC).date(),
        view=here.session.credex or CredexView(),
        price=here.settings.credex_upgrade_price,
    )


def _member(here: Situation) -> MemberFacts:
    return MemberFacts(member=here.member)


_FACTS: dict[str, Any] = {"donate": _donation, "register": _registration, "forget": _member} | dict.fromkeys(
    CREDEX_FLOWS, _credex
)
