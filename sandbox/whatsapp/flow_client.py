"""The phone's side of a form (WhatsApp contract 7.4): asks the endpoint as WhatsApp does and checks what it shows.

Written from the contract alone, so that a mistake in it and one in the product don't agree.
"""

from __future__ import annotations

import asyncio
import json
import os
from base64 import b64decode, b64encode
from typing import Any

import aiohttp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sandbox.whatsapp.account import Account
from sandbox.whatsapp.settings import WhatsAppSettings
from sandbox.whatsapp.webhooks import sign

Json = dict[str, Any]

ENDPOINT_SECONDS = 10.0
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "array": list,
    "object": dict,
}


class FormBroken(Exception):
    """The form cannot go on; `shown` is what was shown until then. The text names the kind of contract 5.3.

    `for_people` is what a phone shows.
    """

    def __init__(self, why: str) -> None:
        self.shown: list[Json] = []
        self.for_people = f"Something went wrong ({why}); please try again."
        super().__init__(why)


class FormClosed(FormBroken):
    """The endpoint's 427: the phone closes the form and shows the words that came along."""

    def __init__(self, told: str) -> None:
        super().__init__(f"closed: {told}")
        self.for_people = told


class FlowClient:
    """Plays forms against the endpoint behind the gateway."""

    def __init__(self, settings: WhatsAppSettings, account: Account) -> None:
        self._settings = settings
        self._account = account
        self._url = f"{settings.webhook_url.removesuffix('/webhook')}/webhook/flow"

    async def ping(self, number_id: str) -> Json:
        """WhatsApp's health check of an endpoint."""
        async with aiohttp.ClientSession() as session:
            return await self._ask(session, number_id, {"version": "3.0", "action": "ping"})

    async def ask(self, number_id: str, parameters: Json, asked: Json, form: Json | None) -> Json:
        """What the endpoint of the form that `parameters` offer shows next.

        `asked` has `action`, `screen`, `data`. What is shown is checked against `form`, its Flow JSON, where it is
        given; what does not fit is reported to the endpoint. Raises FormBroken.
        """
        common = {"version": "3.0", "flow_token": parameters["flow_token"]}
        async with aiohttp.ClientSession() as session:
            here = await self._ask(session, number_id, {**common, **asked})
            before = asked["screen"] if asked["action"] == "data_exchange" else None
            if (trouble := _trouble(here, before, form)) is not None:
                kind, detail = trouble
                notice = {"error": kind, "error_message": detail}
                told = {"action": "data_exchange", "screen": here.get("screen", ""), "data": notice}
                await self._ask(session, number_id, {**common, **told})
                raise FormBroken(f"{kind}: {detail}")
            return here

    async def fill_in(
        self, number_id: str, parameters: Json, screens: list[Json], form: Json | None
    ) -> tuple[list[Json], Json]:
        """What was shown, and the answers that the form ends with, its token among them.

        `parameters` are those of the message that offered it, `screens` what the person enters on each. A form
        without an endpoint is filled in from `screens` alone. Raises FormBroken.
        """
        token = parameters["flow_token"]
        if parameters.get("flow_action", "navigate") == "navigate" and not (form or {}).get("data_api_version"):
            return [], {"flow_token": token, **_merged(screens)}
        shown: list[Json] = []
        asked: Json = {"action": "INIT", "screen": "", "data": {}}
        try:
            for entered in [*screens, None]:
                here = await self.ask(number_id, parameters, asked, form)
                shown.append(here)
                if (answers := ended(here)) is not None:
                    return shown, {"flow_token": token, **answers}
                if entered is None:
                    raise FormBroken("the form goes on, and nothing more was entered")
                action = "BACK" if entered.get("back") else "data_exchange"
                asked = {"action": action, "screen": here["screen"], "data": entered.get("data", {})}
        except FormBroken as broken:
            broken.shown = shown
            raise
        raise AssertionError("unreachable")

    async def _ask(self, session: aiohttp.ClientSession, number_id: str, payload: Json, *, again: bool = True) -> Json:
        key = self._account.public_key(number_id)
        if key is None:
            raise FormBroken("public-key-missing")
        secret, iv = os.urandom(16), os.urandom(16)
        sha = hashes.SHA256()
        wrapped = key.encrypt(secret, padding.OAEP(padding.MGF1(sha), sha, None))
        fields = {
            "encrypted_flow_data": seal(json.dumps(payload), secret, iv),
            "encrypted_aes_key": wrapped,
            "initial_vector": iv,
        }
        body = json.dumps({name: b64encode(value).decode() for name, value in fields.items()}).encode()
        headers = {"content-type": "application/json", "x-hub-signature-256": sign(body, self._settings.secret)}
        try:
            async with (
                asyncio.timeout(ENDPOINT_SECONDS),
                session.post(self._url, data=body, headers=headers) as answer,
            ):
                status, text = answer.status, await answer.text()
        except TimeoutError:
            raise FormBroken("timeout_error") from None
        except aiohttp.ClientError:
            raise FormBroken("no_http_response_error") from None
        if status == 421 and again:
            return await self._ask(session, number_id, payload, again=False)  # with the key fetched anew
        if status not in (200, 427):
            raise FormBroken(f"unexpected_http_status_code {status}")
        try:
            told = open_closing(text, secret, iv) if status == 427 else open_reply(text, secret, iv)
        except (ValueError, InvalidTag):
            raise FormBroken("response-decryption-error") from None
        if not isinstance(told, dict):
            raise FormBroken("payload-schema-error: the reply is no JSON object")
        if status == 427:
            raise FormClosed(str(told.get("error_msg") or "This form is closed."))
        return told


