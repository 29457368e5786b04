"""Register as a volunteer.

Somebody new:

    > register
    < What is your full name?
    > Tendai Ncube
    < What is your e-mail address?
    > tendai@example.org
    < Which province are you in?
    > Bulawayo
    < Which congregation or town?
    > Bulawayo West
    < What can you help with?
    > Electrician
    < Bulawayo West, Bulawayo [Confirm] [Edit] [Cancel]
    > confirm
    < Thank you, Tendai! You are registered.

Somebody who has registered sees the record and changes it:

    > register
    < tendai@example.org [Confirm] [Edit] [Cancel]
    > edit
    < What would you like to change?
    > Skills
    < What can you help with?
    > teaching, IT and support
    < teaching, IT and support [Confirm]
    > confirm
    < You are registered.
"""

from __future__ import annotations

from services.conversation.domain.places import PROVINCES
from services.conversation.domain.reading import email, full_name, place
from services.conversation.domain.skills import SKILLS, skills_in
from services.conversation.domain.vocabulary import NOTHING
from services.conversation.engine.chat import Chat
from services.conversation.engine.engine import flow
from services.conversation.engine.questions import NO, Option
from services.conversation.engine.texts import _, later
from services.conversation.facts import RegistrationFacts
from services.conversation.flows.donate import provinces, towns
from shared.contracts.conversation import RememberRegistration

NO_EMAIL = "none"
_LACKING = frozenset({"no email", "no e-mail", "skip", "n/a", "na", "i don't have one", "i don't have", "angilayo"})
CONSENT = later(
    "With *Confirm* you agree that {organisation} keeps these details to reach you when help is needed. *forget me*"
    " erases them."
)
CONSENT_WORDING = 1
"""Counted up whenever the meaning of CONSENT changes: it is stored with each consent."""


@flow("register", title=later("Register"))
async def register(chat: Chat) -> None:
    """Name, e-mail, place, skills and consent; the same event as the form's."""
    known = RegistrationFacts.model_validate(chat.facts)
    name = await chat.ask("name", _("What is your full name?"), full_name)
    without = Option(NO_EMAIL, _("I have none"), also=NO | NOTHING | _LACKING)
    address = await chat.ask("email", _("What is your e-mail address?"), email, [without])
    province = await chat.choose("province", _("Which province are you in?"), provinces(), _("Provinces"))
    town = await chat.ask(
        "congregation", _("Which congregation or town? Tap one or type it."), place, towns(province), _("Towns")
    )
    skills = await _skills(chat)
    lines = [
        _("Please check:"),
        name,
        *([] if address == NO_EMAIL else [address]),
        f"{town}, {PROVINCES[province][0]}",
        ", ".join(_(skill) for skill in skills),
        "",
        _(CONSENT).format(organisation=known.organisation),
    ]
    fields = {
        "name": _("Name"),
        "email": _("E-mail"),
        "province+congregation": _("Province and town"),
        "skill": _("Skills"),
    }
    await chat.confirm("\n".join(lines), fields)
    chat.tell(
        RememberRegistration(
            member=known.member,
            full_name=name,
            email=None if address == NO_EMAIL else address,
            province=PROVINCES[province][0],
            place=town,
            skills=skills,
            consent_wording=CONSENT_WORDING,
            by="chat",
            answers={key: typed for key, typed in chat.journal.answers.items() if not key.startswith("confirm#")},
        )
    )
    await chat.say(_("Thank you, {name}! You are registered.").format(name=name.split()[0]))


async def _skills(chat: Chat) -> tuple[str, ...]:
    """One that was tapped, or those that were typed; known ones by their English names."""
    options = [Option(id, _(name)) for id, name in SKILLS.items()]
    prompt = _("What can you help with? Tap a skill, or type yours with commas.")
    chosen = await chat.ask("skill", prompt, skills_in, options, _("Skills"))
    return (SKILLS[chosen],) if isinstance(chosen, str) else chosen
