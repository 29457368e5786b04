"""Payments' settings: one Paynow integration per currency, limits, approvals, receipts, and where Paynow finds us."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import NoDecode

from services.payments.domain.request import Rules
from services.payments.ports import Integration
from shared.contracts.payments import NOT_IN_TEST_MODE, Method
from shared.kernel.errors import Misconfigured
from shared.kernel.limits import Limits
from shared.kernel.money import Money
from shared.kernel.phone import parse_phone
from shared.runtime.settings import Settings, WebUrl, Words, as_list


def _phones(value: Any) -> Any:
    return frozenset(parse_phone(part) for part in as_list(value))


def _amounts(value: Any) -> Any:
    """`USD 500; ZWG 10000`, by currency."""
    if not isinstance(value, str):
        return value
    found: dict[str, Money] = {}
    for part in filter(None, (part.strip() for part in value.split(";"))):
        currency, _, amount = part.partition(" ")
        try:
            money = Money.of(amount.strip(), currency)
        except (ValueError, ArithmeticError):
            raise ValueError(f"{part!r} is not like 'USD 500'") from None
        if currency in found or money.amount <= 0:
            raise ValueError(f"{part!r} says again what an entry before it says, or is not above zero")
        found[currency] = money
    return found


Methods = Annotated[frozenset[Method], NoDecode, BeforeValidator(as_list)]
Phones = Annotated[frozenset[str], NoDecode, BeforeValidator(_phones)]
Amounts = Annotated[dict[str, Money], NoDecode, BeforeValidator(_amounts)]

OTHER = "Other"
"""What stands for a purpose in the words of somebody who was forgotten, as in reporting's log."""

PUSHED: frozenset[Method] = frozenset({"ecocash", "onemoney"})


class ReceiptKeySettings(Settings):
    """All that the command about receipts needs."""

    receipt_key_file: Path
    """`RECEIPT_KEY_FILE`: the Ed25519 private key, in PEM, that signs receipts."""


