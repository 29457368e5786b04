"""Walks every path of every flow: each question reachable and escapable, all of it within the channel's limits."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from services.conversation import flows
from services.conversation.domain.credex import CredexView
from services.conversation.engine.engine import FLOWS, Turn, answer, go_back, go_on, open_question
from services.conversation.engine.questions import Question
from services.conversation.engine.render import render
from services.conversation.engine.texts import speaking
from services.conversation.listening import words
from services.conversation.listening.starts import CREDEX_FLOWS, facts_of
from services.conversation.settings import ConversationSettings
from services.conversation.tests import core
from services.conversation.tests.core import LARGE, OPEN, SMALL
from services.conversation.tests.person import GOOD_ANSWERS, SETTINGS, Person, events_about
from shared.contracts.base import Command
from shared.contracts.payments import RequestPayment
from shared.kernel.languages import Language

VIEWS = (SMALL, LARGE, OPEN, CredexView())
"""Of which accounts and tiers credex may tell."""
MOST_ROUNDS = 2
"""A list that one comes back to is walked so often; its other ways were all taken by then."""
AMOUNTS = ("5 usd", "20 usd", "20", "1000 usd", "960.50 usd")
LANGUAGES: tuple[Language, ...] = get_args(Language)
ASKED = re.compile(r"chat\.(?:ask|choose)\(\s*\"(\w+)\"|chat\.(confirm)\(")


class Walk:
    """Goes on from each question by each of its options once, and by what may be typed."""

    def __init__(self, flow: str, settings: ConversationSettings, known: CredexView = SMALL) -> None:
        self.flow = flow
        self.known = known
        self.settings = settings
        self.seen: set[str] = set()
        self.taken: set[tuple[str, str]] = set()
        self.ends = 0

    def run(self) -> None:
        person = Person(self.settings)
        person.session.credex = self.known
        facts = facts_of(person.here, self.flow) | {"subject": ("accept", "in-1", "a-1")}
        person.session.begin(self.flow, facts, {})
        self._note(person, go_on(person.session, person.here.intent))
        todo = [person]
        while todo:
            todo += self._from(todo.pop())

    def _from(self, person: Person) -> list[Person]:
        session, intent = person.session, person.here.intent
        if session.waiting is not None:
            names = session.waiting.answers
            new = [name for name in names if ("request", name) not in self.taken]
            self.taken |= {("request", name) for name in new}
            return [self._told(person, name) for name in new or names[:1]]
        question = open_question(session, intent)
        if question is None:
            self.ends += session.flow is None
            return []
        key = re.sub(r"#\d+", "", question.key)
        self.seen.add(key)
        self._check(person, question)
        candidates = [option.id for option in question.options if option.id != "cancel"]
        candidates += AMOUNTS if key == "amount" else [GOOD_ANSWERS[key]] if question.read else []
        new = [typed for typed in candidates if (key, typed) not in self.taken]
        self.taken |= {(key, typed) for typed in new}
        if not new and int(question.key.rpartition("#")[2]) > MOST_ROUNDS:
            return []
        return [self._answered(person, typed) for typed in new or candidates[:1]]

    def _answered(self, person: Person, typed: str) -> Person:
        other = self._copy(person)
        turn = answer(other.session, typed, other.here.intent)
        assert len(turn.outgoing) <= 2
        self._note(other, turn)
        return other

    def _told(self, person: Person, name: str) -> Person:
        other = self._copy(person)
        if name.startswith("credex."):
            other.told(
                core.answer(other.asked[-1], name.removeprefix("credex."), self.known if self.known.accounts else SMALL)
            )
        else:
            other.told(events_about(other.requests[-1])[name])
        return other

    @staticmethod
    def _note(person: Person, turn: Turn) -> None:
        person.requests += [message for message in turn.messages if isinstance(message, RequestPayment)]
        person.asked += [message for message in turn.messages if isinstance(message, Command)]

    def _copy(self, person: Person) -> Person:
        other = Person(self.settings)
        other.session, other.requests = person.session.model_copy(deep=True), list(person.requests)
        other.asked = list(person.asked)
        return other

    def _check(self, person: Person, question: Question) -> None:
        """The question in each language, the ways out of it, and what it says to nonsense."""
        titles: list[list[str]] = []
        for language in LANGUAGES:
            with speaking(language):
                spoken = open_question(person.session, person.here.intent)
                assert spoken is not None
                for page in range(-(-len(spoken.options) // 9) or 1):
                    assert 1 <= len(render(spoken, 99, page, before="x" * 500)) <= 2
                titles.append([option.id for option in spoken.options])
                folded = [option.title.casefold() for option in spoken.options]
                assert len(set(folded)) == len(folded), "two options are called the same"
        assert all(ids == titles[0] for ids in titles), "options differ between languages"
        leaving = self._copy(person)
        words.leave(leaving.here)
        assert leaving.session.flow is None
        back = self._copy(person)
        if go_back(back.session, back.here.intent) is not None:
            before = open_question(back.session, back.here.intent)
            assert before is not None
            assert before.key != question.key
        nonsense = self._copy(person)
        turn = answer(nonsense.session, "\u202e\x00", nonsense.here.intent)
        assert len(turn.outgoing) == 1
        again = open_question(nonsense.session, nonsense.here.intent)
        assert again is not None
        assert again.key == question.key


def keys_in_the_code() -> set[str]:
    return {
        key or confirm
        for path in Path(flows.__path__[0]).glob("*.py")
        for key, confirm in re.findall(ASKED, path.read_text())
    }


def test_every_question_is_reached_in_every_way_and_can_be_left() -> None:
    seen: set[str] = set()
    for name in FLOWS:
        for known in VIEWS if name in CREDEX_FLOWS else (SMALL,):
            walk = Walk(name, SETTINGS, known)
            walk.run()
            assert walk.ends, f"{name} never ends"
            seen |= walk.seen
    assert keys_in_the_code() == {key for key in seen if ":" not in key}
