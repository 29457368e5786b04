"""The long ones, `make chaos`: crashes at random moments, of anything, and of a charge whose answer is under way."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest

from deploy.local.mongo import MongoServer
from deploy.local.rabbit import RabbitServer
from shared.contracts.registry import SERVICES
from tests.chaos.gift import Moment, give_disturbed, see_nobody_told_twice, see_not_repeated
from tests.chaos.test_kills import STEPS, crash
from tests.journeys.system import System
from tests.journeys.waiting import eventually

pytestmark = pytest.mark.chaos


def test_a_charge_whose_answer_was_under_way_when_payments_died_is_found_and_not_repeated(spread: System) -> None:
    before = len(spread.outside.transactions())

    def slow_down() -> None:
        spread.outside.paynow_fault(name="slow-answer", on="remote", seconds=3)

    def die_while_charging() -> None:
        eventually(lambda: len(spread.outside.transactions()) > before, "the charge is under way")
        crash(spread, "payments")

    steps: dict[Moment, Callable[[], None]] = {"confirm": slow_down, "confirmed": die_while_charging}
    phone = give_disturbed(spread, steps, may_cut_off_the_charge=True)
    see_not_repeated(spread, phone, "call paynow.initiate")
    assert len(spread.outside.transactions()) == before + 1
    see_nobody_told_twice(spread)


@pytest.mark.parametrize("seed", range(12))
def test_a_gift_survives_crashes_at_random_moments(
    spread: System, rabbit_server: RabbitServer, mongo_server: MongoServer, seed: int
) -> None:
    chance = random.Random(seed)

    def server(one: RabbitServer | MongoServer) -> None:
        one.kill()
        one.start()

    def valkey() -> None:
        spread.valkey.kill()
        spread.valkey.start()

    victims: dict[str, Callable[[], None]] = {name: lambda name=name: crash(spread, name) for name in SERVICES}  # type: ignore[misc]  # a default binds the name
    victims |= {"RabbitMQ": lambda: server(rabbit_server), "MongoDB": lambda: server(mongo_server), "Valkey": valkey}

    def disturb() -> None:
        time.sleep(chance.uniform(0, 0.15))  # not a wait: it chooses the moment
        for name in chance.sample(sorted(victims), chance.randint(1, 2)):
            victims[name]()

    give_disturbed(spread, dict.fromkeys(STEPS, disturb), may_cut_off_the_charge=True)
    see_nobody_told_twice(spread)
