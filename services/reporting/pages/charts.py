"""Bar charts as SVG, drawn here: two dozen lines that need no inline style and no script (decision 0051).

The numbers stand in a table beside each chart; the drawing is one picture with a title to a screen reader.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from services.reporting.domain.summary import Slice, shown

WIDTH, HEIGHT = 640, 180
LEFT, BOTTOM, TOP = 8, 28, 26
MOST_LABELS = 5


def bars(title: str, slices: Sequence[Slice], currency: str) -> Markup:
    """Columns for `slices`, in order; the greatest amount is written on top."""
    most = max((one.minor for one in slices), default=0)
    if not most:
        return Markup("")
    step = (WIDTH - 2 * LEFT) / len(slices)
    every = -(-len(slices) // MOST_LABELS)
    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">',
        f'<line class="axis" x1="{LEFT}" x2="{WIDTH - LEFT}" y1="{HEIGHT - BOTTOM}" y2="{HEIGHT - BOTTOM}"/>',
    ]
    for place, one in enumerate(slices):
        x = LEFT + place * step
        height = (HEIGHT - BOTTOM - TOP) * one.minor / most
        y = HEIGHT - BOTTOM - height
        told = f"{one.name}: {shown(one.minor, currency)}, {one.count:,}"
        parts.append(
            f'<rect class="bar" x="{x + step * 0.12:.1f}" y="{y:.1f}" width="{step * 0.76:.1f}" height="{height:.1f}">'
            f"<title>{escape(told)}</title></rect>"
        )
        middle = x + step / 2
        anchor = "start" if middle < WIDTH * 0.1 else "end" if middle > WIDTH * 0.9 else "middle"
        if one.minor == most:
            parts.append(
                f'<text x="{middle:.1f}" y="{y - 4:.1f}" text-anchor="{anchor}">{shown(most, currency)}</text>'
            )
            most += 1  # only once
        if place % every == 0:
            parts.append(
                f'<text class="label" x="{middle:.1f}" y="{HEIGHT - 6}" text-anchor="{anchor}">'
                f"{escape(one.name)}</text>"
            )
    return Markup("".join([*parts, "</svg>"]))  # noqa: S704 every text is escaped above
