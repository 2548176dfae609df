"""Providers: what they are called is the register's, a few words and contacts are ours."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.text import slugify

from portal.accounts.rules import held
from portal.catalogue import ranges, rules
from portal.catalogue.models import Contact, Provider, Service, Source
from portal.catalogue.provider_actions import provider_save, read_provider

from ..columns import Column, Contacts, Digits, Line, Lines, Number, Sort
from ..forms import NameFilter
from ..table import WrittenTable, number_column
from .service_cards import CHANNELS, with_contacts


class Providers(WrittenTable):
    slug = "poskytovatele"
    title = "Poskytovatelé"
    about = "Pár slov o organizaci a její kontakty. Název a IČO určuje registr."
    noun = "poskytovatel,poskytovatelé,poskytovatelů"
    home = "catalogue:providers"
    orders = {"name": "name"}

    def may_read(self) -> bool:
        return rules.may_read_desk(self.person)

    def may_write(self) -> bool:
        return rules.may_edit_catalogue(self.person)

    def filters(self, asked: QueryDict) -> NameFilter:
        return NameFilter(asked)

    def rows(self, asked: QueryDict) -> QuerySet[Provider]:
        return self._listed(ranges.providers_over(held(self.person, *rules.DESK)), asked)

    def open_rows(self, asked: QueryDict) -> QuerySet[Provider]:
        rows = self._listed(rules.headed_providers(self.person), asked)
        return rows.order_by("-name", "pk") if asked.get("razeni") == "-name" else rows

    def writable(self) -> QuerySet[Provider]:
        return _loaded(rules.headed_providers(self.person))

    def _listed(self, providers: QuerySet[Provider], asked: QueryDict) -> QuerySet[Provider]:
        text = self.filters(asked).asked()
        if text:
            named = Q(name__icontains=text) | Q(ico=text)
            providers = providers.filter(named | Q(slug__contains=slugify(text)) if slugify(text) else named)
        return _loaded(providers).order_by("name", "pk")

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        several = "Víc hodnot oddělte středníkem."
        return (
            number_column(),
            Column("name", "název", Sort(), "Jak se organizace jmenuje.", locked=True, width=36),
            Column("ico", "IČO", Digits(8, "IČO"), "Osm číslic.", locked=True, width=10),
            Column("legal_form", "právní forma", Sort(), locked=True, width=20),
            Column("town", "obec", Sort(), "Kde organizace sídlí.", locked=True),
            Column("services", "služeb", Number(), "Kolik služeb má v katalogu.", locked=True, width=8),
            Column("about", "o organizaci", Lines(2000), "Pár vět pro veřejnost.", width=50, usual=True),
            Column("phone", "telefon", Contacts("phone"), f"{several} Poznámku dejte do závorky.", usual=True),
            Column("email", "e-mail", Contacts("email"), several, width=26, usual=True),
            Column("web", "web", Contacts("web"), several, width=24, usual=True),
        )

    def lines(self, rows: list[Provider]) -> list[Line]:
        counted = Service.objects.public().filter(provider__in=rows).order_by().values("provider")
        services = dict(counted.annotate(times=Count("pk")).values_list("provider", "times"))
        return [self._line(row, services.get(row.pk, 0)) for row in rows]

    def _line(self, row: Provider, services: int) -> Line:
        contacts = list(row.contacts.all())
        values: dict[str, Any] = {
            "number": row.pk,
            "name": row.name,
            "ico": row.ico,
            "legal_form": row.legal_form,
            "town": row.municipality.name if row.municipality else "",
            "services": services,
            "about": row.about,
        }
        values |= {
            channel: [(one.value, one.note) for one in contacts if one.channel == channel] for channel in CHANNELS
        }
        cells = {column.key: column.sort.show(values[column.key]) for column in self.columns}
        return Line(str(row.pk), row.name, cells, url=reverse("catalogue:provider", args=[row.slug]))

    def write(self, number: str, values: dict[str, Any]) -> None:
        provider = Provider.objects.get(pk=number)
        stored = read_provider(provider)
        draft = replace(stored, about=values["about"]) if "about" in values else stored
        for channel in CHANNELS:
            if channel in values:
                draft = replace(draft, contacts=with_contacts(draft.contacts, channel, values[channel]))
        provider_save(provider=provider, draft=draft, seen=stored.fingerprint, actor=self.person)


def _loaded(providers: QuerySet[Provider]) -> QuerySet[Provider]:
    ours = Contact.objects.filter(source=Source.LOCAL).order_by("order", "id")
    return providers.select_related("municipality").prefetch_related(Prefetch("contacts", ours))
