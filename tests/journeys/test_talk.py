"""The chat beyond the simple gift, on real stores and both transports: another language, parts, registration."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.donor import introduce
from tests.journeys.system import System


def test_a_gift_in_shona(system: System) -> None:
    donor = system.outside.new_phone()
    donor.say("Mhoro")
    assert "[Kupa]" in donor.hears("Mauya ku")
    donor.tap("Kupa")
    for question, answer in (
        ("Zita renyu rizere", "Tariro Moyo"),
        ("Muri mudunhu ripi", "Manicaland"),
        ("Ungano kana guta", "Mutare"),
        ("chinangwa chipi", "kuvaka"),
        ("mari yakawanda sei", "20 usd"),
        ("kubhadhara sei", "EcoCash"),
        ("Tobhadharisa nhamba", "0771111111"),
        ("Tarisai", "hongu"),
    ):
        donor.hears(question)
        donor.say(answer)
    donor.hears("isa PIN yenyu")
    assert "Chinangwa: Kuvaka" in donor.hears("Tatenda, Tariro")
    donor.say("nhoroondo")
    assert "zvabhadharwa" in donor.hears("Mibhadharo yenyu")


def test_a_gift_above_the_limit_arrives_in_parts(system: System) -> None:
    donor = system.outside.new_phone()
    introduce(donor)
    donor.hears("How much")
    donor.say("960.50 usd")
    donor.hears("like to pay")
    donor.tap("EcoCash")
    assert "USD 480.00, USD 240.25, USD 240.25" in donor.hears("3 parts")
    donor.tap("In parts")
    donor.hears("should we charge")
    donor.say("0771111111")
    donor.hears("Please check")
    donor.tap("Confirm")
    donor.hears("enter your PIN")
    assert "Receipt" in donor.hears("Part 2 of 3")
    donor.tap("Send it")
    donor.hears("Part 3 of 3")
    donor.tap("Send it")
    donor.hears("All 3 parts have arrived: *USD 960.50*")
    paid = [one for one in system.outside.transactions() if one["amount"] in {"480.00", "240.25"}]
    assert {one["status"] for one in paid} == {"Paid"}


def test_registering_again_shows_the_record(system: System) -> None:
    volunteer = system.outside.new_phone()
    volunteer.say("register")
    volunteer.hears("fill in this form")
    volunteer.say("register")
    for question, answer in (
        ("full name", "Tendai Ncube"),
        ("e-mail", "tendai@example.org"),
        ("province", "Bulawayo"),
        ("congregation", "Bulawayo West"),
        ("help with", "welder, IT and support"),
        ("you agree", "confirm"),
    ):
        volunteer.hears(question)
        volunteer.say(answer)
    volunteer.hears("You are registered")
    volunteer.say("register")
    assert "welder, IT and support" in volunteer.hears("tendai@example.org")


def test_who_gets_no_form_registers_in_the_chat(embedded: System) -> None:
    """The business has one blocked form, and one whose id is wrong (WhatsApp contract 4.2)."""
    for code in (132068, 131009):
        volunteer = embedded.outside.new_phone()
        volunteer.say("mhoro")
        volunteer.hears("Mauya ku")
        embedded.outside.whatsapp_fault(effect="code", code=code, phone=volunteer.number, times=1)
        volunteer.say("nyoresa")
        assert "[Nyoresa]" in volunteer.hears("Sarudzai:")
        volunteer.tap("Nyoresa")
        volunteer.hears("Zita renyu rizere")
    assert embedded.outside.whatsapp_faults() == []


def test_a_session_is_warned_paused_and_taken_up_though_the_process_was_killed(tmp_path: Path, mongo_url: str) -> None:
    """The timer stands in the session: who lives when it is due makes the call (decision 0002)."""
    with System(tmp_path, mongo_url, SESSION_WARN_SECONDS="3", SESSION_PAUSE_SECONDS="5") as system:
        donor = system.outside.new_phone()
        introduce(donor)
        donor.hears("How much")
        system.kill("all")
        system.start("all")
        donor.hears("Are you still there?")
        assert "[Continue]" in donor.hears("put this aside")
        donor.tap("Continue")
        donor.hears("How much")
        donor.say("20 usd")
        donor.hears("like to pay")
