"""Published forms: read from files, and what a static one sends off."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandbox.whatsapp.published import completed, read_flows

FORM = {
    "version": "7.3",
    "screens": [
        {"id": "ONE", "layout": {"children": [{"type": "Footer", "on-click-action": {"name": "navigate"}}]}},
        {
            "id": "TWO",
            "terminal": True,
            "layout": {
                "children": [
                    {
                        "type": "Footer",
                        "on-click-action": {
                            "name": "complete",
                            "payload": {"form": "a/1", "name": "${screen.ONE.form.name}", "ticked": "${form.ticked}"},
                        },
                    }
                ]
            },
        },
    ],
}


def test_what_is_sent_off_is_the_payload_filled_from_every_screen() -> None:
    entered = [{"screen": "ONE", "data": {"name": "Rudo", "other": 1}}, {"screen": "TWO", "data": {"ticked": True}}]
    assert completed(FORM, entered) == {"form": "a/1", "name": "Rudo", "ticked": True}


def test_what_was_left_empty_is_an_empty_text() -> None:
    assert completed(FORM, [{"screen": "TWO"}]) == {"form": "a/1", "name": "", "ticked": ""}


@pytest.mark.parametrize("entered", [[], [{"screen": "ONE", "data": {}}], [{"screen": "THREE"}], [{}]])
def test_a_form_that_is_not_at_its_end_sends_nothing(entered: list[dict[str, object]]) -> None:
    assert completed(FORM, entered) == {}


def test_forms_are_read_from_files_by_their_ids(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(FORM))
    assert read_flows(f" 7={tmp_path / 'a.json'}, ") == {"7": FORM}
    assert read_flows("") == {}


@pytest.mark.parametrize("pair", ["7", "7=", "7={}/missing.json", "7={}/broken.json"])
def test_a_file_that_is_no_form_is_named(tmp_path: Path, pair: str) -> None:
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(ValueError, match="for 7, which is no Flow JSON"):
        read_flows(pair.format(tmp_path))
