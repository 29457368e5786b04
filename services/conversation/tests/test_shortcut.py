"""The grammar of the one-line offers: good lines, bad lines, and every offer written and read again."""

from __future__ import annotations

import string
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.conversation.domain.credex import DENOMINATIONS
from services.conversation.domain.shortcut import NotAShortcut, Shortcut, is_meant, read_shortcut

TODAY = date(2026, 11, 25)
D31 = date(2026, 12, 31)

GOOD: list[tuple[str, str, str | None, bool, str, date | None]] = [
    ("0.5=>handle", "0.5", None, True, "handle", None),
    ("0.5->handle", "0.5", None, False, "handle", None),
    ("0.5->handle=2026-12-31", "0.5", None, False, "handle", D31),
    ("0.5 USD=>handle", "0.5", "USD", True, "handle", None),
    ("0.5USD=>handle", "0.5", "USD", True, "handle", None),
    ("USD 0.5=>handle", "0.5", "USD", True, "handle", None),
    ("USD0.5=>handle", "0.5", "USD", True, "handle", None),
    ("usd 0.5=>handle", "0.5", "USD", True, "handle", None),
    ("$0.5=>handle", "0.5", "USD", True, "handle", None),
    ("$ 0.5 => handle", "0.5", "USD", True, "handle", None),
    ("0.5$=>handle", "0.5", "USD", True, "handle", None),
    ("$5 usd=>handle", "5", "USD", True, "handle", None),
    ("us$5=>handle", "5", "USD", True, "handle", None),
    ("5 dollars=>handle", "5", "USD", True, "handle", None),
    ("5 us dollars=>handle", "5", "USD", True, "handle", None),
    ("100 zig=>handle", "100", "ZWG", True, "handle", None),
    ("100 ZiG=>handle", "100", "ZWG", True, "handle", None),
    ("ZWG 100.50->handle", "100.50", "ZWG", False, "handle", None),
    ("1 CAD=>handle", "1", "CAD", True, "handle", None),
    ("0.0125 XAU=>handle", "0.0125", "XAU", True, "handle", None),
    ("0.01 gold=>handle", "0.01", "XAU", True, "handle", None),
    ("1.234 cxx=>handle", "1.234", "CXX", True, "handle", None),
    ("cxx 1.234->handle", "1.234", "CXX", False, "handle", None),
    ("20=>handle", "20", None, True, "handle", None),
    ("20.00=>handle", "20.00", None, True, "handle", None),
    (".5=>handle", "0.5", None, True, "handle", None),
    ("+5=>handle", "5", None, True, "handle", None),
    ("007=>handle", "7", None, True, "handle", None),
    ("1,000=>handle", "1000", None, True, "handle", None),
    ("1,000.50=>handle", "1000.50", None, True, "handle", None),
    ("1,234,567.89=>handle", "1234567.89", None, True, "handle", None),
    ("1 000=>handle", "1000", None, True, "handle", None),
    ("1 000 usd=>handle", "1000", "USD", True, "handle", None),
    ("1 000.5=>handle", "1000.5", None, True, "handle", None),
    ("0.0001=>handle", "0.0001", None, True, "handle", None),
    ("  0.5  =>  handle  ", "0.5", None, True, "handle", None),
    ("0.5 -> handle = 2026-12-31", "0.5", None, False, "handle", D31),
    ("0.5\t=>\thandle", "0.5", None, True, "handle", None),
    ("0.5\u00a0USD=>handle", "0.5", "USD", True, "handle", None),
    ("0.5⇒handle", "0.5", None, True, "handle", None),
    ("0.5→handle", "0.5", None, False, "handle", None),
    ("0.5→handle=2026-12-31", "0.5", None, False, "handle", D31),
    ("0.5=>HANDLE", "0.5", None, True, "handle", None),
    ("0.5=>Rudo_Ncube", "0.5", None, True, "rudo_ncube", None),
    ("0.5=>@rudo", "0.5", None, True, "rudo", None),
    ("0.5=>abc", "0.5", None, True, "abc", None),
    ("0.5=>a_1", "0.5", None, True, "a_1", None),
    ("0.5=>___", "0.5", None, True, "___", None),
    (f"0.5=>{'a' * 30}", "0.5", None, True, "a" * 30, None),
    ("0.5=>263771234567", "0.5", None, True, "263771234567", None),
    ("0.5=>+263771234567", "0.5", None, True, "263771234567", None),
    ("0.5=>+263 77 123 4567", "0.5", None, True, "263771234567", None),
    ("0.5=>0771234567", "0.5", None, True, "263771234567", None),
    ("0.5=>0771 234 567", "0.5", None, True, "263771234567", None),
    ("0.5=>00263771234567", "0.5", None, True, "263771234567", None),
    ("0.5->0771-234-567=2026-12-31", "0.5", None, False, "263771234567", D31),
    ("0.5=>0123", "0.5", None, True, "0123", None),
    ("5->x_y=2028-02-29", "5", None, False, "x_y", date(2028, 2, 29)),
]

