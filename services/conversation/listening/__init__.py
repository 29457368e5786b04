"""What a person's message means, and what is done about it: the conversation outside of its flows.

`typed.py` reads texts, `taps.py` taps, `words.py` does the words that work everywhere, `staff.py` the commands,
`starts.py` begins flows, `forms.py` offers a form and takes it back, `captions.py` finds what is written beside a
picture. Pure: a situation in, a turn out; the session is
changed in place.
"""

from __future__ import annotations

from services.conversation.engine.engine import FlowFault, Turn
from services.conversation.engine.texts import _
from services.conversation.flows.registration_form import read_form
from services.conversation.listening import forms, staff, starts, taps, typed, words
from services.conversation.listening.captions import written
from services.conversation.listening.situation import Situation
from services.conversation.texts import talking
from shared.contracts.gateway import Changed, Content, Form, Reaction, SystemNotice, Tap, Text, Welcome


def hear(here: Situation, content: Content) -> Turn:
    """What to say and do about a message; silence for what asks for no answer."""
    said = written(content)
    here.unseen = content if said is not content else None
    try:
        turn = _hear(here, said)
    except FlowFault as fault:
        return starts.recover(here, fault)
    return words.leave(here) if turn.cancelled else turn


def _hear(here: Situation, content: Content) -> Turn:
    match content:
        case Reaction() | Changed() | SystemNotice():
            return Turn()
        case Text(body=body):
            return staff.staff(here, body.strip()) if body.lstrip().startswith("/") else typed.typed(here, body)
        case Tap(id=id):
            return taps.tap(here, id)
        case Form(answers=answers):
            return _form(here, answers)
        case Welcome():
            return words.do(here, "greet")
        case _:
            return here.again(talking.cannot_read(content))


def _form(here: Situation, answers: dict[str, object]) -> Turn:
    """A form that was sent off: what fits is taken, what is missing is asked in the chat."""
    filled = read_form(answers)
    if filled is None or not here.settings.enable_registration:
        return here.again(_("That form is not in use any more."))
    if not forms.redeem(here, answers.get("flow_token")):
        text = _("That form was used already or is too old. You can register here in the chat.")
        return here.offer(text, "register.chat")
    registration = filled.registration(here.member)
    if registration is None:
        return starts.register_here(here, filled.answers)
    turn = here.aside(_("Thank you, {name}! You are registered.").format(name=registration.full_name.split()[0]))
    turn.messages.append(registration)
    return turn
