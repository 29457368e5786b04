"""`ruvimbo ledger` on a real database: a good ledger is said to be good, a changed one names its first bad entry."""

from __future__ import annotations

import asyncio

import pytest

from services.reporting.domain.accounts import SETTLED, Rules
from services.reporting.domain.journal import JournalEntry
from services.reporting.domain.rates import Rates
from services.reporting.store import JOURNAL, LOG
from services.reporting.tests.books import NOW, Books, told
from shared.kernel.money import Money
from shared.store.documents import Document
from shared.store.mongo import MongoStore
from tests.journeys.system import inherited, ruvimbo


@pytest.fixture
def environment(mongo_url: str, mongo_database: str) -> dict[str, str]:
    """Settings of a product whose ledger has five entries."""
    books = Books(Rules(frozenset({"Tithe"}), fees=Rates.parse("USD ecocash 1%")))
    for number in range(5):
        books.hear(told(SETTLED, str(number), Money.of("20", "USD"), "awaiting_payer"))
    documents = [Document(LOG.name, entry.id, state=entry.model_dump(mode="json")) for entry in books.log]
    documents += [
        Document(JOURNAL.name, entry.id, state=entry.model_dump(mode="json")) for entry in books.journals["USD"]
    ]
    asyncio.run(_keep(mongo_url, f"{mongo_database}_reporting", documents))
    return {
        **inherited(),
        "MONGO_URL": mongo_url,
        "MONGO_DATABASE_PREFIX": mongo_database,
        "REDIS_URL": "redis://nowhere.invalid",
        "LOG_HASH_KEY": "test",
        "SERVICE_TOKEN": "test",
        "COOKIE_KEY": "test",
        "PURPOSES": "Tithe",
        "FEES": "USD ecocash 1%",
    }


async def _keep(url: str, database: str, documents: list[Document]) -> None:
    store = MongoStore(url, database)
    await store.prepare([LOG, JOURNAL])
    assert all(await store.create(documents, now=NOW))
    await store.close()


async def _change(url: str, database: str) -> None:
    store = MongoStore(url, database)
    await store.prepare([LOG, JOURNAL])
    document = await store.load(JOURNAL.name, "USD-000000000003")
    entry = JournalEntry.model_validate(document.state)
    document.state["lines"][0]["minor"] = entry.lines[0].minor + 1
    await store.commit(document, now=NOW)
    await store.close()


def test_a_ledger_is_proved_and_the_first_changed_entry_is_named(
    environment: dict[str, str], mongo_url: str, mongo_database: str
) -> None:
    good = ruvimbo(environment, "ledger", "verify")
    assert (good.returncode, good.stderr) == (0, "")
    assert "USD: 5 entries are good" in good.stdout
    assert "ZWG: 0 entries are good" in good.stdout
    lines = ruvimbo(environment, "ledger", "export").stdout.splitlines()
    assert len(lines) == 1 + 5 * 4
    assert lines[1].startswith("USD,1,2026-11-24,payments.payment_settled,P-0,provider:ecocash,20.00,,1,")
    asyncio.run(_change(mongo_url, f"{mongo_database}_reporting"))
    bad = ruvimbo(environment, "ledger", "verify")
    assert (bad.returncode, bad.stderr) == (1, "Entry 3 of the USD journal was changed: its hash does not fit it.\n")
