"""Where the register and the provider differ: what is a conflict, who learns of it, how it ends."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.models import Grant, Person
from portal.audit.models import Deed
from portal.catalogue.models import Contact, Service, Source
from portal.freshness import conflict_actions, daily
from portal.freshness.conflicts import differences, same_contact
from portal.freshness.models import Conflict, Dispute
from portal.mail.models import Letter
from portal.register.models import ImportRun
from tests import make

pytestmark = pytest.mark.django_db


def both(channel: str, register: str, ours: str, **more: Any) -> Service:
    service = make.service("Pečovatelka", **more)
    make.contact(service, register, channel, source=Source.NATIONAL)
    make.contact(service, ours, channel)
    return service


def editor(service: Service) -> Person:
    person = make.person()
    Grant.objects.create(
        person=person,
        role=Grant.Role.PROVIDER_EDITOR,
        range_kind=Grant.Range.PROVIDER,
        range_code=str(service.provider_id),
    )
    return person


def topics() -> set[str]:
    return {one.topic for one in differences()}


# --- what is a conflict ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channel", "register", "ours", "differs"),
    [
        ("phone", "493000111", "+420 493 000 111", False),
        ("phone", "493000111", "493000222", True),
        ("email", "Pece@example.org", "pece@example.org", False),
        ("email", "pece@example.org", "nova@example.org", True),
        ("web", "https://www.pece.example/", "pece.example", False),
        ("web", "https://pece.example", "https://jina.example", True),
    ],
)
def test_contacts_differ_when_they_are_not_two_ways_of_writing_one(
    channel: str, register: str, ours: str, differs: bool
) -> None:
    both(channel, register, ours)
    assert (topics() == {channel}) == differs


def test_a_second_number_beside_the_registers_own_is_no_conflict() -> None:
    service = both(Contact.Channel.PHONE, "493000111", "493000222")
    make.contact(service, "493 000 111")
    assert topics() == set()


def test_a_contact_only_one_side_has_is_no_conflict() -> None:
    make.contact(make.service(), "493000111", source=Source.NATIONAL)
    make.contact(make.service(), "493000222")
    both(Contact.Channel.PHONE, "493000111", "493000222", source=Source.LOCAL)
    assert topics() == set()


def test_another_address_in_the_same_municipality_is_a_conflict_elsewhere_it_is_another_place() -> None:
    town, other = make.municipality("Svornov"), make.municipality("Lhota")
    service = make.service()
    make.facility(service, town, street="Dlouhá 1", source=Source.NATIONAL)
    make.facility(service, other, street="Krátká 5")
    assert topics() == set()
    make.facility(service, town, street="dlouha 1")
    assert topics() == set()
    make.facility(service, town, street="Nová 7")
    found = next(differences())
    assert (found.topic, found.register, found.local) == ("place", "Dlouhá 1, Svornov", "Nová 7, Svornov")


def test_a_secret_place_is_never_compared() -> None:
    service = make.service()
    make.facility(service, make.municipality("Svornov"), street="Dlouhá 1", source=Source.NATIONAL)
    make.secret_facility(service)
    assert list(differences()) == []


def test_a_service_that_never_closes_and_has_hours_is_a_conflict() -> None:
    service = make.service()
    make.service_form(service, "amb", nonstop=True)
    make.hours(make.facility(service), 1, "8.00", "12.00")
    assert topics() == {"hours"}


@pytest.mark.parametrize(("ended", "verified", "differs"), [(10, 5, True), (10, 10, False), (5, 10, False)])
def test_a_service_confirmed_after_its_end_is_a_conflict(ended: int, verified: int, differs: bool) -> None:
    today = timezone.localdate()
    make.service(ended_on=today - timedelta(days=ended), verified_on=today - timedelta(days=verified))
    assert (topics() == {"ended"}) == differs


@given(st.sampled_from(["phone", "email", "web"]), st.text(max_size=40))
def test_writing_a_contact_twice_is_one_contact(channel: str, value: str) -> None:
    assert same_contact(channel, same_contact(channel, value)) == same_contact(channel, value)


# --- kept and told -----------------------------------------------------------------------------------------------


def test_the_second_comparison_without_a_change_opens_nothing() -> None:
    both(Contact.Channel.PHONE, "493000111", "493000222")
    assert conflict_actions.compare() == 1
    assert conflict_actions.compare() == 0
    assert Conflict.objects.count() == 1


def test_a_conflict_that_is_gone_closes_itself_and_a_new_value_opens_another() -> None:
    service = both(Contact.Channel.PHONE, "493000111", "493000222")
    conflict_actions.compare()
    service.contacts.filter(source=Source.NATIONAL).update(value="493 000 222")
    conflict_actions.compare()
    assert Conflict.objects.get().state == Conflict.State.GONE
    service.contacts.filter(source=Source.NATIONAL).update(value="493000999")
    assert conflict_actions.compare() == 1
    assert set(Conflict.objects.values_list("state", flat=True)) == {"gone", "open"}


def test_what_was_decided_stays_decided_while_the_difference_lasts() -> None:
    both(Contact.Channel.PHONE, "493000111", "493000222")
    conflict_actions.compare()
    conflict_actions.conflict_settle(
        conflict=Conflict.objects.get(), outcome="both", reason="Dvě linky.", actor=make.person("coordinator")
    )
    assert conflict_actions.compare() == 0
    assert Conflict.objects.get().state == Conflict.State.SETTLED


def test_an_import_is_noticed_once_and_the_provider_gets_one_letter() -> None:
    service = both(Contact.Channel.PHONE, "493000111", "493000222")
    make.contact(service, "https://a.example", Contact.Channel.WEB, source=Source.NATIONAL)
    make.contact(service, "https://b.example", Contact.Channel.WEB)
    person = editor(service)
    daily.look()
    assert not Conflict.objects.exists()
    ImportRun.objects.create(file_name="r.json", state=ImportRun.State.DONE, applied_at=timezone.now())
    daily.look()
    daily.look()
    letter = Letter.objects.get()
    assert letter.to == person.email
    assert "493000111" in letter.text
    assert "b.example" in letter.text
    assert Conflict.objects.count() == 2


def test_a_provider_without_an_account_is_told_by_its_public_address() -> None:
    service = both(Contact.Channel.PHONE, "493000111", "493000222")
    make.contact(service, "pece@example.org", Contact.Channel.EMAIL)
    conflict_actions.compare()
    conflict_actions.tell_providers()
    conflict_actions.tell_providers()
    assert Letter.objects.get().to == "pece@example.org"


# --- deciding ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "words"),
    [("provider", "do 15 dnů"), ("register", "Pravdu má registr"), ("both", "Platí obojí")],
)
def test_deciding_needs_a_reason_and_tells_the_provider(outcome: str, words: str) -> None:
    service = both(Contact.Channel.PHONE, "493000111", "493000222")
    editor(service)
    conflict_actions.compare()
    conflict, actor = Conflict.objects.get(), make.person("coordinator")
    with pytest.raises(ValidationError):
        conflict_actions.conflict_settle(conflict=conflict, outcome=outcome, reason=" ", actor=actor)
    conflict_actions.conflict_settle(conflict=conflict, outcome=outcome, reason="Volali jsme tam.", actor=actor)
    text = " ".join(Letter.objects.get().text.split())
    assert words in text
    assert "Volali jsme tam." in text
    assert Deed.objects.get().verb == "conflict_settled"


def test_only_staff_over_the_service_decide() -> None:
    service = both(Contact.Channel.PHONE, "493000111", "493000222")
    conflict_actions.compare()
    for actor in (make.person("auditor"), editor(service), make.person()):
        with pytest.raises(PermissionDenied):
            conflict_actions.conflict_settle(
                conflict=Conflict.objects.get(), outcome="both", reason="Proto.", actor=actor
            )


def test_a_decision_through_the_page_and_back(client: Client) -> None:
    both(Contact.Channel.PHONE, "493000111", "493000222")
    conflict_actions.compare()
    conflict = Conflict.objects.get()
    client.force_login(make.person("coordinator"))
    listed = client.get("/sprava/rozpory/").content.decode()
    assert "493000111" in listed
    assert "493000222" in listed
    address = f"/sprava/rozpory/{conflict.pk}/"
    assert client.post(address, {"outcome": "both", "reason": ""}).status_code == 422
    assert client.post(address, {"outcome": "both", "reason": "Dvě linky."}).status_code == 302
    assert "Dvě linky." in client.get(address).content.decode()
    assert "platí obojí" in client.get("/sprava/rozpory/?stav=rozhodnute").content.decode()
    client.post(f"{address}znovu/")
    conflict.refresh_from_db()
    assert conflict.state == Conflict.State.OPEN


def test_of_two_who_decide_at_once_the_second_reads_the_first_and_nobody_gets_two_letters(client: Client) -> None:
    both(Contact.Channel.PHONE, "493000111", "493000222")
    conflict_actions.compare()
    conflict = Conflict.objects.get()
    client.force_login(make.person("coordinator"))
    address = f"/sprava/rozpory/{conflict.pk}/"
    assert client.post(address, {"outcome": "both", "reason": "Dvě linky.", "seen": ""}).status_code == 302
    letters = Letter.objects.count()
    late = client.post(address, {"outcome": "register", "reason": "Volal jsem tam.", "seen": ""})
    assert late.status_code == 409
    assert "Dvě linky." in late.content.decode()
    assert "Volal jsem tam." in late.content.decode()
    conflict.refresh_from_db()
    assert conflict.outcome == "both"
    assert Letter.objects.count() == letters


# --- disputes ----------------------------------------------------------------------------------------------------


def test_a_disputed_name_is_a_conflict_until_the_register_says_it_right(client: Client) -> None:
    service = make.service("Pecovatelka Stará")
    client.force_login(editor(service))
    address = f"/moje/registr/{service.pk}/"
    assert client.post(address, {"field": "name", "right_value": ""}).status_code == 422
    answer = client.post(address, {"field": "name", "right_value": "Pečovatelka Nová", "note": "Přejmenováno."})
    assert answer.status_code == 302
    conflict = Conflict.objects.get()
    assert (conflict.topic, conflict.register_value, conflict.local_value) == (
        "said_name",
        "Pecovatelka Stará",
        "Pečovatelka Nová",
    )
    assert "Pečovatelka Nová" in client.get("/moje/rozpory/").content.decode()
    conflict_actions.tell_providers()
    assert not Letter.objects.exists()
    Service.objects.filter(pk=service.pk).update(name="Pečovatelka nová")
    conflict_actions.compare()
    conflict.refresh_from_db()
    assert conflict.state == Conflict.State.GONE


@pytest.mark.parametrize("field", [one.value for one in Dispute.Field])
def test_every_field_can_be_disputed_and_the_dispute_withdrawn(client: Client, field: str) -> None:
    service = make.service(at=make.municipality(), forms=["amb"], target_groups=["seniori"], phone="493000111")
    person = editor(service)
    client.force_login(person)
    conflict_actions.dispute(service=service, field=field, right_value="Jinak", note="", actor=person)
    assert Conflict.objects.get().state == Conflict.State.OPEN
    client.post(f"/moje/vyhrady/{Dispute.objects.get().pk}/zpet/")
    assert Conflict.objects.get().state == Conflict.State.GONE


def test_a_stranger_can_neither_dispute_nor_withdraw(client: Client) -> None:
    service, mine = make.service(), make.service()
    said = Dispute.objects.create(service=service, field="name", right_value="X", said_by="Y")
    client.force_login(editor(mine))
    assert client.post(f"/moje/registr/{service.pk}/", {"field": "name", "right_value": "Z"}).status_code == 404
    assert client.post(f"/moje/vyhrady/{said.pk}/zpet/").status_code == 404
    assert Dispute.objects.get().withdrawn_at is None
    with pytest.raises(PermissionDenied):
        conflict_actions.dispute(service=service, field="name", right_value="Z", note="", actor=make.person())


# --- size --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [2, 20])
def test_queries_do_not_grow(client: Client, django_assert_max_num_queries: Any, times: int) -> None:
    for number in range(times):
        service = both(Contact.Channel.PHONE, "493000111", f"493000{number + 200}")
        facility = make.facility(service, make.municipality(), street="Stará 1", source=Source.NATIONAL)
        make.facility(service, facility.municipality, street="Nová 2")
    with django_assert_max_num_queries(12):
        conflict_actions.compare()
    assert Conflict.objects.count() == 2 * times
    client.force_login(make.person("coordinator"))
    client.get("/sprava/rozpory/")
    with django_assert_max_num_queries(10):
        client.get("/sprava/rozpory/")
