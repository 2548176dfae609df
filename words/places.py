"""Names of places inside a text: inflected, without diacritics, by postal code, namesakes told apart."""

import math
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from words.fold import fold
from words.spelling import Speller
from words.stems import SHORTEST, stem
from words.tokens import Token, tokens

EARTH_KM = 6371.0
_POSTAL = re.compile(r"(?<!\d)(\d{3})[\s\u00a0]?(\d{2})(?!\d)")
# Words before a name that say "a place follows". "Na", "do", "z" stand before many other things and need a capital.
_SURE = frozenset("v ve u okoli pobliz blizko kolem nedaleko obec obci mesto meste mestys mestecko vesnice".split())
_LIKELY = frozenset("na do z ze od k ke pro pri kousek smer".split())
_DISTRICT = frozenset("okres okrese okresu okr orp".split())
# A name of at least this many people is believed where it stands bare and in lower case.
_KNOWN_BARE, _KNOWN_INFLECTED = 400, 2000
# A name is shortened before one of these, and only that of a town.
_JOINTS = frozenset("nad pod u v ve na při".split())
_TOWN = 2000
# ... and of a city people say the first word alone, if it is a noun: Hradec is Hradec Králové.
_CITY = 50_000
# Changes of the last consonant before -e in the locative: Praha / v Praze, Paka / v Pace.
_SOFTER = {"h": "z", "g": "z", "k": "c"}


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality. ``areas`` are codes of wider areas it lies in (district of ORP, okres, region)."""

    code: str
    name: str
    district: str
    lat: float
    lon: float
    population: int = 0
    postal_codes: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """A place recognised in a text, where in the text it stands, and its namesakes (largest first)."""

    place: Place
    start: int
    end: int
    namesakes: tuple[Place, ...] = ()


class Places(Protocol):
    """What the search needs to know about places."""

    def recognise(self, text: str, ordinary: Container[str] = ()) -> PlaceMatch | None:
        """The place named inside a longer text; ``ordinary`` holds stems of words that usually mean something else."""

    def look_up(self, text: str) -> list[Place]:
        """Places meant by a text that is nothing but a place, the likeliest first."""

    def starting(self, prefix: str, limit: int) -> list[Place]:
        """Places whose name starts so, the largest first."""

    def get(self, code: str) -> Place | None:
        """The place of a municipality code."""

    def nearest(self, lat: float, lon: float) -> Place | None:
        """The place whose point is nearest, standing where it was asked from."""


def distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great-circle distance in km."""
    a, b = math.radians(lat), math.radians(other_lat)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


@dataclass(slots=True)
class _Found:
    """Candidates of one stretch of words."""

    places: list[Place]
    first: int
    last: int
    exact: bool


