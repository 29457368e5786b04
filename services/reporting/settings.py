"""Reporting's settings: who may see figures, when reports go out, and the figures that laws and providers set."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from services.reporting.domain.accounts import Rules
from services.reporting.domain.calendar import Calendar
from services.reporting.domain.rates import Rates
from services.reporting.domain.statement import Columns
from shared.kernel.phone import parse_phone
from shared.runtime.settings import Settings, WebUrl, Words, as_list


def _phones(value: Any) -> Any:
    return frozenset(parse_phone(part) for part in as_list(value))


Phones = Annotated[frozenset[str], NoDecode, BeforeValidator(_phones)]


class ReportingSettings(Settings):
    """What reports say of us, and to whom they go."""

    organisation_name: str = "Ruvimbo"
    """`ORGANISATION_NAME`: on the letterhead."""
    public_url: WebUrl = "http://127.0.0.1:8010"
    """`PUBLIC_URL`: where browsers find the gateway, and so the pages of finance."""
    purposes: Words = (
        "Monthly Contributions",
        "August Conference",
        "Youth Conference",
        "Construction",
        "Pastoral Support",
    )
    """`PURPOSES`: what has a fund of its own; everything else is in the fund "Other"."""
    finance_phone: Phones = frozenset()
    """`FINANCE_PHONE`: who gets the scheduled reports and may sign in to the pages."""
    cookie_key: SecretStr
    """`COOKIE_KEY`: signs the sessions of the pages and the links to files."""
    finance_session_minutes: int = Field(default=60, ge=5, le=1440)
    """`FINANCE_SESSION_MINUTES`: how long a session on the pages lasts."""
    report_times: Annotated[Calendar, NoDecode] = Calendar.parse("weekly monday 07:00; monthly 1 07:00")
    """`REPORT_TIMES`: see services.reporting.domain.calendar; `off`: none."""
    fees: Rates = Rates()
    """`FEES`: what the provider keeps of each payment; see services.reporting.domain.rates."""
    imtt: Rates = Rates.parse("USD 2% from 2026-01-01; ZWG 1.5% from 2026-01-01")
    """`IMTT`: the tax on transfers, told on reports for information (product 10)."""
    statement_columns: Annotated[Columns, NoDecode] = Columns()
    """`STATEMENT_COLUMNS`: which columns of the provider's statement say what."""
    csv_bom: bool = True
    """`CSV_BOM`: begin CSV files with a byte order mark, by which Excel knows that they are UTF-8."""
    report_document_bytes: int = Field(default=5_000_000, ge=1, le=95_000_000)
    """`REPORT_DOCUMENT_BYTES`: a report that is larger comes as a link, good for a week, and not as a document."""
    traces_url: str | None = None
    """`TRACES_URL`: where a trace is shown; its id is put after it. Empty: no links."""

    @cached_property
    def rules(self) -> Rules:
        """What postings depend on."""
        return Rules(purposes=frozenset(self.purposes), fees=self.fees)
