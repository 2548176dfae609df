"""The search: entries of the catalogue as arrays, a question in, ranked and explained hits with facets out.

Everything is held in memory and read only; a new version of the data means a new engine. Relevance of an entry is

    how well its kind answers the question (lay words)
    + how much of the question is its name or its provider's name
    + a little of plain full text (BM25 over stems, by tantivy)

lifted or lowered by the target groups that the question speaks about, and multiplied by nearness where a place is
known. The first hits are picked one by one, each counting less when its kind or its provider is already there, so
that an ambiguous question shows the two or three kinds that may be meant.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tantivy
from numpy.typing import NDArray

from words.fold import fold
from words.places import EARTH_KM, Place, Places
from words.spelling import Speller
from words.stems import stem, stems
from words.tokens import Token
from words.vocabulary import Vocabulary

from .entry import Entry
from .lay import STOP_WORDS, Judgement, LayModel
from .question import Notice, Question, read
from .shelf import Shelf
from .suggest import Sort, Suggester, Suggestion

type Floats = NDArray[np.float32]
type Mask = NDArray[np.bool_]
type Indices = NDArray[np.intp]
# Facet -> chosen values: any of the values of one facet, all facets together.
type Chosen = Mapping[str, Iterable[str]]

# Nearness halves relevance at this distance; beyond about 60 km an entry sinks below other kinds near home.
HALF_AT_KM = 25.0
# A wider area that is served counts in ranking as this far at most: ORP, district, region.
AREA_KM = (3.0, 8.0, 15.0)
# Kinds below these shares of the best kind's score are not an answer.
KIND_SHARE, KIND_FLOOR, MOST_KINDS = 0.2, 0.08, 10
NAME_WEIGHT, TEXT_WEIGHT, PLAIN_WEIGHT = 1.0, 0.1, 0.05
TEXT_HITS = 400
# A word in more texts than this share of them (and in more than a few) tells nothing that kinds do not.
COMMON, FEW_TEXTS = 0.03, 5
# Each earlier hit of the same kind / provider multiplies the next one's score by this among the first PICKED.
SAME_KIND, SAME_PROVIDER, PICKED = 0.25, 0.8, 20
# From this share of a question on it is a name; below this share of it known, nothing was understood.
NAMED, LEAST_KNOWN = 0.2, 0.12
# A target group with this score is spoken about in a question, and said by the name of a service or a provider.
GROUP_HEARD, GROUP_NAMED, GROUP_OF_PROVIDER = 0.3, 0.25, 0.3
# A service for this many groups is for almost anybody.
BROAD = 5
# A share of a kind's score from which a word explains a hit.
EXPLAINS = 0.2
LONGEST_FACET = 100
# Kinds that can help anybody to find the way, shown when a question is not understood.
SIGNPOSTS = ("n-socialni-odbor", "osp")


@dataclass(frozen=True, slots=True)
class Moment:
    """Local time for "open now": ISO weekday and minutes since midnight."""

    weekday: int
    minute: int


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why an entry was found: words of the question that speak for its kind, words found in its name or its
    provider's name, target groups it shares with the question, and whether it comes to the place."""

    kind_words: tuple[str, ...] = ()
    name_words: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    comes: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A found entry. ``distance_km`` is to its nearest spot (None where no place or no point is known);
    ``municipality`` is the code of that spot."""

    id: int
    kind: str
    score: float
    distance_km: float | None
    municipality: str
    reasons: Reasons


@dataclass(frozen=True, slots=True)
class Count:
    """A value of a facet, how many entries it would leave, and whether it is chosen."""

    value: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """``hits`` is the asked page of ``total`` entries; ``ids`` are all of them in order; ``kinds`` are the kinds
    the question was understood to ask for, the likeliest first."""

    question: Question
    hits: tuple[Hit, ...]
    total: int
    ids: tuple[int, ...]
    facets: dict[str, tuple[Count, ...]]
    kinds: tuple[str, ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class _Members:
    """Which entries hold which values of a facet: pairs of (entry, value)."""

    values: tuple[str, ...]
    entries: Indices
    columns: Indices
    places: dict[str, int]

    @classmethod
    def of(cls, each: Iterable[Iterable[str]]) -> "_Members":
        places: dict[str, int] = {}
        entries: list[int] = []
        columns: list[int] = []
        for number, values in enumerate(each):
            for value in dict.fromkeys(values):
                if value:
                    columns.append(places.setdefault(value, len(places)))
                    entries.append(number)
        return cls(tuple(places), np.array(entries, np.intp), np.array(columns, np.intp), places)

    def having(self, values: Iterable[str], size: int) -> Mask | None:
        """Entries with any of the values; None when none of the values is known (nothing was chosen)."""
        wanted = np.zeros(len(self.values), np.bool_)
        for value in values:
            if value in self.places:
                wanted[self.places[value]] = True
        if not wanted.any():
            return None
        mask = np.zeros(size, np.bool_)
        mask[self.entries[wanted[self.columns]]] = True
        return mask

    def counts(self, mask: Mask) -> NDArray[np.intp]:
        return np.bincount(self.columns[mask[self.entries]], minlength=len(self.values))


@dataclass(slots=True)
class _Relevance:
    """Relevance of every entry and what it came from."""

    score: Floats
    matched: Mask
    kinds: tuple[str, ...] = ()
    understood: bool = True


class Engine:
    """The catalogue ready to be searched."""

    def __init__(
        self, entries: Sequence[Entry], lay: LayModel, places: Places, situations: Iterable[Suggestion] = ()
    ) -> None:
        self.entries = Shelf(entries)
        self.lay = lay
        self.places = places
        self._size = len(entries)
        self.ids: NDArray[np.int64] = np.array([one.id for one in entries], np.int64)
        self._kind_column = {key: column for column, key in enumerate(lay.kinds)}
        self._kind = np.array([self._kind_column.get(one.kind, -1) for one in entries], np.intp)
        self._provider = _numbered(one.provider for one in entries)
        self.providers = len(np.unique(self._provider))
        self._present = np.zeros(len(lay.kinds), np.bool_)
        self._present[self._kind[self._kind >= 0]] = True
        self._signposts = np.array([one.kind in SIGNPOSTS for one in entries], np.bool_)
        self._by_name = np.argsort(np.array([fold(one.name) for one in entries]), kind="stable")
        self._members = self._facets(entries)
        self._served = _Members.of(one.served for one in entries)
        self._set_spots(entries)
        self._set_hours(entries)
        self._set_names(entries)
        self._skim_names(entries)
        self._text = _TextIndex(entries, self.lay)
        self._suggester = Suggester([*situations, *self._suggestions(entries)], places)

    def keep_text(self, folder: Path) -> None:
        """Write the full text into a folder, from which an unpickled engine opens it."""
        self._text.keep(folder)

    def open_text(self, folder: Path) -> None:
        self._text.open(folder)

    # --- what is held ----------------------------------------------------------------------------------

    def _facets(self, entries: Sequence[Entry]) -> dict[str, _Members]:
        return {
            "kind": _Members.of((one.kind,) for one in entries),
            "group": _Members.of(one.groups for one in entries),
            "form": _Members.of(one.forms for one in entries),
            "age": _Members.of(one.ages for one in entries),
            "municipality": _Members.of([spot.municipality for spot in one.spots] for one in entries),
            "orp": _Members.of([spot.orp for spot in one.spots] for one in entries),
            "cost": _Members.of((one.cost or "",) for one in entries),
            "feature": _Members.of(one.features for one in entries),
            "access": _Members.of(("barrier_free",) if one.barrier_free else () for one in entries),
            "standing": _Members.of(("registered" if one.registered else "accompanying",) for one in entries),
        }

    def _set_spots(self, entries: Sequence[Entry]) -> None:
        spots = [
            (number, spot.lat, spot.lon, spot.municipality)
            for number, one in enumerate(entries)
            for spot in one.spots
            if spot.lat is not None and spot.lon is not None
        ]
        self._spot_municipality = np.array([spot[3] for spot in spots], "U8")
        owners = np.array([spot[0] for spot in spots], np.intp)
        # Spots stand in the order of entries: the entries that have any, where their spots start and end.
        self._spotted, starts = np.unique(owners, return_index=True)
        self._spot_starts = starts.astype(np.intp)
        self._spot_ends = np.append(self._spot_starts[1:], len(spots)).astype(np.intp)
        lat = np.radians(np.array([spot[1] for spot in spots], np.float64))
        lon = np.radians(np.array([spot[2] for spot in spots], np.float64))
        # Points on the unit sphere: the chord gives the distance without trigonometry in every search.
        self._spot_point = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)

    def _set_hours(self, entries: Sequence[Entry]) -> None:
        stretches = [
            (number, hours.weekday, hours.opens, hours.closes)
            for number, one in enumerate(entries)
            for hours in one.hours
        ]
        self._hours = np.array(stretches, np.intp).reshape(-1, 4)
        self._nonstop = np.array([one.nonstop for one in entries], np.bool_)

    def _set_names(self, entries: Sequence[Entry]) -> None:
        """Postings of stems in names of services and providers."""
        postings: dict[str, list[int]] = defaultdict(list)
        for number, one in enumerate(entries):
            for stemmed in dict.fromkeys(stems(_all_names(one))):
                postings[stemmed].append(number)
        self._names = Vocabulary(list(postings))
        self._name_starts = np.cumsum([0, *map(len, postings.values())])
        self._name_entries = np.array([one for numbers in postings.values() for one in numbers], np.int32)
        self._name_speller = Speller({stemmed: len(numbers) for stemmed, numbers in postings.items()})
        self._rarest = float(np.log(self._size + 1.0)) or 1.0

    def _suggestions(self, entries: Sequence[Entry]) -> Iterator[Suggestion]:
        """What leads somewhere in this catalogue."""
        present = {one.kind for one in entries}
        for row in self.lay.rows:
            if present.intersection(row.kinds):
                yield Suggestion(Sort.PHRASE, row.phrase)
        for naming in self.lay.kind_namings:
            if naming.key in present:
                yield Suggestion(Sort.KIND, naming.name, naming.key)
        for provider in sorted({one.provider for one in entries}):
            yield Suggestion(Sort.PROVIDER, provider)

    def suggest(self, typed: str, limit: int = 8) -> list[Suggestion]:
        """Suggestions for what has been typed so far; each leads to at least one result."""
        return self._suggester.suggest(typed, limit) if self._size else []

    def of_ids(self, ids: Iterable[int]) -> list[Entry]:
        """Entries with these ids, as they stand in the catalogue; an id nobody has is left out."""
        return [
            self.entries[number] for number in np.flatnonzero(np.isin(self.ids, np.array(list(ids), np.int64))).tolist()
        ]

    def tally(self, facet: str) -> dict[str, int]:
        """How many services hold each value of a facet, in the whole catalogue."""
        members = self._members[facet]
        return dict(
            zip(members.values, np.bincount(members.columns, minlength=len(members.values)).tolist(), strict=True)
        )

    # --- searching -------------------------------------------------------------------------------------

    def search(
        self,
        text: str = "",
        *,
        near: str = "",
        point: tuple[float, float] | None = None,
        chosen: Chosen | None = None,
        moment: Moment | None = None,
        literal: bool = False,
        nearest_first: bool = False,
        limit: int = 20,
        offset: int = 0,
    ) -> Answer:
        """Answer a question. ``moment`` is local time; without it the facet "open" is left out.
        ``literal`` repairs no typing errors; ``nearest_first`` orders what was found by distance alone."""
        question = read(text, self.lay, self.places, near=near, point=point, literal=literal)
        relevance = self._relevance(question)
        spot_km = self._spot_km(question.place)
        away = self._away(spot_km)
        reach, comes = self._reach(question.place, away)
        score = relevance.score * _nearness(reach) if question.place else relevance.score
        masks = self._masks(chosen or {}, moment)
        facets = self._count(relevance.matched, masks, chosen or {}, moment)
        kept = relevance.matched.copy()
        for mask in masks.values():
            kept &= mask
        order = self._order(question, score, reach, kept)
        if nearest_first and question.place is not None:
            order.sort(key=away.__getitem__)
        page = order[max(0, offset) : max(0, offset) + max(0, limit)]
        hits = tuple(
            self._hit(int(number), question, score=score, away=away, spot_km=spot_km, comes=comes) for number in page
        )
        notices = question.notices if relevance.understood else (*question.notices, Notice.NOT_UNDERSTOOD)
        ids = tuple(self.ids[order].tolist())
        return Answer(question, hits, len(order), ids, facets, relevance.kinds, notices)

    def _relevance(self, question: Question) -> _Relevance:
        if question.judgement is None or not self._size:
            return _Relevance(np.ones(self._size, np.float32), np.ones(self._size, np.bool_))
        judgement = question.judgement
        kinds = np.where(self._present, np.maximum(judgement.kinds, 0.0), 0.0).astype(np.float32)
        best = float(kinds.max(initial=0.0))
        order = np.argsort(-kinds, kind="stable")[:MOST_KINDS]
        accepted = [column for column in order if kinds[column] >= max(KIND_FLOOR, KIND_SHARE * best)]
        share = np.zeros(len(kinds) + 1, np.float32)
        share[accepted] = kinds[accepted] / max(best, KIND_SHARE)
        by_kind = share[self._kind]
        by_name = self._names_in(question)
        by_text = self._text.scores(question)
        # Of two equal services the one that is called what it is comes first.
        plain = PLAIN_WEIGHT * self._plainness * (by_kind > 0)
        score = (by_kind + plain + NAME_WEIGHT * by_name + TEXT_WEIGHT * by_text) * self._group_fit(judgement)
        matched = (by_kind > 0) | (by_name > NAMED) | (by_text > 0.5)
        heard = judgement.known >= LEAST_KNOWN or float(by_name.max()) > NAMED or float(by_text.max()) > 0
        if matched.any() and heard:
            return _Relevance(score, matched, tuple(self.lay.kinds[column] for column in accepted))
        return self._way_showers()

    def _way_showers(self) -> _Relevance:
        """Nothing was understood: whoever can show the way, or everything where nobody can."""
        mask = self._signposts.copy()
        if not mask.any():
            mask[:] = True
        return _Relevance(mask.astype(np.float32), mask, understood=False)

    def _names_in(self, question: Question) -> Floats:
        """How much of the question is a name of the entry or of its provider (0 to 1), rare words first."""
        share = np.zeros(self._size, np.float32)
        whole = 0.0
        for word in question.telling:
            number = self._names.number(self._named(word, question.literal))
            if number < 0:
                whole += self._rarest
                continue
            entries = self._name_entries[self._name_starts[number] : self._name_starts[number + 1]]
            rarity = float(np.log((self._size + 1.0) / len(entries)))
            whole += rarity
            share[entries] += rarity
        if not whole:
            return share
        # Squared: all the words of a name mean that name, one of four means little. Words that many names share
        # ("domov", "centrum") mean little even when nothing else was asked.
        telling: Floats = (share / whole) ** 2 * np.minimum(1.0, share / (0.5 * self._rarest))
        return telling

    def _named(self, word: Token, literal: bool) -> str:
        """The stem of a word, repaired to a stem of some name when nothing knows it."""
        stemmed = stem(word.folded)
        if literal or stemmed in self._names or stemmed in self.lay.known_stems:
            return stemmed
        repair = self._name_speller.repair(stemmed)
        return repair.word if repair else stemmed

    def _skim_names(self, entries: Sequence[Entry]) -> None:
        """What names say: target groups of services that state none, and how plainly a service is called what it is."""
        names = sorted({one.name for one in entries} | {one.provider for one in entries if not one.groups})
        kinds, groups = self.lay.skim(names)
        place = {name: number for number, name in enumerate(names)}

        def named(name: str, least: float) -> set[str]:
            return {key for key, score in zip(self.lay.groups, groups[place[name]], strict=True) if score > least}

        meant: list[Iterable[str]] = []
        self._plainness = np.zeros(self._size, np.float32)
        for number, one in enumerate(entries):
            if self._kind[number] >= 0:
                self._plainness[number] = kinds[place[one.name], self._kind[number]]
            said = set(one.groups)
            if not said:
                said = named(one.name, GROUP_NAMED) | named(one.provider, GROUP_OF_PROVIDER)
            meant.append(sorted(said))
        self._plainness = np.clip(self._plainness, 0.0, 1.0)
        self._groups = _Members.of(meant)
        self._breadth = np.minimum(1.0, np.bincount(self._groups.entries, minlength=self._size) / BROAD)

    def _group_fit(self, judgement: Judgement) -> Floats:
        """Factor up to 1 that orders services of one kind: those for the groups the question speaks about first;
        where it speaks about none, those for many before those for few."""
        heard = {key: float(score) for key, score in zip(self.lay.groups, judgement.groups, strict=True)}
        fit = np.full(self._size, 0.9, np.float32)
        known = self._breadth > 0
        if max(heard.values(), default=0.0) < GROUP_HEARD:
            fit[known] = 0.8 + 0.1 * self._breadth[known]
        else:
            score = np.array([min(1.0, max(0.0, heard.get(key, 0.0))) for key in self._groups.values], np.float32)
            best = np.zeros(self._size, np.float32)
            np.maximum.at(best, self._groups.entries, score[self._groups.columns])
            fit[known] = 0.8 + 0.2 * best[known]
        # Kinds are compared by the words alone: within each the best fitting service counts in full.
        top = np.full(len(self.lay.kinds) + 1, 1e-6, np.float32)
        np.maximum.at(top, self._kind, fit)
        fit /= top[self._kind]
        return fit

    def _spot_km(self, place: Place | None) -> Floats:
        """Great-circle km from the place to every spot; inf where no place is known."""
        if place is None:
            return np.full(len(self._spot_point), np.inf, np.float32)
        lat, lon = np.radians(place.lat), np.radians(place.lon)
        here = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
        chord = np.sqrt(np.maximum(0.0, 2.0 - 2.0 * (self._spot_point @ here)))
        km: Floats = (2 * EARTH_KM * np.arcsin(np.minimum(1.0, chord / 2))).astype(np.float32)
        return km

    def _away(self, spot_km: Floats) -> Floats:
        """Km to the nearest spot of each entry, inf where it is not known."""
        away = np.full(self._size, np.inf, np.float32)
        if len(spot_km):
            away[self._spotted] = np.minimum.reduceat(spot_km, self._spot_starts)
        return away

    def _nearest_municipality(self, number: int, spot_km: Floats) -> str:
        """The municipality of the nearest spot, or of the first one where nothing is known of distance."""
        place = int(np.searchsorted(self._spotted, number))
        if place < len(self._spotted) and self._spotted[place] == number:
            start, end = self._spot_starts[place], self._spot_ends[place]
            return str(self._spot_municipality[start + int(spot_km[start:end].argmin())])
        spots = self.entries[number].spots
        return spots[0].municipality if spots else ""

    def _reach(self, place: Place | None, away: Floats) -> tuple[Floats, Mask]:
        """Distance for ranking: nothing where the service comes to the municipality, little where to its area."""
        comes = np.zeros(self._size, np.bool_)
        if place is None:
            return away, comes
        reach = away.copy()
        for code, km in zip((place.code, *place.areas), (0.0, *AREA_KM), strict=False):
            column = self._served.places.get(code)
            if column is not None:
                numbers = self._served.entries[self._served.columns == column]
                reach[numbers] = np.minimum(reach[numbers], km)
                comes[numbers] = True
        return reach, comes

    def _masks(self, chosen: Chosen, moment: Moment | None) -> dict[str, Mask]:
        masks = {
            facet: mask
            for facet, members in self._members.items()
            if (mask := members.having(chosen.get(facet, ()), self._size)) is not None
        }
        if moment is not None and "now" in chosen.get("open", ()):
            masks["open"] = self._open(moment)
        return masks

    def _open(self, moment: Moment) -> Mask:
        weekday, opens, closes = self._hours[:, 1], self._hours[:, 2], self._hours[:, 3]
        mask = self._nonstop.copy()
        mask[self._hours[(weekday == moment.weekday) & (opens <= moment.minute) & (moment.minute < closes), 0]] = True
        return mask

    def _count(
        self, matched: Mask, masks: Mapping[str, Mask], chosen: Chosen, moment: Moment | None
    ) -> dict[str, tuple[Count, ...]]:
        """Counts of each facet with the choices of the others, without its own."""
        everything = matched.copy()
        for mask in masks.values():
            everything &= mask
        facets: dict[str, tuple[Count, ...]] = {}
        for facet, members in self._members.items():
            others = everything if facet not in masks else _all_but(matched, masks, facet)
            facets[facet] = _counts(members, others, frozenset(chosen.get(facet, ())))
        if moment is not None:
            others = everything if "open" not in masks else _all_but(matched, masks, "open")
            number = int((others & self._open(moment)).sum())
            facets["open"] = (Count("now", number, "open" in masks),) if number or "open" in masks else ()
        return facets

    def _order(self, question: Question, score: Floats, reach: Floats, kept: Mask) -> list[int]:
        """All kept entries in order."""
        numbers = np.flatnonzero(kept)
        if question.judgement is None:
            # Nothing but a place or choices: by distance, then by name.
            rank = np.empty(self._size, np.intp)
            rank[self._by_name] = np.arange(self._size)
            return [int(one) for one in numbers[np.lexsort((rank[numbers], reach[numbers]))]]
        # Equal scores: the nearer first, then as they stand in the catalogue.
        ranked = numbers[np.lexsort((reach[numbers], -score[numbers]))]
        first = self._pick(ranked, score)
        taken = set(first)
        return first + [int(one) for one in ranked if int(one) not in taken]

    def _pick(self, ranked: Indices, score: Floats) -> list[int]:
        """The first hits: each time the best one when kinds and providers already shown count less."""
        seen: dict[int, int] = defaultdict(int)
        candidates: list[int] = []
        for number in ranked:
            kind = int(self._kind[number])
            if seen[kind] < PICKED:
                seen[kind] += 1
                candidates.append(int(number))
        pool = np.array(candidates, np.intp)
        worth = score[pool].astype(np.float64)
        kinds, providers = self._kind[pool], self._provider[pool]
        picked: list[int] = []
        for _ in range(min(PICKED, len(pool))):
            best = int(worth.argmax())
            picked.append(int(pool[best]))
            worth[kinds == kinds[best]] *= SAME_KIND
            worth[(kinds == kinds[best]) & (providers == providers[best])] *= SAME_PROVIDER
            worth[best] = -1.0
        return picked

    # --- explaining ------------------------------------------------------------------------------------

    def _hit(
        self,
        number: int,
        question: Question,
        *,
        score: Floats,
        away: Floats,
        spot_km: Floats,
        comes: Mask,
    ) -> Hit:
        entry = self.entries[number]
        km = float(away[number])
        return Hit(
            id=entry.id,
            kind=entry.kind,
            score=round(float(score[number]), 4),
            distance_km=round(km, 1) if np.isfinite(km) else None,
            municipality=self._nearest_municipality(number, spot_km),
            reasons=self._reasons(number, question, bool(comes[number])),
        )

    def _reasons(self, number: int, question: Question, comes: bool) -> Reasons:
        judgement = question.judgement
        if judgement is None:
            return Reasons(comes=comes)
        entry = self.entries[number]
        names = set(stems(_all_names(entry)))
        column = self._kind_column.get(entry.kind)
        groups = tuple(
            key
            for key in entry.groups
            if key in self.lay.groups and judgement.groups[self.lay.groups.index(key)] > GROUP_HEARD
        )
        return Reasons(
            kind_words=() if column is None else _telling(question, judgement.shares[:, column]),
            name_words=tuple(word.text for word in question.telling if stem(word.folded) in names),
            groups=groups,
            comes=comes,
        )


class _TextIndex:
    """Full text of the entries: an index of stems, in memory when it is made, in a folder when it is kept."""

    def __init__(self, entries: Sequence[Entry], lay: LayModel) -> None:
        names = {naming.key: naming.name for naming in (*lay.kind_namings, *lay.group_namings)}
        self._size = len(entries)
        self._texts: list[str] = []
        for entry in entries:
            groups = (names.get(key, "") for key in entry.groups)
            said = (_all_names(entry), names.get(entry.kind, ""), *groups, entry.text)
            self._texts.append(" ".join(stems(" ".join(said))))
        self._fill(tantivy.Index(_text_schema()))

    def _fill(self, index: tantivy.Index) -> None:
        writer = index.writer(heap_size=15_000_000, num_threads=1)
        for number, text in enumerate(self._texts):
            document = tantivy.Document()
            document.add_text("text", text)
            document.add_integer("number", number)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self._serve(index)

    def _serve(self, index: tantivy.Index) -> None:
        index.reload()
        self._schema = index.schema
        self._searcher = index.searcher()

    def keep(self, folder: Path) -> None:
        folder.mkdir()
        self._fill(tantivy.Index(_text_schema(), path=str(folder)))

    def open(self, folder: Path) -> None:
        self._serve(tantivy.Index(_text_schema(), path=str(folder)))

    def __getstate__(self) -> dict[str, Any]:
        """Without the index, which is opened from its folder."""
        return {"_size": self._size, "_texts": []}

    def scores(self, question: Question) -> Floats:
        """BM25 of the question's words that few texts hold, as a share of the best entry's (0 to 1)."""
        scores = np.zeros(self._size, np.float32)
        often = max(FEW_TEXTS, COMMON * self._size)
        asked = [
            stemmed
            for stemmed in dict.fromkeys(stem(word.folded) for word in question.telling)
            if 0 < self._searcher.doc_freq("text", stemmed) <= often
        ]
        if not asked:
            return scores
        parts = [
            (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "text", stemmed, "freq")) for stemmed in asked
        ]
        hits = self._searcher.search(tantivy.Query.boolean_query(parts), limit=TEXT_HITS).hits
        if hits:
            numbers = self._searcher.fast_field_values("number", [address for _, address in hits])
            best = hits[0][0]
            scores[np.array(numbers, np.intp)] = np.array([score for score, _ in hits], np.float32) / best
        return scores


def _text_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
    builder.add_integer_field("number", stored=False, indexed=False, fast=True)
    return builder.build()


def _all_names(entry: Entry) -> str:
    """Every name an entry is known by, its facilities' included."""
    return " ".join((entry.name, entry.provider, *entry.other_names))


