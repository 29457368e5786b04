"""The Graph side: which requests are taken, which are refused and why, how fast, and what can be made to go wrong."""

from __future__ import annotations

import asyncio
import base64
import json

import pytest

from sandbox.whatsapp.tests.gateway import (
    NUMBER_ID,
    SAMPLES,
    TARIRO,
    THEMBA,
    Json,
    WhatsApp,
    buttons,
    interactive,
    rows,
    text,
)

SENDS = sorted(path.name for path in (SAMPLES / "outbound").glob("*.json") if not path.name.startswith("mark_read"))

SAMPLE_TEMPLATES: list[Json] = [
    {"name": "register_now"},
    {"name": "event_reminder", "parameters": 2},
    {"name": "donation_receipt", "parameters": 2, "header": "document", "button": True},
]


def media(type: str, **inner: object) -> Json:
    return {"messaging_product": "whatsapp", "to": TARIRO, "type": type, type: inner}


def web_address(title: str, url: str = "https://pay.example.org/1") -> Json:
    parameters = {"display_text": title, "url": url}
    return interactive({"type": "cta_url", "action": {"name": "cta_url", "parameters": parameters}})


def flow(**changed: object) -> Json:
    payload = {"screen": "A", "data": {"name": "Tariro"}}
    parameters = {"flow_message_version": "3", "flow_id": "1", "flow_cta": "Open", "flow_action_payload": payload}
    return interactive({"type": "flow", "action": {"name": "flow", "parameters": parameters | changed}})


def template(words: str, **changed: object) -> Json:
    component = {"type": "body", "parameters": [{"type": "text", "text": words}], **changed}
    inner = {"name": "notice", "language": {"code": "en"}, "components": [component, component]}
    return {"messaging_product": "whatsapp", "to": TARIRO, "type": "template", "template": inner}


def without_name(body: Json) -> Json:
    del body["interactive"]["action"]["name"]
    return body


def without(body: Json, name: str) -> Json:
    return {key: value for key, value in body.items() if key != name}


@pytest.mark.parametrize("name", SENDS)
async def test_every_sample_of_the_contract_is_accepted(whatsapp: WhatsApp, name: str) -> None:
    for known in SAMPLE_TEMPLATES:
        await whatsapp.sim("POST", "templates", known)
    body = json.loads((SAMPLES / "outbound" / name).read_text())
    if "recipient" in body:
        await whatsapp.say()
        body["recipient"] = whatsapp.gateway.updates("messages")[0]["from_user_id"]
    status, told = await whatsapp.post(body)
    assert status == 200, told
    assert told["contacts"][0]["input"] == body.get("to", body.get("recipient"))
    assert ("wa_id" in told["contacts"][0]) == ("to" in body)
    assert ("message_status" in told["messages"][0]) == (body["type"] == "template")


