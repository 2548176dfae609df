"""The front page, the desk, pages that say what the site is, refusals, and what machines read."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from portal.accounts.models import Grant
from portal.catalogue.actions import touch
from portal.catalogue.models import Report
from portal.finding import index
from portal.finding.models import CrisisLine, EmptySearch, LayWord, Situation
from portal.register.models import ImportRun
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _small_dictionary(db: None) -> Iterator[None]:
    """A dictionary of one phrase is learnt at once, the shipped one takes a second."""
    cache.clear()
    LayWord.objects.create(phrase="nezvládá sama doma", kinds="ps")
    yield
    cache.clear()


def html(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_front_page_asks_three_questions_and_offers_eight_situations(client: Client) -> None:
    make.service(at=make.municipality())
    for number in range(10):
        Situation.objects.create(slug=f"s{number}", title=f"Situace {number}", line="Vysvětlení", order=number)
    touch()
    text = html(client, "/")
    assert [name in text for name in ('name="q"', 'name="kde"', 'name="pro"')] == [True] * 3
    assert text.count("Vysvětlení") == 8
    assert "/pomoc-hned/" in text
    assert "1\xa0službu" in text
    assert "1\xa0poskytovatel" in text


def test_empty_front_page_has_no_empty_boxes(client: Client) -> None:
    text = html(client, "/")
    assert "Co se děje?" not in text
    assert "teprve plní" in text


def test_front_page_needs_few_queries_for_any_number_of_rows(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(20):
        make.service()
    touch()
    html(client, "/")
    with django_assert_max_num_queries(7):
        html(client, "/")


@pytest.mark.parametrize(
    "address", ["/kontakt/", "/napoveda/", "/soukromi/", "/prohlaseni-o-pristupnosti/", "/otevrena-data/"]
)
def test_pages_about_the_site_are_public_and_light(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries, address: str
) -> None:
    html(client, address)
    with django_assert_max_num_queries(2):
        text = html(client, address)
    assert "<h1>" in text
    assert len(text.encode()) < 60 * 1024


def test_contact_is_of_the_coordinator(client: Client, settings: Any) -> None:
    settings.COORDINATOR = {"name": "Jana Nová", "phone": "+420 493 000 111", "email": "nova@example.org"}
    text = html(client, "/kontakt/")
    assert 'href="tel:+420493000111"' in text
    assert "nova@example.org" not in text  # people read it, robots do not
    assert '<safe-email user="nova" host="example.org">' in text
    settings.COORDINATOR = {"name": "", "phone": "", "email": ""}
    assert "sociální pracovnici" in html(client, "/kontakt/")


# --- for machines --------------------------------------------------------------------------------------------


def test_catalogue_of_datasets_has_everything_the_standard_asks_for(client: Client) -> None:
    answer = client.get("/otevrena-data/katalog.json")
    assert answer["Access-Control-Allow-Origin"] == "*"
    (dataset,) = json.loads(answer.content)["datová_sada"]
    required = {"iri", "typ", "název", "popis", "poskytovatel", "téma", "periodicita_aktualizace", "klíčové_slovo"}
    assert required <= set(dataset)
    for file in dataset["distribuce"]:
        assert {"podmínky_užití", "přístupové_url", "soubor_ke_stažení", "formát", "typ_média"} <= set(file)
        path = file["soubor_ke_stažení"].split("127.0.0.1:8000")[-1]
        assert client.get(path).status_code == 200


def test_sitemap_lists_public_pages_that_exist(client: Client) -> None:
    shown, hidden = make.service("Veřejná"), make.service("Skrytá", published=False)
    touch()
    tree = ElementTree.fromstring(client.get("/sitemap.xml").content)
    addresses = [one.text or "" for one in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert any(shown.slug in one for one in addresses)
    assert not any(hidden.slug in one for one in addresses)
    for one in addresses:
        assert client.get(one.removeprefix("http://127.0.0.1:8000")).status_code == 200, one


def test_robots_are_kept_off_the_desk(client: Client) -> None:
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    assert "Disallow: /sprava/" in answer.content.decode()


# --- refusals ------------------------------------------------------------------------------------------------


def test_unknown_address_is_answered_in_words(client: Client) -> None:
    text = html(client, "/neni-tu/", 404)
    assert "Tahle stránka tu není" in text
    assert "/pomoc-hned/" in text


def test_refusal_looks_like_absence(client: Client) -> None:
    client.force_login(make.person())
    refused, absent = client.get("/sprava/"), client.get("/neni-tu/")
    assert refused.status_code == absent.status_code == 404


def test_broken_page_speaks_without_the_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(index, "current", broken)
    client.raise_request_exception = False
    text = html(client, "/", 500)
    assert "Chyba je u nás" in text
    assert "116 123" in text


# --- the desk ------------------------------------------------------------------------------------------------


def test_desk_says_what_waits_and_where_to_settle_it(client: Client) -> None:
    client.force_login(make.person(Grant.Role.REGION))
    service = make.service()
    assert "Nic nečeká" in html(client, "/sprava/")
    Report.objects.create(service=service, text="Špatné číslo")
    EmptySearch.objects.create(question="kontokorent", day=timezone.localdate())
    CrisisLine.objects.create(key="linka", number="116 111", name="Linka", line="…")
    run = ImportRun.objects.create(file_name="rpss.json", state=ImportRun.State.DONE)
    ImportRun.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(days=9))
    text = html(client, "/sprava/")
    for said in ("nahlášená chyba", "otázka bez odpovědi", "neověřené krizové číslo"):
        assert f"1\xa0{said}" in text
    assert "víc než týden starý" in text
    ImportRun.objects.create(file_name="rpss2.json", state=ImportRun.State.CHECKED)
    assert "Registr čeká na potvrzení" in html(client, "/sprava/")
    client.force_login(make.person(Grant.Role.COORDINATOR))
    assert "Registr" not in html(client, "/sprava/"), "nobody is offered what they may not do"


def test_desk_is_for_people_who_sign_in(client: Client) -> None:
    answer = client.get("/sprava/")
    assert answer.status_code == 302
    assert "next=/sprava/" in answer["Location"]
