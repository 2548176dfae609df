"""The card of a service: what a visitor reads, what stays hidden, what happens when a service ends."""

import json
import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from portal.catalogue.models import Facility, Report, Service
from tests import make

pytestmark = pytest.mark.django_db

TUESDAY_NOON = datetime(2026, 11, 10, 12, 0, tzinfo=ZoneInfo("Europe/Prague"))


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON)
    cache.clear()


def page(client: Client, service: Service, tail: str = "", status: int = 200) -> str:
    answer = client.get(f"/sluzby/{service.slug}/{tail}")
    assert answer.status_code == status
    return re.sub(r"[ \t\n]+", " ", answer.content.decode())


def linked(html: str) -> list[dict[str, Any]]:
    return [json.loads(block) for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)]


def test_a_worried_daughter_reads_whom_to_call_and_when(client: Client) -> None:
    town = make.municipality("Lhota")
    service = make.service("Pečovatelka", forms=["ter"], target_groups=["seniori"], phone="+420777111222", at=town)
    make.hours(service.facilities.get(), 2, "8.00", "15.30")
    html = page(client, service)

    assert '<a class="phone" href="tel:+420777111222">' in html
    assert "777\xa0111\xa0222" in html
    assert "teď otevřeno do 15.30" in html
    assert "Pečovatelka přijde domů a pomůže." in html
    assert "starší lidé" in html
    assert "Zatím neověřeno" in html
    assert html.index("tel:+420777111222") < html.index("Pro koho")


def test_unknown_is_said_as_unknown(client: Client) -> None:
    html = page(client, make.service())
    for words in (
        "Telefon ani e-mail zatím neznáme",
        "Otevírací dobu zatím neznáme",
        "Cenu neznáme",
        "Formu ani kapacitu zatím neznáme",
        "Adresu zatím neznáme",
    ):
        assert words in html
    assert "zavřeno" not in html
    assert "zdarma" not in html


def test_contact_of_the_provider_is_offered_and_called_so(client: Client) -> None:
    service = make.service()
    make.contact(service.provider, "493000111")
    assert "telefon poskytovatele" in page(client, service)
    make.contact(service, "493000222")
    html = page(client, service)
    assert "telefon poskytovatele" not in html
    assert "493\xa0000\xa0111" not in html


def test_capacity_has_the_right_plural_and_is_not_called_vacancy(client: Client) -> None:
    service = make.service()
    residential, ambulatory = make.service_form(service, "pob"), make.service_form(service, "amb")
    make.capacity(residential, 22)
    make.capacity(ambulatory, 3, "klient", note="okamžitá kapacita")
    make.capacity(ambulatory, None, "kontakt")
    html = page(client, service)
    assert "22\xa0lůžek" in html
    assert "3\xa0klienti (okamžitá kapacita)" in html
    assert "kontaktů (10 minut): počet neznáme" in html
    assert "registrovaná nejvyšší kapacita, ne volná místa" in html


def test_cost_is_said_in_words(client: Client) -> None:
    assert "<strong>Zdarma</strong>" in page(client, make.service(cost="free"))
    assert "<strong>Částečně placené</strong>" in page(client, make.service(cost="partly", cost_note="155 Kč"))


def test_where_it_comes_to_people(client: Client) -> None:
    service = make.service(whole_region=make.region())
    service.served_orps.add(make.orp("9902", "Horka"))
    service.served_municipalities.add(*(make.municipality(f"Ves {n}") for n in range(14)))
    html = page(client, service)
    assert "Zkušební kraj" in html
    assert "Horka" in html
    assert "<summary>14\xa0obcí</summary>" in html
    assert "Přijedou za vámi." in html


def test_access_says_yes_no_and_keeps_quiet_about_the_unknown(client: Client) -> None:
    service = make.service()
    make.facility(service, step_free=True, lift=False)
    html = page(client, service)
    assert "Ano</span>: vchod bez schodů" in html
    assert "Ne</span>: výtah" in html
    assert "bezbariérová toaleta" not in html


SECRET = {"name": "Dům U Lípy", "access_note": "za kostelem svaté Anny"}


def test_a_secret_place_says_only_that_it_is_secret(client: Client) -> None:
    service = make.service("Azylový dům", phone="777 111 222")
    secret = make.secret_facility(service, **SECRET)
    make.hours(secret, 2, "9.13", "16.47")
    for tail in ("", "?format=json", "qr.svg"):
        text = page(client, service, tail)
        for words in (*SECRET.values(), "9.13", "09:13", "GeoCoordinates"):
            assert words not in text, (tail, words)
    assert "Adresa je utajená" in page(client, service)
    assert json.loads(client.get(f"/sluzby/{service.slug}/?format=json").content)["has_secret_place"] is True