def seal(text: str, secret: bytes, iv: bytes) -> bytes:
    """A request's data as it is sent, the tag behind it (contract 5.2)."""
    return AESGCM(secret).encrypt(iv, text.encode(), None)


def open_reply(body: str, secret: bytes, iv: bytes) -> Any:
    """What an endpoint replied, closed with the same key and the inverted IV. Raises ValueError or InvalidTag."""
    return json.loads(AESGCM(secret).decrypt(bytes(byte ^ 255 for byte in iv), b64decode(body, validate=True), None))


def open_closing(body: str, secret: bytes, iv: bytes) -> Any:
    """What came with a 427: closed as a reply is, or in clear (contract 5.2). Raises ValueError or InvalidTag."""
    return json.loads(body) if body.startswith("{") else open_reply(body, secret, iv)


def success(params: Json) -> Json:
    """What an endpoint shows at the end of a form (contract 5.3)."""
    return {"screen": "SUCCESS", "data": {"extension_message_response": {"params": params}}}


def ended(here: Json) -> Json | None:
    """The answers that a form ends with; None when it goes on, or ends in no form that has answers."""
    match here:
        case {"screen": "SUCCESS", "data": {"extension_message_response": {"params": dict(params)}}}:
            return params
        case _:
            return None


def _merged(screens: list[Json]) -> Json:
    return {name: value for screen in screens for name, value in screen.get("data", {}).items()}


def _trouble(here: Json, before: str | None, form: Json | None) -> tuple[str, str] | None:
    """The kind that a phone would report of a screen that does not fit (contract 5.3), and why; None when it fits."""
    if ended(here) is not None:
        return None
    if here.get("screen") == "SUCCESS":
        return "payload-schema-error", "SUCCESS needs an object in data.extension_message_response.params"
    if not isinstance(here.get("screen"), str) or not isinstance(here.get("data"), dict):
        return "payload-schema-error", "a reply needs a text in screen and an object in data"
    return None if form is None else _misfit(here, before, form)


def _misfit(here: Json, before: str | None, form: Json) -> tuple[str, str] | None:
    screens = {screen["id"]: screen for screen in form["screens"]}
    screen = screens.get(here["screen"])
    reachable = [before, *form.get("routing_model", {}).get(before, [])] if before else [here["screen"]]
    if screen is None or here["screen"] not in reachable:
        return "invalid-screen-transition", f"the form does not lead from {before or 'its start'} to {here['screen']}"
    # A screen that shows an error stays as it is: nothing else need come along.
    shapes = {} if "error_message" in here["data"] else screen.get("data") or {}
    for name, shape in shapes.items():
        if not isinstance(here["data"].get(name), _TYPES[shape["type"]]):
            return "payload-schema-error", f"the screen {here['screen']} needs data.{name} of the type {shape['type']}"
    return None
