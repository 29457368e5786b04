"""What a flow asks: a prompt, choices if there are any, and how an answer is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.conversation.engine.texts import _
from shared.kernel.errors import Refusal


class NotUnderstood(Refusal):
    """An answer that is none of the choices, where only those count."""

    def __init__(self) -> None:
        super().__init__(_("Please choose one of these."))


@dataclass(frozen=True)
class Option:
    """One choice; `id` is short and fixed, `title` is what people see and may type."""

    id: str
    title: str
    description: str | None = None


@dataclass(frozen=True)
class Question:
    """An open question. `read` turns free text into a value or raises Refusal; None: only the options count."""

    key: str
    prompt: str
    options: Sequence[Option] = ()
    read: Callable[[str], Any] | None = None
    open_list: str = ""
    """What the list's button says."""

    def parse(self, typed: str) -> Any:
        """The value of an answer. `typed` is an option's id, its title, its number, or free text. Raises Refusal."""
        option = self.option_of(typed)
        if option is not None:
            return option.id
        if self.read is None:
            raise NotUnderstood
        return self.read(typed)

    def option_of(self, typed: str) -> Option | None:
        """The option that the text means, if any."""
        wanted = plain(typed)
        for number, option in enumerate(self.options, 1):
            if typed == option.id or wanted == plain(option.title):
                return option
            # Where numbers are a fair answer by themselves, 1 is an amount and no option.
            if self.read is None and wanted == str(number):
                return option
        return None


def plain(text: str) -> str:
    """Lower case, without punctuation around it and with single blanks: how words are compared."""
    return " ".join(text.casefold().split()).strip(" .!?,;:*_~'\"()[]{}👋🙏").strip()
