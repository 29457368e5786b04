"""A report as PDF, to be printed and signed: letterhead, contents, a part per currency, page x of y."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reportlab.lib.colors import HexColor, white
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)
from reportlab.platypus.tableofcontents import TableOfContents

from services.reporting.adapters.pdf_charts import ACCENT, LINE, SOFT, by_part, by_step
from services.reporting.adapters.pdf_text import marked
from services.reporting.domain.rows import PaymentRow
from services.reporting.domain.summary import (
    METHOD_NAMES,
    STATE_NAMES,
    CurrencySummary,
    Slice,
    Summary,
    in_steps,
    shown,
    step_name,
)
from shared.kernel.clock import HARARE
from shared.pdf.fonts import TEXT, register, width

INK = HexColor("#14242c")
TOP = HexColor("#14313d")
GOLD = HexColor("#f2b33d")
BAND = HexColor("#f3f6f5")
MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN
BAND_AT_HEAD = 22 * mm
LINE_AT_FOOT = 14 * mm

_BODY = ParagraphStyle("body", fontName=TEXT, fontSize=9, leading=12, textColor=INK)
_CELL = ParagraphStyle("cell", parent=_BODY, fontSize=8.5, leading=11)
_RIGHT = ParagraphStyle("right", parent=_CELL, alignment=TA_RIGHT)
_HEAD = ParagraphStyle("head", parent=_CELL, textColor=white)
_HEAD_RIGHT = ParagraphStyle("head-right", parent=_HEAD, alignment=TA_RIGHT)
_SOFT = ParagraphStyle("soft", parent=_BODY, textColor=SOFT, fontSize=8.5, leading=11)
_NOTE = ParagraphStyle("note", parent=_SOFT, spaceBefore=1.5 * mm)
_TITLE = ParagraphStyle("title", parent=_BODY, fontSize=20, leading=26, textColor=TOP)
_SECTION = ParagraphStyle("section", parent=_BODY, fontSize=15, leading=20, textColor=ACCENT, spaceAfter=4)
_PART = ParagraphStyle("part", parent=_BODY, fontSize=11, leading=15, textColor=TOP, spaceBefore=9, spaceAfter=3)


def write_pdf(path: Path, summary: Summary) -> None:
    """Write the report. Runs for a second or two: not on the event loop."""
    register()
    report = _Report(str(path), summary)
    report.multiBuild(_story(summary), canvasmaker=_Numbered)


class _Numbered(Canvas):
    """Writes "Page x of y" once it knows y."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 reportlab's name
        self._pages.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]  # reportlab's own showPage does the same; no public name

    def save(self) -> None:
        for page in self._pages:
            self.__dict__.update(page)
            self.setFont(TEXT, 8)
            self.setFillColor(SOFT)
            self.drawRightString(
                A4[0] - MARGIN, LINE_AT_FOOT - 12, f"Page {self.getPageNumber()} of {len(self._pages)}"
            )
            super().showPage()
        super().save()


class _Report(BaseDocTemplate):
    """Knows the letterhead, the foot, and what goes into the contents."""

    def __init__(self, path: str, summary: Summary) -> None:
        super().__init__(path, pagesize=A4, title=summary.title, author=summary.organisation, lang="en")
        self._summary = summary
        head, low = 30 * mm, LINE_AT_FOOT + 6
        first = Frame(MARGIN, low, WIDTH, A4[1] - head - low, 0, 0, 0, 0)
        later = Frame(MARGIN, low, WIDTH, A4[1] - 16 * mm - low, 0, 0, 0, 0)
        self.addPageTemplates(
            [
                PageTemplate("first", [first], onPage=self._letterhead, autoNextPageTemplate="later"),
                PageTemplate("later", [later], onPage=self._foot),
            ]
        )

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 reportlab's name
        """Sections go into the contents and the viewer's outline."""
        if isinstance(flowable, Paragraph) and flowable.style.name == "section":
            text = flowable.getPlainText()
            self.canv.bookmarkPage(text)
            self.canv.addOutlineEntry(text, text, 0)
            self.notify("TOCEntry", (0, text, self.page, text))

    def _letterhead(self, canvas: Canvas, document: BaseDocTemplate) -> None:
        canvas.saveState()
        canvas.setFillColor(TOP)
        canvas.rect(0, A4[1] - BAND_AT_HEAD, A4[0], BAND_AT_HEAD, stroke=0, fill=1)
        canvas.setFillColor(GOLD)
        step = 3 * mm  # the zigzag of Great Zimbabwe's wall, as on the pages
        for place in range(int(A4[0] / step) + 1):
            zigzag = canvas.beginPath()
            zigzag.moveTo(place * step, A4[1] - BAND_AT_HEAD)
            zigzag.lineTo((place + 0.5) * step, A4[1] - 20.4 * mm)
            zigzag.lineTo((place + 1) * step, A4[1] - BAND_AT_HEAD)
            canvas.drawPath(zigzag, stroke=0, fill=1)
        for size in (16, 11, 8):
            style = ParagraphStyle("o", _TITLE, fontSize=size, leading=size * 1.25, textColor=white)
            name = Paragraph(marked(self._summary.organisation), style)
            _, height = name.wrap(WIDTH, BAND_AT_HEAD)
            if height <= BAND_AT_HEAD - 6 * mm:
                break
        name.drawOn(canvas, MARGIN, A4[1] - BAND_AT_HEAD / 2 - height / 2)
        canvas.restoreState()
        self._foot(canvas, document)

    def _foot(self, canvas: Canvas, _: BaseDocTemplate) -> None:
        canvas.saveState()
        canvas.setStrokeColor(LINE)
        canvas.line(MARGIN, LINE_AT_FOOT, A4[0] - MARGIN, LINE_AT_FOOT)
        room = WIDTH - 30 * mm
        foot = Paragraph(marked(_one_line(self._summary.organisation, f" · {self._summary.title}", room)), _SOFT)
        foot.wrap(room, 12)
        foot.drawOn(canvas, MARGIN, LINE_AT_FOOT - 14)
        canvas.restoreState()


