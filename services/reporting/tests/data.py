"""A fixed set of payments for reports: two currencies, every state, names in many scripts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from services.reporting.domain.calendar import Period
from services.reporting.domain.credexes import Credex, Outcome
from services.reporting.domain.gifts import Gift
from services.reporting.domain.rows import STATES, PaymentRow, harare_day
from services.reporting.store import CREDEXES, GIFTS, ROWS
from shared.kernel.credit import Credit
from shared.kernel.ids import MemberId, PaymentId
from shared.kernel.money import Money
from shared.store.documents import Document, DocumentStore

START = datetime(2026, 10, 31, 22, 0, tzinfo=UTC)
"""Midnight in Harare: 1 November 2026."""
PERIOD = Period(harare_day(START), harare_day(START) + timedelta(days=29))

NAMES = (
    "Tariro Moyo",
    "Ólafur Ngũgĩ-Dubé",
    "O'Brien Sibanda",
    '=HYPERLINK("http://evil.example","click")',
    "李小龍",
    "さくら はなこ",
    "김민준",
    "Владимир Ndlovu",
    "Ελένη Παπαδοπούλου",
    "अनन्या शर्मा",
    "محمد علي",
    "Praise 🙏🏾🎉 Ncube",
    "<b>Bold</b> & Sons",
    "+263771234567",
    "Nyaradzo-Chipochashe-Munashe-Tinotenda-Ruvarashe Mukanya-Chirandu",
)
PURPOSES = ("Tithe", "Construction", "Youth Conference", "Other")
METHODS = ("ecocash", "ecocash", "onemoney", "web", "manual")
PROVINCES = ("Harare", "Bulawayo", "Manicaland", "Mashonaland East", "Masvingo", None)
CAUSES = ("declined", "insufficient_balance", "cancelled_by_payer")


def payments(count: int) -> Iterator[tuple[PaymentRow, Gift | None]]:
    """The first `count` payments: always the same."""
    chance = random.Random(1)
    for number in range(count):
        at = START + timedelta(seconds=chance.randrange(30 * 86400))
        currency = "USD" if chance.random() < 0.7 else "ZWG"
        amount = Money.from_minor(chance.choice((500, 1000, 2050, 10000, chance.randrange(100, 48000))), currency)
        state = "settled" if chance.random() < 0.85 else STATES[chance.randrange(len(STATES))]
        donor = min(int(chance.expovariate(1 / 60)), 999)
        row = PaymentRow(
            payment_id=PaymentId(f"P-{number:012}"),
            amount=amount,
            method=chance.choice(METHODS),
            state=state,
            day=harare_day(at),
            at=at,
            purpose=chance.choice(PURPOSES),
            province=chance.choice(PROVINCES),
            congregation=chance.choice((None, *(f"Congregation {place}" for place in range(60)))),
            receipt_number=f"2026-{number + 1:06}" if state in {"settled", "disputed", "refunded"} else None,
            provider_reference=str(31_000_000 + number),
            cause=chance.choice(CAUSES) if state == "failed" else None,
        )
        gift = None
        if row.receipt_number:
            gift = Gift(
                payment_id=row.payment_id,
                member=MemberId(f"M-{donor:03}"),
                name=NAMES[donor % len(NAMES)] + (f" {donor}" if donor >= len(NAMES) else ""),
                amount=amount,
                day=row.day,
                counts=int(state == "settled"),
            )
        yield row, gift


def credexes() -> Iterator[Credex]:
    """A few credexes: three denominations with decimals of their own, every outcome, one whose amount nobody told."""
    outcomes: tuple[Outcome, ...] = ("open", "accepted", "accepted", "declined", "cancelled", "upgraded")
    for number, outcome in enumerate(outcomes * 5):
        at = START + timedelta(days=number % 20)
        denomination, step = (("CXX", "12.345"), ("USD", "7.50"), ("XAU", "0.0125"))[number % 3]
        amount = Credit.of(Decimal(step) * (number + 1), denomination)
        made = at if outcome != "upgraded" else None
        ended = at + timedelta(days=2) if outcome != "open" else None
        yield Credex(credex_id=f"C-{number}", amount=amount, made_at=made, outcome=outcome, ended_at=ended)
    yield Credex(credex_id="C-elsewhere", outcome="accepted", ended_at=START)


async def fill(store: DocumentStore, count: int) -> None:
    """Put the first `count` payments, and the credexes, into the read models."""
    made = list(payments(count))
    now = START + timedelta(days=30)
    rows = [Document(ROWS.name, row.payment_id, state=row.model_dump(mode="json")) for row, _ in made]
    gifts = [Document(GIFTS.name, gift.payment_id, state=gift.model_dump(mode="json")) for _, gift in made if gift]
    traded = [Document(CREDEXES.name, one.credex_id, state=one.model_dump(mode="json")) for one in credexes()]
    await store.create(traded, now=now)
    for start in range(0, len(rows), 2000):
        await store.create(rows[start : start + 2000], now=now)
    for start in range(0, len(gifts), 2000):
        await store.create(gifts[start : start + 2000], now=now)
