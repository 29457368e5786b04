"""The published language: complete, documented, and changed only by adding."""

from __future__ import annotations

import copy
import json
import re

import pytest

from shared.contracts.base import Command, Message
from shared.contracts.registry import SERVICES, UnknownMessage, message_type, messages_of
from shared.contracts.schema_files import FOLDER, as_text, breaking_changes, schemas
from shared.contracts.topology import EVENTS_HEARD

MESSAGES = [message for service in SERVICES for message in messages_of(service)]


def test_committed_schemas_are_those_of_the_code() -> None:
    committed = {path.name: path.read_text() for path in FOLDER.glob("*.json")}
    assert committed == {name: as_text(schema) for name, schema in schemas().items()}


def test_a_message_of_an_unknown_version_is_named_in_the_error() -> None:
    with pytest.raises(UnknownMessage, match=r"gateway.message_received in version 99"):
        message_type("gateway.message_received", 99)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.NAME)
def test_every_message_says_what_it_means(message: type[Message]) -> None:
    assert message.__doc__ or message.NAME.startswith("notifier.message_")
    assert re.fullmatch(r"[a-z]+\.[a-z]+(_[a-z]+)*", message.NAME)


def test_only_events_are_listened_to_by_others() -> None:
    assert not [m for heard in EVENTS_HEARD.values() for m in heard if issubclass(m, Command)]


def test_a_new_optional_field_is_additive_and_all_else_is_breaking() -> None:
    old = json.loads(as_text(schemas()["payments.payment_settled.1.json"]))
    added = copy.deepcopy(old)
    added["properties"]["note"] = {"type": "string"}
    assert breaking_changes(old, added) == []
    gone, changed, required = copy.deepcopy(old), copy.deepcopy(old), copy.deepcopy(added)
    del gone["properties"]["purpose"]
    changed["properties"]["purpose"]["type"] = "integer"
    required["required"].append("note")
    assert breaking_changes(old, gone) == ["the field purpose is gone"]
    assert breaking_changes(old, changed) == ["the field purpose has another type"]
    assert breaking_changes(old, required) == ["the field note is new and required"]
