"""A question as messages of the channel, within its limits (WhatsApp contract 3.2): paged or turned, never cut.

A tap's id is `run|key|stamp|option`: whatever its age, it says which answer to which question it is.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from services.conversation.engine.questions import MORE, ROWS, Option, Question, page_of
from services.conversation.engine.texts import _
from shared.contracts.notifier import Buttons, Choice, ChoiceList, ListSection, Outgoing, PlainText

BUTTONS = 3
BUTTON_TITLE = 20
ROW_TITLE = 24
DESCRIPTION = 72
BODY = 1024
TEXT = 4096


_TAP = re.compile(r"(\d{1,9})\|([^|]*)\|([^|]*)\|(.+)", re.ASCII | re.DOTALL)


class Tapped(NamedTuple):
    """What a tap's id says."""

    run: int
    key: str
    stamp: str
    option: str


def tapped(id: str) -> Tapped | None:
    """The parts of a tap's id; None when it is none of a question's."""
    run, key, stamp, option = (*id.split("|", 3), "", "", "")[:4]
    return (
        Tapped(int(run), key, stamp, option) if run.isascii() and run.isdigit() and len(run) < 10 and option else None
    )


def render(question: Question, run: int, page: int = 0, before: str = "") -> list[Outgoing]:
    """The messages, two at most, that ask the question; `before` goes in front of the prompt."""
    body = f"{before}\n\n{question.prompt}" if before else question.prompt
    if not question.options:
        return list(map(_plain, pieces(body, TEXT)))
    if len(body) <= BODY:
        return [_choices(question, run, page, body)]
    # Too long for a message with choices: the text goes first, by itself.
    return [PlainText(body=body), _choices(question, run, page, _("Please choose:"))]


def pieces(text: str, size: int) -> list[str]:
    """The text in parts that fit, broken where a paragraph, a line or a word ends."""
    parts = []
    while len(text) > size:
        cut = next((at for mark in ("\n\n", "\n", " ") if (at := text.rfind(mark, 1, size + 1)) > size // 2), size)
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text]


def _plain(text: str) -> PlainText:
    return PlainText(body=text)


def _choices(question: Question, run: int, page: int, body: str) -> Outgoing:
    mark = f"{run}|{question.key}|{question.stamp}"
    options = question.options
    # Buttons must differ by their titles; rows, as two offers of the same amount, do by their descriptions.
    titles = {option.title for option in options}
    if len(titles) == len(options) <= BUTTONS and all(len(title) <= BUTTON_TITLE for title in titles):
        return Buttons(
            body=body, buttons=tuple(Choice(id=f"{mark}|{option.id}", title=option.title) for option in options)
        )
    rows = [_row(option, mark) for option in page_of(options, page)]
    if len(options) > ROWS:
        rows.append(Choice(id=f"{mark}|{MORE}", title=_("More"), description=_("Shows the next ones")))
    return ChoiceList(body=body, open=question.open_list or _("Choose"), sections=(ListSection(rows=tuple(rows)),))


def _row(option: Option, mark: str) -> Choice:
    id = f"{mark}|{option.id}"
    if len(option.title) <= ROW_TITLE:
        return Choice(id=id, title=option.title, description=option.description)
    # The row's description has room for the whole of it.
    return Choice(id=id, title=option.title[: ROW_TITLE - 1] + "…", description=option.title)
