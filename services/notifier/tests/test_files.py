"""Files go to WhatsApp once, whole and as what they are; people's media comes whole and from Meta only."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.notifier.tests.conftest import MEMBER, WhatsApp, command, refusal, status
from shared.contracts.files import FileRef
from shared.contracts.notifier import (
    Document,
    FetchMedia,
    MediaFetched,
    MediaUnavailable,
    MessageFailed,
    Picture,
    TemplateFallback,
)
from shared.testing.harness import Harness

PDF = b"%PDF-1.7 a receipt"
PNG = b"\x89PNG\r\n\x1a\n a code"


@dataclass
class Maker:
    """A service that made files; `status` and `content` are what it answers."""

    url: str = ""
    content: bytes = PDF
    status: int = 200
    asked: int = 0
    headers: list[Any] = field(default_factory=list)

    async def serve(self, request: web.Request) -> web.Response:
        self.asked += 1
        self.headers.append(request.headers)
        return web.Response(status=self.status, body=self.content)

    def file(self, content: bytes = PDF, **changed: Any) -> FileRef:
        given = {"name": "receipt.pdf", "type": "application/pdf", "size": len(content), **changed}
        return FileRef(url=self.url, sha256=hashlib.sha256(content).hexdigest(), **given)


@pytest.fixture
async def maker() -> AsyncIterator[Maker]:
    maker = Maker()
    app = web.Application()
    app.router.add_get("/files/1", maker.serve)
    async with TestServer(app) as server:
        maker.url = str(server.make_url("/files/1?signature=x"))
        yield maker


async def test_a_document_is_uploaded_and_sent_and_its_bytes_are_uploaded_once(
    harness: Harness, whatsapp: WhatsApp, maker: Maker
) -> None:
    document = Document(file=maker.file(), caption="Receipt")
    await harness.say(command(harness, document), command(harness, "after"), command(harness, document))
    await harness.advance(3)
    [upload] = whatsapp.uploads
    assert (upload["file"], upload["name"], upload["content_type"]) == (PDF, "receipt.pdf", "application/pdf")
    assert (upload["messaging_product"], upload["type"]) == ("whatsapp", "application/pdf")
    sent = [body.get("document") or body["text"] for body in whatsapp.bodies]
    first = {"id": "media-1", "filename": "receipt.pdf", "caption": "Receipt"}
    assert sent == [first, {"body": "after", "preview_url": False}, first]
    assert maker.asked == 1
    assert "authorization" not in maker.headers[0], "the maker is not shown WhatsApp's token"


async def test_a_picture_is_an_image_of_whatsapp(harness: Harness, whatsapp: WhatsApp, maker: Maker) -> None:
    maker.content = PNG
    await harness.say(command(harness, Picture(file=maker.file(PNG, name="code.png", type="image/png"))))
    await harness.advance(2)
    assert [body["image"] for body in whatsapp.bodies] == [{"id": "media-1"}]


async def test_a_report_outside_the_window_is_a_template_with_the_document_on_top(
    harness: Harness, whatsapp: WhatsApp, maker: Maker
) -> None:
    template = TemplateFallback(name="report_ready", parameters=("Donations", "October 2026"))
    report = command(harness, Document(file=maker.file()), heard=False, purpose="report", template=template)
    await harness.say(report)
    await harness.advance(2)
    [body] = whatsapp.bodies
    header, words = body["template"]["components"]
    assert header["parameters"] == [{"type": "document", "document": {"id": "media-1", "filename": "receipt.pdf"}}]
    assert [parameter["text"] for parameter in words["parameters"]] == ["Donations", "October 2026"]


@pytest.mark.parametrize(
    ("content", "changed", "status_code"),
    [
        (PDF[:-1] + b"!", {}, 200),
        (PDF + b"more", {}, 200),
        (PDF[:-1], {}, 200),
        (PDF, {}, 410),
        (PDF, {"size": 101 * 1024 * 1024}, 200),
    ],
)
async def test_what_is_not_the_file_that_was_promised_is_not_sent(
    harness: Harness, whatsapp: WhatsApp, maker: Maker, content: bytes, changed: dict[str, Any], status_code: int
) -> None:
    maker.content, maker.status = content, status_code
    await harness.say(command(harness, Document(file=maker.file(**changed))), command(harness, "after"))
    await harness.advance(2)
    assert harness.only(MessageFailed).code is None
    assert (whatsapp.uploads, whatsapp.texts) == ([], ["after"])


async def test_a_pdf_is_no_picture_and_a_picture_no_pdf(harness: Harness, whatsapp: WhatsApp, maker: Maker) -> None:
    await harness.say(command(harness, Picture(file=maker.file(type="image/png"))))
    maker.content = PNG
    await harness.say(command(harness, Document(file=maker.file(PNG))))
    await harness.advance(2)
    assert len(harness.all(MessageFailed)) == 2
    assert whatsapp.uploads == []


async def test_a_maker_that_is_away_is_waited_for(harness: Harness, whatsapp: WhatsApp, maker: Maker) -> None:
    maker.status = 503
    await harness.say(command(harness, Document(file=maker.file())))
    await harness.advance(3)
    maker.status = 200
    await harness.advance(20, step=5)
    assert len(whatsapp.bodies) == 1


@pytest.mark.parametrize("code", [100, 131053])
async def test_a_media_id_that_whatsapp_does_not_know_is_got_anew_once(
    harness: Harness, whatsapp: WhatsApp, maker: Maker, code: int
) -> None:
    whatsapp.faults = [refusal(code)]
    await harness.say(command(harness, Document(file=maker.file())))
    await harness.advance(3)
    assert [body["document"]["id"] for body in whatsapp.bodies] == ["media-2"]
    whatsapp.faults = [refusal(code), refusal(code)]
    await harness.say(command(harness, Document(file=maker.file())))
    await harness.advance(3)
    assert harness.only(MessageFailed).code == code


async def test_a_file_that_whatsapp_fails_later_is_uploaded_again(
    harness: Harness, whatsapp: WhatsApp, maker: Maker
) -> None:
    [asked] = await harness.say(command(harness, Document(file=maker.file())))
    await harness.advance(1)
    await harness.say(status(harness, "failed", "wamid.1", asked.id, code=131053))
    await harness.advance(2)
    assert [body["document"]["id"] for body in whatsapp.bodies] == ["media-1", "media-2"]


def about(whatsapp: WhatsApp, content: bytes, url: str | None = None, **changed: Any) -> web.Response:
    digest = hashlib.sha256(content).hexdigest()
    told = {"url": url or f"{whatsapp.url}/bytes", "sha256": digest, "file_size": str(len(content)), **changed}
    return web.json_response({"messaging_product": "whatsapp", "id": "7", "mime_type": "image/png", **told})


def fetch(**changed: Any) -> FetchMedia:
    return FetchMedia(member=MEMBER, phone_number_id="100", media_id="7", **changed)


async def test_a_persons_picture_is_kept_and_its_place_is_said(harness: Harness, whatsapp: WhatsApp) -> None:
    whatsapp.media = {"7": about(whatsapp, PNG), "bytes": web.Response(body=PNG)}
    digest = base64.b64encode(hashlib.sha256(PNG).digest()).decode()
    await harness.say(fetch(sha256=digest, filename="../../photo.png"))
    file = harness.only(MediaFetched).file
    assert (file.size, file.type, file.sha256) == (len(PNG), "image/png", hashlib.sha256(PNG).hexdigest())
    assert whatsapp.tokens == {"Bearer token-of-test"}


@pytest.mark.parametrize(
    ("changed", "said", "reason"),
    [
        ({"file_size": str(9 * 1024 * 1024)}, {}, "too large"),
        ({"sha256": "0" * 64}, {}, "damaged"),
        ({}, {"sha256": "AAAA"}, "damaged"),
        ({"url": "https://meta.example.org/bytes"}, {}, "gone"),
        ({"url": "https://notfbsbx.com/bytes"}, {}, "gone"),
        ({"url": "http://lookaside.fbsbx.com/bytes"}, {}, "gone"),
    ],
)
async def test_media_that_is_not_to_be_had_is_said_to_be_so(
    harness: Harness, whatsapp: WhatsApp, changed: dict[str, Any], said: dict[str, str], reason: str
) -> None:
    whatsapp.media = {"7": about(whatsapp, PNG, **changed), "bytes": web.Response(body=PNG)}
    await harness.say(fetch(**said))
    assert harness.only(MediaUnavailable).reason == reason


async def test_media_that_whatsapp_has_no_more_is_gone(harness: Harness, whatsapp: WhatsApp) -> None:
    whatsapp.media = {"7": refusal(100)}
    await harness.say(fetch())
    assert harness.only(MediaUnavailable).reason == "gone"


async def test_more_bytes_than_were_told_are_not_read(harness: Harness, whatsapp: WhatsApp) -> None:
    whatsapp.media = {"7": about(whatsapp, PNG), "bytes": web.Response(body=b"x" * (9 * 1024 * 1024))}
    await harness.say(fetch())
    assert harness.only(MediaUnavailable).reason == "too large"
