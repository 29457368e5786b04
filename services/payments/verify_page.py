"""The page behind `/verify/{code}`: one answer in large letters, readable by anybody and by a screen reader."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from services.payments.domain.receipt_code import Facts
from shared.http.server import BY_TLS_FROM_NOW_ON
from shared.kernel.words import amount_in_words

_STYLE = """
:root{--ink:#14261f;--soft:#4d5f57;--page:#f4f7f5;--card:#fff;--line:#d5dfda;--good:#0b6b53;--bad:#9b1c1c;--old:#7a5200}
@media (prefers-color-scheme:dark){:root{--ink:#e5efeb;--soft:#a9bab3;--page:#0d1512;--card:#15211c;--line:#2c3b35;
--good:#6fd3b4;--bad:#ff9d9d;--old:#f2c76b}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:1.05rem/1.5 system-ui,sans-serif}
main{max-width:32rem;margin:0 auto;padding:1.5rem 1rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.5rem}
h1{font-size:1.4rem;line-height:1.3;margin:0 0 1rem}
.good h1{color:var(--good)}.bad h1{color:var(--bad)}.old h1{color:var(--old)}
a{color:inherit}
.amount{font-size:2rem;font-weight:700;margin:0}
.words{color:var(--soft);margin:0 0 1rem}
dl{display:grid;grid-template-columns:auto 1fr;gap:.5rem 1.2rem;margin:0}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
p.note{color:var(--soft);margin:1.2rem 0 0}
"""

_HEADERS = {
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
"""No script, nothing from elsewhere, kept nowhere."""


def headers_at(public_url: str) -> dict[str, str]:
    """The page's headers; where we are reached by TLS, by nothing else from then on (product 9)."""
    by_tls = public_url.startswith("https:")
    return _HEADERS | (BY_TLS_FROM_NOW_ON if by_tls else {})


def page_of(facts: Facts | None, replaced_by: str | None = None) -> str:
    """The whole page: what we issued and what has taken its place, or that we did not."""
    if facts is None:
        return _page(
            "This receipt is not known",
            "bad",
            "<p>We have issued no receipt with this code. If you typed it, compare it with the receipt once more. "
            "If it came by a QR code, treat the receipt as false and ask whoever gave it to you.</p>",
        )
    rows = {
        "Number": facts.number,
        "Date": f"{facts.issued_on:%d %B %Y}".lstrip("0"),
        "For": facts.purpose,
    }
    details = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in rows.items())
    details += f"<dt>In place of</dt><dd>{_link(facts.replaces)}</dd>" if facts.replaces else ""
    words = amount_in_words(facts.amount)
    replaced = f"<p>A corrected receipt has taken its place: {_link(replaced_by)}.</p>" if replaced_by else ""
    return _page(
        "This receipt was true and has been replaced" if replaced else "This receipt is true",
        "old" if replaced else "good",
        f'{replaced}<p class="amount">{escape(str(facts.amount))}</p>'
        f'<p class="words">{escape(words[:1].upper() + words[1:])}</p>'
        f"<dl>{details}</dl>"
        '<p class="note">Compare these with what is printed. This page never shows whose receipt it is.</p>',
    )


def _link(number: str) -> str:
    """To the page of another receipt, beside this one."""
    return f'<a href="{escape(number)}">{escape(number)}</a>'


def _page(title: str, mood: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{title}</title><style>{_STYLE}</style></head>'
        f'<body><main><section class="card {mood}" role="status"><h1>{title}</h1>{body}</section></main></body></html>'
    )
