"""The page of all transactions, for people at `/_sim/`."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from aiohttp import web

from sandbox.paynow.callbacks import Delivery
from sandbox.paynow.faults import Fault
from sandbox.paynow.pages import html_page
from sandbox.paynow.settings import PaynowSettings
from sandbox.paynow.transactions import MAY_FOLLOW, PAID, Status, Transaction
from shared.kernel.clock import HARARE


def transactions_page(
    settings: PaynowSettings, transactions: Sequence[Transaction], log: Sequence[Delivery], faults: Sequence[Fault]
) -> web.Response:
    """Newest first, with the changes that may follow as buttons."""
    armed = ", ".join(fault.name for fault in faults) or "none"
    rows = "".join(_row(known, log) for known in reversed(transactions))
    table = (
        '<table><thead><tr><th scope="col">Paynow reference</th><th scope="col">Reference</th>'
        '<th scope="col">Amount</th><th scope="col">Method</th><th scope="col">Status</th>'
        f'<th scope="col">Told</th><th scope="col">Change or tell</th></tr></thead><tbody>{rows}</tbody></table>'
        if transactions
        else "<p>No transaction yet. They appear here when a merchant initiates a payment.</p>"
    )
    return html_page(
        "Paynow stand-in: transactions",
        '<main class="wide"><header><h1>Paynow stand-in: transactions</h1>'
        f'<span class="tag">time &times; {settings.time_scale:g}</span></header>'
        f'<p><a href="/">Sandbox</a> · <a href="./">Refresh</a></p><div class="card">{table}</div>'
        f'<p class="soft">Armed faults: {escape(armed)}</p></main>',
    )


def _row(transaction: Transaction, log: Sequence[Delivery]) -> str:
    order = transaction.order
    since = transaction.history[-1][0].astimezone(HARARE)
    told = [made for made in log if made.number == transaction.number]
    last = f"{len(told)} &times;, last {escape(told[-1].result)}" if told else "not yet"
    by = " ".join(part for part in (order.method or "web", order.phone) if part)
    tone = "good" if transaction.status in PAID else "bad" if not MAY_FOLLOW[transaction.status] else ""
    return (
        f'<tr><th scope="row">{transaction.number}</th><td class="word">{escape(order.reference)}</td>'
        f'<td class="number">{escape(order.integration.currency)} {order.amount:,.2f}</td>'
        f"<td>{escape(by)}{_code(transaction)}</td>"
        f'<td class="{tone}">{transaction.status.value}<br><span class="soft">since {since:%H:%M:%S}</span></td>'
        f"<td>{last}</td><td>{_buttons(transaction)}</td></tr>"
    )


def _code(transaction: Transaction) -> str:
    return f"<br>code {transaction.code}" if transaction.order.method == "innbucks" else ""


def _buttons(transaction: Transaction) -> str:
    following = [status for status in Status if status in MAY_FOLLOW[transaction.status]]
    number = transaction.number
    choices = "".join(
        f'<button name="status" value="{status.value}" aria-label="{status.value}, {number}">{status.value}</button>'
        for status in following
    )
    where = f"transactions/{number}"
    changes = f'<form method="post" action="{where}/status">{choices}</form>' if choices else ""
    again = f'<button aria-label="Tell again, {number}">Tell again</button>'
    return f'{changes}<form method="post" action="{where}/callback">{again}</form>'
