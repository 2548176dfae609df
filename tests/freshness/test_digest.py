"""The daily letter to staff, the walk of the day and the list of what is older than its limit."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.utils import timezone

from portal.accounts.models import Grant, Person
from portal.catalogue.models import Contact, Report, Service, Source
from portal.freshness import actions, conflict_actions, daily, digest_actions
from portal.mail.actions import read_token, token
from portal.mail.models import Letter, Unsubscription
from portal.upkeep.models import Proposal
from tests import make

pytestmark = pytest.mark.django_db


def coordinator(orp: str) -> Person:
    person = make.person()
    Grant.objects.create(person=person, role=Grant.Role.COORDINATOR, range_kind=Grant.Range.ORP, range_code=orp)
    return person


def today() -> date:
    return timezone.localdate()


def reported(name: str, orp: str) -> Service:
    service = make.service(name, at=make.municipality(orp=make.orp(orp, f"Okolí {orp}")))
    Report.objects.create(service=service, text="Telefon neplatí.")
    return service


def test_each_coordinator_hears_about_its_own_territory_once_a_day() -> None:
    here, there = coordinator("9905"), coordinator("9906")
    reported("Naše", "9905")
    assert digest_actions.digest(today=today()) == 1
    letter = Letter.objects.get()
    assert letter.to == here.email
    assert "Naše" in letter.text
    reported("Cizí", "9906")
    reported("Naše druhá", "9905")
    assert digest_actions.digest(today=today()) == 1
    assert Letter.objects.latest("pk").to == there.email
    assert digest_actions.digest(today=today()) == 0
    assert digest_actions.digest(today=today() + timedelta(days=1)) == 1
    assert "Naše druhá" in Letter.objects.latest("pk").text
    assert "- Naše: " not in Letter.objects.latest("pk").text


def test_silence_and_conflicts_are_told_and_a_day_without_news_is_silent() -> None:
    make.person("coordinator")
    service = make.service("Tichá")
    make.contact(service, "493000111", source=Source.NATIONAL)
    make.contact(service, "493000222")
    daily.walk()
    daily.tell()
    letter = Letter.objects.get()
    assert letter.text.count("Tichá") == 2
    assert "telefon" in letter.text
    daily.walk()
    daily.tell()
    assert Letter.objects.count() == 1
    assert digest_actions.digest(today=today() + timedelta(days=1)) == 0


def proposed(service: Service) -> Proposal:
    return Proposal.objects.create(
        service=service, provider=service.provider, fields=["waiting"], after={"waiting": "měsíc"}
    )


def test_what_waits_for_approval_comes_in_the_same_letter() -> None:
    person = coordinator("9905")
    service = reported("Naše", "9905")
    proposed(service)
    assert digest_actions.digest(today=today()) == 1
    letter = Letter.objects.get(to=person.email)
    assert letter.subject == "Přehled dne: ke schválení 1 návrh"
    assert "Telefon neplatí." in letter.text
    assert letter.text.count("/sprava/navrhy/") == 1
    # What comes after the letter of the day waits for the next one, and is told once.
    proposed(make.service("Druhá", at=make.municipality(orp=make.orp("9905"))))
    assert digest_actions.digest(today=today()) == 0
    assert digest_actions.digest(today=today() + timedelta(days=1)) == 1
    assert Letter.objects.latest("pk").subject == "Přehled dne: ke schválení 2 návrhy"
    assert digest_actions.digest(today=today() + timedelta(days=2)) == 0


def test_letters_of_the_day_are_one_line_of_the_clock() -> None:
    assert [line for line in settings.CLOCK if line.endswith((".tell", ".digest"))] == ["portal.freshness.daily.tell"]


@pytest.mark.parametrize("former", ["freshness-digest", "upkeep.digest"])
def test_whoever_was_rid_of_either_former_letter_is_rid_of_the_one(former: str) -> None:
    person = coordinator("9905")
    Unsubscription.objects.create(email=person.email, topic=former)
    Unsubscription.objects.create(email="jiny@example.org", topic="newsletter")
    import_module("portal.mail.migrations.0003_one_digest_a_day").merge(apps, None)
    reported("Naše", "9905")
    digest_actions.digest(today=today())
    assert Letter.objects.get().state == Letter.State.SKIPPED
    assert set(Unsubscription.objects.values_list("topic", flat=True)) == {"digest", "newsletter"}
    # The address in a letter sent before leads to the same.
    assert read_token(token(person.email, former)) == (person.email, digest_actions.TOPIC)


def test_whoever_unsubscribed_gets_no_digest() -> None:
    person = coordinator("9905")
    Unsubscription.objects.create(email=person.email, topic=digest_actions.TOPIC)
    reported("Naše", "9905")
    digest_actions.digest(today=today())
    assert Letter.objects.get().state == Letter.State.SKIPPED


def test_what_is_older_than_its_limit_says_who_was_told_when(client: Client) -> None:
    known = make.service("Známá")
    make.contact(known, "pece@example.org", Contact.Channel.EMAIL)
    make.service("Bez adresy")
    actions.ask(today=today())
    make.service("Zítřejší")
    make.service("Čerstvá", verified_on=today())
    client.force_login(make.person("coordinator"))
    html = client.get("/sprava/nepotvrzene/").content.decode()
    assert "pece@example.org" in html
    assert "nemáme komu psát" in html
    assert "dopis teprve odejde" in html
    assert "Čerstvá" not in html


def test_nothing_new_after_an_import_that_changed_nothing() -> None:
    assert conflict_actions.compare() == 0
    daily.look()
    daily.look()
    assert not Letter.objects.exists()
