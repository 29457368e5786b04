"""The official Python package, unchanged but for the addresses on its class, completes payments here."""

from __future__ import annotations

import asyncio
from typing import Any

import paynow as sdk  # type: ignore[import-untyped]
import pytest

from sandbox.paynow.tests.merchant import USD_KEY, Paynow


@pytest.fixture
def client(paynow: Paynow, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(sdk.Paynow, "URL_INITIATE_TRANSACTION", f"{paynow.url}/interface/initiatetransaction")
    monkeypatch.setattr(sdk.Paynow, "URL_INITIATE_MOBILE_TRANSACTION", f"{paynow.url}/interface/remotetransaction")
    return sdk.Paynow("30101", USD_KEY, f"{paynow.merchant.url}/return", f"{paynow.merchant.url}/result")


async def send_mobile(client: Any, phone: str) -> Any:
    payment = client.create_payment("Order #100", "treasurer@example.org")
    payment.add("Tithe", 2.5).add("Café fund", 10)
    # The package is synchronous: in a thread it does not hold up the server that it talks to.
    return await asyncio.to_thread(client.send_mobile, payment, phone, "ecocash")


async def check(client: Any, sent: Any) -> Any:
    return await asyncio.to_thread(client.check_transaction_status, sent.poll_url)


@pytest.mark.parametrize(
    ("phone", "seconds", "status"),
    [("0771111111", 5, "paid"), ("0772222222", 30, "paid"), ("0773333333", 30, "cancelled")],
)
async def test_a_mobile_payment_is_sent_and_polled_to_its_end(
    paynow: Paynow, client: Any, phone: str, seconds: int, status: str
) -> None:
    sent = await send_mobile(client, phone)
    assert sent.success
    assert sent.instruction.startswith("This is a test transaction.")
    await paynow.advance(seconds - 1)
    assert (await check(client, sent)).status == "sent"
    await paynow.advance(1)
    ended = await check(client, sent)
    assert (ended.status, ended.paid, ended.amount) == (status, status == "paid", 12.5)
    assert [told.lower() for told in paynow.merchant.statuses()] == [status]


async def test_the_number_without_balance_is_refused_at_once(paynow: Paynow, client: Any) -> None:
    sent = await send_mobile(client, "0774444444")
    assert not sent.success
    assert sent.data["error"] == "Insufficient balance"
    assert await paynow.admin("GET", "transactions") == []


@pytest.mark.parametrize("email", ["", "treasurer@example.org"])
async def test_a_web_payment_is_sent_paid_on_the_page_and_polled(paynow: Paynow, client: Any, email: str) -> None:
    payment = client.create_payment("Order #100", email)
    payment.add("Tithe", 25)
    sent = await asyncio.to_thread(client.send, payment)
    assert sent.success
    assert sent.has_redirect
    assert (await check(client, sent)).status == "created"
    async with paynow.session.post(sent.redirect_url, data={"choice": "pay"}, allow_redirects=False) as response:
        assert response.status == 302
    assert (await check(client, sent)).paid
    # The package encodes values twice, so the merchant gets its reference encoded once (Paynow contract 1.3).
    assert paynow.merchant.updates()[0]["reference"] == "Order+%23100"
