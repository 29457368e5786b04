"""Receipts that people hold in their hands: the PDF, its QR, and the page and the command that tell a true one."""

from __future__ import annotations

import argparse
import base64
import io
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pypdf
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from services.payments import receipt_commands
from services.payments.adapters.receipt_page import ROOM_FOR_LABELS, draw_code, draw_receipt
from services.payments.adapters.receipt_words import WORDS
from services.payments.domain.receipt import Receipt, next_receipt
from services.payments.domain.receipt_code import Facts, asked_for, facts_of, read_signed, sign_receipt
from services.payments.domain.request import new_payment
from services.payments.settings import read_receipt_key
from services.payments.store import RECEIPTS
from services.payments.tests.world import SUCCESS, TARIRO, World, receipt_key_file, request
from services.payments.verify_page import headers_at
from shared.contracts.payments import (
    MakeReceiptDocument,
    ReceiptDocumentMade,
    ReceiptIssued,
    ReceiptVerified,
    VerifyReceipt,
)
from shared.http.files import FILES
from shared.http.inside import TOKEN_HEADER
from shared.kernel.errors import Misconfigured
from shared.kernel.ids import MemberId, PaymentId
from shared.kernel.languages import Language
from shared.kernel.money import Money
from shared.pdf.fonts import register, width

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.generate()


def receipt(amount: str = "121.50", purpose: str = "Youth Conference") -> Receipt:
    made = next_receipt(new_payment(request(amount=Money.of(amount, "USD"), purpose=purpose), NOW, None), None, NOW)
    made.signed = sign_receipt(made, KEY)
    return made


def text_of(pdf: bytes) -> str:
    [page] = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return page.extract_text()


def draw(made: Receipt, name: str = "Tariro Mōyo", language: Language = "en") -> bytes:
    return draw_receipt(made, name, "Ruvimbo Church", "https://give.example.org/verify/", language)


def test_the_page_says_all_that_a_receipt_must_say() -> None:
    text = text_of(draw(receipt().model_copy(update={"provider_reference": "31000001"})))

    for said in (
        "Ruvimbo Church",
        "No. 2026-000001",
        "USD 121.50",
        "One hundred and twenty-one US dollars and fifty cents",
        "Tariro Mōyo",
        "Youth Conference",
        "EcoCash",
        "24 November 2026",
        "31000001",
        receipt().payment_id,
    ):
        assert said in text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("sn", ("RISITI", "Nhamba 2026-000001", "Zuva", "24 Mbudzi 2026", "Chinangwa", "ndeyechokwadi here?")),
        ("nd", ("IRISIDI", "Inombolo 2026-000001", "Usuku", "24 Lwezi 2026", "Injongo", "iqinisile na?")),
    ],
)
def test_the_labels_are_in_the_donor_s_language_and_what_proves_it_is_the_same(
    language: Language, words: tuple[str, ...]
) -> None:
    made = receipt()
    english, text = text_of(draw(made)), text_of(draw(made, language=language))

    for said in (*words, "USD 121.50", "One hundred and twenty-one US dollars", "Tariro Mōyo", "Youth Conference"):
        assert said in text, said
    assert made.payment_id in text
    for label in ("RECEIPT", "Received from", "Paid by", "Issued", "November", "Is this receipt true?"):
        assert label in english, label
        assert label not in text, label
    assert made.signed.encode() in draw(made, language=language)


def test_the_labels_of_every_language_have_room_beside_what_they_label() -> None:
    register()
    for words in WORDS.values():
        labels = (words.replaces, words.date, words.payer, words.purpose, words.method, words.reference)
        for label in (*labels, words.payment, words.issued):
            assert width(label, 9) < ROOM_FOR_LABELS, label


def test_the_same_receipt_is_the_same_file() -> None:
    assert draw(receipt()) == draw(receipt())


@settings(max_examples=40, deadline=None)
@given(name=st.text(max_size=300), purpose=st.text(max_size=600))
def test_no_name_and_no_purpose_breaks_the_page(name: str, purpose: str) -> None:
    pdf = draw(receipt(purpose=purpose), name)

    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 1
    assert len(pdf) < 200_000


