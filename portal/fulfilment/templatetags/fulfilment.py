"""Money in templates of action plans and reports."""

from decimal import Decimal

from django import template

from portal.plan.money import crowns as written

register = template.Library()


@register.filter
def crowns(amount: int | Decimal | None) -> str:
    """ "12 480 Kč"; an unknown amount says so."""
    return written(None if amount is None else Decimal(amount))
