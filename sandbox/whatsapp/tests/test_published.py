"""Published forms are read from files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandbox.whatsapp.published import read_flows

FORM: dict[str, object] = {"version": "7.3", "screens": []}


def test_forms_are_read_from_files_by_their_ids(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(FORM))
    assert read_flows(f" 7={tmp_path / 'a.json'}, ") == {"7": FORM}
    assert read_flows("") == {}


@pytest.mark.parametrize("pair", ["7", "7=", "7={}/missing.json", "7={}/broken.json"])
def test_a_file_that_is_no_form_is_named(tmp_path: Path, pair: str) -> None:
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(ValueError, match="for 7, which is no Flow JSON"):
        read_flows(pair.format(tmp_path))
