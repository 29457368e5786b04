"""What tests look at and set (WhatsApp contract 7.5): `/_sim/…`

GET  report                  how the gateway answered, how fast the business talked
GET  messages/{wamid}        one message of the bot, and where it stands
GET  templates  POST templates {…}        registered templates
POST callback {"url", "verify_token"}     where webhooks go from now on, if the address proves itself
"""

from __future__ import annotations

from dataclasses import asdict

from aiohttp import web
from pydantic import ValidationError

from sandbox.whatsapp.api import GraphApi
from sandbox.whatsapp.phones import Phones
from sandbox.whatsapp.reading import invalid, json_object, wrong
from sandbox.whatsapp.templates import Template, Templates
from sandbox.whatsapp.webhooks import Webhooks


class Inspection:
    """The handlers."""

    def __init__(self, phones: Phones, api: GraphApi, webhooks: Webhooks, templates: Templates) -> None:
        self._phones = phones
        self._api = api
        self._webhooks = webhooks
        self._templates = templates

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_sim/report", self.report),
            web.get("/_sim/messages/{wamid}", self.message),
            web.get("/_sim/templates", self.list_templates),
            web.post("/_sim/templates", self.register),
            web.post("/_sim/callback", self.callback),
        ]

    async def report(self, _: web.Request) -> web.Response:
        return web.json_response({"webhooks": self._webhooks.figures(), **self._api.rates.figures()})

    async def message(self, request: web.Request) -> web.Response:
        wamid = request.match_info["wamid"]
        for phone in self._phones:
            item = phone.find(wamid)
            if item is not None:
                return web.json_response({"phone": phone.number, **asdict(item)})
        raise wrong(web.HTTPNotFound, "There is no such message.")

    async def list_templates(self, _: web.Request) -> web.Response:
        return web.json_response({"templates": [template.model_dump() for template in self._templates]})

    async def register(self, request: web.Request) -> web.Response:
        try:
            self._templates.register(Template.model_validate(await json_object(request)))
        except ValidationError as error:
            raise invalid(error) from None
        return await self.list_templates(request)

    async def callback(self, request: web.Request) -> web.Response:
        """As when the callback URL is saved at Meta: 200 and the challenge byte for byte, or it stays as it was."""
        body = await json_object(request)
        url, token = str(body.get("url", "")), str(body.get("verify_token", ""))
        if not url.startswith(("http://", "https://")):
            raise wrong(web.HTTPBadRequest, "url is a web address.")
        if not await self._webhooks.prove(url, token):
            raise wrong(web.HTTPUnprocessableEntity, "The address did not give the challenge back; it is not used.")
        return web.json_response({"url": url})
