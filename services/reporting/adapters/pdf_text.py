"""Text in a PDF: any script and any character, without breaking the page.

Noto Sans (Latin, Greek, Cyrillic, Devanagari) comes as a wheel and is embedded. Chinese, Japanese and Korean take the
fonts that every PDF viewer brings along. What neither has, such as emoji, is shown as `�`: the other files have it.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files
from itertools import groupby
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

SANS = "Noto Sans"
_FONT_FILE = "NotoSans[wdth,wght].ttf"
_UNKNOWN = "\ufffd"

_EASTERN = (("STSong-Light", "gb2312"), ("HeiseiMin-W3", "shift_jis"), ("HYSMyeongJo-Medium", "euc_kr"))
"""Fonts of the viewer, and the character set that says what each has."""


@cache
def register() -> frozenset[int]:
    """Make the fonts known to reportlab; returns the characters that Noto Sans has."""
    font = TTFont(SANS, str(files("fontpkg_noto_sans") / "files" / _FONT_FILE))
    pdfmetrics.registerFont(font)
    pdfmetrics.registerFontFamily(SANS, normal=SANS, bold=SANS, italic=SANS, boldItalic=SANS)
    for name, _ in _EASTERN:
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    return frozenset(font.face.charToGlyph)


def marked(text: str) -> str:
    """Plain text as reportlab's markup: escaped, each part in a font that has it."""
    cleaned = "".join(character for character in text if unicodedata.category(character) not in {"Cc", "Cs", "Cf"})
    parts = []
    for font, characters in groupby(unicodedata.normalize("NFC", cleaned), key=_font_of):
        run = "".join(characters)
        match font:
            case None:
                parts.append(_UNKNOWN)  # one for a whole run: an emoji is often several characters
            case "STSong-Light" | "HeiseiMin-W3" | "HYSMyeongJo-Medium":
                parts.append(f'<font name="{font}">{escape(run)}</font>')
            case _:
                parts.append(escape(run))
    return "".join(parts)


@cache
def _font_of(character: str) -> str | None:
    if ord(character) in register():
        return SANS
    if unicodedata.category(character) == "Mn":
        return None
    for font, charset in _EASTERN:
        try:
            character.encode(charset)
        except UnicodeEncodeError:
            continue
        return font
    return None
