"""Forms of a test's own on the phone page: how one is offered and opened, and what it sends."""

from __future__ import annotations

import json
from typing import Any

from playwright.async_api import Route

from tests.browser.phones import OnePhone, PhonePage
from tests.journeys.system import System

NYASHA = "+263774444444"


async def opened(page: PhonePage, system: System, form: dict[str, Any], first: dict[str, Any]) -> OnePhone:
    """Nyasha is offered a form and opens it at its first screen."""

    async def publish(route: Route) -> None:
        await route.fulfill(json=form)

    await page.page.route("**/_sim/flows/7", publish)
    await page.tab("Nyasha Banda").click()
    nyasha = page.phone("Nyasha Banda")
    await nyasha.says("menu")
    await nyasha.hears("What would you")
    offer = {"flow_message_version": "3", "flow_token": "t" * 16, "flow_id": "7", "flow_cta": "Try"}
    parameters = {**offer, "flow_action": "navigate", "flow_action_payload": first}
    action = {"name": "flow", "parameters": parameters}
    content = {"type": "flow", "body": {"text": "A form of everything"}, "action": action}
    await page.page.request.post(
        f"{system.sandbox}/graph/{system.environment['PHONE_NUMBER_ID']}/messages",
        headers={"authorization": f"Bearer {system.environment['WHATSAPP_TOKEN']}"},
        data={"messaging_product": "whatsapp", "to": NYASHA, "type": "interactive", "interactive": content},
    )
    await nyasha.hears("A form of everything")
    await nyasha.taps("Try")
    return nyasha


async def answers(page: PhonePage, system: System, nyasha: OnePhone) -> dict[str, Any]:
    """What the form has sent to the bot, which knows of no such form."""
    await nyasha.hears("not in use")
    told = await page.page.request.get(f"{system.sandbox}/graph/_sim/phones/{NYASHA}/messages")
    bodies = [item["body"] for item in (await told.json())["messages"]]
    sent = next(body["interactive"] for body in reversed(bodies) if "interactive" in body)
    found: dict[str, Any] = json.loads(sent["nfm_reply"]["response_json"])
    return found
