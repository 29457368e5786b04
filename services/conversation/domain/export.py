"""What the conversation knows of a person, as a text that they can read and keep."""

from __future__ import annotations

from services.conversation.domain.profile import Profile
from services.conversation.engine.formats import day, moment, money
from services.conversation.engine.texts import LANGUAGE_NAMES, _


def export_of(profile: Profile) -> str:
    """Everything in the profile, line by line; payments newest first."""
    lines = [_("What I know of you"), ""]
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
        lines.append(" | ".join(part for part in parts if part))
    return "\n".join(lines) + "\n"


def _line(name: str, value: str) -> str:
    return f"{name}: {value}"
