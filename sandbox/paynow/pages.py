"""The page on which a payer pays, and the pages that are not Paynow's at all (Paynow contract 10.6, 10.3 step 1)."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from aiohttp import web

from sandbox.paynow.lifecycle import IllegalChange, Lifecycle
from sandbox.paynow.settings import Integration, PaynowSettings
from sandbox.paynow.transactions import MAY_FOLLOW, Status, Transaction, Transactions

_IN_TESTING = "The merchant is currently in testing and cannot accept payments at this time"

STYLE = """
:root{--ink:#14213d;--soft:#5b6478;--line:#dfe3ea;--page:#f3f5f9;--card:#fff;--main:#0b5cad;--good:#0b6b3a;--bad:#a61b1b}
@media (prefers-color-scheme:dark){:root{--ink:#eef1f7;--soft:#aab3c5;--line:#333c4f;--page:#10151f;--card:#1a2130;
--main:#7db8f5;--good:#6fd39b;--bad:#ff9d9d}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:30rem;margin:2rem auto;padding:0 1rem}
main.wide{max-width:76rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1.5rem;overflow-x:auto}
header{display:flex;justify-content:space-between;align-items:center;margin-bottom:1rem;font-weight:600}
.tag{font-size:.8rem;font-weight:600;
border:1px solid currentColor;border-radius:99px;padding:.1rem .6rem;color:var(--soft)}
h1{font-size:1.25rem;margin:0 0 1rem}
.amount{font-size:2rem;font-weight:700;margin:0 0 1rem}
dl{display:grid;grid-template-columns:auto 1fr;gap:.4rem 1rem;margin:0 0 1.5rem}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
a{color:var(--main)}
form{display:inline}
button{font:inherit;font-weight:600;min-height:44px;padding:.5rem 1rem;border-radius:8px;border:1px solid var(--line);
background:var(--card);color:var(--ink);cursor:pointer}
.choices button{width:100%;margin-top:.6rem}
button.main{background:var(--main);border-color:var(--main);color:var(--card)}
button:focus-visible,a:focus-visible{outline:3px solid var(--main);outline-offset:2px}
.good{color:var(--good)}.bad{color:var(--bad)}.soft{color:var(--soft)}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;padding:.5rem .7rem;border-bottom:1px solid var(--line);vertical-align:top}
td.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.word{white-space:nowrap}
td button{min-height:32px;padding:.1rem .6rem;margin:.1rem}
"""

_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()


def html_page(title: str, main: str) -> web.Response:
    """A whole page around `main`, which is HTML already. No script runs on it."""
    return web.Response(
        content_type="text/html",
        charset="utf-8",
        headers={
            "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; "
            "frame-ancestors 'none'",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
        text=f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>{main}</body></html>",
    )


def no_such_page() -> web.HTTPNotFound:
    """What the web server answers to a call that is not a post."""
    return web.HTTPNotFound(text=_bare("404 - File or directory not found."), content_type="text/html")


def not_understood() -> web.HTTPOk:
    """What the web server answers to a post that is not a form: a page, and 200."""
    return web.HTTPOk(text=_bare("An error occurred while processing your request."), content_type="text/html")


def challenge(status: int) -> web.Response:
    """A page of something between Paynow and the merchant, with the status that it came with."""
    title = "Server Error" if status == 500 else "Just a moment..."
    return web.Response(text=_bare(title), content_type="text/html", status=status)


def _bare(title: str) -> str:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"


class PaymentPage:
    """The page behind `browserurl`."""

    def __init__(self, settings: PaynowSettings, transactions: Transactions, lifecycle: Lifecycle) -> None:
        self._settings = settings
        self._transactions = transactions
        self._lifecycle = lifecycle

    def routes(self) -> list[web.RouteDef]:
        address = "/{payment:(?i:payment)}/{confirm:(?i:confirmpayment)}/{number:[0-9]+}{email:(/[^/]*/*)?}"
        return [web.get(address, self.show), web.post(address, self.choose)]

    async def show(self, request: web.Request) -> web.Response:
        """The payment with its buttons, or how it ended."""
        transaction = self._found(request)
        return html_page(f"Pay {self._settings.organisation_name}", self._main(transaction, _email(request)))

    async def choose(self, request: web.Request) -> web.Response:
        """A button was pressed: the status changes, the merchant is told, the payer goes back to the merchant."""
        transaction = self._found(request)
        choice = str((await request.post()).get("choice", ""))
        outcomes = {
            "pay": self._lifecycle.success(transaction),
            "cancel": Status.CANCELLED,
            "fail": Status.FAILED,
        }
        if choice not in outcomes or not self._may_pay(transaction, _email(request)):
            return html_page(f"Pay {self._settings.organisation_name}", self._main(transaction, _email(request)))
        try:
            if self._settings.return_before_callback:
                self._lifecycle.enter(transaction, outcomes[choice])
                self._lifecycle.announce_after(1.0, transaction)
            else:
                await self._lifecycle.change(transaction, outcomes[choice])
        except IllegalChange:
            return html_page(f"Pay {self._settings.organisation_name}", self._main(transaction, _email(request)))
        # Not through a URL object: the merchant's address goes back exactly as it came.
        return web.Response(status=302, headers={"Location": transaction.order.returnurl})

    def _found(self, request: web.Request) -> Transaction:
        transaction = self._transactions.by_number(request.match_info["number"])
        if transaction is None or transaction.order.method:
            raise no_such_page()
        return transaction

    def _may_pay(self, transaction: Transaction, email: str) -> bool:
        """In test mode only the merchant may pay; a payment without an address counts as the merchant's own."""
        integration = transaction.order.integration
        return integration.mode == "live" or not email or integration.is_merchant(email)

    def _main(self, transaction: Transaction, email: str) -> str:
        order = transaction.order
        rows = {
            "Reference": order.reference,
            "Paynow reference": str(transaction.number),
            "For": order.additionalinfo,
            "Status": transaction.status.value,
        }
        details = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in rows.items() if value)
        return (
            '<main><div class="card">'
            f'<header><span>Paynow stand-in</span><span class="tag">{_mode(order.integration)}</span></header>'
            f"<h1>Pay {escape(self._settings.organisation_name)}</h1>"
            f'<p class="amount">{escape(order.integration.currency)} {order.amount:,.2f}</p>'
            f"<dl>{details}</dl>{self._choices(transaction, email)}</div></main>"
        )

    def _choices(self, transaction: Transaction, email: str) -> str:
        if Status.CANCELLED not in MAY_FOLLOW[transaction.status]:
            return f'<p role="status">This payment is {escape(transaction.status.value)}.</p>'
        if not self._may_pay(transaction, email):
            return f'<p role="status" class="bad">{_IN_TESTING}</p>'
        testing = transaction.order.integration.mode == "test"
        note = '<p class="soft">[TESTING: Faked Success] No money moves.</p>' if testing else ""
        return (
            f'{note}<form method="post" class="choices">'
            '<button class="main" name="choice" value="pay">Make Payment</button>'
            '<button name="choice" value="cancel">Cancel</button>'
            '<button name="choice" value="fail">Let it fail</button></form>'
        )


def _email(request: web.Request) -> str:
    return request.match_info["email"].strip("/")


def _mode(integration: Integration) -> str:
    return "Test mode" if integration.mode == "test" else "Live-like"
