"""The meetings of demo/meetings/: their files, loaded once, taken away again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.groups.models import Group
from portal.home import demo_groups, demo_meetings, demo_plan
from portal.meetings.models import AgendaItem, Invitee, Meeting
from tests import make

from ..meetings import gatherings

WRITTEN = demo_meetings.read_meetings()
GROUPS = sorted(set(WRITTEN) - {demo_meetings.SHARED})


@pytest.mark.parametrize("slug", GROUPS)
def test_files_name_a_group_of_the_demo_and_measures_of_its_plan(slug: str) -> None:
    assert slug in demo_groups.read_groups()
    plan = demo_plan.read_plans()[demo_meetings.PLAN]
    codes = {
        f"{at}.{goal}.{measure}"
        for at, priority in enumerate(plan["priority"], 1)
        for goal, one in enumerate(priority["goal"], 1)
        for measure, _ in enumerate(one["measure"], 1)
    }
    for agenda in WRITTEN[slug]["agendas"]:
        minutes = sum(one["minutes"] for one in agenda)
        assert minutes + 25 <= WRITTEN[slug]["minutes"], "the agenda does not fit into its meeting"
        for item in agenda:
            assert item["sort"] in AgendaItem.Sort.values
            assert item.get("measure", "1.1.1") in codes


@pytest.mark.django_db
def test_two_years_and_half_a_year_ahead_are_loaded_once_and_taken_away() -> None:
    group = gatherings.group(slug="ps-seniori-svornov", name="PS Senioři", since=timezone.localdate() - timedelta(1300))
    for _ in range(5):
        gatherings.member(group)
    other = gatherings.meeting(gatherings.group(), actor=make.person("coordinator"))
    number = demo_meetings.load()
    meetings = Meeting.objects.filter(group=group)
    assert meetings.count() == number >= 6
    now = timezone.now()
    assert set(meetings.filter(starts_at__lt=now).values_list("state", flat=True)) <= {"held", "cancelled"}
    ahead = meetings.filter(starts_at__gt=now)
    assert set(ahead.values_list("state", flat=True)) <= {"planned", "called"}
    assert meetings.order_by("starts_at")[0].starts_at < now - timedelta(days=600)
    assert not meetings.filter(changed_at__gt=now).exists()
    assert not Invitee.objects.filter(answered_at__gt=now).exists()
    for one in meetings.filter(state="held"):
        assert one.number
        assert one.items.count() >= 4
        assert one.invitees.exclude(answer="waiting").exists()
    assert demo_meetings.load() == 0
    assert demo_meetings.remove() == number
    assert list(Meeting.objects.all()) == [other]
    assert Group.objects.filter(pk=group.pk).exists()