def test_pages_about_violence_can_be_left_at_once(client: Client) -> None:
    secret, for_victims = make.service(), make.service(target_groups=["obeti-nasili"], easy_read="Pomůžeme.")
    make.secret_facility(secret)
    assert "<quick-exit>" in page(client, secret)
    assert "<quick-exit>" in page(client, for_victims, "snadne-cteni/")
    assert "<quick-exit>" not in page(client, make.service(target_groups=["seniori"]))


def test_a_contact_that_is_no_address_becomes_no_link(client: Client) -> None:
    service = make.service()
    make.contact(service, "javascript:alert(1)", "web")
    make.contact(service, "lhota.example/pece", "web")
    html = page(client, service)
    assert "javascript:" not in html
    assert 'href="https://lhota.example/pece"' in html


def test_structured_data_and_script_in_a_name(client: Client) -> None:
    service = make.service("</script><script>alert(1)</script>", at=make.municipality("Lhota"), phone="777111222")
    make.hours(service.facilities.get(), 1, "18.00", "0.00")
    html = page(client, service)
    assert "<script>alert" not in html
    data = next(one for one in linked(html) if one["@type"] != "BreadcrumbList")
    assert data["@type"] == "GovernmentService"
    assert data["name"] == service.name
    channel = data["availableChannel"][0]
    assert channel["servicePhone"][0]["telephone"] == "+420777111222"
    assert channel["serviceLocation"]["openingHoursSpecification"][0]["closes"] == "23:59"
    crumbs = next(one for one in linked(html) if one["@type"] == "BreadcrumbList")
    assert crumbs["itemListElement"][1]["name"] == "Služby"


def test_a_link_sent_to_somebody_shows_what_it_leads_to(client: Client) -> None:
    service = make.service("Pečovatelky Lhota", at=make.municipality("Lhota"))
    service.plain_text = "Přijdeme k vám domů."
    service.save(update_fields=["plain_text"])
    html = page(client, service)
    assert f'<meta property="og:title" content="Pečovatelky Lhota – {service.kind.name}">' in html.replace("\xa0", " ")
    assert '<meta property="og:description" content="Přijdeme k vám domů.">' in html.replace("\xa0", " ")


def test_an_accompanying_service_is_not_a_government_service(client: Client) -> None:
    html = page(client, make.service(kind=make.kind("n-hospic", group="accompanying")))
    assert {one["@type"] for one in linked(html)} == {"Service", "BreadcrumbList"}


def test_similar_services_are_of_the_kind_and_the_nearest_first(client: Client) -> None:
    service = make.service("Tady", at=make.municipality(lat=50.0, lon=15.0))
    make.service("Dál", at=make.municipality(lat=50.3, lon=15.0))
    make.service("Blíž", at=make.municipality(lat=50.0, lon=15.1))
    make.service("Jiný druh", kind=make.kind("os"), at=make.municipality(lat=50.0, lon=15.01))
    make.service("Skončená", ended_on=date(2020, 1, 1), at=make.municipality(lat=50.0, lon=15.01))
    hidden = make.service("Utajená")
    make.secret_facility(hidden)
    html = page(client, service)
    assert "Jiný druh" not in html
    assert "Skončená" not in html
    assert "Utajená" not in html
    assert html.index("Blíž") < html.index("Dál")
    assert "7,1\xa0km" in html


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"ended_on": date(2024, 12, 31)}, "Tato služba skončila 31. 12. 2024."),
        ({"vanished_at": TUESDAY_NOON}, "už není v registru"),
        ({"published": False}, "Tahle služba tu teď není"),
    ],
)
def test_a_service_that_is_no_more_says_so_with_410(client: Client, fields: dict[str, Any], words: str) -> None:
    service = make.service("Bývalá", at=make.municipality(), **fields)
    make.service("Náhrada", at=make.municipality(lat=50.05, lon=15.0))
    for tail in ("", "snadne-cteni/", "qr.svg", "nesedi/"):
        html = page(client, service, tail, status=410)
        assert words in html
        assert "Náhrada" in html
    assert ("Bývalá" in html) == service.published


def test_unknown_address_is_404(client: Client) -> None:
    assert client.get("/sluzby/neni-takova/").status_code == 404
    assert client.get(f"/sluzby/{make.service().slug}/snadne-cteni/").status_code == 404


def test_easy_read_has_one_idea_a_line(client: Client) -> None:
    service = make.service(easy_read="Pomáháme seniorům.\n\nZavolejte nám.", phone="777111222")
    html = page(client, service, "snadne-cteni/")
    assert "<p>Pomáháme seniorům.</p> <p>Zavolejte nám.</p>" in html
    assert "Přečíst ve snadném čtení" in page(client, service)


