"""What waits for staff, as querysets and rows of tables: the queue of quality, averages, conflicts, silence.
Everything begins with the services that the person may read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Avg, Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from portal.accounts.rules import Range, held
from portal.catalogue.models import Facility, Provider, Service, Vacancy
from portal.catalogue.rules import editable_services, readable_services, services_of
from portal.territory.models import Municipality, Orp, Region

from .models import AskedService, ConfirmationLetter, Conflict, QualitySnapshot, ServiceQuality
from .rules import READ

# --- quality -----------------------------------------------------------------------------------------------------


def quality_queue(person: Any, asked: dict[str, Any]) -> QuerySet[ServiceQuality]:
    """The worst first. `asked` narrows by reason, provider, ORP and municipality."""
    rows = ServiceQuality.objects.filter(service__in=readable_services(person).values("pk"))
    if reason := asked.get("duvod"):
        rows = rows.filter(reasons__contains=f" {reason} ")
    if provider := asked.get("poskytovatel"):
        rows = rows.filter(service__provider__name__icontains=provider)
    places = Facility.objects.public().filter(service=OuterRef("service"))
    if orp := asked.get("orp"):
        rows = rows.filter(Exists(places.filter(municipality__orp=orp)))
    if town := asked.get("obec"):
        rows = rows.filter(Exists(places.filter(municipality__name__iexact=town)))
    return rows.select_related("service__provider", "service__kind").order_by("score", "service__name", "pk")


def reason_counts(rows: QuerySet[ServiceQuality], keys: Iterable[str]) -> dict[str, int]:
    """How many records have each reason. One query."""
    return rows.order_by().aggregate(**{key: Count("pk", filter=Q(reasons__contains=f" {key} ")) for key in keys})


class Average(NamedTuple):
    name: str
    code: str
    services: int
    score: float
    overdue: int


def by_provider(person: Any) -> list[Average]:
    """Averages of providers, the worst first. One query."""
    rows = (
        quality_queue(person, {})
        .order_by()
        .values("service__provider_id", "service__provider__name")
        .annotate(
            services=Count("pk"), mean=Avg("score"), overdue=Count("pk", filter=Q(reasons__contains=" unconfirmed "))
        )
    )
    found = [
        Average(
            row["service__provider__name"],
            str(row["service__provider_id"]),
            row["services"],
            round(row["mean"], 1),
            row["overdue"],
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.score, one.name))


def by_municipality(person: Any) -> list[Average]:
    """Averages of municipalities with a place of a service, the worst first. Two queries."""
    scores = {
        pk: (points, " unconfirmed " in reasons)
        for pk, points, reasons in quality_queue(person, {}).order_by().values_list("service_id", "score", "reasons")
    }
    places = Facility.objects.public().filter(municipality__isnull=False, secret=False)
    groups: dict[tuple[str, str, str], list[tuple[int, bool]]] = defaultdict(list)
    for pk, code, name, orp in places.values_list(
        "service_id", "municipality_id", "municipality__name", "municipality__orp__name"
    ).distinct():
        if pk in scores:
            groups[code or "", name, orp].append(scores[pk])
    found = [
        Average(
            name if name == orp else f"{name} (ORP {orp})",
            name,
            len(rows),
            round(sum(points for points, _ in rows) / len(rows), 1),
            sum(late for _, late in rows),
        )
        for (_code, name, orp), rows in groups.items()
    ]
    return sorted(found, key=lambda one: (one.score, one.name))


# --- development in time -----------------------------------------------------------------------------------------


class Territory(NamedTuple):
    over: str
    code: str
    name: str

    @property
    def key(self) -> str:
        return f"{self.over}:{self.code}"


def territories(person: Any) -> list[Territory]:
    """Whose development the person may follow: what the roles reach, the widest first. Two queries at most."""
    mine = held(person, *READ)
    over = QualitySnapshot.Over
    if any(one.kind == Range.SITE for one in mine):
        regions, orps = Region.objects.all(), Orp.objects.all()
        found = [Territory(over.ALL, "", "Všechno")]
    else:
        codes: dict[str, list[str]] = defaultdict(list)
        for one in mine:
            codes[one.kind].append(one.code)
        towns = Municipality.objects.filter(pk__in=codes[Range.MUNICIPALITY]).values("orp")
        regions = Region.objects.filter(pk__in=codes[Range.REGION])
        orps = Orp.objects.filter(Q(pk__in=codes[Range.ORP]) | Q(region__in=codes[Range.REGION]) | Q(pk__in=towns))
        found = []
    found += [Territory(over.REGION, one.code, one.name) for one in regions]
    return found + [Territory(over.ORP, one.code, f"ORP {one.name}") for one in orps]


def chosen_territory(person: Any, *, provider: str, territory: str) -> tuple[Territory | None, list[Territory]]:
    """Whose development is asked for, and of which territories the person may ask; the widest where nobody says.
    Nothing for a provider whom the person may not read."""
    places = territories(person)
    if provider:
        found = readable_provider(person, provider)
        return (Territory("provider", provider, found.name) if found else None), places
    return next((one for one in places if one.key == territory), places[0] if places else None), places


def development(over: str, code: str) -> list[QualitySnapshot]:
    return list(QualitySnapshot.objects.filter(over=over, code=code).order_by("day"))


def readable_provider(person: Any, pk: str) -> Provider | None:
    """The provider of that number, if any service of it is in the person's range."""
    if not pk.isascii() or not pk.isdigit() or len(pk) > 18:
        return None
    mine = readable_services(person).values("provider")
    return Provider.objects.filter(pk=int(pk)).filter(pk__in=mine).first()


