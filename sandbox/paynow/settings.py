"""What the stand-in is told: its integrations, its speed and its choices (Paynow contract 10.1).

PAYNOW_USD_ID, PAYNOW_USD_KEY        integration of one currency; the same with ZWG
PAYNOW_USD_AUTH_EMAIL                the merchant's log-in addresses, separated by commas
PAYNOW_USD_MODE                      test, or live: real numbers are taken and wait to be moved by hand; by default
                                     live where PAYNOW_TEST_MODE=false says so
PAYNOW_USD_METHODS                   active methods, separated by commas
PAYNOW_USD_KIND                      site (default) or link; links are refused by the interface
PAYNOW_USD_ACTIVE, _BUYSAFE, _CAN_TOKENIZE, _INSTRUMENT_DETAILS
PAYNOW_PUBLIC_URL                    where this server is reached, prefix included
PAYNOW_TIME_SCALE                    1.0 = the contract's seconds, 0 = at once
PAYNOW_SEED                          makes guids and codes repeatable
PAYNOW_CANCELLED_AS                  the word for 0773333333: Cancelled (default) or Failed
PAYNOW_FINAL_CALLBACKS_ONLY, PAYNOW_RETURN_BEFORE_CALLBACK, PAYNOW_WITH_REFERENCE, PAYNOW_LENIENT_PHONE,
PAYNOW_VARY_CASE, PAYNOW_CALLBACK_TIMEOUT, PAYNOW_OMARI_OTP
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar, get_args
from urllib.parse import unquote

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from shared.kernel.errors import Misconfigured

Method = Literal["ecocash", "onemoney", "innbucks", "omari", "vmc", "zimswitch"]

METHODS: tuple[Method, ...] = get_args(Method)
"""The methods of a remote transaction (Paynow contract 2.1)."""


_NOT_REMOTE = ("web", "manual")
"""The product's words for Paynow's page and for bank and cash, which the same variable may name."""


def _remote(value: object) -> object:
    words = _words(value)
    if not isinstance(words, tuple):
        return words
    known = (*METHODS, *_NOT_REMOTE)
    if unknown := next((word for word in words if word not in known), None):
        raise ValueError(f"there is no {unknown!r}; choose from {', '.join(known)}")
    return tuple(word for word in words if word not in _NOT_REMOTE)


def _words(value: object) -> object:
    return tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value


class Integration(BaseModel):
    """One merchant integration: Paynow has one for each currency (Paynow contract 7)."""

    model_config = ConfigDict(frozen=True)

    id: int
    key: str = Field(min_length=1, repr=False)
    currency: str
    auth_email: Annotated[tuple[str, ...], BeforeValidator(_words)] = ("treasurer@example.org",)
    """The merchant's log-in addresses; in test mode no other `authemail` is taken (Paynow contract 2.6)."""
    mode: Literal["test", "live"] = "test"
    methods: Annotated[tuple[Method, ...], BeforeValidator(_remote)] = METHODS
    kind: Literal["site", "link"] = "site"
    active: bool = True
    buysafe: bool = False
    """Paid money waits in escrow: `Awaiting Delivery` comes where `Paid` would."""
    can_tokenize: bool = False
    instrument_details: bool = False
    """Status updates of paid transactions tell channel, fees and instrument (Paynow contract 3.1, row 7)."""

    def is_merchant(self, email: str) -> bool:
        """Whether the address is one of the merchant's own; letter case does not count.

        The Python SDK encodes the address of a web payment twice (Paynow contract 8.3), so one layer is taken off.
        """
        return unquote(email.strip()).lower() in {own.lower() for own in self.auth_email}


class PaynowSettings(BaseModel):
    """All choices of one stand-in. Times are seconds."""

    model_config = ConfigDict(frozen=True)

    integrations: tuple[Integration, ...]
    public_url: str = "http://127.0.0.1:8020/paynow"
    organisation_name: str = "Test merchant"
    time_scale: float = Field(default=1.0, ge=0)
    seed: int | None = None
    cancelled_as: Literal["Cancelled", "Failed"] = "Cancelled"
    final_callbacks_only: bool = False
    return_before_callback: bool = False
    with_reference: bool = False
    """The answer to an initiated web payment tells `paynowreference`, as staging does and production does not."""
    lenient_phone: bool = False
    """`2637…` and `+2637…` are taken for the test numbers too."""
    vary_case: bool = False
    """Until faults are disarmed, names are capitalised and escapes upper-case, as in some of Paynow's samples."""
    callback_timeout: float = Field(default=10.0, gt=0)
    omari_otp: str = "012345"

    def integration(self, integration_id: str) -> Integration | None:
        """The integration with this id as it came in a message, if any."""
        return next((known for known in self.integrations if str(known.id) == integration_id.strip()), None)


M = TypeVar("M", bound=BaseModel)


def _read(model: type[M], prefix: str, environ: Mapping[str, str], **given: object) -> M:
    names = {field: prefix + field.upper() for field in model.model_fields if field not in given}
    told = {field: environ[name] for field, name in names.items() if environ.get(name, "").strip()}
    try:
        return model.model_validate(given | told)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = names[str(first["loc"][0])]
        if first["type"] == "missing":
            raise Misconfigured(f"{name} is not set; the Paynow stand-in needs it.") from None
        raise Misconfigured(f"{name} is not usable: {first['msg'].removeprefix('Value error, ')}.") from None


def read_settings(environ: Mapping[str, str]) -> PaynowSettings:
    """The settings in `environ`. Raises Misconfigured with one sentence that names the variable."""
    usual = {
        "PAYNOW_USD_ID": "30101",
        "PAYNOW_ZWG_ID": "30102",
        # InnBucks pays in USD only (Paynow contract 2.1).
        "PAYNOW_ZWG_METHODS": ",".join(method for method in METHODS if method != "innbucks"),
        "PAYNOW_PUBLIC_URL": f"http://127.0.0.1:{environ.get('SANDBOX_PORT') or 8020}/paynow",
        "PAYNOW_ORGANISATION_NAME": environ.get("ORGANISATION_NAME", ""),
    }
    if environ.get("PAYNOW_TEST_MODE", "").strip().lower() in ("false", "0", "no", "off"):
        usual |= {"PAYNOW_USD_MODE": "live", "PAYNOW_ZWG_MODE": "live"}
    told = usual | {name: value for name, value in environ.items() if value.strip()}
    integrations = tuple(
        _read(Integration, f"PAYNOW_{currency}_", told, currency=currency) for currency in ("USD", "ZWG")
    )
    settings = _read(PaynowSettings, "PAYNOW_", told, integrations=integrations)
    return settings.model_copy(update={"public_url": settings.public_url.rstrip("/")})
