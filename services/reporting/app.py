"""Wires reporting."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from services.reporting import handlers
from services.reporting.adapters.compare import Comparer
from services.reporting.adapters.csv_file import CsvReport
from services.reporting.adapters.render import Renderer
from services.reporting.pages.desk import Desk
from services.reporting.pages.reports import ASKED
from services.reporting.pages.sessions import ALLOWANCES, SESSIONS, SIGN_INS, Sessions
from services.reporting.ports import COMPARE, PROGRESS, RENDER, RING, ring
from services.reporting.routes import Routes
from services.reporting.settings import ReportingSettings
from services.reporting.store import (
    CREDEXES,
    EXCEPTIONS,
    FAILED_DELIVERIES,
    FINANCE_PEOPLE,
    GIFTS,
    JOURNAL,
    LOG,
    PLANS,
    REPORT_FILES,
    REPORTS,
    ROWS,
    STAFF_USE,
    STATEMENTS,
    VOLUNTEERS,
)
from shared.http.files import Files
from shared.runtime.service import Service, Tools
from shared.runtime.settings import read_settings

KINDS = (
    *(SIGN_INS, SESSIONS, ALLOWANCES, ASKED),
    *(LOG, JOURNAL, ROWS, GIFTS, CREDEXES, VOLUNTEERS, STAFF_USE, FAILED_DELIVERIES),
    *(REPORTS, REPORT_FILES, PLANS, FINANCE_PEOPLE, STATEMENTS, EXCEPTIONS),
)


def make(tools: Tools) -> Service:
    """Reporting, fed by events alone."""
    settings = read_settings(ReportingSettings)
    entry = tools.entry("reporting")
    files = Files("reporting", tools, REPORT_FILES)
    renderer = Renderer(entry, settings, files, tools.clock)
    comparer = Comparer(entry, settings, tools.clock)
    desk = Desk(entry, settings, Sessions(entry, settings, tools.clock, tools.chance), tools.clock, tools.chance)
    pages = Routes(desk, files, partial(CsvReport, bom=settings.csv_bom), tools.common.service_token.get_secret_value())

    def add_routes(app: web.Application) -> None:
        files.add_to(app)
        pages.add_to(app)

    return Service(
        name="reporting",
        settings=settings,
        handlers=handlers,
        kinds=KINDS,
        calls={RENDER: renderer.render, COMPARE: comparer.compare, PROGRESS: ring, RING: ring},
        routes=add_routes,
    )