def _one_line(name: str, rest: str, room: float) -> str:
    """The foot, with as much of the name as there is room for."""
    short = name
    while short and width(f"{short}…{rest}", _SOFT.fontSize) > room:
        short = short[:-1]
    return f"{name if short == name else short.rstrip() + '…'}{rest}"


def _story(summary: Summary) -> list[Flowable]:
    made = summary.made_at.astimezone(HARARE)
    story: list[Flowable] = [
        Paragraph("Payments report", _TITLE),
        Paragraph(str(summary.period), ParagraphStyle("period", _BODY, fontSize=12, leading=16)),
        Paragraph(
            f"Days are those of Harare. Made on {made:%-d %B %Y at %H:%M}. Currencies are never added together.", _SOFT
        ),
        Spacer(1, 8 * mm),
    ]
    if summary.currencies:
        story += [Paragraph("At a glance", _PART), _glance(summary)]
        story += [Paragraph(one.taken_back, _NOTE) for one in summary.currencies if one.taken_back]
    else:
        story.append(Paragraph("There were no payments in this period.", _BODY))
    if summary.currencies or summary.credex:
        story += [Paragraph("Contents", _PART), _contents()]
    for one in summary.currencies:
        story += [PageBreak(), *_currency(one, summary)]
    if summary.credex:
        story += [PageBreak(), *_credex(summary)]
    return [*story, *_signatures()]


def _credex(summary: Summary) -> list[Flowable]:
    story: list[Flowable] = [
        Paragraph("Credex between members", _SECTION),
        Paragraph(
            "What members offered and gave each other here: credit, which is no money of ours. Each denomination is "
            "counted for itself; offers by the day on which they were made, all else by the day of the outcome.",
            _SOFT,
        ),
    ]
    for volume in summary.credex:
        rows = [[one.name, f"{one.count:,}", volume.shown(one)] for one in volume.steps]
        heads = ("What", "Offers", f"Amount ({volume.denomination})" if volume.is_known else "")
        story.append(_together(volume.denomination, _table(heads, rows, (None, 28, 40), right={1, 2})))
    return story


def _contents() -> TableOfContents:
    contents = TableOfContents()
    contents.levelStyles = [ParagraphStyle("contents", _BODY, leading=16)]
    contents.dotsMinLevel = 0
    return contents


def _glance(summary: Summary) -> Table:
    rows = [
        [one.currency, f"{one.settled.count:,}", shown(one.settled.minor, one.currency), _others(one)]
        for one in summary.currencies
    ]
    return _table(("Currency", "Settled payments", "Settled", "Not settled"), rows, (24, 34, 40, None), right={1, 2})


def _others(one: CurrencySummary) -> str:
    parts = [f"{of.count:,} {STATE_NAMES[state].lower()}" for state, of in one.states.items() if state != "settled"]
    return ", ".join(parts) or "none"


