"""Mutual credit from both members' phones, over the whole system and the credex-core stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.journeys.phone import Phone
from tests.journeys.system import System

TARIRO, THEMBA, CHIPO = "+263771111111", "+263772222222", "+263773333333"
HANDLES = {number: number.removeprefix("+") for number in (TARIRO, THEMBA, CHIPO)}


@pytest.fixture(scope="module")
def shared_system(tmp_path_factory: pytest.TempPathFactory, mongo_url: str) -> Iterator[System]:
    """One system for all of these; the core is patient with us, and we are not with it."""
    folder = tmp_path_factory.mktemp("credex")
    fast = {"CREDEX_SANDBOX_LIMIT": "0", "CREDEX_REQUESTS_PER_MINUTE": "10000"}
    with System(folder, mongo_url, CREDEX_TIMEOUT_SECONDS="2", CREDEX_DELAYED_SECONDS="1", **fast) as system:
        yield system


class Core:
    """The credex-core stand-in, as its admin page moves it."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def post(self, path: str, **body: Any) -> None:
        self._http.post(path, json=body).raise_for_status()

    def disarm(self) -> None:
        self._http.delete("faults").raise_for_status()

    def offers(self) -> list[dict[str, Any]]:
        """Every credex but those of the trust."""
        found = self._http.get("state").json()["credexes"]
        return [one for one in found if one["issuer"] != "Great Sun Trust"]


@pytest.fixture
def core(shared_system: System) -> Iterator[Core]:
    """As it is at first."""
    with httpx.Client(base_url=f"{shared_system.sandbox}/credex/_sim/", timeout=30) as http:
        core = Core(http)
        core.post("reset")
        core.disarm()
        yield core


@pytest.fixture
def tariro(shared_system: System, core: Core) -> Phone:
    """Tier Open."""
    return at_home(shared_system, TARIRO)


@pytest.fixture
def themba(shared_system: System, core: Core) -> Phone:
    """Tier Verified."""
    return at_home(shared_system, THEMBA)


@pytest.fixture
def chipo(shared_system: System, core: Core) -> Phone:
    """Tier Entrepreneur."""
    return at_home(shared_system, CHIPO)


def at_home(system: System, number: str) -> Phone:
    """A phone whose dashboard was just shown: the core gives everybody new ids when it forgets."""
    phone = system.outside.phone(number)
    phone.say("cancel")
    phone.hears("")
    phone.say("home")
    phone.hears("Net position")
    return phone


def offers(phone: Phone, text: str, answer: str = "stands") -> None:
    """A shortcut, confirmed."""
    phone.say(text)
    phone.hears("Please check")
    phone.tap("Confirm")
    phone.hears(answer)


def test_a_stranger_joins_and_sees_the_dashboard(shared_system: System, core: Core) -> None:
    stranger = shared_system.outside.new_phone()
    stranger.say("home")
    stranger.hears("does not know you yet")
    stranger.tap("Join credex")
    stranger.hears("first name")
    stranger.say("Nyasha")
    stranger.hears("last name")
    stranger.say("Banda")
    stranger.hears("*Nyasha Banda*")
    stranger.tap("Confirm")
    stranger.hears("Welcome to credex, Nyasha")
    stranger.tap("Credex")
    assert "USD 10.00" in stranger.hears("You may still offer today")


def test_a_shortcut_is_offered_told_accepted_and_told(tariro: Phone, themba: Phone, core: Core) -> None:
    offers(tariro, f"0.5=>{HANDLES[THEMBA]}")
    told = themba.hears("Tariro Moyo Personal offers you *USD 0.50*")
    assert "[Accept] [Decline]" in told
    themba.tap("Accept")
    themba.hears("Accepted: *USD 0.50*")
    tariro.hears("Themba Ndlovu Personal accepted your offer of *USD 0.50*")
    assert [one["amount"] for one in core.offers()] == ["0.50 USD"]


