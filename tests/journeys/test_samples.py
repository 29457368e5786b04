"""Real webhooks, one of every kind, at the whole system."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.system import System

SAMPLES = Path(__file__).parents[1] / "contracts" / "whatsapp" / "samples"


def test_after_a_webhook_of_every_kind_nothing_is_dead_and_the_bot_still_answers(system: System) -> None:
    samples = sorted(SAMPLES.glob("*.json"))
    assert samples
    dead = system.ruvimbo("dead-letters", "list").stdout
    assert {sample.name: system.outside.webhook(sample.read_bytes()) for sample in samples} == {
        sample.name: 200 for sample in samples
    }
    phone = system.outside.new_phone()
    phone.say("hi")
    phone.hears("Welcome")
    assert system.ruvimbo("dead-letters", "list").stdout == dead
