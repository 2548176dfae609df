"""Bridge: what the search answers -> what a page, a map and an export show. Reads only.

Names of codes are held in memory beside the engine they belong to; of the services shown, three queries read what a
row needs, however many rows there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.catalogue.cards import distance_text
from portal.catalogue.models import AgeGroup, Contact, Facility, Feature, Form, Kind, Service
from portal.territory.models import Orp
from words.places import Place
from words.plural import counted

from .engine import Answer, Count, Engine, Hit, Moment, Reasons
from .forms import FACETS, SWITCHES, Asked
from .question import Notice
from .suggest import Sort, Suggestion

# Values of a facet shown at once; the rest of them come into sight when more is chosen elsewhere.
LONGEST_FILTER = 20
# A filter of fewer values than this decides nothing, unless something in it is chosen.
SHORTEST_FILTER = 2
# Words of a question repeated to the person; a longer question is only counted on.
LONGEST_WORDS = 120
# Services shown with a situation.
FEW = 8
# Kinds for people whom somebody hurts: a page led by them shows emergency numbers and a quick way out.
VIOLENT_KINDS = frozenset({"ic"})


# --- names ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Labels:
    """Names of everything that a facet may hold."""

    kinds: Mapping[str, str]
    glosses: Mapping[str, str]
    groups: Mapping[str, str]
    forms: Mapping[str, str]
    ages: Mapping[str, str]
    features: Mapping[str, str]
    orps: Mapping[str, str]


_held: WeakKeyDictionary[Engine, Labels] = WeakKeyDictionary()


def labels_of(engine: Engine) -> Labels:
    """Read once for an engine: a new version of the data means a new engine."""
    labels = _held.get(engine)
    if labels is None:
        lay = engine.lay
        labels = _held[engine] = Labels(
            kinds={one.key: one.name for one in lay.kind_namings},
            glosses=dict(Kind.objects.values_list("key", "gloss")),
            groups={one.key: one.plain or one.name for one in lay.group_namings},
            forms={one.key: f"{one.gloss} ({one.name})" for one in Form.objects.all()},
            ages=dict(AgeGroup.objects.values_list("key", "name")),
            features=dict(Feature.objects.values_list("key", "name")),
            orps=dict(Orp.objects.values_list("code", "name")),
        )
    return labels


def label(facet: str, value: str, engine: Engine) -> str:
    """The words for a value of a facet; the value itself where nobody has named it."""
    labels = labels_of(engine)
    if facet == "municipality":
        place = engine.places.get(value)
        return place.name if place else value
    if facet == "orp":
        return _("%(town)s a okolí") % {"town": labels.orps[value]} if value in labels.orps else value
    if facet == "standing":
        return {"registered": _("registrované služby"), "accompanying": _("návazné služby")}.get(value, value)
    named: Mapping[str, Mapping[str, str]] = {
        "kind": labels.kinds,
        "group": labels.groups,
        "form": labels.forms,
        "age": labels.ages,
        "feature": labels.features,
    }
    return named.get(facet, {}).get(value, value)


def groups_present(engine: Engine) -> list[tuple[str, str]]:
    """Target groups with at least one service, for the question "for whom"."""
    present = engine.tally("group")
    return [(one.key, one.plain or one.name) for one in engine.lay.group_namings if one.key in present]


# --- rows ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """One service in a list. `where` and `distance` are empty where nothing is known."""

    id: int
    name: str
    url: str
    kind: str
    what: str
    provider: str
    where: str
    distance: str
    phone: str
    why: str
    email: str = ""
    web: str = ""


def rows(hits: Sequence[Hit], engine: Engine, near: str = "") -> list[Row]:
    """Rows of the hits in their order; a service that has left the public since the index was built is left out.
    Three queries."""
    ids = [hit.id for hit in hits]
    services = {
        one.pk: one
        for one in Service.objects.public()
        .filter(pk__in=ids)
        .select_related("provider", "kind")
        .only("name", "slug", "plain_text", "provider__name", "kind__key", "kind__name", "kind__gloss")
    }
    contacts = _contacts(services.values())
    addresses = _addresses(ids)
    return [
        _row(
            hit,
            services[hit.id],
            contacts=contacts,
            addresses=addresses.get(hit.id, {}),
            engine=engine,
            near=near,
        )
        for hit in hits
        if hit.id in services
    ]


def _row(
    hit: Hit,
    service: Service,
    *,
    contacts: Mapping[tuple[str, int, str], str],
    addresses: Mapping[str, str],
    engine: Engine,
    near: str,
) -> Row:
    def contact(channel: str) -> str:
        own = contacts.get(("service", service.pk, channel), "")
        return own or contacts.get(("provider", service.provider_id, channel), "")

    return Row(
        id=service.pk,
        name=service.name,
        url=reverse("catalogue:service", args=[service.slug]),
        kind=service.kind.name,
        what=first_sentence(service.plain_text) or service.kind.gloss,
        provider=service.provider.name,
        where=addresses.get(hit.municipality) or next(iter(addresses.values()), ""),
        distance="" if hit.distance_km is None else distance_text(hit.distance_km),
        phone=contact(Contact.Channel.PHONE),
        why=why(hit, engine, near),
        email=contact(Contact.Channel.EMAIL),
        web=contact(Contact.Channel.WEB),
    )


def first_sentence(text: str) -> str:
    """The first sentence of a text that a person wrote, for one line of a list."""
    line = text.strip().split("\n", 1)[0].strip()
    end = next((at for at, letter in enumerate(line) if letter in ".!?" and line[at + 1 : at + 2] in {"", " "}), None)
    # A full stop after a short word ends no sentence: "např. ", "tel. ".
    if end is None or end < 25:
        end = min(len(line), 200)
    return line[: end + 1]


def _contacts(services: Iterable[Service]) -> dict[tuple[str, int, str], str]:
    """The first contact of each channel, by (service or provider, its number, channel)."""
    services = list(services)
    found: dict[tuple[str, int, str], str] = {}
    wanted = Q(service__in=[one.pk for one in services]) | Q(provider__in=[one.provider_id for one in services])
    for service, provider, channel, value in Contact.objects.filter(wanted).values_list(
        "service_id", "provider_id", "channel", "value"
    ):
        owner = ("service", service, channel) if service else ("provider", provider, channel)
        found.setdefault(owner, value)
    return found


def _addresses(ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Of each service, one address in each municipality (by code). Secret places are never read."""
    found: dict[int, dict[str, str]] = {}
    for service, street, code, name, source_name in (
        Facility.objects.public()
        .filter(service__in=ids, secret=False)
        .values_list("service_id", "street", "municipality_id", "municipality__name", "municipality_name")
    ):
        address = ", ".join(part for part in (street, name or source_name) if part)
        if address:
            found.setdefault(service, {}).setdefault(code or "", address)
    return found


