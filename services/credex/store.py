"""Credex's documents. Tokens are not among them: they live for minutes, encrypted, in Redis (adapters/vault.py)."""

from __future__ import annotations

from datetime import timedelta

from services.credex.domain.directory import KnownAccount, KnownMember, KnownOffer
from services.credex.domain.issue import Issuer
from services.credex.domain.request import Request
from shared.store.documents import Kind

MEMBERS = Kind("members", KnownMember, indexes=(("phone",), ("core_id",), ("member",)))
"""Under our member id."""

ACCOUNTS = Kind("accounts", KnownAccount, indexes=(("people",),))
"""Under the core's account id."""

OFFERS = Kind("offers", KnownOffer, indexes=(("issuer_member",), ("by",), ("receiver_handle",)))
"""Under the core's credexID."""

REQUESTS = Kind("requests", Request, indexes=(("asked.member", "answered"),), keep=timedelta(days=30))
"""Under an id made of member and intent, or of the message's own id for what only looks."""

ISSUERS = Kind("issuers", Issuer, indexes=(("members",), ("receivers",)))
"""Under the issuing account's id: what goes out of it, one at a time."""
