"""The phone page over HTTP: its weight, its policy, what it says without script, and that its parts fit together.

What it does in a browser is tested in tests/browser, and what it is told in sandbox/whatsapp/tests/test_watch.py.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from sandbox.app import make_app
from sandbox.console.pages import STATIC
from sandbox.console.phone_page import FAULTS
from sandbox.settings import SandboxSettings
from sandbox.whatsapp.webhooks import Switches

MOST_BYTES = 60_000
HTML_OF_TEXT = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b")
ENVIRONMENT = dict.fromkeys(("PAYNOW_USD_KEY", "PAYNOW_ZWG_KEY", "WHATSAPP_TOKEN", "META_APP_SECRET"), "test")


@pytest.fixture
async def sandbox() -> AsyncIterator[TestClient[Any, Any]]:
    async with TestClient(TestServer(make_app(SandboxSettings(_env_file=None), ENVIRONMENT))) as client:
        yield client


async def load(sandbox: TestClient[Any, Any]) -> dict[str, str]:
    """Every file that a browser gets to show the page, by address."""
    loaded: dict[str, str] = {}
    wanted = ["/phone"]
    while wanted:
        address = wanted.pop()
        if address in loaded:
            continue
        answer = await sandbox.get(address)
        assert answer.status == 200, address
        text = loaded[address] = await answer.text()
        folder = address.rpartition("/")[0]
        wanted += re.findall(r'(?:src|href)="(/static/[^"]+)"', text)
        wanted += re.findall(r'url\("(/static/[^"]+)"\)', text)
        wanted += [f"{folder}/{name}" for name in re.findall(r'from "\./([^"]+)"', text)]
    return loaded


async def test_all_that_the_first_load_brings_weighs_less_than_60_kilobytes(sandbox: TestClient[Any, Any]) -> None:
    loaded = await load(sandbox)
    assert {address.rpartition(".")[2] for address in loaded} == {"/phone", "css", "js", "svg"}
    assert sum(len(text.encode()) for text in loaded.values()) < MOST_BYTES


async def test_every_module_of_the_page_is_loaded_at_once_and_used(sandbox: TestClient[Any, Any]) -> None:
    loaded = await load(sandbox)
    html = loaded["/phone"]
    used = {"page.js"} | {name for text in loaded.values() for name in re.findall(r'from "\./([^"]+)"', text)}
    assert used == {file.name for file in (STATIC / "phone").glob("*.js")}
    assert all(f'<link rel="modulepreload" href="/static/phone/{name}">' in html for name in used)


async def test_the_policy_lets_no_foreign_host_and_no_inline_script_in(sandbox: TestClient[Any, Any]) -> None:
    answer = await sandbox.get("/phone")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    for address, text in (await load(sandbox)).items():
        assert not re.search(r"<script(?![^>]* src=)|\son\w+=|\sstyle=", text), address
        elsewhere = re.findall(r"https?://(?!www\.w3\.org/2000/svg)[\w.-]+", text)
        assert elsewhere == [], address


async def test_no_script_of_the_page_makes_html_of_a_text(sandbox: TestClient[Any, Any]) -> None:
    for address, text in (await load(sandbox)).items():
        if address.endswith(".js"):
            assert not HTML_OF_TEXT.search(text), address
    for file in (STATIC / "form").glob("*.js"):  # loaded when the first form is opened
        assert not HTML_OF_TEXT.search(file.read_text()), file.name


async def test_without_script_the_page_says_what_is_needed(sandbox: TestClient[Any, Any]) -> None:
    html = await (await sandbox.get("/phone")).text()
    [said] = re.findall(r"<noscript>(.+?)</noscript>", html, re.DOTALL)
    assert "needs JavaScript" in said


async def test_the_page_links_to_traces_and_to_paynow(sandbox: TestClient[Any, Any]) -> None:
    html = await (await sandbox.get("/phone")).text()
    for address in ("/traces", "/paynow/_sim/"):
        assert f'href="{address}"' in html
        assert (await sandbox.get(address)).status == 200


async def test_every_switch_that_the_page_shows_is_one_of_the_stand_in(sandbox: TestClient[Any, Any]) -> None:
    html = await (await sandbox.get("/phone")).text()
    shown = re.findall(r'<input type="checkbox" name="(\w+)"', html)
    assert sorted(shown) == sorted(Switches.model_fields)


async def test_every_fault_that_the_page_offers_can_be_armed(sandbox: TestClient[Any, Any]) -> None:
    for _, fault in FAULTS:
        answer = await sandbox.post("/graph/_sim/faults", json=fault)
        assert answer.status == 200, fault
    armed = (await (await sandbox.get("/graph/_sim/faults")).json())["faults"]
    assert [fault["effect"] for fault in armed] == [fault["effect"] for _, fault in FAULTS]


async def test_the_page_hears_of_all_phones_of_the_sandbox_in_one_stream(sandbox: TestClient[Any, Any]) -> None:
    async with sandbox.get("/graph/_sim/events?after=0") as answer:
        head = [(await answer.content.readline()).decode() for _ in range(4)]
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert head[2] == "event: phones\n"
    assert all(name in head[3] for name in ("Tariro Moyo", "Rudo (staff)", "offline"))