def why(hit: Hit, engine: Engine, near: str) -> str:
    """Why the service was found, in words; empty where the question was only a list to look through."""
    reasons = hit.reasons
    said = []
    if reasons.kind_words:
        words = ", ".join(reasons.kind_words)
        said.append(_("%(kind)s (podle slov: %(words)s)") % {"words": words, "kind": label("kind", hit.kind, engine)})
    if reasons.name_words:
        said.append(_("v názvu má: %(words)s") % {"words": " ".join(reasons.name_words)})
    if reasons.groups:
        said.append(
            _("pro koho: %(groups)s") % {"groups": ", ".join(label("group", one, engine) for one in reasons.groups)}
        )
    if reasons.comes and near:
        said.append(_("dojíždí za lidmi (obec: %(place)s)") % {"place": near})
    return "; ".join(said)


# --- filters -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Option:
    name: str
    value: str
    words: str
    count: str
    chosen: bool
    id: str


@dataclass(frozen=True, slots=True)
class Filter:
    key: str
    title: str
    options: tuple[Option, ...]
    open: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """A choice that can be taken away by following its address."""

    words: str
    query: str


def filters(answer: Answer, engine: Engine) -> list[Filter]:
    """Groups of choices with counts. What would leave nothing is not offered, unless it is already chosen."""
    titles = {
        "pro": _("Pro koho"),
        "druh": _("Druh pomoci"),
        "forma": _("Kde se to odehrává"),
        "vek": _("Věk"),
        "orp": _("Okolí města"),
        "obec": _("Obec"),
        "prijima": _("Přijímá, umí"),
        "typ": _("Registrace"),
    }
    shown = []
    switches = _switches(answer)
    if switches:
        shown.append(Filter("dalsi", _("Nejčastější přání"), switches, open=True))
    for name, title in titles.items():
        counts = _worth_showing(answer.facets.get(FACETS[name], ()))
        if len(counts) < SHORTEST_FILTER and not any(one.chosen for one in counts):
            continue
        options = tuple(
            Option(
                name, one.value, label(FACETS[name], one.value, engine), str(one.count), one.chosen, f"f-{name}-{at}"
            )
            for at, one in enumerate(counts)
        )
        shown.append(Filter(name, title, options, open=any(one.chosen for one in counts)))
    return shown


