"""What a person can be and do beside talking (WhatsApp contract 7.2): `/_sim/phones/{phone}/…`

POST person {"name", "username", "hidden", "blocks", "has_whatsapp", "receipts"}    those that are named change
POST number {"to"}           another number: a system message, and a new user id
POST kinds/{kind}            a message of a kind: image, voice, location, contacts, reaction, order, unsupported, …
"""

from __future__ import annotations

from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.whatsapp.kinds import FILES, kinds, with_file
from sandbox.whatsapp.media import MediaStore
from sandbox.whatsapp.people import People
from sandbox.whatsapp.phones import Phones
from sandbox.whatsapp.reading import invalid, json_object, wrong
from sandbox.whatsapp.settings import WhatsAppSettings
from sandbox.whatsapp.watch import found_phone
from sandbox.whatsapp.webhooks import Webhooks
from shared.kernel.phone import NotAPhone, parse_phone

Json = dict[str, Any]


class Person(BaseModel):
    """What may be changed of a person."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(default=None, min_length=1, max_length=60)
    username: str | None = None
    hidden: bool | None = None
    blocks: bool | None = None
    has_whatsapp: bool | None = None
    receipts: bool | None = None


class Persons:
    """The handlers."""

    def __init__(
        self,
        settings: WhatsAppSettings,
        *,
        phones: Phones,
        people: People,
        webhooks: Webhooks,
        media: MediaStore,
    ) -> None:
        self._settings = settings
        self._phones = phones
        self._people = people
        self._webhooks = webhooks
        self._media = media

    def routes(self) -> list[web.RouteDef]:
        one = "/_sim/phones/{phone}"
        return [
            web.post(f"{one}/person", self.change),
            web.post(f"{one}/number", self.change_number),
            web.post(f"{one}/kinds/{{kind}}", self.send_kind),
        ]

    async def change(self, request: web.Request) -> web.Response:
        phone = found_phone(self._phones, request)
        try:
            change = Person.model_validate(await json_object(request))
        except ValidationError as error:
            raise invalid(error) from None
        for name in change.model_fields_set:
            setattr(phone, name, getattr(change, name))
        return web.json_response(
            {"phone": phone.number, **{name: getattr(phone, name) for name in Person.model_fields}}
        )

    async def change_number(self, request: web.Request) -> web.Response:
        """WhatsApp tells every number of the business by a system message and by the field `user_id_update`."""
        phone = found_phone(self._phones, request)
        try:
            number = parse_phone(str((await json_object(request)).get("to", "")))
        except NotAPhone as error:
            raise wrong(web.HTTPBadRequest, str(error)) from None
        if self._phones.get(number) is not None:
            raise wrong(web.HTTPConflict, "There is a phone of that number already.")
        old_number, old_id, old_sender = phone.wa_id, phone.bsuid, phone.sender
        self._phones.rename(phone, number)
        for number_id in self._settings.phone_number_ids:
            body = f"User {phone.name} changed from {old_number} to {phone.wa_id}"
            system = {"body": body, "type": "user_changed_number", "wa_id": phone.wa_id, "user_id": phone.bsuid}
            told = {**old_sender, "id": self._phones.new_wamid(phone), "timestamp": self._people.timestamp()}
            # System messages have no contacts (contract 2.3).
            await self._webhooks.send(number_id, "messages", {**told, "type": "system", "system": system}, None)
            ids = {"user_id": {"previous": old_id, "current": phone.bsuid}}
            await self._webhooks.send_field(number_id, "user_id_update", ids)
        return web.json_response({"phone": phone.number, "user_id": phone.bsuid})

    async def send_kind(self, request: web.Request) -> web.Response:
        phone, kind = found_phone(self._phones, request), request.match_info["kind"]
        last = next((item.wamid for item in reversed(phone.items) if item.direction == "out"), "wamid.none")
        if kind in FILES:
            _type, mime_type, content = FILES[kind]
            media = self._media.keep(kind, mime_type, content)
            return await self._people.send_from(
                phone, request, with_file(kind, media.id, self._media.url_of(media, request))
            )
        known = kinds(last)
        if kind not in known:
            raise wrong(web.HTTPNotFound, f"There is no such kind; there are {', '.join(sorted([*known, *FILES]))}.")
        return await self._people.send_from(phone, request, known[kind])
