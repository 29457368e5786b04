"""What happens when nothing happens: one warning, one pause, a draft that is kept, a wait that ends (product 1)."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.conversation.engine.engine import Turn
from services.conversation.engine.session import Session, Wait
from services.conversation.engine.texts import _
from services.conversation.listening.situation import Situation
from services.conversation.settings import ConversationSettings


def next_look(session: Session, settings: ConversationSettings, now: datetime) -> datetime | None:
    """When to look at the session again; None when nothing is open. Notes when a wait ends."""
    if session.waiting is not None:
        if session.waiting.until is None:
            session.waiting.until = now + timedelta(seconds=session.waiting.patience)
        return session.waiting.until
    if session.flow is None:
        return None
    warn = not session.warned and settings.session_warn_seconds < settings.session_pause_seconds
    seconds = settings.session_warn_seconds if warn else settings.session_pause_seconds
    return (session.active_at or now) + timedelta(seconds=seconds)


def look(here: Situation) -> Turn:
    """Warn, pause or stop waiting, if it is time for that."""
    session, settings, now = here.session, here.settings, here.now
    due = next_look(session, settings, now)
    if due is None or now < due:
        return Turn()
    if session.waiting is not None:
        text = _waited_for_long(session.waiting)
        session.end(done=True)
        return here.say(text)
    if here.profile.has_prompt:
        session.active_at = now  # the person may be busy with the prompt on their phone
        return Turn()
    if now - (session.active_at or now) < timedelta(seconds=settings.session_pause_seconds):
        session.warned = True
        return here.say(_("Are you still there? I wait a little longer, then I keep this for you for later."))
    if session.park(now + settings.draft_kept):
        text = _("I have put this aside and keep it for {hours} hours. Nothing is lost: *continue* goes on.")
        return here.offer(text.format(hours=settings.draft_hours), "continue", "start_over", "menu")
    return here.offer(_("I have closed this, since you were away. Come back any time."), "menu")


def _waited_for_long(waiting: Wait) -> str:
    if waiting.is_payment:
        return _("This takes longer than usual. You will not be charged twice, and I will tell you here what we find.")
    return _("This takes longer than usual; I tell you here as soon as I know.")
