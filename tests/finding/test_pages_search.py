"""The page of results: what it says, what it offers when nothing is found, how it answers to anything typed."""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from django.utils.http import urlencode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from portal.catalogue.actions import touch
from portal.catalogue.models import Cost, Kind, Service
from portal.finding import actions, index
from portal.finding.models import EmptySearch, LayWord
from tests import make

pytestmark = pytest.mark.django_db

SEARCH_QUERIES = 5


@pytest.fixture
def town() -> Iterator[dict[str, Service]]:
    """Two towns with a namesake, four services, one of them with a secret place."""
    cache.clear()
    district, other = make.district(), make.district("CZ0992", "Jinde")
    svornov = make.municipality("Svornov", people=9000, lat=50.0, lon=15.0, district=district)
    far = make.municipality("Dálava", people=3000, lat=50.5, lon=16.0, district=other)
    make.municipality("Lhotka", people=300, lat=50.01, lon=15.01, district=district)
    make.municipality("Lhotka", people=200, lat=50.49, lon=16.01, district=other)
    advice = make.kind("osp", name="odborné sociální poradenství", gloss="Poradí s dluhy.", group=Kind.Group.ADVICE)
    shelter = make.kind("ad", name="azylové domy", gloss="Dočasné bydlení.", group=Kind.Group.PREVENTION)
    held = {
        "care": make.service("Pečovatelská služba Svornov", at=svornov, phone="999 111 222", target_groups=["seniori"]),
        "far": make.service("Pečovatelská služba Dálava", at=far, target_groups=["seniori"]),
        "debts": make.service("Dluhová poradna", kind=advice, at=svornov, cost=Cost.FREE, forms=["amb"]),
        "shelter": make.service("Dům v bezpečí", kind=shelter),
    }
    make.secret_facility(held["shelter"])
    # A short dictionary is learnt at once, the shipped one takes a second.
    for phrase, keys in (("babička nezvládá sama doma", "ps"), ("dluhy a exekuce", "osp"), ("dluhová poradna", "osp"),
                         ("nemám kde bydlet", "ad"), ("kam na noc", "ad"), ("péče o seniora doma", "ps")):  # fmt: skip
        LayWord.objects.create(phrase=phrase, kinds=keys)
    touch()
    index.current()
    yield held
    cache.clear()


def page(client: Client, **asked: Any) -> str:
    answer = client.get("/sluzby/", asked)
    assert answer.status_code == 200
    return answer.content.decode()


def names(html: str) -> list[str]:
    return re.findall(r'<h3 class="row-title"[^>]*><a[^>]*>([^<]+)', html)


def test_words_and_place_find_the_nearest_fitting_service_and_say_why(client: Client, town: dict[str, Service]) -> None:
    html = page(client, q="babička nezvládá sama doma", kde="Svornov")
    assert names(html)[0] == "Pečovatelská služba Svornov"
    assert "Proč je tu:" in html
    assert 'href="tel:999111222"' in html
    assert "Rozuměli jsme:" in html


def test_question_stands_in_the_form_and_in_the_heading(client: Client, town: dict[str, Service]) -> None:
    html = page(client, q="dluhy", kde="Svornov", pro="seniori")
    assert 'value="dluhy"' in html
    assert 'value="Svornov"' in html
    assert '<option value="seniori" selected>' in html
    assert "„dluhy“ · Svornov a okolí · starší lidé" in html


def test_empty_question_lists_everything(client: Client, town: dict[str, Service]) -> None:
    assert len(names(page(client))) == len(town)


def test_every_offered_filter_leaves_something_and_its_count_is_true(client: Client, town: dict[str, Service]) -> None:
    html = page(client)
    offered = re.findall(r'name="(\w+)" value="([\w-]+)"><span>[^<]*</span><span class="count">(\d+)', html)
    assert {name for name, _value, _count in offered} >= {"druh", "obec"}
    for name, value, count in offered:
        assert len(names(page(client, **{name: value}))) == int(count) > 0, (name, value)


def test_filters_combine_and_each_can_be_taken_away(client: Client, town: dict[str, Service]) -> None:
    html = page(client, druh=["osp", "ad"], zdarma="1")
    assert names(html) == ["Dluhová poradna"]
    assert 'href="?druh=osp&amp;druh=ad"' in html


def test_namesakes_are_offered_with_their_districts(client: Client, town: dict[str, Service]) -> None:
    html = page(client, q="dluhy", kde="Lhotka")
    assert re.search(r"Lhotka v okrese (Jinde|Zkušebno)", html)


