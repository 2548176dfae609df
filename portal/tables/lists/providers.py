"""Providers: what they are called is the register's, a few words and contacts are ours."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.text import slugify

from portal.accounts.rules import held
from portal.catalogue import ranges, rules
from portal.catalogue.drafts import ContactDraft
from portal.catalogue.models import Contact, Provider, Service, Source
from portal.catalogue.provider_actions import (
    ProviderDraft,
    provider_add,
    provider_remove,
    provider_save,
    read_provider,
)

from ..columns import Column, Contacts, Digits, Line, Lines, Number, Sort, Town, known_heading
from ..compare import Difference
from ..forms import NameFilter
from ..table import WrittenTable, number_column
from .service_cards import CHANNELS, with_contacts


class Providers(WrittenTable):
    slug = "poskytovatele"
    title = "Poskytovatelé"
    about = (
        "Pár slov o organizaci a její kontakty. Název a IČO určuje registr. Řádek bez čísla s IČO, které ještě "
        "nemáme, je nový poskytovatel."
    )
    noun = "poskytovatel,poskytovatelé,poskytovatelů"
    home = "catalogue:providers"
    may_add = True
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
            _once("name", "název", Sort(250, required=True), "Jak se organizace jmenuje.", 36),
            _once("ico", "IČO", Digits(8, "IČO"), "Osm číslic. Podle IČO poznáme i řádek bez čísla.", 10),
            _once("legal_form", "právní forma", Sort(120), "", 20),
            _once("street", "ulice a číslo", Sort(200), "Sídlo organizace.", 24),
            _once("postal_code", "PSČ", Digits(5, "PSČ"), "Sídlo organizace.", 8),
            _once("town", "obec", Town(), "Kde organizace sídlí, třeba „Lhota (okres Jičín)“.", 18),
            Column("services", "služeb", Number(), "Kolik služeb má v katalogu.", locked=True, width=8),
            Column("about", "o organizaci", Lines(2000), "Pár vět pro veřejnost.", width=50, usual=True),
            Column("phone", "telefon", Contacts("phone"), f"{several} Poznámku dejte do závorky.", usual=True),
            Column("email", "e-mail", Contacts("email"), several, width=26, usual=True),
            Column("web", "web", Contacts("web"), several, width=24, usual=True),
        )

    def lines(self, rows: list[Provider]) -> list[Line]:
        counted = Service.objects.public().filter(provider__in=rows).order_by().values("provider")
        town = self.by_key["town"].sort
        if isinstance(town, Town):
            town.learn(row.municipality_id for row in rows if row.municipality_id)
        services = dict(counted.annotate(times=Count("pk")).values_list("provider", "times"))
        return [self._line(row, services.get(row.pk, 0)) for row in rows]

    def _line(self, row: Provider, services: int) -> Line:
        contacts = list(row.contacts.all())
        values: dict[str, Any] = {
            "number": row.pk,
            "name": row.name,
            "ico": row.ico,
            "legal_form": row.legal_form,
            "street": row.street,
            "postal_code": row.postal_code,
            "town": [row.municipality_id] if row.municipality_id else [],
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

    # --- new ones --------------------------------------------------------------------------------------------

    def names_in(self, rows: list[dict[str, str]], identity: str) -> list[str]:
        """A row without a number is called by the number of the provider of its IČO, if the person may write it."""
        names = super().names_in(rows, identity)
        icos = [_ico(cells.get(known_heading("IČO"), "")) for cells in rows]
        numbers = {row.ico: str(row.pk) for row in rules.headed_providers(self.person).filter(ico__in=set(icos) - {""})}
        return [name or numbers.get(ico, "") for name, ico in zip(names, icos, strict=True)]

    def agree(self, found: list[Difference]) -> None:
        """A new provider is new: its IČO is nobody's, neither here nor in another row of the file."""
        new = [(one, cell.after) for one in found if one.new for cell in one.cells if cell.key == "ico"]
        taken = set(Provider.objects.filter(ico__in=[ico for _, ico in new]).values_list("ico", flat=True))
        seen: set[str] = set()
        for one, ico in new:
            if ico in taken:
                one.errors.append(f"Poskytovatele s IČO {ico} už máme, ale nespadá pod vás.")
            elif ico in seen:
                one.errors.append(f"IČO {ico} je v tabulce víckrát.")
            elif not one.errors:
                one.notices.append("Nový poskytovatel: takové IČO tu ještě není.")
            seen.add(ico)

    def missing(self, cells: dict[str, str]) -> list[str]:
        wanted = {"name": "Novému poskytovateli chybí název.", "ico": "Novému poskytovateli chybí IČO."}
        return [said for key, said in wanted.items() if not cells.get(key)]

    def add(self, values: dict[str, Any]) -> str:
        town = values.pop("town", ())
        contacts: tuple[ContactDraft, ...] = ()
        for channel in CHANNELS:
            contacts = with_contacts(contacts, channel, values.pop(channel, ()))
        draft = ProviderDraft(values.pop("about", ""), contacts)
        municipality = town[0] if town else None
        return str(provider_add(given=values, municipality=municipality, draft=draft, actor=self.person).pk)

    def take_back(self, number: str) -> None:
        provider_remove(provider=Provider.objects.get(pk=number), actor=self.person)


def _once(key: str, heading: str, sort: Sort, about: str, width: int) -> Column:
    return Column(key, heading, sort, f"{about} Vyplňte jen u nového.".strip(), True, width, only_new=True)


def _ico(text: str) -> str:
    try:
        return Digits(8, "IČO").clean(text)
    except ValidationError:
        return ""


def _loaded(providers: QuerySet[Provider]) -> QuerySet[Provider]:
    ours = Contact.objects.filter(source=Source.LOCAL).order_by("order", "id")
    return providers.select_related("municipality").prefetch_related(Prefetch("contacts", ours))
