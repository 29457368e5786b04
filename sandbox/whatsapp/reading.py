"""Reads requests to `/_sim/…` and words what is wrong with them."""

from __future__ import annotations

import json
import math
from typing import Any

from aiohttp import web
from pydantic import ValidationError

Json = dict[str, Any]


async def json_object(request: web.Request) -> Json:
    """The body. Raises 400."""
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise wrong(web.HTTPBadRequest, "Give a JSON object.")
    return body


def whole_number(request: web.Request, name: str, default: int) -> int:
    """A whole number of the query, from 0 up. Raises 400."""
    text = request.query.get(name, str(default))
    if not text.isascii() or not text.isdecimal():
        raise wrong(web.HTTPBadRequest, f"{name} is a number.")
    return int(text)


def seconds(value: object, name: str) -> float:
    """Seconds, from 0 up. Raises 400."""
    try:
        number = float(str(value))
    except ValueError:
        number = -1
    if not 0 <= number < math.inf:
        raise wrong(web.HTTPBadRequest, f"{name} is a number of seconds, from 0 up.")
    return number


def wrong(kind: type[web.HTTPError], text: str) -> web.HTTPError:
    """An error with one sentence as JSON."""
    return kind(text=json.dumps({"error": text}), content_type="application/json")


def invalid(error: ValidationError) -> web.HTTPError:
    """400 that names the first member that does not fit."""
    first = error.errors(include_url=False, include_input=False)[0]
    name = ".".join(str(part) for part in first["loc"])
    return wrong(web.HTTPBadRequest, f"{name} is not usable: {first['msg']}.")
