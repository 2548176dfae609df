"""Values of indicators as people read them."""

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.indicators.forms import written
from portal.indicators.sums import Sum

register = template.Library()


@register.filter
def amount(value: Decimal | None) -> str:
    """ "2,5"; an unknown one says so."""
    return "neznámo" if value is None else written(value)


@register.simple_tag
def summed(found: Sum | None) -> SafeString:
    """A sum with what it is made of where somebody has not said theirs; nothing where nobody has."""
    if found is None or found.value is None:
        return SafeString("")
    if found.is_whole:
        return format_html("{}", written(found.value))
    return format_html('{} <span class="small soft">({} z {})</span>', written(found.value), found.known, found.all)
