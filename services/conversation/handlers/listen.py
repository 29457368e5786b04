"""Listens to people, and looks at sessions in which nothing happens."""

from __future__ import annotations

import logging
from datetime import timedelta

from services.conversation.domain.profile import Profile
from services.conversation.engine.engine import Turn
from services.conversation.engine.session import Session
from services.conversation.engine.texts import _, speaking
from services.conversation.engine.words import language_of
from services.conversation.handlers.colleagues import colleagues
from services.conversation.handlers.telling import keep_time, set_timer
from services.conversation.listening import hear, idling
from services.conversation.listening.captions import written
from services.conversation.listening.situation import Situation
from services.conversation.listening.staff import names_colleague
from services.conversation.ports import WAKE, Wake, Woken
from services.conversation.settings import ConversationSettings
from services.conversation.store import PROFILES, SESSIONS
from services.conversation.texts.lateness import late_reply
from shared.bus.handlers import answered, on
from shared.bus.work import Work
from shared.contracts.conversation import ChooseLanguage, FinanceHeard
from shared.contracts.gateway import MessageReceived, SystemNotice, Text
from shared.contracts.notifier import MarkRead, OpenWindow, PlainText, SendMessage
from shared.kernel.ids import MemberId
from shared.outcalls.calls import Unknown, Unreached

log = logging.getLogger(__name__)

MOST_OUTGOING = 2
"""Messages that one message may bring about."""
LATE = timedelta(hours=23)
"""The reply to a message this old may not be allowed any more when it goes out."""


@on(MessageReceived)
async def listen(event: MessageReceived, work: Work) -> None:
    """Answer the person."""
    if event.group_id is not None:
        return  # nobody is charged, or called by name, in front of others
    session = await work.open(SESSIONS, event.member, Session)
    profile = await work.read(PROFILES, event.member) or Profile()
    session.address = event.address
    said = written(event.content)
    others = await colleagues(work) if names_colleague(said) else ()
    slow_down = session.hear(event.sent_at)
    guessed = None
    if profile.language is None and isinstance(said, Text):
        guessed = language_of(said.body)
    with speaking(profile.language or guessed or "en"):
        here = Situation(event.member, session, profile, work.settings, work.now, others)
        turn = _over_the_cap(here) or hear(here, event.content)
        instead = late_reply() if work.now - event.sent_at > LATE else None
        if slow_down and len(turn.outgoing) < MOST_OUTGOING:
            turn.outgoing.append(PlainText(body=_("Please send a little slower; I answer everything in order.")))
        elif slow_down:
            session.told_to_slow_down = False  # said with the next answer, where there is room for it
    if len(turn.outgoing) > MOST_OUTGOING:
        log.error("more was to be said than may be", extra={"messages": len(turn.outgoing)})
        turn.outgoing = turn.outgoing[:1] + turn.outgoing[1 - MOST_OUTGOING :]
    if guessed is not None:
        turn.messages.append(ChooseLanguage(member=event.member, language=guessed))
    keep_time(session, work)
    phone = event.address.phone
    if phone is not None and phone in here.settings.finance_phone:
        work.emit(FinanceHeard(member=event.member, phone=phone, at=event.sent_at))
    if turn.messages and not turn.outgoing:
        # The answer is another service's: until it comes, the person sees that they were heard.
        number = event.address.phone_number_id
        work.emit(MarkRead(member=event.member, phone_number_id=number, message_id=event.message_id, typing=True))
    if not turn.outgoing and not isinstance(event.content, SystemNotice):
        # Only what the person did themselves opens the window (WhatsApp contract 4.5); an answer says so itself.
        work.emit(OpenWindow(member=event.member, address=event.address, at=event.sent_at))
    work.emit(
        *turn.messages,
        *(
            SendMessage(
                member=event.member,
                address=event.address,
                content=content,
                purpose="reply",
                answers_at=event.sent_at,
                answers=None if said_before else event.message_id,
                template=None if said_before else instead,
            )
            for said_before, content in enumerate(turn.outgoing)
        ),
    )


@answered(WAKE, SESSIONS)
async def wake(session: Session, request: Wake, outcome: Woken | Unknown | Unreached, work: Work) -> None:
    """Warn, pause, or stop waiting, if the person and the others have been silent for long enough."""
    member = MemberId(work.held[1].id)
    profile = await work.read(PROFILES, member) or Profile()
    with speaking(profile.language or "en"):
        turn = idling.look(Situation(member, session, profile, work.settings, work.now))
    set_timer(session, work)
    work.emit(*turn.messages, *(SendMessage(member=member, content=said, purpose="notice") for said in turn.outgoing))


def _over_the_cap(here: Situation) -> Turn | None:
    """The daily caps (product 9): said once a day, then silence until midnight; what others say is still told."""
    settings: ConversationSettings = here.settings
    phone = here.session.address.phone if here.session.address else None
    cap = settings.daily_messages_known if here.profile.is_known else settings.daily_messages_unknown
    heard = here.session.count(here.now)
    if phone in settings.staff or heard <= cap:
        return None
    if heard > cap + 1:
        return Turn()
    return Turn([PlainText(body=_("That was a lot for one day. I listen again after midnight."))])
