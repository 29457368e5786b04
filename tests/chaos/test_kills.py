"""`kill -9` in the middle of a gift, of every process in turn, on both transports."""

from __future__ import annotations

import pytest

from deploy.local.rabbit import RabbitServer
from shared.contracts.registry import SERVICES
from tests.chaos.gift import Moment, give_disturbed, see_nobody_told_twice, see_not_repeated
from tests.journeys.system import System
from tests.journeys.waiting import eventually


def crash(system: System, name: str) -> None:
    """The process dies and is started again."""
    system.kill(name)
    system.start(name)


STEPS: tuple[Moment, ...] = ("answered", "confirmed", "prompted", "paid")


@pytest.mark.parametrize("name", SERVICES)
def test_a_gift_survives_the_death_of_a_service_at_its_steps(spread: System, name: str) -> None:
    def die() -> None:
        crash(spread, name)

    steps = STEPS if name not in {"credex", "reporting"} else STEPS[1:4:2]  # those two only listen
    give_disturbed(spread, dict.fromkeys(steps, die), may_cut_off_the_charge=name == "payments")


def test_a_gift_survives_the_death_of_the_one_process_at_its_steps(embedded: System) -> None:
    def die() -> None:
        crash(embedded, "all")

    give_disturbed(embedded, dict.fromkeys(STEPS, die), may_cut_off_the_charge=True)


def test_a_gift_survives_the_death_of_the_broker(spread: System, rabbit_server: RabbitServer) -> None:
    def die() -> None:
        rabbit_server.kill()
        rabbit_server.start()

    give_disturbed(spread, {"confirmed": die, "prompted": die})


def test_a_receipt_whose_send_was_under_way_when_notifier_died_comes_once(spread: System) -> None:
    def slow_down() -> None:
        spread.outside.whatsapp_fault(effect="delay", seconds=2)

    def die_while_sending() -> None:
        eventually(lambda: not spread.outside.whatsapp_faults(), "the send is under way")
        crash(spread, "notifier")

    phone = give_disturbed(spread, {"prompted": slow_down, "paid": die_while_sending})
    see_not_repeated(spread, phone, "call whatsapp.send")
    see_nobody_told_twice(spread)
