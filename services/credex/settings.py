"""Credex's settings: none until it speaks to credex-core."""

from __future__ import annotations

from shared.runtime.settings import Settings


class CredexSettings(Settings):
    """Nothing to set."""
