"""Pages in other languages: chosen, never guessed, and only where they are whole."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from portal.catalogue.models import Kind
from portal.web.languages import TRANSLATED
from tests import make
from words.plural import form_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _offered(settings: object) -> None:
    settings.LANGUAGES = [("cs", "čeština"), ("en", "angličtina"), ("uk", "ukrajinština")]  # type: ignore[attr-defined]


def speaking(language: str) -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


def test_a_browser_in_english_gets_czech_until_somebody_chooses() -> None:
    page = Client(headers={"accept-language": "en"}).get("/").content.decode()
    assert '<html lang="cs">' in page


@pytest.mark.parametrize(("language", "says"), [("en", "Find help"), ("uk", "Знайти допомогу")])
def test_a_chosen_language_speaks_on_the_home_page(language: str, says: str) -> None:
    page = speaking(language).get("/").content.decode()
    assert f'<html lang="{language}">' in page
    assert says in page


def test_a_page_in_czech_only_says_so_and_stays_in_czech() -> None:
    page = speaking("en").get(reverse("plan:public_plans")).content.decode()
    assert '<html lang="cs">' in page
    assert "This page is in Czech only." in page


def test_a_language_that_is_not_offered_is_not_spoken() -> None:
    assert '<html lang="cs">' in speaking("de").get("/").content.decode()


def test_every_translated_page_is_a_page() -> None:
    from tests.addresses import ADDRESSES

    assert set(ADDRESSES) >= TRANSLATED


def test_texts_that_people_wrote_are_marked_as_czech() -> None:
    service = make.service("Domácí pomoc", at=make.municipality("Svornov"))
    page = speaking("en").get(reverse("catalogue:service", args=[service.slug])).content.decode()
    assert '<html lang="en">' in page
    assert ' lang="cs"' in page


def test_kinds_are_told_in_the_language_of_the_page() -> None:
    kind = make.kind("ps")
    Kind.objects.filter(pk=kind.pk).update(name="pečovatelská služba")
    make.service("Pečovatelky", kind=kind, at=make.municipality("Svornov"))
    assert "pečovatelská služba" not in speaking("en").get(reverse("catalogue:kinds")).content.decode().lower()


@pytest.mark.parametrize(
    ("count", "language", "form"),
    [
        (1, "en", 0),
        (2, "en", 1),
        (0, "en", 1),
        (21, "uk", 0),
        (22, "uk", 1),
        (11, "uk", 2),
        (12, "uk", 2),
        (5, "cs", 2),
    ],
)
def test_plural_forms(count: int, language: str, form: int) -> None:
    assert form_of(count, language) == form
