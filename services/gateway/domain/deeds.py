"""What people do without writing: they call, or say in WhatsApp's own settings whether they want marketing.

The contract has the fields `calls` and `user_preferences` (1.5), a sample of a stop, and says what a call does (4.5).
The rest of the shapes is that of pywa 4.5.0, its yardstick (6.1). What is not of these shapes is not read here.
"""

from __future__ import annotations

from datetime import datetime

from services.gateway.domain.people import completed, contact_of
from services.gateway.domain.updates import CallUpdate, Person, PreferenceUpdate
from services.gateway.domain.wire import Json, as_moment, as_phone, as_text, digest_of

_STOPPED = {"stop": True, "resume": False}


def call_of(call: Json, number: str, contacts: list[Json], at: datetime) -> CallUpdate | None:
    """The beginning of a call by a person; None for our own calls, how a call went on, and who is not named."""
    id = as_text(call.get("id"))
    phone, bsuid = as_phone(call.get("from")), as_text(call.get("from_user_id"))
    person = Person(phone, bsuid, as_text(call.get("from_parent_user_id")))
    by_person = (call.get("event"), call.get("direction")) == ("connect", "USER_INITIATED")
    if id is None or not by_person or not person.identities:
        return None
    return CallUpdate(
        content_id=f"call:{number}:{id}",
        phone_number_id=number,
        person=completed(person, contact_of(phone, bsuid, contacts)),
        at=as_moment(call.get("timestamp")) or at,
    )


def preference_of(preference: Json, number: str, contacts: list[Json], at: datetime) -> PreferenceUpdate | None:
    """A stop or a resumption of marketing; None for other words, other categories, and who is not named."""
    phone, bsuid = as_phone(preference.get("wa_id")), as_text(preference.get("user_id"))
    person = Person(phone, bsuid, as_text(preference.get("parent_user_id")))
    stopped = _STOPPED.get(as_text(preference.get("value")) or "")
    if stopped is None or preference.get("category") != "marketing_messages" or not person.identities:
        return None
    return PreferenceUpdate(
        content_id=f"preference:{number}:{digest_of(preference)}",
        phone_number_id=number,
        person=completed(person, contact_of(phone, bsuid, contacts)),
        stopped=stopped,
        at=as_moment(preference.get("timestamp")) or at,
    )
