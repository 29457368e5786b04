"""Media (WhatsApp contract 3.4): taken by type and size, told about, handed out, deleted, and opened on the phone page.

POST   [/vNN.N]/{phone_number_id}/media      GET, DELETE [/vNN.N]/{media id}
GET    /_media/{media id}?at=SECOND           with the bearer, for five minutes from that second on
GET    /_sim/media/{media id}                 for the phone page, without a token
"""

from __future__ import annotations

import hashlib
import hmac
from collections import OrderedDict
from dataclasses import dataclass

from aiohttp import BodyPartReader, web

from sandbox.timers import Timers
from sandbox.whatsapp.answers import error_answer
from sandbox.whatsapp.limits import Refused
from sandbox.whatsapp.reading import wrong
from sandbox.whatsapp.settings import WhatsAppSettings
from shared.kernel.ids import system_chance

MB = 1024 * 1024
URL_SECONDS = 300
KEPT_BYTES = 200 * MB
"""More than this makes the stand-in forget the oldest files."""

_LARGEST = {
    **dict.fromkeys(("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"), 16 * MB),
    **dict.fromkeys(("image/jpeg", "image/png"), 5 * MB),
    **dict.fromkeys(("video/mp4", "video/3gpp"), 16 * MB),
    "image/webp": 500 * 1024,
}
_LARGEST_DOCUMENT = 100 * MB
SHOWN = ("application/pdf", "text/plain", "image/jpeg", "image/png", "image/webp")
"""What a browser may show on the page's own host; anything else is saved as a file."""


@dataclass(frozen=True)
class Media:
    """One file."""

    id: str
    name: str
    type: str
    content: bytes


class MediaStore:
    """The files and their handlers."""

    def __init__(self, settings: WhatsAppSettings, timers: Timers) -> None:
        self._settings = settings
        self._timers = timers
        self._files: OrderedDict[str, Media] = OrderedDict()
        self._chance = system_chance()

    def routes(self) -> list[web.RouteDef]:
        """To be added after all others: `/{media id}` is any name."""
        routes = [web.get("/_media/{id}", self.download), web.get("/_sim/media/{id}", self.open)]
        for version in ("", r"/{version:v\d+\.\d+}"):
            routes.append(web.post(f"{version}/{{number}}/media", self.upload))
            routes.append(web.get(f"{version}/{{id:\\d+}}", self.about))
            routes.append(web.delete(f"{version}/{{id:\\d+}}", self.delete))
        return routes

    async def upload(self, request: web.Request) -> web.Response:
        try:
            self._authorise(request)
            if request.match_info["number"] not in self._settings.phone_number_ids:
                raise Refused(100, "the phone number id is not one of this sandbox", subcode=33)
            media = await self._read(request)
        except Refused as refused:
            return error_answer(refused)
        self._remember(media)
        return web.json_response({"id": media.id})

    def keep(self, name: str, type: str, content: bytes) -> Media:
        """Keep a file that a person sends."""
        media = Media(str(self._chance.getrandbits(50)), _harmless(name), type, content)
        self._remember(media)
        return media

    def find(self, id: str) -> Media | None:
        """The file of an id, unless it was deleted or forgotten."""
        return self._files.get(id)

    def url_of(self, media: Media, request: web.Request) -> str:
        """The address of its bytes, alive for five minutes from now on."""
        base = request.url.origin() / "graph/_media" / media.id
        return str(base.with_query(at=int(self._timers.now().timestamp())))

    def _remember(self, media: Media) -> None:
        self._files[media.id] = media
        while len(self._files) > 1 and sum(len(file.content) for file in self._files.values()) > KEPT_BYTES:
            self._files.popitem(last=False)

    async def about(self, request: web.Request) -> web.Response:
        try:
            media = self._found(request)
        except Refused as refused:
            return error_answer(refused)
        told = {
            "messaging_product": "whatsapp",
            "url": self.url_of(media, request),
            "mime_type": media.type,
            "sha256": hashlib.sha256(media.content).hexdigest(),
            "file_size": str(len(media.content)),
            "id": media.id,
        }
        return web.json_response(told)

    async def delete(self, request: web.Request) -> web.Response:
        try:
            del self._files[self._found(request).id]
        except Refused as refused:
            return error_answer(refused)
        return web.json_response({"success": True})

    async def download(self, request: web.Request) -> web.Response:
        """The bytes; 404 when the address is older than five minutes."""
        try:
            media = self._found(request)
        except Refused as refused:
            return error_answer(refused, 404 if refused.code == 100 else None)
        at = request.query.get("at", "")
        if not at.isdecimal() or self._timers.now().timestamp() - int(at) > URL_SECONDS:
            return web.Response(status=404)
        return web.Response(body=media.content, content_type=media.type)

    async def open(self, request: web.Request) -> web.Response:
        media = self.find(request.match_info["id"])
        if media is None:
            raise wrong(web.HTTPNotFound, "The sandbox has no such file, or has forgotten it.")
        way = "inline" if media.type in SHOWN else "attachment"
        answer = web.Response(body=media.content, content_type=media.type)
        answer.headers["content-disposition"] = f'{way}; filename="{media.name}"'
        return answer

    def _authorise(self, request: web.Request) -> None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(token.encode(), self._settings.token.encode()):
            raise Refused(190, "the bearer token is not the one of this sandbox")

    def _found(self, request: web.Request) -> Media:
        self._authorise(request)
        media = self.find(request.match_info["id"])
        if media is None:
            raise Refused(100, "there is no such media", subcode=33)
        return media

    async def _read(self, request: web.Request) -> Media:
        if request.content_type != "multipart/form-data":
            raise Refused(100, "the body is not multipart/form-data")
        product, found = "", None
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                continue
            if part.name == "messaging_product":
                product = await part.text()
            elif part.name == "file":
                type = part.headers.get("content-type", "").partition(";")[0].strip().lower()
                found = await self._take(part, type)
        if product != "whatsapp":
            raise Refused(100, "messaging_product must be whatsapp")
        if found is None:
            raise Refused(100, "file is required")
        return found

    async def _take(self, part: BodyPartReader, type: str) -> Media:
        if "/" not in type:
            raise Refused(131053, "the file has no content type")
        largest = _LARGEST.get(type, _LARGEST_DOCUMENT)
        content = bytearray()
        while chunk := await part.read_chunk(64 * 1024):
            content += chunk
            if len(content) > largest:
                raise Refused(131053, f"the file is larger than {largest} bytes")
        if not content:
            raise Refused(131053, "the file is empty")
        return Media(str(self._chance.getrandbits(50)), _harmless(part.filename or "file"), type, bytes(content))


def _harmless(name: str) -> str:
    """A file's name, fit for a header."""
    return "".join(sign for sign in name if sign.isprintable() and sign not in '"\\/')
