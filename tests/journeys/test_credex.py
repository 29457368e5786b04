"""Mutual credit from both members' phones, over the whole system and the credex-core stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import redis

from tests.journeys.pages import Pages
from tests.journeys.phone import Phone
from tests.journeys.system import System
from tests.journeys.waiting import eventually

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

    def __init__(self, http: httpx.Client, key: str) -> None:
        self._http, self._key = http, key

    def post(self, path: str, /, **body: Any) -> None:
        self._http.post(path, json=body).raise_for_status()

    def call(self, phone: str, endpoint: str, **body: Any) -> dict[str, Any]:
        """What another client of this member asks of the core; the data of its answer."""
        key = {"x-client-api-key": self._key}
        entered = self._http.post("../login", json={"phone": HANDLES[phone]}, headers=key).json()
        token = entered["data"]["action"]["details"]["token"]
        answer = self._http.post(f"../{endpoint}", json=body, headers=key | {"Authorization": f"Bearer {token}"})
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()["data"]
        return found

    def offer(self, issuer: str, receiver: str, amount: str) -> None:
        """A secured offer that another client makes."""
        ids = [
            self.call(issuer, "getAccountByHandle", accountHandle=HANDLES[phone])["action"]["id"]
            for phone in (issuer, receiver)
        ]
        terms = {"InitialAmount": amount, "Denomination": "USD", "securedCredex": True}
        kind = {"credexType": "PURCHASE", "OFFERSorREQUESTS": "OFFERS"}
        self.call(issuer, "createCredex", issuerAccountID=ids[0], receiverAccountID=ids[1], **terms, **kind)

    def disarm(self) -> None:
        self._http.delete("faults").raise_for_status()

    def offers(self) -> list[dict[str, Any]]:
        """Every credex but those of the trust."""
        found = self._http.get("state").json()["credexes"]
        return [one for one in found if one["issuer"] != "Great Sun Trust"]


@pytest.fixture
def core(shared_system: System) -> Iterator[Core]:
    """As it is at first; nobody has talked so much yet that WhatsApp's limit of a pair holds the answers up."""
    valkey = redis.Redis.from_url(shared_system.environment["REDIS_URL"])
    for bucket in valkey.scan_iter("notifier:pair:*"):
        valkey.delete(bucket)
    valkey.close()
    httpx.post(f"{shared_system.sandbox}/graph/_sim/reset").raise_for_status()
    with httpx.Client(base_url=f"{shared_system.sandbox}/credex/_sim/", timeout=30) as http:
        core = Core(http, shared_system.environment["CLIENT_API_KEY"])
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


def test_what_members_trade_is_in_the_books_of_finance_without_them(
    tariro: Phone, themba: Phone, shared_system: System, core: Core
) -> None:
    offers(tariro, f"0.73=>{HANDLES[THEMBA]}")
    themba.hears("offers you *USD 0.73*")
    themba.tap("Accept")
    themba.hears("Accepted: *USD 0.73*")
    [offer] = core.offers()

    def posted() -> list[list[str]]:
        lines = shared_system.ruvimbo("ledger", "export").stdout.splitlines()
        return [line.split(",")[:8] for line in lines if offer["id"] in line]

    rows = eventually(posted, "the credex is in the ledger")
    assert [(row[0], row[3], *row[5:]) for row in rows] == [
        ("credex:USD", "credex.offer_accepted", "credex:USD:received", "0.73", ""),
        ("credex:USD", "credex.offer_accepted", "credex:USD:given", "", "0.73"),
    ]
    assert shared_system.ruvimbo("ledger", "verify").returncode == 0
    staff = shared_system.outside.phone("+263773000001")
    staff.say("hi")
    staff.hears("")
    pages = Pages(shared_system, staff)
    assert "Credex between members" in pages.get("/finance").text
    pages.close()


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


