"""The past of the demo's meetings: whole, in keeping with the laws of a sitting, the same every time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from portal.home import demo_groups, demo_meetings, demo_sitting
from portal.meetings.models import AgendaItem, Meeting
from portal.sitting.models import Motion, Presence, Sitting
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def past(monkeypatch: pytest.MonkeyPatch) -> list[Meeting]:
    """Four meetings of a body that stands for the steering group, the last of them still to come."""
    group = make.group(slug="ridici-skupina-svornov", procedure={"by_letter": True})
    monkeypatch.setattr(demo_groups, "read_groups", lambda *_: {group.slug: {}})
    for n in range(12):
        make.membership(group, name=f"Člověk {n}", side=("commissioner", "provider", "user")[n % 3])
    make.membership(group, role="guest")
    made = []
    for days in (90, 60, 30, -30):
        starts_at = timezone.now() - timedelta(days=days)
        meeting = Meeting.objects.create(
            group=group, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), state="called"
        )
        for title in ("Zahájení a schválení programu", "Nový člen", "Priority skupiny"):
            AgendaItem.objects.create(meeting=meeting, title=title, sort="decision")
        made.append(meeting)
    return made


def told() -> list[Any]:
    fields = ("meeting__starts_at__date", "membership__name", "name", "state", "reason")
    return list(Presence.objects.order_by("pk").values_list(*fields))


def test_past_meetings_take_place_once_and_those_to_come_do_not(past: list[Meeting]) -> None:
    assert [demo_sitting.load(), demo_sitting.load()] == [3, 0]
    assert set(Sitting.objects.values_list("meeting", flat=True)) == {one.pk for one in past[:3]}
    assert Presence.objects.filter(state="present").count() > 20
    assert Motion.objects.filter(meeting__isnull=False).count() == 9
    assert Motion.objects.by_letter().count() == 2
    assert not Motion.objects.filter(ballots__membership__votes=False).exists()
    assert not Motion.objects.filter(way="secret").exclude(ballots__choice="").exists()


def test_what_is_taken_away_comes_back_the_same(past: list[Meeting]) -> None:
    demo_sitting.load()
    first = told()
    assert demo_sitting.remove() == 3
    assert not Motion.objects.exists()
    demo_sitting.load()
    assert told() == first


def test_every_decision_of_the_demo_has_its_own_motion() -> None:
    motions = demo_sitting.read()["motion"]
    items = [
        item
        for told_by in demo_meetings.read_meetings().values()
        for agenda in [*told_by.get("agendas", []), told_by.get("first", []), told_by.get("last", [])]
        for item in agenda
    ]
    decided = {one["title"] for one in items if one["sort"] == "decision"}
    assert decided
    plain = [title for title in decided if demo_sitting.motion_of(title, motions)["text"] == demo_sitting.ORDINARY]
    assert plain == []
