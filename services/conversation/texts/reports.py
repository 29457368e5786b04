"""Reports as they are brought: a caption of one line, and what is said while, or if, there is none."""

from __future__ import annotations

from datetime import date

from services.conversation.engine.formats import day, money
from services.conversation.engine.texts import _, later
from shared.contracts.notifier import Document, LinkButton, TemplateFallback
from shared.contracts.reporting import CurrencyFigures, ReportFailed, ReportProgress, ReportReady, Schedule

_TITLES: dict[Schedule | None, str] = {
    None: later("Report"),
    "daily": later("Daily report"),
    "weekly": later("Weekly report"),
    "monthly": later("Monthly report"),
}


def span(first: date, last: date) -> str:
    """The days of a report."""
    return day(first) if first == last else f"{day(first)} – {day(last)}"


def ready(event: ReportReady) -> Document | LinkButton:
    """The file, or the link to one that is too big to be sent, with its figures; currencies are never added."""
    figures = "; ".join(map(_figures, event.figures)) or _("no payments")
    if event.kind == "credex":
        figures = _("credexes between members")
    caption = f"{_(_TITLES[event.schedule])}, {span(event.first, event.last)}: {figures}"
    if event.link is None:
        return Document(file=event.file, caption=caption)
    large = _("It is a large file; the link works for seven days.")
    return LinkButton(body=f"{caption}\n{large}", title=_("Get the report"), url=event.link)


def late(event: ReportReady) -> TemplateFallback:
    """What carries the file, or its link, when 24 hours have passed since they wrote."""
    if event.link is not None:
        told = f"{span(event.first, event.last)}: {event.link}"
        return TemplateFallback(name="notice", parameters=(_(_TITLES[event.schedule]), told))
    return TemplateFallback(
        name="report_ready", parameters=(_(_TITLES[event.schedule]), span(event.first, event.last)), file=event.file
    )


def _figures(figure: CurrencyFigures) -> str:
    return _("*{total}* from {settled} paid").format(total=money(figure.total), settled=figure.settled)


def progress(event: ReportProgress) -> str:
    return _("I am making the report of {span}; it comes here as soon as it is done.").format(
        span=span(event.first, event.last)
    )


_FAILED = {
    "period": later("There is no report of {span}: that ends before it begins."),
    "too_long": later("A report of {span} is too large; please ask for a shorter time."),
    "broken": later("I could not make the report of {span}. That is our fault and has been noted; please try later."),
}


def failed(event: ReportFailed) -> str:
    return _(_FAILED[event.rule]).format(span=span(event.first, event.last))
