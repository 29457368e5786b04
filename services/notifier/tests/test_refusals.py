"""What WhatsApp refuses is tried again as its table says, told to whom it concerns, and never said twice."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from services.notifier.domain.refusals import _RULES, UNTIL_TOO_LATE, rule_of
from services.notifier.store import MAILBOXES
from services.notifier.tests.conftest import (
    ADDRESS,
    MEMBER,
    OTHER_NUMBER,
    WhatsApp,
    command,
    deliveries,
    refusal,
    status,
)
from shared.contracts.notifier import (
    MessageFailed,
    OpenWindow,
    PlainText,
    SendMessage,
    TemplateFallback,
)
from shared.kernel.ids import MemberId
from shared.store.redis import connect
from shared.testing.harness import Harness

PASSING = [1, 2, 4, 80007, 130429, 131000, 131016, 131056, 131057, 133004, 2494100]
STOPPING = [0, 3, 10, 33, 190, 200, 299, 368, 131005, 131031, 131037, 131045, 131048, 133000, 133010, 133015, 133016]
FINAL = [100, 130403, 130472, 130497, 131008, 131009, 131021, 131026, 131030, 131049, 131050, 131051, 131052, 131062]
FINAL += [131063, 132000, 132001, 132005, 132007, 132012, 132018, 132068, 132069, 134011, 135000, 999999]
RECEIPT = TemplateFallback(name="receipt_ready", parameters=("R-2026-\n000042", "USD 20.00"))


@pytest.mark.parametrize("code", PASSING)
async def test_what_passes_is_waited_out_and_said_once(harness: Harness, whatsapp: WhatsApp, code: int) -> None:
    whatsapp.faults = [refusal(code)]
    await harness.say(command(harness, "first"), command(harness, "second"))
    await harness.advance(80, step=40)
    assert whatsapp.texts == ["first", "second"]
    assert harness.all(MessageFailed) == []


@pytest.mark.parametrize("code", FINAL)
async def test_what_is_final_is_told_and_the_next_message_goes(harness: Harness, whatsapp: WhatsApp, code: int) -> None:
    whatsapp.faults = [refusal(code)]
    await harness.say(command(harness, "first"), command(harness, "second"))
    await harness.advance(3)
    assert harness.only(MessageFailed).code == code
    assert whatsapp.texts == ["second"]


@pytest.mark.parametrize("code", STOPPING)
async def test_what_the_operator_must_mend_keeps_the_message_and_tells_the_operator(
    harness: Harness, whatsapp: WhatsApp, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    whatsapp.faults = [refusal(code)]
    with caplog.at_level(logging.ERROR):
        await harness.say(command(harness, "kept"))
    assert any(getattr(record, "code", None) == code for record in caplog.records)
    await harness.advance(40, step=20)
    assert (whatsapp.texts, harness.all(MessageFailed)) == ([], [])


async def test_what_the_operator_has_mended_goes_out(harness: Harness, whatsapp: WhatsApp) -> None:
    whatsapp.faults = [refusal(190)]
    await harness.say(command(harness, "kept"))
    await harness.advance(80, step=20)
    assert whatsapp.texts == ["kept"]


def test_every_code_of_the_table_has_a_rule() -> None:
    listed = {*PASSING, *FINAL, *STOPPING, 131042, 131047, 131053, 131064, 132015, 132016}
    assert set(_RULES) <= listed
    for code in listed:
        assert rule_of(code).meaning


async def test_a_server_s_fault_is_tried_twice_more_and_the_operator_hears_of_what_it_cost(
    harness: Harness, whatsapp: WhatsApp, caplog: pytest.LogCaptureFixture
) -> None:
    whatsapp.faults = [refusal(1) for _ in range(5)]
    with caplog.at_level(logging.ERROR):
        await harness.say(command(harness, "lost"))
        await harness.advance(5, step=5)
        assert (len(whatsapp.faults), caplog.records) == (4, [])
        await harness.advance(120, step=5)
    assert [record.__dict__["code"] for record in caplog.records] == [1]
    assert harness.only(MessageFailed).code == 1
    assert len(whatsapp.faults) == 2


@pytest.mark.parametrize("http", [200, 400, 401, 403, 404, 429, 500, 503])
async def test_the_code_decides_whatever_the_http_status_and_the_words_say(
    harness: Harness, whatsapp: WhatsApp, http: int
) -> None:
    """Contract 0, rule 12."""
    words = {"message": "(#131056) Pair rate limit hit", "type": "OAuthException", "error_subcode": 190}
    final = web.json_response({"error": {**words, "code": 131026}}, status=http)
    passing = web.json_response({"error": {**words, "code": 131016}}, status=http)
    whatsapp.faults = [final, passing]
    await harness.say(command(harness, "final"), command(harness, "passing"))
    await harness.advance(4, step=1)
    assert harness.only(MessageFailed).code == 131026
    assert whatsapp.texts == ["passing"]


async def test_the_wait_for_a_pair_grows_fourfold(harness: Harness, whatsapp: WhatsApp) -> None:
    whatsapp.faults = [refusal(131056) for _ in range(4)]
    await harness.say(command(harness, "patient"))
    await harness.advance(0.75 * (1 + 4 + 16) - 1)
    assert whatsapp.faults, "1, 4 and 16 seconds cannot be over"
    await harness.advance(1.25 * (1 + 4 + 16 + 64) + 3, step=1)
    assert whatsapp.texts == ["patient"]


async def test_trouble_with_one_number_never_holds_up_another(harness: Harness, whatsapp: WhatsApp) -> None:
    whatsapp.faults = [refusal(131048)]
    other = MemberId("M-2")
    await harness.say(command(harness, "stopped"))
    await harness.say(
        command(harness, "same number, other person", member=other),
        command(harness, "other number, same person", address=OTHER_NUMBER),
        command(harness, "other number", address=OTHER_NUMBER, member=other),
    )
    await harness.advance(100, step=25)
    assert sorted(whatsapp.texts) == ["other number", "other number, same person"]
    assert set(whatsapp.numbers) == {"200"}
    await harness.advance(4600, step=230)
    assert len(whatsapp.texts) == 4


async def test_an_answer_goes_by_the_number_that_the_person_wrote_to(harness: Harness, whatsapp: WhatsApp) -> None:
    """The mailbox had one address for all numbers: who wrote to two was answered by the one they wrote to last."""
    now = harness.clock.now()
    await harness.say(OpenWindow(member=MEMBER, address=ADDRESS, at=now - timedelta(hours=30)))
    await harness.say(OpenWindow(member=MEMBER, address=OTHER_NUMBER, at=now))
    await harness.say(command(harness, "by the first", heard=False))
    assert harness.only(MessageFailed).code == 131047, "a window is one number's"
    await harness.say(
        SendMessage(member=MEMBER, content=PlainText(body="by the latest"), purpose="notice", answers_at=None)
    )
    assert whatsapp.numbers == ["200"]


async def test_a_429_that_is_no_json_has_sent_nothing_and_waits_as_it_says(
    harness: Harness, whatsapp: WhatsApp
) -> None:
    whatsapp.faults = [web.Response(status=429, text="slow down", headers={"retry-after": "2"})]
    await harness.say(command(harness, "patient"))
    await harness.advance(4, step=1)
    assert whatsapp.texts == ["patient"]


async def test_outside_the_window_the_template_goes_with_its_words_on_one_line(
    harness: Harness, whatsapp: WhatsApp
) -> None:
    await harness.say(OpenWindow(member=MEMBER, address=ADDRESS, at=harness.clock.now() - timedelta(hours=24)))
    await harness.say(command(harness, "Your receipt", heard=False, purpose="notice", template=RECEIPT))
    [body] = whatsapp.bodies
    words = [{"type": "text", "text": text} for text in ("R-2026- 000042", "USD 20.00")]
    assert body["template"] == {
        "name": "receipt_ready_v2",
        "language": {"code": "en"},
        "components": [{"type": "body", "parameters": words}],
    }


async def test_a_window_that_whatsapp_finds_closed_turns_the_message_into_its_template(
    harness: Harness, whatsapp: WhatsApp
) -> None:
    [asked] = await harness.say(command(harness, "free form", purpose="notice", template=RECEIPT))
    await harness.say(status(harness, "failed", "wamid.1", asked.id, code=131047))
    await harness.advance(2)
    assert [body["type"] for body in whatsapp.bodies] == ["text", "template"]
    assert harness.all(MessageFailed) == []
    # A late word on the first send changes nothing; the template's own statuses do.
    await harness.say(status(harness, "sent", "wamid.1", asked.id))
    await harness.say(status(harness, "failed", "wamid.1", asked.id, code=131047))
    await harness.say(status(harness, "delivered", "wamid.2", asked.id))
    assert await deliveries(harness, "delivered") == [asked.id]
    assert harness.all(MessageFailed) == []
    mailbox = await harness.state("notifier", MAILBOXES, MEMBER)
    assert mailbox is not None
    assert [(evidence.status, evidence.message_id) for evidence in mailbox.deliveries[0].evidence][:2] == [
        ("failed", "wamid.1"),
        ("sent", "wamid.1"),
    ]


async def test_a_late_sent_of_a_failed_send_does_not_keep_the_message_from_going_again(
    harness: Harness, whatsapp: WhatsApp
) -> None:
    [asked] = await harness.say(command(harness, "again"))
    await harness.say(status(harness, "failed", "wamid.1", asked.id, code=131000))
    await harness.say(status(harness, "sent", "wamid.1", asked.id))
    await harness.advance(10)
    assert whatsapp.texts == ["again", "again"]
    await harness.say(status(harness, "read", "wamid.2", asked.id))
    assert harness.all(MessageFailed) == []


async def test_without_a_template_a_closed_window_is_a_failure(harness: Harness, whatsapp: WhatsApp) -> None:
    [asked] = await harness.say(command(harness, "free form"))
    await harness.say(status(harness, "failed", "wamid.1", asked.id, code=131047))
    assert harness.only(MessageFailed).code == 131047


async def test_a_stopped_template_is_not_asked_for_again(harness: Harness, whatsapp: WhatsApp) -> None:
    whatsapp.faults = [refusal(132015)]
    late: dict[str, Any] = {"heard": False, "purpose": "notice", "template": RECEIPT}
    await harness.say(command(harness, "one", **late))
    await harness.say(command(harness, "two", **late))
    assert [failed.code for failed in harness.all(MessageFailed)] == [132015, 132015]
    assert whatsapp.bodies == []
    await harness.advance(3700, step=370)
    await harness.say(command(harness, "three", **late))
    assert len(whatsapp.bodies) == 1


async def test_a_code_that_is_too_old_to_be_of_use_is_not_sent(harness: Harness, whatsapp: WhatsApp) -> None:
    whatsapp.faults = [refusal(131016) for _ in range(100)]
    until = harness.clock.now() + timedelta(minutes=5)
    await harness.say(command(harness, "code 1234", purpose="notice", valid_until=until))
    await harness.advance(600, step=60)
    whatsapp.faults.clear()
    await harness.advance(600, step=60)
    assert whatsapp.bodies == []
    assert harness.only(MessageFailed).code == 131016


async def test_what_finance_did_not_get_raises_an_alert(
    harness: Harness, whatsapp: WhatsApp, caplog: pytest.LogCaptureFixture
) -> None:
    whatsapp.faults = [refusal(131026), refusal(131026)]
    with caplog.at_level(logging.ERROR):
        await harness.say(command(harness, "a donor's", purpose="notice"))
        assert caplog.records == []
        await harness.say(command(harness, "finance's", purpose="notice", watched=True))
    assert [record.message for record in caplog.records] == ["finance did not get a message"]
    assert [failed.watched for failed in harness.all(MessageFailed)] == [False, True]
    assert "263771234567" not in json.dumps([record.__dict__ for record in caplog.records], default=str)


async def test_minutes_in_a_usage_header_are_minded(harness: Harness, whatsapp: WhatsApp) -> None:
    usage = json.dumps({"104": [{"type": "messaging", "estimated_time_to_regain_access": 3}]})
    whatsapp.faults = [refusal(80007, 400, **{"x-business-use-case-usage": usage})]
    await harness.say(command(harness, "slow"))
    await harness.advance(170, step=5)
    assert whatsapp.bodies == []
    await harness.advance(30, step=5)
    assert whatsapp.texts == ["slow"]


def test_rules_of_waiting_never_shrink_and_end_at_their_most() -> None:
    for code in _RULES:
        rule = rule_of(code)
        waits = [rule.wait_after(number) for number in range(1, 40)]
        assert waits == sorted(waits)
        assert waits[-1] <= max(rule.most, rule.wait)
        assert rule.tries == UNTIL_TOO_LATE or rule.tries >= 0


@pytest.mark.parametrize(
    "beats",
    [
        {"notifier": {"ready": True, "backlog_age_seconds": 0}},
        {"gateway": {"ready": False, "backlog_age_seconds": 0}, "notifier": {"ready": True, "backlog_age_seconds": 0}},
        {"gateway": {"ready": True, "backlog_age_seconds": 9}, "notifier": {"ready": True, "backlog_age_seconds": 0}},
    ],
)
async def test_nothing_is_said_again_while_a_status_may_wait_in_our_own_house(
    harness: Harness, whatsapp: WhatsApp, valkey_url: str, beats: dict[str, dict[str, Any]]
) -> None:
    """While the broker was away the status lay in the gateway's outbox, and the message was said twice."""
    client = connect(valkey_url)
    for name, beat in beats.items():
        await client.set(f"heartbeat:{name}", json.dumps(beat))
    whatsapp.faults = [None]
    [asked] = await harness.say(command(harness, "once"))
    await harness.advance(120, step=10)
    assert whatsapp.texts == ["once"]
    for name in ("gateway", "notifier"):
        await client.set(f"heartbeat:{name}", json.dumps({"ready": True, "backlog_age_seconds": 0}))
    await harness.say(status(harness, "delivered", "wamid.1", asked.id))
    await harness.advance(60, step=10)
    assert whatsapp.texts == ["once"]
    await client.aclose()


