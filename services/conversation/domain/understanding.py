"""Understands a sentence by rules: what is wanted, and what of a gift it tells already (product 1, "one line").

"donate 50 usd for construction", "john moyo harare central", "ndoda kupa 20 zig yevechidiki". Whatever is not sure
is left out and asked; the summary shows all of it before anything is charged.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from services.conversation.domain.amount_in_text import MONEY, amount_in
from services.conversation.domain.places import PROVINCES, provinces_of
from services.conversation.domain.reading import clean, full_name
from services.conversation.domain.vocabulary import (
    ALIKE,
    ASKED,
    COMMON,
    GIVE,
    NAME_BEGINS,
    NAME_ENDS,
    NOT_NAMES,
    Intent,
)
from shared.kernel.errors import Refusal


@dataclass
class Understood:
    """`intent` None: nothing was understood. `answers` are those of the flow *donate*, by the keys of its questions."""

    intent: Intent | None = None
    is_sure: bool = False
    """Whether more than a passing word tells it: an amount, or a word for giving."""
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def replaces(self) -> tuple[str, ...]:
        """Remembered answers that no longer go with what was said."""
        gone: list[str] = []
        if "purpose#1" in self.answers:
            gone.append("other_purpose#1")
        if "congregation#1" in self.answers or "province#1" in self.answers:
            gone += ["province#1", "congregation#1"]
        if "amount#1" in self.answers:
            gone.append("currency#1")
        return tuple(gone)


_PHONE = re.compile(r"(?<!\d)(?:\+?263|00263|0)?[ -]?7[1378](?:[ -]?\d){7}(?!\d)", re.ASCII)
_NAME = re.compile(rf"{NAME_BEGINS}\s*(?P<name>.+)", re.DOTALL)
_NAME_ENDS = re.compile(NAME_ENDS)


def understand(text: str, purposes: Sequence[str], currencies: Sequence[str]) -> Understood:
    """What a sentence says. `purposes` in the order of their options; `currencies` are the codes that are on."""
    written = clean(text).replace("’", "'")
    plain = re.sub(_PHONE, " ; ", written.casefold())
    found = Understood()
    rest = plain
    answers = found.answers

    amount = amount_in(plain, currencies)
    if amount is not None:
        answers["amount#1"] = amount
    rest = re.sub(MONEY, " ; ", rest)
    purpose = purpose_of(plain, purposes)
    if purpose is not None:
        answers["purpose#1"] = f"p{purpose}"
    rest = _place(rest, answers)
    words = set(_words(plain))
    gives = bool(words & GIVE)
    if words and not gives and answers.keys() == {"amount#1"} and not _words(answers["amount#1"]):
        del answers["amount#1"]  # "2 minutes": the number of something else
    named = _name(rest, written, purposes, spoken_of=gives or bool(answers), place="congregation#1" in answers)
    if named is not None and (answers or gives):
        answers["name#1"] = named
    asked = next((intent for intent, pattern in ASKED if re.search(pattern, plain)), None)
    if asked is not None and not (gives and answers):
        return Understood(asked, is_sure=True)
    tells = {"amount#1", "purpose#1", "name#1"} & answers.keys()
    found.intent = "donate" if gives or tells else None
    found.is_sure = gives or "amount#1" in answers
    if found.intent is None:
        answers.clear()
    return found


def purpose_of(text: str, purposes: Sequence[str]) -> int | None:
    """The index of the purpose that the words mean; None when none does, or more than one as well."""
    said = {_stem(word) for word in _words(text.casefold())}
    scores = [0.0] * len(purposes)
    keywords = [_keywords(purpose) for purpose in purposes]
    for word in said:
        meant = [index for index, known in enumerate(keywords) if word in known]
        for index in meant:
            scores[index] += (0.25 if word in COMMON else 1.0) / len(meant)
    best = max(scores, default=0.0)
    winners = [index for index, score in enumerate(scores) if score == best]
    shared = best < 0.25 or (best < 1.0 and len(winners) > 1)
    return winners[0] if len(winners) == 1 and not shared else None


def _keywords(purpose: str) -> set[str]:
    words = {_stem(word) for word in _words(purpose.casefold()) if len(word) > 2}
    for alike in ALIKE:
        stems = {_stem(word) for word in alike}
        if words & stems:
            words |= stems
    return words


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", text)


def _stem(word: str) -> str:
    return word.removesuffix("s") if len(word) > 3 else word


def _place(text: str, answers: dict[str, str]) -> str:
    """Take a known town or province out of the text."""
    towns = sorted({town for _name, towns in PROVINCES.values() for town in towns}, key=len, reverse=True)
    for town in towns:
        pattern = rf"\b{re.escape(town.casefold())}\b"
        if re.search(pattern, text):
            answers["congregation#1"] = town
            provinces = provinces_of(town)
            if len(provinces) == 1:
                answers["province#1"] = provinces[0]
            return re.sub(pattern, " ; ", text, count=1)
    for id, (name, _towns) in PROVINCES.items():
        pattern = rf"\b{re.escape(name.casefold())}\b"
        if re.search(pattern, text):
            answers["province#1"] = id
            return re.sub(pattern, " ; ", text, count=1)
    return text


def _name(text: str, written: str, purposes: Sequence[str], *, spoken_of: bool, place: bool) -> str | None:
    """A person's name: said as such, or all that is left beside a town."""
    told = re.search(_NAME, text)
    if told is not None and spoken_of:
        return _as_name(re.split(_NAME_ENDS, told["name"].strip() + " ", maxsplit=1)[0], written)
    if not place:
        return None
    known = GIVE | NOT_NAMES | {word for purpose in purposes for word in _words(purpose.casefold())}
    pieces = [piece for piece in re.split(r"[;,.]|\bfrom\b|\bku\b|\bkubva\b|\be\b", text) if piece.strip()]
    for piece in pieces:
        words = piece.split()
        if 2 <= len(words) <= 4 and not known & set(words):
            return _as_name(piece, written)
    return None


def _as_name(words: str, written: str) -> str | None:
    """The words as the person wrote them, or with capitals when they used none."""
    kept = words.split()
    if not kept or set(kept) & NOT_NAMES or len(kept) > 4:
        return None
    name = " ".join(kept)
    at = written.casefold().find(name)
    if at >= 0 and len(written.casefold()) == len(written):
        name = written[at : at + len(name)]
    try:
        return full_name(_capitals(name.split()) if name.islower() or name.isupper() else name)
    except Refusal:
        return None


def _capitals(words: Iterable[str]) -> str:
    return " ".join(unicodedata.normalize("NFC", word[:1].upper() + word[1:].lower()) for word in words)
