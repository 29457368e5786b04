"""Files to WhatsApp and from it (WhatsApp contract 3.4): checked on the way, and remembered by what is in them."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
from datetime import timedelta
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Literal

import httpx
import redis.asyncio
from redis.exceptions import RedisError

from services.notifier.domain.file_types import LARGEST_DOCUMENT, LARGEST_PICTURE, PICTURES, type_of
from services.notifier.domain.refusals import rule_of
from services.notifier.ports import MediaAnswer, MediaRequest, UploadAnswer, UploadRequest
from shared.contracts.files import FileRef
from shared.http.breaker import Breaker, CircuitOpen
from shared.http.files import Files
from shared.outcalls.calls import NotSent

log = logging.getLogger(__name__)

REMEMBERED = timedelta(days=29)
"""WhatsApp keeps an upload for 30 days."""
IN_MEMORY = 1024 * 1024
"""Larger files wait on the disk while they are checked."""


class _Unusable(Exception):
    """The file can never be sent, or kept; the text says why, with nothing personal in it."""


class GraphMedia:
    """The media side of the Graph API. Safe for concurrent use."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        inside: httpx.AsyncClient,
        *,
        url: str,
        token: str,
        hosts: tuple[str, ...],
        largest: int,
        memory: redis.asyncio.Redis,
        files: Files,
        breaker: Breaker,
    ) -> None:
        self._client = client
        self._inside = inside
        self._url = url.rstrip("/")
        self._headers = {"authorization": f"Bearer {token}"}
        self._hosts = hosts
        self._largest = largest
        self._memory = memory
        self._files = files
        self._breaker = breaker

    async def upload(self, request: UploadRequest) -> UploadAnswer:
        """WhatsApp's id of a file of ours; the one it gave for the same bytes before, unless that is no good now."""
        key = f"notifier:media:{request.number}:{request.file.sha256}"
        if not request.fresh and (known := await self._remembered(key)):
            return UploadAnswer(media_id=known)
        try:
            with SpooledTemporaryFile(IN_MEMORY) as content:
                await self._get(request.file, request.picture, content)
                answer = await self._put(request.number, request.file, content)
        except _Unusable as error:
            log.error("a file cannot be sent: %s", error, extra={"reference": request.reference})
            return UploadAnswer(problem=str(error))
        if answer.media_id is not None:
            await self._remember(key, answer.media_id)
        return answer

    async def fetch(self, request: MediaRequest) -> MediaAnswer:
        """Keep the bytes that a person sent, by an address fresh from WhatsApp: the webhook's lives 5 minutes."""
        try:
            about = await self._about(request)
            content = await self._download(str(about.get("url")))
            if content is None:  # the address died between the two: once more by a new one
                content = await self._download(str((await self._about(request)).get("url")))
        except _Problem as problem:
            return MediaAnswer(problem=problem.reason)
        if content is None:
            return MediaAnswer(problem="gone")
        digests = [digest for digest in (request.sha256, about.get("sha256")) if isinstance(digest, str)]
        if not all(_is_digest_of(digest, content) for digest in digests):
            return MediaAnswer(problem="damaged")
        type = type_of(content[:16]) or "application/octet-stream"
        file = await self._files.keep(content, name=request.filename or "file", type=type)
        return MediaAnswer(file=file)

    async def _get(self, file: FileRef, picture: bool, content: IO[bytes]) -> None:
        """The bytes from who made them. Raises NotSent when they cannot be had now, _Unusable when never."""
        if file.size > (LARGEST_PICTURE if picture else LARGEST_DOCUMENT):
            raise _Unusable("larger than WhatsApp takes")
        digest, size = hashlib.sha256(), 0
        try:
            async with self._inside.stream("GET", file.url) as response:
                if response.status_code in (403, 404, 410):
                    raise _Unusable(f"its maker has it no more (HTTP {response.status_code})")
                if response.status_code != httpx.codes.OK:
                    raise NotSent(f"its maker answers HTTP {response.status_code}")
                async for chunk in response.aiter_bytes():
                    size += len(chunk)
                    if size > file.size:
                        break
                    digest.update(chunk)
                    content.write(chunk)
        except httpx.HTTPError as error:
            raise NotSent(f"the file's maker: {type(error).__name__}") from error
        if size != file.size or digest.hexdigest() != file.sha256.lower():
            raise _Unusable("not the bytes that were promised")
        content.seek(0)
        found = type_of(content.read(16))
        content.seek(0)
        if picture and found not in PICTURES:
            raise _Unusable("not a PNG or JPEG")
        if found is not None and found != file.type and found in {*PICTURES, "application/pdf"}:
            raise _Unusable("not of the type that was promised")

    async def _put(self, number: str, file: FileRef, content: IO[bytes]) -> UploadAnswer:
        form = {"messaging_product": "whatsapp", "type": file.type}
        try:
            async with self._breaker:
                response = await self._client.post(
                    f"{self._url}/{number}/media",
                    data=form,
                    files={"file": (file.name, content, file.type)},
                    headers=self._headers,
                )
        except CircuitOpen as error:
            raise NotSent("the circuit is open", retry_after=error.retry_after) from error
        except httpx.HTTPError as error:
            raise NotSent(type(error).__name__) from error
        answer = _json(response)
        match answer:
            case {"id": str() | int() as media_id}:
                return UploadAnswer(media_id=str(media_id))
            case {"error": {"code": int() as code}} if rule_of(code).tries == 0:
                raise _Unusable(f"refused with code {code}: {rule_of(code).meaning}")
            case {"error": {"code": int() as code}}:
                raise NotSent(f"code {code}", retry_after=rule_of(code).wait.total_seconds())
            case _:
                raise NotSent(f"an answer of unknown shape, HTTP {response.status_code}")

    async def _about(self, request: MediaRequest) -> dict[str, Any]:
        try:
            response = await self._client.get(
                f"{self._url}/{request.media_id}", params={"phone_number_id": request.number}, headers=self._headers
            )
        except httpx.HTTPError as error:
            raise NotSent(type(error).__name__) from error
        about: Any = _json(response)
        match about:
            case dict() if isinstance(about.get("url"), str):
                size = str(about.get("file_size", ""))
                if size.isascii() and size.isdecimal() and int(size) > self._largest:
                    raise _Problem("too large")
                return dict(about)
            case {"error": {"code": int() as code}} if rule_of(code).tries == 0:
                raise _Problem("gone")
            case _:
                raise NotSent(f"no address for the media, HTTP {response.status_code}")

    async def _download(self, url: str) -> bytes | None:
        """The bytes; None when the address is dead. Shows the token to Meta's hosts only (contract 3.4)."""
        if not self._may_see_token(url):
            log.error("WhatsApp names a host for media that is not in WHATSAPP_MEDIA_HOSTS")
            raise _Problem("gone")
        content = bytearray()
        try:
            async with self._client.stream("GET", url, headers=self._headers) as response:
                if response.status_code == httpx.codes.NOT_FOUND:
                    return None
                if response.status_code != httpx.codes.OK:
                    raise NotSent(f"media answer HTTP {response.status_code}")
                async for chunk in response.aiter_bytes():
                    content += chunk
                    if len(content) > self._largest:
                        raise _Problem("too large")
        except httpx.HTTPError as error:
            raise NotSent(type(error).__name__) from error
        return bytes(content)

    def _may_see_token(self, url: str) -> bool:
        parts = httpx.URL(url)
        own = httpx.URL(self._url)
        if (parts.scheme, parts.host, parts.port) == (own.scheme, own.host, own.port):
            return True  # the API itself, which has the token already
        return parts.scheme == "https" and any(
            parts.host == host or parts.host.endswith(f".{host}") for host in self._hosts
        )

    async def _remembered(self, key: str) -> str | None:
        try:
            known: Any = await self._memory.get(key)
        except (RedisError, OSError):
            return None
        return known.decode() if isinstance(known, bytes) else known

    async def _remember(self, key: str, media_id: str) -> None:
        try:
            await self._memory.set(key, media_id, ex=REMEMBERED)
        except (RedisError, OSError):
            log.warning("an upload cannot be remembered; the file will be uploaded again")


class _Problem(Exception):
    """A person's media cannot be had."""

    def __init__(self, reason: Literal["gone", "too large"]) -> None:
        self.reason = reason
        super().__init__(reason)


def _json(response: httpx.Response) -> Any:
    try:
        return json.loads(response.content)
    except ValueError:
        return None


def _is_digest_of(said: str, content: bytes) -> bool:
    """Base64 or hexadecimal: WhatsApp's own examples have both (contract 2.3)."""
    digest = hashlib.sha256(content).digest()
    return said.lower() == digest.hex() or said == base64.b64encode(digest).decode()
