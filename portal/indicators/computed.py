"""What the system counts by itself from the catalogue, for the territory of a plan.

A service belongs to a territory when it has a public place in it, when it says that it goes there, or, for a region,
when it works in the whole of it. What the catalogue does not know is not counted as zero: the figure says how many
services are silent, and when all are, there is no figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils import timezone

from portal.accounts.rules import Range
from portal.catalogue.models import Capacity, CapacityUnit, Facility, Form, Kind, Service
from portal.plan.models import Plan
from portal.territory.models import Municipality

from .models import Definition

# A card confirmed longer ago than this is not counted as confirmed.
CONFIRMED_DAYS = 365
ONE_PLACE = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` from `known` services; `silent` say nothing. None is unknown."""

    value: Decimal | None
    known: int
    silent: int = 0

    @property
    def is_whole(self) -> bool:
        return self.value is not None and self.silent == 0


def figure(definition: Definition, plan: Plan, today: date | None = None) -> Figure | None:
    """The figure of a computed definition today; None for one that somebody types."""
    here = services_in(plan.span_kind, plan.span_code)
    if definition.formula == Definition.Formula.CAPACITY and definition.kind and definition.capacity_unit:
        return capacity(here, definition.kind, definition.capacity_unit, definition.form)
    if definition.formula == Definition.Formula.SERVICES:
        return public_services(here, definition.kind, definition.form)
    if definition.formula == Definition.Formula.CONFIRMED:
        return confirmed_share(here, definition.kind, today or timezone.localdate())
    return None


def services_in(kind: str, code: str) -> QuerySet[Service]:
    """Public services of a municipality, an ORP, a region or (any other kind) of the whole site."""
    here = Service.objects.public()
    if kind == Range.MUNICIPALITY:
        towns, orps = Municipality.objects.filter(pk=code), []
    elif kind == Range.ORP:
        towns, orps = Municipality.objects.filter(orp=code), [code]
    elif kind == Range.REGION:
        towns = Municipality.objects.filter(region=code)
        orps = list(towns.values_list("orp_id", flat=True).distinct())
    else:
        return here
    served = Service.served_municipalities.through.objects.filter(municipality__in=towns)
    asked = Q(pk__in=Facility.objects.public().filter(municipality__in=towns).values("service"))
    asked |= Q(pk__in=served.values("service"))
    asked |= Q(pk__in=Service.served_orps.through.objects.filter(orp__in=orps).values("service"))
    if kind == Range.REGION:
        asked |= Q(whole_region=code)
        asked |= Q(pk__in=Service.more_regions.through.objects.filter(region=code).values("service"))
    return here.filter(asked)


def capacity(here: QuerySet[Service], kind: Kind, unit: CapacityUnit, form: Form | None = None) -> Figure:
    """Units of capacity of services of the kind, each service once. A service that names no amount in the unit is
    silent; no service of the kind at all is zero."""
    services = set(here.filter(kind=kind).values_list("pk", flat=True))
    rows = Capacity.objects.filter(service_form__service__in=services, unit=unit)
    if form is not None:
        rows = rows.filter(service_form__form=form)
        services &= set(Service.objects.filter(pk__in=services, forms__form=form).values_list("pk", flat=True))
    said = list(rows.values_list("service_form__service", "amount"))
    silent = (services - {service for service, _ in said}) | {service for service, amount in said if amount is None}
    known = services - silent
    if services and not known:
        return Figure(None, 0, len(silent))
    total = sum((Decimal(amount) for service, amount in said if service in known and amount is not None), Decimal(0))
    return Figure(total, len(known), len(silent))


def public_services(here: QuerySet[Service], kind: Kind | None = None, form: Form | None = None) -> Figure:
    asked = here.filter(kind=kind) if kind else here
    count = (asked.filter(pk__in=Service.objects.filter(forms__form=form)) if form else asked).count()
    return Figure(Decimal(count), count)


def confirmed_share(here: QuerySet[Service], kind: Kind | None, today: date) -> Figure:
    """Share (in per cent) of cards confirmed in the last year; of no cards it is unknown."""
    asked = here.filter(kind=kind) if kind else here
    count = asked.count()
    if not count:
        return Figure(None, 0)
    fresh = asked.filter(verified_on__gte=today - timedelta(days=CONFIRMED_DAYS)).count()
    return Figure((Decimal(100 * fresh) / count).quantize(ONE_PLACE), count)
