"""Open data: the columns of the import, nothing secret, no formulas, streamed in portions."""

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from portal.catalogue import actions, exports
from portal.register.readers import table
from tests import make

pytestmark = pytest.mark.django_db
FORMS = ("csv", "xlsx", "json", "geojson")


def fetch(client: Client, form: str) -> bytes:
    answer = client.get(f"/otevrena-data/sluzby.{form}")
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "*"
    return answer.getvalue()


def rows(client: Client) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(fetch(client, "csv").decode("utf-8-sig")), delimiter=";"))


def cells_of(workbook: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0).to_python()


def test_columns_are_those_of_the_import() -> None:
    assert exports.COLUMNS == table.NAMES


def test_a_row_is_a_facility_and_says_what_the_import_reads(client: Client) -> None:
    service = make.service(
        "Pečovatelka", target_groups=["seniori"], phone="777 111 222", cost="partly", whole_region=make.region()
    )
    form = make.service_form(service, "pob", nonstop=True)
    make.capacity(form, 32, note="z toho (letní); víc")
    make.capacity(form, None, "klient")
    town = make.municipality("Lhota")
    make.facility(service, town, street="Dlouhá 5")
    make.facility(service, town, street="Krátká 1")
    first, second = rows(client)
    assert (first["sluzba"], first["obec"], first["kod_obce"], first["ulice"]) == (
        "Pečovatelka",
        "Lhota",
        town.code,
        "Dlouhá 5",
    )
    assert first["formy"] == "pobytová nepřetržitě"
    assert first["kapacita"] == "pob: 32 luzka (z toho letní víc); pob: ? klient"
    assert first["cena"] == "částečně"
    assert first["kraje"] == "Zkušební kraj"
    assert second["ulice"] == "Krátká 1"


def test_workbook_holds_the_same_as_the_csv(client: Client) -> None:
    make.service("Pečovatelka", phone="777 111 222", at=make.municipality("Lhota"))
    header, row = cells_of(fetch(client, "xlsx"))
    assert dict(zip(header, row, strict=True)) == rows(client)[0]


def test_json_and_geojson_are_whole_documents(client: Client) -> None:
    assert json.loads(fetch(client, "json")) == []
    assert json.loads(fetch(client, "geojson"))["features"] == []
    make.service("Bez místa")
    make.service("S místem", at=make.municipality(lat=50.5, lon=15.25))
    services = json.loads(fetch(client, "json"))
    assert [one["sluzba"] for one in services] == ["Bez místa", "S místem"]
    assert services[0]["registrovana_kapacita"] == []
    (feature,) = json.loads(fetch(client, "geojson"))["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [15.25, 50.5]}


def test_a_secret_place_and_hidden_services_stay_home(client: Client) -> None:
    secret = make.service("Azyl")
    make.secret_facility(secret, name="Dům U Lípy", source_id="TAJNE-7", access_note="ze dvora")
    make.service("Skrytá", published=False, at=make.municipality())
    for form in FORMS:
        content = fetch(client, form)
        text = str(cells_of(content)) if form == "xlsx" else content.decode()
        for words in ("U Lípy", "TAJNE-7", "ze dvora", "Skrytá"):
            assert words not in text, form
    assert [row["utajena_adresa"] for row in rows(client)] == ["ano"]
    assert json.loads(fetch(client, "json"))[0]["mist_s_utajenou_adresou"] == 1


def test_no_cell_runs_as_a_formula(client: Client) -> None:
    evil = '=HYPERLINK("http://zlo.example";"klik")'
    make.service(evil, phone="+420777111222", plain_text="-1+cmd|' /C calc'!A0", at=make.municipality())
    row = rows(client)[0]
    assert row["sluzba"] == "'" + evil
    assert row["popis"].startswith("'-1")
    assert row["telefon"] == "+420777111222"
    assert cells_of(fetch(client, "xlsx"))[1][exports.COLUMNS.index("sluzba")] == evil


def test_large_data_come_in_portions(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "PORTION", 2)
    names = [make.service(f"Služba {n}", at=make.municipality()).name for n in range(5)]
    assert [row["sluzba"] for row in rows(client)] == names


def test_unchanged_data_are_not_sent_again(client: Client) -> None:
    actions.touch()
    tag = client.get("/otevrena-data/sluzby.csv")["ETag"]
    assert client.get("/otevrena-data/sluzby.csv", headers={"If-None-Match": tag}).status_code == 304
    actions.touch()
    assert client.get("/otevrena-data/sluzby.csv", headers={"If-None-Match": tag}).status_code == 200


def test_what_we_export_the_import_understands(client: Client) -> None:
    """Every row of the demo-like catalogue comes back as a service without a single complaint."""
    service = make.service("Pečovatelka", forms=["ter", "amb"], target_groups=["seniori"], phone="777111222")
    make.facility(service, make.municipality("Lhota"))
    make.secret_facility(service)
    columns, found = table._open(io.BytesIO(fetch(client, "csv")))
    assert set(exports.COLUMNS) == set(columns)
    assert [cells["utajena_adresa"] for _number, cells in found] == ["ne", "ano"]
