"""Wires reporting."""

from __future__ import annotations

from services.reporting import handlers
from services.reporting.settings import ReportingSettings
from services.reporting.store import FAILED_DELIVERIES, ROWS, STAFF_USE
from shared.runtime.service import Service, Tools
from shared.runtime.settings import read_settings


def make(tools: Tools) -> Service:
    """Reporting, fed by events alone."""
    return Service(
        name="reporting",
        settings=read_settings(ReportingSettings),
        handlers=handlers,
        kinds=(ROWS, STAFF_USE, FAILED_DELIVERIES),
    )
