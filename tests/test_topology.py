"""What the contracts say of each service, held against its code."""

from __future__ import annotations

import importlib

import pytest

from shared.bus.handlers import declared_in
from shared.contracts.registry import SERVICES
from shared.contracts.topology import heard_by


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_handles_exactly_what_the_topology_says_it_hears(service: str) -> None:
    handlers, _ = declared_in(importlib.import_module(f"services.{service}.handlers"))
    assert {handler.message for handler in handlers} == set(heard_by(service))


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_says_in_its_docstring_what_it_hears(service: str) -> None:
    text = importlib.import_module(f"services.{service}").__doc__ or ""
    for message in heard_by(service):
        short = message.NAME.split(".")[1]
        assert short in text, f"services/{service}/__init__.py does not name {message.NAME}"
