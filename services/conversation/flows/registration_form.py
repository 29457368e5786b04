"""Reads what the registration form sends: it comes from the person's device, so it is checked like any text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.conversation.domain.places import PROVINCES
from services.conversation.domain.reading import email, full_name, place
from services.conversation.domain.skills import MOST_SKILLS, SKILLS, skills_in
from services.conversation.flows.register import CONSENT_WORDING, NO_EMAIL
from shared.contracts.conversation import RememberRegistration
from shared.kernel.errors import Refusal
from shared.kernel.ids import MemberId

FIRST_SCREEN = "PERSON"
FORM = "register/1"
"""What the form `registration_form.json` calls itself; the number is that of its consent's wording."""


@dataclass
class Filled:
    """What of a form fits: `answers` as the chat's questions keep them, the rest is asked there."""

    answers: dict[str, str] = field(default_factory=dict)
    skills: tuple[str, ...] = ()
    consents: bool = False

    def registration(self, member: MemberId) -> RememberRegistration | None:
        """The registration, when everything fits and the person agrees."""
        keys = {"name#1", "email#1", "province#1", "congregation#1", "skill#1"}
        if not self.consents or not keys <= self.answers.keys():
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
    if answers.get("form") != FORM:
        return None
    filled = Filled(consents=answers.get("consent") is True)
    address = _text(answers, "email") or NO_EMAIL
    for key, text, read in (
        ("name#1", _text(answers, "full_name"), full_name),
        ("email#1", address, str if address == NO_EMAIL else email),
        ("congregation#1", _text(answers, "place"), place),
    ):
        try:
            filled.answers[key] = read(text)
        except Refusal:
            continue  # the chat asks for it
    province = _text(answers, "province")
    if province in PROVINCES:
        filled.answers["province#1"] = province
    filled.skills = _skills(answers)
    if filled.skills:
        filled.answers["skill#1"] = ", ".join(filled.skills)
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
