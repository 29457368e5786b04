"""The journal of a conversation: what was answered, read and requested, under keys numbered by occurrence."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class Step(BaseModel):
    """One thing that a flow got. `typed` is an answer as it was given; its question parses it again on each replay."""

    key: str
    kind: Literal["answer", "edit", "request", "said"]
    typed: str = ""


class Journal(BaseModel):
    """The steps of one run of a flow, in the order in which they came."""

    steps: list[Step] = []

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

    @property
    def answers(self) -> dict[str, str]:
        """Every answer by its key."""
        return {step.key: step.typed for step in self.steps if step.kind == "answer"}

    def forget(self, key: str) -> None:
        """Take a step back, so that it is asked again."""
        self.steps = [step for step in self.steps if step.key != key]

    def last_answer(self) -> Step | None:
        """The latest answer that may be taken back: none behind a request."""
        for step in reversed(self.steps):
            if step.kind == "request":
                return None
            if step.kind == "answer":
                return step
        return None
