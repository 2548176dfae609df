"""Groups as ranges of roles (settings.RANGES, accounts/spans.py); their code is the number of the row."""

from collections.abc import Collection, Iterable

from django.db.models import Q
from django.utils.text import slugify

from portal.accounts.models import Held, Person
from portal.accounts.rules import Range
from portal.territory.models import Municipality, Orp

from .models import Group, Membership


class Groups:
    MOST_NAMED = 12

    def names(self, codes: Collection[str]) -> dict[str, str]:
        rows = Group.objects.filter(pk__in=_numbers(codes)).values_list("pk", "name")
        return {str(pk): name for pk, name in rows}

    def lying_in(self, held: Collection[Held], among: Collection[str] | None = None) -> set[str]:
        """Groups held themselves, and those whose territory lies in a held one; one query."""
        rows = Group.objects.order_by()
        if among is not None:
            rows = rows.filter(pk__in=_numbers(among))
        inside = Q(pk__in=_numbers(_codes(held, Range.GROUP))) | _territory_in(held)
        return {str(pk) for pk in rows.filter(inside).values_list("pk", flat=True)}

    def welcome(self, person: Person, codes: Collection[str]) -> None:
        """Memberships written for the e-mail of somebody without an account are theirs now."""
        theirs = Membership.objects.filter(group__in=_numbers(codes), person=None, email__iexact=person.email)
        theirs.update(person=person)

    def named(self, text: str) -> dict[str, str]:
        text = text.strip()
        exact = Group.objects.filter(name=text) | Group.objects.filter(abbreviation=text)
        found = exact or Group.objects.filter(slug__contains=slugify(text) or "-")[: self.MOST_NAMED]
        return {str(one.pk): one.name for one in found}


GROUPS = Groups()


def _numbers(codes: Iterable[str]) -> list[int]:
    return [int(code) for code in codes if code.isdigit()]


def _codes(held: Iterable[Held], kind: str) -> list[str]:
    return [one.code for one in held if one.kind == kind]


def _territory_in(held: Collection[Held]) -> Q:
    """Rows whose `span` is one of the held territories, or a town or an ORP inside of one."""
    regions, orps, towns = (_codes(held, kind) for kind in (Range.REGION, Range.ORP, Range.MUNICIPALITY))
    asked = Q(pk__in=[])
    for kind, codes in ((Range.REGION, regions), (Range.ORP, orps), (Range.MUNICIPALITY, towns)):
        asked |= Q(span_kind=kind, span_code__in=codes)
    if regions:
        asked |= Q(span_kind=Range.ORP, span_code__in=Orp.objects.filter(region__in=regions).values("pk"))
    if regions or orps:
        inner = Municipality.objects.filter(Q(orp__in=orps) | Q(region__in=regions))
        asked |= Q(span_kind=Range.MUNICIPALITY, span_code__in=inner.values("pk"))
    return asked
