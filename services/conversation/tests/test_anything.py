"""Whatever people send: no exception, always an answer, always a way out, never too many messages, never twice."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.conversation.domain.skills import SKILLS
from services.conversation.engine.engine import open_question
from services.conversation.engine.texts import LANGUAGE_NAMES
from services.conversation.engine.words import _BY_SPELLING
from services.conversation.tests.core import answer as credex_answer
from services.conversation.tests.core import usual
from services.conversation.tests.person import GOOD_ANSWERS, Person, events_about
from services.conversation.tests.talk import NEW_DONOR
from services.conversation.tests.test_understanding import SENTENCES
from shared.contracts.gateway import (
    Changed,
    ContactCards,
    Content,
    Form,
    Location,
    Media,
    Order,
    Reaction,
    SystemNotice,
    Tap,
    Text,
    Unsupported,
    Welcome,
)

NO_TEXTS: tuple[Content, ...] = (
    *(Media(of=of) for of in ("image", "video", "document", "audio", "sticker")),
    Media(of="audio", voice=True),
    Location(latitude=-17.8, longitude=31.0),
    ContactCards(phones=("+263771234567",), names=("Tariro",)),
    Order(items=1),
    Unsupported(type="poll"),
    Welcome(),
    Form(answers={"form": "register/1", "full_name": "Tariro Moyo", "consent": True}),
)
SILENT: tuple[Content, ...] = (
    Reaction(message_id="wamid.1", emoji="👍"),
    Changed(change="edit"),
    SystemNotice(change="user_changed_number"),
)
KNOWN = [
    *sorted(_BY_SPELLING),
    *(sentence for sentence, *_rest in SENTENCES),
    *NEW_DONOR[1:],
    *map(str, range(12)),
    *("yes", "no", "hongu", "yebo", "kwete", "hatshi", "other", "1000 usd", "300 zig", "tariro@example.org"),
    *("home", "0.5=>handle", "5->themba_n=2026-12-20", "5->themba_n=2027-12-20", "=>", "1=>2=>3"),
    *("verify 2026-000001", "/admin", "/stats", "/approve P-1", "123456", "cancel", "Bulawayo West"),
    *SKILLS.values(),
    *LANGUAGE_NAMES.values(),
]
ANYTHING = (
    st.sampled_from(KNOWN)
    | st.text(max_size=60)
    | st.text(alphabet="\u200f\u202e\u200b\x00\x07\u0301 \n\t*_~|", max_size=20)
    | st.sampled_from(["a" * 10_000, "9" * 10_000, "😀" * 3000, "\u202e" * 1001, "מֹשֶׁה כֹּהֵן", "يوسف"])
)


class Anybody(RuleBasedStateMachine):
    """Types, taps new and old messages, sends anything; payments answers when it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.person = Person()
        self.confirmed = 0

    @rule(text=ANYTHING)
    def type(self, text: str) -> None:
        self._answered(self.person.hear(Text(body=text)))

    @rule(data=st.data())
    @precondition(lambda self: self.person.session.in_flow)
    def answer_well(self, data: Any) -> None:
        """What fits the open question, so that the depths are reached."""
        question = open_question(self.person.session, self.person.here.intent)
        assert question is not None
        fitting = [option.title for option in question.options]
        if question.read is not None:
            fitting.append(GOOD_ANSWERS[question.key.partition("#")[0]])
        self._answered(self.person.hear(Text(body=data.draw(st.sampled_from(fitting)))))

    @rule(data=st.data())
    @precondition(lambda self: self.person.taps)
    def tap(self, data: Any) -> None:
        """Mostly the latest, at times one of long ago."""
        recent = data.draw(st.booleans()) or data.draw(st.booleans())
        id = data.draw(st.sampled_from(self.person.taps[-10:] if recent else self.person.taps))
        self._answered(self.person.hear(Tap(id=id, title="", of="button")))

    @rule(
        id=st.text(max_size=40)
        | st.sampled_from(
            ["1|name#1||x", "go|older.99999", "go|pdf.P-1", "9|confirm#1|x|edit", "go|accept.in-1.a-1", "go|take_back"]
        )
    )
    def tap_something_made_up(self, id: str) -> None:
        self._answered(self.person.hear(Tap(id=id, title="", of="row")))

    @rule(content=st.sampled_from(NO_TEXTS))
    def send(self, content: Content) -> None:
        self._answered(self.person.hear(content))

    @rule(content=st.sampled_from(SILENT))
    def do_what_asks_for_no_answer(self, content: Content) -> None:
        before = self.person.session.model_copy(deep=True)
        assert self.person.hear(content).outgoing == []
        assert self.person.session == before

    @rule(data=st.data())
    @precondition(lambda self: self.person.requests)
    def hear_of_a_payment(self, data: Any) -> None:
        events = events_about(data.draw(st.sampled_from(self.person.requests)))
        turn = self.person.told(events[data.draw(st.sampled_from(sorted(events)))])
        assert 1 <= len(turn.outgoing) <= 2

    @rule(data=st.data())
    @precondition(lambda self: self.person.asked)
    def hear_of_credex(self, data: Any) -> None:
        """Good news or bad, of the latest that was asked."""
        command = self.person.asked[-1]
        names = data.draw(st.sampled_from(["usual", "credex_refused", "credex_unavailable", "not_a_member"]))
        turn = self.person.told(usual(command) if names == "usual" else credex_answer(command, names))
        assert 1 <= len(turn.outgoing) <= 2 or turn.messages

    @invariant()
    def no_intent_is_requested_twice(self) -> None:
        intents = [request.intent for request in self.person.requests]
        intents += [command.intent for command in self.person.asked if hasattr(command, "intent")]
        assert len(set(intents)) == len(intents)

    @invariant()
    def there_is_a_way_out(self) -> None:
        copy = Person()
        copy.session, copy.profile = self.person.session.model_copy(deep=True), self.person.profile
        turn = copy.hear(Text(body="cancel"))
        assert turn.outgoing
        assert copy.session.flow is None or copy.session.waiting is not None

    @staticmethod
    def _answered(turn: Any) -> None:
        assert turn.outgoing or turn.messages, "never left without an answer"
        assert len(turn.outgoing) <= 2


TestAnybody = Anybody.TestCase
TestAnybody.settings = hypothesis_settings(max_examples=60, stateful_step_count=40, deadline=None)


@pytest.mark.parametrize("content", NO_TEXTS, ids=lambda content: content.kind)
def test_what_is_no_text_gets_a_kind_answer_and_the_open_question_again(content: Content) -> None:
    """The earlier system answered pictures and voice notes with a 500 and silence."""
    person = Person()
    person.hear(Text(body="donate"))
    turn = person.hear(content)
    assert len(turn.outgoing) == 1
    if not isinstance(content, Form):
        assert "full name" in turn.outgoing[0].body  # type: ignore[union-attr]  # a question has a body
