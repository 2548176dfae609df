"""How a plan stands, as one drawing: a bar parted by state and a line of words for each part.

It is shown on other sites in `<img>` or a frame, so it carries its own colours and needs neither script nor style.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _

from words.plural import counted

from .public import Look, Progress

WIDTH, MARGIN, BAR, LINE = 640, 16, 36, 30
HEAD, FOOT = 72, 96
# The colours of states in static/css/tokens.css, each at least 3:1 on white; the word beside says the same.
COLOURS: dict[Look, str] = {"done": "#2c7a3f", "partly": "#9a5b00", "missed": "#b3261e", "unknown": "#6b6b6b"}


@dataclass(frozen=True, slots=True)
class Size:
    """Of the drawing in pixels; `framed` is the height of a frame that holds it with the link under it."""

    width: int
    height: int
    framed: int


def size_of(progress: Progress) -> Size:
    height = _top(progress) + LINE * max(1, len(progress.shares)) + MARGIN
    return Size(WIDTH, height, height + FOOT)


def _top(progress: Progress) -> int:
    return HEAD + (BAR + 16 if progress.total else 0)


def svg(title: str, progress: Progress) -> str:
    """The drawing; where the plan has no measure yet, only words that say so."""
    top, height = _top(progress), size_of(progress).height
    said = progress.sentence if progress.total else _("V plánu zatím není žádné opatření.")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-labelledby="t d" font-family="Roboto, Arial, sans-serif" font-size="17">',
        f'<title id="t">{escape(title)}</title><desc id="d">{escape(said)}</desc>',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{MARGIN}" y="32" font-size="20" font-weight="bold" fill="#262626">'
        f"{escape(_shortened(title))}</text>",
        f'<text x="{MARGIN}" y="58" fill="#4d4d4d">{escape(_sub(progress))}</text>',
    ]
    parts += _bar(progress) + _words(progress, top)
    return "".join(parts) + "</svg>"


def _shortened(title: str, most: int = 58) -> str:
    return title if len(title) <= most else title[: most - 1].rstrip() + "…"


def _sub(progress: Progress) -> str:
    count = counted(progress.total, _("opatření"), _("opatření"), _("opatření"))
    if progress.year is None:
        return count
    return _("%(count)s, stav podle zprávy za rok %(year)s") % {"count": count, "year": progress.year}


def _bar(progress: Progress) -> list[str]:
    """Parts as wide as their counts, with a white line between them so that shades alone part nothing."""
    drawn, at = [], float(MARGIN)
    for one in progress.shares:
        wide = (WIDTH - 2 * MARGIN) * one.count / progress.total
        colour = COLOURS[one.standing.look]
        drawn.append(
            f'<rect x="{at:.1f}" y="{HEAD}" width="{wide:.1f}" height="{BAR}" fill="{colour}" '
            f'stroke="#ffffff" stroke-width="2"/>'
        )
        at += wide
    return drawn


def _words(progress: Progress, top: int) -> list[str]:
    drawn = []
    for row, one in enumerate(progress.shares):
        y = top + LINE * row
        words = f"{one.standing.name}: {one.count} ({one.percent} %)"
        drawn.append(f'<rect x="{MARGIN}" y="{y}" width="16" height="16" fill="{COLOURS[one.standing.look]}"/>')
        drawn.append(f'<text x="{MARGIN + 26}" y="{y + 14}" fill="#262626">{escape(words)}</text>')
    return drawn