# --- conflicts ---------------------------------------------------------------------------------------------------


def conflicts(services: QuerySet[Service], state: str) -> QuerySet[Conflict]:
    rows = Conflict.objects.filter(service__in=services.values("pk"), state=state)
    order = "-opened_at" if state == Conflict.State.OPEN else "-settled_at"
    return rows.select_related("service__provider").order_by(order, "pk")


# --- silence -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Told:
    """A record older than its limit, and who knows of it since when."""

    service: Service
    why: str
    letters: dict[str, list[date]] = field(default_factory=dict)  # days by address
    coordinator_on: date | None = None
    public_on: date | None = None


def overdue(person: Any, today: date, days: dict[str, int]) -> QuerySet[Service]:
    """Public services with something older than its limit, the oldest first."""
    stale = Vacancy.objects.filter(service=OuterRef("pk"), said_on__lt=today - timedelta(days=days["vacancy"]))
    late = Q(verified_on=None) | Q(verified_on__lt=today - timedelta(days=days["other"]))
    rows = Service.objects.public().filter(pk__in=readable_services(person).values("pk"))
    return (
        rows.annotate(late=Q(late), stale=Exists(stale))
        .filter(Q(late=True) | Q(stale=True))
        .select_related("provider")
        .order_by(F("verified_on").asc(nulls_first=True), "name", "pk")
    )


def told(services: list[Any]) -> list[Told]:
    """Who was told what about the services (rows of `overdue`). Two queries."""
    asked = AskedService.objects.filter(service__in=services, outcome="").select_related("round").order_by("pk")
    rounds: dict[int, list[AskedService]] = defaultdict(list)
    for one in asked:
        rounds[one.service_id].append(one)
    about = ConfirmationLetter.services.through.objects.filter(
        service__in=services, confirmationletter__round__in={one.round_id for one in asked}
    )
    letters: dict[int, dict[str, list[date]]] = defaultdict(lambda: defaultdict(list))
    for pk, email, at in about.order_by("confirmationletter__written_at").values_list(
        "service_id", "confirmationletter__email", "confirmationletter__written_at"
    ):
        letters[pk][email].append(timezone.localtime(at).date())
    found = []
    for service in services:
        words = [word for word, true in (("karta", service.late), ("volná místa", service.stale)) if true]
        row = Told(service, " a ".join(words), dict(letters[service.pk]))
        for one in rounds[service.pk]:
            row.coordinator_on = one.round.coordinator_told_on or row.coordinator_on
            row.public_on = one.round.public_on or row.public_on
        found.append(row)
    return found


# --- the desk ----------------------------------------------------------------------------------------------------


def silent_count(person: Any) -> int:
    """Services whose provider has not answered so long that staff were told. One query."""
    told_of = AskedService.objects.filter(outcome="", round__closed_on=None, round__coordinator_told_on__isnull=False)
    return told_of.filter(service__in=editable_services(person).values("pk")).count()


def conflict_count(services: QuerySet[Service]) -> int:
    return conflicts(services, Conflict.State.OPEN).count()


def unconfirmed_count(person: Any) -> int:
    """Services of the person's providers that are being asked about now. One query."""
    waiting = AskedService.objects.filter(outcome="", round__closed_on=None)
    return waiting.filter(service__in=services_of(person).values("pk")).values("service").distinct().count()
