"""Gateway's documents."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from pydantic import BaseModel

from services.gateway.domain.identities import Identity
from shared.kernel.ids import MemberId
from shared.store.documents import Kind


class Intake(BaseModel):
    """One update that arrived, kept so that its repetition is seen; the events are in the outbox."""

    what: str
    received_at: datetime
    unread: str | None = None
    """As JSON what this build cannot read: a type, field, shape or part that is new to it (contract 0, rule 7)."""


INTAKE = Kind("intake", Intake, home="redis", keep=timedelta(days=8))
"""Under what `intake_id_of` makes of the content id: the same message in another envelope is the same document
(WhatsApp contract 0, rule 4)."""


def intake_id_of(content_id: str) -> str:
    """A digest: content ids name phones, some of them inside WhatsApp's own message ids."""
    return hashlib.sha256(content_id.encode("utf-8", "surrogatepass")).hexdigest()


class Alias(BaseModel):
    """A member who turned out to be an older one."""

    alias: MemberId
    member: MemberId
    """The older one, at that time; who may have become an alias since."""


ALIASES = Kind("aliases", Alias, indexes=(("member",), ("alias",)))
"""Under both ids, from before the first identity moves: what was kept under the alias is found by this."""


class HealthQuestion(BaseModel):
    """Staff want to know how the services are."""


HEALTH_QUESTIONS = Kind("health_questions", HealthQuestion, home="redis", keep=timedelta(days=1))
"""Under who asks: holds the call that looks."""

IDENTITIES = Kind("identities", Identity, indexes=(("member",),))
"""Under `phone:+263…`, `bsuid:ZW.…`, `parent:…`."""
