"""The payer's page and the tester's page, as a browser gets them."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from sandbox.paynow.tests.merchant import Paynow, Starter, integrations

TESTING = "The merchant is currently in testing and cannot accept payments at this time"


class Page(HTMLParser):
    """What a person can read and press on a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = ""
        self.buttons: list[str] = []
        self.tags: list[str] = []
        self._in_button = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._in_button = tag == "button"

    def handle_data(self, data: str) -> None:
        if self._in_button:
            self.buttons.append(data)
            self._in_button = False
        self.text += data + " "


async def page_at(paynow: Paynow, url: str) -> Page:
    async with paynow.session.get(url) as response:
        assert response.status == 200
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        return Page(await response.text())


async def press(paynow: Paynow, url: str, choice: str) -> tuple[int, str | None]:
    async with paynow.session.post(url, data={"choice": choice}, allow_redirects=False) as response:
        return response.status, response.headers.get("Location")


async def test_the_page_shows_what_is_paid_and_three_choices(start: Starter) -> None:
    paynow = await start(organisation_name="St Mary & Sons")
    info = "Roof <script>alert(1)</script> & walls"
    answer = await paynow.initiate(paynow.fields(amount="1250.5", additionalinfo=info))
    page = await page_at(paynow, answer["browserurl"])
    for text in ("St Mary & Sons", "DON-1", "USD 1,250.50", info, "Created"):
        assert text in page.text
    assert "script" not in page.tags
    assert "h1" in page.tags
    assert page.buttons == ["Make Payment", "Cancel", "Let it fail"]


@pytest.mark.parametrize(("choice", "status"), [("pay", "Paid"), ("cancel", "Cancelled"), ("fail", "Failed")])
async def test_a_choice_tells_the_merchant_and_goes_back_to_its_unchanged_address(
    paynow: Paynow, choice: str, status: str
) -> None:
    returnurl = f"{paynow.merchant.url}/return?ref=DON%2F1&t=a+b%20c#top"
    answer = await paynow.initiate(paynow.fields(returnurl=returnurl))
    assert await press(paynow, answer["browserurl"], choice) == (302, returnurl)
    assert paynow.merchant.statuses() == [status]
    assert (await paynow.poll(answer["pollurl"]))["status"] == status
    page = await page_at(paynow, answer["browserurl"])
    assert page.buttons == []
    assert f"This payment is {status}." in page.text


async def test_a_payment_that_has_ended_cannot_be_made_again(paynow: Paynow) -> None:
    answer = await paynow.initiate(paynow.fields())
    await press(paynow, answer["browserurl"], "cancel")
    assert (await press(paynow, answer["browserurl"], "pay"))[0] == 200
    assert paynow.merchant.statuses() == ["Cancelled"]


async def test_the_payer_may_be_back_before_the_merchant_is_told(start: Starter) -> None:
    paynow = await start(return_before_callback=True)
    answer = await paynow.initiate(paynow.fields())
    assert (await press(paynow, answer["browserurl"], "pay"))[0] == 302
    assert paynow.merchant.bodies == []
    await paynow.advance(1)
    assert paynow.merchant.statuses() == ["Paid"]


async def test_the_address_of_the_payer_is_in_the_page_address(paynow: Paynow) -> None:
    answer = await paynow.initiate(paynow.fields(authemail="treasurer@example.org"))
    assert answer["browserurl"] == f"{paynow.url}/Payment/ConfirmPayment/31000001/treasurer@example.org//"
    assert (await page_at(paynow, answer["browserurl"])).buttons != []


async def test_in_test_mode_nobody_but_the_merchant_may_pay(paynow: Paynow) -> None:
    answer = await paynow.initiate(paynow.fields(authemail="treasurer@example.org"))
    elsewhere = answer["browserurl"].replace("treasurer", "someone")
    page = await page_at(paynow, elsewhere)
    assert TESTING in page.text
    assert page.buttons == []
    assert (await press(paynow, elsewhere, "pay"))[0] == 200
    assert paynow.merchant.bodies == []


async def test_a_live_payment_may_be_made_by_anybody(start: Starter) -> None:
    paynow = await start(integrations=integrations(mode="live", buysafe=True))
    answer = await paynow.initiate(paynow.fields(authemail="chipo+giving@example.org"))
    page = await page_at(paynow, answer["browserurl"])
    assert "TESTING" not in page.text
    await press(paynow, answer["browserurl"], "pay")
    assert paynow.merchant.statuses() == ["Awaiting Delivery"]


async def test_there_is_no_page_for_a_remote_or_unknown_transaction(paynow: Paynow) -> None:
    answer = await paynow.remote(paynow.express())
    for number in (answer["paynowreference"], "1"):
        async with paynow.session.get(f"{paynow.url}/payment/confirmpayment/{number}") as response:
            assert response.status == 404


async def test_the_answer_can_tell_the_reference_as_staging_does(start: Starter) -> None:
    paynow = await start(with_reference=True)
    answer = await paynow.initiate(paynow.fields())
    assert list(answer) == ["status", "browserurl", "pollurl", "paynowreference", "hash"]


async def test_testers_see_all_transactions_and_what_may_follow(paynow: Paynow) -> None:
    assert "No transaction yet" in (await page_at(paynow, f"{paynow.url}/_sim/")).text
    await paynow.remote(paynow.express(reference="<b>DON-7</b>"))
    await paynow.arm("poll-flapping")
    page = await page_at(paynow, f"{paynow.url}/_sim/")
    assert "<b>DON-7</b>" in page.text
    assert "poll-flapping" in page.text
    assert page.buttons == ["Created", "Paid", "Awaiting Delivery", "Cancelled", "Failed", "Tell again"]


async def test_a_button_of_the_testers_page_changes_the_status_and_comes_back(paynow: Paynow) -> None:
    answer = await paynow.remote(paynow.express())
    url = f"{paynow.url}/_sim/transactions/{answer['paynowreference']}"
    async with paynow.session.post(f"{url}/status", data={"status": "Paid"}) as response:
        assert str(response.url) == f"{paynow.url}/_sim/"
        assert "1 ×, last 200" in Page(await response.text()).text
    async with paynow.session.post(f"{url}/callback", data={}) as response:
        assert str(response.url) == f"{paynow.url}/_sim/"
    assert paynow.merchant.statuses() == ["Paid", "Paid"]
