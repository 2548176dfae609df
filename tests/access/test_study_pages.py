"""Pages, maps and files of studies: what they say, what they never say, and what they cost."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from portal.access.models import ReferenceValue
from portal.audit.models import Deed
from portal.catalogue.actions import touch
from portal.territory.models import Boundary, Municipality
from tests import make
from tests.access.conftest import outline

pytestmark = pytest.mark.django_db

STUDY = "/dostupnost/?druh=dps&uzemi=CZ099&v=km&limit=15"
SECRET = "Tajný dům"


@pytest.fixture
def region(villages: list[Municipality]) -> list[Municipality]:
    """Villages with outlines, a home with beds in the first one and a secret place of another service."""
    for place in villages:
        outline(place)
    made = make.service("Domov Lípa", kind=make.kind("dps", name="domovy pro seniory"), at=villages[0])
    make.capacity(make.service_form(made, "pob"), 30)
    make.secret_facility(make.service(SECRET, kind=make.kind("dps"), forms=["pob"]), name=SECRET)
    touch()
    return villages


def html(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_question_stands_on_top_and_the_answer_under_it(client: Client, region: list[Municipality]) -> None:
    page = html(client, STUDY)
    assert "<h1>Jak daleko to mají lidé od 65 let ve Zkušebním kraji k domovu pro seniory?</h1>" in page
    assert "Do 15 km to má 30 % lidí od 65 let (300 z 1\xa0000). Dál to má 700 z nich." in page
    assert "Nejdál to má obec Ves 3: 30 km." in page
    assert "vzdušná vzdálenost krát 1,3" in page


def test_the_page_without_a_question_asks_a_usual_one(client: Client, region: list[Municipality]) -> None:
    assert "k domovu pro seniory?" in html(client, "/dostupnost/")


def test_an_empty_catalogue_is_said_plainly(client: Client, villages: list[Municipality]) -> None:
    make.kind("dps")
    touch()
    assert "jen ji katalog nezná" in html(client, STUDY)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("limit=0", "větší než nula"),
        ("limit=-5", "větší než nula"),
        ("limit=1000000&v=km", "nejvýš 300"),
        ("limit=nan", "číslo"),
        ("druh=nic", "neznáme"),
        ("uzemi=XX", "XX"),
        ("oklika=0,2", "od 1"),
        ("rychlost=900", "130"),
        ("metoda=kouzlo", "kouzlo"),
    ],
)
def test_a_wrong_question_gets_a_clear_answer(
    client: Client, region: list[Municipality], wrong: str, said: str
) -> None:
    page = html(client, f"/dostupnost/?{wrong}", status=422)
    assert "error-summary" in page
    assert said in page
    assert client.get(f"/dostupnost/studie.json?{wrong}").status_code == 404


def test_nothing_ever_tells_of_a_secret_place(client: Client, region: list[Municipality]) -> None:
    for address in [STUDY, "/dostupnost/bila-mista/?skupina=care"]:
        assert SECRET not in html(client, address)
    for form in ("csv", "geojson", "json", "svg"):
        body = client.get(STUDY.replace("?", f"studie.{form}?")).content.decode()
        assert SECRET not in body
        assert "utajen" not in body.casefold().replace("utajenou adresou do výpočtu ani na mapu nikdy nedáváme", "")


def test_a_comparison_of_two_years_and_of_two_kinds(client: Client, region: list[Municipality]) -> None:
    make.service(kind=make.kind("ps"), at=region[3])
    touch()
    page = html(client, f"{STUDY}&srovnat=rok-2020")
    assert "2023 × 2020" in page
    assert '<td class="number">1\xa0000</td><td class="number">500</td>' in page
    page = html(client, f"{STUDY}&srovnat=ps")
    assert "Blíž to mají k tomu prvnímu (domovy pro seniory): obcí 2. Dál: obcí 2. Stejně: obcí 0." in page


def test_a_reference_value_stands_beside_our_figure_and_is_no_norm(client: Client, region: list[Municipality]) -> None:
    value = ReferenceValue.objects.create(
        name="Lůžka na 1 000", unit=make.unit("luzka"), measure="age_65_plus", amount=27, source="Výzkum"
    )
    value.kinds.add(make.kind("dps"))
    page = html(client, STUDY)
    assert "není to závazný normativ" in page
    assert "27,0" in page
    assert "tady: 30,0" in page


# --- what pages cost -----------------------------------------------------------------------------------------


def test_pages_stay_within_their_budget_however_the_catalogue_grows(
    client: Client,
    region: list[Municipality],
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    client.get("/dostupnost/?druh=ps")  # the land of this process
    with django_assert_max_num_queries(10):
        assert len(client.get(f"{STUDY}&srovnat=rok-2020").content) < 60 * 1024
    with django_assert_max_num_queries(10):
        assert len(client.get("/dostupnost/bila-mista/").content) < 60 * 1024
    for at in range(40):
        place = make.municipality(lat=50.0 + at / 100, lon=15.1)
        make.statistic(place, "age_65_plus", 10)
        make.service(kind=make.kind("dps"), at=place, forms=["pob"])
    touch()
    client.get("/dostupnost/?druh=ps")
    with django_assert_max_num_queries(10):
        assert len(client.get(f"{STUDY}&srovnat=rok-2020").content) < 60 * 1024
    with django_assert_max_num_queries(10):
        assert len(client.get("/dostupnost/bila-mista/").content) < 60 * 1024


# --- the map -------------------------------------------------------------------------------------------------


def test_the_map_draws_every_municipality_with_a_link(client: Client, region: list[Municipality]) -> None:
    answer = client.get(STUDY.replace("?", "mapa.svg?"))
    assert answer["Content-Type"] == "image/svg+xml"
    tree = ElementTree.fromstring(answer.content)
    links = [one.get("href", "") for one in tree.iter("{http://www.w3.org/2000/svg}a")]
    assert sorted(links) == sorted(f"/obce/{place.slug}/" for place in region)
    titles = {one.text for one in tree.iter("{http://www.w3.org/2000/svg}title")}
    assert "Ves 3: 30 km" in titles
    assert "<script" not in answer.content.decode()
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]


def test_the_map_without_outlines_says_so(client: Client, region: list[Municipality]) -> None:
    Boundary.objects.all().delete()
    assert "Hranice obcí tu nejsou nahrané" in html(client, STUDY.replace("?", "mapa.svg?"))


def test_unknown_is_hatched_and_named_in_the_legend(client: Client, region: list[Municipality]) -> None:
    Municipality.objects.filter(pk=region[3].pk).update(lat=None, lon=None)
    touch()
    assert "nevíme" in html(client, STUDY)
    assert '<g fill="url(#nevime)">' in html(client, STUDY.replace("?", "mapa.svg?"))


def test_a_sum_without_an_unknown_capacity_is_at_least_so_much(client: Client, region: list[Municipality]) -> None:
    make.service_form(make.service(kind=make.kind("dps"), at=region[0]), "pob")
    touch()
    asked = STUDY + "&metoda=pocet&co=kapacita"
    assert "nejméně 30" in html(client, asked).replace("\xa0", " ")
    assert "Ves 0: nejméně 30" in html(client, asked.replace("?", "mapa.svg?")).replace("\xa0", " ")


def test_places_of_no_capacity_are_not_nothing_in_reach(client: Client, region: list[Municipality]) -> None:
    make.capacity(make.service_form(make.service(kind=make.kind("dps"), at=region[3]), "pob"), 0)
    touch()
    asked = STUDY.replace("limit=15", "limit=5") + "&metoda=pocet&co=kapacita"
    text = html(client, asked)
    assert "v dosahu jen místa s nulovou kapacitou" in text
    assert "nic v dosahu" in text
    assert "Nic v dosahu, nebo jen místa s nulovou kapacitou má" in text
    drawn = html(client, asked.replace("?", "mapa.svg?"))
    assert '<g fill="url(#prazdne)">' in drawn
    assert '<g fill="url(#nic)">' in drawn


# --- files ---------------------------------------------------------------------------------------------------


def test_csv_and_xlsx_hold_the_same_municipalities_from_the_worst(client: Client, region: list[Municipality]) -> None:
    text = client.get(STUDY.replace("?", "studie.csv?")).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [row["obec"] for row in rows] == ["Ves 3", "Ves 2", "Ves 1", "Ves 0"]
    assert [row["cesta"] for row in rows] == ["30", "20", "10", "0"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(STUDY.replace("?", "studie.xlsx?")).content))
    assert book.sheet_names == ["Obce", "kraje", "okresy", "ORP", "Metoda"]
    assert [row[1] for row in book.get_sheet_by_name("Obce").to_python()[1:]] == ["Ves 3", "Ves 2", "Ves 1", "Ves 0"]


def test_geojson_has_the_outline_or_the_point(client: Client, region: list[Municipality]) -> None:
    Boundary.objects.filter(code=region[0].code).delete()
    found = json.loads(client.get(STUDY.replace("?", "studie.geojson?")).content)
    shapes = {one["properties"]["obec"]: one["geometry"]["type"] for one in found["features"]}
    assert shapes == {"Ves 0": "Point", "Ves 1": "Polygon", "Ves 2": "Polygon", "Ves 3": "Polygon"}
    assert (found["method"], found["people_year"]) == ("Jak daleko je nejbližší (obvyklá volba)", 2023)
    assert found["day"] == timezone.localdate().isoformat()
    assert any("odhad" in line for line in found["uncertainty"])


def test_anybody_can_compute_the_study_again_from_its_json(client: Client, region: list[Municipality]) -> None:
    found = json.loads(client.get(STUDY.replace("?", "studie.json?")).content)
    method = found["method"]

    def way(one: dict[str, float], other: dict[str, float]) -> float:
        lat1, lon1, lat2, lon2 = map(math.radians, (one["lat"], one["lon"], other["lat"], other["lon"]))
        h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
        return float(2 * method["earth_radius_km"] * math.asin(math.sqrt(h)) * method["detour"])

    again = [min(way(one, place) for place in found["places"]) for one in found["municipalities"]]
    assert np.array([one["nearest"] for one in found["municipalities"]]) == pytest.approx(again, abs=0.0005)
    assert found["address"].endswith("/dostupnost/?druh=dps&limit=15&v=km&uzemi=CZ099")


@pytest.mark.parametrize(("form", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF-"), ("svg", b"<svg")])
def test_pictures_and_paper(client: Client, region: list[Municipality], form: str, start: bytes) -> None:
    answer = client.get(STUDY.replace("?", f"studie.{form}?"))
    assert answer.content.startswith(start)
    if form == "svg":  # a picture travels alone: it says how it was computed, from what and when
        day = timezone.localdate()
        for told in ("Jak daleko je nejbližší", "odhad", f"služby k {day.day}. {day.month}. {day.year}", "lidé 2023"):
            assert told in answer.content.decode()
    assert f"dostupnost.{form}" in answer["Content-Disposition"]


def test_a_file_of_another_kind_is_not_there(client: Client, region: list[Municipality]) -> None:
    assert client.get("/dostupnost/studie.exe").status_code == 404


# --- reference values ----------------------------------------------------------------------------------------


def values(**more: Any) -> dict[str, Any]:
    return {
        "name": "Lůžka",
        "kinds": [make.kind("dps").pk],
        "unit": make.unit("luzka").pk,
        "measure": "age_65_plus",
        "amount": "27",
        "source": "Výzkum",
    } | more


def test_a_coordinator_keeps_reference_values_and_the_journal_knows(client: Client) -> None:
    client.force_login(make.person("coordinator"))
    assert client.post("/sprava/referencni-hodnoty/nova/", values()).status_code == 302
    kept = ReferenceValue.objects.get()
    assert (kept.amount, kept.unit) == (27, make.unit("luzka"))
    client.post(f"/sprava/referencni-hodnoty/{kept.pk}/", values(amount="30"))
    deed = Deed.objects.first()
    assert deed is not None
    assert (deed.before["amount"], deed.after["amount"]) == (27, 30)
    assert "Lůžka" in html(client, "/sprava/referencni-hodnoty/")
    assert client.get(f"/sprava/referencni-hodnoty/{kept.pk}/smazat/").status_code == 200
    assert ReferenceValue.objects.exists()
    client.post(f"/sprava/referencni-hodnoty/{kept.pk}/smazat/")
    assert not ReferenceValue.objects.exists()
    assert list(Deed.objects.values_list("verb", flat=True)) == [
        "reference_removed",
        "reference_changed",
        "reference_added",
    ]


@pytest.mark.parametrize("wrong", [{"amount": "-1"}, {"source": " "}, {"kinds": []}, {"measure": "exclusion_index"}])
def test_a_reference_value_without_a_source_or_below_zero_is_refused(client: Client, wrong: dict[str, Any]) -> None:
    client.force_login(make.person("region"))
    assert client.post("/sprava/referencni-hodnoty/nova/", values(**wrong)).status_code == 422
    assert not ReferenceValue.objects.exists()


def test_others_cannot_tell_that_reference_values_are_kept(client: Client) -> None:
    kept = ReferenceValue.objects.create(name="Lůžka", measure="age_65_plus", amount=27, source="Výzkum")
    pages = ["", "nova/", f"{kept.pk}/", f"{kept.pk}/smazat/"]
    for page in pages:
        assert client.get(f"/sprava/referencni-hodnoty/{page}").status_code == 302
    client.force_login(make.person("technical"))
    for page in pages:
        assert client.get(f"/sprava/referencni-hodnoty/{page}").status_code in {403, 404}
    client.force_login(make.person("auditor"))
    assert client.get("/sprava/referencni-hodnoty/").status_code == 200
    assert client.get("/sprava/referencni-hodnoty/nova/").status_code in {403, 404}
