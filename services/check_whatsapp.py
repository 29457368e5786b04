"""Checks of the WhatsApp account: token, numbers, key of forms, subscription and templates (WhatsApp contract 7.1)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx

from services.check_findings import Finding, off, ok, wrong
from services.conversation.forms.keys import public_pem, read_keys
from services.conversation.forms.settings import FormSettings
from services.notifier.domain.refusals import rule_of
from services.notifier.settings import NotifierSettings
from shared.contracts.notifier import TEMPLATE_PARAMETERS, TemplateName
from shared.kernel.errors import Misconfigured
from shared.runtime.settings import Settings, Words, read_settings

Json = dict[str, Any]

MOST_PAGES = 20
_PLACE = re.compile(r"\{\{\s*\w+\s*\}\}")


class WhatsAppSettings(Settings):
    """What only the check needs to know of the account."""

    phone_number_id: Words = ()
    """`PHONE_NUMBER_ID`: several with commas."""
    whatsapp_account_id: str = ""
    """`WHATSAPP_ACCOUNT_ID`: the WhatsApp Business Account, whose subscription and templates are checked."""


class _Refused(Exception):
    """WhatsApp says no."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(str(code))


class _Graph:
    """Reads from the Graph API. Raises _Refused, or httpx.HTTPError when nothing sensible answers."""

    def __init__(self, client: httpx.AsyncClient, settings: NotifierSettings) -> None:
        self._client = client
        self._url = settings.whatsapp_api_url.rstrip("/")
        self._headers = {"authorization": f"Bearer {settings.whatsapp_token.get_secret_value()}"}

    async def get(self, path: str, **query: str) -> Json:
        answer = await self._client.get(f"{self._url}/{path}", params=query, headers=self._headers)
        try:
            told: Any = answer.json()
        except ValueError:
            raise httpx.DecodingError("not JSON") from None
        match told:
            case {"error": {"code": int() as code}}:
                raise _Refused(code)
            case dict():
                return told
            case _:
                raise httpx.DecodingError("no object")


async def check_whatsapp(client: httpx.AsyncClient, settings: NotifierSettings) -> AsyncIterator[Finding]:
    """The findings about the account."""
    own = read_settings(WhatsAppSettings)
    graph = _Graph(client, settings)
    if not own.phone_number_id:
        yield wrong("WhatsApp number", "PHONE_NUMBER_ID is not set. WhatsApp Manager shows it beside the number.")
    for number in own.phone_number_id:
        yield await _found(f"WhatsApp number {number}", _number(graph, number), "PHONE_NUMBER_ID")
        yield await _found(f"key of forms of {number}", _form_key(graph, number), "PHONE_NUMBER_ID")
    account = own.whatsapp_account_id
    if not account:
        yield off("WhatsApp subscription and templates", "WHATSAPP_ACCOUNT_ID is not set, so they were not looked at.")
        return
    yield await _found("WhatsApp subscription", _subscription(graph, account), "WHATSAPP_ACCOUNT_ID")
    try:
        known = await _templates(graph, account)
    except (_Refused, httpx.HTTPError) as error:
        yield _failed("WhatsApp templates", error, "WHATSAPP_ACCOUNT_ID")
        return
    for ours, theirs in settings.templates.items():
        yield _template(ours, known.get((theirs, settings.template_language)), theirs, settings.template_language)


async def _found(what: str, looking: Any, setting: str) -> Finding:
    try:
        state, text = await looking
    except (_Refused, httpx.HTTPError) as error:
        return _failed(what, error, setting)
    return Finding(state, what, text)