def test_a_purpose_without_end_still_fits_into_the_code() -> None:
    made = receipt(purpose="😀" * 5000)

    assert draw(made)
    facts = read_signed(made.signed, KEY.public_key())
    assert facts is not None
    assert len(facts.purpose) == 100


def test_a_picture_of_a_code_is_a_png() -> None:
    assert draw_code("701234567").startswith(b"\x89PNG\r\n")
    assert draw_code("701234567") == draw_code("701234567")


@given(
    purpose=st.text(max_size=80),
    cents=st.integers(1, 10**9),
    currency=st.sampled_from(["USD", "ZWG"]),
    replaces=st.none() | st.just("2025-000007"),
)
def test_what_is_signed_is_read_back_and_names_nobody(
    purpose: str, cents: int, currency: str, replaces: str | None
) -> None:
    amount = Money.from_minor(cents, currency)
    made = receipt().model_copy(update={"purpose": purpose, "amount": amount, "replaces": replaces})
    signed = sign_receipt(made, KEY)

    assert read_signed(signed, KEY.public_key()) == facts_of(made)
    assert asked_for(f"https://give.example.org/verify/{signed}") == (made.code, signed)
    assert "Tariro" not in base64.b64decode(signed.split(".")[1] + "==", altchars=b"-_").decode()


@given(st.integers(0, 300), st.characters(codec="ascii"))
def test_a_payload_with_anything_changed_is_not_true(place: int, other: str) -> None:
    signed = receipt().signed
    place %= len(signed)
    changed = signed[:place] + other + signed[place + 1 :]

    facts = read_signed(changed, KEY.public_key())
    # The last character of base64 has bits that mean nothing.
    assert facts is None or facts == facts_of(receipt())


def test_another_key_proves_nothing() -> None:
    assert read_signed(receipt().signed, Ed25519PrivateKey.generate().public_key()) is None


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("2026-000001", "2026-000001"),
        ("  2026-1000000 ", "2026-1000000"),
        ("https://give.example.org/verify/2026-000001", "2026-000001"),
        ("2026-1", None),
        ("", None),
        ("'; drop", None),
        ("R1.abc.def", None),
        ("R1." + "A" * 40 + "." + "A" * 86, None),
        ("²026-000001", None),
    ],
)
def test_people_ask_by_number_or_address(code: str, number: str | None) -> None:
    asked = asked_for(code)

    assert (asked[0] if asked else None) == number


async def settled(world: World) -> ReceiptIssued:
    await world.give(SUCCESS)
    await world.pass_time(10)
    return await world.only(ReceiptIssued)


async def test_a_receipt_is_verified_in_the_chat_by_number_address_and_payload(world: World) -> None:
    issued = await settled(world)
    assert issued.verify_url is not None
    [document] = world.harness.documents("payments", RECEIPTS)

    for code in (issued.receipt_number, issued.verify_url, document.state["signed"]):
        await world.harness.say(VerifyReceipt(code=code, asked_by=TARIRO))
        told = world.harness.last(ReceiptVerified)
        assert (told.code, told.receipt_number, told.amount, told.purpose, told.issued_at) == (
            code,
            "2026-000001",
            Money.of("20", "USD"),
            "Youth Conference",
            issued.issued_at,
        )


async def test_what_we_did_not_issue_is_not_true_even_with_our_key(world: World) -> None:
    await settled(world)
    key = read_receipt_key(receipt_key_file())
    [document] = world.harness.documents("payments", RECEIPTS)
    true = Receipt.model_validate(document.state)
    dearer = sign_receipt(true.model_copy(update={"amount": Money.of("2000", "USD")}), key)

    for code in ("2026-000002", "nonsense", dearer, sign_receipt(true, KEY)):
        await world.harness.say(VerifyReceipt(code=code, asked_by=TARIRO))
        told = world.harness.last(ReceiptVerified)
        assert (told.code, told.receipt_number, told.amount) == (code, None, None)


async def test_a_document_is_made_on_request_and_kept_once(world: World) -> None:
    issued = await settled(world)
    for _ in range(2):
        await world.harness.say(MakeReceiptDocument(payment_id=issued.payment_id, payer=TARIRO))

    made = world.harness.last(ReceiptDocumentMade)
    assert made.file is not None
    assert (made.receipt_number, made.file.name) == ("2026-000001", "receipt-2026-000001.pdf")
    [kept] = world.harness.documents("payments", FILES)
    assert "Tariro Moyo" in text_of(base64.b64decode(kept.state["content"]))
    assert made.file.size == len(base64.b64decode(kept.state["content"]))
    [document] = world.harness.documents("payments", RECEIPTS)
    assert document.outcalls == []


