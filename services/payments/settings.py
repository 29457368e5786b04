"""Payments' settings: one Paynow integration per currency, limits, and where Paynow finds us."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import NoDecode

from services.payments.domain.request import Rules
from services.payments.ports import Integration
from shared.kernel.errors import Misconfigured
from shared.kernel.limits import Limits
from shared.runtime.settings import Settings

ExpressMethod = Literal["ecocash", "onemoney"]


def _words(value: Any) -> Any:
    return [word.strip() for word in value.split(",") if word.strip()] if isinstance(value, str) else value


Methods = Annotated[frozenset[ExpressMethod], NoDecode, BeforeValidator(_words)]

BOTH: frozenset[ExpressMethod] = frozenset({"ecocash", "onemoney"})


class PaymentsSettings(Settings):
    """A currency is switched on by its integration id; it then needs key and e-mail too."""

    public_url: str = Field(pattern=r"^https?://")
    """`PUBLIC_URL`: where Paynow reaches the gateway."""
    paynow_url: str = Field(default="https://www.paynow.co.zw", pattern=r"^https?://")
    """`PAYNOW_URL`: Paynow, or a stand-in. Its origin may also be polled."""
    paynow_usd_id: int | None = None
    """`PAYNOW_USD_ID`: the integration for US dollars; empty: none are taken."""
    paynow_usd_key: SecretStr | None = None
    """`PAYNOW_USD_KEY`: its secret, a GUID."""
    paynow_usd_auth_email: str | None = None
    """`PAYNOW_USD_AUTH_EMAIL`: sent as the payer's; in test mode it must be the merchant's own (contract 2.6)."""
    paynow_usd_methods: Methods = BOTH
    """`PAYNOW_USD_METHODS`: the methods that donors may use, separated by commas."""
    paynow_zwg_id: int | None = None
    """`PAYNOW_ZWG_ID`: the integration for ZiG; empty: none is taken."""
    paynow_zwg_key: SecretStr | None = None
    """`PAYNOW_ZWG_KEY`: its secret, a GUID."""
    paynow_zwg_auth_email: str | None = None
    """`PAYNOW_ZWG_AUTH_EMAIL`: as for US dollars."""
    paynow_zwg_methods: Methods = BOTH
    """`PAYNOW_ZWG_METHODS`: as for US dollars."""
    paynow_test_mode: bool = False
    """`PAYNOW_TEST_MODE`: the integrations are in test mode: the four test numbers work with every method."""
    limits: Limits = Limits()
    """`LIMITS`: see shared.kernel.limits."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.integrations:
            raise Misconfigured("PAYNOW_USD_ID and PAYNOW_ZWG_ID are both not set; give at least one of them.")
        return self

    @cached_property
    def integrations(self) -> Mapping[str, Integration]:
        """The integration of each currency that is switched on."""
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
    def rules(self) -> Rules:
        """What may be requested."""
        methods = {"USD": self.paynow_usd_methods, "ZWG": self.paynow_zwg_methods}
        return Rules(
            methods={currency: frozenset(methods[currency]) for currency in self.integrations},
            limits=self.limits,
            test_mode=self.paynow_test_mode,
        )
