"""The languages that people are spoken and written to in."""

from __future__ import annotations

from typing import Literal

Language = Literal["en", "sn", "nd"]
"""English, Shona and Ndebele, by ISO 639-1."""