def _worth_showing(counts: Iterable[Count]) -> list[Count]:
    offered = [one for one in counts if one.count or one.chosen]
    return [one for at, one in enumerate(offered) if at < LONGEST_FILTER or one.chosen]


def _switches(answer: Answer) -> tuple[Option, ...]:
    words = {"zdarma": _("zdarma"), "otevreno": _("teď otevřeno"), "bezbarier": _("bez schodů")}
    options = []
    for name, (facet, value) in SWITCHES.items():
        for one in answer.facets.get(facet, ()):
            if one.value == value and (one.count or one.chosen):
                options.append(Option(name, "1", words[name], str(one.count), one.chosen, f"f-{name}"))
    return tuple(options)


def taken(asked: Asked, engine: Engine) -> list[Taken]:
    """Everything chosen, each with the address of the search without it."""
    away = [
        Taken(label(facet, value, engine), asked.without(name, value))
        for name, facet in FACETS.items()
        for value in asked.chosen.get(facet, ())
    ]
    words = {"zdarma": _("zdarma"), "otevreno": _("teď otevřeno"), "bezbarier": _("bez schodů")}
    away += [
        Taken(words[name], asked.without(name, "1"))
        for name, (facet, value) in SWITCHES.items()
        if value in asked.chosen.get(facet, ())
    ]
    return away


# --- sentences -----------------------------------------------------------------------------------------------


def sentence(asked: Asked, answer: Answer, engine: Engine) -> str:
    """What was asked, in one line: words · place · for whom · what else is chosen."""
    parts = []
    if asked.text:
        shorter = asked.text[:LONGEST_WORDS]
        parts.append(f"„{shorter}…“" if shorter != asked.text else f"„{shorter}“")
    parts += [label("kind", value, engine) for value in asked.chosen.get("kind", ())]
    place = answer.question.place
    if place:
        parts.append(_("%(place)s a okolí") % {"place": place.name})
    others = (facet for facet in FACETS.values() if facet != "kind")
    parts += [label(facet, value, engine) for facet in others for value in asked.chosen.get(facet, ())]
    return " · ".join(parts) or _("všechny služby")


# --- the map -------------------------------------------------------------------------------------------------


