"""Forms that the business has published (WhatsApp contract 5.5), and what a static one sends off."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

Json = dict[str, Any]

_BINDING = re.compile(r"\$\{(?:screen\.(?P<screen>\w+)\.)?form\.(?P<field>\w+)\}", re.ASCII)


def read_flows(pairs: str) -> dict[str, Json]:
    """The Flow JSON of each form, of `id=file` pairs with commas. Raises ValueError, with a sentence."""
    flows: dict[str, Json] = {}
    for pair in filter(None, (part.strip() for part in pairs.split(","))):
        id, _, file = pair.partition("=")
        try:
            flows[id] = json.loads(Path(file).read_text())
        except (OSError, ValueError):
            raise ValueError(f"WHATSAPP_FLOWS names {file or 'no file'} for {id}, which is no Flow JSON") from None
    return flows


def completed(form: Json, entered: list[Json]) -> Json:
    """The payload of `complete` on the screen that was entered last, filled; what was left empty is an empty text.

    `entered` are screens as `{"screen": id, "data": {…}}`.
    """
    by_screen = {str(one.get("screen")): one.get("data", {}) for one in entered}
    last = str(entered[-1].get("screen")) if entered else ""
    screen = next((screen for screen in form["screens"] if screen["id"] == last), None)
    parts = screen["layout"]["children"] if screen else []
    actions = [part["on-click-action"] for part in parts if "on-click-action" in part]
    payload: Json = next((action["payload"] for action in actions if action["name"] == "complete"), {})

    def filled(value: Any) -> Any:
        bound = _BINDING.fullmatch(value) if isinstance(value, str) else None
        return by_screen.get(bound["screen"] or last, {}).get(bound["field"], "") if bound else value

    return {name: filled(value) for name, value in payload.items()}
