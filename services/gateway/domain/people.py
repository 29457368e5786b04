"""Whom a piece of a webhook is about: its own ids, and those that the contact beside it adds (contract 2.1)."""

from __future__ import annotations

from services.gateway.domain.updates import Person
from services.gateway.domain.wire import Json, as_phone, as_text


def contact_of(phone: str | None, bsuid: str | None, contacts: list[Json]) -> Json:
    """The contact that is the sender, by id and never by index (contract 2.1)."""
    for contact in contacts:
        if (phone and as_phone(contact.get("wa_id")) == phone) or (bsuid and contact.get("user_id") == bsuid):
            return contact
    return {}


def completed(person: Person, contact: Json) -> Person:
    """A person with the ids that their contact adds (contract 0, rule 6)."""
    return Person(
        phone=person.phone or as_phone(contact.get("wa_id")),
        bsuid=person.bsuid or as_text(contact.get("user_id")),
        parent_bsuid=person.parent_bsuid or as_text(contact.get("parent_user_id")),
    )
