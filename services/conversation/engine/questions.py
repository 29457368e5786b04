"""What a flow asks: a prompt, choices if there are any, and how an answer is read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.conversation.engine.texts import later
from shared.kernel.errors import Refusal

ROWS = 10
"""Rows of a list (WhatsApp contract 3.2)."""
MORE = "more"
_MORE_WORDS = frozenset({"more", "next", "zvimwe", "okunye"})


class NotUnderstood(Refusal):
    """An answer that is none of the choices, where only those count."""

    def __init__(self) -> None:
        super().__init__(later("Please choose one of these."))


@dataclass(frozen=True)
class Option:
    """One choice; `id` is short and fixed, `title` is what people see and may type, as well as the words in `also`."""

    id: str
    title: str
    description: str | None = None
    also: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Question:
    """An open question. `read` turns free text into a value or raises Refusal; None: only the options count."""

    key: str
    prompt: str
    options: Sequence[Option] = ()
    read: Callable[[str], Any] | None = None
    open_list: str = ""
    """What the list's button says."""
    exact: bool = False
    """What was shown is what is agreed to: a tap counts for this very prompt only."""

    @property
    def stamp(self) -> str:
        """Tells one prompt of the key from another where that matters."""
        return hashlib.sha256(self.prompt.encode()).hexdigest()[:8] if self.exact else ""

    def parse(self, typed: str) -> Any:
        """The value of an answer: an option's id or title, or free text. Raises Refusal."""
        option = self._named(typed)
        if option is not None:
            return option.id
        if self.read is None:
            raise NotUnderstood
        return self.read(typed)

    def option_of(self, typed: str, page: int = 0) -> Option | None:
        """The option that a text means: by its name, or by its number among those shown, unless that is an answer."""
        option = self._named(typed)
        if option is not None or (self.read is not None and self.takes(typed)):
            return option
        number = plain(typed)
        shown = page_of(self.options, page)
        if number.isascii() and number.isdigit() and 1 <= int(number[:3]) <= len(shown):
            return shown[int(number) - 1] if len(number) < 3 else None
        return None

    def takes(self, typed: str) -> bool:
        """Whether the text would do as an answer."""
        try:
            self.parse(typed)
        except Refusal:
            return False
        return True

    def asks_for_more(self, typed: str, page: int) -> bool:
        """Whether the text means the row that shows the next options."""
        if len(self.options) <= ROWS:
            return False
        return typed == MORE or plain(typed) in _MORE_WORDS or plain(typed) == str(len(page_of(self.options, page)) + 1)

    def _named(self, typed: str) -> Option | None:
        wanted = plain(typed)
        for option in self.options:
            if typed == option.id or wanted == plain(option.title) or wanted in option.also:
                return option
        return None


def page_of(options: Sequence[Option], page: int) -> Sequence[Option]:
    """The options of one page: nine and *More* where there are more than ten; after the last the first again."""
    if len(options) <= ROWS:
        return options
    size = ROWS - 1
    pages = -(-len(options) // size)
    first = (page % pages) * size
    return options[first : first + size]


def yes_or_no(yes: str, no: str) -> tuple[Option, Option]:
    """Two options that the words for yes and no mean, too."""
    return Option("yes", yes, also=YES), Option("no", no, also=NO)


def plain(text: str) -> str:
    """Lower case, without punctuation around it and with single blanks: how words are compared."""
    return " ".join(text.casefold().replace("’", "'").split()).strip(" .!?,;:*_~'\"()[]{}👋🙏").strip()


YES = frozenset({"yes", "y", "yeah", "yep", "ok", "okay", "hongu", "ehe", "hongu hongu", "yebo", "ye"}) | {
    *("yes please", "agree", "i agree", "ndinobvuma", "ngiyavuma")
}
NO = frozenset({"no", "n", "nope", "no thanks", "no thank you", "kwete", "aiwa", "hatshi", "hayi"})
