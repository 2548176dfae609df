"""Tasks and decisions across all meetings: lists, closing, reminders, the first item of the next agenda."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.groups.models import Membership
from portal.mail.models import Letter
from portal.meetings.models import AgendaItem
from portal.minutes import actions, chain_actions, clock, register_actions
from portal.minutes.models import Decision, Task
from tests import make
from tests.meetings import gatherings
from tests.minutes import written
from tests.minutes.written import Written

pytestmark = pytest.mark.django_db


def task_of(made: Written) -> Task:
    return Task.objects.select_related("membership", "group", "minutes__meeting__group").get(
        minutes=made.minutes, what="obvolat obce"
    )


# --- lists ---------------------------------------------------------------------------------------------------------


def test_tasks_are_known_once_the_minutes_have_gone_out(client: Client) -> None:
    made = written.begun()
    client.force_login(made.head)
    assert "obvolat obce" not in client.get("/sprava/ukoly/").content.decode()
    chain_actions.send(minutes=made.minutes, actor=made.head)
    assert "obvolat obce" in client.get("/sprava/ukoly/").content.decode()


def test_the_list_is_narrowed_and_shows_only_ones_own_bodies(client: Client) -> None:
    made, other = written.sent(), written.sent()
    Task.objects.filter(minutes=made.minutes, what="obvolat obce").update(until=timezone.localdate() - timedelta(1))
    Task.objects.filter(minutes=other.minutes).update(what="cizí úkol")
    client.force_login(made.head)

    def listed(query: str) -> set[str]:
        page = client.get(f"/sprava/ukoly/?{query}")
        assert page.status_code == 200
        return {one.what for one in page.context["page"]}

    assert listed("") == {"obvolat obce", "přinést zkušenosti z klubu"}
    assert listed("stav=po-terminu") == {"obvolat obce"}
    assert listed("stav=splnene") == set()
    assert listed("q=klubu&stav=vse&razeni=novejsi") == {"přinést zkušenosti z klubu"}
    assert listed("moje=on") == set()
    assert listed(f"skupina={other.group.pk}&stav=nesmysl") == {"obvolat obce", "přinést zkušenosti z klubu"}
    assert client.get(f"/sprava/ukoly/{Task.objects.filter(minutes=other.minutes)[0].pk}/").status_code == 404


def test_the_list_asks_the_same_few_questions_whatever_there_is(client: Client) -> None:
    made = written.sent()
    client.force_login(made.head)

    def asked() -> int:
        client.get("/sprava/ukoly/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/sprava/ukoly/")
        return len(queries)

    few = asked()
    Task.objects.bulk_create(Task(group=made.group, minutes=made.minutes, what=f"Úkol {n}") for n in range(30))
    assert asked() == few


def test_who_has_a_task_sees_it_among_their_own(client: Client) -> None:
    made = written.sent()
    person = make.person()
    made.members["novak"].person = person
    made.members["novak"].save()
    client.force_login(person)
    assert "obvolat obce" in client.get("/moje/ukoly/").content.decode()
    address = f"/sprava/ukoly/{task_of(made).pk}/stav/"
    assert client.post(address, {"state": "done", "evidence": ""}).status_code == 422
    assert client.post(address, {"state": "done", "evidence": "Obvoláno, zápis u koordinátorky."}).status_code == 302
    assert task_of(made).state == Task.State.DONE
    assert client.post(address, {"state": "open", "evidence": ""}).status_code in {403, 404}


def test_decisions_are_found_by_number_and_words(client: Client) -> None:
    made = written.sent()
    client.force_login(made.head)
    year = made.meeting.day.year
    for query, found in ((f"2/{year}", 1), ("dopis radě", 1), ("nic takového", 0), ("1/1999", 0)):
        assert len(client.get("/sprava/usneseni/", {"q": query}).context["page"].object_list) == found, query


# --- closing -------------------------------------------------------------------------------------------------------


def test_a_task_is_closed_with_what_shows_it_and_can_be_opened_again() -> None:
    made = written.sent()
    task = task_of(made)
    with pytest.raises(ValidationError):
        register_actions.task_close(task=task, state="done", evidence=" ", actor=made.head)
    register_actions.task_close(task=task, state="done", evidence="Hotovo", actor=made.head)
    with pytest.raises(ValidationError, match="uzavřený"):
        register_actions.task_close(task=task, state="cancelled", evidence="x", actor=made.head)
    again = register_actions.task_close(task=task, state="open", evidence="", actor=made.head)
    assert (again.state, again.closed_at, again.evidence) == (Task.State.OPEN, None, "Hotovo")
    with pytest.raises(PermissionDenied):
        register_actions.task_close(task=task, state="done", evidence="x", actor=make.person())


def test_two_people_do_not_overwrite_each_other(client: Client) -> None:
    made = written.sent()
    task = task_of(made)
    client.force_login(made.head)
    said = {"what": "obvolat všechny obce", "who": "Novák", "membership": "", "until": "", "seen": task.version}
    assert client.post(f"/sprava/ukoly/{task.pk}/", said).status_code == 302
    assert client.post(f"/sprava/ukoly/{task.pk}/", said | {"what": "jinak"}).status_code == 409
    assert Task.objects.get(pk=task.pk).what == "obvolat všechny obce"


def test_a_withdrawn_decision_keeps_its_number_and_says_why() -> None:
    made = written.sent()
    decision = Decision.objects.get(minutes=made.minutes, number=1)
    with pytest.raises(ValidationError):
        register_actions.decision_withdraw(decision=decision, reason=" ", actor=made.head)
    register_actions.decision_withdraw(decision=decision, reason="Nahrazeno usnesením 5.", actor=made.head)
    decision.refresh_from_db()
    assert (decision.number, decision.withdrawn_reason) == (1, "Nahrazeno usnesením 5.")


# --- the clock -----------------------------------------------------------------------------------------------------


def test_reminders_go_once_before_the_day_and_once_after(client: Client) -> None:
    made = written.sent()
    task = task_of(made)
    today = timezone.localdate()
    Task.objects.filter(pk=task.pk).update(until=today + timedelta(days=10))
    assert clock.remind() == 0
    Task.objects.filter(pk=task.pk).update(until=today + timedelta(days=2))
    assert (clock.remind(), clock.remind()) == (1, 0)
    Task.objects.filter(pk=task.pk).update(until=today - timedelta(days=1))
    assert (clock.remind(), clock.remind()) == (1, 0)
    letter = Letter.objects.get(template="minutes/letters/task_late")
    assert letter.to == made.members["novak"].email
    found = re.search(r"https?://[^/]+(/ukol/[^\s/]+/)", letter.text)
    assert found
    assert client.get(found[1]).status_code == 200
    assert Task.objects.get(pk=task.pk).state == Task.State.OPEN
    assert client.post(found[1], {"evidence": ""}).status_code == 422
    assert client.post(found[1], {"evidence": "Obvoláno."}).status_code == 302
    assert Task.objects.get(pk=task.pk).state == Task.State.DONE
    assert client.post(found[1], {"evidence": "Ještě jednou."}).status_code == 422
    # Given to somebody else, the link of the letter opens nothing.
    Task.objects.filter(pk=task.pk).update(membership=made.members["head"])
    assert client.get(found[1]).status_code == 404


def test_a_task_of_somebody_with_an_account_alone_reminds_them_too() -> None:
    made = written.sent()
    task = task_of(made)
    account = make.person("member", email="novak.doma@example.org")
    Membership.objects.filter(pk=made.members["novak"].pk).update(email="", person=account)
    Task.objects.filter(pk=task.pk).update(until=timezone.localdate())
    assert clock.remind() == 1
    assert Letter.objects.get(template="minutes/letters/task_remind").to == account.email


def test_tasks_of_a_draft_remind_nobody() -> None:
    made = written.begun()
    Task.objects.filter(minutes=made.minutes).update(until=timezone.localdate())
    assert clock.remind() == 0


def test_open_tasks_come_first_at_the_next_meeting_and_are_written_into_its_minutes() -> None:
    made = written.begun()
    coming = gatherings.meeting(made.group, days=20)
    AgendaItem.objects.create(meeting=coming, title="Rozpočet", order=1)
    chain_actions.send(minutes=made.minutes, actor=made.head)
    first, second = AgendaItem.objects.filter(meeting=coming)
    assert (first.title, first.state, second.title) == (register_actions.CHECK, "approved", "Rozpočet")
    assert clock.carry() == 0
    assert set(Task.objects.filter(minutes=made.minutes).values_list("carried", flat=True)) == {1}
    later = gatherings.meeting(made.group, days=10)
    assert clock.carry() == 1
    minutes = actions.begin(meeting=later, actor=made.head)
    assert "obvolat obce" in minutes.sections.get().text


def test_a_body_without_open_tasks_has_no_such_item() -> None:
    made = written.begun()
    coming = gatherings.meeting(made.group, days=20)
    Task.objects.filter(minutes=made.minutes).update(state=Task.State.DONE)
    chain_actions.send(minutes=made.minutes, actor=made.head)
    assert AgendaItem.objects.filter(meeting=coming).count() == 0
