"""Conversation's settings."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_settings import NoDecode

from services.conversation.engine.texts import _
from shared.kernel.limits import Limits
from shared.kernel.phone import parse_phone
from shared.runtime.settings import Settings


def _list(value: Any) -> Any:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _phones(value: Any) -> Any:
    return frozenset(parse_phone(part) for part in _list(value))


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_list)]
Phones = Annotated[frozenset[str], NoDecode, BeforeValidator(_phones)]


class ConversationSettings(Settings):
    """Who we are, what may be given, who is staff."""

    organisation_name: str = "Ruvimbo"
    """`ORGANISATION_NAME`: in the greeting."""
    purposes: Words = Field(
        default=(
            _("Monthly Contributions"),
            _("August Conference"),
            _("Youth Conference"),
            _("Construction"),
            _("Pastoral Support"),
        ),
        min_length=1,
    )
    """`PURPOSES`: what donors may give to; *Other* is always offered beside them."""
    admin_phone: Phones = frozenset()
    finance_phone: Phones = frozenset()
    """`ADMIN_PHONE`, `FINANCE_PHONE`: staff, by number."""
    enable_donations: bool = True
    """`ENABLE_DONATIONS`: off, the word *donate* says so."""
    limits: Limits = Limits()
    """`LIMITS`: for early refusals; payments is the judge."""
    paynow_usd_id: int | None = None
    paynow_zwg_id: int | None = None
    """`PAYNOW_USD_ID`, `PAYNOW_ZWG_ID`: a currency is on when its integration is set."""
    paynow_usd_methods: Words = ("ecocash", "onemoney")
    paynow_zwg_methods: Words = ("ecocash", "onemoney")
    """`PAYNOW_USD_METHODS`, `PAYNOW_ZWG_METHODS`: the ways to pay in each."""
    paynow_test_mode: bool = False
    """`PAYNOW_TEST_MODE`: the four test numbers work with every method."""

    @property
    def methods(self) -> dict[str, tuple[str, ...]]:
        """The methods of each currency that is on."""
        given = {
            "USD": (self.paynow_usd_id, self.paynow_usd_methods),
            "ZWG": (self.paynow_zwg_id, self.paynow_zwg_methods),
        }
        return {currency: methods for currency, (id, methods) in given.items() if id is not None}

    @property
    def staff(self) -> frozenset[str]:
        """Every staff number."""
        return self.admin_phone | self.finance_phone
