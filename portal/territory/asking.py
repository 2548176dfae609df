"""Which territory somebody means by what they typed into a form."""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import ValidationError

from portal.accounts import spans
from portal.accounts.models import Held
from portal.accounts.rules import Range

TERRITORIES = (Range.MUNICIPALITY, Range.ORP, Range.REGION)
NOT_YOURS = "Takové území ve svém dosahu nemáte. Napište obec, „ORP Svornov“ nebo kraj."


def meant(text: str, held: Collection[Held]) -> tuple[str, str, str]:
    """Kind, code and name of the one territory that the text names and that lies in any of the held ranges."""
    found = spans.named(text, TERRITORIES)
    inside = spans.lying_in(held, found)
    if not inside:
        raise ValidationError(NOT_YOURS)
    if len(inside) > 1:
        choices = "; ".join(sorted(f"{found[pair]} ({pair[1]})" for pair in inside))
        raise ValidationError(f"Tomu odpovídá víc území: {choices}. Napište jedno z nich, třeba jeho kódem.")
    pair = next(iter(inside))
    return *pair, found[pair]
