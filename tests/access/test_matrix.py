"""White spots: what each municipality has of each kind of help."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from portal.access.matrix import Cell, Matrix, compute
from portal.access.question import Question, Unit
from portal.access.study import data_version, land
from portal.catalogue.actions import touch
from portal.territory.models import Municipality
from tests import make

pytestmark = pytest.mark.django_db

KM = Question(kinds=(), unit=Unit.KM, limit=15)


def made(*keys: str) -> Matrix:
    touch()
    return compute(KM, [make.kind(key) for key in keys], data_version())


def test_here_near_and_none(villages: list[Municipality]) -> None:
    make.service(kind=make.kind("dps"), at=villages[0])
    assert made("dps").cells[:, 0].tolist() == [Cell.HERE, Cell.NEAR, Cell.NONE, Cell.NONE]


def test_a_service_that_comes_is_told_from_one_that_is_here(villages: list[Municipality]) -> None:
    care = make.service(kind=make.kind("ps"), at=villages[0], forms=["ter"])
    care.served_municipalities.add(villages[0], villages[3])
    assert made("ps").cells[:, 0].tolist() == [Cell.COMES, Cell.NONE, Cell.NONE, Cell.COMES]


def test_where_a_field_service_goes_nobody_knows_it_is_not_none(villages: list[Municipality]) -> None:
    make.service(kind=make.kind("ps"), at=villages[0], forms=["ter"])
    Municipality.objects.filter(pk=villages[3].pk).update(orp=make.orp("9902", "Sousedov"))
    # Near its seat it is in reach, further in its ORP unknown, in another ORP not there.
    assert made("ps").cells[:, 0].tolist() == [Cell.NEAR, Cell.NEAR, Cell.UNKNOWN, Cell.NONE]


def test_a_municipality_without_a_point_is_unknown_unless_help_is_in_it(villages: list[Municipality]) -> None:
    make.service(kind=make.kind("dps"), at=villages[1])
    Municipality.objects.filter(pk__in=[villages[1].pk, villages[3].pk]).update(lat=None, lon=None)
    assert made("dps").cells[:, 0].tolist() == [Cell.NEAR, Cell.HERE, Cell.NEAR, Cell.UNKNOWN]


def test_kinds_stand_in_columns_and_missing_ones_are_counted(villages: list[Municipality]) -> None:
    make.service(kind=make.kind("dps"), at=villages[0])
    found = made("ps", "dps")
    assert found.cells.shape == (4, 2)
    assert found.missing.tolist() == [1, 1, 2, 2]
    assert found.count(Cell.NONE) == 6


def test_a_secret_place_is_in_no_cell(villages: list[Municipality]) -> None:
    make.secret_facility(make.service(kind=make.kind("ad"), forms=["pob"]))
    assert made("ad").cells[:, 0].tolist() == [Cell.NONE] * 4


def test_the_page_shows_words_and_filters(client: Client, villages: list[Municipality]) -> None:
    make.service(kind=make.kind("dps"), at=villages[0])
    touch()
    page = client.get("/dostupnost/bila-mista/?skupina=care&limit=20").content.decode()
    assert "● v místě" in page
    assert "– není" in page
    assert "Ves 3" in page
    page = client.get("/dostupnost/bila-mista/?skupina=care&stav=v-miste").content.decode()
    assert "Ves 0" in page
    assert "Ves 3" not in page
    page = client.get("/dostupnost/bila-mista/?skupina=care&stav=dojizdi").content.decode()
    assert "Takovou obec tu nemáme" in page


@pytest.mark.parametrize("wrong", ["limit=0", "limit=1000000", "skupina=x", "uzemi=x", "druh=x"])
def test_a_wrong_filter_is_said(client: Client, villages: list[Municipality], wrong: str) -> None:
    answer = client.get(f"/dostupnost/bila-mista/?{wrong}")
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    assert client.get(f"/dostupnost/bila-mista.xlsx?{wrong}").status_code == 404


def test_the_workbook_holds_all_of_it(client: Client, villages: list[Municipality]) -> None:
    make.service(kind=make.kind("dps", name="domovy pro seniory"), at=villages[0])
    touch()
    answer = client.get("/dostupnost/bila-mista.xlsx?skupina=care&limit=20&razeni=obec")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    method = {str(row[0]): str(row[1]) for row in book.get_sheet_by_name("Metoda").to_python()}
    assert (method["V dosahu"], method["v místě"]) == ("do 20 minut", "zařízení je přímo v obci")
    assert "odhad" in method["Cesta"]
    assert "katalog k " in client.get("/dostupnost/bila-mista/").content.decode()
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0][:4] == ["kod_obce", "obec", "orp", "lidi"]
    column = rows[0].index("domovy pro seniory")
    assert [row[column] for row in rows[1:]] == ["v místě", "v dosahu", "není", "není"]


def test_the_matrix_costs_the_same_queries_however_many_services(
    villages: list[Municipality], django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    kinds = [make.kind("dps"), make.kind("ps")]
    for more in (1, 30):
        for at in range(more):
            make.service(kind=kinds[at % 2], at=villages[at % 4], forms=["amb"])
        touch()
        version = data_version()
        land(version)
        with django_assert_num_queries(4):
            compute(KM, kinds, version)