@pytest.mark.parametrize("payer", [TARIRO, MemberId("M-OTHER")])
async def test_there_is_no_document_without_a_receipt_or_for_somebody_else(world: World, payer: MemberId) -> None:
    issued = await settled(world)
    id = issued.payment_id if payer != TARIRO else PaymentId("P-NONE")

    await world.harness.say(MakeReceiptDocument(payment_id=id, payer=payer))

    made = await world.only(ReceiptDocumentMade)
    assert (made.receipt_number, made.file) == (None, None)


async def test_the_page_tells_what_a_true_receipt_says_and_whose_it_is_to_nobody(
    world: World, page: aiohttp.ClientSession
) -> None:
    await world.give(SUCCESS, purpose="<b>Roof</b> & walls")
    await world.pass_time(10)
    token = {TOKEN_HEADER: "test"}
    [document] = world.harness.documents("payments", RECEIPTS)

    for code in ("2026-000001", document.state["signed"]):
        async with page.get(f"/verify/{code}", headers=token) as answer:
            text = await answer.text()
            assert answer.status == 200
        assert "This receipt is true" in text
        assert "USD 20.00" in text
        assert "&lt;b&gt;Roof&lt;/b&gt; &amp; walls" in text
        assert "Tariro" not in text
    assert "script-src" not in answer.headers["content-security-policy"]
    async with page.get("/verify/2026-000009", headers=token) as answer:
        assert (answer.status, "This receipt is not known" in await answer.text()) == (404, True)
    async with page.get("/verify/2026-000001") as answer:
        assert answer.status == 403


@pytest.mark.parametrize(
    ("public_url", "by_tls_only"), [("https://give.example.org", True), ("http://127.0.0.1", False)]
)
def test_who_came_by_tls_comes_by_nothing_else_from_then_on(public_url: str, by_tls_only: bool) -> None:
    assert ("strict-transport-security" in headers_at(public_url)) == by_tls_only


def command(*arguments: str) -> tuple[int, str]:
    """What `ruvimbo receipts …` says, and its exit code."""
    parser = argparse.ArgumentParser()
    receipt_commands.add_to(parser)
    said: list[str] = []
    return receipt_commands.run(parser.parse_args(arguments), said.append, receipt_key_file), "\n".join(said)


def test_the_command_tells_true_from_false_offline(tmp_path: Path) -> None:
    key = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()
    pdf, text = tmp_path / "receipt.pdf", tmp_path / "receipt.txt"
    pdf.write_bytes(draw(receipt()))
    text.write_text(f"Scanned: https://give.example.org/verify/{receipt().signed}\nThank you")

    for given_ in (str(pdf), str(text), receipt().signed):
        code, said = command("verify", given_, "--public-key", key)
        assert code == 0
        assert "2026-000001" in said
        assert "USD 121.50 (one hundred and twenty-one US dollars and fifty cents)" in said
    other = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    assert command("verify", str(pdf), "--public-key", other) == (1, "NOT TRUE: this key has not signed this receipt.")
    assert command("verify", "2026-000001", "--public-key", key)[0] == 2


def test_the_command_prints_the_key_that_it_verifies_by(tmp_path: Path) -> None:
    code, said = command("public-key")
    assert code == 0
    public = tmp_path / "public.pem"
    public.write_text(said[: said.index("As one line")])
    made = receipt()
    signed = sign_receipt(made, read_receipt_key(receipt_key_file()))

    assert command("verify", signed, "--public-key", str(public))[0] == 0
    assert command("verify", signed, "--public-key", said.rpartition(" ")[2])[0] == 0
    with pytest.raises(Misconfigured, match="--public-key is no Ed25519 public key"):
        command("verify", signed, "--public-key", "nonsense")


def test_facts_are_those_of_the_receipt() -> None:
    assert facts_of(receipt()) == Facts(
        number="2026-000001", issued_on=NOW.date(), amount=Money.of("121.50", "USD"), purpose="Youth Conference"
    )
