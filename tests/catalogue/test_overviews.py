"""Providers, municipalities and kinds: who is there, what comes, what is near, and nothing that must stay hidden."""

from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from portal.catalogue.models import Provider, Service
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clean_cache() -> None:
    cache.clear()


def text(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


# --- providers ---------------------------------------------------------------------------------------------------


def test_providers_are_found_by_a_part_of_the_name_without_marks(client: Client) -> None:
    for name in ("Charita Lhota", "Čtyřlístek", "Životní pomoc"):
        make.service(provider=make.provider(name))
    make.provider("Bez služby")
    everybody = text(client, "/poskytovatele/")
    assert "3\xa0poskytovatelé" in everybody
    assert "Bez služby" not in everybody
    found = text(client, "/poskytovatele/?q=ctyrlistek")
    assert "Čtyřlístek" in found
    assert "Charita" not in found
    assert "Nikoho takového" in text(client, "/poskytovatele/?q=%00%27--")


def test_letters_lead_to_somebody_and_follow_the_czech_alphabet(client: Client) -> None:
    for name in ("Charita", "Čtyřlístek", "4 tlapky", "Homole", "Imago"):
        make.service(provider=make.provider(name, slug=f"adresa-{len(name)}-jina"))
    html = text(client, "/poskytovatele/")
    assert html.index("Čtyřlístek") < html.index("Homole") < html.index("Charita") < html.index("Imago")
    for letter in ("C", "CH", "%23"):
        assert f'?pismeno={letter}"' in html
    assert '?pismeno=Z"' not in html
    under_c = text(client, "/poskytovatele/?pismeno=C")
    assert "Čtyřlístek" in under_c
    assert "Charita" not in under_c
    assert "4 tlapky" in text(client, "/poskytovatele/?pismeno=%23")
    assert "Charita" in text(client, "/poskytovatele/?q=CHARITA")


@pytest.mark.parametrize("page", ["0", "-1", "1000000000", "x"])
def test_a_page_that_is_not_there_shows_one_that_is(client: Client, page: str) -> None:
    make.service()
    assert "1\xa0poskytovatel" in text(client, f"/poskytovatele/?strana={page}")


def test_a_provider_shows_its_services_by_kind(client: Client) -> None:
    provider = make.provider("Charita", municipality=make.municipality("Sídlov"), street="Krátká 1", ico="12345679")
    make.service("Doma", provider=provider, at=make.municipality("Lhota"))
    make.service("Odlehčení", provider=provider, kind=make.kind("os", name="odlehčovací služby"))
    make.service("Dávná", provider=provider, ended_on=date(2020, 1, 1))
    make.contact(provider, "493000111")
    html = text(client, f"/poskytovatele/{provider.slug}/")
    assert "2\xa0služby" in html
    assert "Odlehčovací služby" in html
    assert "Lhota" in html
    assert "Krátká 1" in html
    assert "tel:+420493000111" in html
    assert "Dávná" not in html
    assert '"@type":"Organization"' in html


def test_a_provider_without_public_services_is_not_there(client: Client) -> None:
    text(client, f"/poskytovatele/{make.provider().slug}/", 404)


# --- municipalities ----------------------------------------------------------------------------------------------


def test_a_municipality_tells_what_is_there_what_comes_and_what_is_near(client: Client) -> None:
    town = make.municipality("Lhota", lat=50.0, lon=15.0)
    make.service("Klub ve Lhotě", at=town)
    for_village, for_orp, for_region = make.service("Do obce"), make.service("Po ORP"), make.service("Po kraji")
    for_village.served_municipalities.add(town)
    for_orp.served_orps.add(town.orp)
    Service.objects.filter(pk=for_region.pk).update(whole_region=town.region)
    also = make.service("I sem")
    also.more_regions.add(town.region)
    make.service("O kus dál", at=make.municipality("Sousedov", lat=50.15, lon=15.0))
    make.service("Blízko", at=make.municipality("Vedle", lat=50.02, lon=15.0))
    make.service("Daleko", at=make.municipality("Dálov", lat=50.19, lon=15.0))
    make.service("Skončila", at=town, ended_on=date(2020, 1, 1))
    html = text(client, f"/obce/{town.slug}/")

    assert html.index("Do obce") < html.index("Po ORP") < html.index("Po kraji")
    assert "Dojíždí sem: 4\xa0služby" in html
    assert html.index("Blízko") < html.index("O kus dál")
    assert "2,2\xa0km" in html
    assert "Do 20 km: 2\xa0služby" in html
    assert "Daleko" not in html
    assert "Skončila" not in html
    assert "Sousedov" in html
    assert '"@type":"Place"' in html


def test_people_by_age_have_their_year_and_source(client: Client) -> None:
    town = make.municipality("Lhota")
    for measure, value in (("people", 1000), ("age_0_14", 150), ("age_15_64", 600), ("age_65_plus", 250)):
        make.statistic(town, measure, value, source="ČSÚ, zkouška")
        make.statistic(town, measure, value * 2, year=2020)
    html = text(client, f"/obce/{town.slug}/")
    assert "1\xa0000\xa0obyvatel" in html
    assert "25 %" in html
    assert "ČSÚ, zkouška, k 31. 12. 2023" in html


def test_an_empty_municipality_says_so(client: Client) -> None:
    html = text(client, f"/obce/{make.municipality(lat=None, lon=None).slug}/")
    assert "Žádnou službu se sídlem v obci nemáme" in html


def test_the_index_goes_by_orp_and_by_name(client: Client) -> None:
    make.municipality("Říčky")
    make.municipality("Horka", orp=make.orp("9902", "Vrchov"))
    first = text(client, "/obce/")
    assert "Vrchov" in first
    assert "Říčky" not in first
    assert "Horka" in text(client, "/obce/?orp=vrchov-9902")
    assert "Říčky" in text(client, "/obce/?q=ricky")
    assert "Takovou obec neznáme" in text(client, "/obce/?q=atlantida")


# --- kinds -------------------------------------------------------------------------------------------------------


def test_kinds_count_public_services_and_lead_to_them(client: Client) -> None:
    kind = make.kind("ps")
    make.service(kind=kind)
    make.service(kind=kind, published=False)
    make.kind("n-hospic", name="hospic", group="accompanying", gloss="Dům, kde se postarají.")
    html = text(client, "/druhy/")
    assert '<a href="/sluzby/?druh=ps">Pečovatelská služba</a>' in html
    assert "1\xa0služba" in html
    assert "§&nbsp;40" in html
    assert "Hospic" in html
    assert "/sluzby/?druh=n-hospic" not in html


# --- laws --------------------------------------------------------------------------------------------------------


def test_a_secret_facility_is_nowhere(client: Client) -> None:
    """The service may be named where it is run from or comes to; its place is not in the page in any form."""
    town = make.municipality("Lhota")
    service = make.service("Azyl", provider=make.provider("Pomoc", municipality=make.municipality("Sídlov")))
    make.secret_facility(service, name="Dům U Lípy", access_note="vchod ze dvora")
    make.service("Sousední", at=town)
    pages = ("/poskytovatele/", f"/poskytovatele/{service.provider.slug}/", f"/obce/{town.slug}/", "/obce/", "/druhy/")
    for address in pages:
        html = text(client, address)
        assert "U Lípy" not in html, address
        assert "ze dvora" not in html, address
    assert "Azyl" not in text(client, f"/obce/{town.slug}/")


def crowd(times: int) -> tuple[Provider, Any]:
    town, provider = make.municipality("Lhota"), make.provider("Velká")
    for n in range(times):
        make.service(provider=provider, at=town)
        make.service(at=make.municipality(lat=50.01, lon=15.0))
        make.service(whole_region=town.region)
        make.statistic(town, "people", 1000 + n, year=2000 + n)
        make.kind(f"druh-{n}")
    return provider, town


@pytest.mark.parametrize("times", [3, 30])
def test_queries_stay_the_same_with_ten_times_the_rows(
    client: Client, django_assert_max_num_queries: Any, times: int
) -> None:
    provider, town = crowd(times)
    ceilings = {
        "/poskytovatele/": 4,
        f"/poskytovatele/{provider.slug}/": 5,
        "/obce/": 2,
        f"/obce/?orp={town.orp.slug}": 3,
        f"/obce/{town.slug}/": 7,
        "/druhy/": 2,
    }
    for address, ceiling in ceilings.items():
        with django_assert_max_num_queries(ceiling):
            html = text(client, address)
        assert len(html.encode()) < 60 * 1024, address
