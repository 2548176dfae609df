"""What people of the invented region told the planners (demo/suggestions/), in all the states that a suggestion has.

Days count back from the day of loading. `load` adds only what is missing; it needs the demo region, groups, plans and
meetings. Nobody is written to.
"""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portal.catalogue.models import TargetGroup
from portal.finding.models import EmptySearch
from portal.groups.models import Group
from portal.meetings import agenda_actions
from portal.meetings.models import AgendaItem, Meeting
from portal.plan.models import Node
from portal.suggestions import actions
from portal.suggestions.models import Origin, Suggestion, SuggestionStep
from portal.territory.models import Municipality

FILE: Path = settings.ROOT / "demo" / "suggestions" / "suggestions.toml"
State = Suggestion.State


def read(file: Path = FILE) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


@transaction.atomic
def load(file: Path = FILE) -> int:
    """What is missing; how many were added."""
    told = read(file)
    there = set(Suggestion.objects.filter(title__in=_titles(told)).values_list("title", flat=True))
    missing = [one for one in told["suggestion"] if one["title"] not in there]
    for one in missing:
        _write(one, told["plan"])
    _searches(told["search"])
    for one in missing:
        if "same_as" in one:
            _join(one)
    return len(missing)


@transaction.atomic
def remove(file: Path = FILE) -> int:
    """Take them away again with the items of agenda that they became; how many there were."""
    told = read(file)
    mine = Suggestion.objects.filter(title__in=_titles(told))
    count, items = mine.count(), list(mine.exclude(item=None).values_list("item", flat=True))
    mine.filter(state=State.JOINED).delete()
    mine.delete()
    AgendaItem.objects.filter(pk__in=items).delete()
    EmptySearch.objects.filter(question__in={one["question"] for one in told["search"]}).delete()
    return count


def _searches(told: list[dict[str, Any]]) -> None:
    there = set(EmptySearch.objects.filter(question__in=[one["question"] for one in told]).values_list("question"))
    EmptySearch.objects.bulk_create(
        EmptySearch(
            question=one["question"], count=one["count"], day=timezone.localdate() - timedelta(days=one["days"])
        )
        for one in told
        if (one["question"],) not in there
    )


def _titles(told: dict[str, Any]) -> list[str]:
    return [one["title"] for one in told["suggestion"]]


def _ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def _write(said: dict[str, Any], plan: str) -> None:
    came = _ago(said["days"])
    town = Municipality.objects.filter(name=said["town"], region__demo=True).first() if "town" in said else None
    suggestion = actions.receive(
        sort=said["sort"],
        title=said["title"],
        text=said["text"],
        origin=said.get("origin", Origin.WEB),
        municipality=town,
        lat=said.get("lat"),
        lon=said.get("lon"),
        target_groups=TargetGroup.objects.filter(key__in=said.get("groups", [])),
        name=said.get("name", ""),
        name_public=said.get("name_public", False),
        now=came,
    )
    # Written apart from receiving it: a demo sends no letters.
    suggestion.email = said.get("email", "")
    suggestion.email_confirmed_at = came if suggestion.email else None
    suggestion.public_text = said.get("public_text", "").strip()
    for step in said.get("steps", []):
        _step(suggestion, step, plan)
    if said.get("shown"):
        suggestion.shown_at = _ago(said["steps"][0]["days"])
    suggestion.save()


def _step(suggestion: Suggestion, said: dict[str, Any], plan: str) -> None:
    at, address = _ago(said["days"]), ""
    suggestion.state, suggestion.changed_at = said["state"], at
    if "group" in said:
        suggestion.group = Group.objects.get(slug=said["group"])
        address = reverse("groups:public_group", args=[said["group"]])
    if "answer" in said:
        suggestion.answer, suggestion.answered_at = said["answer"], at
    for code in said.get("measures", []):
        node = Node.objects.select_related("plan").get(plan__slug=said.get("plan", plan), code=code, removed_at=None)
        suggestion.measures.add(node)
        if node.plan.is_public:
            address = reverse("plan:public_measure", args=[node.plan.slug, code])
    if said.get("item") and (meeting := _next_meeting(suggestion.group)):
        suggestion.item = agenda_actions.item_propose(
            meeting=meeting,
            title=f"Podnět: {suggestion.title}",
            text=suggestion.words,
            about=suggestion,
            words=f"podnět č. {suggestion.number}: {suggestion.title}",
            address=reverse("suggestions:public_suggestion", args=[suggestion.number]),
            actor=None,
        )
        address = reverse("meetings:public_meeting", args=[meeting.pk])
    SuggestionStep.objects.create(
        suggestion=suggestion, state=said["state"], note=said.get("note", ""), address=address, at=at
    )


def _next_meeting(group: Group | None) -> Meeting | None:
    open_ = Meeting.objects.filter(group=group, state__in=agenda_actions.OPEN, starts_at__gt=timezone.now())
    return open_.order_by("starts_at").first()


def _join(said: dict[str, Any]) -> None:
    suggestion = Suggestion.objects.get(title=said["title"])
    to, at = Suggestion.objects.get(title=said["same_as"]), _ago(max(said["days"] - 2, 0))
    suggestion.state, suggestion.joined_to, suggestion.changed_at = State.JOINED, to, at
    suggestion.save()
    SuggestionStep.objects.create(
        suggestion=suggestion,
        state=State.JOINED,
        note="Totéž už řekl někdo jiný. Podněty řešíme společně.",
        address=reverse("suggestions:public_suggestion", args=[to.number]) if to.is_public else "",
        at=at,
    )
