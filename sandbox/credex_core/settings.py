"""What the stand-in is told.

CLIENT_API_KEY           what login and onboardMember must show
CREDEX_JWT_SECRET        tokens are signed with it (HS256)
CREDEX_SANDBOX_LIMIT     requests a minute and address before 429; 0: no limit
CREDEX_SANDBOX_SEED      makes ids repeatable
SANDBOX_PHONES           phone=name pairs; the first three are members, with something to give
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.whatsapp.settings import DEFAULT_PHONES
from shared.kernel.errors import Misconfigured


class CredexCoreSettings(BaseModel):
    """Frozen; read by `read_settings`."""

    model_config = ConfigDict(frozen=True)

    client_key: str = Field(min_length=1, repr=False)
    jwt_secret: str = Field(default="secret-of-the-credex-core-stand-in", min_length=1, repr=False)
    requests_per_minute: int = Field(default=0, ge=0)
    seed: int | None = None
    people: tuple[tuple[str, str], ...] = ()
    """Phone and name of those who are members from the start, besides the trust and the operations account."""


_VARIABLES = {
    "client_key": "CLIENT_API_KEY",
    "jwt_secret": "CREDEX_JWT_SECRET",
    "requests_per_minute": "CREDEX_SANDBOX_LIMIT",
    "seed": "CREDEX_SANDBOX_SEED",
}
MEMBERS_AT_FIRST = 3


def read_settings(environ: Mapping[str, str]) -> CredexCoreSettings:
    """The settings in an environment. Raises Misconfigured, naming the variable."""
    usual = {"CREDEX_SANDBOX_LIMIT": "30", "CLIENT_API_KEY": "client-key-of-the-sandbox"}
    told = usual | {name: value for name, value in environ.items() if value.strip()}
    fields = {field: told[name] for field, name in _VARIABLES.items() if name in told}
    phones = (pair.partition("=") for pair in told.get("SANDBOX_PHONES", DEFAULT_PHONES).split(",") if pair.strip())
    people = tuple((phone.strip(), name.strip()) for phone, _, name in phones)[:MEMBERS_AT_FIRST]
    try:
        return CredexCoreSettings.model_validate({**fields, "people": people})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise Misconfigured(f"{_VARIABLES[str(first['loc'][0])]} is not usable: {first['msg']}.") from None
