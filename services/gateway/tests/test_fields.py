"""Every field of the WhatsApp contract's sections 2.1 to 2.6 has its place in an event."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from services.gateway.domain.events import account_event, message_about
from services.gateway.domain.updates import AccountUpdate, InboundUpdate, StatusUpdate
from services.gateway.domain.webhook import updates_of
from services.gateway.tests.test_whatsapp_webhook import NOW, sample
from shared.kernel.ids import MemberId

MEMBER = MemberId("M-1")
PHONE, BSUID = "263771234567", "ZW.4820"


def body_of(value: dict[str, Any], field: str = "messages") -> dict[str, Any]:
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": "1"}, **value}
    changes = [{"field": field, "value": value}]
    return {"object": "whatsapp_business_account", "entry": [{"id": "2", "changes": changes}]}


def told(body: dict[str, Any]) -> list[dict[str, Any]]:
    """What each update of a body says last, as it goes over the wire."""
    said = []
    for update in updates_of(body, NOW):
        event = account_event(update) if isinstance(update, AccountUpdate) else message_about(update, MEMBER)
        said.append(json.loads(event.model_dump_json()))
    return said


def message(type: str, inner: Any = None, **more: Any) -> dict[str, Any]:
    """What a message of a type says."""
    piece = {"from": PHONE, "id": "w", "timestamp": "1791878400", "type": type, type: inner, **more}
    [said] = told(body_of({"messages": [piece]}))
    return said


def status(word: str, contacts: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    piece = {"id": "w", "status": word, "timestamp": "1791878400", **more}
    [said] = told(body_of({"statuses": [piece], **({"contacts": contacts} if contacts else {})}))
    return said


def test_a_forwarded_message_says_so_and_how_often() -> None:
    once, often = told(sample("text_forwarded"))
    assert (once["forwarded"], once["frequently_forwarded"]) == (True, False)
    assert (often["forwarded"], often["frequently_forwarded"]) == (True, True)
    assert message("text", {"body": "hi"})["forwarded"] is False


def test_a_reply_names_the_message_and_its_author_and_the_product() -> None:
    [said] = told(sample("text_referred_product"))
    assert said["replies_to"].startswith("wamid.")
    assert said["replies_to_author"] == "+263770000001"
    assert said["about_product"] == {"catalog_id": "194836987003835", "product_id": "SKU-HYMNBOOK"}


def test_an_advertisement_that_brought_somebody_is_told_with_all_its_fields() -> None:
    wire = {
        "source_url": "https://fb.me/1",
        "source_id": "120",
        "source_type": "ad",
        "headline": "Give",
        "body": "Build with us",
        "media_type": "video",
        "image_url": "https://x/i",
        "video_url": "https://x/v",
        "thumbnail_url": "https://x/t",
        "ctwa_clid": "Aff",
        "welcome_message": {"text": "Hello"},
    }
    referral = message("text", {"body": "hi"}, referral=wire)["referral"]
    assert (referral.pop("click_id"), referral.pop("welcome_text")) == ("Aff", "Hello")
    assert referral == {name: wire[name] for name in referral}
    assert len(referral) == 9


def test_the_sender_is_told_with_username_and_identity_key() -> None:
    [named] = told(sample("text_username_only_no_phone"))
    assert named["username"]
    assert named["address"]["phone"] is None
    [keyed] = told(sample("text_identity_key_hash"))
    assert keyed["identity_key_hash"] == "DF2lS5v2W6x="


@pytest.mark.parametrize("answers", ['{"flow_token": "t", "a": 1}', {"flow_token": "t", "a": 1}])
def test_a_form_is_read_as_text_and_as_object(answers: object) -> None:
    reply = {"name": "flow", "body": "Sent", "response_json": answers}
    said = message("interactive", {"type": "nfm_reply", "nfm_reply": reply})
    form = {"kind": "form", "answers": {"flow_token": "t", "a": 1}, "name": "flow", "body": "Sent"}
    assert said["content"] == form


def test_the_answer_about_calls_is_typed() -> None:
    reply = {
        "response": "accept",
        "is_permanent": False,
        "expiration_timestamp": "1791964800",
        "response_source": "user_action",
    }
    content = message("interactive", {"type": "call_permission_reply", "call_permission_reply": reply})["content"]
    expires = datetime.fromtimestamp(1791964800, UTC).isoformat().replace("+00:00", "Z")
    assert content == {
        "kind": "call_permission",
        "accepted": True,
        "permanent": False,
        "expires_at": expires,
        "source": "user_action",
    }


def test_media_is_told_with_its_address_and_its_type_without_parameters() -> None:
    voice = {"mime_type": "audio/ogg; codecs=opus", "sha256": "abc", "id": "9", "url": "https://m/9", "voice": True}
    content = message("audio", voice)["content"]
    assert (content["mime_type"], content["url"], content["voice"]) == ("audio/ogg", "https://m/9", True)
    assert message("sticker", {"id": "9", "animated": True})["content"]["animated"] is True
    failed = [{"code": 131052, "title": "Media download error", "error_data": {"details": "larger than 100 MB"}}]
    lost = message("video", None, errors=failed)
    assert lost["content"]["error_codes"] == [131052]
    assert lost["problems"][0]["details"] == "larger than 100 MB"


def test_a_place_is_told_with_its_page() -> None:
    [said] = told(sample("location"))
    assert said["content"]["url"] == "https://example.org/harare-gardens"


def test_contact_cards_are_told_whole() -> None:
    card = {
        "name": {"formatted_name": "Rudo Ncube", "first_name": "Rudo", "last_name": "Ncube"},
        "phones": [{"phone": "+263 71 234 5678", "wa_id": "263712345678", "type": "CELL"}],
        "emails": [{"email": "rudo@example.org", "type": "WORK"}],
        "addresses": [{"street": "1 Main", "city": "Harare", "country": "Zimbabwe"}],
        "org": {"company": "Example Trust"},
        "urls": [{"url": "https://example.org"}],
        "birthday": "1990-01-02",
        "origin": "contact_request",
        "vcard": "BEGIN:VCARD",
    }
    content = message("contacts", [card])["content"]
    assert content["requested"] is True
    assert content["cards"] == [
        {
            "name": "Rudo Ncube",
            "first_name": "Rudo",
            "last_name": "Ncube",
            "phones": [{"phone": "+263 71 234 5678", "whatsapp": "+263712345678", "type": "CELL"}],
            "emails": ["rudo@example.org"],
            "addresses": ["1 Main, Harare, Zimbabwe"],
            "urls": ["https://example.org"],
            "organisation": "Example Trust",
            "birthday": "1990-01-02",
            "origin": "contact_request",
            "vcard": "BEGIN:VCARD",
        }
    ]


def test_an_order_is_told_with_its_lines_and_never_a_binary_price() -> None:
    [said] = told(sample("order"))
    content = said["content"]
    assert (content["text"], content["items"]) == ("Please deliver on Sunday", 2)
    line = {"product_id": "SKU-HYMNBOOK", "quantity": 2, "price": "7.5", "currency": "USD"}
    assert content["lines"][0] == line


def test_system_messages_tell_what_they_say_and_the_new_identity() -> None:
    [said] = told(sample("system_customer_identity_changed"))
    assert said["content"]["body"] == "User identity changed"
    assert said["content"]["identity_hash"] == "q3Zk8Lr0aT1="
    older = message("system", {"type": "customer_changed_number", "new_wa_id": "263718765432"})
    assert older["content"]["phone"] == "+263718765432"


@pytest.mark.parametrize("type", ["image", "video", "document"])
def test_what_is_written_beside_a_file_is_told(type: str) -> None:
    content = message(type, {"id": "1", "mime_type": "image/jpeg", "caption": "donate 20"})["content"]
    assert (content["kind"], content["of"], content["caption"]) == ("media", type, "donate 20")


@pytest.mark.parametrize("operator", [{"$ne": None}, {"$gt": ""}, ["$where"]])
def test_an_operator_of_the_database_is_nobody_s_number_and_no_word(operator: Any) -> None:
    assert message("text", {"body": operator})["content"]["kind"] == "unsupported"
    piece = {"from": operator, "from_user_id": operator, "id": operator, "type": "text", "text": {"body": "hi"}}
    updates = updates_of(body_of({"messages": [piece], "contacts": [{"wa_id": operator}]}), NOW)
    assert not [update for update in updates if isinstance(update, InboundUpdate)]


def test_an_edit_tells_what_the_message_says_now() -> None:
    edit = {"original_message_id": "w0", "message": {"type": "image", "image": {"caption": "better"}}}
    changed = {"kind": "changed", "change": "edit", "message_id": "w0", "text": "better"}
    assert message("edit", edit)["content"] == changed
    revoked = message("revoke", {"original_message_id": "w0"})["content"]
    assert (revoked["change"], revoked["message_id"]) == ("revoke", "w0")


def test_what_whatsapp_does_not_hand_over_is_told_with_its_kind() -> None:
    said = message("unsupported", {"type": "poll"}, errors=[{"code": 131051, "title": "Message type unknown"}])
    assert said["content"]["subtype"] == "poll"
    assert said["content"]["error_codes"] == [131051]


def test_a_status_is_told_with_recipient_conversation_and_price() -> None:
    [said] = told(sample("status_sent_legacy_conversation"))
    assert said["recipient"]["phone"] == f"+{PHONE}"
    assert said["conversation"]["origin"] == "utility"
    assert said["conversation"]["expires_at"].startswith("2026-")
    assert said["pricing"]["category"] == "utility"
    assert status("delivered", recipient_id=PHONE, recipient_identity_key_hash="x=")["identity_key_hash"] == "x="


def test_a_status_in_a_group_is_of_one_participant() -> None:
    [said] = told(sample("status_group_delivered"))
    assert said["group_id"]
    assert said["recipient"]["phone"] == f"+{PHONE}"


def test_the_contact_beside_a_status_adds_ids_and_never_another_status() -> None:
    """The same status in another envelope may have a contact or none: it is the same update."""
    piece = {"id": "w", "status": "read", "recipient_id": PHONE}
    [alone] = updates_of(body_of({"statuses": [piece]}), NOW)
    contacts = [{"wa_id": "263770000009"}, {"wa_id": PHONE, "user_id": BSUID}]
    [beside] = updates_of(body_of({"statuses": [piece], "contacts": contacts}), NOW)
    assert isinstance(alone, StatusUpdate)
    assert isinstance(beside, StatusUpdate)
    assert beside.person.bsuid == BSUID
    assert beside.content_id == alone.content_id


@pytest.mark.parametrize("word", ["sent", "delivered", "read", "played", "failed", "deleted", "warning", "brand_new"])
def test_every_word_of_a_status_is_told(word: str) -> None:
    assert status(word, recipient_user_id=BSUID)["status"] == word


def test_errors_are_told_alike_in_their_three_places() -> None:
    error = {"code": 131026, "title": "Undeliverable", "error_data": {"details": "why"}, "href": "/errors"}
    problem = {"code": 131026, "title": "Undeliverable", "details": "why", "href": "/errors"}
    other, another = {"code": 368, "title": "Blocked"}, {"code": 368, "title": "Blocked", "details": "", "href": None}
    of_the_number = told(body_of({"errors": [error, other]}))
    assert [said["problems"] for said in of_the_number] == [[problem], [another]]
    assert message("text", {"body": "x"}, errors=[error, other])["problems"] == [problem, another]
    assert status("failed", errors=[error, other])["problems"] == [problem, another]


def test_a_field_of_the_account_is_told_with_what_it_says() -> None:
    [said] = told(sample("field_message_template_status_update"))
    assert said["field"] == "message_template_status_update"
    assert (said["details"]["event"], said["details"]["message_template_name"]) == ("PAUSED", "event_reminder")
    assert said["at"].startswith("2026-"), "the entry's own time"


def test_every_change_of_ids_in_a_list_is_followed() -> None:
    """Contract 0, rule 3: the first alone was."""
    changes = [{"user_id": {"previous": f"ZW.{place}", "current": f"ZW.{place}9"}} for place in (1, 2, 3)]
    [update] = updates_of(body_of({"user_id_update": [*changes, {"user_id": "odd"}]}, "user_id_update"), NOW)
    assert isinstance(update, AccountUpdate)
    assert [(one.before.bsuid, one.after.bsuid) for one in update.successions] == [
        ("ZW.1", "ZW.19"),
        ("ZW.2", "ZW.29"),
        ("ZW.3", "ZW.39"),
    ]


@pytest.mark.parametrize("type", [{}, {"recipient_type": "individual"}, {"recipient_type": None}])
def test_participants_are_told_apart_whatever_the_type_of_the_recipient_says(type: dict[str, Any]) -> None:
    """Contract 0, rule 4: the key of a status has the participant in it; one was taken for the other's repetition."""
    pieces = [
        {"id": "w", "status": "read", "recipient_id": "Y2Fw", "recipient_participant_id": phone, **type}
        for phone in (PHONE, "263770000009")
    ]
    found = updates_of(body_of({"statuses": pieces}), NOW)
    assert len({update.content_id for update in found}) == 2
    assert [said["recipient"]["phone"] for said in told(body_of({"statuses": pieces}))] == [
        f"+{PHONE}",
        "+263770000009",
    ]
