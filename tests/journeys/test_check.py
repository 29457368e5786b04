"""`ruvimbo check` tries every credential, says what to do about each that is wrong, and shows no secret."""

from __future__ import annotations

import subprocess

import httpx
import pytest

from tests.journeys.system import System, free_ports


def lines_of(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """What it says of each thing, by its state: `ok`, `wrong`, `off`."""
    return dict(line.split(maxsplit=1)[::-1] for line in done.stdout.splitlines())


def states_of(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    return {what.partition(":")[0]: state for what, state in lines_of(done).items()}


def test_a_system_in_order_is_said_to_be_so(embedded: System) -> None:
    done = embedded.ruvimbo("check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(states_of(done).values()) == {"ok", "off"}
    looked_at = [what for what, state in states_of(done).items() if state == "ok"]
    number = embedded.environment["PHONE_NUMBER_ID"]
    for what in ("MongoDB", "Redis", f"WhatsApp number {number}", "WhatsApp subscription", "Paynow USD", "Paynow ZWG"):
        assert what in looked_at
    assert {"credex-core", "WhatsApp template notice", "WhatsApp template report_ready"} <= set(looked_at)
    assert states_of(done)["RabbitMQ"] == "off"


WRONG = {
    "WHATSAPP_TOKEN": "wrong-token",
    "PAYNOW_USD_KEY": "11111111-2222-3333-4444-555555555555",
    "PAYNOW_ZWG_ID": "9",
    "CLIENT_API_KEY": "wrong-key",
    "MONGO_URL": "mongodb://somebody:sesame@127.0.0.1:{port}/?directConnection=true",
    "REDIS_URL": "redis://:sesame@127.0.0.1:{port}",
    "AMQP_URL": "amqp://somebody:sesame@127.0.0.1:{port}/",
}


def test_everything_that_is_wrong_is_named_with_its_remedy_and_without_any_secret(embedded: System) -> None:
    given = {name: value.format(port=free_ports(1)) for name, value in WRONG.items()}
    done = embedded.ruvimbo("check", **given)
    assert done.returncode == 1
    wrong = {what.partition(":")[0]: what for what, state in lines_of(done).items() if state == "wrong"}
    assert "WHATSAPP_TOKEN" in wrong[f"WhatsApp number {embedded.environment['PHONE_NUMBER_ID']}"]
    assert "PAYNOW_USD_KEY" in wrong["Paynow USD"]
    assert "PAYNOW_ZWG_ID" in wrong["Paynow ZWG"]
    assert "CLIENT_API_KEY" in wrong["credex-core"]
    for server, setting in (("MongoDB", "MONGO_URL"), ("Redis", "REDIS_URL"), ("RabbitMQ", "AMQP_URL")):
        assert setting in wrong[server]
    told = done.stdout + done.stderr
    secret = [value for name, value in given.items() if not name.endswith(("_URL", "_ID"))]
    kept = [embedded.environment[name] for name in ("META_APP_SECRET", "LOG_HASH_KEY", "SERVICE_TOKEN", "TOKEN_KEYS")]
    assert not [value for value in [*secret, *kept, "sesame"] if value in told]
    assert "Traceback" not in told


def test_a_wrong_number_account_and_template_and_a_missing_setting_are_named(embedded: System) -> None:
    template = {"name": "notice", "parameters": 3}
    registered = httpx.post(f"{embedded.sandbox}/graph/_sim/templates", json=template)
    assert registered.status_code == 200
    try:
        done = embedded.ruvimbo(
            "check", PHONE_NUMBER_ID="1", TEMPLATE_OFFER_NOTICE="offers", META_APP_SECRET="", CREDEX_API_URL=""
        )
    finally:
        httpx.post(f"{embedded.sandbox}/graph/_sim/templates", json=template | {"parameters": 2})
    said = lines_of(done)
    assert done.returncode == 1
    for what in (
        "settings of gateway: META_APP_SECRET is not set; give it in the environment or in .env.",
        "WhatsApp number 1: PHONE_NUMBER_ID is not known to this token. "
        "Correct it, or give the system user the account.",
        "WhatsApp template notice: its body takes 3 parameters instead of 2: title, text.",
        "WhatsApp template offers: there is none in en. Register it, or name another in TEMPLATE_OFFER_NOTICE.",
    ):
        assert said[what] == "wrong"
    assert states_of(done)["credex-core"] == "off"


def test_without_the_account_its_templates_are_said_to_be_unseen(embedded: System) -> None:
    done = embedded.ruvimbo("check", WHATSAPP_ACCOUNT_ID="")
    assert states_of(done)["WhatsApp subscription and templates"] == "off"
    assert done.returncode == 0


@pytest.mark.parametrize("command", [("check",), ("dead-letters", "list")])
def test_help_tells_what_a_command_does(embedded: System, command: tuple[str, ...]) -> None:
    done = embedded.ruvimbo(*command, "--help")
    assert done.returncode == 0
    assert "usage: ruvimbo" in done.stdout
