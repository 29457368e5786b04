"""What a flow has to speak with: `ask`, `choose`, `confirm`, `say`, `request`. Replay makes them durable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NoReturn, TypeVar

from services.conversation.engine.journal import Journal, Step
from services.conversation.engine.questions import NO, YES, Option, Question, plain
from services.conversation.engine.texts import _, in_every_language, later
from shared.contracts.base import Event, Message
from shared.contracts.registry import message_type
from shared.kernel.errors import Refusal

T = TypeVar("T")
E = TypeVar("E", bound=Event)
PATIENCE = timedelta(minutes=1)
"""How long a person is kept waiting for an answer before the flow lets go; the answer is told when it comes."""


_CONFIRM = frozenset(map(plain, in_every_language(later("Confirm"))))
_EDIT = frozenset(map(plain, in_every_language(later("Edit")))) | {"change", "chinja"}
"""Typed in any language, whichever is spoken."""


class Suspended(BaseException):
    """The flow waits; a BaseException, so that no `except Exception` in a flow swallows it."""


class Asking(Suspended):
    """The flow waits for an answer to `question`."""

    def __init__(self, question: Question) -> None:
        self.question = question


class Waiting(Suspended):
    """The flow waits for another service: one of the events named in `answers`, to the request of `key`."""

    def __init__(self, key: str, answers: Sequence[str], about: Mapping[str, str], patience: timedelta) -> None:
        self.key = key
        self.answers = tuple(answers)
        self.about = dict(about)
        self.patience = patience


class Again(Suspended):
    """The journal was changed: replay from the beginning."""


@dataclass
class Effects:
    """What a run does beyond its journal: words to say, messages to send."""

    said: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


class Chat:
    """One run of a flow. Everything that it gave before it gives again, from the journal."""

    def __init__(self, journal: Journal, facts: Mapping[str, Any], intent: str) -> None:
        self.journal = journal
        self.facts = facts
        """What was known when the flow began: snapshotted, so that a replay is exact."""
        self.effects = Effects()
        self.passed: list[str] = []
        """Keys answered so far and not behind a request, in the order of the flow: what *back* may take back."""
        self._intent = intent
        self._seen: Counter[str] = Counter()

    async def ask(
        self, key: str, prompt: str, read: Callable[[str], T], options: Sequence[Option] = (), open_list: str = ""
    ) -> T:
        """Ask for free text, with suggestions to tap if there are any. `read` raises Refusal for what does not fit."""
        value: T = self._answer(Question(self._numbered(key), prompt, tuple(options), read, open_list))
        return value

    async def choose(self, key: str, prompt: str, options: Sequence[Option], open_list: str = "") -> str:
        """Let the person choose; the id of what they chose. Nothing is asked where there is no choice."""
        if len(options) == 1:
            return options[0].id
        value: str = self._answer(Question(self._numbered(key), prompt, tuple(options), None, open_list))
        return value

    async def confirm(self, summary: str, fields: Mapping[str, str]) -> None:
        """Show what is about to happen; returns once it is confirmed. *Edit* asks one of the fields again.

        `fields` are the keys that may be edited and what people call them; keys that only make sense together are
        joined by `+`.
        """
        key = self._numbered("confirm")
        if self.journal.find(f"{key}:edit") is not None:
            choices = [Option(name, title) for name, title in fields.items()]
            chosen = self._answer(Question(f"{key}:field", _("What would you like to change?"), choices))
            self.journal.forget(f"{key}:edit")
            self.journal.forget(f"{key}:field")
            self.journal.put_aside([f"{part}#1" for part in str(chosen).split("+")])
            raise Again
        options = (
            Option("confirm", _("Confirm"), also=YES | _CONFIRM),
            Option("edit", _("Edit"), also=_EDIT),
            Option("cancel", _("Cancel"), also=NO),
        )
        answer = self._answer(Question(key, summary, options, exact=True))
        if answer == "edit":
            self.journal.forget(key)
            self.journal.add(Step(key=f"{key}:edit", kind="edit"))
            raise Again

    async def say(self, text: str) -> None:
        """Say something without asking."""
        if self._is_new("say", "said"):
            self.effects.said.append(text)

    def tell(self, *messages: Message) -> None:
        """Send messages whose answer the flow does not wait for, once."""
        if self._is_new("tell", "told"):
            self.effects.messages.extend(messages)

    async def request(
        self, command: Message, *answers: type[E], about: Mapping[str, str], patience: timedelta = PATIENCE
    ) -> E:
        """Ask another service, once, and wait for one of the events `answers`; words that work everywhere still do.

        An event belongs to the request when any of its fields named in `about` has the value there. When patience
        ends before it comes, the flow is over, and the event is told as a notice when it comes.
        """
        key = self._numbered("request")
        step = self.journal.find(key)
        if step is None:
            step = Step(key=key, kind="request")
            self.journal.add(step)
            self.effects.messages.append(command)
        self.passed.clear()
        return self._outcome(step, about, patience, answers)

    def _outcome(self, step: Step, about: Mapping[str, str], patience: timedelta, answers: Sequence[type[E]]) -> E:
        if step.outcome is None:
            raise Waiting(step.key, [answer.NAME for answer in answers], about, patience)
        event = message_type(step.outcome["name"], step.outcome["version"]).model_validate(step.outcome["data"])
        if not isinstance(event, tuple(answers)):
            raise TypeError(f"the flow no longer waits for {event.NAME}")
        return event  # type: ignore[return-value]  # one of `answers`, which mypy loses in the tuple

    async def look_up(self, key: str, ask: Callable[[str], Message], *answers: type[E]) -> E:
        """Have another service look something up for the flow; it changes nothing, so that *back* may cross it.

        `key` names what is looked up, subject and all: what was looked up before is not asked again. `ask` makes the
        command from the name of the request, which the answer has in its field `answers`.
        """
        name = f"{self._intent}:{key}"
        key = self._numbered(key)
        step = self.journal.find(key)
        if step is None:
            step = Step(key=key, kind="look")
            self.journal.add(step)
            self.effects.messages.append(ask(name))
        return self._outcome(step, {"answers": name}, PATIENCE, answers)

    def new_intent(self) -> str:
        """Names what is about to be done: the same in every replay, so that it is never done twice."""
        return f"{self._intent}:{self._numbered('intent').removeprefix('intent#')}"

    def reconsider(self, key: str, sentence: str = "") -> NoReturn:
        """Ask `key` again, since its answer does not go with a later one; `sentence` says why, if nobody else does."""
        self.journal.forget(f"{key}#1")
        self.effects.said += [sentence] if sentence else []
        raise Again

    def _is_new(self, name: str, kind: Any) -> bool:
        key = self._numbered(name)
        new = self.journal.find(key) is None
        if new:
            self.journal.add(Step(key=key, kind=kind))
        return new

    def _numbered(self, key: str) -> str:
        self._seen[key] += 1
        return f"{key}#{self._seen[key]}"

    def _answer(self, question: Question) -> Any:
        step = self.journal.find(question.key)
        if step is not None:
            try:
                value = question.parse(step.typed)
            except Refusal as refusal:
                # Filled in beforehand, or made unfit by an edit before it.
                self.journal.forget(question.key)
                self.effects.said.append(_(str(refusal)))
            else:
                self.passed.append(question.key)
                return value
        raise Asking(question)
