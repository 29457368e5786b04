"""How anything is said to somebody: in their language, and by the flow where one waits for it."""

from __future__ import annotations

from collections.abc import Callable

from services.conversation.domain.profile import Profile
from services.conversation.engine.engine import FlowFault, Turn, resume
from services.conversation.engine.session import Session
from services.conversation.engine.texts import speaking
from services.conversation.listening import starts
from services.conversation.listening.idling import next_look
from services.conversation.listening.situation import Situation
from services.conversation.ports import WAKE, Wake
from services.conversation.store import PROFILES, SESSIONS
from shared.bus.work import Work
from shared.contracts.base import Event
from shared.contracts.notifier import Outgoing, PlainText, SendMessage, TemplateFallback
from shared.kernel.ids import MemberId
from shared.kernel.languages import Language

Wording = Callable[[Situation], Outgoing | str]


async def tell(
    member: MemberId, event: Event, wording: Wording, work: Work, *, late: Callable[[], TemplateFallback] | None = None
) -> None:
    """Say it; a flow that waited for this event goes on in the same message. `late`: what goes after 24 hours."""
    session = await work.open(SESSIONS, member, Session)
    profile = await work.read(PROFILES, member) or Profile()
    with speaking(profile.language or "en"):
        here = Situation(member, session, profile, work.settings, work.now)
        turn = turn_for(here, event, wording)
        template = late() if late else None
    keep_time(session, work)
    for said in turn.outgoing:
        turn.messages.append(SendMessage(member=member, content=said, purpose="notice", template=template))
        template = None  # the first message told of the event
    work.emit(*turn.messages)


async def language_for(member: MemberId, work: Work) -> Language:
    """The language that they chose; English until they have."""
    profile = await work.read(PROFILES, member) or Profile()
    return profile.language or "en"


async def say_to(
    member: MemberId, wording: Callable[[], str], work: Work, *, late: Callable[[], TemplateFallback] | None = None
) -> None:
    """Say something by the way, in their language; whatever they are doing is not disturbed."""
    with speaking(await language_for(member, work)):
        template = late() if late else None
        content = PlainText(body=wording())
        work.emit(SendMessage(member=member, content=content, purpose="notice", template=template))


def keep_time(session: Session, work: Work) -> None:
    """Set the session's timer anew."""
    session.active_at = work.now
    set_timer(session, work)


def set_timer(session: Session, work: Work) -> None:
    """One timer at most stands in the session, for the next thing that may be due."""
    work.drop_calls(WAKE)
    due = next_look(session, work.settings, work.now)
    if due is not None:
        work.call(WAKE, Wake(), due=due)


def turn_for(here: Situation, event: Event, wording: Wording) -> Turn:
    """What is said of an event, and what a flow that waited for it goes on with."""
    session = here.session
    if session.waiting is None or not session.waiting.is_answered_by(event):
        content = wording(here)
        return here.say(content) if isinstance(content, str) else Turn([content])
    content = wording(here)
    text = content if isinstance(content, str) else _body(content)
    try:
        turn = resume(session, event, here.intent, text)
    except FlowFault as fault:
        turn = starts.recover(here, fault)
        return Turn([PlainText(body=text), *turn.outgoing] if text else turn.outgoing, turn.messages)
    if text and turn.outgoing == [PlainText(body=text)]:  # the flow had nothing to add
        return Turn([PlainText(body=text) if isinstance(content, str) else content], turn.messages)
    return turn


def _body(content: Outgoing) -> str:
    return getattr(content, "body", None) or getattr(content, "caption", None) or ""