BAD = [
    "",
    "hello",
    "0.5",
    "0.5>handle",
    "0.5=handle",
    "0.5=>",
    "0.5->",
    "=>handle",
    "->handle",
    "=>",
    "USD=>handle",
    "0.5=>ab",
    f"0.5=>{'a' * 31}",
    "0.5=>no-dash",
    "0.5=>two words",
    "0.5=>zoë",
    "0.5=>hândle",
    "0.5=>han.dle",
    "0.5=>@@rudo",
    "0.5=>+263",
    "0.5=>+1 555 0100",
    "0=>handle",
    "0.00=>handle",
    "-1=>handle",
    "-0.5->handle",
    "--1=>handle",
    "1.=>handle",
    "1..5=>handle",
    "1.5.0=>handle",
    "1,00=>handle",
    "1,0000=>handle",
    "10,00.5=>handle",
    "1 00=>handle",
    "1 0 0=>handle",
    ",5=>handle",
    "1e3=>handle",
    "1e3 usd=>handle",
    "nan=>handle",
    "inf=>handle",
    "NaN->handle",
    "Infinity=>handle",
    "0x10=>handle",
    "1/2=>handle",
    "1+1=>handle",
    "5%=>handle",
    "₤5=>handle",
    "५=>handle",
    "five=>handle",
    "1234567890123=>handle",
    "0.00001=>handle",
    "0.005 usd=>handle",
    "0.12345 xau=>handle",
    "1.2345 cxx=>handle",
    "0.001 zig=>handle",
    "5 EUR=>handle",
    "5 ZAR=>handle",
    "5 rand=>handle",
    "5 zwl=>handle",
    "5 bond=>handle",
    "5 rtgs->handle",
    "zw$5=>handle",
    "usd 5 zig=>handle",
    "$5 cad=>handle",
    "5 usd usd=>handle",
    "0.5=>handle=2026-12-31",
    "0.5=>handle=",
    "0.5=>handle=anything",
    "0.5->handle=",
    "0.5->handle=tomorrow",
    "0.5->handle=2026-13-01",
    "0.5->handle=2026-02-30",
    "0.5->handle=2027-02-29",
    "0.5->handle=31-12-2026",
    "0.5->handle=2026/12/31",
    "0.5->handle=20261231",
    "0.5->handle=2026-1-1",
    "0.5->handle=2026-12-31=2027-01-01",
    "0.5->handle 2026-12-31",
    "0.5->handle=2026-12-31 please",
    "0.5->handle=2026-12-31T00:00",
    "0.5->handle=२०२६-१२-३१",
    "0.5=>a_b=>c_d",
    "0.5->a_b->c_d",
    "0.5=>a_b->c_d",
    "0.5->a_b=>c_d",
    "0.5=>->handle",
    "give 5=>handle",
    "please 0.5=>handle",
    "5 usd to=>handle",
    "0.5 = > handle",
    "0.5 - > handle",
    "0.5=>'; drop table",
    "0.5=><b>handle</b>",
    "0.5=>{handle}",
]


@pytest.mark.parametrize(("line", "amount", "denomination", "secured", "handle", "due"), GOOD)
def test_good_lines(
    line: str, amount: str, denomination: str | None, secured: bool, handle: str, due: date | None
) -> None:
    read = read_shortcut(line)
    assert read == Shortcut(Decimal(amount), denomination, secured, handle, due)
    # The digits are those that were typed: what is shown and sent is what was written.
    assert read.amount.as_tuple().exponent == Decimal(amount).as_tuple().exponent
    assert is_meant(line)