def _numbered(values: Iterable[str]) -> Indices:
    places: dict[str, int] = {}
    return np.array([places.setdefault(value, len(places)) for value in values], np.intp)


def _nearness(reach: Floats) -> Floats:
    """1 at the place, a half at HALF_AT_KM, a tenth at three times that; unknown distance is a quarter."""
    near: Floats = (1.0 / (1.0 + (np.where(np.isfinite(reach), reach, 43.0) / HALF_AT_KM) ** 2)).astype(np.float32)
    return near


def _all_but(matched: Mask, masks: Mapping[str, Mask], facet: str) -> Mask:
    others = matched.copy()
    for name, mask in masks.items():
        if name != facet:
            others &= mask
    return others


def _counts(members: _Members, mask: Mask, chosen: frozenset[str]) -> tuple[Count, ...]:
    counts = members.counts(mask)
    some = np.flatnonzero(counts)
    shown = list(some[np.argsort(-counts[some], kind="stable")[:LONGEST_FACET]])
    shown += [members.places[value] for value in sorted(chosen) if value in members.places]
    return tuple(
        Count(members.values[column], int(counts[column]), members.values[column] in chosen)
        for column in dict.fromkeys(int(one) for one in shown)
    )


def _telling(question: Question, shares: Floats) -> tuple[str, ...]:
    """Words that speak for the kind, the strongest first."""
    telling = [
        (float(share), word.text)
        for share, word in zip(shares, question.words, strict=True)
        if share > 0 and word.folded not in STOP_WORDS
    ]
    enough = EXPLAINS * sum(share for share, _ in telling)
    strongest = sorted(telling, key=lambda one: -one[0])[:3]
    return tuple(dict.fromkeys(word for share, word in strongest if share >= enough))
