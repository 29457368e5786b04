"""Receipts that staff correct: a new one takes the place of the old one, and no money moves."""

from __future__ import annotations

import argparse
import base64
from typing import Any

import aiohttp
import pytest

from services.payments import receipt_commands
from services.payments.domain.receipt import Receipt
from services.payments.settings import read_receipt_key
from services.payments.store import RECEIPTS
from services.payments.tests.test_receipt_documents import text_of
from services.payments.tests.world import SUCCESS, TARIRO, World, receipt_key_file
from shared.contracts.conversation import ErasureRequested
from shared.contracts.payments import (
    CorrectionRefused,
    CorrectReceipt,
    MakeReceiptDocument,
    PaymentChecked,
    PaymentDisputed,
    PaymentSettled,
    ReceiptDocumentMade,
    ReceiptIssued,
    ReceiptVerified,
    VerifyReceipt,
)
from shared.http.files import FILES
from shared.http.inside import TOKEN_HEADER
from shared.kernel.ids import MemberId
from shared.kernel.money import Money

RUDO = MemberId("M-RUDO")
FIRST, SECOND, THIRD = (f"2026-00000{number}" for number in (1, 2, 3))
OWN_WORDS = "Aunt Canarina's roof"


async def settled(world: World, **more: Any) -> None:
    await world.give(SUCCESS, **more)
    await world.pass_time(10)
    await world.only(ReceiptIssued)


def correction(number: str = FIRST, **change: Any) -> CorrectReceipt:
    asked = {"receipt_number": number, "what": "name", "value": "Tariro Moyo-Dube", "by": RUDO}
    return CorrectReceipt.model_validate(asked | change)


async def correct(world: World, number: str = FIRST, **change: Any) -> ReceiptIssued:
    """Correct it; the receipt that came of it, also when chaos made a first publish fail."""
    before = len(world.harness.all(ReceiptIssued))
    await world.harness.say(correction(number, **change))
    await world.harness.advance(30)
    [*_, issued] = world.harness.all(ReceiptIssued)
    assert len(world.harness.all(ReceiptIssued)) == before + 1
    return issued


def stored(world: World) -> dict[str, Receipt]:
    receipts = [Receipt.model_validate(document.state) for document in world.harness.documents("payments", RECEIPTS)]
    return {receipt.code: receipt for receipt in receipts}


async def verified(world: World, code: str) -> ReceiptVerified:
    await world.harness.say(VerifyReceipt(code=code, asked_by=RUDO))
    return world.harness.last(ReceiptVerified)


async def test_a_corrected_name_is_on_a_new_receipt_that_names_the_old_one(world: World) -> None:
    await settled(world)
    old = stored(world)[FIRST]

    issued = await correct(world)

    assert (issued.receipt_number, issued.replaces, issued.corrected_by) == (SECOND, FIRST, RUDO)
    assert (issued.payer, issued.payer_name, issued.amount) == (TARIRO, "Tariro Moyo-Dube", Money.of("20", "USD"))
    assert issued.verify_url is not None
    assert issued.verify_url.endswith(f"/verify/{SECOND}")
    receipts = stored(world)
    assert receipts == {FIRST: old, SECOND: receipts[SECOND]}
    assert receipts[SECOND].replaces == FIRST
    await world.harness.say(MakeReceiptDocument(payment_id=issued.payment_id, payer=TARIRO))
    assert world.harness.last(ReceiptDocumentMade).receipt_number == SECOND
    [kept] = world.harness.documents("payments", FILES)
    text = text_of(base64.b64decode(kept.state["content"]))
    for said in ("CORRECTED RECEIPT", f"No. {SECOND}", "In place of", f"No. {FIRST}", "Tariro Moyo-Dube"):
        assert said in text


async def test_nothing_is_charged_or_settled_again_and_the_trail_tells_who_corrected_what(world: World) -> None:
    await settled(world)
    before = await world.payment()

    await correct(world, what="purpose", value="Construction")

    after = await world.payment()
    assert len(await world.at_paynow()) == len(world.harness.all(PaymentSettled)) == 1
    changed = {"purpose", "replaced_receipts", "trail"}
    assert after.model_dump(exclude=changed) == before.model_dump(exclude=changed)
    assert after.trail[-1].cause == f"receipt {FIRST}: purpose corrected by M-RUDO"
    await world.check(after)
    assert world.harness.last(PaymentChecked).receipt_number == SECOND


async def test_a_corrected_purpose_is_told_with_the_one_before_and_holds_from_then_on(world: World) -> None:
    await settled(world)

    issued = await correct(world, what="purpose", value="Construction")

    assert (issued.purpose, issued.purpose_before) == ("Construction", "Youth Conference")
    await world.force("Disputed")
    await world.pass_time(5)
    assert (await world.only(PaymentDisputed)).purpose == "Construction"


