"""Conversation's settings."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from services.conversation.engine.texts import later
from shared.contracts.payments import NOT_IN_TEST_MODE
from shared.kernel.credit import Credit, NotACredit
from shared.kernel.limits import METHODS, Limits
from shared.kernel.phone import NotAPhone, parse_phone
from shared.runtime.settings import Settings, Words, as_list

LONGEST_PURPOSE = 40


def _phones(value: Any) -> Any:
    try:
        return frozenset(parse_phone(part) for part in as_list(value))
    except NotAPhone as error:
        raise ValueError(str(error)) from None


def _credit(value: Any) -> Any:
    try:
        return Credit.parse(value) if isinstance(value, str) else value
    except NotACredit as error:
        raise ValueError("give an amount like 1.00 USD") from error


Phones = Annotated[frozenset[str], NoDecode, BeforeValidator(_phones)]


class ConversationSettings(Settings):
    """Who we are, what may be given, who is staff."""

    organisation_name: str = Field(default="Ruvimbo", max_length=60)
    """`ORGANISATION_NAME`: in the greeting."""
    purposes: Words = Field(
        default=(
            later("Monthly Contributions"),
            later("August Conference"),
            later("Youth Conference"),
            later("Construction"),
            later("Pastoral Support"),
        ),
        min_length=1,
    )
    """`PURPOSES`: what donors may give to; *Other* is always offered beside them."""
    approve_purposes: bool = False
    """`APPROVE_PURPOSES`: a purpose in a donor's own words waits for staff."""
    admin_phone: Phones = frozenset()
    finance_phone: Phones = frozenset()
    """`ADMIN_PHONE`, `FINANCE_PHONE`: staff, by number."""
    enable_donations: bool = True
    """`ENABLE_DONATIONS`: off, the word *donate* says so."""
    enable_registration: bool = True
    """`ENABLE_REGISTRATION`: off, the word *register* says so."""
    enable_credex: bool = True
    credex_api_url: str | None = None
    """`ENABLE_CREDEX`, `CREDEX_API_URL`: credex is on when it has an address and is not switched off."""
    credex_upgrade_price: Annotated[Credit, NoDecode, BeforeValidator(_credit)] = Credit.of("1.00", "USD")
    """`CREDEX_UPGRADE_PRICE`: what people are told before they agree."""
    enable_meta_flows: bool = False
    registration_flow_id: str = ""
    """`ENABLE_META_FLOWS`, `REGISTRATION_FLOW_ID`: whether registration is offered as a form, and its id at Meta."""
    service_token: SecretStr = SecretStr("")
    """`SERVICE_TOKEN`: the key of our own form tokens is made of it."""
    limits: Limits = Limits()
    """`LIMITS`: for early refusals; payments is the judge."""
    max_parts: int = Field(default=5, ge=1, le=20)
    """`MAX_PARTS`: payments that one gift above the limit may be split into; 1: none is split."""
    receipt_as_pdf: bool = False
    """`RECEIPT_AS_PDF`: the PDF of a receipt follows its text; off: it is made for who asks."""
    paynow_usd_id: int | None = None
    paynow_zwg_id: int | None = None
    """`PAYNOW_USD_ID`, `PAYNOW_ZWG_ID`: a currency is on when its integration is set."""
    paynow_usd_methods: Words = ("ecocash", "onemoney")
    paynow_zwg_methods: Words = ("ecocash", "onemoney")
    """`PAYNOW_USD_METHODS`, `PAYNOW_ZWG_METHODS`: the ways to pay in each."""
    paynow_test_mode: bool = False
    """`PAYNOW_TEST_MODE`: the four test numbers work with every method but InnBucks, which is not offered."""
    session_warn_seconds: int = Field(default=240, gt=0)
    session_pause_seconds: int = Field(default=300, gt=0)
    draft_hours: int = Field(default=24, gt=0)
    """`SESSION_WARN_SECONDS`, `SESSION_PAUSE_SECONDS`, `DRAFT_HOURS`: see product 1."""
    daily_messages_unknown: int = Field(default=100, gt=0)
    daily_messages_known: int = Field(default=1000, gt=0)
    """`DAILY_MESSAGES_UNKNOWN`, `DAILY_MESSAGES_KNOWN`: messages a day that are answered (product 9)."""

    @field_validator("purposes")
    @classmethod
    def _short(cls, purposes: tuple[str, ...]) -> tuple[str, ...]:
        for purpose in purposes:
            if len(purpose) > LONGEST_PURPOSE:
                raise ValueError(f"{purpose!r} is longer than {LONGEST_PURPOSE} letters")
        return purposes

    @field_validator("paynow_usd_methods", "paynow_zwg_methods")
    @classmethod
    def _known(cls, methods: tuple[str, ...]) -> tuple[str, ...]:
        for method in methods:
            if method not in METHODS:
                raise ValueError(f"{method!r} is no way to pay; known are {', '.join(METHODS)}")
        return methods

    @model_validator(mode="after")
    def _has_form(self) -> Self:
        if self.enable_meta_flows and not self.registration_flow_id:
            raise ValueError(
                "ENABLE_META_FLOWS is true, and REGISTRATION_FLOW_ID does not say which published form to offer"
            )
        return self

    @property
    def methods(self) -> dict[str, tuple[str, ...]]:
        """The methods of each currency that has any. Without an integration only bank or cash is possible."""
        refused = NOT_IN_TEST_MODE if self.paynow_test_mode else frozenset()
        given = {
            "USD": (self.paynow_usd_id, self.paynow_usd_methods),
            "ZWG": (self.paynow_zwg_id, self.paynow_zwg_methods),
        }
        possible = {
            currency: tuple(
                method for method in methods if method == "manual" or (id is not None and method not in refused)
            )
            for currency, (id, methods) in given.items()
        }
        return {currency: methods for currency, methods in possible.items() if methods}

    @property
    def can_donate(self) -> bool:
        """Whether giving is on."""
        return self.enable_donations and bool(self.methods)

    @property
    def has_credex(self) -> bool:
        """Whether credex is on."""
        return self.enable_credex and self.credex_api_url is not None

    @property
    def draft_kept(self) -> timedelta:
        """How long a draft is kept."""
        return timedelta(hours=self.draft_hours)

    @property
    def staff(self) -> frozenset[str]:
        """Every staff number."""
        return self.admin_phone | self.finance_phone
