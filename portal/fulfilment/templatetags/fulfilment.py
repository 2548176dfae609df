"""Indicators of a report as its pages show them."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from portal.fulfilment import measured

register = template.Library()


@register.simple_tag
def indicator_path(line: dict[str, Any], year: int) -> SafeString:
    """`{% indicator_path one content.last %}`: what it was in the year beside the target, with a small drawing."""
    # The drawing is made of numbers; the only words in it are escaped as an attribute.
    drawn = mark_safe(measured.drawing(line)) if measured.is_drawn(line) else ""  # noqa: S308
    return format_html(
        '<div class="plan-measured">{}<p class="small"><strong>{}:</strong> {}</p></div>',
        drawn,
        line["name"],
        measured.sentence(line, year),
    )
