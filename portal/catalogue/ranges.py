"""Which services and providers lie in somebody's range, as querysets: lists are filtered by them, rules ask them.

A service belongs to a territory by the municipalities of its facilities, by the municipalities and ORPs it serves,
by the region it works in as a whole, and by the municipality of its provider. An ended service keeps the places it
had, so that those who looked after it still find it. What has no territory at all is left to the whole site.
"""

from collections.abc import Collection, Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.text import slugify

from portal.accounts.models import Held
from portal.accounts.rules import Range
from portal.territory.models import Municipality, Orp

from .models import Facility, Kind, Provider, Service


def whole_site(held: Iterable[Held]) -> bool:
    return any(one.kind == Range.SITE for one in held)


def services_over(held: Iterable[Held]) -> QuerySet[Service]:
    """Services in any of the ranges: territories, providers, the whole site. None for no range."""
    held = list(held)
    if whole_site(held):
        return Service.objects.all()
    providers = _codes(held, Range.PROVIDER)
    asked = Q(provider__in=providers) if providers else Q(pk__in=[])
    if any(one.kind != Range.PROVIDER for one in held):
        asked |= _in_territory(held)
    return Service.objects.filter(asked)


def accompanying_over(held: Iterable[Held]) -> QuerySet[Service]:
    return services_over(held).filter(kind__group=Kind.Group.ACCOMPANYING)


def providers_over(held: Iterable[Held]) -> QuerySet[Provider]:
    """Providers that are in the ranges themselves, or by any of their services."""
    held = list(held)
    if whole_site(held):
        return Provider.objects.all()
    return Provider.objects.filter(
        Q(pk__in=_codes(held, Range.PROVIDER))
        | Q(municipality__in=_municipalities(held))
        | Q(pk__in=services_over(held).values("provider"))
    )


def _in_territory(held: list[Held]) -> Q:
    towns, orps, regions = _municipalities(held), _orps(held), _codes(held, Range.REGION)
    asked = Q(provider__municipality__in=towns) | Q(pk__in=_with_a_place_in(towns).values("service"))
    asked |= Q(pk__in=Service.served_municipalities.through.objects.filter(municipality__in=towns).values("service"))
    asked |= Q(pk__in=Service.served_orps.through.objects.filter(orp__in=orps).values("service"))
    if regions:
        asked |= Q(whole_region__in=regions)
        asked |= Q(pk__in=Service.more_regions.through.objects.filter(region__in=regions).values("service"))
    return asked


def _with_a_place_in(towns: QuerySet[Municipality]) -> QuerySet[Facility]:
    over = Q(service__ended_on__lt=timezone.localdate()) | Q(service__vanished_at__isnull=False)
    lasting = Q(pk__in=Facility.objects.public().values("pk"))
    return Facility.objects.filter(lasting | over, municipality__in=towns)


def _municipalities(held: list[Held]) -> QuerySet[Municipality]:
    return Municipality.objects.filter(
        Q(pk__in=_codes(held, Range.MUNICIPALITY))
        | Q(orp__in=_codes(held, Range.ORP))
        | Q(region__in=_codes(held, Range.REGION))
    )


def _orps(held: list[Held]) -> QuerySet[Orp]:
    return Orp.objects.filter(Q(pk__in=_codes(held, Range.ORP)) | Q(region__in=_codes(held, Range.REGION)))


def _codes(held: Iterable[Held], kind: str) -> list[str]:
    return [one.code for one in held if one.kind == kind]


class Providers:
    """Providers as ranges of roles (settings.RANGES, accounts/spans.py); their code is the number of the row."""

    MOST_NAMED = 12

    def names(self, codes: Collection[str]) -> dict[str, str]:
        return self._called(Provider.objects.filter(pk__in=_numbers(codes)))

    def lying_in(self, held: Collection[Held], among: Collection[str] | None = None) -> set[str]:
        rows = providers_over(held)
        if among is not None:
            rows = rows.filter(pk__in=_numbers(among))
        return {str(pk) for pk in rows.values_list("pk", flat=True)}

    def named(self, text: str) -> dict[str, str]:
        """The one of that IČO or of exactly that name, else those with the text in their names."""
        text = text.strip()
        exact = Provider.objects.filter(Q(ico=text) | Q(name=text))
        like = Provider.objects.filter(slug__contains=slugify(text) or "-")
        return self._called(exact) or self._called(like[: self.MOST_NAMED])

    def _called(self, rows: QuerySet[Provider]) -> dict[str, str]:
        return {str(pk): name for pk, name in rows.values_list("pk", "name")}


PROVIDERS = Providers()


def _numbers(codes: Iterable[str]) -> list[int]:
    return [int(code) for code in codes if code.isdigit()]
