"""Health tells the truth of each service, from its heartbeat."""

from __future__ import annotations

import json

import pytest

from services.gateway.app import make
from services.gateway.settings import GatewaySettings
from services.gateway.tests.conftest import Edge
from services.gateway.tests.test_whatsapp_webhook import sample
from shared.contracts.gateway import HealthShown, ShowHealth
from shared.contracts.registry import SERVICES
from shared.kernel.errors import Misconfigured
from shared.kernel.ids import MemberId
from shared.runtime.settings import read_settings
from shared.store.redis import connect
from shared.testing.harness import Harness, look_every


async def test_health_is_as_good_as_the_services_say(edge: Edge, valkey_url: str) -> None:
    client = connect(valkey_url)

    async def beat(name: str, *, ready: bool) -> None:
        parts = {"stores": {"ok": ready}, "paynow": {"ok": ready, "circuit_state": "closed" if ready else "open"}}
        value = {"service": name, "at": "now", "ready": ready, "parts": parts}
        await client.set(f"heartbeat:{name}", json.dumps(value))

    async def ask() -> tuple[int, dict[str, object]]:
        async with edge.http.get("/health") as answer:
            return answer.status, await answer.json()

    status, health = await ask()
    assert (status, health["status"]) == (503, "unhealthy")
    for name in SERVICES:
        await beat(name, ready=True)
    status, health = await ask()
    assert (status, health["status"]) == (200, "healthy")
    await beat("payments", ready=False)
    status, health = await ask()
    assert (status, health["status"]) == (503, "degraded")
    assert health["components"]["payment_service"] == {"ready": False, "circuit_state": "open"}  # type: ignore[index]
    await client.aclose()


async def test_no_webhook_for_hours_is_an_alarm_told_once_until_one_comes(
    edge: Edge, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_every(600, monkeypatch)
    tell = edge.harness.services["gateway"].health["webhooks"]

    def alarms() -> int:
        return sum("no webhook has come" in record.getMessage() for record in caplog.records)

    assert (await tell())["ok"] is True, "a first start is no silence"
    for said in (1, 2):
        await edge.harness.advance(23 * 3600, step=3600)
        assert (await tell())["ok"] is True
        await edge.harness.advance(2 * 3600, step=3600)
        assert [(await tell())["ok"] for _ in range(2)] == [False, False]
        await edge.quiet()
        assert alarms() == said
        assert [event["hours"] for event in edge.said("webhooks_missing")] == [25] * said
        assert await edge.post(sample("status_read"), "sha256=" + "0" * 64) == 401
        assert (await tell())["ok"] is False, "anybody can send what is not signed"
        assert await edge.post(sample("status_read")) == 200
        assert (await tell())["ok"] is True


async def test_to_take_unsigned_webhooks_is_said_loudly(
    valkey_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for name, value in {"META_APP_SECRET": "x", "VERIFY_TOKEN": "x", "WHATSAPP_BOT_NUMBER": "+263780000000"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ENABLE_WEBHOOK_VERIFICATION", "false")
    with pytest.raises(Misconfigured, match="DEBUG=true"):
        read_settings(GatewaySettings)
    monkeypatch.setenv("DEBUG", "true")
    client = connect(valkey_url)
    async with Harness({"gateway": make}, redis=client):
        assert any("ANYBODY CAN SPEAK FOR WHATSAPP" in record.getMessage() for record in caplog.records)
    await client.aclose()


async def test_staff_are_told_what_is_wrong_with_which_service(edge: Edge, valkey_url: str) -> None:
    client = connect(valkey_url)
    for name in SERVICES[:-1]:
        fails = name == "payments"
        parts = {
            "stores": {"ok": not fails},
            "paynow USD": {"ok": not fails, "circuit_state": "open" if fails else "closed"},
            "paynow ZWG": {"ok": True, "circuit_state": "half_open" if fails else "closed"},
        }
        beat = {"service": name, "ready": not fails, "parts": parts, "backlog": 3, "backlog_age_seconds": 1.5}
        await client.set(f"heartbeat:{name}", json.dumps(beat))
    await edge.harness.say(ShowHealth(asked_by=MemberId("M-STAFF")))
    await edge.harness.advance(2)
    shown = edge.harness.only(HealthShown)
    assert (shown.asked_by, shown.status) == ("M-STAFF", "degraded")
    told = {service.service: service for service in shown.services}
    assert told["payments"].troubles == ("stores", "paynow USD: open", "paynow ZWG: half open")
    assert (told["gateway"].ready, told["gateway"].troubles) == (True, ())
    assert (told["gateway"].backlog, told["gateway"].backlog_age_seconds) == (3, 1.5)
    assert [name for name in SERVICES if not told[name].beats] == [SERVICES[-1]]
    await client.aclose()