@dataclass(slots=True)
class PlaceBook:
    """Places held in memory and found by the stems of their names. Implements ``Places``."""

    places: Sequence[Place]
    near: tuple[float, float] | None = None
    _by_stems: dict[tuple[str, ...], list[Place]] = field(init=False, repr=False)
    _by_name: dict[str, list[Place]] = field(init=False, repr=False)
    _by_postal: dict[str, list[Place]] = field(init=False, repr=False)
    _by_code: dict[str, Place] = field(init=False, repr=False)
    _longest: int = field(init=False, repr=False)
    _speller: Speller = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._by_stems, self._by_name = defaultdict(list), defaultdict(list)
        self._by_postal, self._by_code = defaultdict(list), {}
        for place in sorted(self.places, key=lambda one: (-one.population, one.code)):
            words = [token.text for token in tokens(place.name)]
            for known_as in _known_as(words, place.population):
                for key in _stem_keys(known_as):
                    self._by_stems[key].append(place)
                self._by_name[fold(" ".join(known_as))].append(place)
            self._by_code[place.code] = place
            for postal in place.postal_codes:
                self._by_postal[postal].append(place)
        self._longest = max((len(key) for key in self._by_stems), default=0)
        self._speller = Speller({key[0]: many[0].population for key, many in self._by_stems.items() if len(key) == 1})

    def get(self, code: str) -> Place | None:
        return self._by_code.get(code)

    def nearest(self, lat: float, lon: float) -> Place | None:
        if not self.places or not (math.isfinite(lat) and math.isfinite(lon)):
            return None
        # Flat distances are enough to choose among neighbours.
        squeeze = math.cos(math.radians(lat))
        closest = min(self.places, key=lambda one: (one.lat - lat) ** 2 + ((one.lon - lon) * squeeze) ** 2)
        return replace(closest, lat=lat, lon=lon)

    def starting(self, prefix: str, limit: int) -> list[Place]:
        start = " ".join(token.folded for token in tokens(prefix))
        if not start:
            return []
        found = [place for name, many in self._by_name.items() if name.startswith(start) for place in many]
        return sorted(found, key=lambda one: (-one.population, one.code))[:limit]

    def look_up(self, text: str) -> list[Place]:
        postal = self._postal(text)
        if postal is not None:
            return [postal.place, *postal.namesakes]
        words = tokens(text)
        content = [word for word in words if word.folded not in _SURE | _LIKELY]
        match = self.recognise(text)
        if match is None and len(content) == 1:
            repair = self._speller.repair(stem(content[0].folded))
            if repair is not None:
                return self._by_stems[(repair.word,)]
        if match is None:
            match = self._choose(words, self._stretches(words))
        return [] if match is None else [match.place, *match.namesakes]

    def recognise(self, text: str, ordinary: Container[str] = ()) -> PlaceMatch | None:
        postal = self._postal(text)
        if postal is not None:
            return postal
        words = tokens(text)
        return self._choose(words, [one for one in self._stretches(words) if self._believed(one, words, ordinary)])

    def _postal(self, text: str) -> PlaceMatch | None:
        """The place of a postal code; an unknown one means the nearest known one of the same post district."""
        for match in _POSTAL.finditer(text):
            code = match.group(1) + match.group(2)
            alike = [code] if code in self._by_postal else [one for one in self._by_postal if one[:3] == code[:3]]
            if alike:
                nearest = min(alike, key=lambda one: (abs(int(one) - int(code)), one))
                first, *others = self._by_postal[nearest]
                return PlaceMatch(first, match.start(), match.end(), tuple(others))
        return None

    def _stretches(self, words: Sequence[Token]) -> list[_Found]:
        """Every stretch of words that is a name of a place, the longest at each position."""
        found: list[_Found] = []
        position = 0
        stemmed = [stem(word.folded) for word in words]
        while position < len(words):
            step = 1
            for length in range(min(self._longest, len(words) - position), 0, -1):
                last = position + length
                exact = self._by_name.get(" ".join(word.folded for word in words[position:last]))
                places = exact or self._by_stems.get(tuple(stemmed[position:last]))
                # A short word is no inflected name: "sem" is not Semily.
                if length == 1 and not exact and len(words[position].folded) <= SHORTEST:
                    places = None
                if places:
                    found.append(_Found(places, position, last, bool(exact)))
                    step = length
                    break
            position += step
        return found

    def _believed(self, found: _Found, words: Sequence[Token], ordinary: Container[str]) -> bool:
        """Whether a stretch that could be a name of a place is meant as one."""
        if found.last - found.first > 1:
            return True
        word = words[found.first]
        before = words[found.first - 1].folded if found.first else ""
        capital = word.text[0].isupper() and (found.first > 0 or len(words) == 1 or word.folded not in ordinary)
        if before in _DISTRICT:
            return True
        if stem(word.folded) in ordinary or len(word.folded) < 3:
            return capital and before in _SURE and not word.text.isupper()
        if before in _SURE or (before in _LIKELY and (capital or found.places[0].population >= _KNOWN_INFLECTED)):
            return True
        if capital and found.first > 0 and not words[found.first - 1].text.isupper():
            return True
        known = found.places[0].population
        return known >= (_KNOWN_BARE if found.exact else _KNOWN_INFLECTED)

    def _choose(self, words: Sequence[Token], found: Sequence[_Found]) -> PlaceMatch | None:
        """The first name in the text; a second one ("Lhota u Jičína", "okres Jičín") tells namesakes apart."""
        if not found:
            return None
        names = [one for one in found if not (one.first and words[one.first - 1].folded in _DISTRICT)] or list(found)
        main = names[0]
        hints = [one.places[0] for one in found if one is not main]
        places = sorted(main.places, key=lambda one: self._rank(one, hints))
        last = max([main.last, *(one.last for one in found if one.first == main.last + 1)])
        start = words[main.first].start
        if main.first and words[main.first - 1].folded in _SURE | _LIKELY | _DISTRICT:
            start = words[main.first - 1].start
        return PlaceMatch(places[0], start, words[last - 1].end, tuple(places[1:]))

    def _rank(self, place: Place, hints: Sequence[Place]) -> tuple[float, int, str]:
        if hints:
            away = min(distance_km(place.lat, place.lon, hint.lat, hint.lon) for hint in hints)
            return (away, -place.population, place.code)
        if self.near is not None:
            # Among namesakes a town counts from farther away than a village.
            away = distance_km(place.lat, place.lon, *self.near)
            return (away / math.log10(place.population + 20), -place.population, place.code)
        return (0.0, -place.population, place.code)


def _known_as(words: Sequence[str], population: int) -> Iterable[Sequence[str]]:
    """The name and what people leave of it: Kostelec nad Orlicí is Kostelec, Dvůr Králové nad Labem is Dvůr Králové."""
    yield words
    if population < _TOWN:
        return
    if population >= _CITY and len(words) == 2 and words[1] not in _JOINTS and words[0][-1] not in "ýáéíy":
        yield words[:1]
    for position, word in enumerate(words):
        if position and word in _JOINTS:
            yield words[:position]
            return


def _stem_keys(words: Sequence[str]) -> set[tuple[str, ...]]:
    """Stems of a name, with the last consonants softened, and with ů turned to o as in "ze Dvora"."""
    plain = tuple(stem(word) for word in words)
    softer = tuple(
        stem(one[:-1] + _SOFTER[one[-1]] + "e") if one[-1:] in _SOFTER and word[-1:] in "aeoy" else one
        for one, word in zip(plain, words, strict=True)
    )
    rounder = tuple(stem(word.replace("ů", "o")) for word in words)
    return {plain, softer, rounder}
