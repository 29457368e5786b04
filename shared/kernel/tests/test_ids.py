"""Ids: the same for the same parts, hard to guess otherwise, easy to read aloud."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.ids import derive_id, new_id, seeded_chance, system_chance


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_different_parts_give_different_ids(one: list[str], other: list[str]) -> None:
    same = "\x1f".join(one) == "\x1f".join(other)
    assert (derive_id("P", *one) == derive_id("P", *other)) == same


def test_ids_use_no_letter_that_is_mistaken_for_a_digit() -> None:
    id = new_id("M", system_chance(), characters=200)
    assert id.startswith("M-")
    assert not set(id[2:]) & set("ILOU")


def test_a_seed_gives_the_same_ids_again() -> None:
    assert new_id("M", seeded_chance(7)) == new_id("M", seeded_chance(7)) != new_id("M", seeded_chance(8))