async def test_what_arrived_while_it_waited_to_be_sent_again_is_not(harness: Harness, whatsapp: WhatsApp) -> None:
    whatsapp.faults = [None, refusal(131056), refusal(131056)]
    other = command(harness, "other number", address=OTHER_NUMBER)
    [asked] = await harness.say(command(harness, "once"))
    await harness.advance(16, step=4)
    assert len(whatsapp.faults) == 1, "said again after silence, and told to wait"
    await harness.say(other)
    await harness.say(status(harness, "delivered", "wamid.1", asked.id))
    whatsapp.faults.clear()
    await harness.advance(30, step=5)
    assert sorted(whatsapp.texts) == ["once", "other number"]
    assert await deliveries(harness, "delivered") == [asked.id]


@pytest.mark.parametrize("first", [131042, 131064])
async def test_a_template_that_waits_for_its_kind_keeps_no_reply_from_going(
    harness: Harness, whatsapp: WhatsApp, first: int
) -> None:
    """Only templates are stopped: a reply waited for an hour behind one, though replies go first."""
    whatsapp.faults = [refusal(first)]
    late: dict[str, Any] = {"heard": False, "purpose": "notice", "template": RECEIPT}
    await harness.say(command(harness, "refused", **late))
    other = MemberId("M-2")
    await harness.say(command(harness, "meets the pause", member=other, **late))
    await harness.advance(30, step=10)
    assert whatsapp.bodies == []
    for member in (MEMBER, other):
        await harness.say(command(harness, f"to {member}", member=member))
    await harness.advance(5, step=1)
    assert whatsapp.texts == [f"to {MEMBER}", f"to {other}"]
    await harness.advance(4600, step=200)
    assert [body["type"] for body in whatsapp.bodies[2:]] == ["template", "template"]
    assert harness.all(MessageFailed) == []
