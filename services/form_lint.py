"""`ruvimbo flows lint FILE…`: the rules of Flow JSON, before a form is published (WhatsApp contract 5.5).

A line for each thing that breaks a rule; exit code 0 when nothing does, else 1. Meta's own validator knows more rules.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from services.conversation.forms.lint import problems_of


def add_to(parts: Any, say: Callable[[str], None]) -> None:
    """Add the command to those of `ruvimbo flows`, which speak by `say`."""

    async def run(arguments: argparse.Namespace) -> int:
        bad = 0
        for file in arguments.files:
            problems = _problems_in(file)
            bad += len(problems)
            for text in problems or ["ok"]:
                say(f"{file}: {text}")
        return 1 if bad else 0

    lint = parts.add_parser("lint", help="what in the Flow JSON of a form breaks a rule", description=__doc__)
    lint.add_argument("files", type=Path, nargs="+", metavar="FILE")
    lint.set_defaults(run=run)


def _problems_in(file: Path) -> list[str]:
    try:
        form = json.loads(file.read_bytes())
    except OSError:
        return ["It cannot be read."]
    except (ValueError, RecursionError):
        return ["It is no JSON."]
    return problems_of(form)