@pytest.mark.parametrize("line", BAD)
def test_bad_lines_are_refused_with_a_form_that_fits(line: str) -> None:
    with pytest.raises(NotAShortcut) as told:
        read_shortcut(line)
    sentence = str(told.value)
    assert sentence.endswith((".", "one."))
    assert len(sentence) < 160


@pytest.mark.parametrize("line", ["hello", "20", "hi -> there", "=>", "20 usd", "a -> b 5"])
def test_what_has_no_figure_before_an_arrow_is_not_meant_as_one(line: str) -> None:
    assert not is_meant(line)


@pytest.mark.parametrize("line", ["5=>", "5->x", "1e3=>rudo", "5 euro => rudo"])
def test_what_is_meant_may_still_be_wrong(line: str) -> None:
    assert is_meant(line)


def test_denominations_are_those_that_are_given() -> None:
    with pytest.raises(NotAShortcut, match="I know USD, CXX"):
        read_shortcut("5 zig=>handle", {"USD": 2, "CXX": 3})
    with pytest.raises(NotAShortcut, match="more than 3"):
        read_shortcut("0.0001=>handle", {"USD": 2, "CXX": 3})


handles = st.text(string.ascii_lowercase + "_", min_size=3, max_size=30)
dates = st.dates(date(2020, 1, 1), date(2099, 12, 31))


@st.composite
def shortcuts(draw: st.DrawFn) -> Shortcut:
    denomination = draw(st.sampled_from([None, *DENOMINATIONS]))
    places = DENOMINATIONS[denomination] if denomination else 2
    amount = draw(st.decimals(Decimal(1).scaleb(-places), 10**6, places=places, allow_nan=False))
    secured = draw(st.booleans())
    due = None if secured else draw(st.none() | dates)
    return Shortcut(amount, denomination, secured, draw(handles), due)


@given(shortcuts(), st.sampled_from(["", " ", "  "]), st.booleans(), st.booleans())
def test_what_is_written_is_read_again(offer: Shortcut, blank: str, first: bool, grouped: bool) -> None:
    number = f"{offer.amount:,f}" if grouped else f"{offer.amount:f}"
    name = offer.denomination or ""
    amount = f"{name}{blank}{number}" if first else f"{number}{blank}{name}"
    due = f"{blank}={blank}{offer.due.isoformat()}" if offer.due else ""
    line = f"{amount}{blank}{'=>' if offer.secured else '->'}{blank}{offer.handle}{due}{blank}"
    assert read_shortcut(line) == offer


@given(st.text(max_size=60) | st.from_regex(r"[0-9., a-z$]{0,9}(=>|->)[a-z0-9_=\-]{0,20}", fullmatch=True))
def test_no_line_breaks_the_reading(line: str) -> None:
    try:
        read = read_shortcut(line)
    except NotAShortcut:
        return
    assert read.amount > 0
    assert 3 <= len(read.handle) <= 30
    assert not (read.secured and read.due)
    assert is_meant(line)


def test_a_secured_offer_is_never_due() -> None:
    assert read_shortcut("5=>handle").due_by(TODAY) is None


def test_a_promise_is_due_in_four_weeks_unless_it_says_when() -> None:
    assert read_shortcut("5->handle").due_by(TODAY) == TODAY + timedelta(days=28)
    assert read_shortcut("5->handle=2026-12-20").due_by(TODAY) == date(2026, 12, 20)


@pytest.mark.parametrize(("days", "sentence"), [(-1, "early"), (6, "early"), (7, None), (34, None), (35, "late")])
def test_a_promise_is_due_in_seven_to_thirty_four_days(days: int, sentence: str | None) -> None:
    due = TODAY + timedelta(days=days)
    offer = read_shortcut(f"5->handle={due.isoformat()}")
    if sentence is None:
        assert offer.due_by(TODAY) == due
    else:
        with pytest.raises(NotAShortcut, match=sentence):
            offer.due_by(TODAY)
