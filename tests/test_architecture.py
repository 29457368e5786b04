"""Rules of the house that neither import-linter nor ruff can tell, and that theirs do bite."""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.registry import SERVICES
from shared.runtime.settings import CommonSettings, Settings

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())

EVERY_SERVICE = {"__init__.py", "app.py", "settings.py", "handlers", "tests"}
SOME = {"routes", "domain", "ports.py", "adapters", "store.py"}
"""Where a service has need of them, they are called so (architecture 2)."""
ODD_ONES = {
    "conversation": {"engine", "flows", "forms", "facts.py", "listening", "locale", "texts"},
    "gateway": {"forward.py", "health.py", "members.py", "silence.py"},
    "notifier": {"sending.py"},
    "payments": {"receipt_commands.py", "verify_page.py"},
    "reporting": {"gather.py", "links.py", "pages", "proof.py"},
}
"""What only one service has; its docstring says why."""


def parts_of(service: str) -> set[str]:
    """Files and folders of a service; handlers and routes may be either, a file for each subject in the folder."""
    names = {path.name for path in (ROOT / "services" / service).iterdir() if path.is_file() or _holds_text(path)}
    return {name.removesuffix(".py") if name in {"handlers.py", "routes.py"} else name for name in names}


def _holds_text(folder: Path) -> bool:
    """Whether there is more in it than what Python leaves behind of a folder that is gone."""
    return any(path.is_file() and "__pycache__" not in path.parts for path in folder.rglob("*"))


def imports_of(path: Path) -> set[str]:
    """The modules that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("service", SERVICES)
def test_who_knows_one_service_finds_every_file_of_another(service: str) -> None:
    parts = parts_of(service)
    assert parts >= EVERY_SERVICE
    assert parts - EVERY_SERVICE - SOME == ODD_ONES.get(service, set())
    assert ("ports.py" in parts) == ("adapters" in parts), "ports and adapters come together"


@pytest.mark.parametrize("service", SERVICES)
def test_only_app_wires(service: str) -> None:
    for path in (ROOT / "services" / service).rglob("*.py"):
        place = path.relative_to(ROOT / "services" / service).parts[0]
        if place not in {"app.py", "adapters", "tests"}:
            reached = {name for name in imports_of(path) if f"services.{service}.adapters" in name}
            assert not reached, f"{path} imports {reached}; only app.py puts adapters in their ports"
            assert "shared.runtime.settings.read_settings" not in imports_of(path), (
                f"{path} reads settings; app.py does"
            )


def test_every_file_says_what_it_is() -> None:
    parts = ("services", "shared", "sandbox", "deploy", "tests")
    for path in (path for part in parts for path in (ROOT / part).rglob("*.py")):
        text = path.read_text()
        assert not text.strip() or ast.get_docstring(ast.parse(text)), f"{path} has no docstring"


def test_import_rules_name_every_service_and_its_parts() -> None:
    contracts = {contract["name"]: contract for contract in PROJECT["tool"]["importlinter"]["contracts"]}
    apart = contracts["Services never import each other"]["modules"]
    pure = contracts["Domain rules are pure: the kernel and the contracts are all they see"]["source_modules"]
    by_ports = contracts["Handlers and routes reach vendors only by ports"]
    assert set(apart) == {f"services.{service}" for service in SERVICES}
    assert set(pure) == {f"services.{service}.domain" for service in SERVICES if "domain" in parts_of(service)}
    edges = {f"services.{s}.{part}" for s in SERVICES for part in ("handlers", "routes") if part in parts_of(s)}
    assert set(by_ports["source_modules"]) == edges
    adapters = {f"services.{service}.adapters" for service in SERVICES if "adapters" in parts_of(service)}
    assert adapters <= set(by_ports["forbidden_modules"])


TAKEN_FROM_ELSEWHERE = {
    "datetime.datetime.now": "import datetime\ndatetime.datetime.now(datetime.UTC)\n",
    "datetime.datetime.utcnow": "import datetime\ndatetime.datetime.utcnow()\n",
    "datetime.date.today": "import datetime\ndatetime.date.today()\n",
    "time.time": "import time\ntime.time()\n",
    "time.monotonic": "from time import monotonic\nmonotonic()\n",
    "time.sleep": "import time\ntime.sleep(1)\n",
    "asyncio.sleep": "from asyncio import sleep\nsleep(1)\n",
    "uuid.uuid4": "import uuid\nuuid.uuid4()\n",
    "random": "import random\n",
    "secrets": "from secrets import token_hex\n",
}


def complaints(text: str, place: str) -> list[str]:
    """The names whose use ruff's TID251 refuses in a text, if it stood at this place."""
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--select",
        "TID251",
        "--output-format",
        "json",
        "--stdin-filename",
    ]
    told = subprocess.run([*command, place, "-"], input=text, cwd=ROOT, capture_output=True, text=True, check=False)
    return [re.findall(r"`([\w.]+)`", complaint["message"])[0] for complaint in json.loads(told.stdout)]


def test_time_ids_and_chance_come_only_from_the_kernel() -> None:
    assert PROJECT["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"].keys() == TAKEN_FROM_ELSEWHERE.keys()
    everything = "".join(TAKEN_FROM_ELSEWHERE.values())
    for place in ("services/payments/domain/expire.py", "services/gateway/routes.py", "shared/outcalls/runner.py"):
        assert set(complaints(everything, place)) == TAKEN_FROM_ELSEWHERE.keys()
    assert complaints(everything, "shared/kernel/clock.py") == []


def test_every_setting_is_explained_in_the_example() -> None:
    explained = set(re.findall(r"^([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    modules = [importlib.import_module(f"services.{service}.settings") for service in SERVICES]
    classes = {CommonSettings} | {each for module in modules for each in vars(module).values() if _is_settings(each)}
    assert len(classes) > len(SERVICES) / 2
    assert {name.upper() for each in classes for name in each.model_fields} <= explained


def _is_settings(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, Settings)
