"""Groups as ranges of roles (settings.RANGES, accounts/spans.py); their code is the number of the row."""

from collections.abc import Collection, Iterable

from django.utils.text import slugify

from portal.accounts.models import Held
from portal.accounts.rules import Range
from portal.accounts.spans import rows_in

from .models import Group


class Groups:
    MOST_NAMED = 12

    def names(self, codes: Collection[str]) -> dict[str, str]:
        rows = Group.objects.filter(pk__in=_numbers(codes)).values_list("pk", "name")
        return {str(pk): name for pk, name in rows}

    def lying_in(self, held: Collection[Held], among: Collection[str] | None = None) -> set[str]:
        """Groups held themselves, and those whose territory lies in a held one."""
        rows = Group.objects.all()
        if among is not None:
            rows = rows.filter(pk__in=_numbers(among))
        lying = rows_in(rows, [one for one in held if one.kind not in (Range.GROUP, Range.PROVIDER)])
        mine = rows.filter(pk__in=_numbers(one.code for one in held if one.kind == Range.GROUP))
        return {str(pk) for pk in lying.values_list("pk", flat=True)} | {
            str(pk) for pk in mine.values_list("pk", flat=True)
        }

    def named(self, text: str) -> dict[str, str]:
        text = text.strip()
        exact = Group.objects.filter(name=text) | Group.objects.filter(abbreviation=text)
        found = exact or Group.objects.filter(slug__contains=slugify(text) or "-")[: self.MOST_NAMED]
        return {str(one.pk): one.name for one in found}


GROUPS = Groups()


def _numbers(codes: Iterable[str]) -> list[int]:
    return [int(code) for code in codes if code.isdigit()]
