"""Runs flows: replays the journal up to the open question, takes the answer, goes on to the next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from services.conversation.engine.chat import Again, Asking, Chat, Effects, Waiting
from services.conversation.engine.questions import Question
from services.conversation.engine.render import MORE, render
from services.conversation.engine.session import Session
from services.conversation.engine.texts import _
from shared.contracts.base import Message
from shared.contracts.notifier import Outgoing, PlainText
from shared.kernel.errors import Refusal

MOST_REPLAYS = 20
"""Edits and reconsiderations in one step; more means that a flow goes round in circles."""
LONGEST_INPUT = 1000
"""Characters of an answer that are looked at; nobody's name or purpose is longer."""

FlowFunction = Callable[[Chat], Awaitable[None]]


@dataclass(frozen=True)
class Flow:
    """A conversation: `title` is what people call it."""

    name: str
    title: str
    function: FlowFunction


@dataclass
class Turn:
    """What a step of the engine wants to happen."""

    outgoing: list[Outgoing] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    cancelled: bool = False


FLOWS: dict[str, Flow] = {}


def flow(name: str, *, title: str) -> Callable[[FlowFunction], FlowFunction]:
    """Declare a conversation. Its module's docstring is the transcript that the tests play."""

    def declare(function: FlowFunction) -> FlowFunction:
        FLOWS[name] = Flow(name, title, function)
        return function

    return declare


def go_on(session: Session, intent: str, before: str = "") -> Turn:
    """Run the session's flow to its next question or its end; `before` is said in front of what it says."""
    effects = Effects(said=[before] if before else [])
    for _again in range(MOST_REPLAYS):
        chat = Chat(session.journal, session.facts, intent)
        question: Question | None = None
        again = waiting = False
        running = FLOWS[session.flow or ""].function(chat).__await__()
        try:
            next(running)
        except StopIteration:
            pass
        except Asking as asking:
            question = asking.question
        except Waiting:
            waiting = True
        except Again:
            again = True
        else:
            raise RuntimeError(f"the flow {session.flow} awaits something that is not its chat")
        effects.said += chat.effects.said
        effects.messages += chat.effects.messages
        if again:
            continue
        return _turn(session, question, effects, waiting=waiting)
    raise RuntimeError(f"the flow {session.flow} goes round in circles")


def answer(session: Session, typed: str, intent: str) -> Turn:
    """Give the open question an answer: an option's id, a number, a title, or free text."""
    question = open_question(session, intent)
    if question is None:
        return go_on(session, intent)
    if typed == MORE:
        session.page += 1
        return Turn([_asked(session, question, "")])
    if len(typed) > LONGEST_INPUT:
        return Turn([_asked(session, question, _("That is too long for me; please send less."))])
    option = question.option_of(typed)
    if option is not None and option.id == "cancel":
        return Turn(cancelled=True)
    try:
        question.parse(typed)
    except Refusal as refusal:
        return Turn([_asked(session, question, str(refusal))])
    session.journal.add_answer(question.key, option.id if option is not None else typed)
    session.page = 0
    return go_on(session, intent)


def ask_again(session: Session, intent: str, before: str) -> Turn:
    """The open question once more, with something said in front."""
    return go_on(session, intent, before)


def go_back(session: Session, intent: str) -> Turn | None:
    """Take the last answer back; None when there is none to take back."""
    last = session.journal.last_answer()
    if last is None:
        return None
    session.journal.forget(last.key)
    session.page = 0
    return go_on(session, intent)


def open_question(session: Session, intent: str) -> Question | None:
    """The question that the flow waits with, found by replay."""
    if session.flow is None or session.waiting:
        return None
    trial = session.model_copy(deep=True)
    chat = Chat(trial.journal, trial.facts, intent)
    running = FLOWS[session.flow].function(chat).__await__()
    try:
        next(running)
    except Asking as asking:
        return asking.question
    except (StopIteration, Waiting, Again):
        return None
    return None


def _turn(session: Session, question: Question | None, effects: Effects, *, waiting: bool) -> Turn:
    before = "\n\n".join(effects.said)
    session.waiting = waiting
    if question is not None:
        return Turn([_asked(session, question, before)], effects.messages)
    if not waiting:
        session.end()
    return Turn([PlainText(body=before)] if before else [], effects.messages)


def _asked(session: Session, question: Question, before: str) -> Outgoing:
    session.asked += 1
    return render(question, session.mark, session.page, before)