def points(ids: Iterable[int], engine: Engine, *, together: bool = True) -> dict[str, Any]:
    """GeoJSON of the public places of the services: what stands there, and where to read on. Services at one point
    are one feature, unless each has to be found by its number (`together=False`, a map beside a short list).
    All from memory; secret places never get into it."""
    labels = labels_of(engine)
    # Thousands of addresses: what is common to them is made once.
    search, service = reverse("finding:search"), service_prefix()
    words = (_("služba"), _("služby"), _("služeb"))
    by_point: dict[tuple[Any, ...], list[int]] = {}
    shown = engine.of_ids(ids)
    for number, entry in enumerate(shown):
        for spot in entry.spots:
            if spot.lat is not None and spot.lon is not None:
                point = (round(spot.lon, 5), round(spot.lat, 5), spot.municipality)
                held = by_point.setdefault(point if together else (*point, number), [])
                if not held or held[-1] != number:
                    held.append(number)
    features = []
    for (lon, lat, municipality, *_rest), numbers in by_point.items():
        first = shown[numbers[0]]
        properties = {"id": first.id, "more": first.provider}
        if len(numbers) == 1:
            url = f"{service}{first.slug}/"
            properties |= {"name": first.name, "url": url, "note": labels.kinds.get(first.kind, "")}
        else:
            kinds = dict.fromkeys(labels.kinds.get(shown[number].kind, "") for number in numbers)
            place = engine.places.get(municipality)
            name = counted(len(numbers), *words) + (f", {place.name}" if place else "")
            properties |= {"name": name, "url": f"{search}?obec={municipality}", "note": ", ".join(list(kinds)[:4])}
        features.append(_feature(lon, lat, properties))
    return {"type": "FeatureCollection", "features": features}


def service_prefix() -> str:
    """What addresses of services begin with: of thousands of them it is found once."""
    return reverse("catalogue:service", args=["x"]).removesuffix("x/")


def _feature(lon: float, lat: float, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": properties,
    }


# --- asking --------------------------------------------------------------------------------------------------


def ask(engine: Engine, asked: Asked, *, page_size: int) -> Answer:
    """The answer with the hits of the asked page."""
    offset = (asked.page - 1) * page_size
    return _search(engine, asked, limit=page_size, offset=offset)


def _search(engine: Engine, asked: Asked, *, limit: int, offset: int) -> Answer:
    return engine.search(
        asked.text,
        near=asked.near,
        point=asked.point,
        chosen=asked.chosen,
        moment=moment(),
        literal=asked.literal,
        nearest_first=asked.sorting == "vzdalenost",
        limit=limit,
        offset=offset,
    )


def moment() -> Moment:
    now = timezone.localtime()
    return Moment(now.isoweekday(), now.hour * 60 + now.minute)


def nearest(asked: Asked, engine: Engine, few: int = 3) -> list[Row]:
    """What is nearest to an answer that is empty: the same question without the choices that emptied it."""
    answer = _search(engine, replace(asked, chosen={}), limit=few, offset=0)
    place = answer.question.place
    return rows(answer.hits, engine, place.name if place else "")


@dataclass(frozen=True, slots=True)
class Way:
    """A way out of an answer: words and the query string that leads there."""

    words: str
    query: str


def wider(asked: Asked, answer: Answer) -> list[Way]:
    """Wider questions that may find something, the smallest step first."""
    ways = []
    if asked.chosen and (asked.text or asked.near or asked.point):
        ways.append(Way(_("totéž bez filtrů"), replace(asked, chosen={}).query()))
    if asked.text and (asked.near or answer.question.place):
        ways.append(Way(_("totéž v celém kraji"), replace(asked, near="", point=None, chosen={}).query()))
    if asked.literal:
        ways.append(Way(_("hledat i podle smyslu"), replace(asked, literal=False).query()))
    ways.append(Way(_("všechny služby"), ""))
    return ways


def namesakes(asked: Asked, answer: Answer) -> list[Way]:
    """Other places of the same name, each with the search moved there."""
    if Notice.PLACE_HAS_NAMESAKES not in answer.notices or answer.question.place is None:
        return []
    name = answer.question.place.name
    return [
        Way(
            _("%(place)s v okrese %(district)s") % {"place": one.name, "district": one.district},
            replace(asked, near=f"{one.name} okres {one.district}").query(),
        )
        for one in answer.question.namesakes
        if one.name == name
    ][:12]


