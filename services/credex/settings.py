"""Credex's settings: where credex-core is, how fast it may be asked, and the keys of the tokens."""

from __future__ import annotations

import binascii
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import NoDecode

from shared.kernel.credit import Credit, NotACredit
from shared.kernel.errors import Misconfigured
from shared.runtime.settings import Settings, WebUrl

KEY_BYTES = 32


def _pairs(value: Any) -> Any:
    """`USD:2,XAU:4` as a mapping."""
    if not isinstance(value, str):
        return value
    return dict(pair.strip().split(":", 1) for pair in value.split(",") if ":" in pair)


def _credit(value: Any) -> Any:
    try:
        return Credit.parse(value) if isinstance(value, str) else value
    except NotACredit as error:
        raise ValueError("give an amount like 1.00 USD") from error


class CredexSettings(Settings):
    """Credex is on when CREDEX_API_URL is given and ENABLE_CREDEX is not false; it then needs two keys."""

    enable_credex: bool = True
    """`ENABLE_CREDEX`: false answers every command with "off"."""
    credex_api_url: WebUrl | None = None
    """`CREDEX_API_URL`: credex-core, with the prefix that its generation has (credex-core contract 0)."""
    client_api_key: SecretStr | None = None
    """`CLIENT_API_KEY`: shown to the core at login; it protects every member."""
    token_keys: SecretStr | None = None
    """`TOKEN_KEYS`: `id:hex,id:hex`, 32 bytes each: members' tokens are encrypted with the first, read with all."""
    credex_denominations: Annotated[Mapping[str, int], NoDecode, BeforeValidator(_pairs)] = {
        "USD": 2,
        "ZWG": 2,
        "CAD": 2,
        "XAU": 4,
        "CXX": 3,
    }
    """`CREDEX_DENOMINATIONS`: what the core knows, each with its decimals (contract 1.6)."""
    credex_requests_per_minute: int = Field(default=30, ge=4)
    """`CREDEX_REQUESTS_PER_MINUTE`: how many the core takes from our address; some builds 15 (contract 2.7)."""
    credex_timeout_seconds: float = Field(default=12, gt=0, le=20)
    """`CREDEX_TIMEOUT_SECONDS`: how long one request may wait."""
    credex_delayed_seconds: float = Field(default=6, gt=0)
    """`CREDEX_DELAYED_SECONDS`: after this the person is told that it takes longer."""
    credex_account_type: str = "OPERATIONS"
    """`CREDEX_ACCOUNT_TYPE`: the type of business accounts (contract 1.8)."""
    credex_upgrade_price: Annotated[Credit, NoDecode, BeforeValidator(_credit)] = Credit.of("1.00", "USD")
    """`CREDEX_UPGRADE_PRICE`: what the core charges for the Hustler tier; a lost one is found by it (3.13)."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.is_on:
            for name, key in (("CLIENT_API_KEY", self.client_api_key), ("TOKEN_KEYS", self.token_keys)):
                if key is None or not key.get_secret_value().strip():
                    raise Misconfigured(f"{name} is not set; credex needs it (or set ENABLE_CREDEX=false).")
            if not self.keys:
                raise Misconfigured("TOKEN_KEYS holds no key; give id:key pairs, each key 64 hexadecimal digits.")
        return self

    @property
    def is_on(self) -> bool:
        """Whether credex is offered at all."""
        return self.enable_credex and self.credex_api_url is not None

    @cached_property
    def keys(self) -> Mapping[str, bytes]:
        """The keys of tokens by their ids; the first encrypts."""
        text = self.token_keys.get_secret_value() if self.token_keys else ""
        found = {}
        for pair in filter(None, (part.strip() for part in text.split(","))):
            id, _, key = pair.partition(":")
            try:
                found[id] = binascii.unhexlify(key)
            except ValueError:
                found[id] = b""
            if not id or len(found[id]) != KEY_BYTES:
                raise Misconfigured("TOKEN_KEYS is not usable: give id:key pairs, each key 64 hexadecimal digits.")
        return found
