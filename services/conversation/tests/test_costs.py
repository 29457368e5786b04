"""What a conversation costs: messages each way. The table is kept in the README."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.conversation.tests.talk import NEW_DONOR, Talk

README = Path(__file__).parents[3] / "README.md"
AIMS = {"new donor": (10, 11), "returning donor": (3, 4), "one line": (2, 3), "register": (7, 7)}
ROWS = dict(zip(AIMS, ("a new donor,", "a returning donor", "in one line:", "registering"), strict=True))
"""In, out: at most."""


@pytest.mark.parametrize("path", AIMS)
async def test_a_path_costs_no_more_messages_than_it_may(tariro: Talk, path: str) -> None:
    if path in {"returning donor", "one line"}:
        await tariro.give(*NEW_DONOR, "confirm")
        await tariro.told(tariro.initiated(), *tariro.settled())
    before = tariro.sent, len(tariro.heard)
    paths = {
        "new donor": ("hi", *NEW_DONOR, "confirm"),
        "returning donor": ("donate", "5 usd", "confirm"),
        "one line": ("donate 50 usd for construction", "confirm"),
        "register": ("register", "Tendai Ncube", "no", "Bulawayo", "Bulawayo West", "Welder", "confirm"),
    }
    await tariro.give(*paths[path])
    if path != "register":
        await tariro.told(tariro.initiated(), *tariro.settled())
    cost = tariro.sent - before[0], len(tariro.heard) - before[1]
    print(f"| {path} | {cost[0]} in | {cost[1]} out |")  # noqa: T201 the table for the README
    [row] = [line for line in README.read_text().splitlines() if line.startswith(f"| {ROWS[path]}")]
    assert row.endswith(f"| {cost[0]} | {cost[1]} |"), "the README tells another cost"
    assert cost[0] <= AIMS[path][0]
    assert cost[1] <= AIMS[path][1]
