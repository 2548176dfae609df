"""A report on fulfilment put to meetings of the groups that discuss it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from portal.accounts.models import Grant, Person
from portal.fulfilment import report_actions as passing
from portal.fulfilment.models import ActionItem, ChainStep, FulfilmentReport
from portal.groups.models import Group
from portal.meetings import agenda, report_actions, reported
from portal.meetings.models import AgendaItem, Meeting
from portal.plan.models import Area, Card
from tests import make
from tests.fulfilment import years
from tests.plan import plans

from . import gatherings

pytestmark = pytest.mark.django_db


@pytest.fixture
def jana() -> Any:
    return plans.coordinator()


@pytest.fixture
def report(jana: Person) -> FulfilmentReport:
    """Of a plan with two measures under priority 1 and two under priority 2, all of them asked about."""
    years.states()
    plan = years.approved_plan(jana)
    years.approve(years.chosen(plan, 2026, jana), jana)
    return years.report(plan, 2026, jana)


@pytest.fixture
def seniors(report: FulfilmentReport) -> Group:
    """The group that looks after the measures of the first priority."""
    group = gatherings.group(name="Senioři")
    area = Area.objects.create(plan=report.plan, name="Péče o seniory", group=group)
    Card.objects.filter(node__code__startswith="1.").update(area=area)
    return group


def put(report: FulfilmentReport, meetings: list[Meeting], actor: Any, **more: Any) -> list[AgendaItem]:
    values = {"sort": "discussion", "text": ""} | more
    return report_actions.report_put(report=report, meetings=meetings, actor=actor, **values)


def test_the_nearest_meeting_of_each_group_of_the_plan_is_ticked(
    client: Client, report: FulfilmentReport, seniors: Group, jana: Person
) -> None:
    near, later = gatherings.meeting(seniors, days=10), gatherings.meeting(seniors, days=40)
    other = gatherings.meeting(gatherings.group(), days=5)
    client.force_login(jana)
    where = reverse("meetings:report_put", args=[report.pk])
    field = client.get(where).context["form"]["meetings"]
    assert field.value() == [near.pk]
    assert [pk for pk, _ in field.field.choices] == [near.pk, later.pk, other.pk], "groups of the plan first"
    assert client.post(where, {"meetings": [near.pk], "sort": "discussion"}).status_code == 302
    item = AgendaItem.objects.get(meeting=near)
    assert (item.state, item.title) == ("approved", f"{report}: {report.plan}")
    again = client.get(where)
    assert again.context["form"]["meetings"].value() == [], "it waits for the meeting it is on"
    assert near.pk not in [pk for pk, _ in again.context["form"].fields["meetings"].choices]
    assert client.post(where, {"sort": "discussion"}).status_code == 422


def test_a_report_is_on_a_meeting_once(report: FulfilmentReport, seniors: Group, jana: Person) -> None:
    meeting = gatherings.meeting(seniors)
    assert len(put(report, [meeting], jana)) == 1
    assert put(report, [meeting], jana) == []
    assert AgendaItem.objects.filter(meeting=meeting).count() == 1


def test_members_read_the_part_of_their_group_and_only_once_it_is_on_their_agenda(
    client: Client, report: FulfilmentReport, seniors: Group, jana: Person
) -> None:
    meeting = gatherings.meeting(seniors)
    member = gatherings.member(seniors, account=True).person
    assert member is not None
    client.force_login(member)
    where = reverse("meetings:report_of_meeting", args=[meeting.pk, report.pk])
    assert client.get(where).status_code == 404
    put(report, [meeting], jana)
    page = client.get(where)
    assert {part.line["code"] for part in page.context["narrowed"].page} == {"1.1.1", "1.1.2"}
    assert where in client.get(reverse("meetings:meeting", args=[meeting.pk])).content.decode()
    everything = client.get(where, {"skupina": ""}).context["narrowed"].page
    assert {part.line["code"] for part in everything} > {"1.1.1", "2.1.1"}
    stranger = make.person(Grant.Role.MEMBER)
    client.force_login(stranger)
    assert client.get(where).status_code == 404


def test_who_may_not_read_the_report_puts_it_nowhere(report: FulfilmentReport, seniors: Group) -> None:
    head = gatherings.head(seniors).person
    with pytest.raises(PermissionDenied):
        put(report, [gatherings.meeting(seniors)], head)


def test_the_public_follows_the_link_only_to_a_published_report(
    report: FulfilmentReport, seniors: Group, jana: Person
) -> None:
    meeting = gatherings.meeting(seniors)
    put(report, [meeting], jana)
    assert agenda.in_public(meeting).items[0].ties == ()
    years.say(report_item(report), "splneno", actor=jana)
    for order, _ in enumerate(ChainStep.objects.filter(plan=report.plan), 1):
        passing.step_pass(report=report, order=order, day=date(2026, 2, 1), body="Rada", resolution="R/1", actor=jana)
    tie = agenda.in_public(meeting).items[0].ties[0]
    assert tie.address == reverse("fulfilment:public_report", args=[report.plan.slug, "2026"])


def report_item(report: FulfilmentReport) -> ActionItem:
    return ActionItem.objects.filter(action_plan__plan=report.plan).earliest("pk")


def test_the_step_is_written_down_from_the_meeting_that_took_it(
    client: Client, report: FulfilmentReport, seniors: Group, jana: Person
) -> None:
    meeting = gatherings.meeting(seniors)
    put(report, [meeting], jana)
    Meeting.objects.filter(pk=meeting.pk).update(
        state=Meeting.State.HELD, starts_at=gatherings.at(-2), ends_at=gatherings.at(-2) + timedelta(hours=2)
    )
    client.force_login(jana)
    page = client.get(reverse("meetings:report_put", args=[report.pk])).content.decode()
    where = reverse("fulfilment:report", args=[report.plan.slug, report.key])
    asked = {"den": gatherings.at(-2).date().isoformat(), "kdo": str(seniors)}
    assert f"{where}?den={asked['den']}" in page
    form = client.get(where, asked).context["form"]
    assert (form["day"].value(), form["body"].value()) == (asked["den"], "Senioři")
    assert [one.body for one in reported.discussed(report)] == ["Senioři"]
