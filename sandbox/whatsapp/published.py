"""Forms that the business has published (WhatsApp contract 5.5)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Json = dict[str, Any]


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
