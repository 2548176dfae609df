"""What readers need to know to understand a file: code lists and places. Pure data, filled from the tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from words.fold import fold
from words.places import distance_km

# Regions in RÚIAN (VÚSC) and in statistics (NUTS3); both lists come from law 347/1997 and do not change.
REGION_OF_VUSC = {
    "19": "CZ010",
    "27": "CZ020",
    "35": "CZ031",
    "43": "CZ032",
    "51": "CZ041",
    "60": "CZ042",
    "78": "CZ051",
    "86": "CZ052",
    "94": "CZ053",
    "108": "CZ063",
    "116": "CZ064",
    "124": "CZ071",
    "132": "CZ080",
    "141": "CZ072",
}


@dataclass(frozen=True)
class Code:
    """One row of a code list: our key, the official code, names a file may use for it."""

    key: str
    code: str
    name: str
    abbreviation: str = ""


class CodeList:
    """Finds our key by our key, the official code, the name or the abbreviation. Never by likeness."""

    def __init__(self, codes: Iterable[Code]) -> None:
        self._names: dict[str, str] = {}
        self._keys: dict[str, str] = {}
        for one in codes:
            self._names[one.key] = one.name
            for text in (one.abbreviation, one.name, one.code, one.key):
                if text:
                    self._keys[_folded(text)] = one.key

    def key(self, text: str) -> str | None:
        return self._keys.get(_folded(text))

    def name(self, key: str) -> str:
        return self._names[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)


@dataclass(frozen=True, slots=True)
class Place:
    code: str
    name: str
    district: str = ""
    lat: float | None = None
    lon: float | None = None

    def kilometres_from(self, lat: float, lon: float) -> float | None:
        if self.lat is None or self.lon is None:
            return None
        return distance_km(self.lat, self.lon, lat, lon)


class Places:
    """Municipalities by code, and by name where the name (with its district) is only one."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._by_code = {place.code: place for place in places}
        self._by_name: dict[str, list[Place]] = {}
        for place in self._by_code.values():
            self._by_name.setdefault(_folded(place.name), []).append(place)

    def find(self, code: str, name: str = "", district: str = "") -> Place | None:
        if place := self._by_code.get(code):
            return place
        namesakes = self._by_name.get(_folded(name), [])
        if district:
            namesakes = [place for place in namesakes if place.district == district]
        return namesakes[0] if len(namesakes) == 1 else None


@dataclass(frozen=True)
class Codes:
    kinds: CodeList
    target_groups: CodeList
    age_groups: CodeList
    forms: CodeList
    units: CodeList
    places: Places
    # Region codes (NUTS3) that are in the tables, and their names.
    regions: Mapping[str, str] = field(default_factory=dict)

    def region(self, text: str) -> str | None:
        """NUTS3 of a region given by its code (`Kraj/51`, `CZ041`) or by its name."""
        code = REGION_OF_VUSC.get(text.removeprefix("Kraj/"), text)
        if code in self.regions:
            return code
        return next((one for one, name in self.regions.items() if _folded(name) == _folded(text)), None)


def _folded(text: str) -> str:
    return " ".join(fold(text).split())