def understood(asked: Asked, answer: Answer, engine: Engine) -> str:
    """ "dluhy → odborné sociální poradenství": what the words were taken for; empty where they were a name."""
    if asked.literal or answer.question.judgement is None or not answer.kinds:
        return ""
    words = " ".join(word.text for word in answer.question.asked)[:LONGEST_WORDS]
    return f"{words} → {', '.join(label('kind', key, engine) for key in answer.kinds[:3])}"


def known(asked: Asked, answer: Answer, engine: Engine) -> tuple[Asked, list[str]]:
    """The search without choices that the catalogue does not have (the search passed them over), and their names."""
    held = {(facet, one.value) for facet, counts in answer.facets.items() for one in counts if one.chosen}
    pairs = [(facet, value) for facet, values in asked.chosen.items() for value in values]
    chosen: dict[str, tuple[str, ...]] = {}
    for facet, value in pairs:
        if (facet, value) in held:
            chosen[facet] = (*chosen.get(facet, ()), value)
    passed_over = [label(facet, value, engine) for facet, value in pairs if (facet, value) not in held]
    return replace(asked, chosen=chosen), passed_over


def unanswered(asked: Asked, answer: Answer) -> bool:
    """Whether words alone (not a choice that emptied the answer) found nothing that answers them."""
    in_vain = not answer.total or Notice.NOT_UNDERSTOOD in answer.notices
    return bool(asked.text) and not asked.chosen and in_vain


def page(asked: Asked, answer: Answer, engine: Engine) -> dict[str, Any]:
    """Everything the page of results says."""
    place = answer.question.place
    lat, lon = asked.point or ("", "")
    asked, passed_over = known(asked, answer, engine)
    return {
        "asked": asked,
        "passed_over": passed_over,
        "sentence": sentence(asked, answer, engine),
        "total": answer.total,
        "rows": rows(answer.hits, engine, place.name if place else ""),
        "filters": filters(answer, engine),
        "taken": taken(asked, engine),
        "kept": [pair for pair in asked.pairs(page=False) if pair[0] not in FACETS and pair[0] not in SWITCHES],
        "understood": understood(asked, answer, engine),
        "cut": Notice.CUT in answer.notices,
        "place_unknown": Notice.PLACE_UNKNOWN in answer.notices,
        "not_understood": Notice.NOT_UNDERSTOOD in answer.notices,
        "place": place,
        "namesakes": namesakes(asked, answer),
        "violence": bool(set(answer.kinds[:1]) & VIOLENT_KINDS),
        "wider": wider(asked, answer),
        "groups": groups_present(engine),
        "whom": next(iter(asked.chosen.get("group", ())), ""),
        "where": asked.near or (_("Moje poloha") if asked.point else ""),
        "lat": lat,
        "lon": lon,
        "first_query": asked.query(),
        "literal_query": asked.query(doslova="1"),
        "free_query": asked.query(doslova=None),
        "best_query": asked.query(razeni=None),
        "nearest_query": asked.query(razeni="vzdalenost"),
        "missing_query": urlencode({"q": asked.text}),
        **{f"{name}_query": asked.query(format=name) for name in ("csv", "json", "geojson")},
    }


def options(name: str, answer: Answer, engine: Engine) -> tuple[Option, ...]:
    """All values of one facet that leave something, for a select."""
    facet = FACETS[name]
    return tuple(
        Option(name, one.value, label(facet, one.value, engine), str(one.count), one.chosen, f"f-{name}-{at}")
        for at, one in enumerate(answer.facets.get(facet, ()))
        if one.count or one.chosen
    )


def about(asked: Asked, engine: Engine) -> str:
    """What a guide or another part of the catalogue holds, in one line."""
    return sentence(asked, ask(engine, asked, page_size=0), engine)


def present(numbers: Sequence[int], engine: Engine) -> tuple[int, ...]:
    """Those of the numbers that are public services."""
    held = {one.id for one in engine.of_ids(numbers)}
    return tuple(one for one in numbers if one in held)


