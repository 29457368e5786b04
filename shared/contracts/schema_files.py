"""Writes the JSON Schemas of all messages: `python -m shared.contracts.schema_files`, one file a message.

They are committed and read in review; a test fails when they differ from the code, or when a change is not
additive: fields are added, never changed; a breaking change is a new version (architecture 3).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from shared.contracts.registry import SERVICES, Event, messages_of

FOLDER = Path(__file__).parent / "schemas"


def schemas() -> dict[str, dict[str, Any]]:
    """Every message's schema by file name, `service.name.version.json`."""
    return {
        f"{message.NAME}.{message.VERSION}.json": {
            **message.model_json_schema(mode="serialization"),
            "x-key": message.KEY,
            "x-kind": "event" if issubclass(message, Event) else "command",
        }
        for service in SERVICES
        for message in messages_of(service)
    }


def as_text(schema: dict[str, Any]) -> str:
    """A schema as it is committed."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def breaking_changes(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """What in `new` a reader or writer of `old` could not live with, as sentences; empty when additive."""
    found = []
    if old.get("x-key") != new.get("x-key"):
        found.append("the key changed")
    for name, shape in old.get("properties", {}).items():
        after = new.get("properties", {}).get(name)
        if after is None:
            found.append(f"the field {name} is gone")
        elif shape.get("type") != after.get("type") or shape.get("$ref") != after.get("$ref"):
            found.append(f"the field {name} has another type")
        elif not set(shape.get("enum", [])) <= set(after.get("enum", shape.get("enum", []))):
            found.append(f"the field {name} lost values")
    found.extend(
        f"the field {name} is new and required"
        for name in set(new.get("required", [])) - set(old.get("required", []))
        if name not in old.get("properties", {})
    )
    for name, part in old.get("$defs", {}).items():
        if name in new.get("$defs", {}):
            found.extend(f"{name}: {change}" for change in breaking_changes(part, new["$defs"][name]))
    return found


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    wanted = schemas()
    for stale in {path.name for path in FOLDER.glob("*.json")} - wanted.keys():
        (FOLDER / stale).unlink()
    for name, schema in wanted.items():
        (FOLDER / name).write_text(as_text(schema))
