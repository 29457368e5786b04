"""Whatever message can be made keeps every limit of the channel, as the sandbox knows them (WhatsApp contract 3.2)."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from sandbox.whatsapp.limits import check_message
from services.notifier.adapters.graph_bodies import OUTGOING, Bodies
from shared.contracts.gateway import Address
from shared.contracts.notifier import TEMPLATE_PARAMETERS

ADDRESS = Address(phone_number_id="100", phone="+263771234567")
BODIES = Bodies({name: name for name in TEMPLATE_PARAMETERS}, "en")
SIGNS = ("a", "é", " ", "\n", "\t", "\U0001f64f", "❤", "\ufe0f")
FILE = {"url": "http://127.0.0.1/f", "name": "r.pdf", "type": "application/pdf", "size": 9, "sha256": "0" * 64}


def words(most: int) -> st.SearchStrategy[str]:
    """A text of hardly any or about as many signs as fit; now and then one too many, blank or empty."""
    lengths = st.sampled_from((1, 2, 3, most - 2, most - 1, most, most, most, most, most, most + 1, 0))
    return st.builds(
        lambda sign, last, length: (sign * length)[:-1] + last[:length],
        st.sampled_from(SIGNS),
        st.sampled_from(("b", "é", "\U0001f64f", "z", "9", "'", " ")),
        lengths,
    )


def some(value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | value


def choices(title: int, most: int) -> st.SearchStrategy[Any]:
    choice = st.fixed_dictionaries({"id": words(200), "title": words(title), "description": some(words(72))})
    return st.lists(choice, min_size=1, max_size=most, unique_by=lambda made: made["id"])


SECTIONS = st.lists(st.fixed_dictionaries({"title": some(words(24)), "rows": choices(24, 4)}), min_size=1, max_size=3)
KINDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "text": {"body": words(4096)},
    "buttons": {"body": words(1024), "footer": some(words(60)), "buttons": choices(20, 4)},
    "list": {"body": words(1024), "footer": some(words(60)), "open": words(20), "sections": SECTIONS},
    "link": {"body": words(1024), "title": words(20), "url": st.sampled_from(("https://a", "http://", "ftp://a"))},
    "flow": {
        "body": words(1024),
        "title": words(20),
        "flow_id": st.sampled_from(("7", "8", "9", "", " ")),
        "token": st.just("t" * 22),
        "screen": st.sampled_from((None, "A", "B", "", " ")),
        "data": st.sampled_from((None, {}, {"a": 1})),
        "draft": st.booleans(),
    },
    "document": {"file": st.just(FILE), "caption": some(words(1024))},
    "picture": {"file": st.just(FILE | {"type": "image/png"}), "caption": some(words(1024))},
    "contact_request": {"body": words(1024)},
    "template": {"name": st.just("receipt_ready"), "parameters": st.tuples(words(1024), words(1024))},
}
MADE = st.one_of(*(st.fixed_dictionaries({"kind": st.just(kind), **fields}) for kind, fields in KINDS.items()))


@settings(max_examples=200)
@given(MADE)
def test_what_can_be_made_can_be_sent(made: dict[str, Any]) -> None:
    try:
        content = OUTGOING.validate_python(made)
    except ValidationError:
        return
    body = BODIES.of(ADDRESS, content, "m/M-1", "9")
    assert check_message(body) == body["type"]