def rows_of(numbers: Sequence[int], engine: Engine) -> list[Row]:
    """Rows of services known by their numbers, in that order; those no longer public are left out."""
    held = {one.id: one.kind for one in engine.of_ids(numbers)}
    hits = [Hit(one, held.get(one, ""), 0.0, None, "", Reasons()) for one in numbers]
    return rows(hits, engine)


# --- a life situation ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KindOfHelp:
    """A kind that helps in a situation: name, in plain words, how many services, the search for them."""

    name: str
    gloss: str
    count: int
    query: str


def situation(kinds: Sequence[str], groups: Sequence[str], asked: Asked, engine: Engine) -> dict[str, Any]:
    """What helps in a situation: kinds with glosses and the services nearest to the asked place.

    Services for the groups of the situation come first; without any of them all services of the kinds are shown.
    """
    labels = labels_of(engine)
    chosen = {"kind": tuple(kinds), "group": tuple(groups)} if groups else {"kind": tuple(kinds)}
    wanted = replace(asked, text="", chosen=chosen)
    answer = ask(engine, wanted, page_size=FEW)
    if not answer.total and groups:
        wanted = replace(wanted, chosen={"kind": tuple(kinds)})
        answer = ask(engine, wanted, page_size=FEW)
    everywhere = _search(engine, Asked(chosen={"kind": tuple(kinds)}), limit=0, offset=0)
    counts = {one.value: one.count for one in everywhere.facets.get("kind", ())}
    place = answer.question.place
    return {
        "rows": rows(answer.hits, engine, place.name if place else ""),
        "total": answer.total,
        "query": wanted.query(),
        "place": place,
        "place_unknown": Notice.PLACE_UNKNOWN in answer.notices,
        "where": asked.near,
        "kinds": [
            KindOfHelp(
                labels.kinds[key],
                labels.glosses.get(key, ""),
                counts.get(key, 0),
                replace(asked, text="", chosen={"kind": (key,)}).query(),
            )
            for key in kinds
            if key in labels.kinds
        ],
    }


def usual_steps() -> list[str]:
    """First steps that fit every situation; the coordinator may write better ones."""
    return [
        _("Vyberte níže službu, která je blízko, a zavolejte tam."),
        _("Řekněte vlastními slovy, co se děje. Nemusíte mít nic připravené."),
        _("Zeptejte se, jestli pomohou právě vám, kdy a kolik to stojí."),
        _("Není to služba pro vás? Zeptejte se, kam se obrátit. Poradí vám to."),
    ]


# --- suggestions ---------------------------------------------------------------------------------------------


def suggestion(one: Suggestion) -> dict[str, str]:
    """A suggestion as the suggest box takes it: a phrase fills in the question, the rest leads somewhere."""
    hints = {
        Sort.SITUATION: _("životní situace"),
        Sort.KIND: _("druh služby"),
        Sort.PROVIDER: _("poskytovatel"),
        Sort.PLACE: _("obec"),
    }
    item = {"label": one.label}
    if one.sort in hints:
        item["hint"] = hints[one.sort]
    if one.sort is Sort.SITUATION:
        item["url"] = reverse("finding:situation", args=[one.key])
    elif one.sort is Sort.KIND:
        item["url"] = f"{reverse('finding:search')}?{urlencode({'druh': one.key})}"
    else:
        item["url"] = f"{reverse('finding:search')}?{urlencode({'q': one.label})}"
    return item


def place_suggestions(places: Sequence[Place]) -> list[dict[str, str]]:
    """Places with their districts; namesakes put the district into the field too."""
    names = [place.name for place in places]
    return [
        {
            "label": place.name,
            "hint": _("okres %(district)s") % {"district": place.district},
            "value": f"{place.name} okres {place.district}" if names.count(place.name) > 1 else place.name,
        }
        for place in places
    ]
