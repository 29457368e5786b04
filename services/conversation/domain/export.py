"""What the conversation knows of a person, as a text that they can read and keep."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from services.conversation.domain.credex import CredexView
from services.conversation.domain.profile import Profile
from services.conversation.engine.formats import credit, day, moment, money
from services.conversation.engine.texts import LANGUAGE_NAMES, _
from shared.contracts.credex import KeptTold
from shared.contracts.gateway import Address


def export_of(
    profile: Profile,
    address: Address | None = None,
    unfinished: Mapping[str, str] = MappingProxyType({}),
    view: CredexView | None = None,
    kept: KeptTold | None = None,
) -> str:
    """Everything that is kept, line by line; payments newest first.

    `address` is where they write from, `unfinished` what they answered and did not send off, `view` their credex
    accounts as last shown here, `kept` what credex keeps of them.
    """
    lines = [_("What I know of you"), ""]
    if address is not None and (address.phone or address.bsuid):
        lines.append(_line("WhatsApp", address.phone or address.bsuid or ""))
    if profile.language:
        lines.append(_line(_("Language"), LANGUAGE_NAMES[profile.language]))
    if profile.name:
        lines.append(_line(_("Name"), profile.name))
    lines += [_line(key.partition("#")[0], typed) for key, typed in sorted(profile.answers.items()) if key != "name#1"]
    lines += [_line(_("Purpose"), purpose) for purpose in profile.approved_purposes]
    if profile.staff:
        lines.append(_line(_("Staff phone"), profile.staff.phone))
    registration = profile.registration
    if registration is not None:
        lines += [
            "",
            _("Registration"),
            _line(_("Name"), registration.full_name),
            _line(_("E-mail"), registration.email or "-"),
            _line(_("Province and town"), f"{registration.province}, {registration.place}"),
            _line(_("Skills"), ", ".join(registration.skills)),
            _line(_("Consent"), f"{moment(registration.consent_at)} ({registration.consent_wording})"),
        ]
    if profile.payments:
        lines += ["", _("Your latest payments:")]
    for paid in reversed(profile.payments):
        parts = (day(paid.at), money(paid.amount), paid.method, paid.purpose, paid.state, paid.id, paid.receipt_number)
        lines.append(_joined(*parts))
    if unfinished:
        lines += ["", _("You have something unfinished.")]
        lines += [_line(key.partition("#")[0], typed) for key, typed in sorted(unfinished.items())]
    lines += _credex(view or CredexView(), kept)
    return "\n".join(lines) + "\n"


def _credex(view: CredexView, kept: KeptTold | None) -> list[str]:
    """Accounts, balances as last shown, who is told, and the offers that went through us."""
    lines = []
    if kept is not None and kept.core_id:
        lines.append(_line("memberID", kept.core_id))
    if view.standing is not None:
        name = f"{view.standing.first_name} {view.standing.last_name}"
        lines.append(" | ".join((name, view.standing.handle, _("Tier {tier}").format(tier=view.standing.tier))))
    for account in view.accounts:
        figures = [credit(amount) for amount in (*account.balances.secured, account.balances.net)]
        told = account.notices_to.name if account.notices_to else None
        lines.append(_joined(account.name, account.handle, account.type, *figures, _told(told)))
        for offer in (*account.pending_in, *account.pending_out):
            due = day(offer.due_date) if offer.due_date else None
            lines.append(_joined("  " + credit(offer.amount), offer.counterparty, due))
    shown = {account.handle for account in view.accounts}
    for known in kept.accounts if kept else ():
        if known.handle not in shown:
            lines.append(_joined(known.name, known.handle, _told(known.notices_to)))
    for made in kept.offers if kept else ():
        amount = credit(made.amount) if made.amount else None
        due = day(made.due_date) if made.due_date else None
        lines.append(_joined(amount, f"{made.issuer or '-'} → {made.receiver or '-'}", made.state, due))
    return ["", "Credex", *lines] if lines else []


def _told(name: str | None) -> str | None:
    return _("notices to {name}").format(name=name) if name else None


def _joined(*parts: str | None) -> str:
    return " | ".join(part for part in parts if part)


def _line(name: str, value: str) -> str:
    return f"{name}: {value}"