def _failed(what: str, error: Exception, setting: str) -> Finding:
    if not isinstance(error, _Refused):
        return wrong(what, "nothing sensible answers at WHATSAPP_API_URL.")
    if error.code in (0, 190):
        return wrong(what, "WHATSAPP_TOKEN is not valid. Make a permanent one for a system user of the business.")
    if error.code in (3, 10, 131005) or 200 <= error.code <= 299:
        return wrong(what, "WHATSAPP_TOKEN may not look there. Give its system user the account, with full control.")
    if error.code in (33, 100):
        return wrong(what, f"{setting} is not known to this token. Correct it, or give the system user the account.")
    return wrong(what, f"WhatsApp answers with code {error.code}: {rule_of(error.code).meaning}.")


async def _number(graph: _Graph, number: str) -> tuple[Any, str]:
    told = await graph.get(number)
    shown, status = told.get("display_phone_number"), told.get("status", "CONNECTED")
    if status != "CONNECTED":
        return "wrong", f"its status is {status}. Register it in WhatsApp Manager."
    return "ok", f"{shown}, quality {told.get('quality_rating', 'unknown')}"


async def _form_key(graph: _Graph, number: str) -> tuple[Any, str]:
    try:
        forms = read_settings(FormSettings)
        secret = forms.private_key_passphrase
        keys = read_keys(forms.private_key_file, secret.get_secret_value() if secret else None)
    except Misconfigured as error:
        return "wrong", str(error)
    if not forms.enable_meta_flows:
        return "off", "ENABLE_META_FLOWS is false."
    told = await graph.get(f"{number}/whatsapp_business_encryption")
    data = told.get("data")
    known = str(data[0].get("business_public_key", "")) if isinstance(data, list) and data else ""
    if not known:
        return "off", "WhatsApp has none; forms that ask us need one: `ruvimbo flows keys upload`."
    if known.split() not in [public_pem(key).split() for key in keys]:
        return "wrong", "WhatsApp has another than PRIVATE_KEY_FILE. `ruvimbo flows keys upload` tells it."
    return "ok", ""


async def _subscription(graph: _Graph, account: str) -> tuple[Any, str]:
    if (await graph.get(f"{account}/subscribed_apps")).get("data"):
        return "ok", ""
    return "wrong", "no app is subscribed to the account, so no message arrives. POST to its subscribed_apps."


async def _templates(graph: _Graph, account: str) -> dict[tuple[str, str], Json]:
    """All templates by name and language."""
    found: dict[tuple[str, str], Json] = {}
    query = {"limit": "200"}
    for _ in range(MOST_PAGES):
        told = await graph.get(f"{account}/message_templates", **query)
        found |= {(str(one.get("name")), str(one.get("language"))): one for one in told.get("data", [])}
        paging = told.get("paging") or {}
        if not paging.get("next"):
            break
        query["after"] = str((paging.get("cursors") or {}).get("after"))
    return found


def _template(ours: TemplateName, template: Json | None, name: str, language: str) -> Finding:
    """Whether a template takes what we send with it (product 9)."""
    what = f"WhatsApp template {name}"
    if template is None:
        return wrong(what, f"there is none in {language}. Register it, or name another in TEMPLATE_{ours.upper()}.")
    status = str(template.get("status"))
    if status != "APPROVED":
        return wrong(what, f"its state is {status}. See WhatsApp Manager for the reason.")
    parts = {str(part.get("type")).upper(): part for part in template.get("components", []) if isinstance(part, dict)}
    wanted = TEMPLATE_PARAMETERS[ours]
    takes = len(set(_PLACE.findall(str(parts.get("BODY", {}).get("text", "")))))
    if ours == "sign_in_code":
        # WhatsApp writes the body of authentication templates itself.
        if str(template.get("category")) != "AUTHENTICATION":
            return wrong(what, "its category must be AUTHENTICATION, with a button that copies the code.")
    elif takes != len(wanted):
        return wrong(what, f"its body takes {takes} parameters instead of {len(wanted)}: {', '.join(wanted)}.")
    if ours == "report_ready" and str(parts.get("HEADER", {}).get("format")) != "DOCUMENT":
        return wrong(what, "it needs a header of the kind document, for the report.")
    return ok(what)
