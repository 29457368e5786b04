"""The registration form `registration_form.json`: what its screens are shown with, and what it sends.

All of it comes from the person's device, so it is checked like any text: on each screen, where the person can mend it,
and once more when the form comes back in the chat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.conversation.domain.places import PROVINCES
from services.conversation.domain.reading import email, full_name, place
from services.conversation.domain.skills import MOST_SKILLS, SKILLS, skills_in
from services.conversation.engine.texts import _, later
from services.conversation.flows.register import CONSENT_WORDING, NO_EMAIL
from services.conversation.flows.registration_words import HELP, PERSON, said
from services.conversation.forms.screens import Asked, Final, Next, Screens, Shown
from shared.contracts.conversation import RememberRegistration
from shared.kernel.errors import Refusal
from shared.kernel.ids import MemberId

PURPOSE = "register"
FORM = "register/1"
"""What a filled form calls itself; the number is that of its consent's wording."""
FIELDS = ("full_name", "email", "province", "town", "place", "skills", "other_skills", "consent")
OTHER = "other"
"""The town of whoever writes the place."""
SCREENS = Screens()


@dataclass
class Filled:
    """What of a form fits: `answers` as the chat's questions keep them; `refused` says, for `_`, why others don't."""

    answers: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    skills: tuple[str, ...] = ()
    consents: bool = False

    def registration(self, member: MemberId) -> RememberRegistration | None:
        """The registration, when everything fits and the person agrees."""
        if not self.consents or self.refused:
            return None
        address = self.answers["email#1"]
        return RememberRegistration(
            member=member,
            full_name=full_name(self.answers["name#1"]),
            email=None if address == NO_EMAIL else address,
            province=PROVINCES[self.answers["province#1"]][0],
            place=place(self.answers["congregation#1"]),
            skills=self.skills,
            consent_wording=CONSENT_WORDING,
            by="form",
            answers=self.answers,
        )


def read_form(answers: Mapping[str, object]) -> Filled | None:
    """What a form says; None when it is not this one."""
    return _filled(answers) if answers.get("form") == FORM else None


@SCREENS.first(PURPOSE)
def person(_asked: Asked) -> Shown:
    """Who registers, and in which province."""
    return Next("PERSON", _person())


@SCREENS.screen(PURPOSE, "PERSON")
def help_offered(asked: Asked) -> Shown:
    """The towns of the province that was chosen, and the skills."""
    if asked.action == "BACK":
        return person(asked)
    refused = _filled(asked.data).refused
    told = next((refused[key] for key in ("name#1", "email#1", "province#1") if key in refused), None)
    if told is not None:
        return Next("PERSON", {**_person(), "error_message": _(told)})
    return Next("HELP", _help(asked.data))


@SCREENS.screen(PURPOSE, "HELP")
def done(asked: Asked) -> Shown:
    """The end, when everything fits."""
    if asked.action == "BACK":
        return person(asked)
    filled = _filled(asked.data)
    told = next(iter(filled.refused.values()), None if filled.consents else later("Please tick that you agree."))
    if told is None:
        return Final({"form": FORM, **{name: asked.data[name] for name in FIELDS if name in asked.data}})
    return Next("HELP", {**_help(asked.data), "error_message": _(told)})


def _person() -> dict[str, Any]:
    return {**said(PERSON), "provinces": _options({id: name for id, (name, _towns) in PROVINCES.items()})}


def _help(answers: Mapping[str, object]) -> dict[str, Any]:
    _name, towns = PROVINCES.get(_text(answers, "province"), ("", ()))
    return {
        **said(HELP),
        "towns": _options({**{town: town for town in towns}, OTHER: _("Another place")}),
        "skills": _options({id: _(name) for id, name in SKILLS.items()}),
    }


def _options(titles: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"id": id, "title": title} for id, title in titles.items()]


def _filled(answers: Mapping[str, object]) -> Filled:
    filled = Filled(consents=answers.get("consent") is True)
    address = _text(answers, "email") or NO_EMAIL
    town = _text(answers, "town")
    for key, text, read in (
        ("name#1", _text(answers, "full_name"), full_name),
        ("email#1", address, str if address == NO_EMAIL else email),
        ("congregation#1", _text(answers, "place" if town in ("", OTHER) else "town"), place),
    ):
        try:
            filled.answers[key] = read(text)
        except Refusal as refusal:
            filled.refused[key] = str(refusal)  # the chat asks for it, if it comes there
    province = _text(answers, "province")
    if province in PROVINCES:
        filled.answers["province#1"] = province
    else:
        filled.refused["province#1"] = later("Please choose your province.")
    filled.skills = _skills(answers)
    if filled.skills:
        filled.answers["skill#1"] = ", ".join(filled.skills)
    else:
        filled.refused["skill#1"] = later("Please tick a skill, or write yours in a few words.")
    return filled


def _skills(answers: Mapping[str, object]) -> tuple[str, ...]:
    ticked = answers.get("skills")
    known = [SKILLS[id] for id in ticked if isinstance(id, str) and id in SKILLS] if isinstance(ticked, list) else []
    try:
        others = skills_in(_text(answers, "other_skills"))
    except Refusal:
        others = ()
    return tuple(dict.fromkeys([*known, *others]))[:MOST_SKILLS]


def _text(answers: Mapping[str, object], name: str) -> str:
    value = answers.get(name)
    return value.strip()[:200] if isinstance(value, str) else ""
