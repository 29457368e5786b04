"""The registration form in the chat: offered by a button, and taken back once, from the person it was offered to.

The phone asks our endpoint for its screens (services/conversation/forms); its `nfm_reply` comes here.
"""

from __future__ import annotations

from services.conversation.engine.engine import Turn
from services.conversation.engine.texts import _
from services.conversation.flows.registration_form import PURPOSE
from services.conversation.forms.tokens import FormClosed, Tokens
from services.conversation.listening.situation import Situation
from shared.contracts.notifier import Buttons, FlowButton


def offer(here: Situation) -> Turn:
    """The form, open to this person until it is sent off; who cannot open it goes on in the chat."""
    token = _tokens(here).make(PURPOSE, here.member, here.intent, here.now)
    here.session.form = token
    button = FlowButton(
        body=_("Please fill in this form. To answer here in the chat instead, send *register* again."),
        title=_("Open the form"),
        flow_id=here.settings.registration_flow_id,
        token=token,
        in_chat=Buttons(body=_("Please choose:"), buttons=(here.choice("register.chat"),)),
    )
    return Turn([button])


def is_open(here: Situation) -> bool:
    """Whether a form was offered that may still be sent off."""
    return here.session.form is not None and _is_theirs(here, here.session.form)


def redeem(here: Situation, token: object) -> bool:
    """Whether this is the form that was offered to this person last; it counts once."""
    if here.session.form is None or token != here.session.form or not _is_theirs(here, token):
        return False
    here.session.form = None
    return True


def _is_theirs(here: Situation, token: object) -> bool:
    try:
        ticket = _tokens(here).read(token)
        ticket.check(here.now)
    except FormClosed:
        return False
    return (ticket.purpose, ticket.member) == (PURPOSE, here.member)


def _tokens(here: Situation) -> Tokens:
    return Tokens(here.settings.service_token.get_secret_value())
