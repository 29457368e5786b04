"""Every text can be drawn, whatever it is written in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.pdf.fonts import TEXT, runs, width


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Tariro Mōyo", [(TEXT, "Tariro Mōyo")]),
        ("Ndlovu 李小龙 Жанна", [(TEXT, "Ndlovu "), ("STSong-Light", "李小龙"), (TEXT, " Жанна")]),
        ("さくら", [("HeiseiKakuGo-W5", "さくら")]),
        ("김", [("HYGothic-Medium", "김")]),
        ("ኣበበ", [(TEXT, "???")]),
        ("a\nb\x00", [(TEXT, "a b ")]),
        ("", []),
    ],
)
def test_each_part_is_drawn_by_a_font_that_can(text: str, drawn: list[tuple[str, str]]) -> None:
    assert list(runs(text)) == drawn


@given(st.text())
def test_no_text_is_lost_or_refused(text: str) -> None:
    assert sum(len(part) for _, part in runs(text)) == len(text)
    assert width(text, 10) >= 0
