"""Webhooks out of shape: whatever is dropped, added, moved or of another type, nothing known is lost or an error."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.gateway.domain.updates import InboundUpdate, StatusUpdate
from services.gateway.domain.webhook import updates_of
from services.gateway.tests.conftest import Edge
from services.gateway.tests.test_whatsapp_webhook import NOW, SAMPLES, pieces, sample

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, child in children for found in paths_of(child, (*path, key)))]


@settings(max_examples=300)
@given(st.data())
def test_a_piece_out_of_shape_never_costs_its_neighbours(data: st.DataObject) -> None:
    """Any part of a message is replaced by anything: the other messages and statuses still come out."""
    name = data.draw(st.sampled_from([path.stem for path in SAMPLES]))
    broken = sample(name)
    inside = [path for path in paths_of(broken) if len(path) >= 6]
    if inside:
        *way, last = data.draw(st.sampled_from(inside))
        place: Any = broken
        for key in way:
            place = place[key]
        place[last] = data.draw(json_values)
    broken["entry"] += sample("batch_mixed")["entry"]
    found = updates_of(broken, NOW)
    ids = {update.message_id for update in found if isinstance(update, InboundUpdate | StatusUpdate)}
    whole = sample("batch_mixed")
    assert {piece["id"] for kind in ("messages", "statuses") for piece in pieces(whole, kind)} <= ids


@given(json_values)
def test_any_json_is_read_without_an_error(body: Any) -> None:
    assert updates_of(body, NOW) == []


def places_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all objects in a body."""
    return [found for found in paths_of(value, path) if isinstance(at(value, found), dict)]


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def known_in(body: dict[str, Any]) -> dict[str, Any]:
    """Every message and status that comes out, by content id."""
    found = updates_of(body, NOW)
    return {update.content_id: update for update in found if isinstance(update, InboundUpdate | StatusUpdate)}


def shuffled(data: st.DataObject, value: Any) -> Any:
    if isinstance(value, dict):
        keys = data.draw(st.permutations(list(value)))
        return {key: shuffled(data, value[key]) for key in keys}
    if isinstance(value, list):
        return [shuffled(data, value[place]) for place in data.draw(st.permutations(range(len(value))))]
    return value


ORDERED = {"contacts", "order"}
"""Lists inside of these are the person's own, and come out as they are."""


@settings(max_examples=60)
@given(st.data())
def test_the_order_of_anything_changes_no_update(data: st.DataObject) -> None:
    body = sample(data.draw(st.sampled_from([path.stem for path in SAMPLES if path.stem not in ORDERED])))
    assert known_in(shuffled(data, body)) == known_in(body)


@settings(max_examples=100)
@given(st.data())
def test_keys_that_we_do_not_know_change_no_update(data: st.DataObject) -> None:
    body = sample(data.draw(st.sampled_from([path.stem for path in SAMPLES])))
    before = known_in(body)
    for place in data.draw(st.lists(st.sampled_from(places_of(body)), min_size=1, max_size=5)):
        if {"answers", "response_json", "pricing"} & set(place):
            continue  # a person's own words, and prices, which are kept as they come (contract 4.5)
        at(body, place)["x_new_at_meta"] = data.draw(json_values)
    assert known_in(body) == before


@settings(max_examples=300)
@given(st.data())
def test_whatever_is_missing_or_of_another_type_in_a_piece_it_still_comes_out_under_its_id(data: st.DataObject) -> None:
    body = sample(data.draw(st.sampled_from([path.stem for path in SAMPLES])))
    before = set(known_in(body))
    kinds = {"messages", "statuses"}
    inside = [path for path in paths_of(body) if len(path) > 7 and path[5] in kinds and isinstance(path[-1], str)]
    keep = {"id", "status", "recipient_id", "recipient_user_id", "recipient_participant_id", "recipient_type"}
    optional = [path for path in inside if len(path) > 8 or path[-1] not in keep]
    if not optional:
        return
    *way, last = data.draw(st.sampled_from(optional))
    if data.draw(st.booleans()):
        del at(body, tuple(way))[last]
    else:
        at(body, tuple(way))[last] = data.draw(json_values)
    assert set(known_in(body)) == before


ODDITIES: tuple[Any, ...] = (None, [], {}, "x", "", -1, 1e300, True, ["x"], {"x": {}})


def mutations_of(body: dict[str, Any], turn: int) -> Iterator[dict[str, Any]]:
    """Each place in turn is dropped, of another type, or among other keys in another order."""
    for place, way in enumerate(paths_of(body)[1:], start=turn):
        changed, odd = copy.deepcopy(body), ODDITIES[place % len(ODDITIES)]
        *above, last = way
        around, here = at(changed, tuple(above)), at(changed, way)
        if place % 3 == 0:
            del around[last]
        elif place % 3 == 1 and isinstance(here, dict):
            around[last] = {"x_new": odd, **dict(reversed(here.items()))}
        else:
            around[last] = odd
        yield changed


def as_ids(pieces: Any, *words: str) -> set[str]:
    """The ids in a list of messages or statuses, of those that have one, and all of `words`."""
    listed = pieces if isinstance(pieces, list) else []
    whole = [piece for piece in listed if isinstance(piece, dict)]
    return {piece["id"] for piece in whole if all(isinstance(piece.get(w), str) and piece[w] for w in ("id", *words))}


def ids_in(body: dict[str, Any]) -> tuple[set[str], set[str]]:
    """The ids of messages and of statuses that can be known in a body, whatever else is wrong with it."""
    messages: set[str] = set()
    statuses: set[str] = set()
    for entry in body["entry"]:
        changes = entry.get("changes") if isinstance(entry, dict) else None
        for change in changes if isinstance(changes, list) else []:
            if isinstance(change, dict) and change.get("field") == "messages" and isinstance(change.get("value"), dict):
                messages |= as_ids(change["value"].get("messages"))
                statuses |= as_ids(change["value"].get("statuses"), "status")
    return messages, statuses


async def test_no_mutation_of_a_sample_is_answered_with_an_error_or_loses_what_is_known(edge: Edge) -> None:
    """An error would repeat the whole batch, for days."""
    alone: list[dict[str, Any]] = []
    together: list[dict[str, Any]] = []
    for turn, path in enumerate(SAMPLES):
        for number, changed in enumerate(mutations_of(json.loads(path.read_bytes()), turn)):
            raw = json.dumps(changed).replace("wamid.", f"wamid.{turn}.{number}.")
            mutated = json.loads(raw)
            whole = mutated.get("object") == "whatsapp_business_account" and isinstance(mutated.get("entry"), list)
            (together if whole else alone).append(mutated)
    assert set(await asyncio.gather(*(edge.send(body) for body in alone))) == {200}
    batch = {"object": "whatsapp_business_account", "entry": [entry for body in together for entry in body["entry"]]}
    assert await edge.send(batch) == 200
    messages, statuses = ids_in(batch)
    assert len(messages) > 500
    assert messages <= {told["message_id"] for told in edge.promised("message_received")}
    assert statuses <= {told["message_id"] for told in edge.promised("delivery_status_changed")}
