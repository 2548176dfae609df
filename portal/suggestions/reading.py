"""What the public reads of suggestions: the list narrowed by what the visitor chose, one of them, its author's view."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any
from urllib.parse import urlencode

from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from portal.catalogue.models import TargetGroup
from portal.meetings.discretion import titled
from portal.meetings.models import Meeting
from portal.plan.models import Node, Plan
from portal.territory.models import Municipality
from portal.web import atom
from portal.web.cells import guard
from words.places import distance_km

from .models import Origin, Suggestion, SuggestionQuerySet, SuggestionStep

# Degrees around a point in which a town is looked for: some twenty-five kilometres.
AROUND = 0.25
# What a map takes; the rest is in the list.
MOST_POINTS = 2000
ENTRIES = 30
# Letters of a summary in a feed.
SHORT = 400
LONGEST_CELL = 32767
COLUMNS = (
    "číslo", "přišel", "co to je", "stručně", "o co jde", "obec", "koho se týká", "stav", "odpověď", "autor", "adresa",
)  # fmt: skip


# --- what was asked for --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """Filters of the list as they stand in its address; an empty one narrows nothing."""

    sort: str = ""
    state: str = ""
    town: str = ""
    group: str = ""
    year: int = 0

    def __bool__(self) -> bool:
        return bool(self.sort or self.state or self.town or self.group or self.year)

    @property
    def query(self) -> str:
        said = {"druh": self.sort, "stav": self.state, "obec": self.town, "pro": self.group, "rok": self.year or ""}
        return urlencode({name: value for name, value in said.items() if value})


def asked(said: Mapping[str, str]) -> Asked:
    """From the query of an address, which anybody may have written: what makes no sense narrows nothing."""
    sort, state, year = said.get("druh", ""), said.get("stav", ""), said.get("rok", "")
    return Asked(
        sort=sort if sort in Suggestion.Sort else "",
        state=state if state in Suggestion.READABLE else "",
        town=_code(said.get("obec", "")),
        group=_code(said.get("pro", "")),
        year=int(year) if len(year) == 4 and year.isascii() and year.isdecimal() and year > "1900" else 0,
    )


def _code(said: str) -> str:
    return said if len(said) <= 40 and said.isprintable() else ""


def narrowed(rows: SuggestionQuerySet, wanted: Asked) -> QuerySet[Suggestion]:
    found: QuerySet[Suggestion] = rows
    if wanted.sort:
        found = found.filter(sort=wanted.sort)
    if wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.town:
        found = found.filter(municipality=wanted.town)
    if wanted.group:
        found = found.filter(target_groups__key=wanted.group)
    if wanted.year:
        found = found.filter(received_at__year=wanted.year)
    return found


def listed(wanted: Asked) -> QuerySet[Suggestion]:
    """Public suggestions of the filters, the newest first, with their towns."""
    return narrowed(Suggestion.objects.public(), wanted).select_related("municipality")


def choices() -> dict[str, Any]:
    """What each filter offers: only what some public suggestion has. Three queries."""
    public = Suggestion.objects.public().order_by()
    return {
        "sorts": Suggestion.Sort.choices,
        "states": [(state.value, state.label) for state in Suggestion.READABLE],
        "towns": Municipality.objects.filter(pk__in=public.values("municipality")).only("code", "name"),
        "groups": TargetGroup.objects.filter(pk__in=public.values("target_groups")),
        "years": [one.year for one in public.dates("received_at", "year", order="DESC")],
    }


def filled(rows: Iterable[Suggestion]) -> list[tuple[Suggestion, list[str]]]:
    """Each with the names of those whom it is about. One query."""
    rows = list(rows)
    through = Suggestion.target_groups.through.objects.filter(suggestion__in=rows).order_by("targetgroup__order")
    names: dict[int, list[str]] = {}
    for pk, plain, name in through.values_list("suggestion_id", "targetgroup__plain", "targetgroup__name"):
        names.setdefault(pk, []).append(plain or name)
    return [(one, names.get(one.pk, [])) for one in rows]


# --- one suggestion ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """A suggestion as its page tells it. What leads elsewhere is here only where the public may follow."""

    suggestion: Suggestion
    groups: list[str]
    steps: list[SuggestionStep]
    measures: list[Node]
    body: tuple[str, str] | None  # name and address of the group that has it
    meeting: Meeting | None
    joined: int  # how many other people said the same

    @property
    def reached(self) -> str:
        """The last word on how far it got."""
        return self.suggestion.get_state_display()


def told(suggestion: Suggestion) -> Told:
    """Seven queries at most, however long its story is."""
    group, item = suggestion.group, suggestion.item
    return Told(
        suggestion=suggestion,
        groups=filled([suggestion])[0][1],
        steps=list(suggestion.steps.all()),
        measures=list(
            suggestion.measures.filter(removed_at=None, plan__in=Plan.objects.public())
            .select_related("plan")
            .order_by("plan", "code")
        ),
        body=(group.name, reverse("groups:public_group", args=[group.slug])) if group and group.shown else None,
        meeting=_public_meeting(item.meeting_id) if item else None,
        joined=suggestion.joined.count(),
    )


def _public_meeting(pk: int) -> Meeting | None:
    return next(iter(titled(Meeting.objects.public().select_related("group").filter(pk=pk))), None)


def whole() -> QuerySet[Suggestion]:
    """With everything that a page of one suggestion stands on."""
    return Suggestion.objects.select_related("municipality", "group", "item", "joined_to")


# --- towns ---------------------------------------------------------------------------------------------------------


def towns_meant(text: str) -> list[Municipality]:
    """Towns that somebody means by a name ("Lhota"), a name with a district ("Lhota okres Jičín"), a code. At most a
    few; one query."""
    name, _, district = text.strip().removeprefix("obec ").partition(" okres ")
    name = name.strip(" ,")
    rows = Municipality.objects.select_related("district").filter(name__in={name, name[:1].upper() + name[1:]})
    rows = rows | Municipality.objects.select_related("district").filter(pk=name)
    if district.strip():
        rows = rows.filter(district__name=district.strip())
    return list(rows.order_by("-people", "code")[:12])


def nearest_town(lat: float, lon: float) -> Municipality | None:
    """The town whose middle is nearest to the point; None where there is none around (the point is abroad)."""
    box = {"lat__range": (lat - AROUND, lat + AROUND), "lon__range": (lon - 2 * AROUND, lon + 2 * AROUND)}
    found = Municipality.objects.filter(**box).only("code", "name", "lat", "lon")
    return min(found, key=lambda one: (distance_km(lat, lon, one.lat or 0, one.lon or 0), one.code), default=None)


# --- the same said over and over -----------------------------------------------------------------------------------


def said_lately(text: str, within: timedelta) -> int:
    """How many suggestions with exactly this text came from the web lately."""
    since = timezone.now() - within
    return Suggestion.objects.filter(origin=Origin.WEB, received_at__gt=since, text=text).count()


# --- for machines --------------------------------------------------------------------------------------------------


def points(rows: QuerySet[Suggestion]) -> dict[str, Any]:
    """GeoJSON: the place that the author chose, else the middle of the town. Two numbers where one stands."""
    features = []
    values = rows.order_by("-received_at").values_list(
        "number", "title", "sort", "lat", "lon", "municipality__name", "municipality__lat", "municipality__lon"
    )
    for number, title, sort, lat, lon, town, town_lat, town_lon in values[:MOST_POINTS]:
        place = (lon, lat) if lat is not None else (town_lon, town_lat) if town_lat is not None else None
        if place is None or None in place:
            continue
        told = {
            "id": number,
            "name": title,
            "url": reverse("suggestions:public_suggestion", args=[number]),
            "note": str(Suggestion.Sort(sort).label),
            "more": town or "",
        }
        features.append(
            {"type": "Feature", "geometry": {"type": "Point", "coordinates": list(place)}, "properties": told}
        )
    return {"type": "FeatureCollection", "features": features}


def feed(rows: QuerySet[Suggestion], site: str) -> Any:
    """The newest ones; what moves on comes up again with its new date."""
    began = Suggestion.objects.public().aggregate(last=Max("changed_at"))["last"]
    about = atom.Feed(
        title="Podněty",
        me=reverse("suggestions:suggestions_feed"),
        page=reverse("suggestions:public_suggestions"),
        author="Pospolu",
        began=began or datetime(2026, 1, 1, tzinfo=timezone.get_current_timezone()),
    )
    entries = [
        atom.Entry(
            key=str(one.number),
            title=one.title,
            url=reverse("suggestions:public_suggestion", args=[one.number]),
            updated=one.changed_at,
            summary=f"{one.get_state_display()}. {Truncator(one.answer or one.words).chars(SHORT)}",
            author=one.author,
        )
        for one in rows.order_by("-changed_at", "-number")[:ENTRIES]
    ]
    return atom.answer(about, entries, site)


def table(rows: QuerySet[Suggestion], site: str) -> Iterator[list[str]]:
    """The header, then a row for each suggestion, as the public may read it."""
    yield list(COLUMNS)
    for one, groups in filled(rows):
        yield [
            str(one.number),
            f"{timezone.localtime(one.received_at):%Y-%m-%d}",
            one.get_sort_display(),
            one.title,
            one.words,
            one.municipality.name if one.municipality else "",
            "; ".join(groups),
            one.get_state_display(),
            one.answer,
            one.author,
            site + reverse("suggestions:public_suggestion", args=[one.number]),
        ]


def xlsx(rows: QuerySet[Suggestion], site: str) -> IO[bytes]:
    """The table as a workbook in a temporary file, set at its beginning. Every cell is a text."""
    from xlsxwriter import Workbook  # twenty megabytes that most web processes never need

    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as book:
        sheet = book.add_worksheet("podněty")
        sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for number, row in enumerate(table(rows, site)):
            for column, cell in enumerate(row):
                if cell:
                    sheet.write_string(number, column, guard(cell)[:LONGEST_CELL], bold if number == 0 else None)
    file.seek(0)
    return file
