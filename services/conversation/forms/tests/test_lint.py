"""The lint finds what Meta's validator would refuse, and nothing in forms that are good."""

from __future__ import annotations

import argparse
import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services import form_keys
from services.conversation.forms.lint import problems_of
from services.conversation.forms.tests.conftest import CONTRACT

FORMS = sorted((CONTRACT / "samples/flows").glob("*.json"))


@pytest.fixture
def static() -> Any:
    return json.loads((CONTRACT / "samples/flows/registration_static_v7_3.json").read_text())


@pytest.mark.parametrize("file", FORMS, ids=lambda file: file.stem)
def test_the_contract_s_forms_are_good(file: Any) -> None:
    assert problems_of(json.loads(file.read_text())) == []


def children(form: Any, screen: int = 0) -> Any:
    return form["screens"][screen]["layout"]["children"]


def pick(form: Any, *types: str, payload: Any = None) -> None:
    """Let the first screen pick files, named picked0 and so on."""
    children(form)[0:0] = [{"type": type, "name": f"picked{n}", "label": "Files"} for n, type in enumerate(types)]
    children(form)[-1]["on-click-action"]["payload"].update(payload or {})


def bind(form: Any, name: str, example: str, **component: str) -> Any:
    """Give the first screen a text as data; the component that shows it."""
    form["screens"][0].setdefault("data", {})[name] = {"type": "string", "__example__": example}
    return {**component, "text": f"${{data.{name}}}"}


BREAKS: dict[str, Callable[[Any], Any]] = {
    "version must be": lambda form: form.update(version="4.0"),
    "an id of its own": lambda form: form["screens"][1].update(id="PERSON"),
    "letters and _": lambda form: form["screens"][0].update(id="PERSON-1"),
    "needs a title": lambda form: form["screens"][0].pop("title"),
    "title cannot be bound": lambda form: form["screens"][0].update(title="${data.title}"),
    "layout of the type": lambda form: form["screens"][0]["layout"].update(type="TwoColumnLayout"),
    "not of its type": lambda form: form["screens"][1]["data"]["full_name"].update(__example__=7),
    "sensitive names": lambda form: form["screens"][0].update(sensitive=["full_name", "pin"]),
    "more than one picker": lambda form: pick(form, "PhotoPicker", "DocumentPicker"),
    "cannot go along": lambda form: pick(form, "PhotoPicker", payload={"files": "${form.picked0}"}),
    "by themselves": lambda form: pick(form, "PhotoPicker", payload={"files": ["${form.picked0}"]}),
    "asks an endpoint": lambda form: children(form)[-1]["on-click-action"].update(name="data_exchange"),
    "its routing does not name": lambda form: form.update(routing_model={"PERSON": [], "CONFIRM": []}),
    "must be 3.0, or 4.0": lambda form: form.update(data_api_version="4.0", version="7.2"),
    "text of a TextHeading has more than 80": lambda form: children(form)[0].update(
        bind(form, "heading", "x" * 81, type="TextHeading")
    ),
    "needs an __example__": lambda form: form["screens"][1]["data"]["full_name"].pop("__example__"),
    "more than 50 components": lambda form: children(form).extend([{"type": "TextBody", "text": "x"}] * 50),
    "more than 1 Footer": lambda form: children(form).append(copy.deepcopy(children(form)[-1])),
    "needs a Footer": lambda form: children(form, 1).pop(),
    "same name": lambda form: children(form)[2].update(name="full_name"),
    "label of a TextInput has more than 20": lambda form: children(form)[1].update(label="x" * 21),
    "label of a Footer has more than 35": lambda form: children(form)[-1].update(label="x" * 36),
    "1 to 200 options": lambda form: children(form)[3].update({"data-source": []}),
    "have the same id": lambda form: children(form)[3]["data-source"].append({"id": "mutare", "title": "M"}),
    "title of an option": lambda form: children(form)[3]["data-source"][0].update(title="x" * 31),
    "input-type": lambda form: children(form)[1].update({"input-type": "date"}),
    "pattern": lambda form: children(form)[1].update(pattern="[a-z]+"),
    "at most 600": lambda form: children(form, 1)[1].update({"max-length": 601}),
    "like 2026-12-31": lambda form: children(form)[2].update({"min-date": "1700000000000"}),
    "action that does not exist": lambda form: children(form)[-1]["on-click-action"].update(name="jump"),
    "binding form.fullname leads nowhere": lambda form: children(form)[-1]["on-click-action"]["payload"].update(
        a="${form.fullname}"
    ),
    "binding screen.PERSON.form.x leads nowhere": lambda form: children(form, 1)[-1]["on-click-action"][
        "payload"
    ].update(a="${screen.PERSON.form.x}"),
    "names NOWHERE": lambda form: children(form)[-1]["on-click-action"]["next"].update(name="NOWHERE"),
    "leads to itself": lambda form: children(form)[-1]["on-click-action"]["next"].update(name="PERSON"),
    "no way leads": lambda form: form["screens"][1].pop("terminal"),
    "needs a routing_model": lambda form: form.update(data_api_version="3.0"),
    "does not name CONFIRM": lambda form: form.update(routing_model={"PERSON": ["CONFIRM"]}),
    "exactly one screen to begin": lambda form: form.update(routing_model={"PERSON": [], "CONFIRM": []}),
    "the way back": lambda form: form.update(routing_model={"PERSON": ["CONFIRM"], "CONFIRM": ["PERSON"]}),
    "is terminal and leads on": lambda form: form.update(routing_model={"CONFIRM": ["PERSON"], "PERSON": []}),
    "more than 10 screens": lambda form: form.update(routing_model={"PERSON": [str(n) for n in range(11)]}),
}


@pytest.mark.parametrize("problem", BREAKS)
def test_each_rule_that_is_broken_is_named(problem: str, static: Any) -> None:
    BREAKS[problem](static)
    assert any(problem in found for found in problems_of(static)), problems_of(static)


ODD = st.sampled_from([None, 7, "x", [], {}, [1], {"id": [1]}])


@given(st.data())
def test_a_form_of_any_shape_is_looked_at(data: st.DataObject) -> None:
    form = json.loads((CONTRACT / "samples/flows/donation_endpoint_v7_3.json").read_text())
    for _ in range(data.draw(st.integers(1, 4))):
        part: Any = form
        while isinstance(part, dict | list) and part:
            key: Any = data.draw(st.sampled_from(sorted(part) if isinstance(part, dict) else range(len(part))))
            if data.draw(st.booleans()):
                part[key] = data.draw(ODD)
                break
            part = part[key]
    assert all(isinstance(problem, str) for problem in problems_of(form))


@pytest.mark.parametrize("form", [None, [], "x", 7, {}, {"screens": None}, {"screens": {"id": 1}}])
def test_what_is_no_form_is_said_to_be_none(form: Any) -> None:
    assert problems_of(form) != []


async def test_the_command_names_what_is_wrong_in_each_file(tmp_path: Path) -> None:
    said: list[str] = []
    parser = argparse.ArgumentParser()
    form_keys.add_to(parser.add_subparsers(), said.append)
    (tmp_path / "text.json").write_text("{")
    names = [*map(str, FORMS), str(tmp_path / "text.json"), str(tmp_path / "none.json")]
    arguments = parser.parse_args(["flows", "lint", *names])
    assert await arguments.run(arguments) == 1
    assert said == [
        f"{name}: {text}"
        for name, text in zip(names, ["ok", "ok", "It is no JSON.", "It cannot be read."], strict=True)
    ]
