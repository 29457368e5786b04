"""What the whole system does about bad input, missing servers and a wrong start."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from deploy.local.rabbit import RabbitServer
from shared.kernel.ids import new_id, system_chance
from tests.journeys.phone import Phone
from tests.journeys.system import System, inherited, ruvimbo
from tests.journeys.waiting import eventually

TEXT = Path(__file__).parents[1] / "contracts" / "whatsapp" / "samples" / "text.json"


def text_message(system: System, phone: Phone, text: str) -> bytes:
    """A webhook with one text message that this person sends now, under an id of its own."""
    webhook = json.loads(TEXT.read_bytes())
    value = webhook["entry"][0]["changes"][0]["value"]
    digits = phone.number.removeprefix("+")
    value["metadata"]["phone_number_id"] = system.environment["PHONE_NUMBER_ID"]
    value["contacts"] = [{"profile": {"name": "Tariro"}, "wa_id": digits}]
    [message] = value["messages"]
    del message["from_user_id"]  # the sample's own person, whom another test may know
    message |= {"from": digits, "id": f"wamid.{new_id('E', system_chance())}", "timestamp": str(int(time.time()))}
    message["text"] = {"body": text}
    return json.dumps(webhook).encode()


def test_while_the_broker_is_away_webhooks_are_taken_and_handled_when_it_is_back(
    spread: System, rabbit_server: RabbitServer
) -> None:
    phone = spread.outside.new_phone()
    phone.say("hi")
    phone.hears("Welcome")
    rabbit_server.kill()
    try:
        eventually(lambda: waits_for(spread) == (503, "RabbitMQ"), "/ready says that RabbitMQ is away")
        phone.say("help")
        phone.say("history")
    finally:
        rabbit_server.start()
    phone.hears("in one line")
    phone.hears("You have not given yet")
    spread.until_ready()
    assert len(phone.said_by_bot()) == 3


def waits_for(system: System) -> tuple[int, str | None]:
    answer = system.outside.gateway.get("/ready")
    return answer.status_code, answer.json().get("waiting_for")


def test_while_its_store_is_away_the_gateway_promises_nothing_and_takes_the_repeated_webhook_once(
    embedded: System,
) -> None:
    phone = embedded.outside.new_phone()
    phone.say("hi")
    phone.hears("Welcome")
    webhook = text_message(embedded, phone, "help")
    embedded.valkey.kill()
    try:
        assert embedded.outside.webhook(webhook) == 503
        assert embedded.outside.gateway.get("/ready").status_code == 503
    finally:
        embedded.valkey.start()
    embedded.until_ready()
    assert [embedded.outside.webhook(webhook) for _ in range(3)] == [200, 200, 200]
    phone.hears("in one line")
    phone.say("history")
    phone.hears("You have not given yet")
    assert len(phone.said_by_bot()) == 3


def test_broken_json_with_a_good_signature_is_a_dead_letter_that_operators_can_see(embedded: System) -> None:
    body = f'{{"object": "{new_id("E", system_chance())}"'
    assert embedded.outside.webhook(body.encode()) == 200
    listed = embedded.ruvimbo("dead-letters", "list", "--service", "gateway")
    [id, *_] = re.findall(r"^(\S+) .*gateway/webhook .*not JSON$", listed.stdout, re.MULTILINE)
    shown = embedded.ruvimbo("dead-letters", "show", id)
    assert shown.returncode == 0
    assert json.loads(shown.stdout)["body"] == body
    assert embedded.ruvimbo("dead-letters", "show", "D-nothing").returncode == 1


def test_a_body_over_four_megabytes_is_refused(embedded: System) -> None:
    assert embedded.outside.webhook(b" " * (4 * 1024 * 1024 + 1)) == 413


@pytest.mark.parametrize("name", ["MONGO_URL", "META_APP_SECRET", "PAYNOW_USD_KEY"])
def test_a_missing_setting_is_named_in_one_line_before_anything_starts(embedded: System, name: str) -> None:
    environment = {key: value for key, value in embedded.environment.items() if key != name}
    ended = ruvimbo(environment, "run")
    assert ended.returncode == 2
    assert re.fullmatch(rf"{name} is not set; [^\n]+\n", ended.stderr)
    assert ended.stdout == ""


def test_a_taken_port_is_named_in_one_line(embedded: System) -> None:
    ended = embedded.ruvimbo("run", MONGO_DATABASE_PREFIX="another")
    assert ended.returncode == 2
    last = ended.stderr.splitlines()[-1]
    assert re.fullmatch(r"Port \d+, for reporting, is taken; set PORT to a free one \(six in a row are used\)\.", last)
    assert "Traceback" not in ended.stderr


def test_one_service_alone_without_rabbitmq_is_refused() -> None:
    needed = {"MONGO_URL": "mongodb://x", "REDIS_URL": "redis://x", "LOG_HASH_KEY": "x", "SERVICE_TOKEN": "x"}
    ended = ruvimbo(inherited() | needed, "run", "payments")
    assert (ended.returncode, ended.stderr) == (
        2,
        "AMQP_URL is not set; without RabbitMQ all six services run in one process.\n",
    )
