"""The desk of meetings: planning a year, agenda of members and heads, who may what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from portal.documents.models import Document, DocumentSort
from portal.groups import rules as group_rules
from portal.groups.models import Side
from portal.mail.models import Letter
from portal.meetings import actions, collisions, rules
from portal.meetings.models import AgendaItem, ItemTie, Meeting
from tests import make
from tests.plan import plans

from . import gatherings

pytestmark = pytest.mark.django_db
State = AgendaItem.State


def series_of(group: Any, **more: str) -> dict[str, str]:
    return {
        "group": str(group.pk), "title": "", "rule": "month", "which": "2", "weekday": "1", "months": "1",
        "weeks": "4", "first": "2027-01-01", "last": "2027-12-31", "begins": "09:00", "ends": "11:00",
        "on_holiday": "move", "way": "place", "place": "Radnice", "place_note": "", "online_url": "", "shown": "on",
    } | more  # fmt: skip


@pytest.fixture
def group() -> Any:
    return gatherings.group(agenda_days=3)


@pytest.fixture
def head(client: Client, group: Any) -> Any:
    """The head of the group, signed in."""
    person = gatherings.head(group).person
    assert person is not None
    client.force_login(person)
    return person


# --- planning --------------------------------------------------------------------------------------------------


def test_a_year_is_looked_at_first_and_then_saved_whole(client: Client, group: Any, head: Any) -> None:
    asked = series_of(group)
    page = client.get("/sprava/jednani/rok/", asked)
    assert page.status_code == 200
    assert not Meeting.objects.exists()
    rows = page.context["rows"]
    assert len(rows) == 12
    typed = {f"den-{row['at']}": row["typed"] for row in rows}
    wanted = {f"chci-{at}": "on" for at in range(12) if at not in (6, 7)}
    typed["den-0"] = "2027-01-13"
    assert client.post("/sprava/jednani/rok/", asked | typed | wanted).status_code == 302
    days = [one.day.isoformat() for one in Meeting.objects.filter(group=group)]
    assert len(days) == 10
    assert days[0] == "2027-01-13"
    assert days[1] == "2027-02-09"
    assert all(one.shown_at for one in Meeting.objects.all())
    assert {timezone.localtime(one.starts_at).hour for one in Meeting.objects.all()} == {9}


@pytest.mark.parametrize(("what", "days"), [("skip", ["2027-10-28"]), ("move", []), ("keep", [])])
def test_holidays_are_told_and_skipped_or_moved(
    client: Client, group: Any, head: Any, what: str, days: list[str]
) -> None:
    # The fourth Thursday of October 2027 is a public holiday.
    asked = series_of(group, which="4", weekday="3", first="2027-10-01", last="2027-11-30", on_holiday=what)
    page = client.get("/sprava/jednani/rok/", asked)
    assert [one.wanted.isoformat() for one in page.context["skipped"]] == days
    shown = [row["typed"] for row in page.context["rows"]]
    expected = {"skip": ["2027-11-25"], "move": ["2027-10-29", "2027-11-25"], "keep": ["2027-10-28", "2027-11-25"]}
    assert shown == expected[what]
    assert "Den vzniku samostatného československého státu" in page.content.decode()


def test_collisions_of_people_and_rooms_are_shown_before_saving(client: Client, group: Any, head: Any) -> None:
    other = gatherings.group(name="Řídící skupina")
    gatherings.member(group, "Jana Malá", email="jana@example.org")
    gatherings.member(other, "Jana Malá", email="JANA@example.org")
    third = gatherings.group()
    gatherings.meeting(other, starts_at=gatherings.at(40, 10))
    gatherings.meeting(third, starts_at=gatherings.at(40, 9), place="RADNICE,  zasedací místnost")
    sent = {
        "group": str(group.pk), "day": gatherings.at(40).date().isoformat(), "begins": "9", "ends": "11",
        "way": "place", "place": "Radnice, zasedací místnost",
    }  # fmt: skip
    page = client.post("/sprava/jednani/nove/", sent)
    assert page.status_code == 422
    text = page.content.decode()
    assert "v obou je Jana Malá" in text
    assert "stejná místnost" in text
    assert not Meeting.objects.filter(group=group).exists()
    assert client.post("/sprava/jednani/nove/", sent | {"seen_clashes": "1"}).status_code == 302
    assert Meeting.objects.filter(group=group).count() == 1


def test_meetings_one_after_another_do_not_collide() -> None:
    group, other = gatherings.group(), gatherings.group()
    for one in (group, other):
        gatherings.member(one, email="jana@example.org")
    first = gatherings.meeting(group, starts_at=gatherings.at(20, 9))
    after = (first.ends_at, first.ends_at + timedelta(hours=1))
    assert collisions.collisions(other, [after], "Radnice, zasedací místnost") == [[]]
    over = (first.ends_at - timedelta(minutes=1), first.ends_at + timedelta(hours=1))
    ((found,),) = collisions.collisions(other, [over], "Radnice, zasedací místnost")
    assert found.people
    assert found.room


def test_cancelled_meetings_are_in_nobody_s_way() -> None:
    group, who = gatherings.group(), make.person("coordinator")
    meeting = gatherings.meeting(group, actor=who)
    actions.meeting_cancel(meeting=meeting, reason="Nebude.", actor=who)
    assert collisions.collisions(group, [(meeting.starts_at, meeting.ends_at)], meeting.place) == [[]]


def test_form_says_what_is_wrong_at_its_fields(client: Client, group: Any, head: Any) -> None:
    sent = {"group": str(group.pk), "day": "2027-03-09", "begins": "11.00", "ends": "9.30", "way": "place", "place": ""}
    page = client.post("/sprava/jednani/nove/", sent)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"ends", "place"}


def test_saving_over_somebody_else_s_change_is_refused(client: Client, group: Any, head: Any) -> None:
    meeting = gatherings.meeting(group)
    actions.meeting_change(meeting=meeting, seen=meeting.version, actor=head, title="Mimořádné")
    sent = {
        "seen": str(meeting.version), "title": "Jiné", "day": meeting.day.isoformat(), "begins": "09:00",
        "ends": "11:00", "way": "place", "place": meeting.place, "note": "",
    }  # fmt: skip
    page = client.post(f"/sprava/jednani/{meeting.pk}/zmenit/", sent)
    assert page.status_code == 409
    assert "Mimořádné" in page.content.decode()
    assert Meeting.objects.get(pk=meeting.pk).title == "Mimořádné"


# --- agenda ----------------------------------------------------------------------------------------------------


def test_member_proposes_and_head_decides_with_a_reason(group: Any) -> None:
    head, member = gatherings.head(group).person, gatherings.member(group, account=True).person
    assert member is not None
    meeting = gatherings.meeting(group)
    first = actions.item_propose(meeting=meeting, title="Doprava k lékaři", actor=member)
    second = actions.item_propose(meeting=meeting, title="Výlet", actor=member)
    assert {first.state, second.state} == {State.PROPOSED}
    with pytest.raises(PermissionDenied):
        actions.item_approve(item=first, actor=member)
    actions.item_approve(item=first, actor=head)
    with pytest.raises(ValidationError):
        actions.item_decline(item=second, reason=" ", actor=head)
    actions.item_decline(item=second, reason="Výlety má na starosti klub.", actor=head)
    letters = {one.template: one for one in Letter.objects.filter(to=member.email)}
    assert "Doprava k lékaři" in letters["meetings/letters/item_approved"].text
    assert "Výlety má na starosti klub." in letters["meetings/letters/item_declined"].text


def test_members_propose_until_the_deadline_and_the_head_always(group: Any) -> None:
    head, member = gatherings.head(group).person, gatherings.member(group, account=True).person
    in_time, late = gatherings.meeting(group, days=3), gatherings.meeting(group, days=2)
    actions.item_propose(meeting=in_time, title="Včas", actor=member)
    with pytest.raises(ValidationError):
        actions.item_propose(meeting=late, title="Pozdě", actor=member)
    assert actions.item_propose(meeting=late, title="Hoří", actor=head).state == State.APPROVED


def test_strangers_propose_nothing(group: Any) -> None:
    meeting = gatherings.meeting(group)
    stranger = gatherings.member(gatherings.group(), account=True).person
    with pytest.raises(PermissionDenied):
        actions.item_propose(meeting=meeting, title="Cizí bod", actor=stranger)


def test_tasks_of_the_last_meeting_come_first(group: Any) -> None:
    meeting, who = gatherings.meeting(group), make.person("coordinator")
    for title in ("Jedna", "Dvě"):
        actions.item_propose(meeting=meeting, title=title, actor=who)
    actions.item_propose(meeting=meeting, title="Úkoly z minula", first=True, actor=None)
    assert list(meeting.items.values_list("title", flat=True)) == ["Úkoly z minula", "Jedna", "Dvě"]


def test_items_move_one_by_one_and_stop_at_the_ends(client: Client, group: Any, head: Any) -> None:
    meeting = gatherings.meeting(group)
    one, two, three = (actions.item_propose(meeting=meeting, title=title, actor=head) for title in "ABC")

    def order() -> str:
        return "".join(meeting.items.values_list("title", flat=True))

    address = f"/sprava/jednani/{meeting.pk}/program/poradi/"
    assert client.post(address, {"up": str(three.pk)}).status_code == 302
    assert order() == "ACB"
    client.post(address, {"up": str(one.pk)})
    assert order() == "ACB"
    client.post(address, {"down": str(one.pk)})
    assert order() == "CAB"
    actions.item_order(item=two, by=-9, actor=head)
    assert order() == "BCA"


def test_time_of_the_agenda_is_counted_against_the_meeting(client: Client, group: Any, head: Any) -> None:
    meeting = gatherings.meeting(group, hours=1)
    for minutes in (20, 25, 30):
        actions.item_propose(meeting=meeting, title=f"Bod na {minutes} minut", minutes=minutes, actor=head)
    page = client.get(f"/sprava/jednani/{meeting.pk}/")
    read = page.context["agenda"]
    assert (read.minutes, read.length, read.over) == (75, 60, 15)
    begins = [timezone.localtime(one.begins).strftime("%H:%M") for one in read.items]
    assert begins == ["09:00", "09:20", "09:45"]
    assert "O 15 min víc" in page.content.decode()


def test_item_is_tied_to_a_measure_and_a_service_by_what_people_write(client: Client, group: Any, head: Any) -> None:
    plan = plans.grown(plans.plan())
    plan.shown = True
    plan.save()
    service = make.service("Domácí pomoc")
    meeting = gatherings.meeting(group)
    item = actions.item_propose(meeting=meeting, title="O čem", actor=head)
    found = client.get("/sprava/jednani/tema/napoveda/", {"q": "1.1.1"}).json()["items"]
    measure = next(one["value"] for one in found if one["value"].startswith("1.1.1 "))
    address = f"/sprava/jednani/{meeting.pk}/program/{item.pk}/tema/"
    for text in (measure, service.name, "nic takového"):
        client.post(address, {"about": text})
    ties = list(ItemTie.objects.filter(item=item))
    assert [type(one.about).__name__ for one in ties] == ["Node", "Service"]
    actions.meeting_call(meeting=meeting, actor=head)
    public = Client().get(f"/jednani/{meeting.pk}/").content.decode()
    assert f'href="{ties[0].address}"' in public
    # What is no longer public loses its line.
    plan.shown = False
    plan.save()
    assert ties[0].words not in Client().get(f"/jednani/{meeting.pk}/").content.decode()


def test_papers_are_seen_by_those_who_may_read_them(client: Client, group: Any, head: Any) -> None:
    sort = DocumentSort.objects.create(key="podklad", name="podklad", order=1)
    public = Document.objects.create(slug="verejny", title="Veřejný podklad", sort=sort, audience="public")
    inside = Document.objects.create(slug="vnitrni", title="Vnitřní podklad", sort=sort, audience="group", group=group)
    secret = Document.objects.create(slug="tajny", title="Tajný podklad", sort=sort, audience="desk", span_kind="site")
    meeting = gatherings.meeting(group)
    item = actions.item_propose(meeting=meeting, title="O čem", actor=head)
    address = f"/sprava/jednani/{meeting.pk}/program/{item.pk}/podklad/"
    for document in (public, inside, secret):
        client.post(address, {"document": document.title})
    assert {one.document.slug for one in item.papers.all()} == {"verejny", "vnitrni"}
    desk = client.get(f"/sprava/jednani/{meeting.pk}/").content.decode()
    assert "Veřejný podklad" in desk
    assert "Vnitřní podklad" in desk
    actions.meeting_call(meeting=meeting, actor=head)
    page = Client().get(f"/jednani/{meeting.pk}/").content.decode()
    assert "Veřejný podklad" in page
    assert "Vnitřní podklad" not in page


# --- one meeting -----------------------------------------------------------------------------------------------


def test_balance_of_those_who_come_warns_gently(client: Client, group: Any, head: Any) -> None:
    provider = gatherings.member(group, side=Side.PROVIDER)
    gatherings.member(group, side=Side.USER)
    meeting = gatherings.called(group, actor=head)
    meeting.invitees.filter(membership=provider).update(answer="coming")
    page = client.get(f"/sprava/jednani/{meeting.pk}/").content.decode()
    assert "Chybí zástupce uživatelů" in page


def test_terms_missed_are_told_on_the_page_and_in_the_list(client: Client, head: Any, group: Any) -> None:
    meeting = gatherings.meeting(group, days=2)
    page = client.get(f"/sprava/jednani/{meeting.pk}/").content.decode()
    assert "Pozvánka měla podle jednacího řádu odejít nejpozději" in page
    assert "Oznámení mělo podle jednacího řádu být na webu nejpozději" in page
    assert "Pozvánka měla" in client.get("/sprava/jednani/").content.decode()


def test_member_of_another_group_learns_nothing(client: Client, group: Any) -> None:
    meeting = gatherings.called(gatherings.group(shown=False))
    client.force_login(gatherings.member(group, account=True).person)  # type: ignore[arg-type]
    for address in ("", "zmenit/", "svolat/", "zrusit/", "program/"):
        assert client.get(f"/sprava/jednani/{meeting.pk}/{address}").status_code == 404
    assert str(meeting.group) not in client.get("/sprava/jednani/").content.decode()


def test_public_pages_ask_the_same_of_two_meetings_as_of_twenty(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    group = gatherings.group()
    gatherings.member(group, side=Side.USER)
    for at in range(20):
        gatherings.meeting(group, days=10 + at, shown=True)
    meeting = gatherings.meeting(group, days=9, shown=True)
    who = make.person("coordinator")
    for at in range(12):
        actions.item_propose(meeting=meeting, title=f"Bod {at}", actor=who)
    for address in ("/jednani/", "/jednani/mesic/", f"/jednani/{meeting.pk}/", f"/skupiny/{group.slug}/jednani/"):
        with django_assert_max_num_queries(10):
            page = client.get(address)
        assert page.status_code == 200
        assert len(page.content) < 60 * 1024


def test_the_desk_says_which_meeting_is_to_be_called(client: Client, group: Any, head: Any) -> None:
    soon, far = gatherings.meeting(group, days=9, title="Brzy"), gatherings.meeting(group, days=40, title="Daleko")
    cancelled = gatherings.meeting(group, days=8, title="Zrušené")
    actions.meeting_cancel(meeting=cancelled, reason="Nebude.", actor=head)
    gatherings.meeting(gatherings.group(), days=8, title="Cizí")
    page = client.get("/sprava/").content.decode()
    assert f"/sprava/jednani/{soon.pk}/svolat/" in page
    for title in (far.title, "Zrušené", "Cizí"):
        assert title not in page
    actions.meeting_call(meeting=soon, actor=head)
    assert f"/sprava/jednani/{soon.pk}/svolat/" not in client.get("/sprava/").content.decode()


@pytest.mark.parametrize("role", ["coordinator", "region", "auditor", "municipality"])
def test_groups_led_are_those_that_may_be_led_one_by_one(role: str) -> None:
    town = make.municipality("Svornov")
    person = make.person(role)
    groups = [
        gatherings.group(),
        gatherings.group(span_kind="municipality", span_code=town.code),
        gatherings.group(span_kind="orp", span_code=town.orp_id),
    ]
    led = set(rules.led_groups(person).values_list("pk", flat=True))
    assert led == {one.pk for one in groups if group_rules.may_lead(person, one)}
