"""While Paynow is known to be down nobody is charged and nothing is asked; then it is tried once, and all goes on."""

from __future__ import annotations

from services.payments.tests.world import DELAYED, SUCCESS, SWEPT, World
from shared.contracts.payments import PaymentChecked, PaymentFailed, PaymentInitiated, PaymentRefused, PaymentSettled
from shared.http.breaker import FAILURES, OPEN_SECONDS


async def circuit(world: World) -> str:
    told = await world.harness.services["payments"].health["paynow"]()
    return str(told["circuit_state"])


async def open_the_circuit(world: World) -> None:
    await world.arm("status-500", on="remote", times=FAILURES)
    for _ in range(FAILURES):
        await world.give(SUCCESS)
    assert await circuit(world) == "open"


async def test_a_request_is_refused_and_never_reaches_paynow(world: World) -> None:
    await open_the_circuit(world)
    payment = await world.give(SUCCESS)

    refused = await world.only(PaymentRefused)
    assert (refused.rule, refused.intent, refused.limit) == ("provider_away", payment.intent, None)
    assert (payment.state, payment.trail[-1].cause) == ("failed", "not asked: the provider is known to be down")
    await world.pass_time(SWEPT)
    assert await world.at_paynow() == []
    assert world.harness.all(PaymentFailed) == []


async def test_bank_and_cash_go_on(world: World) -> None:
    await open_the_circuit(world)
    await world.give(None, method="manual")

    assert (await world.only(PaymentInitiated)).method == "manual"


async def test_polls_wait_and_settle_when_paynow_is_back(world: World) -> None:
    waiting = await world.give(DELAYED)
    await open_the_circuit(world)
    await world.pass_time(OPEN_SECONDS - 1, callbacks=False)
    assert (await world.payment(waiting.intent)).state == "awaiting_payer"
    await world.check(waiting)
    assert (await world.only(PaymentChecked)).asked is False

    await world.pass_time(60, callbacks=False)

    assert await circuit(world) == "closed"
    assert {event.payment_id for event in world.harness.all(PaymentSettled)} == {waiting.id}
    # And those whose answers were lost were traced, found nowhere, and told so.
    await world.pass_time(120)
    assert len(world.harness.all(PaymentFailed)) == FAILURES


async def test_after_a_minute_one_trial_decides(world: World) -> None:
    await open_the_circuit(world)
    await world.harness.advance(OPEN_SECONDS)
    assert await circuit(world) == "half_open"
    await world.arm("status-500", on="remote")
    trial = await world.give(SUCCESS)

    assert trial.state == "uncertain"
    assert await circuit(world) == "open"
    await world.give(SUCCESS)
    assert (await world.only(PaymentRefused)).rule == "provider_away"


async def test_a_payer_who_has_too_little_money_says_nothing_against_paynow(world: World) -> None:
    for _ in range(FAILURES + 1):
        await world.give("+263774444444")

    assert await circuit(world) == "closed"
