"""The network of services in a territory as a text on view: registered services of the catalogue by their kinds, one
commentable paragraph each.

    pieces_of(consultation, today)      the text as it would be frozen on that day

What is chosen lies in `Consultation.network`; the territory is that of the consultation. A secret address leaves the
catalogue only as the fact that there is one, and where a service with such a place stands in the list is never taken
from the place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Q, QuerySet

from portal.accounts.models import Grant
from portal.catalogue.models import Capacity, Facility, Kind, Service, ServiceForm, Source
from portal.territory.models import Municipality, Orp
from portal.territory.rules import lies_in
from words.plural import counted

from . import pieces
from .models import Consultation
from .pieces import Piece

Range = Grant.Range
EMPTY = "V katalogu teď na tomhle území žádná registrovaná služba není."
NOTHING_LEFT = "V seznamu by nezůstala žádná služba. Vyberte víc druhů, nebo nějakou službu vraťte."
# Municipalities named at one service; the rest is counted.
NAMED = 12
# As `Consultation.network` keeps that nothing is left out.
ALL: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Choice:
    """What the list says of itself and what it leaves out. No title: the usual one. No day: that of announcing.
    `kinds` are keys, none of them means all; `left_out` are numbers of rows of services."""

    title: str = ""
    as_of: date | None = None
    kinds: tuple[str, ...] = ()
    left_out: tuple[int, ...] = ()

    def kept(self) -> dict[str, Any]:
        """As JSON keeps it; what `read` reads."""
        told = {
            "title": self.title,
            "as_of": self.as_of.isoformat() if self.as_of else "",
            "kinds": sorted(self.kinds),
            "left_out": sorted(self.left_out),
        }
        return {name: value for name, value in told.items() if value}

    def words(self) -> str:
        """For the journal."""
        said = [self.title] if self.title else []
        said.append(f"druhy: {', '.join(self.kinds)}" if self.kinds else "všechny druhy")
        if self.left_out:
            said.append(counted(len(self.left_out), "služba vynechaná", "služby vynechané", "služeb vynechaných"))
        if self.as_of:
            said.append(f"ke dni {_day(self.as_of)}")
        return "; ".join(said)


def read(kept: dict[str, Any]) -> Choice:
    day = kept.get("as_of")
    return Choice(
        title=kept.get("title", ""),
        as_of=date.fromisoformat(day) if day else None,
        kinds=tuple(kept.get("kinds", ())),
        left_out=tuple(kept.get("left_out", ())),
    )


def usual_title(consultation: Consultation) -> str:
    return f"Síť sociálních služeb: {consultation.span_name}" if consultation.span_name else "Síť sociálních služeb"


# --- which services ----------------------------------------------------------------------------------------------


def day_of(choice: Choice, today: date) -> date:
    """The day that the list tells of. The catalogue knows no past, so it is never before today."""
    return max(choice.as_of or today, today)


def offered(consultation: Consultation, on: date) -> QuerySet[Service]:
    """Registered services that the public sees and that lie in the territory or come there on the day."""
    lasting = Q(ended_on=None) | Q(ended_on__gte=on)
    begun = Q(started_on=None) | Q(started_on__lte=on)
    registered = Service.objects.public().exclude(kind__group=Kind.Group.ACCOMPANYING)
    return registered.filter(lasting, begun, _in_territory(consultation.span_kind, consultation.span_code))


def chosen(consultation: Consultation, choice: Choice, today: date) -> QuerySet[Service]:
    """The offered ones without those that the list leaves out."""
    rows = offered(consultation, day_of(choice, today)).exclude(pk__in=choice.left_out)
    return rows.filter(kind__key__in=choice.kinds) if choice.kinds else rows


def check(consultation: Consultation, today: date) -> None:
    """ValidationError at `network` where the list would be empty."""
    choice = read(consultation.network or ALL)
    if chosen(consultation, choice, today).exists():
        return
    bare = offered(consultation, day_of(choice, today))
    raise ValidationError({"network": NOTHING_LEFT if bare.exists() else EMPTY})


def _towns(kind: str, code: str) -> QuerySet[Municipality]:
    asked = {Range.MUNICIPALITY: Q(pk=code), Range.ORP: Q(orp=code), Range.REGION: Q(region=code)}
    return Municipality.objects.filter(asked.get(Range(kind), Q(pk__in=[])))


def _in_territory(kind: str, code: str) -> Q:
    """With a place there, or coming there from elsewhere; what says neither is where its provider sits."""
    if kind == Range.SITE:
        return Q()
    around: dict[str, Any] = dict(lies_in(kind, code))
    towns, region = _towns(kind, code), around.get(Range.REGION)
    orps = Orp.objects.filter(Q(region=code) if kind == Range.REGION else Q(pk=around.get(Range.ORP)))
    served, served_orps = Service.served_municipalities.through.objects, Service.served_orps.through.objects
    served_regions = Service.more_regions.through.objects
    places = Facility.objects.public().filter(secret=False, municipality__isnull=False)
    comes = Q(pk__in=served.filter(municipality__in=towns).values("service"))
    comes |= Q(pk__in=served_orps.filter(orp__in=orps).values("service"))
    if region is not None:
        comes |= Q(whole_region=region) | Q(pk__in=served_regions.filter(region=region).values("service"))
    says_nothing = (
        Q(whole_region=None)
        & ~Q(pk__in=places.values("service"))
        & ~Q(pk__in=served.values("service"))
        & ~Q(pk__in=served_orps.values("service"))
        & ~Q(pk__in=served_regions.values("service"))
    )
    there = Q(pk__in=places.filter(municipality__in=towns).values("service"))
    return there | comes | (says_nothing & Q(provider__municipality__in=towns))


# --- the text ----------------------------------------------------------------------------------------------------


def pieces_of(consultation: Consultation, today: date) -> Iterator[Piece]:
    """The heading, what the list is, services by kinds. At most eleven queries however long it is; ValidationError
    where it would be empty."""
    choice = read(consultation.network or ALL)
    services = list(_whole(chosen(consultation, choice, today)))
    if not services:
        check(consultation, today)
    yield pieces.heading(choice.title or usual_title(consultation), 1)
    yield from _about(consultation, choice, services, today)
    for kind, group in groupby(services, key=lambda one: one.kind):
        yield pieces.heading(_heading(kind), 2)
        yield from (pieces.paragraph("\n".join(_lines(one, consultation))) for one in group)


def _whole(services: QuerySet[Service]) -> QuerySet[Service]:
    capacities = Capacity.objects.select_related("unit").order_by("unit__order", "pk")
    forms = ServiceForm.objects.select_related("form").prefetch_related(Prefetch("capacities", capacities))
    places = Facility.objects.public().select_related("municipality").order_by("municipality__name", "pk")
    return (
        services.select_related("kind", "provider", "whole_region")
        .prefetch_related(
            Prefetch("forms", forms),
            Prefetch("facilities", places),
            "served_municipalities",
            "served_orps",
            "more_regions",
        )
        .order_by("kind__order", "kind__name", "kind_id", "name", "provider__name", "pk")
    )


def _about(consultation: Consultation, choice: Choice, services: list[Service], today: date) -> Iterator[Piece]:
    on = day_of(choice, today)
    where = f" Území: {consultation.span_name}." if consultation.span_name else ""
    many = counted(len(services), "služba", "služby", "služeb")
    sources = sorted({str(Source(one.source).label) for one in services})
    yield pieces.paragraph(
        f"Seznam registrovaných sociálních služeb, které v území jsou nebo tam za lidmi dojíždějí.{where} "
        f"Stav ke dni {_day(on)}: {many}. "
        f"Údaje jsou z katalogu webu {settings.SITE_NAME}. Odkud je katalog má: {', '.join(sources)}."
    )
    yield pieces.paragraph(
        "Seznam je návrh. Registrace neznamená, že služba patří do sítě, kterou kraj a obce platí. "
        "Napište, co v síti chybí, co je v ní navíc a kde kapacita nestačí."
    )
    yield pieces.paragraph(
        "Kapacita je nejvyšší počet podle registrace, ne počet volných míst. Kde ji neznáme, říkáme to. "
        "Paragrafy u druhů služeb jsou ze zákona č. 108/2006 Sb., o sociálních službách."
    )
    if choice.kinds:
        kinds = dict.fromkeys(one.kind.name for one in services)
        yield pieces.paragraph(f"V seznamu jsou jen některé druhy služeb: {', '.join(kinds)}.")
    whole = chosen(consultation, replace(choice, left_out=()), today)
    if choice.left_out and (left := whole.count() - len(services)):
        yield pieces.paragraph(f"Ze seznamu jsme vynechali {counted(left, 'službu', 'služby', 'služeb')}.")


def _heading(kind: Kind) -> str:
    name = kind.name[:1].upper() + kind.name[1:]
    return f"{name} (§ {kind.paragraph})" if kind.paragraph else name


def _lines(service: Service, consultation: Consultation) -> Iterator[str]:
    yield f"{service.name} ({service.provider.name})"
    yield f"Kde: {_where(service, consultation)}"
    yield f"Formy a kapacita: {_forms(service)}"
    if service.register_number:
        yield f"Číslo v registru: {service.register_number}"


def _where(service: Service, consultation: Consultation) -> str:
    """Municipalities with a place of it, those it comes to; of a secret place only that there is one."""
    places = list(service.facilities.all())
    towns = [one.municipality for one in places if not one.secret and one.municipality is not None]
    said = [_named(towns, consultation)] if towns else []
    if any(one.secret for one in places):
        said.append("adresa je utajená")
    if served := list(service.served_municipalities.all()):
        said.append(f"dojíždí do obcí: {_named(served, consultation)}")
    said += [f"v celém ORP {one.name}" for one in service.served_orps.all()]
    regions = [service.whole_region] if service.whole_region else []
    said += [f"v celém kraji: {one.name}" for one in dict.fromkeys([*regions, *service.more_regions.all()])]
    return "; ".join(said) or "místo neznáme, poskytovatel tu sídlí"


def _named(towns: Iterable[Municipality], consultation: Consultation) -> str:
    """Those of the territory by name, in order; how many there are elsewhere."""
    every = sorted(set(towns), key=lambda one: (one.name, one.pk))
    inside = [one.name for one in every if _lies(one, consultation)] or [one.name for one in every]
    named, more = inside[:NAMED], len(every) - len(inside[:NAMED])
    return ", ".join(named) + (f" a {counted(more, 'další obec', 'další obce', 'dalších obcí')}" if more else "")


def _lies(town: Municipality, consultation: Consultation) -> bool:
    above = {Range.MUNICIPALITY: town.pk, Range.ORP: town.orp_id, Range.REGION: town.region_id}
    return above.get(Range(consultation.span_kind), consultation.span_code) == consultation.span_code


def _forms(service: Service) -> str:
    return (
        "; ".join(
            f"{one.form.name} – {', '.join(map(_capacity, one.capacities.all())) or 'kapacitu neznáme'}"
            for one in service.forms.all()
        )
        or "neznáme"
    )


def _capacity(one: Capacity) -> str:
    forms = (one.unit.one, one.unit.few, one.unit.many)
    words = f"{one.unit.many}: počet neznáme" if one.amount is None else counted(one.amount, *forms)
    return f"{words} ({one.note})" if one.note else words


def _day(day: date) -> str:
    return f"{day:%-d. %-m. %Y}"
