"""A public plan for machines: JSON-LD for search engines, our own plain JSON, GeoJSON of places, an Atom feed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from xml.etree import ElementTree

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from . import cards
from .models import MoneySort, Plan
from .outcome_models import Outcome
from .public import standings, told
from .public_story import Story
from .tree import Branch
from .tree import read as read_tree

type Json = dict[str, Any]

ENTRIES = 100
ATOM = "http://www.w3.org/2005/Atom"
STATUS = {"done": "CompletedActionStatus", "partly": "ActiveActionStatus", "missed": "FailedActionStatus"}
# The plan's own fields of a measure; who is named as the reporting person stays inside.
FIELDS = (
    *("kind", "area", "reason", "impact", "responsible", "starts_on", "ends_on", "ongoing"),
    *("target_groups", "municipalities", "orps", "services"),
)


def plan_url(plan: Plan) -> str:
    return reverse("plan:public_plan", args=[plan.slug])


def measure_url(plan: Plan, code: str) -> str:
    return reverse("plan:public_measure", args=[plan.slug, code])


# --- search engines --------------------------------------------------------------------------------------------


def plan_linked(plan: Plan, site: str) -> Json:
    url = site + plan_url(plan)
    linked: Json = {
        "@context": "https://schema.org",
        "@type": "CreativeWork",
        "@id": url,
        "url": url,
        "name": plan.title,
        "inLanguage": "cs",
        "temporalCoverage": f"{plan.starts_on:%Y-%m-%d}/{plan.until:%Y-%m-%d}",
        "spatialCoverage": {"@type": "AdministrativeArea", "name": plan.span_name},
        "creativeWorkStatus": plan.get_state_display(),
    }
    if plan.organiser:
        linked["publisher"] = {"@type": "Organization", "name": plan.organiser}
    return linked


def measure_linked(story: Story, site: str) -> Json:
    """A measure is an action that a plan promises."""
    url = site + measure_url(story.plan, story.node.code)
    linked: Json = {
        "@context": "https://schema.org",
        "@type": "Action",
        "@id": url,
        "url": url,
        "name": story.node.title,
        "identifier": story.node.code,
        "description": story.node.text,
        "startTime": story.card.starts_on and story.card.starts_on.isoformat(),
        "endTime": story.card.ends_on and story.card.ends_on.isoformat(),
        "actionStatus": f"https://schema.org/{STATUS.get(story.standing.look, 'PotentialActionStatus')}",
        "agent": {"@type": "Organization", "name": story.card.responsible} if story.card.responsible else None,
        "location": [{"@type": "AdministrativeArea", "name": name} for name in story.where],
        "object": [
            {"@type": "Service", "name": one.name, "url": site + reverse("catalogue:service", args=[one.slug])}
            for one in story.services
        ],
        "mainEntityOfPage": site + plan_url(story.plan),
    }
    return {key: value for key, value in linked.items() if value}


# --- our own JSON ----------------------------------------------------------------------------------------------


def plan_json(plan: Plan, site: str) -> Json:
    """The tree with the public fields of its cards and the published states; the same queries for any size."""
    drafts, stands = cards.read_plan(plan), standings(plan)

    def branch(one: Branch) -> Json:
        node = one.node
        made: Json = {"code": node.code, "role": one.level.role, "level": one.level.name, "title": node.title}
        made["text"] = node.text
        if one.is_measure:
            made |= measure(drafts[node.pk], stands.get(node.pk))
            made["url"] = site + measure_url(plan, node.code)
        made["children"] = [branch(child) for child in one.children]
        return made

    def measure(draft: cards.CardDraft, standing: Any) -> Json:
        said: Json = {name: getattr(draft, name) for name in FIELDS}
        said["costs"] = [{"year": o.year, "sort": o.sort, "amount": int(o.amount)} for o in draft.costs]
        said["funding"] = [
            {"year": o.year, "sort": o.sort, "source": o.source, "amount": int(o.amount)} for o in draft.funding
        ]
        said["state"] = standing and {
            "key": standing.key,
            "name": standing.name,
            "year": standing.year,
            "note": standing.note,
        }
        return said

    return {
        "url": site + plan_url(plan),
        "title": plan.title,
        "territory": {"kind": plan.span_kind, "code": plan.span_code, "name": plan.span_name},
        "starts_on": plan.starts_on,
        "until": plan.until,
        "state": plan.get_state_display(),
        "organiser": plan.organiser,
        "currency": "CZK",
        "sorts": dict(MoneySort.choices),
        "resolutions": [
            {"sort": o.get_sort_display(), "number": o.number, "body": o.body, "day": o.day}
            for o in plan.resolutions.all()
        ],
        "tree": [branch(one) for one in read_tree(plan).top],
    }


def places_geojson(story: Story) -> Json:
    """Points of public places of the services; a secret one never comes here."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]},
            "properties": {
                "id": str(place.key),
                "name": service.name,
                "note": place.address,
                "url": reverse("catalogue:service", args=[service.slug]),
            },
        }
        for service in story.services
        for place in service.places
        if place.lat is not None and place.lon is not None
    ]
    return {"type": "FeatureCollection", "features": features}


# --- changes ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """Something that the public was told: a state of a measure, a decision."""

    key: str
    day: date
    title: str
    text: str
    url: str


def changes(plan: Plan) -> list[Change]:
    """The newest first; two queries."""
    outcomes = Outcome.objects.of_plan(plan).select_related("node").order_by("-told_on", "-pk")[:ENTRIES]
    found = [
        Change(
            f"outcome-{one.pk}-{one.told_on:%Y%m%d}",
            one.told_on,
            f"{one.node.code} {one.node.title}: {told(one).name} ({one.year})",
            one.note,
            measure_url(plan, one.node.code),
        )
        for one in outcomes
    ]
    found += [
        Change(
            f"resolution-{one.pk}",
            one.day,
            f"{one.get_sort_display().capitalize()}: usnesení {one.number}",
            f"{one.body}, {date_format(one.day)}",
            plan_url(plan),
        )
        for one in plan.resolutions.all()
    ]
    return sorted(found, key=lambda one: (one.day, one.key), reverse=True)[:ENTRIES]


def atom(plan: Plan, found: Iterable[Change], site: str) -> bytes:
    """A feed by RFC 4287. Its authors are the plan's organiser, never people."""
    found, page, me = list(found), site + plan_url(plan), site + reverse("plan:public_feed", args=[plan.slug])
    # Days, not the time of asking: the same changes give the same bytes.
    newest = max((one.day for one in found), default=None)
    feed = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": "cs"})
    _put(feed, "id", me)
    _put(feed, "title", f"{plan.title}: co se změnilo")
    _put(feed, "updated", _stamp(newest) if newest else timezone.localtime(plan.changed_at).isoformat())
    _put(_put(feed, "author"), "name", plan.organiser or plan.span_name)
    _put(feed, "link", rel="self", type="application/atom+xml", href=me)
    _put(feed, "link", rel="alternate", type="text/html", href=page)
    for one in found:
        entry = _put(feed, "entry")
        _put(entry, "id", f"{me}#{one.key}")
        _put(entry, "title", one.title)
        _put(entry, "updated", _stamp(one.day))
        _put(entry, "link", rel="alternate", type="text/html", href=site + one.url)
        _put(entry, "summary", one.text or one.title)
    written: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _put(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, name, attributes)
    child.text = "".join(sign for sign in text if sign.isprintable() or sign in "\n\t") or None
    return child


def _stamp(day: date) -> str:
    return datetime.combine(day, time(12), UTC).isoformat()
