"""The journal of a conversation: what was answered, said and requested, under keys numbered by occurrence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pydantic import BaseModel


class Step(BaseModel):
    """One thing that a flow got or did. `typed` is an answer as it was given; each replay parses it again."""

    key: str
    kind: Literal["answer", "edit", "request", "look", "said", "told"]
    typed: str = ""
    outcome: dict[str, Any] | None = None
    """The event that answered a request or look, once it came: its `name`, `version` and `data`."""


class Journal(BaseModel):
    """The steps of one run of a flow, in the order in which they came."""

    steps: list[Step] = []
    aside: list[Step] = []
    """Answers that are being edited: *back* takes them up again."""

    def find(self, key: str) -> Step | None:
        """The step of a key."""
        return next((step for step in self.steps if step.key == key), None)

    def add(self, step: Step) -> None:
        """Note one more step, in place of an older one of the same key."""
        self.forget(step.key)
        self.steps.append(step)

    def add_answer(self, key: str, typed: str) -> None:
        """Note an answer as it was typed."""
        self.add(Step(key=key, kind="answer", typed=typed))
        self.aside = []

    def change(self, answers: Mapping[str, str], *, forget: Iterable[str]) -> None:
        """Note answers that were given out of turn, in place of older ones and of an edit that was begun."""
        for key in (*forget, *[step.key for step in self.steps if step.kind == "edit"]):
            self.forget(key)
        for key, typed in answers.items():
            self.add_answer(key, typed)

    @property
    def answers(self) -> dict[str, str]:
        """Every answer by its key."""
        return {step.key: step.typed for step in self.steps if step.kind == "answer"}

    @property
    def has_requested(self) -> bool:
        """Whether something was asked of another service: from there on nothing is taken back."""
        return any(step.kind == "request" for step in self.steps)

    def forget(self, key: str) -> None:
        """Take a step back, so that it is asked again."""
        self.steps = [step for step in self.steps if step.key != key]

    def put_aside(self, keys: list[str]) -> None:
        """Ask these again, but keep their answers for a change of mind."""
        self.aside = [step for step in self.steps if step.key in keys]
        for key in keys:
            self.forget(key)

    def take_up(self) -> bool:
        """Bring back what was put aside; False when there is nothing."""
        taken, self.aside = self.aside, []
        for step in taken:
            self.add(step)
        return bool(taken)
