"""One look and one security policy for all pages of finance. No page has a script, or inline style."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.reporting.domain.summary import METHOD_NAMES, STATE_NAMES, shown
from shared.kernel.clock import HARARE
from shared.kernel.money import Money

_HERE = Path(__file__).parent
STATIC = _HERE / "static"

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
}


def time_of(at: datetime) -> str:
    """`24 Nov 2026, 14:03` in Harare."""
    return f"{at.astimezone(HARARE):%-d %b %Y, %H:%M}"


def day_of(day: date) -> str:
    """`24 November 2026`."""
    return f"{day:%-d %B %Y}"


def plain(word: str | None) -> str:
    """A word of the code as people read it: `needs_review` is "needs review"."""
    return (word or "").replace("_", " ")


def money(amount: Money | None) -> str:
    """`USD 1,234.50`, or nothing."""
    return "" if amount is None else f"{amount.currency} {amount.amount:,}"


_TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters.update(time=time_of, day=day_of, plain=plain, money=money)
_TEMPLATES.globals.update(shown=shown, STATES=STATE_NAMES, METHODS=METHOD_NAMES)


def page(template: str, values: Mapping[str, object], *, status: int = 200) -> web.Response:
    """The template filled with the values."""
    text = _TEMPLATES.get_template(template).render(values)
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")
