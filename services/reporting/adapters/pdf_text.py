"""Text as reportlab's markup, each part in a font that has it; the other files have what none can draw."""

from __future__ import annotations

from xml.sax.saxutils import escape

from shared.pdf.fonts import TEXT, runs


def marked(text: str) -> str:
    """Plain text, escaped."""
    return "".join(
        escape(part) if font == TEXT else f'<font name="{font}">{escape(part)}</font>' for font, part in runs(text)
    )
