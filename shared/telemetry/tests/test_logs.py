"""Logs are JSON, carry the trace, and never anything personal."""

from __future__ import annotations

import json
import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.telemetry.logs import JsonFormatter, scrub
from shared.telemetry.pseudonyms import Pseudonyms
from shared.telemetry.tracing import Tracing, current_traceparent


def logged(message: str, *arguments: object, **extra: object) -> dict[str, object]:
    record = logging.getLogger("test").makeRecord("test", logging.INFO, "f", 1, message, arguments, None, extra=extra)
    line: dict[str, object] = json.loads(JsonFormatter().format(record))
    return line


@pytest.mark.parametrize(
    "secret",
    [
        "+263771234567",
        "0771 234 567",
        "263771234567",
        "wamid.HBgMMjYzNzcxMjM0NTY3FQIA",
        "Bearer EAAG-secret",
        "https://www.paynow.co.zw/Interface/CheckPayment/?guid=5b1c1c3a-7a4e",
    ],
)
def test_what_slips_in_is_caught_by_the_net(secret: str) -> None:
    line = logged("sent %s", secret, about=secret)
    for part in (secret, secret.rsplit("guid=", maxsplit=1)[-1], secret.removeprefix("Bearer ")):
        assert part not in json.dumps(line)
    assert "[removed]" in str(line["event"])


def test_the_text_of_an_exception_is_not_logged() -> None:
    try:
        raise ValueError("donor Tariro Moyo, 0771234567")
    except ValueError:
        record = logging.getLogger("test").makeRecord("test", logging.ERROR, "f", 1, "failed", (), sys.exc_info())
    line = JsonFormatter().format(record)
    assert "Tariro" not in line
    assert json.loads(line)["error"] == "ValueError"
    assert "test_logs.py" in json.loads(line)["at"][0]


def test_a_line_carries_the_trace_that_is_open() -> None:
    with Tracing("test").span("work"):
        here = current_traceparent()
        assert here is not None
        assert logged("something")["trace_id"] == here.split("-")[1]
    assert "trace_id" not in logged("something")


@given(st.text(alphabet=st.characters(categories=["L", "P", "Zs"]), max_size=200))
def test_words_without_numbers_stay_as_they_are(text: str) -> None:
    if "wamid." not in text and "guid=" not in text and "Bearer " not in text:
        assert scrub(text) == text


def test_control_characters_cannot_forge_a_line() -> None:
    line = JsonFormatter().format(
        logging.getLogger("test").makeRecord("test", logging.INFO, "f", 1, 'x"}\n{"level":"error"', (), None)
    )
    assert "\n" not in line


def test_a_pseudonym_is_stable_keyed_and_says_nothing() -> None:
    ours, theirs = Pseudonyms("key"), Pseudonyms("other key")
    assert ours.of("+263771234567") == ours.of("+263771234567") != theirs.of("+263771234567")
    assert "77123" not in ours.of("+263771234567")
