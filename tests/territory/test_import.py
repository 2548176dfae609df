"""Municipalities and their boundaries come in whole, once, and a bad row stops nothing."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from portal.territory import imports, outlines
from portal.territory.models import Boundary, Municipality, Statistic

HEADER = (
    "kod_obce,nazev,status,kod_pou,nazev_pou,kod_orp,nazev_orp,kod_okres_lau,nazev_okres,kod_kraj_nuts3,nazev_kraj,"
    "psc,lat,lon,obyv_2020,ob65plus_2023"
)
AREA = "99011,Svornov,9901,Svornov,XX001,{district},XX0,Kraj"


def row(code: str, name: str, district: str = "Svornov", rest: str = "99901,55.3,4.0,120,30") -> str:
    return f"{code},{name},O,{AREA.format(district=district)},{rest}"


def table(*rows: str) -> StringIO:
    return StringIO("\n".join([HEADER, *rows]))


def read(*rows: str) -> tuple[list[imports.Area], list[str]]:
    faults: list[str] = []
    return list(imports.read_rows(table(*rows), faults)), faults


@pytest.mark.django_db
def test_second_run_writes_nothing() -> None:
    areas, _ = read(row("990001", "Lhota"), row("990002", "Lávky"))
    first = imports.import_areas(areas, source="zkouška")
    assert (first.added, first.figures) == (2, 4)
    with CaptureQueriesContext(connection) as queries:
        second = imports.import_areas(areas, source="zkouška")
    assert (second.added, second.changed, second.unchanged, second.figures) == (0, 0, 2, 0)
    assert not [q for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


@pytest.mark.django_db
def test_changed_row_is_updated_and_keeps_its_address() -> None:
    imports.import_areas(read(row("990001", "Lhota"))[0], source="zkouška")
    imports.import_areas(read(row("990001", "Lhota", rest="99901,55.4,4.0,150,30"))[0], source="zkouška")
    lhota = Municipality.objects.get(code="990001")
    assert (lhota.slug, lhota.lat, lhota.people) == ("lhota", 55.4, 150)
    assert Statistic.objects.filter(municipality=lhota, measure="people").get().value == 150


@pytest.mark.django_db
def test_what_the_table_does_not_say_is_kept() -> None:
    imports.import_areas(read(row("990001", "Lhota"))[0], source="zkouška")
    areas, _ = read(row("990001", "Lhota").replace(",O,", ",T,"))
    imports.import_areas(areas, source="zkouška")
    silent, _ = read(row("990001", "Lhota", rest=",,,,").replace(",O,", ",,"))
    outcome = imports.import_areas(silent, source="zkouška")
    lhota = Municipality.objects.get(code="990001")
    assert outcome.unchanged == 1
    assert (lhota.status, lhota.postal_code, lhota.lat, lhota.people) == ("T", "99901", 55.3, 120)


@pytest.mark.django_db
def test_older_table_does_not_bring_back_an_older_number_of_people() -> None:
    imports.import_areas(read(row("990001", "Lhota"))[0], source="zkouška")
    header = HEADER.replace("obyv_2020", "obyv_2011")
    older = list(imports.read_rows(StringIO(f"{header}\n{row('990001', 'Lhota', rest='99901,55.3,4.0,150,30')}"), []))
    imports.import_areas(older, source="zkouška")
    lhota = Municipality.objects.get(code="990001")
    assert lhota.people == 120
    assert set(lhota.statistics.filter(measure="people").values_list("year", "value")) == {(2011, 150), (2020, 120)}


@pytest.mark.django_db
def test_municipality_missing_from_a_new_table_is_told_and_never_deleted() -> None:
    imports.import_areas(read(row("990001", "Lhota"), row("990002", "Lávky"))[0], source="zkouška")
    elsewhere = row("980001", "Jinde").replace("99011,Svornov,9901,", "98011,Svornov,9801,")
    imports.import_areas(read(elsewhere)[0], source="zkouška")
    outcome = imports.import_areas(read(row("990001", "Lhota"))[0], source="zkouška")
    assert outcome.missing == ["Lávky (990002)"]  # the table says nothing about the ORP of Jinde
    assert Municipality.objects.count() == 3


@pytest.mark.django_db
def test_namesakes_have_addresses_by_district_then_by_code() -> None:
    areas, _ = read(row("990001", "Lhota", "Jih"), row("990002", "Lhota", "Sever"), row("990003", "Lhota", "Sever"))
    imports.import_areas(areas, source="zkouška")
    assert dict(Municipality.objects.values_list("code", "slug")) == {
        "990001": "lhota-jih",
        "990002": "lhota-sever",
        "990003": "lhota-990003",
    }


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (row("99", "Krátká"), "nemá šest číslic"),
        (row("990009", ""), "chybí nazev"),
        (row("990009", "Zlá", rest="99901,abc,4.0,1,1"), "není číslo"),
        (row("990009", "Zlá", rest="99901,95,4.0,1,1"), "poloha"),
        (row("990009", "Zlá", rest="99901,,4.0,1,1"), "poloha"),
        (row("990009", "Zlá", rest="99901,55.3,4.0,-5,1"), "nezáporné"),
        (row("990001", "Podruhé"), "už v tabulce byla"),
        (row("99000１", "Cizí číslice"), "nemá šest číslic"),
        (row("990009", "Zlá" * 40), "příliš dlouhé"),
        (row("990009", "Zlá").replace("9901,", "99019901,"), "příliš dlouhé"),
        (row("990009", "Zlá\x00"), "nepatří"),
        (row("990009", "Zlá", rest="99901,55.3,4.0,1e12,1"), "v mezích"),
    ],
)
def test_bad_row_is_told_with_its_line_and_stops_nothing(bad: str, said: str) -> None:
    areas, faults = read(row("990001", "Lhota"), bad, row("990002", "Lávky"))
    assert [area.code for area in areas] == ["990001", "990002"]
    assert len(faults) == 1
    assert faults[0].startswith("řádek 3:")
    assert said in faults[0]


def test_table_without_columns_is_refused_by_name() -> None:
    with pytest.raises(imports.NotTerritory, match="kod_orp"):
        list(imports.read_rows(StringIO("kod_obce,nazev\n1,2\n"), []))


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_plainly(text: str) -> None:
    faults: list[str] = []
    try:
        rows = list(imports.read_rows(StringIO(HEADER + "\n" + text), faults))
    except csv.Error:
        return
    assert all(len(one.code) == 6 for one in rows)


def test_topojson_arcs_are_joined_and_walked_backwards() -> None:
    square = {
        "type": "Topology",
        "transform": {"scale": [0.5, 0.5], "translate": [10, 50]},
        "arcs": [[[0, 0], [2, 0], [0, 2]], [[0, 0], [0, 2], [2, 0]]],
        "objects": {
            "a": {
                "type": "GeometryCollection",
                "geometries": [{"type": "Polygon", "id": 7, "arcs": [[0, ~1]]}],
            }
        },
    }
    (outline,) = outlines.read(square, [])
    assert outline.code == "7"
    assert outline.geometry["coordinates"] == [[[10, 50], [11, 50], [11, 51], [10, 51], [10, 50]]]


@pytest.mark.parametrize(
    "shape", [None, {"type": "Point", "coordinates": [15, 50]}, {"type": "Polygon", "coordinates": [[["a", 50]]]}, 7]
)
def test_bad_outline_is_told_with_its_number_and_stops_nothing(shape: object) -> None:
    good = {"type": "Polygon", "coordinates": [[[15.1234567, 50, 300], [16, 50, 300], [16, 51, 300], [15, 50, 300]]]}
    features = [{"id": code, "geometry": one} for code, one in (("1", good), ("2", shape), ("3", good))]
    faults: list[str] = []
    read_back = list(outlines.read({"type": "FeatureCollection", "features": features}, faults))
    assert [outline.code for outline in read_back] == ["1", "3"]
    assert read_back[0].geometry["coordinates"][0][0] == [15.12346, 50]
    assert len(faults) == 1
    assert faults[0].startswith("hranice č. 2:")


@pytest.mark.parametrize(
    "document", [None, [], {}, {"type": "FeatureCollection"}, {"type": "Topology", "arcs": 3, "objects": {}}]
)
def test_document_that_is_no_outlines_is_refused(document: object) -> None:
    with pytest.raises(outlines.NotOutlines):
        list(outlines.read(document, []))


@pytest.mark.django_db
def test_command_refuses_a_file_that_is_not_a_table(tmp_path: Path) -> None:
    broken = tmp_path / "obce.csv"
    broken.write_bytes("kód;název\nž".encode("cp1250"))
    with pytest.raises(CommandError):
        call_command("import_territory", broken)


@pytest.mark.django_db
def test_whole_country(real_data: Path) -> None:
    territory = real_data / "territory"
    said = StringIO()
    call_command(
        "import_territory",
        territory / "obce_sloucene.csv",
        boundaries=[territory / "obce_hranice.topo.json", territory / "orp_hranice.geojson"],
        stdout=said,
    )
    assert Municipality.objects.count() == 6258
    assert sum(Statistic.objects.filter(measure="people", year=2020).values_list("value", flat=True)) == 10_701_777
    assert Boundary.objects.filter(level="municipality").count() == 6258
    assert Boundary.objects.filter(level="orp").count() == 206
    ring = Boundary.objects.get(level="municipality", code="572659").geometry["coordinates"][0]
    assert json.dumps(ring[0]) == json.dumps(ring[-1])
