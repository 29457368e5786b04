"""Files in messages: who makes a file keeps it, the bus carries only where it is (architecture 3)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class FileRef(BaseModel):
    """A file that its maker keeps: bytes never travel on the bus (architecture 3)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    url: str
    """At the maker's internal port: signed, expiring."""
    sha256: str
    """Hexadecimal."""
    size: int
    """Bytes."""
    name: str
    type: str
    """MIME type."""