@pytest.mark.parametrize(
    "body",
    [
        text("a" * 4096),
        text("\U0001f64f" * 4096),
        text(biz_opaque_callback_data="r" * 512),
        interactive(
            {"type": "button", "body": {"text": "b" * 1024}, "action": buttons("Yes")["interactive"]["action"]}
        ),
        buttons("t" * 20, "Two", "Three"),
        rows(*(f"Row {place}" for place in range(10)), title="s" * 24),
        rows("r" * 24),
        web_address("d" * 20),
        flow(flow_cta="c" * 30),
        flow(flow_action="data_exchange", flow_action_payload=None),
        media("document", link="https://example.org/r.pdf", filename="r.pdf", caption="c" * 1024),
        template("a    b"),
    ],
)
async def test_a_body_at_the_limit_is_taken(whatsapp: WhatsApp, body: Json) -> None:
    await whatsapp.accepted(body)


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (text("a" * 4097), 131009, "text.body"),
        (text("  "), 131009, "text.body"),
        (text(biz_opaque_callback_data="r" * 513), 131009, "biz_opaque_callback_data"),
        (text(to="call me"), 131009, "to"),
        (text(to="+263780000000"), 131021, "to"),
        (without(text(), "to"), 131008, "to"),
        (without(text(), "text"), 131008, "text"),
        (without(text(), "messaging_product"), 100, "messaging_product"),
        (["not", "an", "object"], 100, "messaging_product"),
        (text() | {"type": "poem"}, 131009, "poem"),
        (interactive({"type": "button", "body": {"text": "b" * 1025}, "action": {}}), 131009, "interactive.body.text"),
        (interactive({"type": "button", "footer": {"text": "f" * 61}}), 131009, "interactive.footer.text"),
        (interactive({"type": "button", "header": {"type": "text", "text": "h" * 61}}), 131009, "header.text"),
        (buttons(), 131008, "action.buttons"),
        (buttons("1", "2", "3", "4"), 131009, "action.buttons"),
        (buttons("t" * 21), 131009, "buttons.reply.title"),
        (buttons("Same", "Same"), 131009, "buttons.reply.title"),
        (rows(*(f"Row {place}" for place in range(11))), 131009, "sections.rows"),
        (rows("r" * 25), 131009, "rows.title"),
        (rows("Row", title="s" * 25), 131009, "sections.title"),
        (web_address("d" * 21), 131009, "display_text"),
        (web_address("Pay", "javascript:alert(1)"), 131009, "url"),
        (media("document", id="1", caption="c" * 1025), 131009, "document.caption"),
        (media("document", filename="r.pdf"), 131008, "document.id"),
        (media("audio", id="1", caption="no"), 131009, "audio"),
        (interactive({"type": "list", "header": {"type": "image", "image": {"id": "1"}}}), 131009, "header.type"),
        (text(recipient_type="everybody"), 131009, "recipient_type"),
        (flow(flow_cta="c" * 31), 131009, "flow_cta"),
        (flow(flow_cta="Open \U0001f4dd"), 131009, "flow_cta"),
        (flow(flow_id=""), 131008, "flow_id"),
        (flow(flow_action_payload={}), 131008, "flow_action_payload.screen"),
        (flow(flow_action_payload={"screen": "A", "data": {}}), 131009, "flow_action_payload.data"),
        (flow(flow_action="leap"), 131009, "flow_action"),
        (flow(mode="rehearsal"), 131009, "mode"),
        (flow(flow_message_version=3), 131009, "flow_message_version"),
        (without_name(flow()), 131009, "action.name"),
        (without_name(web_address("Pay")), 131009, "action.name"),
        (interactive({"type": "request_contact_info", "action": {"name": "send_location"}}), 131009, "action.name"),
        (interactive({"type": "location_request_message", "action": {}}), 131009, "action.name"),
        (interactive({"type": "poll", "action": {}}), 131009, "interactive.type"),
        (interactive({"type": "button", "action": {"buttons": [{"type": "x", "reply": {}}]}}), 131009, "buttons.type"),
        (json.loads(json.dumps(buttons("Yes")).replace("id:0", "i" * 257)), 131009, "reply.id"),
        (json.loads(json.dumps(rows("Row")).replace("row:0", "i" * 201)), 131009, "rows.id"),
        (json.loads(json.dumps(rows("Row")).replace("More", "d" * 73)), 131009, "rows.description"),
        (json.loads(json.dumps(rows("Row")).replace("Choose", "b" * 21)), 131009, "action.button"),
        (media("document", link="http://example.org/r.pdf"), 131009, "document.link"),
        (media("sticker", id="1", caption="no"), 131009, "sticker"),
        (media("location", latitude=-90.5, longitude=31), 131009, "location.latitude"),
        (media("location", latitude=-17.8, longitude=True), 131008, "location.longitude"),
        (media("contacts") | {"contacts": [{}] * 258}, 131009, "contacts"),
        (media("reaction", message_id="w"), 131008, "reaction.emoji"),
        (text(context={"message_id": ""}), 131009, "context.message_id"),
        (template("a", type="foot"), 131009, "template.components.type"),
        (template("a", type="button"), 131009, "template.components.sub_type"),
        (template("a", type="button", sub_type="url"), 131008, "template.components.index"),
        (media("reaction", message_id="w", emoji="+") | {"context": {"message_id": "w"}}, 131009, "context"),
        (template("a\nb"), 132018, "template.components"),
        (template("a     b"), 132018, "template.components"),
    ],
)
async def test_a_body_over_a_limit_is_refused_by_the_name_of_its_field(
    whatsapp: WhatsApp, body: object, code: int, field: str
) -> None:
    told, details = await whatsapp.refused(body)
    assert told == code
    assert field in details
    assert (await whatsapp.sim("GET", "sent"))["sent"] == []


async def test_rows_and_buttons_have_ids_of_their_own(whatsapp: WhatsApp) -> None:
    for body, field in ((rows("One", "Two"), "rows.id"), (buttons("One", "Two"), "reply.id")):
        action = json.loads(json.dumps(body).replace(":1", ":0"))
        code, details = await whatsapp.refused(action)
        assert (code, details.endswith(f"{field} is not unique")) == (131009, True)


async def test_two_sections_need_titles(whatsapp: WhatsApp) -> None:
    sections = [{"rows": [{"id": str(place), "title": "Row"}]} for place in range(2)]
    body = interactive({"type": "list", "action": {"button": "Choose", "sections": sections}})
    assert await whatsapp.refused(body) == (131008, "interactive.action.sections.title is required")


async def test_a_wrong_token_is_refused_before_anything_else(whatsapp: WhatsApp) -> None:
    await whatsapp.sim("POST", "faults", {"effect": "html"})
    for token in ("", "wrong", "é"):
        status, told = await whatsapp.post(text(), number_id="1", token=token)
        assert (status, told["error"]["code"]) == (401, 190)
    assert (await whatsapp.sim("GET", "faults"))["faults"][0]["times"] == 1