async def test_both_receipts_are_true_and_each_names_the_other(world: World) -> None:
    await settled(world)
    await correct(world, what="purpose", value="Construction")
    receipts = stored(world)

    for number, purpose, replaces, replaced_by in (
        (FIRST, "Youth Conference", None, SECOND),
        (SECOND, "Construction", FIRST, None),
    ):
        for code in (number, receipts[number].signed):
            told = await verified(world, code)
            assert (told.receipt_number, told.purpose) == (number, purpose)
            assert (told.replaces, told.replaced_by) == (replaces, replaced_by)


async def test_a_corrected_receipt_may_be_corrected_in_its_turn(world: World) -> None:
    await settled(world)
    await correct(world)

    issued = await correct(world, SECOND, what="purpose", value="Construction")

    assert (issued.receipt_number, issued.replaces, issued.payer_name) == (THIRD, SECOND, "Tariro Moyo-Dube")
    told = await verified(world, SECOND)
    assert (told.replaces, told.replaced_by) == (FIRST, THIRD)


async def test_of_two_corrections_at_once_one_holds(world: World) -> None:
    await settled(world)

    await world.harness.say(correction(), correction(value="Tariro Ncube", by=MemberId("M-FARAI")))
    await world.harness.advance(30)

    assert [issued.replaces for issued in world.harness.all(ReceiptIssued)] == [None, FIRST]
    assert (await world.only(CorrectionRefused)).rule == "replaced"
    assert set(stored(world)) == {FIRST, SECOND}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"receipt_number": "2026-000009"}, "unknown"),
        ({"by": TARIRO}, "own_payment"),
        ({"value": "Tariro Moyo"}, "says_so"),
        ({"what": "purpose", "value": "Youth Conference"}, "says_so"),
    ],
)
async def test_what_cannot_be_corrected_so_is_refused(world: World, change: dict[str, Any], rule: str) -> None:
    await settled(world)
    before = await world.payment()

    await world.harness.say(correction(**change))

    refused = await world.only(CorrectionRefused)
    assert (refused.rule, refused.by) == (rule, change.get("by", RUDO))
    assert await world.payment() == before
    assert set(stored(world)) == {FIRST}


@pytest.mark.parametrize("word", ["Disputed", "Refunded"])
async def test_money_that_is_not_ours_any_more_gets_no_new_receipt(world: World, word: str) -> None:
    await settled(world)
    await world.force(word)
    await world.pass_time(5)

    await world.harness.say(correction())

    assert (await world.only(CorrectionRefused)).rule == "not_settled"


async def test_who_was_forgotten_stays_so_on_every_receipt_and_every_paper_stays_true(world: World) -> None:
    await settled(world, purpose=OWN_WORDS)
    await correct(world, what="purpose", value=f"{OWN_WORDS} again")
    papers = {number: receipt.signed for number, receipt in stored(world).items()}

    await world.harness.say(ErasureRequested(member=TARIRO, at=world.harness.clock.now()))
    await world.harness.say(correction(SECOND))

    assert (await world.only(CorrectionRefused)).rule == "payer_forgotten"
    assert (await world.payment()).payer_name == ""
    assert [receipt.purpose for receipt in stored(world).values()] == ["Other", "Other"]
    for number, paper in papers.items():
        assert (await verified(world, paper)).receipt_number == number


async def test_the_page_of_each_receipt_leads_to_the_other_and_names_nobody(
    world: World, page: aiohttp.ClientSession
) -> None:
    await settled(world)
    await correct(world)
    receipts = stored(world)

    for number, title, leads_to in (
        (FIRST, "This receipt was true and has been replaced", f"taken its place: {link(SECOND)}"),
        (SECOND, "This receipt is true", f"In place of</dt><dd>{link(FIRST)}"),
    ):
        for code in (number, receipts[number].signed):
            async with page.get(f"/verify/{code}", headers={TOKEN_HEADER: "test"}) as answer:
                text = await answer.text()
                assert answer.status == 200
            assert f"<h1>{title}</h1>" in text
            assert leads_to in text
            assert "Tariro" not in text
            assert RUDO not in text


def link(number: str) -> str:
    return f'<a href="{number}">{number}</a>'


async def test_the_command_tells_offline_what_a_receipt_replaces_and_what_it_cannot_know(world: World) -> None:
    await settled(world)
    await correct(world)
    key = base64.b64encode(read_receipt_key(receipt_key_file()).public_key().public_bytes_raw()).decode()
    parser = argparse.ArgumentParser()
    receipt_commands.add_to(parser)
    told: dict[str, str] = {}
    for number, receipt in stored(world).items():
        said: list[str] = []
        arguments = parser.parse_args(["verify", receipt.signed, "--public-key", key])
        assert receipt_commands.run(arguments, said.append, receipt_key_file) == 0
        told[number] = "\n".join(said)

    assert "Replaces" not in told[FIRST]
    assert f"  Replaces {FIRST}" in told[SECOND]
    assert all("Whether a corrected receipt has taken its place since" in text for text in told.values())
