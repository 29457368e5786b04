"""Forms on a phone (WhatsApp contract 7.4): `/_sim/…`

GET  flows/{id}                 the Flow JSON of a published form
POST phones/{phone}/form/ask    {"wamid", "action", "screen", "data"}: the screen that the endpoint shows next; the
                                action `complete` sends a form off without asking; files are those of picked.py
POST phones/{phone}/form        {"wamid", "screens": [{"data"} or {"back": true}, …], "form"}: fill in a form to its end
POST forms/ping                 WhatsApp's health check of the endpoint
"""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from sandbox.whatsapp.flow_client import FlowClient, FormBroken, FormClosed, ended, success
from sandbox.whatsapp.network import Network
from sandbox.whatsapp.people import People
from sandbox.whatsapp.phones import Item, Phone, Phones
from sandbox.whatsapp.picked import PickedFiles
from sandbox.whatsapp.reading import json_object, wrong
from sandbox.whatsapp.settings import WhatsAppSettings
from sandbox.whatsapp.watch import found_phone

Json = dict[str, Any]


class Forms:
    """The handlers."""

    def __init__(
        self,
        settings: WhatsAppSettings,
        *,
        phones: Phones,
        people: People,
        network: Network,
        client: FlowClient,
        files: PickedFiles,
    ) -> None:
        self._settings = settings
        self._phones = phones
        self._people = people
        self._network = network
        self._client = client
        self._files = files

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/_sim/flows/{id}", self.flow),
            web.post("/_sim/phones/{phone}/form/ask", self.ask),
            web.post("/_sim/phones/{phone}/form", self.fill_in),
            web.post("/_sim/forms/ping", self.ping),
        ]

    async def flow(self, request: web.Request) -> web.Response:
        form = self._settings.flows.get(request.match_info["id"])
        if form is None:
            raise wrong(web.HTTPNotFound, "That form is not published here; WHATSAPP_FLOWS names those that are.")
        return web.json_response(form)

    async def ask(self, request: web.Request) -> web.Response:
        """One question of the phone to the endpoint; the end of the form is sent off as the phone does."""
        phone = found_phone(self._phones, request)
        body = await json_object(request)
        item = self._offer(phone, body)
        if not await self._network.cross():
            raise wrong(web.HTTPServiceUnavailable, "This phone is offline.")
        asked: Json = {"action": body.get("action"), "screen": body.get("screen", ""), "data": body.get("data", {})}
        parameters = _parameters(item)
        if not isinstance(asked["data"], dict):
            raise wrong(web.HTTPBadRequest, "data is an object.")
        try:
            if asked["action"] == "complete":
                here = success(self._files.for_message(asked["data"]))
            else:
                asked["data"] = self._files.for_endpoint(asked["data"])
                here = await self._client.ask(self._number(request), parameters, asked, self._form(item))
        except FormClosed as closed:
            raise wrong(web.HTTPGone, closed.for_people) from None
        except FormBroken as broken:
            raise wrong(web.HTTPUnprocessableEntity, broken.for_people) from None
        if (answers := ended(here)) is not None:
            await self._send_off(phone, request, item, {"flow_token": parameters["flow_token"], **answers})
        return web.json_response(here)

    async def fill_in(self, request: web.Request) -> web.Response:
        """Play the form to its end and send it off; what the endpoint showed is told."""
        phone = found_phone(self._phones, request)
        body = await json_object(request)
        item = self._offer(phone, body)
        form = body.get("form") or self._form(item)
        screens = body.get("screens", [])
        if not isinstance(screens, list) or not all(_is_entered(screen) for screen in screens):
            raise wrong(web.HTTPBadRequest, 'screens is a list of {"data": {…}} or {"back": true}.')
        try:
            shown, answers = await self._client.fill_in(self._number(request), _parameters(item), screens, form)
        except FormBroken as broken:
            return web.json_response({"error": str(broken), "shown": broken.shown}, status=422)
        await self._send_off(phone, request, item, answers)
        return web.json_response({"shown": shown})

    async def ping(self, request: web.Request) -> web.Response:
        try:
            told = await self._client.ping(self._number(request))
        except FormBroken as broken:
            return web.json_response({"error": str(broken)}, status=422)
        return web.json_response(told)

    def _offer(self, phone: Phone, body: Json) -> Item:
        item = phone.find(str(body.get("wamid")))
        if item is None or item.body.get("type") != "flow":
            raise wrong(web.HTTPNotFound, "There is no such form on this phone.")
        return item

    def _form(self, item: Item) -> Json | None:
        return self._settings.flows.get(str(_parameters(item).get("flow_id")))

    def _number(self, request: web.Request) -> str:
        return request.query.get("number", self._settings.phone_number_ids[0])

    async def _send_off(self, phone: Phone, request: web.Request, item: Item, answers: Json) -> None:
        reply = {"name": "flow", "body": "Sent", "response_json": json.dumps(answers)}
        message = {"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": reply}}
        await self._people.send_from(phone, request, message, item.wamid)


def _is_entered(screen: Any) -> bool:
    return isinstance(screen, dict) and isinstance(screen.get("data", {}), dict)


def _parameters(item: Item) -> Json:
    found: Json = item.body["action"]["parameters"]
    return found
