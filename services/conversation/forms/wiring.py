"""Wires the endpoint of forms, for `app.py`."""

from __future__ import annotations

from services.conversation.forms.endpoint import FormEndpoint
from services.conversation.forms.keys import read_keys
from services.conversation.forms.screens import Screens
from services.conversation.forms.sessions import Sessions
from services.conversation.forms.settings import FormSettings
from services.conversation.forms.tokens import Tokens
from shared.runtime.service import Tools


def make_endpoint(settings: FormSettings, tools: Tools, screens: Screens) -> FormEndpoint:
    """The endpoint, with the keys and secrets of the settings; a handler makes tokens by the same service token."""
    passphrase = settings.private_key_passphrase
    return FormEndpoint(
        read_keys(settings.private_key_file, passphrase.get_secret_value() if passphrase else None),
        tokens=Tokens(tools.common.service_token.get_secret_value()),
        sessions=Sessions(tools.entry("conversation")),
        screens=screens,
        secrets=settings.app_secrets,
        clock=tools.clock,
        closed_in_clear=settings.form_closed_in_clear,
    )
