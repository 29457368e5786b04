"""Files of a service: kept by who made them, fetched at its own port by a signed URL that expires (architecture 3).

    files = Files("payments", tools)                         # in app.py; FILES among the service's kinds
    reference = await files.keep(pdf, name="receipt.pdf", type="application/pdf")   # in an adapter
    Service(…, kinds=(…, FILES), routes=files.add_to)

An adapter makes a file, since that is I/O: a handler asks for it by an outcall and gets the reference as its answer
(decision 0006). Whoever gets a FileRef fetches its `url` and compares `sha256`.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from urllib.parse import quote

from aiohttp import web
from pydantic import BaseModel

from shared.contracts.files import FileRef
from shared.http.server import problem
from shared.http.signed_links import SignedLinks
from shared.kernel.ids import derive_id
from shared.runtime.service import Tools
from shared.store.documents import Kind

PART = 10_000_000
"""Bytes of a file in one document."""
LIFE = timedelta(days=1)
"""How long a URL works: as long as anybody tries to send a message with the file."""


class StoredFile(BaseModel):
    """One file, or a part of a larger one: MongoDB takes up to 16 MB a document."""

    name: str
    type: str
    sha256: str
    content: str
    """Base64."""
    parts: int = 1
    """How many documents hold the file: the first under its id, the others under `id.2` and so on."""


FILES: Kind[StoredFile] = Kind("files", StoredFile, keep=2 * LIFE)
"""Files to be sent once. Whoever keeps some for good gives Files a kind of its own."""


class Files:
    """The files of one service, of one kind. Safe for concurrent use."""

    def __init__(self, service: str, tools: Tools, kind: Kind[StoredFile] = FILES) -> None:
        self._entry = tools.entry
        self._service = service
        self._kind = kind
        self._clock = tools.clock
        self._url = tools.common.url_of(service)
        self._links = SignedLinks(tools.common.service_token, kind.name, LIFE, tools.clock)

    async def keep(self, content: bytes, *, name: str, type: str) -> FileRef:
        """Store a file and say where it is. The same file again is the same document. Raises Away."""
        now = self._clock.now()
        sha256 = hashlib.sha256(content).hexdigest()
        # The day is part of the id: a file made again gets a life of its own, and no URL outlives its document.
        id = derive_id("F", self._kind.name, name, type, sha256, now.date())
        pieces = [content[start : start + PART] for start in range(0, len(content) or 1, PART)]
        for number, piece in reversed(list(enumerate(pieces, start=1))):  # who finds the first finds all
            encoded = base64.b64encode(piece).decode()
            part = StoredFile(name=name, type=type, sha256=sha256, content=encoded, parts=len(pieces))
            await self._entry(self._service).create(self._kind, {_part_id(id, number): part})
        url = f"{self._url}/{self._kind.name}/{id}?{self._links.query(id)}"
        return FileRef(url=url, sha256=sha256, size=len(content), name=name, type=type)

    async def read(self, id: str) -> tuple[StoredFile, bytes] | None:
        """What is kept of a file, and its bytes; None when it is kept no more."""
        entry = self._entry(self._service)
        stored = (await entry.read(self._kind, [id])).get(id)
        if stored is None:
            return None
        content = bytearray(base64.b64decode(stored.content))
        for number in range(2, stored.parts + 1):
            part = (await entry.read(self._kind, [_part_id(id, number)])).get(_part_id(id, number))
            if part is None:
                return None
            content += base64.b64decode(part.content)
        return stored, bytes(content)

    def add_to(self, app: web.Application) -> None:
        """Add the route that the URLs lead to."""
        app.router.add_get(f"/{self._kind.name}/{{id}}", self._serve)

    async def _serve(self, request: web.Request) -> web.Response:
        id = request.match_info["id"]
        state = self._links.state(id, request.query)
        if state == "forged":
            return problem(403, "This address was not made here.")
        if state == "expired":
            return problem(410, "This address has expired; ask for the file again.")
        found = await self.read(id)
        if found is None:
            return problem(404, "There is no such file any more; ask for it again.")
        response = download(*found)
        response.headers["cache-control"] = "private, no-store"
        return response


def download(file: StoredFile, content: bytes) -> web.Response:
    """The file as something to keep, under its own name."""
    return web.Response(
        body=content,
        content_type=file.type,
        headers={"content-disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"},
    )


def _part_id(id: str, number: int) -> str:
    return id if number == 1 else f"{id}.{number}"
