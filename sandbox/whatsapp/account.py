"""The business account at the Graph API (WhatsApp contract 7.1): its number, templates, subscription and form keys.

GET        [/vNN.N]/{phone_number_id}                                 the number
GET, POST  [/vNN.N]/{phone_number_id}/whatsapp_business_encryption    the public key of forms
GET, POST  [/vNN.N]/{account}/subscribed_apps                         GET [/vNN.N]/{account}/message_templates
"""

from __future__ import annotations

import hmac
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from sandbox.whatsapp.answers import error_answer
from sandbox.whatsapp.limits import Refused
from sandbox.whatsapp.settings import WhatsAppSettings
from sandbox.whatsapp.templates import Templates, listed
from sandbox.whatsapp.webhooks import ACCOUNT

Json = dict[str, Any]


class Account:
    """The handlers, and the public keys that were uploaded."""

    def __init__(self, settings: WhatsAppSettings, templates: Templates) -> None:
        self._settings = settings
        self._templates = templates
        self._subscribed = True
        self._pems = dict.fromkeys(settings.phone_number_ids, settings.form_key)

    def routes(self) -> list[web.RouteDef]:
        """To be added before those of media: a number's id is any number."""
        routes = []
        for version in ("", r"/{version:v\d+\.\d+}"):
            for number in self._settings.phone_number_ids:
                routes.append(web.get(f"{version}/{{number:{number}}}", self.number))
            encryption = f"{version}/{{number}}/whatsapp_business_encryption"
            routes.append(web.get(encryption, self.key))
            routes.append(web.post(encryption, self.upload_key))
            routes.append(web.get(f"{version}/{{account}}/subscribed_apps", self.subscriptions))
            routes.append(web.post(f"{version}/{{account}}/subscribed_apps", self.subscribe))
            routes.append(web.get(f"{version}/{{account}}/message_templates", self.message_templates))
        return routes

    def public_key(self, number_id: str) -> RSAPublicKey | None:
        """The key that phones close their forms with, None when none was uploaded."""
        pem = self._pems.get(number_id)
        key = load_pem_public_key(pem.encode()) if pem else None
        return key if isinstance(key, RSAPublicKey) else None

    async def number(self, request: web.Request) -> web.Response:
        return self._answer(request, lambda: self._about(request.match_info["number"]))

    async def key(self, request: web.Request) -> web.Response:
        def told() -> Json:
            pem = self._pems.get(self._number(request))
            status = {"business_public_key": pem, "business_public_key_signature_status": "VALID"} if pem else {}
            return {"data": [status] if status else []}

        return self._answer(request, told)

    async def upload_key(self, request: web.Request) -> web.Response:
        form = await request.post()

        def take() -> Json:
            pem = str(form.get("business_public_key", ""))
            try:
                key = load_pem_public_key(pem.encode())
            except ValueError:
                raise Refused(100, "business_public_key is no PEM") from None
            if not isinstance(key, RSAPublicKey) or key.key_size != 2048:
                raise Refused(100, "business_public_key must be RSA with 2048 bits")
            self._pems[self._number(request)] = pem
            return {"success": True}

        return self._answer(request, take)

    async def subscriptions(self, request: web.Request) -> web.Response:
        app = {"whatsapp_business_api_data": {"id": "1", "name": "sandbox", "link": "https://example.org"}}
        return self._answer(request, lambda: {"data": [app] if self._subscribed else []})

    async def subscribe(self, request: web.Request) -> web.Response:
        def take() -> Json:
            self._subscribed = True
            return {"success": True}

        return self._answer(request, take)

    async def message_templates(self, request: web.Request) -> web.Response:
        return self._answer(request, lambda: {"data": [listed(template) for template in self._templates]})

    def _about(self, number_id: str) -> Json:
        return {
            "verified_name": "Sandbox",
            "display_phone_number": self._settings.bot_number,
            "quality_rating": "GREEN",
            "code_verification_status": "VERIFIED",
            "platform_type": "CLOUD_API",
            "throughput": {"level": "STANDARD"},
            "status": "CONNECTED",
            "id": number_id,
        }

    def _number(self, request: web.Request) -> str:
        number = request.match_info["number"]
        if number not in self._settings.phone_number_ids:
            raise Refused(100, f"{number} is no phone number id of this sandbox", subcode=33)
        return number

    def _answer(self, request: web.Request, tell: Any) -> web.Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            if not hmac.compare_digest(token.encode(), self._settings.token.encode()):
                raise Refused(190, "the bearer token is not the one of this sandbox")
            if request.match_info.get("account", ACCOUNT) != ACCOUNT:
                raise Refused(100, f"the business account of this sandbox is {ACCOUNT}", subcode=33)
            return web.json_response(tell())
        except Refused as refused:
            return error_answer(refused)
