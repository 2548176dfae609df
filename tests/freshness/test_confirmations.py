"""Asking providers whether their cards hold: who gets which letter when, and what the link can do."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from portal.accounts.models import Grant, Person
from portal.audit.models import Deed
from portal.catalogue import actions as catalogue
from portal.catalogue import drafts
from portal.catalogue.models import Contact, Provider, Report, Service, Vacancy
from portal.freshness import actions
from portal.freshness.models import AskedService, ConfirmationLetter, ConfirmationRound, Limit
from portal.mail.models import Letter
from portal.upkeep.models import Proposal
from tests import make

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: TODAY)


def after(days: int) -> date:
    return TODAY + timedelta(days=days)


def editor(provider: Provider, **more: Any) -> Person:
    person = make.person(**more)
    Grant.objects.create(
        person=person,
        role=Grant.Role.PROVIDER_EDITOR,
        range_kind=Grant.Range.PROVIDER,
        range_code=str(provider.pk),
    )
    return person


def with_email(name: str = "Pečovatelka", email: str = "pece@example.org", **more: Any) -> Service:
    service = make.service(name, **more)
    make.contact(service, email, Contact.Channel.EMAIL)
    return service


def token(letter: Letter | None = None) -> str:
    """The token of the link in a letter, the newest unless told otherwise."""
    letter = letter or Letter.objects.latest("pk")
    found = re.search(r"/potvrzeni/([\w-]+)/", letter.text)
    assert found
    return found[1]


def walk(*days: int) -> None:
    for day in days:
        actions.ask(today=after(day))


# --- who is asked and when ---------------------------------------------------------------------------------------


def test_a_card_is_asked_about_after_three_months_and_not_before() -> None:
    service = with_email(verified_on=after(-89))
    walk(0)
    assert not Letter.objects.exists()
    walk(1)
    letter = Letter.objects.get()
    assert letter.to == "pece@example.org"
    assert "Pečovatelka" in letter.text
    assert "pece@example.org" in letter.text
    assert AskedService.objects.get().service == service


def test_a_limit_of_zero_asks_nobody() -> None:
    Limit.objects.create(key="ask_every", days=0)
    with_email()
    walk(0)
    assert not Letter.objects.exists()


def test_the_second_walk_of_a_day_writes_nothing() -> None:
    with_email()
    walk(0, 0, 14, 14, 28, 28, 35, 35, 49, 49)
    assert Letter.objects.count() == 3
    assert Deed.objects.filter(verb="service_unconfirmed").count() == 1


def test_letters_grow_more_urgent_then_the_coordinator_then_the_public() -> None:
    service = with_email(verified_on=after(-100))
    walk(*range(0, 35))
    subjects = list(Letter.objects.order_by("pk").values_list("subject", flat=True))
    assert len(set(subjects)) == len(subjects) == 3
    assert ConfirmationRound.objects.get().coordinator_told_on is None
    walk(35)
    assert ConfirmationRound.objects.get().coordinator_told_on == after(35)
    walk(*range(36, 49))
    service.refresh_from_db()
    assert service.unconfirmed_since is None
    walk(49)
    service.refresh_from_db()
    assert service.unconfirmed_since == after(-100)
    assert Letter.objects.count() == 3


def test_the_public_card_says_that_the_provider_is_silent_until_somebody_confirms(client: Client) -> None:
    service = with_email(verified_on=after(-100))
    card = f"/sluzby/{service.slug}/"
    walk(0, 48)
    assert "nepotvrdil" not in client.get(card).content.decode()
    walk(49)
    assert "Poskytovatel údaje nepotvrdil" in client.get(card).content.decode()
    assert "od 14. 8. 2026" in " ".join(client.get(card).content.decode().split())
    Service.objects.filter(pk=service.pk).update(verified_on=after(50))
    assert "nepotvrdil" not in client.get(card).content.decode()
    walk(50)
    service.refresh_from_db()
    assert service.unconfirmed_since is None


def test_a_walk_after_a_pause_sends_one_letter_not_all_that_were_missed() -> None:
    with_email()
    walk(0, 30)
    assert Letter.objects.count() == 2
    assert ConfirmationLetter.objects.latest("pk").step == 2


def test_a_round_that_nobody_answered_begins_anew() -> None:
    with_email()
    walk(0, 89)
    assert ConfirmationRound.objects.count() == 1
    walk(90, 91)
    assert list(ConfirmationRound.objects.values_list("started_on", "closed_on")) == [
        (TODAY, after(90)),
        (after(90), None),
    ]


def test_thirty_services_of_a_provider_are_one_letter() -> None:
    provider = make.provider()
    make.contact(provider, "kancelar@example.org", Contact.Channel.EMAIL)
    names = [make.service(provider=provider).name for _ in range(30)]
    walk(0)
    letter = Letter.objects.get()
    assert all(name in letter.text for name in names)


def test_people_with_accounts_get_the_letter_instead_of_the_public_address() -> None:
    service = with_email()
    first, second = editor(service.provider), editor(service.provider)
    editor(service.provider, is_active=False)
    editor(make.provider())
    walk(0)
    assert set(Letter.objects.values_list("to", flat=True)) == {first.email, second.email}


def test_each_service_is_told_to_its_own_address() -> None:
    provider = make.provider()
    make.contact(provider, "sidlo@example.org", Contact.Channel.EMAIL)
    with_email("Azyl", "azyl@example.org", provider=provider)
    make.service("Poradna", provider=provider)
    walk(0)
    letters = {one.to: one.text for one in Letter.objects.all()}
    assert set(letters) == {"azyl@example.org", "sidlo@example.org"}
    assert "Poradna" not in letters["azyl@example.org"]
    assert "Azyl" not in letters["sidlo@example.org"]


def test_where_there_is_nobody_to_write_to_the_coordinator_learns_at_once() -> None:
    make.service()
    walk(0)
    assert not Letter.objects.exists()
    assert ConfirmationRound.objects.get().coordinator_told_on == TODAY


def test_so_many_providers_a_day_the_longest_unconfirmed_first() -> None:
    Limit.objects.create(key="providers_a_day", days=2)
    for days, email in ((100, "c@example.org"), (400, "a@example.org"), (300, "b@example.org")):
        with_email(email=email, verified_on=after(-days))
    walk(0)
    assert set(Letter.objects.values_list("to", flat=True)) == {"a@example.org", "b@example.org"}
    walk(1)
    assert Letter.objects.count() == 3


def test_hidden_and_ended_services_are_not_asked_about() -> None:
    with_email(published=False)
    with_email(ended_on=after(-1))
    walk(0)
    assert not ConfirmationRound.objects.exists()


def test_a_card_verified_elsewhere_stops_the_reminders() -> None:
    service = with_email()
    walk(0)
    Service.objects.filter(pk=service.pk).update(verified_on=after(3))
    walk(14)
    assert Letter.objects.count() == 1
    assert AskedService.objects.get().outcome == "verified"
    assert ConfirmationRound.objects.get().closed_on == after(14)


# --- free places -------------------------------------------------------------------------------------------------


def test_free_places_age_faster_than_the_rest() -> None:
    service = with_email(verified_on=TODAY)
    Vacancy.objects.create(service=service, amount=2, said_on=TODAY)
    walk(14)
    assert not Letter.objects.exists()
    walk(15, 15, 16)
    letter = Letter.objects.get()
    assert "volná místa" in letter.subject
    actions.confirm(letter=ConfirmationLetter.objects.get(), services=[service.pk], today=after(16))
    assert Vacancy.objects.get().said_on == after(16)


# --- the link ----------------------------------------------------------------------------------------------------


def test_looking_changes_nothing_and_one_button_confirms(client: Client) -> None:
    service = with_email()
    walk(0)
    address = f"/potvrzeni/{token()}/"
    page = client.get(address)
    assert page.status_code == 200
    assert "Pečovatelka" in page.content.decode()
    assert Service.objects.get().verified_on is None
    assert client.post(address, {"sluzba": [service.pk]}).status_code == 200
    service.refresh_from_db()
    assert (service.verified_on, service.verified_by) == (TODAY, "poskytovatel")
    assert ConfirmationRound.objects.get().closed_on == TODAY
    deed = Deed.objects.get()
    assert (deed.verb, deed.after["verified_on"]) == ("service_verified", "2026-11-22")


def test_confirming_twice_is_confirming_once(client: Client) -> None:
    service = with_email()
    walk(0)
    for _ in range(2):
        assert client.post(f"/potvrzeni/{token()}/", {"sluzba": [service.pk]}).status_code == 200
    assert Deed.objects.count() == 1


def test_only_the_chosen_services_are_confirmed(client: Client) -> None:
    provider = make.provider()
    make.contact(provider, "kancelar@example.org", Contact.Channel.EMAIL)
    first, second = make.service(provider=provider), make.service(provider=provider)
    walk(0)
    answer = client.post(f"/potvrzeni/{token()}/", {"sluzba": [first.pk]})
    assert second.name in answer.content.decode()
    assert list(Service.objects.filter(verified_on=TODAY)) == [first]
    assert ConfirmationRound.objects.get().closed_on is None


def test_a_link_confirms_no_service_of_somebody_else(client: Client) -> None:
    service, foreign = with_email(), make.service()
    walk(0)
    mine = token(Letter.objects.get(to="pece@example.org"))
    assert client.post(f"/potvrzeni/{mine}/", {"sluzba": [foreign.pk]}).status_code == 422
    assert client.get(f"/potvrzeni/{mine}/zmena/{foreign.pk}/").status_code == 404
    assert not Service.objects.filter(verified_on=TODAY).exists()
    assert client.post(f"/potvrzeni/{mine}/", {"sluzba": ["x", "9" * 30, ""]}).status_code == 422
    assert client.post(f"/potvrzeni/{mine}/", {"sluzba": [service.pk]}).status_code == 200


def test_an_expired_link_says_so_and_a_made_up_one_does_not_exist(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = with_email()
    walk(0)
    address = f"/potvrzeni/{token()}/"
    assert client.get("/potvrzeni/vymyslene/").status_code == 404
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: after(61))
    assert client.get(address).status_code == 410
    assert client.post(address, {"sluzba": [service.pk]}).status_code == 410
    assert client.get(f"{address}zmena/{service.pk}/").status_code == 410
    with pytest.raises(ValidationError):
        actions.confirm(letter=ConfirmationLetter.objects.get(), services=[service.pk], today=after(61))


def test_the_link_dies_with_the_role(client: Client) -> None:
    service = with_email()
    person = editor(service.provider)
    walk(0)
    address = f"/potvrzeni/{token()}/"
    assert client.get(address).status_code == 200
    person.grants.all().delete()
    assert client.get(address).status_code == 404


def test_the_database_keeps_only_the_hash_of_the_token() -> None:
    with_email()
    walk(0)
    kept = ConfirmationLetter.objects.values().get()
    assert token() not in str(kept)


# --- something changed -------------------------------------------------------------------------------------------


def test_a_change_without_an_account_is_a_report_and_ends_the_asking(client: Client) -> None:
    service = with_email()
    walk(0)
    address = f"/potvrzeni/{token()}/zmena/{service.pk}/"
    assert client.post(address, {"text": ""}).status_code == 422
    assert client.post(address, {"text": "Máme nový telefon."}).status_code == 200
    report = Report.objects.get()
    assert (report.origin, report.text, report.email) == ("provider", "Máme nový telefon.", "pece@example.org")
    assert AskedService.objects.get().outcome == "change"
    walk(1, 14, 28)
    assert Letter.objects.count() == 1


def test_whoever_has_an_account_goes_to_the_form_of_the_card(client: Client) -> None:
    service = with_email()
    editor(service.provider)
    walk(0)
    answer = client.get(f"/potvrzeni/{token()}/zmena/{service.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/moje/sluzby/{service.pk}/")


def test_saving_the_form_confirms_the_card_as_the_button_does() -> None:
    service = with_email()
    person = editor(service.provider)
    actions.take_edits()
    walk(0)
    draft = drafts.read(service)
    catalogue.service_write(service=service, draft=replace(draft, waiting="týden"), names=["waiting"], actor=person)
    assert actions.take_edits() == 1
    assert actions.take_edits() == 0
    service.refresh_from_db()
    assert (service.verified_on, service.verified_by) == (TODAY, "poskytovatel")
    assert AskedService.objects.get().outcome == "verified"
    walk(14)
    assert Letter.objects.count() == 1


def test_staff_who_mend_a_word_do_not_confirm_for_the_provider() -> None:
    service = with_email()
    actions.take_edits()
    draft = drafts.read(service)
    desk = make.person("coordinator")
    catalogue.service_write(service=service, draft=replace(draft, waiting="týden"), names=["waiting"], actor=desk)
    assert actions.take_edits() == 0


def test_a_proposal_that_waits_stops_the_asking_and_its_approval_confirms() -> None:
    service = with_email()
    actions.take_edits()
    walk(0)
    proposal = Proposal.objects.create(provider=service.provider, service=service, fields=["waiting"])
    walk(14, 28)
    assert Letter.objects.count() == 1
    Proposal.objects.filter(pk=proposal.pk).update(state=Proposal.State.APPROVED, decided_at=timezone.now())
    assert actions.take_edits() == 1
    service.refresh_from_db()
    assert service.verified_on == TODAY


# --- signed in ---------------------------------------------------------------------------------------------------


def test_signed_in_people_confirm_their_own_cards_only(client: Client) -> None:
    service, foreign = with_email(), make.service()
    client.force_login(editor(service.provider))
    page = client.get("/moje/potvrzeni/").content.decode()
    assert service.name in page
    assert foreign.name not in page
    assert client.post("/moje/potvrzeni/", {"sluzba": [foreign.pk]}).status_code == 404
    assert client.post("/moje/potvrzeni/", {}).status_code == 422
    assert client.post("/moje/potvrzeni/", {"sluzba": [service.pk]}).status_code == 302
    assert list(Service.objects.filter(verified_on=TODAY)) == [service]


@pytest.mark.parametrize("times", [2, 20])
def test_pages_of_confirming_do_not_grow_with_services(
    client: Client, django_assert_max_num_queries: Any, times: int
) -> None:
    provider = make.provider()
    make.contact(provider, "kancelar@example.org", Contact.Channel.EMAIL)
    for _ in range(times):
        service = make.service(provider=provider)
        make.hours(make.facility(service), 1, "8.00", "12.00")
    walk(0)
    address = f"/potvrzeni/{token()}/"
    client.get(address)
    with django_assert_max_num_queries(10):
        client.get(address)
    client.force_login(editor(provider))
    client.get("/moje/potvrzeni/")
    with django_assert_max_num_queries(10):
        client.get("/moje/potvrzeni/")