def test_all_of_12_are_accepted_but_for_two_that_fail(
    tariro: Phone, themba: Phone, core: Core, shared_system: System
) -> None:
    for number in range(12):
        core.offer(TARIRO, THEMBA, f"0.{number + 10}")
    themba.say("offers")
    assert "Accept all (12)" in themba.hears("12 offers to Themba Ndlovu Personal")
    themba.tap("Accept all (12)")
    themba.hears("USD 1.86")
    for one in core.offers()[:2]:
        core.call(TARIRO, "cancelCredex", credexID=one["id"])
    themba.tap("Accept all")
    told = themba.hears("10 of 12 offers are accepted")
    assert told.count("Tariro Moyo Personal: accepted") == 10
    assert told.count("no longer open") == 2


def test_history_over_three_pages(tariro: Phone, core: Core) -> None:
    for number in range(14):  # and the two that everybody begins with
        core.post("fund", handle=HANDLES[TARIRO], denomination="USD", amount=f"{number + 1}")
    tariro.say("credex history")
    tariro.hears("page 1")
    tariro.tap("Older")
    tariro.hears("page 2")
    tariro.tap("Older")
    last = tariro.hears("page 3")
    assert "[Newer] [Done]" in last
    assert "[Older]" not in last
    tariro.tap("USD")
    assert "State: accepted" in tariro.hears("from Great Sun Trust")
    tariro.tap("Back to the list")
    tariro.hears("page 3")
    tariro.tap("Newer")
    tariro.hears("page 2")


def test_a_business_account_a_member_of_it_and_who_is_told(
    chipo: Phone, themba: Phone, tariro: Phone, core: Core
) -> None:
    chipo.say("new account")
    chipo.hears("called")
    chipo.say("Dube Bakery")
    chipo.hears("Which handle")
    chipo.say("dube_bakery")
    chipo.hears("denomination")
    chipo.tap("USD")
    chipo.hears("*Dube Bakery*")
    chipo.tap("Confirm")
    chipo.hears("is open")
    chipo.say("members")
    chipo.hears("For which account")
    chipo.say("Dube Bakery")
    chipo.hears("May act for Dube Bakery")
    chipo.tap("Add somebody")
    chipo.hears("Whom")
    chipo.say(HANDLES[THEMBA])
    chipo.hears("May *Themba Ndlovu* act")
    chipo.tap("Yes")
    chipo.hears("may act for the account now")
    chipo.say("notices")
    chipo.hears("For which account")
    chipo.say("Dube Bakery")
    chipo.hears("Who shall be told")
    chipo.tap("Themba Ndlovu")
    chipo.hears("is told of offers")
    offers(tariro, "1=>dube_bakery")
    themba.hears("offers you *USD 1.00*")
    themba.tap("Accept")
    themba.hears("Accepted: *USD 1.00*")


def test_an_upgrade_is_consented_to_and_charged_once(tariro: Phone, core: Core) -> None:
    tariro.say("upgrade")
    tariro.hears("*USD 1.00*")
    tariro.tap("Pay USD 1.00")
    tariro.hears("Hustler tier now")
    tariro.say("upgrade")
    tariro.hears("highest tier that can be bought")
    assert [one["amount"] for one in core.offers()] == ["1.00 USD"]


def test_too_many_requests_and_a_lost_answer_make_one_offer_each(tariro: Phone, core: Core) -> None:
    core.post("faults", effect="answer", path="createCredex", status=429, body="Too many requests", retry_after=2)
    offers(tariro, f"1=>{HANDLES[THEMBA]}", "takes a little longer")
    tariro.hears("stands")
    core.post("faults", effect="hang_after", path="createCredex", seconds=10)
    offers(tariro, f"2=>{HANDLES[THEMBA]}", "do not know yet")
    tariro.hears("We have found out", 40)
    assert sorted(one["amount"] for one in core.offers()) == ["1.00 USD", "2.00 USD"]


@pytest.mark.parametrize(
    "fault",
    [{"effect": "answer", "status": 502}, {"effect": "reset_before"}, {"effect": "hang_before", "seconds": 30}],
    ids=["html", "down", "slow"],
)
def test_while_the_core_is_away_a_kind_word_is_said_and_the_answer_comes_when_it_is_back(
    chipo: Phone, core: Core, fault: dict[str, Any]
) -> None:
    """Last in the file: the breaker around the core stays open for a while."""
    core.post("faults", times=None, **fault)
    chipo.say("home")
    chipo.hears("takes a little longer")
    core.disarm()
    chipo.hears("Net position")