def test_a_promise_with_and_without_a_date_and_outside_of_the_days(themba: Phone, tariro: Phone) -> None:
    today = datetime.now(UTC).date()
    handle = HANDLES[TARIRO]
    for days, words in ((3, "too early"), (40, "too late")):
        themba.say(f"5->{handle}={today + timedelta(days=days)}")
        themba.hears(words)
    offers(themba, f"5->{handle}={today + timedelta(days=10)}")
    assert "due on" in tariro.hears("offers you *USD 5.00*")
    offers(themba, f"6->{handle}")
    tariro.hears("offers you *USD 6.00*")


def test_a_promise_of_the_lowest_tier_is_told_what_would_allow_it(tariro: Phone, core: Core) -> None:
    tariro.say(f"5->{HANDLES[THEMBA]}")
    tariro.hears("need the Verified tier")
    tariro.say("5=>no_such_handle")
    tariro.hears("no account with that handle")
    tariro.say("cancel")
    tariro.hears("Cancelled")
    tariro.say("5=>")
    tariro.hears("comes a handle")
    assert core.offers() == []


def test_what_is_declined_is_told_and_an_old_button_says_so(tariro: Phone, themba: Phone) -> None:
    offers(tariro, f"1=>{HANDLES[THEMBA]}")
    themba.hears("offers you *USD 1.00*")
    notice = themba.last
    themba.tap("Decline")
    themba.hears("Declined")
    tariro.hears("declined your offer of *USD 1.00*")
    themba.last = notice
    themba.tap("Accept")
    themba.hears("no longer open")


def test_cancel_at_the_confirmation_creates_nothing_and_a_double_tap_one_offer(tariro: Phone, core: Core) -> None:
    tariro.say(f"2=>{HANDLES[THEMBA]}")
    tariro.hears("Please check")
    summary = tariro.last
    tariro.tap("Cancel")
    tariro.hears("Cancelled")
    tariro.last = summary
    tariro.tap("Confirm")
    tariro.hears("")
    assert core.offers() == []
    tariro.say(f"2=>{HANDLES[THEMBA]}")
    tariro.hears("Please check")
    tariro.tap("Confirm")
    tariro.tap("Confirm")
    tariro.hears("stands")
    assert len(core.offers()) == 1


def test_an_offer_is_taken_back_and_the_other_side_told(tariro: Phone, themba: Phone) -> None:
    offers(tariro, f"1.25=>{HANDLES[THEMBA]}")
    themba.hears("offers you *USD 1.25*")
    tariro.say("my offers")
    tariro.hears("You offer *USD 1.25*")
    tariro.tap("Take it back")
    tariro.hears("taken back")
    themba.hears("took back the offer of *USD 1.25*")


def test_an_expired_token_in_the_middle_of_an_offer_is_never_seen(tariro: Phone, core: Core) -> None:
    tariro.say(f"2=>{HANDLES[THEMBA]}")
    tariro.hears("Please check")
    core.post("clock", advance=3 * 24 * 3600)
    tariro.tap("Confirm")
    tariro.hears("stands")
    assert len(core.offers()) == 1


@pytest.mark.parametrize(
    "fault",
    [{"effect": "answer", "status": 502}, {"effect": "reset_before", "times": 3}],
    ids=["html", "down"],
)
def test_while_the_core_is_away_it_is_said_and_nothing_is_changed(
    tariro: Phone, core: Core, fault: dict[str, Any]
) -> None:
    core.post("faults", **({"times": None} | fault))
    tariro.say("home")
    tariro.hears("cannot be reached just now")
    core.disarm()


def test_a_slow_core_and_one_with_too_many_requests_get_a_kind_word_and_one_offer(tariro: Phone, core: Core) -> None:
    core.post("faults", effect="answer", path="createCredex", status=429, body="Too many requests", retry_after=2)
    offers(tariro, f"1=>{HANDLES[THEMBA]}", "takes a little longer")
    tariro.hears("stands")
    core.post("faults", effect="hang_after", path="createCredex", seconds=10)
    offers(tariro, f"2=>{HANDLES[THEMBA]}", "do not know yet")
    tariro.hears("We have found out", 40)
    assert sorted(one["amount"] for one in core.offers()) == ["1.00 USD", "2.00 USD"]
