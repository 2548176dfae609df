"""Minutes of the demo: once for each held meeting, silent where they must be, gone and back again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.home import demo_groups, demo_meetings, demo_minutes, demo_sitting
from portal.meetings.models import AgendaItem, Meeting
from portal.minutes import content, marks
from portal.minutes.models import Decision, Minutes, Task
from tests import make

pytestmark = pytest.mark.django_db
TITLES = ("Zahájení a schválení programu", "Co jsme si slíbili minule", "Z nemocnice domů", "Obědy o svátcích")


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five meetings of a body of the demo that took place."""
    group = make.group(slug="ps-seniori-svornov")
    monkeypatch.setattr(demo_groups, "read_groups", lambda *_: {group.slug: {}})
    for n in range(9):
        make.membership(group, name=f"Jana Člověková{'abc'[n % 3]}", side=("commissioner", "provider", "user")[n % 3])
    for days in (400, 300, 200, 60, 5):
        starts_at = timezone.now() - timedelta(days=days)
        meeting = Meeting.objects.create(
            group=group, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), state="called"
        )
        for order, title in enumerate(TITLES):
            AgendaItem.objects.create(meeting=meeting, title=title, sort="decision", order=order)
    demo_sitting.load()


@pytest.mark.usefixtures("held")
def test_most_are_published_and_the_newest_is_being_written() -> None:
    assert [demo_minutes.load(), demo_minutes.load()] == [5, 0]
    states = list(Minutes.objects.order_by("meeting__starts_at").values_list("state", flat=True))
    assert states == ["published"] * 4 + ["draft"]
    assert Decision.objects.filter(number__isnull=False).exists()
    assert Task.objects.filter(state="done").exclude(evidence="").exists()
    for one in Minutes.objects.public().select_related("meeting__group"):
        assert content.leaks(content.read(one.public_version or {}), content.redactor(one.meeting)) == []


@pytest.mark.usefixtures("held")
def test_what_is_taken_away_comes_back_the_same() -> None:
    demo_minutes.load()
    first = list(Minutes.objects.order_by("meeting").values_list("meeting", "public_version"))
    assert demo_minutes.remove() == 5
    assert not Task.objects.exists()
    demo_minutes.load()
    assert list(Minutes.objects.order_by("meeting").values_list("meeting", "public_version")) == first


def test_every_item_of_the_demo_has_its_words_and_its_tasks_can_be_read() -> None:
    said = demo_minutes.read()
    titles = {
        item["title"]
        for told_by in demo_meetings.read_meetings().values()
        for agenda in [*told_by.get("agendas", []), told_by.get("first", []), told_by.get("last", [])]
        for item in agenda
    }
    assert titles - {demo_minutes.CHECKED} <= set(said["item"]) | set(said["shared"])
    for one in said["item"].values():
        if task := one.get("task"):
            mark = marks.read_line(f"ÚKOL: Kdo – {task['what']} do 1. 5. 2030", timezone.localdate())
            assert mark is not None
            assert (mark.who, mark.text) == ("Kdo", task["what"])
