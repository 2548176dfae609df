"""Open data of a region: GeoJSON, one feature a facility (Královéhradecký kraj, "Poskytovatelé sociálních služeb").

"0" means empty, `kod_vusc` holds the district, IČO lost its leading zeros, `wkt` is lat-lon while the geometry
is lon-lat. Forms, capacities, groups and contacts are not there, so they stay unknown. There is no number of a
service: rows of one company and one kind are one service, and `dp_id` is only the order of a row in the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from words.fold import fold

from ..codes import Codes
from ..records import FacilityRecord, Problem, ProviderRecord, Read, ServiceRecord, Weight
from . import values
from .stream import items

# A point farther than this from its municipality's own point is a mistake, not a distant hamlet.
FARTHEST_KM = 12.0


@dataclass(frozen=True, slots=True)
class _Row:
    place: str
    provider: ProviderRecord
    kind: str
    facility: FacilityRecord


def read(file: BinaryIO, codes: Codes) -> Iterator[Read]:
    services: dict[str, list[_Row]] = {}
    for index, feature in items(file, "features.item"):
        reading = _Feature(index, feature, codes)
        row = reading.read()
        yield from reading.problems
        if row is not None:
            owner = row.provider.ico or values.key_of(row.provider.name)
            services.setdefault(f"{owner}-{row.kind}", []).append(row)
    for source_id, rows in services.items():
        yield _service(source_id, rows, codes)


def _service(source_id: str, rows: list[_Row], codes: Codes) -> ServiceRecord:
    facilities = tuple(dict.fromkeys(row.facility for row in rows))
    return ServiceRecord(
        source_id=source_id,
        place=rows[0].place,
        provider=rows[0].provider,
        kind=rows[0].kind,
        name=values.service_name([one.name for one in facilities], codes.kinds.name(rows[0].kind)),
        facilities=facilities,
    )


class _Feature:
    """One feature on its way to a row; `problems` fills while it is read."""

    def __init__(self, index: int, feature: object, codes: Codes) -> None:
        self.feature: dict[str, Any] = feature if isinstance(feature, dict) else {}
        properties = self.feature.get("properties")
        self.properties: dict[str, Any] = properties if isinstance(properties, dict) else {}
        self.codes = codes
        self.place = f"řádek {self._text('OBJECTID') or index}"
        self.problems: list[Problem] = []

    def read(self) -> _Row | None:
        kind_name = self._text("typ_soc_sluzby")
        provider = self._text("nazev_poskytovatele", 250)
        kind = self.codes.kinds.key(kind_name) if kind_name else None
        if not provider:
            self._wrong("chybí název poskytovatele")
            return None
        if kind is None:
            self._wrong(f"neznámý druh služby „{kind_name}“" if kind_name else "chybí druh služby")
            return None
        record = ProviderRecord(ico=self._ico(), name=provider, legal_form=self._text("pravni_forma", 120))
        return _Row(self.place, record, kind, self._facility())

    def _facility(self) -> FacilityRecord:
        name = self._text("nazev_obce", 100)
        place = self.codes.places.find(self._text("kod_obce"), name, self._text("kod_okresu"))
        if place is None:
            self._warn(f"obec „{name}“ (kód {self._text('kod_obce') or 'chybí'}) neznáme")
        lat, lon = self._point()
        if place is not None and lat is not None and lon is not None:
            far = place.kilometres_from(lat, lon)
            if far is not None and far > FARTHEST_KM:
                self._warn(f"bod leží {far:.0f} km od obce {place.name}; použili jsme bod obce")
                lat, lon = place.lat, place.lon
        street = self._text("nazev_ulice", 150)
        return FacilityRecord(
            name=self._text("nazev_zarizeni", 250),
            street=values.street_line(
                street,
                self._text("cislo_domovni", 20),
                self._text("cislo_orientacni", 20),
                registration="ev" in fold(self._text("typ_cisla_domovniho")) or self._is_cottage(),
            ),
            postal_code=values.postal_code(self._text("psc")),
            municipality=place.code if place else "",
            municipality_name=place.name if place else name,
            lat=lat,
            lon=lon,
        )

    def _is_cottage(self) -> bool:
        return fold(self._text("typ_cisla_domovniho")) == "c.e."

    def _point(self) -> tuple[float | None, float | None]:
        geometry = self.feature.get("geometry")
        pair = geometry.get("coordinates") if isinstance(geometry, dict) else None
        if not isinstance(pair, list) or len(pair) < 2:
            pair = [self.properties.get("x"), self.properties.get("y")]
        lon, lat = values.degrees(pair[0]), values.degrees(pair[1])
        if lat is None or lon is None or not -90 <= lat <= 90 or (lat, lon) == (0, 0):
            return None, None
        return lat, lon

    def _ico(self) -> str:
        try:
            number = values.ico(self.properties.get("ico"))
        except ValueError as problem:
            self._warn(str(problem))
            return ""
        if number and not values.ico_checks(number):
            self._warn(f"IČO {number} nemá správnou kontrolní číslici")
        return number

    def _text(self, key: str, limit: int = 200) -> str:
        written = values.text(self.properties.get(key), limit)
        return "" if written == "0" else written

    def _subject(self) -> str:
        names = (self._text("nazev_poskytovatele", 120), self._text("nazev_zarizeni", 120))
        return " – ".join(name for name in names if name) or "řádek bez názvu"

    def _warn(self, reason: str) -> None:
        self.problems.append(Problem(Weight.WARNING, self.place, self._subject(), reason))

    def _wrong(self, reason: str) -> None:
        self.problems.append(Problem(Weight.WRONG, self.place, self._subject(), reason))