def test_qr_code_is_an_image(client: Client) -> None:
    answer = client.get(f"/sluzby/{make.service().slug}/qr.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer.content.startswith(b'<svg xmlns="http://www.w3.org/2000/svg"')


# --- how much it costs -------------------------------------------------------------------------------------------


def rich_service(times: int) -> Service:
    service = make.service(phone="777111222", whole_region=make.region())
    for key in ("ter", "amb", "pob"):
        form = make.service_form(service, key)
        for _ in range(times):
            make.capacity(form, 5)
    for n in range(times):
        facility = make.facility(service)
        for day in range(1, 6):
            make.hours(facility, day, "8.00", "12.00")
        service.served_municipalities.add(make.municipality())
        service.target_groups.add(make.target_group(f"skupina-{n}"))
        service.features.add(make.feature(f"vlastnost-{n}"))
        make.contact(service.provider, f"49300{n:04}")
        make.service(at=make.municipality())
        make.special_day(facility, date(2026, 12, 24), note="Štědrý den")
        make.access_answer(facility, "vstup-najezd", n % 2 == 0)
        make.vacancy(service, n)
    for n in range(min(times, 12)):
        make.photo(service, f"Vchod {n}")
        make.document(service, f"Ceník {n}")
    return service


@pytest.mark.parametrize("times", [2, 20])
def test_queries_stay_the_same_with_ten_times_the_rows(
    client: Client, django_assert_max_num_queries: Any, times: int
) -> None:
    service = rich_service(times)
    with django_assert_max_num_queries(9):
        html = client.get(f"/sluzby/{service.slug}/").content
    assert len(html) < 60 * 1024


# --- something is wrong here -------------------------------------------------------------------------------------


def test_a_report_is_kept_and_thanked_for(client: Client) -> None:
    service = make.service()
    answer = client.post(
        f"/sluzby/{service.slug}/nesedi/", {"text": "Telefon už neplatí.", "email": "a@example.org"}, follow=True
    )
    assert "Děkujeme" in answer.content.decode()
    report = Report.objects.get()
    assert (report.service, report.text, report.email) == (service, "Telefon už neplatí.", "a@example.org")


@pytest.mark.parametrize("text", ["", "  ", "x" * 2001, "rodné číslo 925512/1234"])
def test_a_report_that_must_be_mended_keeps_what_was_typed(client: Client, text: str) -> None:
    service = make.service()
    answer = client.post(f"/sluzby/{service.slug}/nesedi/", {"text": text, "email": "a@example.org"})
    assert answer.status_code == 422
    assert "a@example.org" in answer.content.decode()
    assert "Něco je potřeba opravit" in answer.content.decode()
    assert not Report.objects.exists()


def test_a_machine_is_thanked_and_leaves_nothing(client: Client) -> None:
    service = make.service()
    answer = client.post(f"/sluzby/{service.slug}/nesedi/", {"text": "Buy!", "website": "http://spam.example"})
    assert answer.status_code == 302
    assert not Report.objects.exists()


def test_too_many_reports_from_one_address_wait(client: Client) -> None:
    service = make.service()
    codes = [
        client.post(f"/sluzby/{service.slug}/nesedi/", {"text": f"Zpráva {n}"}, REMOTE_ADDR="192.0.2.7").status_code
        for n in range(6)
    ]
    assert codes == [302] * 5 + [429]
    assert Report.objects.count() == 5
    assert (
        client.post(f"/sluzby/{service.slug}/nesedi/", {"text": "Jiný člověk"}, REMOTE_ADDR="192.0.2.8").status_code
        == 302
    )


def test_facilities_that_ended_or_left_the_source_are_not_shown(client: Client) -> None:
    service = make.service()
    make.facility(service, street="Zavřená 1", ended_on=date(2025, 1, 1))
    make.facility(service, street="Zmizelá 2", vanished_at=TUESDAY_NOON)
    make.facility(service, street="Otevřená 3")
    html = page(client, service)
    assert "Otevřená 3" in html
    assert "Zavřená 1" not in html
    assert "Zmizelá 2" not in html
    assert Facility.objects.count() == 3


def test_the_card_says_when_and_by_whom_it_was_verified(client: Client) -> None:
    service = make.service("Domácí pomoc", verified_on=date(2026, 10, 21), verified_by="koordinátorka")
    answer = client.get(f"/sluzby/{service.slug}/").content.decode()
    assert "21. 10. 2026, koordinátorka" in answer


def test_a_card_leads_to_what_plans_promise_about_it_even_when_they_promise_nothing(client: Client) -> None:
    service = make.service("Pečovatelka")
    tab = f"/sluzby/{service.slug}/opatreni/"
    assert f'<li><a href="{tab}">Opatření plánů</a></li>' in client.get(f"/sluzby/{service.slug}/").content.decode()
    assert "o téhle službě nic neslibuje" in client.get(tab).content.decode()
