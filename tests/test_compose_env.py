"""`make env` gives docker compose all that it asks for, once."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from dotenv import dotenv_values

ROOT = Path(__file__).parents[1]


def write_env(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deploy.local.compose_env"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_it_sets_what_compose_needs_and_leaves_an_existing_file_alone(tmp_path: Path) -> None:
    assert write_env(tmp_path).returncode == 0
    file = tmp_path / ".env"
    given = dotenv_values(file)
    needed = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert needed <= given.keys()
    assert all(given[name] for name in needed)
    elsewhere = {name for name, value in given.items() if value and "127.0.0.1" in value}
    assert elsewhere == {"TRACES_URL"}, "that one is for a browser; no container is found there"
    assert given["ENABLE_META_FLOWS"] == "false"
    assert "PRIVATE_KEY_FILE" not in given, "no container sees that file"
    assert file.stat().st_mode & 0o077 == 0
    before = file.read_text()
    again = write_env(tmp_path)
    assert (again.returncode, file.read_text()) == (1, before)
    assert again.stderr.startswith("There is a .env already")
