"""A receipt as a printed page: letterhead, facts, amount in figures and words, and a QR that proves it (product 2)."""

from __future__ import annotations

import io

import segno
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A5
from reportlab.pdfgen.canvas import Canvas

from services.payments.adapters.receipt_words import WORDS, Words, day
from services.payments.domain.receipt import Receipt
from shared.contracts.payments import Method
from shared.kernel.clock import HARARE
from shared.kernel.languages import Language
from shared.kernel.words import amount_in_words
from shared.pdf.fonts import register, runs, width

PRODUCTS: dict[Method, str] = {
    "ecocash": "EcoCash",
    "onemoney": "OneMoney",
    "innbucks": "InnBucks",
    "omari": "O'mari",
    "web": "Paynow",
}

_INK, _SOFT, _LINE, _MAIN, _PALE = (HexColor(code) for code in ("#14261f", "#5a6b64", "#cfd9d4", "#0b6b53", "#eef5f2"))
_WIDTH, _HEIGHT = A5
_LEFT, _RIGHT = 40.0, _WIDTH - 40.0
_VALUES = _LEFT + 108
ROOM_FOR_LABELS = _VALUES - _LEFT - 4
_QR = 112.0
_MOST_LINES = 4


def draw_receipt(
    receipt: Receipt, payer_name: str, organisation: str, verify_url: str, language: Language = "en"
) -> bytes:
    """The PDF, with labels in `language`. The same receipt gives the same bytes.

    Its keywords are the signed payload, for `receipts verify`.
    """
    register()
    words = WORDS[language]
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A5, invariant=True)
    canvas.setTitle(f"Receipt {receipt.code}")
    canvas.setAuthor(organisation)
    canvas.setSubject(f"Receipt {receipt.code} of {receipt.issued_on.isoformat()}")
    canvas.setKeywords(receipt.signed)
    page = _Page(canvas, words)
    page.letterhead(organisation, receipt.code, corrected=receipt.replaces is not None)
    page.amount(str(receipt.amount), amount_in_words(receipt.amount))
    settled_at = receipt.settled_at.astimezone(HARARE)
    page.facts(
        {
            **({words.replaces: f"{words.number} {receipt.replaces}"} if receipt.replaces else {}),
            words.date: f"{day(settled_at, language)}, {settled_at:%H:%M}",
            words.payer: payer_name or "—",
            words.purpose: receipt.purpose,
            words.method: PRODUCTS.get(receipt.method, words.by_hand),
            **({words.reference: receipt.provider_reference} if receipt.provider_reference else {}),
            words.payment: receipt.payment_id,
            words.issued: day(receipt.issued_on, language),
        }
    )
    page.proof(verify_url, receipt.signed)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def draw_code(text: str) -> bytes:
    """A QR picture, as PNG, large enough to be scanned from another phone's screen."""
    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="png", scale=12, border=4)
    return out.getvalue()


class _Page:
    """Draws from the top down; `self._at` is the next line's height."""

    def __init__(self, canvas: Canvas, words: Words) -> None:
        self._canvas = canvas
        self._words = words
        self._at = _HEIGHT - 60

    def letterhead(self, organisation: str, code: str, *, corrected: bool) -> None:
        self._canvas.setFillColor(_MAIN)
        self._canvas.rect(0, _HEIGHT - 10, _WIDTH, 10, stroke=0, fill=1)
        for line in _lines(organisation, 20, _RIGHT - _LEFT)[:2]:
            self._text(line, _LEFT, 20, _INK, bold=True)
            self._at -= 24
        self._at -= 6
        self._text(self._words.corrected if corrected else self._words.receipt, _LEFT, 11, _MAIN, bold=True)
        self._text(f"{self._words.number} {code}", _RIGHT, 11, _INK, bold=True, from_right=True)
        self._at -= 10
        self._rule(1.2)
        self._at -= 20

    def amount(self, figures: str, words: str) -> None:
        lines = _lines(words[:1].upper() + words[1:], 9.5, _RIGHT - _LEFT - 28)
        height = 46.0 + 13 * len(lines)
        self._canvas.setFillColor(_PALE)
        self._canvas.roundRect(_LEFT, self._at - height + 14, _RIGHT - _LEFT, height, 6, stroke=0, fill=1)
        self._at -= 16
        self._text(figures, _LEFT + 14, 22, _INK, bold=True)
        self._at -= 20
        for line in lines:
            self._text(line, _LEFT + 14, 9.5, _SOFT)
            self._at -= 13
        self._at -= 22

    def facts(self, facts: dict[str, str]) -> None:
        for label, value in facts.items():
            self._text(label, _LEFT, 9, _SOFT)
            for line in _lines(value, 10.5, _RIGHT - _VALUES)[:_MOST_LINES]:
                self._text(line, _VALUES, 10.5, _INK)
                self._at -= 14
            self._at -= 5

    def proof(self, verify_url: str, signed: str) -> None:
        top = _QR + 44
        self._at = top
        self._rule(0.6)
        # The code has its own quiet zone of four modules, so it may touch what is around it.
        self._qr(f"{verify_url}{signed}", _RIGHT - _QR, 34)
        self._at = top - 22
        self._text(self._words.is_it_true, _LEFT, 10, _INK, bold=True)
        self._at -= 16
        for line in _lines(self._words.how_to_tell, 8.5, _RIGHT - _LEFT - _QR - 16):
            self._text(line, _LEFT, 8.5, _SOFT)
            self._at -= 12

    def _qr(self, text: str, left: float, bottom: float) -> None:
        code = segno.make_qr(text, error="l")
        modules = code.symbol_size(border=4)[0]
        size = _QR / modules
        self._canvas.setFillColor(HexColor("#000000"))
        path = self._canvas.beginPath()
        for row, line in enumerate(code.matrix_iter(border=4)):
            for column, dark in enumerate(line):
                if dark:
                    path.rect(left + column * size, bottom + (modules - row - 1) * size, size, size)
        self._canvas.drawPath(path, stroke=0, fill=1)

    def _rule(self, thickness: float) -> None:
        self._canvas.setStrokeColor(_MAIN if thickness > 1 else _LINE)
        self._canvas.setLineWidth(thickness)
        self._canvas.line(_LEFT, self._at, _RIGHT, self._at)

    def _text(
        self, text: str, x: float, size: float, color: Color, *, bold: bool = False, from_right: bool = False
    ) -> None:
        drawn = self._canvas.beginText(x - width(text, size) if from_right else x, self._at)
        drawn.setFillColor(color)
        drawn.setStrokeColor(color)
        # The font has one weight; an outline as wide as this looks like the bold one.
        drawn.setTextRenderMode(2 if bold else 0)
        for font, part in runs(text):
            drawn.setFont(font, size)
            drawn.textOut(part)
        self._canvas.setLineWidth(size / 36)
        self._canvas.drawText(drawn)


def _lines(text: str, size: float, room: float) -> list[str]:
    """The text broken between words, and within a word that is wider than a line."""
    lines = [""]
    for word in text.split():
        for piece in _pieces(word, size, room):
            longer = f"{lines[-1]} {piece}".strip()
            if width(longer, size) <= room:
                lines[-1] = longer
            else:
                lines.append(piece)
    return [line for line in lines if line] or [""]


def _pieces(word: str, size: float, room: float) -> list[str]:
    pieces = [""]
    for character in word:
        if width(pieces[-1] + character, size) > room:
            pieces.append("")
        pieces[-1] += character
    return pieces
