"""Which function shows which screen: the registry that the forms of conversation are entered in.

    forms = Screens()

    @forms.first("register")
    def start(asked: Asked) -> Shown:
        return Next("DETAILS", {"towns": [...]})

    @forms.screen("register", "DETAILS")
    def details(asked: Asked) -> Shown:
        if not asked.data.get("full_name"):
            return Next("DETAILS", {"error_message": "Your name, please."})
        return Final({"full_name": asked.data["full_name"]})

A function is pure: a phone may ask one question twice, and gets one answer. What a form leads to is done once, when its
`nfm_reply` arrives in the chat (WhatsApp contract 5.3).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Asked:
    """What a phone asks: to begin, what follows on a screen's data, or a screen again on the way back."""

    action: Literal["INIT", "data_exchange", "BACK"]
    purpose: str
    screen: str
    data: Mapping[str, Any]
    """From the person's device: check it like any text."""


@dataclass(frozen=True)
class Next:
    """The screen to show; the same one with `error_message` in its data keeps the person there."""

    screen: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Final:
    """The form is done; `params` come back in the chat, beside the token."""

    params: Mapping[str, Any] = field(default_factory=dict)


Shown = Next | Final
Show = Callable[[Asked], Shown]


class NoSuchScreen(LookupError):
    """A phone asks for what no function was entered for: an older version of the form, or a bug."""


class Screens:
    """The functions of all forms, by purpose and screen. `""` stands for the beginning."""

    def __init__(self) -> None:
        self._shows: dict[tuple[str, str], Show] = {}

    def first(self, purpose: str) -> Callable[[Show], Show]:
        """Enter the function that shows a form's first screen."""
        return self.screen(purpose, "")

    def screen(self, purpose: str, screen: str) -> Callable[[Show], Show]:
        """Enter the function that is given a screen's data (and asked for it again on the way back)."""

        def enter(show: Show) -> Show:
            if (purpose, screen) in self._shows:
                raise TypeError(f"the form {purpose} has two functions for the screen {screen!r}")
            self._shows[purpose, screen] = show
            return show

        return enter

    def show(self, asked: Asked) -> Shown:
        """What follows. Raises NoSuchScreen."""
        place = "" if asked.action == "INIT" else asked.screen
        show = self._shows.get((asked.purpose, place))
        if show is None:
            raise NoSuchScreen(f"the form {asked.purpose} has no function for {place!r}")
        return show(asked)
