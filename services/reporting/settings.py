"""Reporting's settings: none of its own yet beyond what all services share."""

from __future__ import annotations

from shared.runtime.settings import Settings


class ReportingSettings(Settings):
    """Nothing to set."""
