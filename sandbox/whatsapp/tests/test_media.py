"""Media: what is taken, told, handed out and opened (WhatsApp contract 3.4)."""

from __future__ import annotations

import hashlib
import io

import aiohttp
import pytest

from sandbox.whatsapp.media import SHOWN
from sandbox.whatsapp.tests.gateway import NUMBER_ID, TOKEN, Json, WhatsApp

BEARER = {"authorization": f"Bearer {TOKEN}"}
PDF = b"%PDF-1.7 a receipt"


async def upload(
    whatsapp: WhatsApp,
    content: bytes = PDF,
    type: str = "application/pdf",
    name: str = "receipt.pdf",
    number: str = NUMBER_ID,
    token: str = TOKEN,
    **fields: str,
) -> tuple[int, Json]:
    form = aiohttp.FormData({"messaging_product": "whatsapp", "type": type, **fields}, quote_fields=False)
    form.add_field("file", io.BytesIO(content), filename=name, content_type=type)
    url = f"{whatsapp.url}/v26.0/{number}/media"
    async with whatsapp.session.post(url, data=form, headers={"authorization": f"Bearer {token}"}) as answer:
        return answer.status, await answer.json()


async def get(whatsapp: WhatsApp, url: str, **headers: str) -> tuple[int, bytes, str]:
    async with whatsapp.session.get(url, headers=headers) as answer:
        return answer.status, await answer.read(), answer.headers.get("content-disposition", "")


async def test_a_file_is_taken_told_about_and_handed_out_for_five_minutes(whatsapp: WhatsApp) -> None:
    status, told = await upload(whatsapp)
    assert (status, list(told)) == (200, ["id"])
    url = f"{whatsapp.url}/v26.0/{told['id']}?phone_number_id={NUMBER_ID}"
    async with whatsapp.session.get(url, headers=BEARER) as answer:
        about = await answer.json()
    assert about["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert (about["mime_type"], about["file_size"], about["id"]) == ("application/pdf", "18", told["id"])
    assert (await get(whatsapp, about["url"], **BEARER))[:2] == (200, PDF)
    assert (await get(whatsapp, about["url"]))[0] == 401
    await whatsapp.advance(301)
    assert (await get(whatsapp, about["url"], **BEARER))[0] == 404


async def test_a_deleted_file_is_gone(whatsapp: WhatsApp) -> None:
    _, told = await upload(whatsapp)
    url = f"{whatsapp.url}/v26.0/{told['id']}"
    async with whatsapp.session.delete(url, headers=BEARER) as answer:
        assert await answer.json() == {"success": True}
    async with whatsapp.session.get(url, headers=BEARER) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (400, 100)


async def test_the_page_opens_a_file_by_its_id_under_its_name(whatsapp: WhatsApp) -> None:
    _, told = await upload(whatsapp, name='my "own"/receipt.pdf')
    opened = await get(whatsapp, f"{whatsapp.url}/_sim/media/{told['id']}")
    assert opened == (200, PDF, 'inline; filename="my ownreceipt.pdf"')
    assert (await get(whatsapp, f"{whatsapp.url}/_sim/media/1"))[0] == 404


async def test_what_could_run_on_the_pages_host_is_saved_not_shown(whatsapp: WhatsApp) -> None:
    _, told = await upload(whatsapp, b"<script>", "text/html", "page.html")
    assert "text/html" not in SHOWN
    assert (await get(whatsapp, f"{whatsapp.url}/_sim/media/{told['id']}"))[2].startswith("attachment")


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"token": "other"}, 401, 190),
        ({"number": "1"}, 400, 100),
        ({"messaging_product": "letters"}, 400, 100),
        ({"content": b""}, 400, 131053),
        ({"content": bytes(5 * 1024 * 1024 + 1), "type": "image/png"}, 400, 131053),
    ],
)
async def test_what_the_contract_does_not_take_is_refused(
    whatsapp: WhatsApp, given: Json, status: int, code: int
) -> None:
    answered, told = await upload(whatsapp, **given)
    assert (answered, told["error"]["code"]) == (status, code)


async def test_a_picture_of_the_largest_size_is_taken(whatsapp: WhatsApp) -> None:
    assert (await upload(whatsapp, bytes(5 * 1024 * 1024), "image/png"))[0] == 200


async def test_a_body_that_is_no_form_is_refused(whatsapp: WhatsApp) -> None:
    url = f"{whatsapp.url}/v26.0/{NUMBER_ID}/media"
    async with whatsapp.session.post(url, json={}, headers=BEARER) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (400, 100)
