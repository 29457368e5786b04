"""Charts of a printed report, drawn as vectors."""

from __future__ import annotations

from math import ceil, floor, log10

from reportlab.graphics.charts.barcharts import HorizontalBarChart, VerticalBarChart
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import Color, HexColor

from services.reporting.domain.summary import Slice, greatest
from shared.pdf.fonts import TEXT, in_one_font

ACCENT: Color = HexColor("#0f5f78")
SOFT: Color = HexColor("#52646d")
LINE: Color = HexColor("#d3dcdb")
MOST_LABELS = 16


def by_step(steps: list[Slice], width: float, height: float = 130) -> Drawing:
    """Columns over time. Labels are thinned out so that none covers another."""
    chart = VerticalBarChart()
    chart.data = [[step.minor / 100 for step in steps]]
    every = -(-len(steps) // MOST_LABELS)
    chart.categoryAxis.categoryNames = [step.name if place % every == 0 else "" for place, step in enumerate(steps)]
    chart.categoryAxis.labels.fontSize = 6.5
    chart.categoryAxis.visibleTicks = False
    _look(chart, width, height, left=52, bottom=16)
    return _drawing(chart, width, height)


def by_part(slices: list[Slice], width: float) -> Drawing:
    """Bars, the greatest on top; what does not fit is one bar of its own."""
    shown = greatest(slices)[::-1]
    chart = HorizontalBarChart()
    chart.data = [[one.minor / 100 for one in shown]]
    labels = [in_one_font(_short(one.name)) for one in shown]
    chart.categoryAxis.categoryNames = [label for _, label in labels]
    chart.categoryAxis.labels.fontSize = 7.5
    chart.categoryAxis.visibleTicks = False
    height = 26.0 + 17 * len(shown)
    _look(chart, width, height, left=150, bottom=16)
    for place, (font, _) in enumerate(labels):
        chart.categoryAxis.labels[place].fontName = font
    return _drawing(chart, width, height)


def _look(chart: VerticalBarChart | HorizontalBarChart, width: float, height: float, *, left: int, bottom: int) -> None:
    chart.x, chart.y, chart.width, chart.height = left, bottom, int(width) - left - 12, int(height) - bottom - 8
    chart.bars[0].fillColor = ACCENT
    chart.bars[0].strokeColor = None
    chart.barSpacing, chart.groupSpacing = 0, 4
    chart.categoryAxis.labels.fontName = TEXT
    chart.categoryAxis.labels.fillColor = SOFT
    chart.categoryAxis.strokeColor = LINE
    value = chart.valueAxis
    value.valueMin = 0
    value.valueStep = nice_step(max(chart.data[0]))
    value.valueMax = value.valueStep * ceil(max(chart.data[0]) / value.valueStep)
    value.labels.fontName = TEXT
    value.labels.fontSize = 6.5
    value.labels.fillColor = SOFT
    value.labelTextFormat = _tick
    value.visibleGrid = True
    value.gridStrokeColor = LINE
    value.gridStrokeWidth = 0.4
    value.visibleAxis = value.visibleTicks = False


def nice_step(greatest: float) -> float:
    """The distance of the lines of a chart up to `greatest`: 1, 2, 2.5 or 5 times a power of ten, for 3 to 5 lines."""
    power = 10.0 ** floor(log10(greatest / 4))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor * 4.5 >= greatest)


def _drawing(chart: VerticalBarChart | HorizontalBarChart, width: float, height: float) -> Drawing:
    drawing = Drawing(width, height)
    drawing.add(chart)
    return drawing


def _tick(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == 0 else f"{value:,.2f}"


def _short(name: str) -> str:
    """A label that fits beside the chart; the table has the whole name."""
    return name if len(name) <= 28 else f"{name[:27]}…"
