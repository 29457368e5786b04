"""Phones are read in every form that people use, and only phones are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.phone import NotAPhone, local_form, parse_phone, wallet_of

rests = st.from_regex(r"7[1378][0-9]{7}", fullmatch=True)


@given(rests, st.sampled_from(["+263", "263", "00263", "0", ""]), st.sampled_from(["", " ", "-"]))
def test_every_form_gives_the_same_number(rest: str, start: str, gap: str) -> None:
    written = f"{start}{gap}{rest[:3]}{gap}{rest[3:6]}{gap}{rest[6:]}"
    assert parse_phone(written) == f"+263{rest}"
    assert parse_phone(local_form(f"+263{rest}")) == f"+263{rest}"


@given(st.text(max_size=30))
def test_any_text_gives_a_number_or_one_kind_refusal(text: str) -> None:
    try:
        assert parse_phone(text).startswith("+2637")
    except NotAPhone as refusal:
        assert "0771 234 567" in str(refusal)
        assert not text.strip() or len(text) < 3 or text not in str(refusal)


@pytest.mark.parametrize("text", ["0741234567", "12345", "077123456", "07712345678", "+44 771 234 567", "٠٧٧١٢٣٤٥٦٧"])
def test_other_numbers_are_refused(text: str) -> None:
    with pytest.raises(NotAPhone):
        parse_phone(text)


def test_the_wallet_is_guessed_by_the_prefix() -> None:
    assert [wallet_of(phone) for phone in ("+263771234567", "+263781234567", "+263711234567", "+263731234567")] == [
        "ecocash",
        "ecocash",
        "onemoney",
        "telecash",
    ]
