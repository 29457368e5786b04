"""Makes the file of a report and keeps it. The writing runs in a thread, so that the service goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, TypeVar

from services.reporting.adapters.csv_file import CredexCsv, CsvReport
from services.reporting.adapters.excel import ExcelReport
from services.reporting.adapters.pdf import write_pdf
from services.reporting.domain.calendar import Period
from services.reporting.domain.figures import figures_of
from services.reporting.domain.summary import Summary
from services.reporting.gather import credexes_of, gather, rows_of
from services.reporting.links import Links
from services.reporting.ports import RenderAnswer, RenderRequest
from services.reporting.settings import ReportingSettings
from services.reporting.store import id_of
from shared.bus.entry import Entry
from shared.contracts.reporting import ReportKind
from shared.http.files import Files
from shared.kernel.clock import Clock

TYPES: dict[ReportKind, tuple[str, str]] = {
    "pdf": ("pdf", "application/pdf"),
    "excel": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": ("csv", "text/csv"),
    "credex": ("csv", "text/csv"),
}
"""The ending and the MIME type of each kind."""

Row_contra = TypeVar("Row_contra", contravariant=True)

LARGEST_FILE = 40_000_000
"""What is still held in memory and fetched over the gateway in its time: half a million payments."""


class Renderer:
    """The adapter of RENDER."""

    def __init__(self, entry: Entry, settings: ReportingSettings, files: Files, clock: Clock) -> None:
        self._entry = entry
        self._settings = settings
        self._files = files
        self._clock = clock
        self._links = Links(settings, clock)

    async def render(self, request: RenderRequest) -> RenderAnswer:
        """Make and keep the file."""
        period = Period(request.first, request.last)
        summary = await gather(self._entry, self._settings, period, self._clock.now())
        figures = figures_of(
            ((one.currency, state), of.count, of.minor)
            for one in summary.currencies
            for state, of in one.states.items()
        )
        ending, type = TYPES[request.kind]
        with TemporaryDirectory(prefix="report-") as folder:
            path = Path(folder) / f"report.{ending}"
            await self._write(request.kind, path, summary)
            content = await asyncio.to_thread(path.read_bytes)
        if len(content) > LARGEST_FILE:
            return RenderAnswer(file=None, figures=figures)
        of = "credexes" if request.kind == "credex" else "payments"
        name = f"{of}-{period.in_file_names}.{ending}"
        file = await self._files.keep(content, name=name, type=type)
        is_big = file.size > self._settings.report_document_bytes
        return RenderAnswer(file=file, figures=figures, link=self._links.to(id_of(file)) if is_big else None)

    async def _write(self, kind: ReportKind, path: Path, summary: Summary) -> None:
        if kind == "pdf":
            await asyncio.to_thread(write_pdf, path, summary)
            return
        if kind == "credex":
            await _fill(CredexCsv(path, bom=self._settings.csv_bom), credexes_of(self._entry, summary.period))
            return
        report = (
            await asyncio.to_thread(ExcelReport, path, summary)
            if kind == "excel"
            else CsvReport(path, bom=self._settings.csv_bom)
        )
        await _fill(report, rows_of(self._entry, summary.period))


class _Report(Protocol[Row_contra]):
    def add(self, rows: Iterable[Row_contra], /) -> None: ...

    def close(self) -> None: ...


async def _fill(report: _Report[Row_contra], batches: AsyncIterator[list[Row_contra]]) -> None:
    try:
        async for rows in batches:
            await asyncio.to_thread(report.add, rows)
    finally:
        await asyncio.to_thread(report.close)
