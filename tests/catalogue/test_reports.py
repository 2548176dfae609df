"""Reports from the public: who hears what, who answers, how the author learns how it ended."""

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from portal.accounts.models import Grant, Person
from portal.audit.models import Deed
from portal.catalogue import report_actions
from portal.catalogue.models import Contact, Provider, Report, Service
from portal.mail.models import Letter
from tests import make

pytestmark = pytest.mark.django_db


def editor(provider: Provider) -> Person:
    person = make.person()
    Grant.objects.create(
        person=person,
        role=Grant.Role.PROVIDER_EDITOR,
        range_kind=Grant.Range.PROVIDER,
        range_code=str(provider.pk),
    )
    return person


def reported(service: Service | None = None, email: str = "jana@example.org") -> Report:
    service = service or make.service("Pečovatelka")
    return report_actions.report(service=service, text="Telefon neplatí.\nZvoní to jinde.", email=email)


def test_the_provider_hears_at_once_what_was_said_and_never_by_whom() -> None:
    service = make.service("Pečovatelka")
    person = editor(service.provider)
    report = reported(service)
    letter = Letter.objects.get()
    assert letter.to == person.email
    assert "> Telefon neplatí." in letter.text
    assert f"/moje/hlaseni/{report.pk}/" in letter.text
    assert "jana@example.org" not in letter.text + letter.html


def test_a_provider_without_an_account_hears_by_its_public_address_and_is_led_nowhere_it_may_not_go() -> None:
    service = make.service("Pečovatelka")
    make.contact(service.provider, "kancelar@example.org", Contact.Channel.EMAIL)
    reported(service)
    letter = Letter.objects.get()
    assert letter.to == "kancelar@example.org"
    assert "/moje/" not in letter.text


def test_what_somebody_typed_is_quoted_and_makes_no_button() -> None:
    service = make.service("Pečovatelka")
    editor(service.provider)
    report_actions.report(service=service, text="[Klikněte](https://zlo.example/)\n\n<b>Předmět: nic</b>")
    letter = Letter.objects.get()
    assert 'href="https://zlo.example/' not in letter.html
    assert "<b>" not in letter.html


def test_the_provider_answers_and_staff_close_it_with_those_words(client: Client) -> None:
    service = make.service("Pečovatelka")
    report = reported(service)
    client.force_login(editor(service.provider))
    listed = client.get("/moje/hlaseni/").content.decode()
    assert "Telefon neplatí." in listed
    address = f"/moje/hlaseni/{report.pk}/"
    page = client.get(address).content.decode()
    assert "jana@example.org" not in listed + page
    assert client.post(address, {"answer": ""}).status_code == 422
    assert client.post(address, {"answer": "Číslo jsme opravili."}).status_code == 302
    report.refresh_from_db()
    assert (report.state, report.proposed_answer) == ("new", "Číslo jsme opravili.")
    client.force_login(make.person("coordinator"))
    form = client.get(f"/sprava/hlaseni/{report.pk}/").content.decode()
    assert form.count("Číslo jsme opravili.") == 2
    client.post(f"/sprava/hlaseni/{report.pk}/", {"answer": "Číslo jsme opravili."})
    assert list(Deed.objects.order_by("pk").values_list("verb", flat=True)) == ["report_answered", "report_settled"]


def test_the_author_learns_how_it_ended_and_the_address_is_forgotten() -> None:
    report = reported()
    settled = report_actions.report_settle(report=report, answer="Opraveno.", actor=make.person("coordinator"))
    letter = Letter.objects.get()
    assert letter.to == "jana@example.org"
    assert "> Opraveno." in letter.text
    assert "> Zvoní to jinde." in letter.text
    assert settled.email == ""
    assert "jana@example.org" not in str(Report.objects.values().get())
    assert "jana@example.org" not in str(Deed.objects.values().get())
    report_actions.report_settle(report=report, answer="Opraveno dvakrát.", actor=make.person("coordinator"))
    assert Letter.objects.count() == 1


def test_whoever_left_no_address_gets_no_letter() -> None:
    report_actions.report_settle(report=reported(email=""), answer="Opraveno.", actor=make.person("coordinator"))
    assert not Letter.objects.exists()


def test_strangers_neither_answer_nor_settle(client: Client) -> None:
    report = reported()
    other = editor(make.provider())
    client.force_login(other)
    assert client.get(f"/moje/hlaseni/{report.pk}/").status_code == 404
    for actor in (other, make.person("auditor"), make.person()):
        with pytest.raises(PermissionDenied):
            report_actions.report_answer(report=report, answer="Ne.", actor=actor)
    for actor in (other, editor(report.service.provider), make.person("auditor")):
        with pytest.raises(PermissionDenied):
            report_actions.report_settle(report=report, answer="Ne.", actor=actor)
        with pytest.raises(PermissionDenied):
            report_actions.report_reopen(report=report, actor=actor)


def test_a_settled_report_is_not_answered_any_more(client: Client) -> None:
    report = reported(email="")
    report_actions.report_settle(report=report, answer="Opraveno.", actor=make.person("coordinator"))
    client.force_login(editor(report.service.provider))
    answer = client.post(f"/moje/hlaseni/{report.pk}/", {"answer": "Pozdě."})
    assert answer.status_code == 422
    assert "vyřídil" in answer.content.decode()


def _seen(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def test_of_two_who_settle_at_once_the_second_reads_the_first(client: Client) -> None:
    report = reported()
    client.force_login(make.person("coordinator"))
    address = f"/sprava/hlaseni/{report.pk}/"
    seen = _seen(client.get(address).content.decode())
    assert client.post(address, {"answer": "Opraveno.", "seen": seen}).status_code == 302
    late = client.post(address, {"answer": "Nic na tom není.", "seen": seen})
    page = late.content.decode()
    assert late.status_code == 409
    assert "Opraveno." in page
    assert "Nic na tom není." in page
    report.refresh_from_db()
    assert report.answer == "Opraveno."
    assert client.post(address, {"answer": "Nic na tom není.", "seen": _seen(page)}).status_code == 302


def test_of_two_editors_who_answer_at_once_the_second_reads_the_first(client: Client) -> None:
    service = make.service("Pečovatelka")
    report = reported(service)
    client.force_login(editor(service.provider))
    address = f"/moje/hlaseni/{report.pk}/"
    seen = _seen(client.get(address).content.decode())
    assert client.post(address, {"answer": "Číslo platí.", "seen": seen}).status_code == 302
    assert client.post(address, {"answer": "", "seen": seen}).status_code == 422
    late = client.post(address, {"answer": "Číslo neplatí.", "seen": seen})
    assert late.status_code == 409
    assert "Číslo platí." in late.content.decode()
    report.refresh_from_db()
    assert report.proposed_answer == "Číslo platí."
