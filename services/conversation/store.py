"""Conversation's documents."""

from __future__ import annotations

from datetime import timedelta

from services.conversation.domain.alarm import Alarm
from services.conversation.domain.erasure import Erasure
from services.conversation.domain.profile import Profile
from services.conversation.domain.purpose import ProposedPurpose
from services.conversation.engine.session import Session
from shared.store.documents import Kind

SESSIONS = Kind("sessions", Session, home="redis", keep=timedelta(days=30))
"""One per member, under the member id."""

PROFILES = Kind("profiles", Profile, indexes=(("staff.phone",),))
"""One per member, under the member id."""

PURPOSES = Kind("purposes", ProposedPurpose, indexes=(("member",),))
"""One per purpose in a donor's own words that waits, or waited, for staff; under its id."""

ALARMS = Kind("alarms", Alarm)
"""The latest alarm of each channel, under its name."""

ERASURES = Kind("erasures", Erasure)
"""Who was forgotten when, and by whom: the proof that it was done. Nothing of the person is in it."""
