"""Runs flows: replays the journal up to the open question, takes the answer, goes on to the next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from services.conversation.engine.chat import Again, Asking, Chat, Effects, Suspended, Waiting
from services.conversation.engine.questions import Question
from services.conversation.engine.render import TEXT, Tapped, pieces, render
from services.conversation.engine.session import Session, Wait
from services.conversation.engine.texts import _
from shared.contracts.base import Event, Message
from shared.contracts.notifier import Outgoing, PlainText
from shared.kernel.errors import Refusal, RuvimboError

MOST_REPLAYS = 20
"""Edits and reconsiderations in one step; more means that a flow goes round in circles."""
MOST_STEPS = 200
"""Steps of a journal; no conversation is that long."""
LONGEST_INPUT = 1000
"""Characters of an answer that are looked at; nobody's name or purpose is longer."""

FlowFunction = Callable[[Chat], Awaitable[None]]


class FlowFault(RuvimboError):
    """A flow cannot go on: its code is wrong, or is no longer the code that the session began with."""

    def __init__(self, flow: str, cause: str) -> None:
        self.flow = flow
        self.cause = cause
        super().__init__(f"The flow {flow} cannot go on: {cause}.")


@dataclass(frozen=True)
class Flow:
    """A conversation: `title` is what people call it, in English; `keep`: left in the middle, it is kept as a draft."""

    name: str
    title: str
    function: FlowFunction
    keep: bool = True


@dataclass
class Turn:
    """What a step of the engine wants to happen."""

    outgoing: list[Outgoing] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    cancelled: bool = False


FLOWS: dict[str, Flow] = {}


def flow(name: str, *, title: str, keep: bool = True) -> Callable[[FlowFunction], FlowFunction]:
    """Declare a conversation. Its module's docstring is the transcript that the tests play."""

    def declare(function: FlowFunction) -> FlowFunction:
        FLOWS[name] = Flow(name, title, function, keep)
        return function

    return declare


def go_on(session: Session, intent: str, before: str = "") -> Turn:
    """Run the session's flow to its next question or its end; `before` is said in front of what it says.

    Raises FlowFault.
    """
    effects = Effects(said=[before] if before else [])
    for _again in range(MOST_REPLAYS):
        chat, stop = _replay(session, intent)
        effects.said += chat.effects.said
        effects.messages += chat.effects.messages
        if not isinstance(stop, Again):
            return _turn(session, stop, effects)
    raise FlowFault(session.flow or "", "it goes round in circles")


def answer(session: Session, typed: str, intent: str, question: Question | None = None) -> Turn:
    """Give the open question an answer: an option's id, a number, a title, or free text. Raises FlowFault.

    `question` is the open one where the caller has it: to find it is a replay.
    """
    question = question or open_question(session, intent)
    if question is None:
        return go_on(session, intent)
    if question.key != session.asked_key:
        return go_on(session, intent, _("Something here has changed since you last wrote; please go on from here."))
    if question.asks_for_more(typed, session.page):
        session.page += 1
        return Turn(_asked(session, question, ""))
    option = question.option_of(typed, session.page)
    if option is not None and option.id == "cancel":
        return Turn(cancelled=True)
    taken = option.id if option is not None else typed
    try:
        question.parse(taken)
    except Refusal as refusal:
        return Turn(_asked(session, question, _(str(refusal))))
    session.journal.add_answer(question.key, taken)
    session.page = 0
    return go_on(session, intent)


def answer_again(session: Session, tap: Tapped, intent: str) -> Turn | None:
    """A tap on an older question of this run: changes that answer if it may still change; None when it may not."""
    question = open_question(session, intent)
    if question is not None and (question.key, question.stamp) == (tap.key, tap.stamp):
        return answer(session, tap.option, intent, question)
    trial, _stop = _replay(session.for_trial(), intent)
    if tap.stamp or tap.key not in trial.passed:
        return None
    session.journal.put_aside([tap.key])
    if (asked := open_question(session, intent)) is None or asked.key != tap.key or not asked.takes(tap.option):
        session.journal.take_up()
        return None
    before = session.journal.aside[0].typed
    session.journal.add_answer(tap.key, tap.option)
    session.page = 0
    return go_on(session, intent, _("Changed.") if before != tap.option else "")


def resume(session: Session, event: Event, intent: str, before: str = "") -> Turn:
    """Give the flow the event that it waits for. Raises FlowFault."""
    wait, session.waiting = session.waiting, None
    step = session.journal.find(wait.key) if wait is not None else None
    if step is not None:
        step.outcome = {"name": event.NAME, "version": event.VERSION, "data": event.model_dump(mode="json")}
    return go_on(session, intent, before)


def go_back(session: Session, intent: str) -> Turn | None:
    """One question back; None when there is none that may be taken back. Raises FlowFault."""
    session.page = 0
    if session.journal.take_up():
        return go_on(session, intent)
    editing = next((step for step in session.journal.steps if step.kind == "edit"), None)
    if editing is not None:
        session.journal.forget(editing.key)
        return go_on(session, intent)
    chat, _stop = _replay(session.for_trial(), intent)
    if not chat.passed:
        return None
    session.journal.forget(chat.passed[-1])
    return go_on(session, intent)


def open_question(session: Session, intent: str) -> Question | None:
    """The question that the flow waits with, found by replay. Raises FlowFault."""
    if not session.in_flow:
        return None
    trial = session.for_trial()
    for _again in range(MOST_REPLAYS):
        _chat, stop = _replay(trial, intent)
        if not isinstance(stop, Again):
            return stop.question if isinstance(stop, Asking) else None
    raise FlowFault(session.flow or "", "it goes round in circles")


def say_at_length(session: Session, text: str) -> list[Outgoing]:
    """A text by itself; what does not fit into one message is kept for *more*."""
    hint = _("Send *more* for the rest.")
    if len(text) <= TEXT:
        session.rest = []
        return [PlainText(body=text)]
    first, *session.rest = pieces(text, TEXT - len(hint) - 2)
    return [PlainText(body=f"{first}\n\n{hint}")]


def _replay(session: Session, intent: str) -> tuple[Chat, Suspended | None]:
    """Run the flow once, until it waits, wants to run again, or ends (None)."""
    known = FLOWS.get(session.flow or "")
    if known is None:
        raise FlowFault(session.flow or "", "there is no such flow")
    if len(session.journal.steps) > MOST_STEPS:
        raise FlowFault(known.name, "its journal is too long")
    chat = Chat(session.journal, session.facts, intent)
    running = known.function(chat).__await__()
    try:
        next(running)
    except StopIteration:
        return chat, None
    except Suspended as stop:
        return chat, stop
    except Exception as error:
        raise FlowFault(known.name, type(error).__name__) from error
    raise FlowFault(known.name, "it awaits something that is not its chat")


def _turn(session: Session, stop: Suspended | None, effects: Effects) -> Turn:
    before = "\n\n".join(effects.said)
    if isinstance(stop, Asking):
        return Turn(_asked(session, stop.question, before), effects.messages)
    if isinstance(stop, Waiting):
        session.waiting = Wait(
            key=stop.key, answers=stop.answers, about=stop.about, patience=stop.patience.total_seconds()
        )
    else:
        session.end(done=True)
    return Turn(say_at_length(session, before) if before else [], effects.messages)


def _asked(session: Session, question: Question, before: str) -> list[Outgoing]:
    session.asked_key = question.key
    session.offered = ()  # numbers mean what was shown last
    return render(question, session.run, session.page, before)
