"""Wires credex."""

from __future__ import annotations

from services.credex import handlers
from services.credex.settings import CredexSettings
from shared.runtime.service import Service, Tools
from shared.runtime.settings import read_settings


def make(tools: Tools) -> Service:
    """Credex, which has no document of its own yet."""
    return Service(name="credex", settings=read_settings(CredexSettings), handlers=handlers, kinds=())
