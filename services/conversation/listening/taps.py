"""What a tap means, however old the message is that was tapped."""

from __future__ import annotations

from services.conversation.engine.engine import Turn, answer, answer_again, open_question
from services.conversation.engine.render import Tapped, tapped
from services.conversation.engine.texts import _
from services.conversation.listening import typed, words
from services.conversation.listening.situation import GO, Situation


def tap(here: Situation, id: str) -> Turn:
    """Do what the button or row says if that is still possible, and say so if not."""
    session = here.session
    if id in {typed.DOUBT_WORD, typed.DOUBT_ANSWER}:
        return typed.settle(here, session.doubt, as_word=id == typed.DOUBT_WORD)
    session.doubt = None
    if id.startswith(GO):
        word = id.removeprefix(GO)
        return words.do(here, word) if words.knows(word) else here.again(older())
    parts = tapped(id)
    draft = session.draft_at(here.now)
    if session.flow is None and draft is not None and parts is not None and parts.run == draft.run:
        session.take_up()
        session.asked_key = parts.key
    turn = _choice(here, parts) if parts is not None and parts.run == session.run else None
    return turn or here.again(older())


def _choice(here: Situation, parts: Tapped) -> Turn | None:
    """A choice of the flow that runs, or ran last."""
    session = here.session
    if session.waiting:
        return here.say(_("That is on its way already; you will not be charged twice."))
    if session.flow is None:
        return here.menu(_done(session.done))
    question = open_question(session, here.intent)
    if question is not None and (question.key, question.stamp) == (parts.key, parts.stamp):
        return answer(session, parts.option, here.intent, question)
    return answer_again(session, parts, here.intent)


def _done(flow: str | None) -> str:
    if flow is None:
        return older()
    if flow in {"register", "forget"}:
        return _("That is done already.")
    return _("That is done already; you will not be charged twice.")


def older() -> str:
    """What is said of a tap that can do nothing any more."""
    return _("That choice is from an older message.")
