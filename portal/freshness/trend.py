"""A small figure of quality in time: days and values in, SVG out. The same stands in the table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 400, 150
LEFT, RIGHT, TOP, BOTTOM = 36, 56, 12, 26


def svg(points: Sequence[tuple[date, float]], until: date) -> SafeString:
    """Steps of a mean of 0 to 100: what was measured lasts until it changes. Empty for nothing measured."""
    if not points:
        return SafeString("")
    first = points[0][0]
    span = max((until - first).days, 1)

    def x(day: date) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (day - first).days / span

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / 100)

    path = f"M{x(first):.1f} {y(points[0][1]):.1f}"
    for day, value in points[1:]:
        path += f"H{x(day):.1f}V{y(value):.1f}"
    path += f"H{x(until):.1f}"
    last = points[-1][1]
    grid = format_html_join(
        "",
        '<line x1="{}" x2="{}" y1="{}" y2="{}" class="trend-grid"></line>'
        '<text x="{}" y="{}" class="trend-text" text-anchor="end">{}</text>',
        ((LEFT, WIDTH - RIGHT, y(v), y(v), LEFT - 6, y(v) + 4, v) for v in (0, 50, 100)),
    )
    return format_html(
        '<svg class="trend" viewBox="0 0 {} {}" role="img" aria-label="{}">{}'
        '<path d="{}" class="trend-line"></path>'
        '<text x="{}" y="{}" class="trend-value">{}</text>'
        '<text x="{}" y="{}" class="trend-text">{}</text>'
        '<text x="{}" y="{}" class="trend-text" text-anchor="end">{}</text></svg>',
        WIDTH,
        HEIGHT,
        f"Průměrná kvalita: {_number(points[0][1])} na začátku, {_number(last)} na konci.",
        grid,
        path,
        x(until) + 8,
        f"{y(last) + 5:.1f}",
        _number(last),
        LEFT,
        HEIGHT - 6,
        _day(first),
        WIDTH - RIGHT,
        HEIGHT - 6,
        _day(until),
    )


def _number(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


def _day(day: date) -> str:
    return f"{day.day}. {day.month}. {day.year}"
