"""Money, days and times as people read them in their language (Babel's data; ZWG is ZiG in speech)."""

from __future__ import annotations

from datetime import date, datetime

from babel.dates import format_date
from babel.numbers import format_decimal

from services.conversation.domain.credex import DENOMINATIONS
from services.conversation.engine.texts import language_now
from shared.kernel.clock import HARARE
from shared.kernel.credit import Credit
from shared.kernel.money import Money

CURRENCY_NAMES = {"USD": "USD", "ZWG": "ZiG"}
_LOCALES = {"en": "en_ZW", "sn": "sn", "nd": "nd"}


def money(amount: Money) -> str:
    """`USD 1,000.00`, `ZiG 20.00`."""
    figures = format_decimal(amount.amount, "#,##0.00", locale=_LOCALES[language_now()])
    return f"{CURRENCY_NAMES.get(amount.currency, amount.currency)} {figures}"


def credit(amount: Credit) -> str:
    """`USD 2.50`, `XAU 0.0025`, `ZiG -3.00`: with every digit that it has, and at least those of its denomination."""
    exponent = amount.amount.as_tuple().exponent
    digits = max(DENOMINATIONS.get(amount.denomination, 0), -exponent if isinstance(exponent, int) else 0)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    figures = format_decimal(amount.amount, pattern, locale=_LOCALES[language_now()])
    return f"{CURRENCY_NAMES.get(amount.denomination, amount.denomination)} {figures}"


def day(at: date | datetime) -> str:
    """`24 Nov 2026`, the day in Harare."""
    if isinstance(at, datetime):
        at = at.astimezone(HARARE).date()
    return format_date(at, "d MMM y", locale=_LOCALES[language_now()])


def moment(at: datetime) -> str:
    """`24 Nov 2026 10:05`, Harare time."""
    return f"{day(at)} {at.astimezone(HARARE):%H:%M}"