async def test_an_unknown_number_id_is_a_bad_parameter(whatsapp: WhatsApp) -> None:
    status, told = await whatsapp.post(text(), number_id="1")
    assert (status, told["error"]["code"], told["error"]["error_subcode"]) == (400, 100, 33)


@pytest.mark.parametrize("version", ["", "/v20.0", "/v26.0"])
async def test_any_version_or_none_is_served(whatsapp: WhatsApp, version: str) -> None:
    assert (await whatsapp.post(text(), version=version))[0] == 200


async def test_ids_are_always_new_and_have_the_phone_in_them(whatsapp: WhatsApp) -> None:
    wamids = [await whatsapp.accepted(text()) for _ in range(3)]
    assert len(set(wamids)) == 3
    for wamid in wamids:
        assert TARIRO[1:].encode() in base64.b64decode(wamid.removeprefix("wamid."))


async def test_one_person_gets_45_at_once_and_then_one_in_6_seconds(whatsapp: WhatsApp) -> None:
    for _ in range(45):
        await whatsapp.accepted(text())
    assert (await whatsapp.refused(text()))[0] == 131056
    await whatsapp.accepted(text(to=THEMBA))
    await whatsapp.advance(6)
    await whatsapp.accepted(text())
    assert (await whatsapp.refused(text()))[0] == 131056


async def test_one_number_sends_80_a_second(whatsapp: WhatsApp) -> None:
    for place in range(80):
        await whatsapp.accepted(text(to=f"+2637799{place:05}"))
    assert (await whatsapp.refused(text(to=TARIRO)))[0] == 130429
    await whatsapp.advance(1)
    await whatsapp.accepted(text(to=TARIRO))


async def test_a_message_is_marked_read_with_typing_and_an_unknown_one_is_refused(whatsapp: WhatsApp) -> None:
    wamid = await whatsapp.say()
    mark = {"messaging_product": "whatsapp", "status": "read", "message_id": wamid}
    assert await whatsapp.post({**mark, "typing_indicator": {"type": "text"}}) == (200, {"success": True})
    assert (await whatsapp.talk())[0]["status"] == "read"
    assert (await whatsapp.refused({**mark, "message_id": "wamid.unknown"}))[0] == 100


async def test_a_fault_with_a_code_comes_with_the_http_status_of_that_code(whatsapp: WhatsApp) -> None:
    for code, expected in ((131000, 500), (131016, 500), (2, 503), (368, 403), (190, 401), (130429, 400)):
        await whatsapp.sim("POST", "faults", {"effect": "code", "code": code})
        status, told = await whatsapp.post(text())
        assert (status, told["error"]["code"]) == (expected, code)
    await whatsapp.accepted(text())


async def test_a_fault_can_be_a_page_that_is_no_json(whatsapp: WhatsApp) -> None:
    await whatsapp.sim("POST", "faults", {"effect": "html", "status": 503})
    headers = {"authorization": "Bearer a-token-for-tests"}
    async with whatsapp.session.post(f"{whatsapp.url}/{NUMBER_ID}/messages", json=text(), headers=headers) as answer:
        assert (answer.status, answer.content_type) == (503, "text/html")


async def struck(whatsapp: WhatsApp, sends: int, **fault: object) -> str:
    await whatsapp.sim("DELETE", "faults")
    await whatsapp.sim("POST", "faults", {"effect": "code", "code": 131000, **fault})
    return "".join(["x" if (await whatsapp.post(text()))[0] == 500 else "." for _ in range(sends)])


async def test_faults_strike_the_next_few_always_each_nth_or_by_a_repeatable_chance(whatsapp: WhatsApp) -> None:
    assert await struck(whatsapp, 4, times=2) == "xx.."
    assert await struck(whatsapp, 4, times=None) == "xxxx"
    assert await struck(whatsapp, 6, times=None, every=3) == "..x..x"
    by_chance = await struck(whatsapp, 8, times=None, probability=0.5, seed=7)
    assert {*by_chance} == {"x", "."}
    assert await struck(whatsapp, 8, times=None, probability=0.5, seed=7) == by_chance
    assert await struck(whatsapp, 2, phone=THEMBA) == ".."
    assert await struck(whatsapp, 2, type="template") == ".."


async def test_a_delayed_answer_comes_when_its_time_has_come(whatsapp: WhatsApp) -> None:
    await whatsapp.say()
    await whatsapp.sim("POST", "faults", {"effect": "delay", "seconds": 40})
    sending = asyncio.ensure_future(whatsapp.accepted(text()))
    async with asyncio.timeout(10):
        while (await whatsapp.sim("GET", "clock"))["pending"] == 0:
            pass
    await whatsapp.advance(39)
    assert not sending.done()
    await whatsapp.advance(5)
    assert await sending
