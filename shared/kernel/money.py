"""Money: an exact decimal amount and its currency. Amounts of different currencies never meet."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, model_validator

from shared.kernel.errors import Refusal

DECIMALS = {"USD": 2, "ZWG": 2}
"""Digits after the point per ISO 4217 code (product 8; ZWG is "ZiG" in speech)."""


class CurrenciesDiffer(Refusal):
    """An operation on two currencies; `left` and `right` are their codes."""

    def __init__(self, left: str, right: str) -> None:
        self.left = left
        self.right = right
        super().__init__(f"{left} and {right} cannot be put together; give amounts of one currency.")


def _exact(value: Any) -> Any:
    if isinstance(value, float):
        raise ValueError("an amount is never a float; give a Decimal or its text")
    return value


class Money(BaseModel):
    """An amount in major units, with its currency's decimals; on the wire `{"amount": "20.00", "currency": "USD"}`."""

    model_config = ConfigDict(frozen=True)

    amount: Annotated[Decimal, BeforeValidator(_exact), PlainSerializer(str, return_type=str)]
    currency: str

    @model_validator(mode="after")
    def _fits_currency(self) -> Money:
        decimals = DECIMALS.get(self.currency)
        if decimals is None:
            raise ValueError(f"{self.currency!r} is not a currency we keep; known are {', '.join(DECIMALS)}")
        if not self.amount.is_finite():
            raise ValueError("an amount must be a finite number")
        exact = self.amount.quantize(Decimal(1).scaleb(-decimals))
        if exact != self.amount:
            raise ValueError(f"{self.currency} has {decimals} decimals, {self.amount} has more")
        object.__setattr__(self, "amount", exact)
        return self

    @classmethod
    def of(cls, amount: Decimal | str | int, currency: str) -> Money:
        """Money from its parts: `Money.of("20", "USD")`."""
        return cls(amount=Decimal(amount), currency=currency)

    @classmethod
    def from_minor(cls, minor: int, currency: str) -> Money:
        """Money from minor units (cents)."""
        return cls(amount=Decimal(minor).scaleb(-DECIMALS[currency]), currency=currency)

    @property
    def minor(self) -> int:
        """The amount in minor units (cents)."""
        return int(self.amount.scaleb(DECIMALS[self.currency]))

    def __add__(self, other: Money) -> Money:
        return Money(amount=self.amount + self._same(other), currency=self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(amount=self.amount - self._same(other), currency=self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other)

    def __str__(self) -> str:
        return f"{self.currency} {self.amount:,}"

    def _same(self, other: Money) -> Decimal:
        if self.currency != other.currency:
            raise CurrenciesDiffer(self.currency, other.currency)
        return other.amount
