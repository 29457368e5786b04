"""What `ruvimbo check` says of one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """One line of the report. `text` says what is wrong and what to do, or what was found."""

    state: Literal["ok", "wrong", "off"]
    what: str
    text: str = ""

    @property
    def line(self) -> str:
        return f"{self.state:<6} {self.what}" + (f": {self.text}" if self.text else "")


def ok(what: str, text: str = "") -> Finding:
    return Finding("ok", what, text)


def wrong(what: str, text: str) -> Finding:
    return Finding("wrong", what, text)


def off(what: str, text: str) -> Finding:
    return Finding("off", what, text)
