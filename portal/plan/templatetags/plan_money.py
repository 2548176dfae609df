"""Amounts of money as every page of plans shows them."""

from decimal import Decimal

from django import template

from portal.plan import money

register = template.Library()


@register.filter
def crowns(amount: Decimal | None, unknown: str = "") -> str:
    """`{{ amount|crowns }}` -> "12 480 Kč"; an unknown amount says so, in a table by what it is told (`crowns:"–"`)."""
    return unknown if unknown and amount is None else money.crowns(amount)
