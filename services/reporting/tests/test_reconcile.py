"""A statement against the books: every kind of exception, found once, worked off by two people where money moves."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from services.reporting.domain.exceptions import Correction, Finding, NotAllowed
from services.reporting.domain.reconcile import Known, finding_id, match, period_of
from services.reporting.domain.statement import Columns, NotAStatement, read_statement
from services.reporting.tests.books import NOW
from shared.kernel.ids import MemberId
from shared.kernel.money import Money

HEAD = "Date,Paynow Reference,Merchant Reference,Gross,Fee,Net,Method,Status\n"
DAY = date(2026, 11, 24)
ANNA, BEN = MemberId("M-anna"), MemberId("M-ben")


def line(reference: str, gross: str = "20.00", status: str = "Paid", day: str = "24/11/2026") -> str:
    return f'{day},"31,000,001",{reference},"{gross}",,,EcoCash,{status}\n'


def known(minor: int = 2000, state: str = "settled", currency: str = "USD", **other: object) -> Known:
    amount = Money.from_minor(minor, currency)
    given = {"method": "ecocash", "day": DAY, "posted": minor if state in {"settled", "refunded"} else 0, **other}
    return Known(amount=amount, state=state, **given)  # type: ignore[arg-type]  # a mix of tests' own words


def found(text: str, ours: dict[str, Known]) -> list[tuple[str, str]]:
    rows = list(read_statement((HEAD + text).encode(), "USD", Columns()))
    period = period_of(rows)
    assert period is not None
    return [(finding.type, finding.reference) for finding in match("USD", rows, ours, period, NOW).findings]


def test_what_fits_is_no_exception() -> None:
    ours = {"P-1": known(), "P-2": known(state="refunded"), "P-3": known(state="failed"), "P-4": known(method="manual")}
    assert found(line("P-1") + line("P-2", status="Awaiting  Delivery") + line("P-9", status="Cancelled"), ours) == []


@pytest.mark.parametrize(
    ("text", "ours", "type"),
    [
        (line("P-1"), {}, "missing_here"),
        (line("P-1"), {"P-1": known(state="expired")}, "missing_here"),
        (line("P-1", status="Sent"), {"P-1": known()}, "missing_there"),
        (line("P-1", "20.01"), {"P-1": known()}, "amount"),
        (line("P-1"), {"P-1": known(currency="ZWG")}, "currency"),
        (line("P-1") * 2, {"P-1": known()}, "duplicate"),
        (line("P-1", day="26/11/2026"), {"P-1": known()}, "late"),
        (line("P-9", status="Sent"), {"P-1": known(posted=0)}, "books_differ"),
    ],
)
def test_each_kind_of_exception_is_found(text: str, ours: dict[str, Known], type: str) -> None:
    assert [kind for kind, _ in found(text, ours)] == [type]


def test_midnight_is_not_late_and_days_around_are_not_missing() -> None:
    assert found(line("P-1", day="25/11/2026"), {"P-1": known(), "P-2": known()}) == []


def test_what_is_found_again_has_the_same_id() -> None:
    rows = list(read_statement((HEAD + line("P-1") + line("P-2")).encode(), "USD", Columns()))
    period = period_of(rows)
    assert period is not None
    first, second = match("USD", rows, {}, period, NOW).findings
    [again] = match("USD", rows[:1], {}, period, datetime(2027, 1, 1, tzinfo=NOW.tzinfo)).findings
    assert finding_id(again) == finding_id(first) != finding_id(second)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "lacks the column"),
        (b"Date,Gross,Status\n", "Merchant Reference"),
        (HEAD.encode() + b"24/11/2026,1,P-1,twenty,,,x,Paid\n", "Line 2 has no amount of USD"),
        (HEAD.encode() + b"24/11/2026,1,P-1,20.005,,,x,Paid\n", "Line 2 has no amount"),
        (HEAD.encode() + b"24/11/2026,1,P-1,NaN,,,x,Paid\n", "Line 2 has no amount"),
        (HEAD.encode() + b"24.11.26,1,P-1,20,,,x,Paid\n", "Line 2 has no date"),
        (HEAD.encode() + b'24/11/2026,1,"P-1"x,20,,,x,Paid\n', "is not CSV"),
        (b"\xff\xfe\x00D", "not UTF-8"),
    ],
)
def test_a_file_that_is_no_statement_says_what_is_wrong_and_where(text: bytes, says: str) -> None:
    with pytest.raises(NotAStatement, match=says):
        list(read_statement(text, "USD", Columns()))


def test_columns_are_found_by_their_headings_in_any_order() -> None:
    columns = Columns.parse("reference=Ref, gross=Amount")
    text = "\ufeffStatus;Amount;date;Ref\npaid;USD 1,234.50;2026-11-24;P-1\n;;;\n"
    [row] = read_statement(text.encode(), "USD", columns)
    assert (row.reference, row.gross, row.day, row.fee) == ("P-1", Money.of("1234.50", "USD"), DAY, None)
    with pytest.raises(ValueError, match="colour=Red"):
        Columns.parse("colour=Red")


def finding(**change: object) -> Finding:
    about = {"type": "amount", "currency": "USD", "reference": "P-1", "day": DAY, "found_at": NOW}
    return Finding.model_validate({**about, **change})


def correction(**change: object) -> Correction:
    about = {"debit": "bank", "credit": "provider:ecocash", "amount": Money.of("5", "USD"), "by": ANNA}
    return Correction.model_validate({**about, **change})


def test_an_entry_needs_a_second_person() -> None:
    open = finding()
    open.propose(ANNA, "The provider paid out.", correction(), NOW)
    with pytest.raises(NotAllowed, match="cannot confirm"):
        open.confirm(ANNA, NOW)
    with pytest.raises(NotAllowed, match="confirms or withdraws"):
        open.resolve(BEN, "It is fine.", NOW)
    assert open.confirm(BEN, NOW) == correction()
    assert (open.open, open.resolved_by, len(open.notes)) == (False, BEN, 1)
    for act in (lambda: open.confirm(BEN, NOW), lambda: open.resolve(BEN, "Again.", NOW)):
        with pytest.raises(NotAllowed, match="settled already"):
            act()


def test_an_entry_that_was_withdrawn_can_be_proposed_anew_and_nothing_is_forgotten() -> None:
    open = finding()
    open.propose(ANNA, "First.", correction(), NOW)
    open.withdraw(BEN, "Wrong account.", NOW)
    open.propose(BEN, "Better.", correction(by=BEN), NOW)
    open.confirm(ANNA, NOW)
    assert [note.text for note in open.notes] == ["First.", "Wrong account.", "Better."]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"debit": "pocket"}, "no account “pocket”"),
        ({"credit": "bank"}, "from one account to another"),
        ({"amount": Money.of("0", "USD")}, "above zero"),
        ({"amount": Money.of("5", "ZWG")}, "is in USD"),
    ],
)
def test_an_entry_that_cannot_be_is_refused(change: dict[str, object], says: str) -> None:
    with pytest.raises(NotAllowed, match=says):
        finding().propose(ANNA, "Because.", correction(**change), NOW)


def test_what_is_settled_says_why() -> None:
    with pytest.raises(NotAllowed, match="few words"):
        finding().resolve(ANNA, "  ", NOW)
    settled = finding()
    settled.resolve(ANNA, "Posted twice by the provider; they took it back.", NOW)
    assert not settled.open
