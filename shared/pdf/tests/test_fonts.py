"""Every text can be drawn, whatever it is written in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.pdf.fonts import ARABIC, TEXT, in_one_font, runs, width


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Tariro Mōyo", [(TEXT, "Tariro Mōyo")]),
        ("Ndlovu 李小龙 Жанна", [(TEXT, "Ndlovu "), ("STSong-Light", "李小龙"), (TEXT, " Жанна")]),
        ("さくら", [("HeiseiKakuGo-W5", "さくら")]),
        ("김", [("HYGothic-Medium", "김")]),
        ("ኣበበ!", [(TEXT, "\ufffd"), (TEXT, "!")]),
        ("Praise 🙏🏾🎉 Ncube", [(TEXT, "Praise "), (TEXT, "\ufffd"), (TEXT, " Ncube")]),
        ("a\nb\x00\u200dc", [(TEXT, "a b c")]),
        ("", []),
    ],
)
def test_each_part_is_drawn_by_a_font_that_can(text: str, drawn: list[tuple[str, str]]) -> None:
    assert list(runs(text)) == drawn


def test_arabic_is_drawn_from_right_to_left_in_joined_letters_and_what_is_around_it_is_not() -> None:
    ali, muhammad = "\ufef2\ufee0\ufecb", "\ufeaa\ufee4\ufea4\ufee3"
    assert list(runs("محمد علي")) == [(ARABIC, ali), (TEXT, "\u00a0"), (ARABIC, muhammad)]
    assert list(runs("Ahmed علي Ltd")) == [(TEXT, "Ahmed "), (ARABIC, ali), (TEXT, " Ltd")]
    assert "".join(part for _, part in runs("مُحَمَّد")) == muhammad


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Tithe", (TEXT, "Tithe")),
        ("صدقة علي", (ARABIC, "\ufef2\ufee0\ufecb \ufe94\ufed7\ufeaa\ufebb")),
        ("李 & Sons", ("STSong-Light", "李 & Sons")),
        ("Ōmori さくら", ("HeiseiKakuGo-W5", "\ufffdmori さくら")),
    ],
)
def test_a_place_for_one_font_gets_one(text: str, drawn: tuple[str, str]) -> None:
    assert in_one_font(text) == drawn


@given(st.text())
def test_no_text_is_refused(text: str) -> None:
    assert bool("".join(part for _, part in runs(text)).strip()) or not text.strip() or not text.isprintable()
    assert width(text, 10) >= 0
