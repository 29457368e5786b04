"""A question as a message of the channel, within its limits (WhatsApp contract 3.2): paged, never cut.

Tap ids are `run.step.option`: a tap on an older message is recognised as such.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.conversation.engine.questions import Option, Question
from services.conversation.engine.texts import _
from shared.contracts.notifier import Buttons, Choice, ChoiceList, ListSection, Outgoing, PlainText

BUTTONS = 3
BUTTON_TITLE = 20
ROWS = 10
ROW_TITLE = 24
MORE = "more"


def render(question: Question, mark: str, page: int = 0, before: str = "") -> Outgoing:
    """The message that asks the question; `before` goes in front of the prompt, `mark` into the ids of the taps."""
    body = f"{before}\n\n{question.prompt}" if before else question.prompt
    options = question.options
    if not options:
        return PlainText(body=body)
    if len(options) <= BUTTONS and all(len(option.title) <= BUTTON_TITLE for option in options):
        return Buttons(body=body, buttons=tuple(_choice(option, mark, describe=False) for option in options))
    rows = [_choice(option, mark) for option in page_of(options, page)]
    if len(options) > ROWS:
        rows.append(Choice(id=f"{mark}.{MORE}", title=_("More"), description=_("Shows the next ones")))
    return ChoiceList(body=body, open=question.open_list or _("Choose"), sections=(ListSection(rows=tuple(rows)),))


def page_of(options: Sequence[Option], page: int) -> Sequence[Option]:
    """The options of one page: nine and *More* where there are more than ten; after the last the first again."""
    if len(options) <= ROWS:
        return options
    size = ROWS - 1
    pages = -(-len(options) // size)
    first = (page % pages) * size
    return options[first : first + size]


def _choice(option: Option, mark: str, *, describe: bool = True) -> Choice:
    title = option.title
    if len(title) > ROW_TITLE:
        # The row's description has room for the whole of it.
        return Choice(id=f"{mark}.{option.id}", title=title[: ROW_TITLE - 1] + "…", description=title[:72])
    return Choice(id=f"{mark}.{option.id}", title=title, description=option.description if describe else None)
