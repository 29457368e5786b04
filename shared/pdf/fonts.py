"""Fonts for PDFs, from the packages that we install; nothing is read from the machine or the network (decision 0052).

Noto Sans draws Latin with all its accents, Greek, Cyrillic and Devanagari, Noto Sans Arabic what is written in Arabic
letters; of both the glyphs that are used are embedded. For Chinese, Japanese and Korean the fonts that every PDF reader
has are named. What nobody can draw, such as emoji, is shown as `�`; a page is never refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import groupby

from arabic_reshaper import ArabicReshaper
from bidi import get_display
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

TEXT = "NotoSans"
"""The font of all text; registered by `register`."""
ARABIC = "NotoSansArabic"

_FILES = {
    TEXT: ("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf"),
    ARABIC: ("fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght].ttf"),
}
_UNKNOWN = "\ufffd"
_HAN = "STSong-Light"
_KANA = "HeiseiKakuGo-W5"
_HANGUL = "HYGothic-Medium"
_RANGES = (
    (0x3040, 0x30FF, _KANA),
    (0xAC00, 0xD7A3, _HANGUL),
    (0x3000, 0x303F, _HAN),
    (0x3400, 0x9FFF, _HAN),
    (0xFF01, 0xFF5E, _HAN),
)
_TO_THE_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
"""Hebrew, Arabic and their neighbours, with the forms of Arabic letters."""
_RUNS_LEFT = re.compile(f"[{_TO_THE_LEFT}]")
_SPACE_INSIDE = re.compile(f"(?<=[{_TO_THE_LEFT}]) (?=[{_TO_THE_LEFT}])")
_SHAPES = ArabicReshaper({"delete_harakat": True})
"""Without the marks of vowels, which names don't need and which the forms of letters have no place for."""


@cache
def register() -> dict[str, frozenset[int]]:
    """Make the fonts known to reportlab, once; returns the code points of each that is embedded."""
    known = {}
    for name, (package, file) in _FILES.items():
        font = TTFont(name, str(files(package) / "files" / file))
        pdfmetrics.registerFont(font)
        pdfmetrics.registerFontFamily(name, normal=name, bold=name, italic=name, boldItalic=name)
        known[name] = frozenset(font.face.charToGlyph)
    for name in (_HAN, _KANA, _HANGUL):
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    return known


def runs(text: str) -> Iterator[tuple[str, str]]:
    """The text in parts that one font draws each, from left to right: (font, part)."""
    for (font, is_known), group in groupby(map(_drawn, _in_sight(text)), key=lambda one: (one[0], one[1] != _UNKNOWN)):
        yield font, "".join(character for _, character in group) if is_known else _UNKNOWN


def in_one_font(text: str) -> tuple[str, str]:
    """The text for a place that takes one font only, and that font; `�` for what is of a second script."""
    parts = [(font, part.replace("\u00a0", " ")) for font, part in runs(text)]
    font = next((font for font, _ in parts if font != TEXT), TEXT)
    return font, "".join(
        character if name == font or character.isascii() else _UNKNOWN for name, part in parts for character in part
    )


def width(text: str, size: float) -> float:
    """How wide a line of text is, in points."""
    return sum(float(pdfmetrics.stringWidth(part, font, size)) for font, part in runs(text))


def _in_sight(text: str) -> str:
    """The characters as they are seen from left to right; Arabic letters in the form that their neighbours give them.

    A line is one line: where text to the left is broken, its words would change their order, so it has no break.
    """
    seen = unicodedata.normalize("NFC", text)
    if _RUNS_LEFT.search(seen):
        seen = _SPACE_INSIDE.sub("\u00a0", str(get_display(_SHAPES.reshape(seen), base_dir="L")))
    return "".join(
        character if character.isprintable() or character == "\u00a0" else " "
        for character in seen
        if unicodedata.category(character) not in {"Cf", "Cs"}
    )


@cache
def _drawn(character: str) -> tuple[str, str]:
    """The font that draws it, and what it draws."""
    point = ord(character)
    for name, points in register().items():
        if point in points:
            return name, character
    other = next((font for first, last, font in _RANGES if first <= point <= last), None)
    return (other, character) if other else (TEXT, _UNKNOWN)
