"""The console's pages: one template environment, one look, one security policy for all of them.

Templates extend `base.html` (blocks `title`, `styles`, `main`, `scripts`) and use `/static/console.css`. No page has
inline script or style: the policy forbids both, so that nothing a person writes in a chat can ever run.
"""

from __future__ import annotations

from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

_HERE = Path(__file__).parent
STATIC = _HERE / "static"

TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

_COMPRESSED = frozenset({"text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml"})
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def page(template: str, /, *, status: int = 200, **values: object) -> web.Response:
    """The template filled with the values, as an HTML answer."""
    return web.Response(
        text=TEMPLATES.get_template(template).render(values), content_type="text/html", charset="utf-8", status=status
    )


async def secure(_: web.Request, response: web.StreamResponse) -> None:
    """Add the policy to every answer (a signal of the root application); headers that are there already stay.

    Pages and what belongs to them are compressed: they cost the reader data.
    """
    if response.content_type in _COMPRESSED:
        response.enable_compression()
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
