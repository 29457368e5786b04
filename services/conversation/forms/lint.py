"""The rules of Flow JSON that can be checked here (WhatsApp contract 5.5), before Meta's own validator sees a form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

LARGEST = 10 * 1024 * 1024
COMPONENTS = 50
BRANCHES = 10
PUBLISHABLE = ("5.1", "6.0", "6.1", "6.2", "6.3", "7.0", "7.1", "7.2", "7.3")

_SCREEN_ID = re.compile(r"[A-Za-z_]+")
_BINDING = re.compile(r"\$\{([^}]*)\}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")

_LENGTHS: dict[str, dict[str, int]] = {
    "TextHeading": {"text": 80},
    "TextSubheading": {"text": 80},
    "TextBody": {"text": 4096},
    "TextCaption": {"text": 409},
    "TextInput": {"label": 20, "helper-text": 80, "error-message": 30},
    "TextArea": {"label": 20, "helper-text": 80},
    "Dropdown": {"label": 20},
    "RadioButtonsGroup": {"label": 30},
    "CheckboxGroup": {"label": 30},
    "OptIn": {"label": 120},
    "EmbeddedLink": {"text": 25},
    "Footer": {"label": 35, "left-caption": 15, "center-caption": 15, "right-caption": 15},
}
_OPTIONS = {"Dropdown": 200, "RadioButtonsGroup": 20, "CheckboxGroup": 20}
_AT_MOST = {"OptIn": 5, "EmbeddedLink": 2, "Footer": 1}
_PICKERS = {"PhotoPicker", "DocumentPicker"}
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}
_INPUT_TYPES = {"text", "number", "email", "password", "passcode", "phone"}
_ACTIONS = {"navigate", "complete", "data_exchange", "update_data", "open_url"}


def problems_of(form: Any) -> list[str]:
    """What breaks a rule, each as a sentence that names the screen; empty when all is well."""
    found: list[str] = []
    try:
        found += _problems(form)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        # A part is of another shape than its place in Flow JSON has; what was found before stays found.
        found.append("A part of it has a shape that Flow JSON does not have: a list for an object, or the like.")
    return found


def _problems(form: Json) -> Iterator[str]:
    if len(json.dumps(form, ensure_ascii=False).encode()) > LARGEST:
        yield "The form is larger than 10 MB."
    if form.get("version") not in PUBLISHABLE:
        yield f"version must be one of {', '.join(PUBLISHABLE)}."
    if (api := form.get("data_api_version")) is not None and api != "3.0" and (api, form["version"]) != ("4.0", "7.3"):
        yield "data_api_version must be 3.0, or 4.0 with version 7.3."
    screens = {str(screen.get("id")): screen for screen in form.get("screens", [])}
    if not screens or len(screens) != len(form["screens"]):
        yield "A form needs screens, each with an id of its own."
    for id, screen in screens.items():
        yield from (f"Screen {id}: {problem}" for problem in _screen(id, screen, form))
    edges = _edges(form, screens)
    yield from _routing(form, screens, edges)


def _screen(id: str, screen: Json, form: Json) -> Iterator[str]:
    if not _SCREEN_ID.fullmatch(id) or id == "SUCCESS":
        yield "its id must be letters and _, and not SUCCESS."
    if not screen.get("title"):
        yield "it needs a title."
    elif re.search(_BINDING, str(screen["title"])):
        yield "its title cannot be bound to data."
    if (screen.get("layout") or {}).get("type") != "SingleColumnLayout":
        yield "it needs a layout of the type SingleColumnLayout."
    data = screen.get("data") or {}
    yield from _data(data)
    components = list(_components(screen))
    yield from _numbers(screen, components)
    names = [str(component["name"]) for component in components if "name" in component]
    if len(set(names)) != len(names):
        yield "two of its components have the same name."
    for name in set(map(str, screen.get("sensitive", []))) - set(names):
        yield f"sensitive names {name}, which does not exist."
    for component in components:
        shown = {key: _shown(value, data) for key, value in component.items()}
        yield from _component(shown)
        yield from _action(id, shown, components, form)
    yield from _bindings(screen, names, form)


def _data(data: Json) -> Iterator[str]:
    for name, shape in data.items():
        if "__example__" not in shape:
            yield f"data {name} needs an __example__."
        elif not isinstance(shape["__example__"], _TYPES.get(str(shape.get("type")), ())):
            yield f"data {name} has an __example__ that is not of its type."


def _numbers(screen: Json, components: list[Json]) -> Iterator[str]:
    if len(components) > COMPONENTS:
        yield f"it has more than {COMPONENTS} components."
    for type, most in _AT_MOST.items():
        if sum(component.get("type") == type for component in components) > most:
            yield f"it has more than {most} {type}."
    if sum(component.get("type") in _PICKERS for component in components) > 1:
        yield "it has more than one picker of files."
    if screen.get("terminal") and not any(component.get("type") == "Footer" for component in components):
        yield "a terminal screen needs a Footer."


def _shown(value: Any, data: Json) -> Any:
    """What is drawn, for what is bound to data: its example."""
    bound = re.fullmatch(_BINDING, value) if isinstance(value, str) else None
    place, _, name = bound[1].strip().partition(".") if bound else ("", "", "")
    return data.get(name, {}).get("__example__", value) if place == "data" else value


def _component(component: Json) -> Iterator[str]:
    type = str(component.get("type"))
    for key, most in _LENGTHS.get(type, {}).items():
        text = component.get(key)
        if isinstance(text, str) and not text.startswith("${") and len(text) > most:
            yield f"the {key} of a {type} has more than {most} characters."
    yield from _options(type, component.get("data-source"))
    yield from _input(type, component)


def _action(id: str, component: Json, components: list[Json], form: Json) -> Iterator[str]:
    type, action = component.get("type"), component.get("on-click-action")
    if not isinstance(action, dict):
        return
    name, payload = action.get("name"), action.get("payload") or {}
    if name not in _ACTIONS:
        yield f"a {type} has an action that does not exist."
    if name == "data_exchange" and "data_api_version" not in form:
        yield f"a {type} asks an endpoint, and the form has no data_api_version."
    if name == "navigate" and id in (routes := form.get("routing_model") or {}):
        target = str((action.get("next") or {}).get("name"))
        if target not in routes[id]:
            yield f"a {type} leads to {target}, which its routing does not name."
    for picker in (str(part.get("name")) for part in components if part.get("type") in _PICKERS):
        places = [key for key, value in payload.items() if f"form.{picker}}}" in json.dumps(value)]
        if places and name == "navigate":
            yield f"the files of {picker} cannot go along to another screen."
        if any(payload[key] != f"${{form.{picker}}}" for key in places):
            yield f"the files of {picker} must be a value of the payload by themselves."


def _options(type: str, options: Any) -> Iterator[str]:
    if type in _OPTIONS and isinstance(options, list):
        if not 1 <= len(options) <= _OPTIONS[type]:
            yield f"a {type} has 1 to {_OPTIONS[type]} options."
        if len({option.get("id") for option in options}) != len(options):
            yield f"two options of a {type} have the same id."
        if any(len(str(option.get("title", ""))) > 30 for option in options):
            yield f"the title of an option of a {type} has more than 30 characters."
        if any(len(str(option.get("description", ""))) > 300 for option in options):
            yield f"the description of an option of a {type} has more than 300 characters."


def _input(type: str, component: Json) -> Iterator[str]:
    if type == "TextInput":
        if component.get("input-type", "text") not in _INPUT_TYPES:
            yield "a TextInput has an input-type that does not exist."
        if "pattern" in component and not component.get("helper-text"):
            yield "a TextInput with a pattern needs a helper-text."
    if type == "TextArea" and int(component.get("max-length", 600)) > 600:
        yield "a TextArea takes at most 600 characters."
    if type == "DatePicker":
        for key in ("min-date", "max-date"):
            if key in component and not re.fullmatch(_DATE, str(component[key])) and "${" not in str(component[key]):
                yield f"the {key} of a DatePicker must be like 2026-12-31."


def _bindings(screen: Json, names: list[str], form: Json) -> Iterator[str]:
    screens = {str(other.get("id")): other for other in form.get("screens", [])}
    for path in re.findall(_BINDING, json.dumps(screen.get("layout", {}))):
        parts = path.strip().split(".")
        match parts:
            case ["data", name, *_]:
                known = name in (screen.get("data") or {})
            case ["form", name, *_]:
                known = name in names
            case ["screen", other, "form", name, *_]:
                known = name in {str(part.get("name")) for part in _components(screens.get(other, {}))}
            case ["screen", other, "data", name, *_]:
                known = name in (screens.get(other, {}).get("data") or {})
            case _:
                known = False
        if not known:
            yield f"the binding {path} leads nowhere."


def _edges(form: Json, screens: dict[str, Json]) -> dict[str, list[str]]:
    """Where each screen leads: as `routing_model` says, or else its navigate actions."""
    if "routing_model" in form:
        return {str(id): [str(target) for target in targets] for id, targets in form["routing_model"].items()}
    found: dict[str, list[str]] = {}
    for id, screen in screens.items():
        actions = [component.get("on-click-action") for component in _components(screen)]
        nexts = [action["next"]["name"] for action in actions if isinstance(action, dict) and action.get("next")]
        found[id] = list(dict.fromkeys(map(str, nexts)))
    return found


def _routing(form: Json, screens: dict[str, Json], edges: dict[str, list[str]]) -> Iterator[str]:
    if "data_api_version" in form and "routing_model" not in form:
        yield "A form with an endpoint needs a routing_model."
    for id, targets in edges.items():
        if id in targets:
            yield f"Screen {id} leads to itself."
        if len(targets) > BRANCHES:
            yield f"Screen {id} leads to more than {BRANCHES} screens."
        for target in {id, *targets} - screens.keys():
            yield f"The routing names {target}, which does not exist."
        for back in targets:
            if id in edges.get(back, []) and id < back:
                yield f"The routing leads from {id} to {back} and back; the way back is understood."
    if form.get("routing_model") is not None and (missing := screens.keys() - edges.keys()):
        yield f"routing_model does not name {', '.join(sorted(missing))}."
    led_to = {target for targets in edges.values() for target in targets}
    entries = [id for id in screens if id not in led_to]
    if screens and len(entries) != 1:
        yield "A form has exactly one screen to begin with."
    for id, screen in screens.items():
        if not _ends(id, edges, screens):
            yield f"From screen {id} no way leads to a terminal screen."
        if screen.get("terminal") and edges.get(id):
            yield f"Screen {id} is terminal and leads on."


def _ends(id: str, edges: dict[str, list[str]], screens: dict[str, Json]) -> bool:
    seen, open_ids = set(), [id]
    while open_ids:
        here = open_ids.pop()
        if here in seen or here not in screens:
            continue
        if screens[here].get("terminal"):
            return True
        seen.add(here)
        open_ids += edges.get(here, [])
    return False


def _components(part: Any) -> Iterator[Json]:
    """Every component of a screen, also inside If, Switch and Form."""
    if isinstance(part, list):
        for item in part:
            yield from _components(item)
    elif isinstance(part, dict):
        # Types of data (`string`, `array`) are small, those of components and the layout are not.
        type = part.get("type")
        if isinstance(type, str) and type[:1].isupper() and type != "SingleColumnLayout":
            yield part
        for key in ("layout", "children", "then", "else"):
            yield from _components(part.get(key))
        if isinstance(part.get("cases"), dict):
            for branch in part["cases"].values():
                yield from _components(branch)