class PaymentsSettings(ReceiptKeySettings):
    """A currency is switched on by its integration id, which then needs key and e-mail too, or by `manual`."""

    public_url: WebUrl
    """`PUBLIC_URL`: where Paynow, and whoever checks a receipt, reaches the gateway."""
    organisation_name: str = "Ruvimbo"
    """`ORGANISATION_NAME`: the head of receipts."""
    purposes: Words = (
        "Monthly Contributions",
        "August Conference",
        "Youth Conference",
        "Construction",
        "Pastoral Support",
    )
    """`PURPOSES`: those that stay when a payer is forgotten; own words may name somebody and become "Other"."""
    paynow_url: WebUrl = "https://www.paynow.co.zw"
    """`PAYNOW_URL`: Paynow, or a stand-in. Its origin may also be polled."""
    paynow_usd_id: int | None = None
    """`PAYNOW_USD_ID`: the integration for US dollars; empty: none are taken by Paynow."""
    paynow_usd_key: SecretStr | None = None
    """`PAYNOW_USD_KEY`: its secret, a GUID."""
    paynow_usd_auth_email: str | None = None
    """`PAYNOW_USD_AUTH_EMAIL`: sent as the payer's; in test mode it must be the merchant's own (contract 2.6)."""
    paynow_usd_methods: Methods = PUSHED
    """`PAYNOW_USD_METHODS`: the methods that donors may use, separated by commas: ecocash, onemoney, innbucks, omari,
    web (Paynow's page: cards, TeleCash, Zimswitch), manual (bank and cash; needs no integration)."""
    paynow_zwg_id: int | None = None
    """`PAYNOW_ZWG_ID`: the integration for ZiG; empty: none is taken by Paynow."""
    paynow_zwg_key: SecretStr | None = None
    """`PAYNOW_ZWG_KEY`: its secret, a GUID."""
    paynow_zwg_auth_email: str | None = None
    """`PAYNOW_ZWG_AUTH_EMAIL`: as for US dollars."""
    paynow_zwg_methods: Methods = PUSHED
    """`PAYNOW_ZWG_METHODS`: as for US dollars."""
    paynow_test_mode: bool = False
    """`PAYNOW_TEST_MODE`: the integrations are in test mode: the four test numbers work with every method but
    InnBucks, which Paynow then refuses (Paynow contract 6.4): it is not offered."""
    bank_details: str | None = None
    """`BANK_DETAILS`: where to pay by bank or cash, as donors read it; `manual` needs it."""
    limits: Limits = Limits()
    """`LIMITS`: see shared.kernel.limits."""
    approval_threshold: Amounts = Field(default_factory=dict)
    """`APPROVAL_THRESHOLD`: above this amount two people must approve, `USD 500; ZWG 10000`; empty: one is enough."""
    admin_phone: Phones = frozenset()
    finance_phone: Phones = frozenset()
    """`ADMIN_PHONE`, `FINANCE_PHONE`: staff; a threshold needs two of them."""

    def public_purpose(self, purpose: str) -> str:
        """The purpose, if it is one of the configured ones, which name nobody."""
        return purpose if purpose in self.purposes else OTHER

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.methods and self.integrations:
            raise Misconfigured(
                "PAYNOW_USD_METHODS and PAYNOW_ZWG_METHODS leave no way to pay; in test mode (PAYNOW_TEST_MODE) Paynow "
                "takes no innbucks."
            )
        if not self.methods:
            raise Misconfigured(
                "PAYNOW_USD_ID and PAYNOW_ZWG_ID are both not set; give at least one of them, or name manual in "
                "PAYNOW_USD_METHODS or PAYNOW_ZWG_METHODS."
            )
        for currency, methods in self.methods.items():
            if "manual" in methods and self.bank_details is None:
                raise Misconfigured(f"BANK_DETAILS is not set; manual in PAYNOW_{currency}_METHODS needs it.")
        if self.approval_threshold and len(self.admin_phone | self.finance_phone) < 2:
            raise Misconfigured(
                "APPROVAL_THRESHOLD asks for two people; give at least two numbers in ADMIN_PHONE and FINANCE_PHONE."
            )
        _ = self.receipt_key
        return self

    @cached_property
    def integrations(self) -> Mapping[str, Integration]:
        """The integration of each currency that is switched on at Paynow."""
        given = {
            "USD": (self.paynow_usd_id, self.paynow_usd_key, self.paynow_usd_auth_email),
            "ZWG": (self.paynow_zwg_id, self.paynow_zwg_key, self.paynow_zwg_auth_email),
        }
        found = {}
        for currency, (id, key, auth_email) in given.items():
            if id is None:
                continue
            if key is None or not key.get_secret_value().strip():
                raise Misconfigured(f"PAYNOW_{currency}_KEY is not set; PAYNOW_{currency}_ID needs it.")
            if auth_email is None:
                raise Misconfigured(f"PAYNOW_{currency}_AUTH_EMAIL is not set; PAYNOW_{currency}_ID needs it.")
            found[currency] = Integration(id, key, auth_email)
        return found

    @cached_property
    def methods(self) -> Mapping[str, frozenset[Method]]:
        """The methods of each currency that has any. Without an integration only `manual` is possible."""
        given = {"USD": self.paynow_usd_methods, "ZWG": self.paynow_zwg_methods}
        refused = NOT_IN_TEST_MODE if self.paynow_test_mode else frozenset()
        possible = {
            currency: methods - refused if currency in self.integrations else methods & {"manual"}
            for currency, methods in given.items()
        }
        return {currency: methods for currency, methods in possible.items() if methods}

    @cached_property
    def rules(self) -> Rules:
        """What may be requested."""
        return Rules(methods=self.methods, limits=self.limits, test_mode=self.paynow_test_mode)

    @cached_property
    def receipt_key(self) -> Ed25519PrivateKey:
        """The key that signs receipts."""
        return read_receipt_key(self.receipt_key_file)

    def verify_url(self, code: str) -> str:
        """The page that tells whether a receipt is true, by its number or its signed payload."""
        return f"{self.public_url.rstrip('/')}/verify/{code}"


def read_receipt_key(file: Path) -> Ed25519PrivateKey:
    """The private key in a PEM file. Raises Misconfigured."""
    try:
        key = load_pem_private_key(file.read_bytes(), None)
    except OSError as error:
        raise Misconfigured(f"RECEIPT_KEY_FILE cannot be read: {error.strerror}.") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise Misconfigured(
            "RECEIPT_KEY_FILE holds no Ed25519 key in PEM; `openssl genpkey -algorithm ed25519` makes one."
        )
    return key
