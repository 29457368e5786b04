"""One request of a form from its raw body to the encrypted reply (WhatsApp contract 5.2, 5.3).

The gateway has checked the signature. Order here: open, ping, error notice, token, screen, close. Whatever is shown is
in the person's language.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from services.conversation.engine.texts import _, later, speaking
from services.conversation.forms.crypto import CannotOpen, Opened, compact, open_request
from services.conversation.forms.screens import Asked, Final, NoSuchScreen, Screens, Shown
from services.conversation.forms.sessions import Sessions, question_of
from services.conversation.forms.tokens import NOT_KNOWN, FormClosed, Ticket, is_token_signed
from shared.kernel.clock import Clock
from shared.telemetry import metrics

log = logging.getLogger(__name__)

_ERRORS = frozenset(
    {
        "timeout_error",
        "no_http_response_error",
        "unexpected_http_status_code",
        "public-key-missing",
        "public-key-signature-verification",
        "response-decryption-error",
        "invalid-screen-transition",
        "payload-schema-error",
        "business-decryption-error",
        "missing_capability",
        "cannot_be_served",
    }
)
"""Contract 5.3; other words come from a person's device and stay out of our logs."""
_ACTIONS = ("INIT", "BACK", "data_exchange")


@dataclass(frozen=True)
class Reply:
    """What the gateway passes back."""

    status: int
    body: str = ""
    type: str = "text/plain"


class Readable(Protocol):
    """Reads tokens, as `Tokens` does."""

    def read(self, token: object) -> Ticket: ...


class FormEndpoint:
    """The endpoint of all forms. Safe for concurrent use. `secrets` are the active app secrets.

    `closed_in_clear` sends the words of a 427 as plain JSON, as Meta's error page has it; its sample encrypts them.
    """

    def __init__(
        self,
        keys: Sequence[RSAPrivateKey],
        *,
        tokens: Readable,
        sessions: Sessions,
        screens: Screens,
        secrets: Sequence[str],
        clock: Clock,
        closed_in_clear: bool = False,
    ) -> None:
        self._closed_in_clear = closed_in_clear
        self._keys = keys
        self._tokens = tokens
        self._sessions = sessions
        self._screens = screens
        self._secrets = secrets
        self._clock = clock

    async def answer(self, body: bytes) -> Reply:
        """200 with the reply, 421 when it cannot be opened, 427 when the form is closed. Raises Away."""
        try:
            opened = open_request(body, self._keys)
        except CannotOpen:
            metrics.form_requests.add(1, {"outcome": "cannot open"})
            return Reply(421)
        payload = opened.payload
        data = payload.get("data")
        data = data if isinstance(data, dict) else {}
        if payload.get("action") == "ping":
            return _told(opened, "ping", {"data": {"status": "active"}})
        if "error" in data:
            kind = next((kind for kind in _ERRORS if kind == data["error"]), "other")
            log.error("a phone reports trouble with a form", extra={"kind": kind})
            return _told(opened, f"error {kind}", {"data": {"acknowledged": True}})
        return await self._for_somebody(opened, data)

    async def _for_somebody(self, opened: Opened, data: dict[str, Any]) -> Reply:
        """A screen, or words that the form is closed, to whom its token belongs."""
        payload = opened.payload
        try:
            ticket = self._tokens.read(payload.get("flow_token"))
        except FormClosed as closed:
            return self._closed(opened, closed)
        with speaking(await self._sessions.language_of(ticket)):
            try:
                return _told(opened, "shown", await self._show(payload, data, ticket))
            except FormClosed as closed:
                return self._closed(opened, closed)
            except (NoSuchScreen, RecursionError) as error:
                # Trying again cannot help: the person is told to ask for the form as it is now.
                log.exception("a form's screen cannot be shown", exc_info=error)
                changed = FormClosed(later("This form has changed; ask for a new one in the chat."))
                return self._closed(opened, changed, "failed")

    async def _show(self, payload: Mapping[str, Any], data: dict[str, Any], ticket: Ticket) -> dict[str, Any]:
        now = self._clock.now()
        ticket.check(now)
        if str(payload.get("version", "")).startswith("4") and not is_token_signed(
            payload.get("flow_token_signature"), ticket.token, self._secrets
        ):
            raise FormClosed(NOT_KNOWN)
        action, screen = payload.get("action"), payload.get("screen")
        screen = screen if isinstance(screen, str) else ""
        if action not in _ACTIONS:
            raise NoSuchScreen("an action that we do not know")
        question = question_of(f"{action} {screen}", data)
        if action == "INIT":
            await self._sessions.begin(ticket, now)
        else:
            await self._sessions.check(ticket, question, now)
        shown = self._screens.show(Asked(action, ticket.purpose, screen, data))
        if isinstance(shown, Final):
            await self._sessions.end(ticket, question)
        return _rendered(shown, ticket)

    def _closed(self, opened: Opened, why: FormClosed, outcome: str = "closed") -> Reply:
        metrics.form_requests.add(1, {"outcome": outcome})
        told = {"error_msg": _(str(why))}
        if self._closed_in_clear:
            return Reply(427, compact(told), "application/json")
        return Reply(427, opened.close(told))


def _rendered(shown: Shown, ticket: Ticket) -> dict[str, Any]:
    if isinstance(shown, Final):
        params = {"flow_token": ticket.token, **shown.params}
        return {"screen": "SUCCESS", "data": {"extension_message_response": {"params": params}}}
    return {"screen": shown.screen, "data": dict(shown.data)}


def _told(opened: Opened, outcome: str, reply: dict[str, Any]) -> Reply:
    metrics.form_requests.add(1, {"outcome": outcome})
    return Reply(200, opened.close(reply))
