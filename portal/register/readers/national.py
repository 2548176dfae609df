"""National register of social services (MPSV open data): one JSON object, `polozky[]` = services.

The file has about 100 MB, so it is streamed. What the register holds and we never read: statutory persons,
heads of facilities, contact addresses, and whatever stands beside a secret address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, BinaryIO

from ..codes import Codes
from ..records import (
    CapacityRecord,
    ContactRecord,
    FacilityRecord,
    FormRecord,
    Problem,
    ProviderRecord,
    Read,
    ServiceRecord,
    Weight,
)
from . import values
from .stream import items
from .unknown import Unknown

CONTACTS = (("telefony", "telefon", "phone"), ("emaily", "email", "email"), ("weby", "web", "web"))


def read(file: BinaryIO, codes: Codes) -> Iterator[Read]:
    """Services in the order of the file, then what is wrong across the whole file."""
    unknown = Unknown()
    for index, item in items(file, "polozky.item"):
        yield from _Item(index, item, codes, unknown).read()
    yield from unknown.problems()


class _Item:
    """One item of the file on its way to a record."""

    def __init__(self, index: int, item: object, codes: Codes, unknown: Unknown) -> None:
        self.item: dict[str, Any] = item if isinstance(item, dict) else {}
        self.codes = codes
        self.unknown = unknown
        self.source_id = values.text(
            self.item.get("id") or self.item.get("portalId") or self.item.get("identifikator"), 80
        )
        self.place = f"položka {index}" + (f" (id {self.source_id})" if self.source_id else "")
        self.warnings: list[Problem] = []

    def read(self) -> Iterator[Read]:
        try:
            record = self._record()
        except ValueError as problem:
            yield Problem(Weight.WRONG, self.place, self._subject(), str(problem), self.source_id)
            return
        yield from self.warnings
        yield record

    def _record(self) -> ServiceRecord:
        if not self.source_id:
            raise ValueError("záznam nemá číslo (id)")
        code = _id(self.item.get("druhSocialniSluzby"))
        kind = self.codes.kinds.key(code) if code else None
        if kind is None:
            raise ValueError(f"neznámý druh služby „{code}“" if code else "chybí druh služby")
        started, ended = self._dates("datumPoskytovaniOd", "datumPoskytovaniDo", self.item)
        facilities = self._facilities()
        current = [one.name for one in facilities if one.ended_on is None and not one.secret]
        return ServiceRecord(
            source_id=self.source_id,
            place=self.place,
            provider=self._provider(),
            kind=kind,
            name=values.text(self.item.get("nazev"), 250)
            or values.service_name(current or [one.name for one in facilities], self.codes.kinds.name(kind)),
            facilities=facilities,
            register_number=values.text(self.item.get("identifikator"), 20),
            started_on=started,
            ended_on=ended,
            target_note=self._target_note(),
            regions=self._regions(),
            forms=self._forms(),
            target_groups=self._groups("ciloveSkupiny", "cilovaSkupina", "cílová skupina"),
            age_groups=self._groups("vekoveSkupiny", "vekovaSkupina", "věková skupina"),
            contacts=self._contacts(self.item),
        )

    def _subject(self) -> str:
        provider = self.item.get("poskytovatel")
        name = values.text(provider.get("nazev"), 120) if isinstance(provider, dict) else ""
        return name or "služba bez poskytovatele"

    def _warn(self, reason: str) -> None:
        self.warnings.append(Problem(Weight.WARNING, self.place, self._subject(), reason))

    def _provider(self) -> ProviderRecord:
        provider = self.item.get("poskytovatel")
        if not isinstance(provider, dict) or not (name := values.text(provider.get("nazev"), 250)):
            raise ValueError("chybí název poskytovatele")
        number = ""
        try:
            number = values.ico(provider.get("ico"))
            if number and not values.ico_checks(number):
                self._warn(f"IČO {number} nemá správnou kontrolní číslici")
        except ValueError as problem:
            self._warn(str(problem))
        return ProviderRecord(ico=number, name=name, contacts=self._contacts(provider))

    def _contacts(self, owner: dict[str, Any]) -> tuple[ContactRecord, ...]:
        found: dict[ContactRecord, None] = {}
        for group, key, channel in CONTACTS:
            for one in _dicts(owner.get(group)):
                if not one.get(key):
                    continue
                contact = values.contact(channel, one[key], one.get("poznamka"))
                if contact is None:
                    self._warn(f"nepoužitelný kontakt ({key}): „{values.text(one[key], 60)}“")
                else:
                    found[contact] = None
        return tuple(found)

    def _facilities(self) -> tuple[FacilityRecord, ...]:
        """The same facility comes repeatedly; places are told apart by name, address and time."""
        found: dict[tuple[object, ...], FacilityRecord] = {}
        for one in _dicts(self.item.get("zarizeni")):
            facility = self._facility(one)
            address = facility.address_point or (facility.street, facility.municipality)
            # The name tells secret places apart here and goes no further.
            name = values.text(one.get("nazev"))
            key = (facility.secret, name, address, facility.started_on, facility.ended_on)
            found.setdefault(key, facility)
        return tuple(found.values())

    def _facility(self, one: dict[str, Any]) -> FacilityRecord:
        started, ended = self._dates("poskytujeOd", "poskytujeDo", one)
        # Anything but a clear no is taken for a secret, and then not even the name is read: it may tell the place.
        if one.get("utajenaAdresa") not in (None, False):
            return FacilityRecord(secret=True, started_on=started, ended_on=ended)
        address = one.get("adresa")
        address = address if isinstance(address, dict) else {}
        code = _id(address.get("obec")).removeprefix("Obec/")
        place = self.codes.places.find(code)
        if code and place is None:
            self._warn(f"obec s kódem {code} neznáme")
        street = address.get("ulice")
        return FacilityRecord(
            name=values.text(one.get("nazev"), 250),
            street=values.street_line(
                values.text(street.get("nazev")) if isinstance(street, dict) else "",
                values.text(address.get("cisloDomovni"), 20),
                values.text(address.get("cisloOrientacni"), 20),
                registration=_id(address.get("typCislaDomovniho")).endswith("/2"),
            ),
            postal_code=values.postal_code(address.get("psc")),
            municipality=place.code if place else "",
            municipality_name=place.name if place else "",
            address_point=self._number(address.get("kodAdresnihoMista"), "kód adresního místa"),
            started_on=started,
            ended_on=ended,
        )

    def _forms(self) -> tuple[FormRecord, ...]:
        """Forms with capacities; a form that comes twice is one form with the capacities of both."""
        found: dict[str, FormRecord] = {}
        for one in _dicts(self.item.get("formy")):
            code = _id(one.get("forma"))
            key = self.codes.forms.key(code) if code else None
            if key is None:
                self.unknown.note("forma", code or "(prázdné)", self.place)
                continue
            former = found.get(key)
            nonstop = one.get("nepretrzitePoskytovani")
            found[key] = FormRecord(
                form=key,
                nonstop=nonstop if isinstance(nonstop, bool) else former.nonstop if former else None,
                hours_note=_hours(one.get("casoveRozsahy")) or (former.hours_note if former else ""),
                capacities=(former.capacities if former else ()) + self._capacities(one),
            )
        return tuple(found[key] for key in self.codes.forms if key in found)

    def _capacities(self, form: dict[str, Any]) -> tuple[CapacityRecord, ...]:
        found = []
        for one in _dicts(form.get("kapacity")):
            code = _id(one.get("typ"))
            unit = self.codes.units.key(code) if code else None
            if unit is None:
                self.unknown.note("jednotka kapacity", code or "(prázdné)", self.place)
                continue
            amount = self._number(one.get("pocet"), "kapacita")
            found.append(CapacityRecord(unit, amount, values.text(one.get("popis"), 2000, lines=True)))
        return tuple(found)

    def _groups(self, group: str, key: str, what: str) -> tuple[str, ...]:
        written = [_id(one.get(key)) or _id(one) for one in _dicts(self.item.get(group))]
        codes = self.codes.target_groups if key == "cilovaSkupina" else self.codes.age_groups
        return self.unknown.keys(codes, what, written, self.place)

    def _target_note(self) -> str:
        notes = [self.item.get("doplnujiciInformaceVekoveSkupiny")]
        notes += [one.get("doplnujiciInformace") for one in _dicts(self.item.get("ciloveSkupiny"))]
        return "\n".join(dict.fromkeys(note for one in notes if (note := values.text(one, 2000, lines=True))))

    def _regions(self) -> tuple[str, ...]:
        """Regions that the service serves as a whole; where that is all of them, it is nationwide."""
        regions = set()
        for one in _list(self.item.get("rozsirenePusobnostiVKraji")):
            code = _id(one.get("kraj")) or _id(one) if isinstance(one, dict) else values.text(one)
            if region := self.codes.region(code):
                regions.add(region)
            else:
                self.unknown.note("kraj", code or "(prázdné)", self.place)
        return tuple(sorted(regions))

    def _dates(self, start: str, end: str, of: dict[str, Any]) -> tuple[date | None, date | None]:
        found: list[date | None] = []
        for key in (start, end):
            try:
                found.append(values.day(of.get(key)))
            except ValueError as problem:
                self._warn(f"{key}: {problem}")
                found.append(None)
        started, ended = found
        if started and ended and ended < started:
            # The end is the safer half: it keeps a closed service from being shown as open.
            self._warn(f"{end} {ended} je před {start} {started}; začátek jsme vynechali")
            started = None
        return started, ended

    def _number(self, value: object, what: str) -> int | None:
        try:
            return values.whole(value)
        except ValueError as problem:
            self._warn(f"{what}: {problem}")
            return None


def _id(value: object) -> str:
    """Code of a reference `{"id": "DruhSocialniSluzby/13"}`."""
    return values.text(value.get("id"), 80) if isinstance(value, dict) else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _dicts(value: object) -> Iterable[dict[str, Any]]:
    return [one for one in _list(value) if isinstance(one, dict)]


def _hours(value: object) -> str:
    """Hours in words, where the register has them as words; its tables of hours have no known form."""
    notes: list[object] = [value] if isinstance(value, str) else []
    notes += [one.get("popis") or one.get("poznamka") for one in _dicts(value)]
    return "\n".join(note for one in notes if (note := values.text(one, 1000, lines=True)))
