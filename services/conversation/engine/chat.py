"""What a flow has to speak with: `ask`, `choose`, `confirm`, `say`, `request`. Replay makes them durable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar

from services.conversation.engine.journal import Journal, Step
from services.conversation.engine.questions import Option, Question
from services.conversation.engine.texts import _
from shared.contracts.base import Message
from shared.kernel.errors import Refusal

T = TypeVar("T")


class Suspended(BaseException):
    """The flow waits; a BaseException, so that no `except Exception` in a flow swallows it."""


class Asking(Suspended):
    """The flow waits for an answer to `question`."""

    def __init__(self, question: Question) -> None:
        self.question = question


class Waiting(Suspended):
    """The flow has asked another service and is over; until the answer comes, the person waits."""


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
        self.intent = intent
        """Names this run: a payment intent's id is made of it and of the number of the confirmation."""
        self.effects = Effects()
        self._seen: Counter[str] = Counter()

    async def ask(
        self, key: str, prompt: str, read: Callable[[str], T], options: Sequence[Option] = (), open_list: str = ""
    ) -> T:
        """Ask for free text, with suggestions to tap if there are any. `read` raises Refusal for what does not fit."""
        value: T = self._answer(Question(self._numbered(key), prompt, tuple(options), read, open_list))
        return value

    async def choose(self, key: str, prompt: str, options: Sequence[Option], open_list: str = "") -> str:
        """Let the person choose; the id of what they chose."""
        value: str = self._answer(Question(self._numbered(key), prompt, tuple(options), None, open_list))
        return value

    async def confirm(self, summary: str, fields: Mapping[str, str]) -> None:
        """Show what is about to happen; returns once it is confirmed. *Edit* asks one of the fields again.

        `fields` are the keys that may be edited and what people call them; keys that only make sense together are
        joined by `+`.
        """
        options = (Option("confirm", _("Confirm")), Option("edit", _("Edit")), Option("cancel", _("Cancel")))
        # An edited answer changes the summary, and with it the question: what was confirmed is what was shown.
        key = self._numbered("confirm")
        editing = self.journal.find(f"{key}:edit")
        if editing is not None:
            choices = [Option(name, title) for name, title in fields.items()]
            chosen = self._answer(Question(f"{key}:field", _("What would you like to change?"), choices))
            self.journal.forget(f"{key}:edit")
            self.journal.forget(f"{key}:field")
            for part in str(chosen).split("+"):
                self.journal.forget(f"{part}#1")
            raise Again
        answer = self._answer(Question(key, summary, options))
        if answer == "edit":
            self.journal.forget(key)
            self.journal.add(Step(key=f"{key}:edit", kind="edit"))
            raise Again

    async def say(self, text: str) -> None:
        """Say something without asking."""
        key = self._numbered("say")
        if self.journal.find(key) is None:
            self.journal.add(Step(key=key, kind="said"))
            self.effects.said.append(text)

    async def request(self, command: Message) -> None:
        """Ask another service, once; the flow ends here. The outcome is told when it comes, whether or not it lives."""
        key = self._numbered("request")
        if self.journal.find(key) is None:
            self.journal.add(Step(key=key, kind="request"))
            self.effects.messages.append(command)
        raise Waiting

    def reconsider(self, key: str, sentence: str) -> NoReturn:
        """Ask `key` again, since its answer does not go with a later one; `sentence` says why."""
        self.journal.forget(f"{key}#1")
        self.effects.said.append(sentence)
        raise Again

    def tell(self, *messages: Message) -> None:
        """Send messages whose answer nobody waits for; call it where the flow ends, behind its last question."""
        self.effects.messages.extend(messages)

    def _numbered(self, key: str) -> str:
        self._seen[key] += 1
        return f"{key}#{self._seen[key]}"

    def _answer(self, question: Question) -> Any:
        step = self.journal.find(question.key)
        if step is not None:
            try:
                return question.parse(step.typed)
            except Refusal:
                self.journal.forget(question.key)  # an edit before it made the old answer unfit
        raise Asking(question)
