"""Who wants to join: the way of an application, letters at each step, a guest without a vote."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from portal.accounts.models import Person
from portal.groups import application_actions, reading
from portal.groups.models import Application, Group, Membership, Procedure, Side
from portal.mail.models import Letter
from tests import make

pytestmark = pytest.mark.django_db
State = Application.State
SAID = {"name": "Adam Zájemce", "email": "adam@example.org", "side": "public", "why": "Chci pomáhat."}


@pytest.fixture
def group() -> Group:
    return make.group(contact_email="planovani@example.org", procedure={"admission_days": 30})


@pytest.fixture
def coordinator() -> Person:
    return make.person("coordinator")


@pytest.fixture
def application(group: Group) -> Application:
    return application_actions.apply(group=group, **SAID)


def letters() -> list[tuple[str, str]]:
    return list(Letter.objects.order_by("pk").values_list("template", "to"))


def move(application: Application, to: str, actor: Person, answer: str = "Přijďte v úterý.") -> Application:
    return application_actions.move(application=application, to=to, answer=answer, actor=actor)


def test_both_sides_get_a_letter_with_the_deadline(application: Application) -> None:
    assert letters() == [
        ("groups/letters/application_received", "adam@example.org"),
        ("groups/letters/application_arrived", "planovani@example.org"),
    ]
    due = timezone.localdate() + timedelta(days=30)
    for letter in Letter.objects.all():
        assert f"{due.day}. {due.month}. {due.year}" in letter.text.replace("\n", " ")
    assert "Chci pomáhat." in Letter.objects.latest("pk").text


def test_the_same_e_mail_applies_once_until_it_is_settled(
    application: Application, group: Group, coordinator: Person
) -> None:
    again = application_actions.apply(group=group, **SAID | {"email": "ADAM@example.org"})
    assert again == application
    assert len(letters()) == 2
    move(application, State.DECLINED, coordinator)
    assert application_actions.apply(group=group, **SAID) != application


def test_from_a_guest_to_a_member(application: Application, coordinator: Person) -> None:
    guest = move(application, State.GUEST, coordinator).membership
    assert guest is not None
    assert (guest.role, guest.votes, guest.name) == ("guest", False, "Adam Zájemce")
    assert not Membership.objects.voting().filter(pk=guest.pk).exists()
    move(application, State.PUT, coordinator, "")
    settled = move(application, State.ACCEPTED, coordinator, "")
    member = Membership.objects.get(pk=guest.pk)
    assert settled.membership == member
    assert (member.role, member.votes, member.left_on) == ("member", True, None)
    assert settled.settled_at is not None
    assert [name.rpartition("_")[2] for name, _ in letters()[2:]] == ["guest", "put", "accepted"]
    assert all(to == "adam@example.org" for _, to in letters()[2:])


def test_a_declined_guest_leaves_with_a_kind_answer(application: Application, coordinator: Person) -> None:
    guest = move(application, State.GUEST, coordinator).membership
    assert guest is not None
    with pytest.raises(ValidationError, match="laskavých"):
        move(application, State.DECLINED, coordinator, " ")
    move(application, State.DECLINED, coordinator, "Letos jsme plní.")
    assert Membership.objects.get(pk=guest.pk).left_on == timezone.localdate()
    assert "> Letos jsme plní." in Letter.objects.latest("pk").text


@pytest.mark.parametrize("start", State)
@pytest.mark.parametrize("to", State)
def test_only_the_moves_that_there_are(group: Group, coordinator: Person, start: State, to: State) -> None:
    one = Application.objects.create(group=group, state=start, **SAID)
    if to in Application.MOVES[start]:
        assert move(one, to, coordinator).state == to
        assert Letter.objects.count() == 1
    else:
        with pytest.raises(ValidationError):
            move(one, to, coordinator)
        assert not Letter.objects.exists()
        assert Application.objects.get(pk=one.pk).state == start


def test_a_head_and_an_auditor_move_nothing(application: Application, group: Group) -> None:
    head = make.person()
    make.membership(group, head, role="head")
    for somebody in (head, make.person("auditor")):
        with pytest.raises(PermissionDenied):
            move(application, State.GUEST, somebody)


def test_the_queue_begins_with_the_nearest_deadline(coordinator: Person) -> None:
    slow, quick = make.group(procedure={"admission_days": 90}), make.group(procedure={"admission_days": 5})
    for one in (slow, quick):
        Application.objects.create(group=one, **SAID)
    late = Application.objects.create(group=quick, said_at=timezone.now() - timedelta(days=9), **SAID)
    held = reading.waiting(Group.objects.all())
    assert [one.application.group for one in held] == [quick, quick, slow]
    assert held[0].application == late
    assert held[0].is_late
    assert held[1].is_soon
    assert not held[2].is_soon


# --- the page ----------------------------------------------------------------------------------------------------


def address(group: Group) -> str:
    return f"/skupiny/{group.slug}/pridat-se/"


def test_the_form_sends_an_application(client: Client, group: Group) -> None:
    answer = client.post(address(group), SAID)
    assert answer.status_code == 200
    assert "přihlášku máme" in answer.content.decode()
    assert Application.objects.get().side == Side.PUBLIC


def test_what_is_wrong_is_said_at_the_fields(client: Client, group: Group) -> None:
    answer = client.post(address(group), {"name": "", "email": "adam", "side": "nikdo"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"name", "email", "side"}
    assert not Application.objects.exists()


def test_machines_that_fill_in_everything_write_nothing(client: Client, group: Group) -> None:
    assert client.post(address(group), SAID | {"website": "x"}).status_code == 200
    assert not Application.objects.exists()
    assert not Letter.objects.exists()


@pytest.mark.parametrize("how", [{"accepts": False}, {"shown": False}, {"closed_on": "2026-01-01"}])
def test_a_group_that_takes_nobody_has_no_form(client: Client, how: dict[str, Any]) -> None:
    group = make.group(**how)
    assert client.get(address(group)).status_code == 404
    assert client.post(address(group), SAID).status_code == 404
    assert not Application.objects.exists()


def test_too_many_from_one_place_are_asked_to_wait(client: Client, group: Group) -> None:
    def post(n: int) -> int:
        answer = client.post(address(group), SAID | {"email": f"a{n}@example.org"}, REMOTE_ADDR="192.0.2.77")
        return answer.status_code

    assert [post(n) for n in range(5)] == [200] * 5
    assert post(5) == 429
    assert Application.objects.count() == 5


def test_settled_applications_are_forgotten_and_the_member_stays(application: Application, coordinator: Person) -> None:
    member = move(application, State.ACCEPTED, coordinator).membership
    assert application_actions.forget_applications(365) == 0
    Application.objects.update(settled_at=timezone.now() - timedelta(days=366))
    assert application_actions.forget_applications(365) == 1
    assert member is not None
    assert Membership.objects.filter(pk=member.pk).exists()


def test_days_of_the_rules_count_from_the_application(application: Application, group: Group) -> None:
    Procedure.objects.filter(group=group).update(admission_days=14)
    fresh = Application.objects.select_related("group__procedure").get(pk=application.pk)
    assert reading.waits(fresh).days == 14