def _currency(one: CurrencySummary, summary: Summary) -> list[Flowable]:
    code = one.currency
    states = [Slice(STATE_NAMES[name], of.count, of.minor) for name, of in one.states.items()]
    story: list[Flowable] = [Paragraph(f"{code}: {shown(one.settled.minor, code)} settled", _SECTION)]
    if states:
        story.append(_slices("State", states, code))
    if one.taken_back:
        story.append(Paragraph(one.taken_back, _NOTE))
    if one.imtt is not None:
        story.append(Paragraph(f"For information: IMTT on what was settled is {shown(one.imtt.minor, code)}.", _NOTE))
    if one.settled.minor and summary.period.days > 1:
        step = step_name(summary.period)
        story.append(_together(f"By {step}", by_step(in_steps(one.by_day, summary.period), WIDTH)))
    for head, slices, chart in (
        ("Purpose", one.by_purpose, True),
        ("Method", one.by_method, True),
        ("Province", one.by_province, True),
        ("Congregation", one.by_congregation, False),
        ("Day", [Slice(f"{day:%A %-d %B %Y}", of.count, of.minor) for day, of in sorted(one.by_day.items())], False),
    ):
        if slices:
            parts = [by_part(slices, WIDTH)] if chart and len(slices) > 1 else []
            table = _slices(head, slices, code, whole=one.settled.minor)
            if len(slices) <= 12:
                story.append(_together(f"By {head.lower()}", *parts, table))
            else:
                story += [_together(f"By {head.lower()}", *parts), table]
    if one.top_donors:
        story.append(_together("Top donors", _slices("Donor", one.top_donors, code)))
    if one.failures:
        story.append(_together("Failed payments", _slices("Cause", one.failures, code)))
    if one.attention:
        story += [Paragraph("Waiting, to review, disputed and refunded", _PART), _attention(one)]
    return story


def _attention(one: CurrencySummary) -> Flowable:
    rows = [_attention_row(row) for row in one.attention]
    if one.attention_left_out:
        rows.append(["", "", "", f"{one.attention_left_out:,} more are in the Excel and CSV files.", ""])
    return _table(("Day", "Reference", "State", "Purpose and cause", "Amount"), rows, (22, 38, 22, None, 28), right={4})


def _attention_row(row: PaymentRow) -> list[str]:
    about = ", ".join(
        filter(None, (row.purpose, METHOD_NAMES.get(row.method, row.method), (row.cause or "").replace("_", " ")))
    )
    return [row.day.isoformat(), row.payment_id, STATE_NAMES[row.state], about, shown(row.minor, row.currency)]


def _slices(head: str, slices: list[Slice], currency: str, whole: int | None = None) -> Table:
    rows = [[one.name, f"{one.count:,}", shown(one.minor, currency)] for one in slices]
    heads: tuple[str, ...] = (head, "Payments", f"Amount ({currency})")
    widths: tuple[float | None, ...] = (None, 28, 40)
    if whole:
        rows = [[*row, f"{one.minor / whole:.1%}"] for row, one in zip(rows, slices, strict=True)]
        total = [sum(one.count for one in slices), sum(one.minor for one in slices)]
        rows.append(["Total", f"{total[0]:,}", shown(total[1], currency), f"{total[1] / whole:.1%}"])
        heads, widths = (*heads, "Share"), (*widths, 20)
    return _table(heads, rows, widths, right=set(range(1, len(heads))), total=bool(whole))


def _table(
    heads: Sequence[str],
    rows: list[list[str]],
    widths: Sequence[float | None],
    *,
    right: set[int],
    total: bool = False,
) -> Table:
    """A table that breaks over pages under repeated heads. Widths in mm; None takes what is left."""
    given = sum(width for width in widths if width)
    columns = [width * mm if width else WIDTH - given * mm for width in widths]
    cells = [
        [Paragraph(marked(text), _RIGHT if place in right else _CELL) for place, text in enumerate(row)] for row in rows
    ]
    head = [Paragraph(text, _HEAD_RIGHT if place in right else _HEAD) for place, text in enumerate(heads)]
    table = Table([head, *cells], colWidths=columns, repeatRows=1)
    style: list[Any] = [
        ("BACKGROUND", (0, 0), (-1, 0), TOP),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("ROWBACKGROUNDS", (0, 1), (-1, -1), (white, BAND)),
        ("LINEBELOW", (0, 1), (-1, -1), 0.3, LINE),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ("LEFTPADDING", (0, 0), (-1, -1), 5),
        ("RIGHTPADDING", (0, 0), (-1, -1), 5),
    ]
    if total:
        style += [("LINEABOVE", (0, -1), (-1, -1), 1, TOP), ("BACKGROUND", (0, -1), (-1, -1), HexColor("#e3ecec"))]
    table.setStyle(TableStyle(style))
    return table


def _together(head: str, *parts: Flowable) -> KeepTogether:
    return KeepTogether([Paragraph(head, _PART), *parts, Spacer(1, 2 * mm)])


def _signatures() -> list[Flowable]:
    line = "_" * 34
    rows = [
        [Paragraph(text, _SOFT) for text in (f"{line}<br/>{role}", f"{line}<br/>Name", f"{line}<br/>Date")]
        for role in ("Prepared by", "Checked by", "Approved by")
    ]
    table = Table(rows, colWidths=[WIDTH / 3] * 3, rowHeights=[15 * mm] * 3)
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "BOTTOM"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    return [KeepTogether([Spacer(1, 8 * mm), Paragraph("Signatures", _PART), table])]
