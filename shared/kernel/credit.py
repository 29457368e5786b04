"""Credit: an exact amount in a denomination of credex-core, which need not be a currency (CXX, XAU).

Not `Money`: which denominations there are, and their decimals, is the core's affair and a setting; an amount keeps
the digits it was given, so that what is sent is what was shown.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, field_validator

from shared.kernel.errors import Refusal

_SHOWN = re.compile(r"(-?[\d,]+(?:\.\d+)?) ([A-Z]{3,5})", re.ASCII)


class NotACredit(Refusal):
    """A text is no amount with a denomination."""

    def __init__(self) -> None:
        super().__init__("That is no amount with a denomination; it looks like 1,234.50 USD.")


def _exact(value: Any) -> Any:
    if isinstance(value, float):
        raise ValueError("an amount is never a float; give a Decimal or its text")
    return value


class Credit(BaseModel):
    """An amount, negative when it is owed; on the wire `{"amount": "2.50", "denomination": "USD"}`."""

    model_config = ConfigDict(frozen=True)

    amount: Annotated[Decimal, BeforeValidator(_exact), PlainSerializer(str, return_type=str)]
    denomination: str = Field(pattern=r"^[A-Z]{3,5}$")

    @field_validator("amount")
    @classmethod
    def _is_finite(cls, amount: Decimal) -> Decimal:
        if not amount.is_finite():
            raise ValueError("an amount must be a finite number")
        return amount

    @classmethod
    def of(cls, amount: Decimal | str | int, denomination: str) -> Credit:
        """Credit from its parts: `Credit.of("2.50", "USD")`."""
        return cls(amount=Decimal(amount), denomination=denomination)

    @classmethod
    def parse(cls, text: str) -> Credit:
        """As credex-core writes it, `-1,234.50 USD` (credex-core contract 2.6). Raises NotACredit."""
        shown = _SHOWN.fullmatch(text.strip())
        if shown is None:
            raise NotACredit
        try:
            return cls.of(shown[1].replace(",", ""), shown[2])
        except InvalidOperation:
            raise NotACredit from None

    def __abs__(self) -> Credit:
        return Credit(amount=abs(self.amount), denomination=self.denomination)

    def __str__(self) -> str:
        return f"{self.denomination} {self.amount:,}"

    def fits(self, decimals: int) -> bool:
        """Whether it has no more digits after the point than these."""
        exponent = self.amount.normalize().as_tuple().exponent
        return isinstance(exponent, int) and -exponent <= decimals