def test_unknown_place_is_said_and_results_stay(client: Client, town: dict[str, Service]) -> None:
    html = page(client, q="dluhy", kde="Xyzxyz")
    assert "neznáme" in html
    assert "Dluhová poradna" in names(html)


def test_choice_that_the_catalogue_does_not_have_is_said_and_passed_over(
    client: Client, town: dict[str, Service]
) -> None:
    html = page(client, druh="neznamy", obec="999999")
    assert "Tohle tu zatím nemáme" in html
    assert len(names(html)) == len(town)


def test_literal_words_are_one_click_away_and_back(client: Client, town: dict[str, Service]) -> None:
    assert "doslova=1" in page(client, q="dluhy")
    literal = page(client, q="poradna", doslova="1")
    assert "Rozuměli jsme" not in literal
    assert "Hledat i podle smyslu" in literal


def test_nothing_found_says_so_and_offers_the_nearest_a_person_and_a_voice(
    client: Client, town: dict[str, Service]
) -> None:
    html = page(client, q="dluhy", kde="Svornov", forma="amb", druh="ad")
    assert "Nic takového tu nemáme" in html
    assert "totéž bez filtrů" in html
    assert "Dluhová poradna" in html
    assert "/hledani/chybi/" in html


def test_page_beyond_the_last_is_not_found_and_leads_back(client: Client, town: dict[str, Service]) -> None:
    answer = client.get("/sluzby/", {"strana": 10**9})
    assert answer.status_code == 404
    assert "Zpět na první stranu" in answer.content.decode()


def test_pages_follow_each_other(client: Client, town: dict[str, Service]) -> None:
    kind = make.kind()
    for _ in range(30):
        make.service(kind=kind)
    touch()
    first, second = names(page(client)), names(page(client, strana=2))
    assert len(first) == 20
    assert len(second) == len(town) + 30 - 20
    assert not set(first) & set(second)


def test_ended_service_leaves_the_results_at_once(client: Client, town: dict[str, Service]) -> None:
    Service.objects.filter(pk=town["debts"].pk).update(published=False)  # the index does not know yet
    assert "Dluhová poradna" not in names(page(client, q="dluhy"))


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10_000,
        "dluhy " * 2_000,
        "'; DROP TABLE finding_layword; --",
        "<script>alert(1)</script>",
        "\x00\x00",
        "%00%ff",
        "((((",
        '"',
        "\u202e\u200b",
        "🙂" * 50,
        "AND OR NOT",
    ],
)
def test_anything_typed_is_answered_and_nothing_of_it_runs(client: Client, town: dict[str, Service], text: str) -> None:
    answer = client.get("/sluzby/", {"q": text, "kde": text, "druh": text, "strana": text, "lat": text, "razeni": text})
    assert answer.status_code == 200
    assert b"<script>alert" not in answer.content


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["q", "kde", "pro", "druh", "obec", "orp", "strana", "lat", "lon", "format"]),
                       st.text(max_size=40), max_size=6))  # fmt: skip
def test_any_address_gets_a_clear_answer(client: Client, town: dict[str, Service], asked: dict[str, str]) -> None:
    assert client.get("/sluzby/", asked).status_code in {200, 400, 404}


def test_long_question_says_that_it_was_cut(client: Client, town: dict[str, Service]) -> None:
    assert "Otázka je moc dlouhá" in page(client, q="dluhy a exekuce " * 400)


def test_question_answered_by_nothing_is_counted_without_anything_personal(
    client: Client, town: dict[str, Service]
) -> None:
    client.get("/sluzby/", {"q": "kvantová mechanika 777123456 jan@example.org", "doslova": "1"})
    assert [one.question for one in EmptySearch.objects.all()] == ["kvantova mechanika"]


@pytest.mark.django_db(transaction=True)
def test_busy_database_delays_no_answer(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(**_: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(actions, "note_empty_search", busy)
    LayWord.objects.create(phrase="dluhy", kinds="osp")
    make.service()
    touch()
    assert client.get("/sluzby/", {"q": "kvantová mechanika", "doslova": "1"}).status_code == 200
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout")
            assert cursor.fetchone() == (20_000,)


def test_answered_question_is_not_kept(client: Client, town: dict[str, Service]) -> None:
    page(client, q="dluhy")
    assert not EmptySearch.objects.exists()


def test_what_is_missing_can_be_told(client: Client, town: dict[str, Service]) -> None:
    answer = client.post("/hledani/chybi/", {"text": "odvoz k lékaři na vozíku"}, follow=True)
    assert "Zapsali jsme si to" in answer.content.decode()
    assert EmptySearch.objects.get().question.startswith("odvoz k lekari")
    assert client.post("/hledani/chybi/", {"text": ""}).status_code == 422


# --- the same as data ----------------------------------------------------------------------------------------


def test_json_holds_the_order_of_the_page(client: Client, town: dict[str, Service]) -> None:
    asked = {"q": "babička nezvládá sama doma", "kde": "Svornov"}
    told = json.loads(client.get("/sluzby/", asked | {"format": "json"}).content)
    assert [one["nazev"] for one in told["sluzby"]] == names(page(client, **asked))
    assert told["misto"]["nazev"] == "Svornov"


def test_csv_opens_in_a_spreadsheet_and_runs_nothing(client: Client, town: dict[str, Service]) -> None:
    Service.objects.filter(pk=town["debts"].pk).update(name="=1+1")
    answer = client.get("/sluzby/", {"druh": "osp", "format": "csv"})
    text = answer.content.decode()
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text[1:])))
    assert [row["sluzba"] for row in rows] == ["'=1+1"]


