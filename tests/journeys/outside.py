"""The world around a running system: phones, WhatsApp's webhooks, Paynow's books, and the traces that came out."""

from __future__ import annotations

from typing import Any

import httpx

from tests.journeys.phone import Phone

Json = dict[str, Any]


class Outside:
    """Talks with the gateway and the sandbox of one system over HTTP."""

    def __init__(self, gateway: str, sandbox: str) -> None:
        self.gateway = httpx.Client(base_url=gateway, timeout=30)
        self._sandbox = httpx.Client(base_url=sandbox, timeout=30)
        self.strangers: list[Phone] = []
        """Everybody who was made by `new_phone`."""

    def close(self) -> None:
        self.gateway.close()
        self._sandbox.close()

    def phone(self, number: str) -> Phone:
        """The phone of somebody whom the sandbox knows."""
        return Phone(self._sandbox, number)

    def new_phone(self, number: str | None = None) -> Phone:
        """The phone of somebody who never wrote before; any number, unless one is given."""
        number = number or f"+2637785{len(self.strangers):05}"
        self._sandbox.post("/graph/_sim/phones", json={"phone": number}).raise_for_status()
        self.strangers.append(Phone(self._sandbox, number))
        return self.strangers[-1]

    def webhook(self, body: bytes) -> int:
        """Post bytes to the gateway once, well signed; the status of its answer."""
        status: int = self._sandbox.post("/graph/_sim/webhook", content=body).json()["status"]
        return status

    def whatsapp_fault(self, **fault: Any) -> None:
        """Arm a fault at the WhatsApp stand-in."""
        self._sandbox.post("/graph/_sim/faults", json=fault).raise_for_status()

    def whatsapp_faults(self) -> list[Json]:
        """Those that have not struck yet."""
        found: list[Json] = self._sandbox.get("/graph/_sim/faults").json()["faults"]
        return found

    def paynow_fault(self, **fault: Any) -> None:
        """Arm a fault at the Paynow stand-in."""
        self._sandbox.post("/paynow/_sim/faults", json=fault).raise_for_status()

    def transactions(self) -> list[Json]:
        """What the Paynow stand-in has in its books, newest first."""
        found: list[Json] = self._sandbox.get("/paynow/_sim/transactions").json()
        return found

    def change_transaction(self, reference: str, what: str) -> None:
        """`dispute` or `refund` at the Paynow stand-in, by our reference."""
        [number] = [known["paynowreference"] for known in self.transactions() if known["reference"] == reference]
        self._sandbox.post(f"/paynow/_sim/transactions/{number}/{what}").raise_for_status()

    def file(self, message: Json) -> bytes:
        """What a person opens when they tap the document of a message."""
        answer = self._sandbox.get(f"/graph/_sim/media/{message['body']['id']}")
        answer.raise_for_status()
        return answer.content

    def trace(self, trace_id: str) -> list[Json]:
        """The spans of a trace that were exported so far."""
        answer = self._sandbox.get(f"/traces/{trace_id}.json")
        spans: list[Json] = answer.json() if answer.status_code == 200 else []
        return spans
