"""Gateway's documents."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel

from services.gateway.domain.identities import Identity
from shared.store.documents import Kind


class Intake(BaseModel):
    """One update that arrived, kept so that its repetition is seen; the events are in the outbox."""

    what: str
    received_at: datetime


INTAKE = Kind("intake", Intake, home="redis", keep=timedelta(days=8))
"""Under the content id: the same message in another envelope is the same document (WhatsApp contract 0, rule 4)."""

IDENTITIES = Kind("identities", Identity, indexes=(("member",),))
"""Under `phone:+263…`, `bsuid:ZW.…`, `parent:…`."""
