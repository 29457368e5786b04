"""Templates, keys and the number: what is registered is known, and what is not is refused by its own code."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sandbox.whatsapp.tests.gateway import NUMBER_ID, TARIRO, TOKEN, Json, WhatsApp


def _words(*words: str) -> list[Json]:
    return [{"type": "text", "text": word} for word in words]


def template(name: str, *words: str, header: Json | None = None, button: bool = False, to: str = TARIRO) -> Json:
    components: list[Json] = [{"type": "body", "parameters": _words(*words)}]
    if header is not None:
        components.append({"type": "header", "parameters": [header]})
    if button:
        components.append({"type": "button", "sub_type": "url", "index": "0", "parameters": _words(*words)})
    inner = {"name": name, "language": {"code": "en"}, "components": components if words or header or button else []}
    return {"messaging_product": "whatsapp", "to": to, "type": "template", "template": inner}


async def test_a_template_goes_as_it_was_registered_and_in_no_other_form(whatsapp: WhatsApp) -> None:
    document = {"type": "document", "document": {"id": "1"}}
    await whatsapp.accepted(template("receipt_ready", "R-1", "USD 20.00"))
    await whatsapp.accepted(template("report_ready", "Gifts", "October", header=document))
    await whatsapp.accepted(template("sign_in_code", "1234", button=True))
    for body, code in (
        (template("receipt_ready", "R-1"), 132000),
        (template("report_ready", "Gifts", "October"), 132012),
        (template("notice", "a", "b", header=document), 132012),
        (template("sign_in_code", "1234"), 131008),
    ):
        assert (await whatsapp.refused(body))[0] == code
    status, told = await whatsapp.post(template("birthday", "Tariro"))
    assert (status, told["error"]["code"]) == (404, 132001)


@pytest.mark.parametrize(
    ("state", "code"), [("PENDING", 132001), ("REJECTED", 132001), ("PAUSED", 132015), ("DISABLED", 132016)]
)
async def test_a_template_that_is_not_approved_does_not_go(whatsapp: WhatsApp, state: str, code: int) -> None:
    await whatsapp.sim("POST", "templates", {"name": "notice", "parameters": 2, "status": state})
    _status, told = await whatsapp.post(template("notice", "a", "b"))
    assert told["error"]["code"] == code


async def test_a_held_template_says_so(whatsapp: WhatsApp) -> None:
    await whatsapp.sim("POST", "templates", {"name": "notice", "parameters": 2, "held": True})
    _status, told = await whatsapp.post(template("notice", "a", "b"))
    assert told["messages"][0]["message_status"] == "held_for_quality_assessment"


async def test_a_code_cannot_go_to_somebody_without_a_number(whatsapp: WhatsApp) -> None:
    await whatsapp.say()
    user = whatsapp.gateway.updates("messages")[0]["from_user_id"]
    body = {**template("sign_in_code", "1234", button=True), "recipient": user}
    del body["to"]
    assert (await whatsapp.refused(body))[0] == 131062


async def graph(whatsapp: WhatsApp, method: str, path: str, token: str = TOKEN, **form: Any) -> tuple[int, Json]:
    headers = {"authorization": f"Bearer {token}"}
    async with whatsapp.session.request(method, f"{whatsapp.url}/v26.0/{path}", headers=headers, data=form) as answer:
        told: Json = await answer.json()
        return answer.status, told


async def test_the_number_its_templates_and_its_subscription_are_told(whatsapp: WhatsApp) -> None:
    assert (await graph(whatsapp, "GET", NUMBER_ID))[1]["display_phone_number"] == "+263780000000"
    templates = (await graph(whatsapp, "GET", "104996122399160/message_templates"))[1]["data"]
    assert {one["name"]: one["status"] for one in templates}["receipt_ready"] == "APPROVED"
    assert len((await graph(whatsapp, "GET", "104996122399160/subscribed_apps"))[1]["data"]) == 1
    assert await graph(whatsapp, "POST", "104996122399160/subscribed_apps") == (200, {"success": True})
    for path, token, code in ((NUMBER_ID, "wrong", 190), ("1/message_templates", TOKEN, 100)):
        assert (await graph(whatsapp, "GET", path, token))[1]["error"]["code"] == code


async def test_the_key_of_forms_is_taken_and_given_back_and_no_other_thing(whatsapp: WhatsApp) -> None:
    place = f"{NUMBER_ID}/whatsapp_business_encryption"
    assert await graph(whatsapp, "GET", place) == (200, {"data": []})
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    assert await graph(whatsapp, "POST", place, business_public_key=pem) == (200, {"success": True})
    assert (await graph(whatsapp, "GET", place))[1]["data"][0]["business_public_key"] == pem
    for wrong in ("", "no key"):
        assert (await graph(whatsapp, "POST", place, business_public_key=wrong))[1]["error"]["code"] == 100
    assert (await graph(whatsapp, "POST", place.replace(NUMBER_ID, "1"), business_public_key=pem))[0] == 400
