"""Fonts for PDFs, from the packages that we install; nothing is read from the machine or the network.

Noto Sans draws Latin with all its accents, Greek, Cyrillic and Devanagari. For Chinese, Japanese and Korean the
fonts that every PDF reader has are named. What nobody can draw becomes a question mark; a page is never refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import groupby

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

TEXT = "NotoSans"
"""The font of all text; registered by `register`."""

_UNKNOWN = "?"
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


@cache
def register() -> frozenset[int]:
    """Make the fonts known to reportlab, once; returns the code points that the text font draws."""
    text = TTFont(TEXT, str(files("fontpkg_noto_sans") / "files" / "NotoSans[wdth,wght].ttf"))
    pdfmetrics.registerFont(text)
    for name in (_HAN, _KANA, _HANGUL):
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    return frozenset(text.face.charToGlyph)


def runs(text: str) -> Iterator[tuple[str, str]]:
    """The text in parts that one font draws each: (font, part)."""
    known = register()

    def drawn(character: str) -> tuple[str, str]:
        point = ord(character)
        if not character.isprintable():
            return TEXT, " "
        if point in known:
            return TEXT, character
        other = next((font for first, last, font in _RANGES if first <= point <= last), None)
        return (other, character) if other else (TEXT, _UNKNOWN)

    for font, group in groupby(map(drawn, text), key=lambda pair: pair[0]):
        yield font, "".join(character for _, character in group)


def width(text: str, size: float) -> float:
    """How wide a line of text is, in points."""
    return sum(float(pdfmetrics.stringWidth(part, font, size)) for font, part in runs(text))
