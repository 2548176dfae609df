"""Services of the register, and accompanying services: the same columns, open to a different extent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.http import QueryDict
from django.urls import reverse

from portal.catalogue import actions, drafts, overviews, rules
from portal.catalogue.desk_forms import DeskFilter
from portal.catalogue.drafts import ContactDraft, Draft, PlaceDraft
from portal.catalogue.models import (
    AgeGroup,
    Cost,
    Facility,
    Feature,
    Form,
    Kind,
    Service,
    ServiceAgeGroup,
    ServiceForm,
    ServiceTargetGroup,
    Source,
    TargetGroup,
    Vacancy,
)
from portal.territory.models import Region

from ..columns import (
    JOINED,
    Column,
    Contacts,
    Day,
    Digits,
    Line,
    Lines,
    ManyOf,
    OneOf,
    Orps,
    Sort,
    Town,
    Towns,
    yes_no,
)
from ..table import WrittenTable, number_column
from .offered import (
    ONE_PLACE,
    PLACE,
    place_columns,
    place_values,
    vacancy_column,
    vacancy_values,
    with_place,
    with_vacancies,
)

CHANNELS = ("phone", "email", "web")
ADDRESS = ("place_name", "street", "postal_code", "town")
# Columns whose values are fields of the draft as they are.
PLAIN = (
    "name", "kind", "provider", "ico", "started_on", "target_note", "whole_region", "forms",
    "plain_text", "easy_read", "how_to_get", "waiting", "cost", "cost_note", "verified_on", "verified_by",
    "target_groups", "age_groups", "features", "municipalities", "orps",
)  # fmt: skip


class Services(WrittenTable):
    """Services by act 108/2006: what the register gave is to be read, what we add is to be written."""

    slug = "sluzby"
    title = "Služby z registru"
    about = "Telefony, popisy, ceny a další údaje, které k registru dopisujeme sami."
    noun = "služba,služby,služeb"
    home = "catalogue:desk_services"
    apart = (
        "Fotky a dokumenty v tabulce nejsou: soubor se do buňky nevejde a fotka potřebuje popis pro toho, kdo ji "
        "nevidí. Nahrajete je na kartě služby. U služby s víc místy se tam mění i otevírací doba a bariéry."
    )
    registered: ClassVar[bool] = True
    orders = {"name": "name", "waiting": "waiting", "cost": "cost", "verified_on": "verified_on"}

    def may_read(self) -> bool:
        return rules.may_read_desk(self.person)

    def may_write(self) -> bool:
        return rules.may_edit_catalogue(self.person)

    def filters(self, asked: QueryDict) -> DeskFilter:
        return DeskFilter(asked)

    def rows(self, asked: QueryDict) -> QuerySet[Service]:
        return self._listed(rules.readable_services(self.person), asked)

    def open_rows(self, asked: QueryDict) -> QuerySet[Service]:
        rows = self._listed(rules.editable_services(self.person), asked)
        order = asked.get("razeni", "")
        name = self.orders.get(order.removeprefix("-"))
        return rows.order_by(f"-{name}" if order.startswith("-") else name, "name", "pk") if name else rows

    def writable(self) -> QuerySet[Service]:
        return _loaded(self._mine(rules.editable_services(self.person)))

    def _listed(self, services: QuerySet[Service], asked: QueryDict) -> QuerySet[Service]:
        return _loaded(self._mine(overviews.desk_services(services, self.filters(asked).asked())))

    def _mine(self, services: QuerySet[Service]) -> QuerySet[Service]:
        group = Kind.Group.ACCOMPANYING
        return services.exclude(kind__group=group) if self.registered else services.filter(kind__group=group)

    # --- columns ---------------------------------------------------------------------------------------------

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return (number_column(), *self._given(), *self._ours(), *place_columns())

    def _given(self) -> tuple[Column, ...]:
        return (
            Column("name", "název", Sort(250, required=True), "Jak se služba jmenuje.", self.registered, 34),
            Column("kind", "druh", OneOf(self._kinds(), required=True), "Z číselníku druhů.", self.registered, 26),
            Column("provider", "poskytovatel", Sort(250, required=True), "Kdo službu poskytuje.", self.registered, 30),
            Column("ico", "IČO", Digits(8, "IČO"), "IČO poskytovatele, osm číslic.", self.registered, 10),
            Column(
                "forms",
                "formy",
                ManyOf(Form.objects.values_list("key", "name")),
                "Jedna nebo víc, oddělte středníkem.",
                self.registered,
            ),
            Column("where", "kde je", Sort(), "Obce, kde má služba místo.", locked=True),
            Column("state", "stav", Sort(), "Jestli je karta v katalogu.", locked=True, width=12),
        )

    def _ours(self) -> tuple[Column, ...]:
        costs = [("", ""), *((value, str(name)) for value, name in Cost.choices)]
        several = "Víc hodnot oddělte středníkem."
        return (
            Column("phone", "telefon", Contacts("phone"), f"{several} Poznámku dejte do závorky.", usual=True),
            Column("email", "e-mail", Contacts("email"), several, width=26, usual=True),
            Column("web", "web", Contacts("web"), several, width=24),
            Column(
                "plain_text",
                "co služba dělá",
                Lines(5000),
                "Jeden odstavec, jako byste to říkali sousedce.",
                width=50,
                usual=True,
            ),
            Column("how_to_get", "jak ji získat", Lines(3000), "Jeden krok na řádek.", width=40, usual=True),
            Column("waiting", "čekací doba", Sort(200), "Třeba „asi 3 měsíce“.", usual=True),
            vacancy_column(),
            Column("cost", "cena", OneOf(costs), "Zdarma, částečně placené, nebo placené.", usual=True),
            Column("cost_note", "o ceně", Lines(2000), "Podrobněji o ceně.", width=30),
            Column("easy_read", "snadné čtení", Lines(5000), "Jedna myšlenka na řádek, krátké věty.", width=40),
            Column(
                "target_groups",
                "pro koho",
                ManyOf(TargetGroup.objects.values_list("key", "name")),
                f"Co k registru přidáváme my. {several}" if self.registered else several,
                width=30,
            ),
            Column("age_groups", "věk", ManyOf(AgeGroup.objects.values_list("key", "name")), several, width=24),
            Column("features", "vlastnosti", ManyOf(Feature.objects.values_list("key", "name")), several, width=30),
            Column("municipalities", "obce, kam dojíždí", Towns(), f"{several} Třeba „Lhota (okres Jičín)“.", width=30),
            Column("orps", "ORP, kam dojíždí", Orps(), several, width=24),
            Column("verified_on", "ověřeno", Day(), "Den, kdy jste si kartu u poskytovatele ověřili.", usual=True),
            Column("verified_by", "kdo ověřil", Sort(100), "Na kartě to uvidí každý, jméno psát nemusíte."),
        )

    def _kinds(self) -> Iterable[tuple[str, str]]:
        group = Kind.Group.ACCOMPANYING
        rows = Kind.objects.exclude(group=group) if self.registered else Kind.objects.filter(group=group)
        return rows.order_by("order", "name").values_list("key", "name")

    # --- reading ---------------------------------------------------------------------------------------------

    def lines(self, rows: list[Service]) -> list[Line]:
        towns = self.by_key["municipalities"].sort
        if isinstance(towns, Towns):
            towns.learn(town.code for row in rows for town in row.served_municipalities.all())
            towns.learn(place.municipality_id for row in rows if (place := _only_place(row)) and place.municipality_id)
        return [self._line(row) for row in rows]

    def _line(self, row: Service) -> Line:
        values = self._values(row)
        shown = (column for column in self.columns if column.key in values)
        return Line(
            number=str(row.pk),
            title=row.name,
            cells={column.key: column.sort.show(values[column.key]) for column in shown} | {"number": str(row.pk)},
            locked=self._locked(row),
            url=reverse("catalogue:service_edit", args=[row.pk]),
        )

    def _locked(self, row: Service) -> frozenset[str]:
        """What an import owns; and of the place whatever the service has not exactly one open place for."""
        locked = frozenset(drafts.LOCKED) if drafts.is_imported(row) else frozenset()
        return locked if self._takes_place(row) else locked.union(ADDRESS, PLACE)

    def _takes_place(self, row: Service) -> bool:
        return _only_place(row) is not None

    def _values(self, row: Service) -> dict[str, Any]:
        """Values by keys of columns, the same that `drafts.read` gives, from what is already loaded."""
        imported = drafts.is_imported(row)
        plain = {key: getattr(row, key) for key in PLAIN if key in PLAIN_COLUMNS}
        contacts = [one for one in row.contacts.all() if not imported or one.source == Source.LOCAL]
        groups = [one for one in row.servicetargetgroup_set.all() if not imported or one.source == Source.LOCAL]
        ages = [one for one in row.serviceagegroup_set.all() if not imported or one.source == Source.LOCAL]
        return {
            **plain,
            "kind": row.kind.key,
            "provider": row.provider.name,
            "ico": row.provider.ico or "",
            "whole_region": row.whole_region_id,
            "forms": [one.form.key for one in row.forms.all()],
            "where": JOINED.join(sorted({place.municipality_name for place in _places(row)} - {""})),
            "state": _state(row),
            "target_groups": [one.target_group.key for one in groups],
            "age_groups": [one.age_group.key for one in ages],
            "features": [one.key for one in row.features.all()],
            "municipalities": [one.code for one in row.served_municipalities.all()],
            "orps": [one.code for one in row.served_orps.all()],
            "vacancies": vacancy_values(row),
            **place_values(_only_place(row) or Facility()),
            **{channel: [(one.value, one.note) for one in contacts if one.channel == channel] for channel in CHANNELS},
        }

    # --- writing ---------------------------------------------------------------------------------------------

    def write(self, number: str, values: dict[str, Any]) -> None:
        service = Service.objects.select_related("kind", "provider").get(pk=number)
        stored = drafts.read(service)
        draft = self._drafted(stored, values)
        if draft != stored:
            actions.service_save(service=service, draft=draft, seen=stored.fingerprint, actor=self.person)

    def _drafted(self, stored: Draft, values: dict[str, Any]) -> Draft:
        plain = {key: value for key, value in values.items() if key in PLAIN}
        draft = replace(stored, **plain)
        for channel in CHANNELS:
            if channel in values:
                draft = replace(draft, contacts=with_contacts(draft.contacts, channel, values[channel]))
        if "vacancies" in values:
            draft = replace(draft, vacancies=with_vacancies(stored.vacancies, values["vacancies"], self.person))
        said = {key: values[key] for key in (*ADDRESS, *PLACE) if key in values}
        if not said:
            return draft
        place = with_place(_with_address(draft.places[0] if draft.places else PlaceDraft(), said), said)
        return replace(draft, places=() if place == PlaceDraft() else (place,))


PLAIN_COLUMNS = frozenset(field.attname for field in Service._meta.concrete_fields)


def _loaded(services: QuerySet[Service]) -> QuerySet[Service]:
    """All that the columns say, in a constant number of queries."""
    places = Facility.objects.filter(vanished_at=None).select_related("municipality").order_by("pk")
    groups = ServiceTargetGroup.objects.select_related("target_group")
    return services.select_related("provider", "kind").prefetch_related(
        Prefetch("facilities", places.prefetch_related("hours", "exceptions", "access_details__detail")),
        Prefetch("vacancies", Vacancy.objects.select_related("form", "unit").order_by("pk")),
        Prefetch("forms", ServiceForm.objects.select_related("form")),
        Prefetch("servicetargetgroup_set", groups),
        Prefetch("serviceagegroup_set", ServiceAgeGroup.objects.select_related("age_group")),
        "contacts",
        "features",
        "served_municipalities",
        "served_orps",
    )


def _places(row: Service) -> list[Facility]:
    """Places that are no secret."""
    return [one for one in row.facilities.all() if not one.secret]


def _only_place(row: Service) -> Facility | None:
    """The place of a service that has one place and no secret."""
    places = list(row.facilities.all())
    return places[0] if len(places) == 1 and not places[0].secret else None


def _state(row: Service) -> str:
    if row.is_public:
        return "v katalogu"
    return "skrytá" if not row.published else "ukončená"


def with_contacts(
    contacts: tuple[ContactDraft, ...], channel: str, pairs: Iterable[tuple[str, str]]
) -> tuple[ContactDraft, ...]:
    """The contacts with those of one channel put in place of the former ones."""
    first = next((at for at, one in enumerate(contacts) if one.channel == channel), len(contacts))
    others = [one for one in contacts if one.channel != channel]
    before = sum(one.channel != channel for one in contacts[:first])
    return (*others[:before], *(ContactDraft(channel, *pair) for pair in pairs), *others[before:])


# --- accompanying services -----------------------------------------------------------------------------------


class Accompanying(Services):
    """Accompanying services: nobody gives them to us, so everything is to be written, and new ones added."""

    slug = "navazne-sluzby"
    title = "Návazné služby"
    about = "Kluby, jídelny, doprava, poradny mimo zákon o sociálních službách. Jde i přidávat."
    registered = False
    may_add = True

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        regions = [(None, ""), *Region.objects.order_by("name").values_list("pk", "name")]
        return (
            number_column(),
            *self._given(),
            Column("started_on", "funguje od", Day(), "Den, třeba 1. 9. 2025."),
            Column("target_note", "komu slouží podrobněji", Lines(2000), "Upřesnění vlastními slovy.", width=30),
            Column("whole_region", "působí v celém kraji", OneOf(regions), "Název kraje, nebo prázdno."),
            *self._ours(),
            Column("place_name", "název místa", Sort(250), ONE_PLACE, width=26),
            Column("street", "ulice a číslo", Sort(200), ONE_PLACE, width=24),
            Column("postal_code", "PSČ", Digits(5, "PSČ"), ONE_PLACE, width=8),
            Column("town", "obec", Town(), f"Třeba „Lhota (okres Jičín)“. {ONE_PLACE}", width=24),
            *place_columns(),
            Column("published", "zveřejněno", yes_no(), "ano, nebo ne. Nová služba začíná jako ne.", width=12),
            Column("ended_on", "ukončit ke dni", Day(), "Poslední den služby. Když ho smažete, služba pokračuje."),
        )

    def _values(self, row: Service) -> dict[str, Any]:
        return {
            **super()._values(row),
            **_address_values(_only_place(row) or Facility()),
            "published": row.published,
            "ended_on": row.ended_on,
        }

    def lines(self, rows: list[Service]) -> list[Line]:
        town, served = self.by_key["town"].sort, self.by_key["municipalities"].sort
        if isinstance(town, Towns) and isinstance(served, Towns):
            town.known = served.known
        return super().lines(rows)

    def _locked(self, row: Service) -> frozenset[str]:
        locked = super()._locked(row)
        return locked.union(ADDRESS, {"ended_on"}) if drafts.is_imported(row) else locked

    def _takes_place(self, row: Service) -> bool:
        """A service written here may get its first place by the table too."""
        return _only_place(row) is not None or not row.facilities.all()

    def write(self, number: str, values: dict[str, Any]) -> None:
        super().write(number, values)
        service = Service.objects.get(pk=number)
        if "ended_on" in values and values["ended_on"] != service.ended_on:
            actions.service_end(service=service, day=values["ended_on"], actor=self.person)
        if "published" in values and values["published"] != service.published:
            change = actions.service_publish if values["published"] else actions.service_hide
            change(service=service, actor=self.person)

    def missing(self, cells: dict[str, str]) -> list[str]:
        return [
            f"Nové službě chybí {self.by_key[key].heading}."
            for key in ("name", "kind", "provider")
            if not cells.get(key)
        ]

    def add(self, values: dict[str, Any]) -> str:
        service = actions.service_add(draft=self._drafted(Draft(), values), actor=self.person)
        later = {key: values[key] for key in ("published", "ended_on") if values.get(key)}
        if later:
            self.write(str(service.pk), later)
        return str(service.pk)

    def take_back(self, number: str) -> None:
        """A service stays in history; nobody sees it in the catalogue."""
        actions.service_hide(service=Service.objects.get(pk=number), actor=self.person)


def _address_values(place: Facility) -> dict[str, Any]:
    return {
        "place_name": place.name,
        "street": place.street,
        "postal_code": place.postal_code,
        "town": [place.municipality_id] if place.municipality_id else [],
    }


def _with_address(place: PlaceDraft, said: dict[str, Any]) -> PlaceDraft:
    values = {key: value for key, value in said.items() if key in ("street", "postal_code")}
    if "place_name" in said:
        values["name"] = said["place_name"]
    if "town" in said:
        values["municipality"] = said["town"][0] if said["town"] else None
    return replace(place, **values)
