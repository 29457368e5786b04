"""Files of forms: encrypted as WhatsApp's vectors are, described to an endpoint, sent off as media (contract 5.4)."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from typing import Any

import pytest

from sandbox.whatsapp.picked import LARGEST, seal_file
from sandbox.whatsapp.tests.gateway import SAMPLES, TARIRO, TOKEN, Json, WhatsApp, interactive

VECTORS = json.loads((SAMPLES.parent / "flow-vectors.json").read_text())["media_vectors"]
SLIP = b"%PDF-1.7 a bank slip"
"""Bytes of a document."""


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_file_lies_at_its_host_as_the_vector_has_it(vector: dict[str, Any]) -> None:
    told = vector["descriptor"]["encryption_metadata"]
    key, mark_key, iv = (base64.b64decode(told[name]) for name in ("encryption_key", "hmac_key", "iv"))
    sealed = seal_file(base64.b64decode(vector["plaintext_b64"]), key, mark_key, iv)
    assert sealed == base64.b64decode(vector["cdn_file_b64"])


async def pick(whatsapp: WhatsApp, content: bytes = SLIP, expect: int = 200) -> Json:
    url = f"{whatsapp.url}/_sim/phones/{TARIRO}/form/files?name=slip.pdf"
    async with whatsapp.session.post(
        url, data=io.BytesIO(content), headers={"content-type": "application/pdf"}
    ) as answer:
        assert answer.status == expect
        return dict(await answer.json())


async def offered(whatsapp: WhatsApp) -> str:
    """The id of a form's offer on Tariro's phone."""
    await whatsapp.say()
    parameters = {"flow_message_version": "3", "flow_id": "1", "flow_cta": "Open", "flow_token": "t"}
    action = {"name": "flow", "parameters": {**parameters, "flow_action_payload": {"screen": "SLIP"}}}
    return await whatsapp.accepted(interactive({"type": "flow", "action": action}))


async def ask(whatsapp: WhatsApp, wamid: str, action: str, data: Json, expect: int = 200) -> Json:
    asked = {"wamid": wamid, "action": action, "screen": "SLIP", "data": data}
    return await whatsapp.sim("POST", f"phones/{TARIRO}/form/ask", asked, expect=expect)


async def test_a_form_is_sent_off_with_its_files_as_media(whatsapp: WhatsApp) -> None:
    picked = await pick(whatsapp)
    assert (picked["file_name"], picked["size"], picked["type"]) == ("slip.pdf", len(SLIP), "application/pdf")
    await ask(whatsapp, await offered(whatsapp), "complete", {"slip": [picked], "none": [], "name": "Tariro"})
    message = whatsapp.gateway.updates("messages")[-1]
    answers = json.loads(message["interactive"]["nfm_reply"]["response_json"])
    [file] = answers.pop("slip")
    assert answers == {"flow_token": "t", "none": [], "name": "Tariro"}
    digest = base64.b64encode(hashlib.sha256(SLIP).digest()).decode()
    assert file.items() >= {"mime_type": "application/pdf", "sha256": digest, "file_name": "slip.pdf"}.items()
    bearer = {"authorization": f"Bearer {TOKEN}"}
    async with whatsapp.session.get(f"{whatsapp.url}/{file['id']}", headers=bearer) as answer:
        url = (await answer.json())["url"]
    async with whatsapp.session.get(url, headers=bearer) as answer:
        assert await answer.read() == SLIP


async def test_files_that_are_too_many_too_large_or_unknown_are_refused(whatsapp: WhatsApp) -> None:
    wamid, picked = await offered(whatsapp), await pick(whatsapp)
    told = await ask(whatsapp, wamid, "complete", {"slip": [picked] * 11}, expect=422)
    assert told["error"] == "A form ends with at most 10 files, 100 MB together."
    told = await ask(whatsapp, wamid, "data_exchange", {"slip": [picked] * 31}, expect=422)
    assert told["error"] == "A form asks with at most 30 files."
    told = await ask(whatsapp, wamid, "complete", {"slip": [{"picked": "7"}]}, expect=422)
    assert told["error"] == "The sandbox has no such file, or has forgotten it."
    assert (await pick(whatsapp, bytes(LARGEST + 1), expect=422))["error"] == "A file of a form has at most 25 MB."
    await whatsapp.sim("POST", "switches", {"offline": True})
    assert (await pick(whatsapp, expect=503))["error"] == "This phone is offline."