def test_unknown_format_is_refused_with_the_known_ones(client: Client, town: dict[str, Service]) -> None:
    answer = client.get("/sluzby/", {"format": "xml"})
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert "geojson" in answer.json()["detail"]


def test_secret_place_is_on_no_map_and_in_no_export(client: Client, town: dict[str, Service]) -> None:
    for address in ("/mapa/mista.json", "/sluzby/?format=geojson"):
        collection = json.loads(client.get(address).content)
        assert all(town["shelter"].name not in str(one["properties"]) for one in collection["features"])
    told = json.loads(client.get("/sluzby/?druh=ad&format=json").content)
    assert told["sluzby"][0]["kde"] == ""


# --- suggestions ---------------------------------------------------------------------------------------------


def test_suggestions_lead_to_something(client: Client, town: dict[str, Service]) -> None:
    items = client.get("/hledani/napoveda/", {"q": "dlu"}).json()["items"]
    assert items
    for item in items:
        answer = client.get(item["url"])
        assert answer.status_code == 200
        assert "Nic takového tu nemáme" not in answer.content.decode()


def test_suggested_namesakes_carry_their_district(client: Client, town: dict[str, Service]) -> None:
    items = client.get("/hledani/mista/", {"q": "lhot"}).json()["items"]
    assert {item["value"] for item in items} == {"Lhotka okres Zkušebno", "Lhotka okres Jinde"}
    for item in items:
        assert item["value"].split("okres ")[1] in page(client, kde=item["value"])


def test_too_many_suggestions_in_a_minute_are_refused(client: Client, town: dict[str, Service]) -> None:
    from portal.web.pace import QUESTIONS_PER_MINUTE as PER_MINUTE

    answers = [client.get("/hledani/mista/", {"q": ""}).status_code for _ in range(PER_MINUTE + 30)]
    assert answers[:PER_MINUTE] == [200] * PER_MINUTE
    assert answers[-1] == 429
    assert client.get("/sluzby/", {"format": "csv"}).status_code == 429
    assert client.get("/sluzby/").status_code == 200  # people looking for help are never turned away
    # Everybody has a limit of their own.
    assert client.get("/hledani/mista/", REMOTE_ADDR="10.0.0.9").status_code == 200


# --- budgets -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["", "q=dluhy&kde=Svornov", "druh=ps&pro=seniori", "q=dluhy&razeni=vzdalenost&kde=Svornov"]
)
def test_search_stays_within_its_queries_with_ten_times_the_rows(
    client: Client, town: dict[str, Service], django_assert_max_num_queries: DjangoAssertNumQueries, query: str
) -> None:
    client.get(f"/sluzby/?{query}")
    with django_assert_max_num_queries(SEARCH_QUERIES) as few:
        client.get(f"/sluzby/?{query}")
    svornov, kind = town["care"].facilities.get().municipality, Kind.objects.get(key="osp")
    for _ in range(10 * len(town)):
        make.service(kind=kind, at=svornov, phone="999 000 000", target_groups=["seniori"], forms=["ter"])
    touch()
    client.get(f"/sluzby/?{query}")
    with django_assert_max_num_queries(SEARCH_QUERIES) as many:
        answer = client.get(f"/sluzby/?{query}")
    assert len(many.captured_queries) == len(few.captured_queries)
    assert len(answer.content) < 60 * 1024


def test_address_of_a_search_reads_back_as_the_same_search() -> None:
    from django.http import QueryDict

    from portal.finding.forms import read

    query = urlencode(
        [("q", "dluhy"), ("kde", "Jičín"), ("druh", "ps"), ("druh", "os"), ("zdarma", "1"), ("strana", "3")]
    )
    asked = read(QueryDict(query))
    assert read(QueryDict(urlencode(asked.pairs()))) == asked
