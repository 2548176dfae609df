"""The outlook: a trend that says it is one, needs from rates with a source, unknown said as unknown."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from portal.access import outlook, outlook_projection, study
from portal.access.models import ReferenceValue
from portal.access.outlook_projection import Missing, Why
from portal.access.question import Question
from portal.access.study import Study
from portal.catalogue.actions import touch
from portal.territory.models import AGES, AgeProfile, Municipality, Statistic, VitalRates
from tests import make

pytestmark = pytest.mark.django_db

ASKED = Question(kinds=("dps",))
ADDRESS = "/dostupnost/vyhled/?druh=dps&uzemi=cr"


def asked(question: Question = ASKED) -> Study:
    make.kind("dps")
    touch()
    return study.study(question)


def test_the_growth_of_the_known_years_goes_on(villages: list[Municipality]) -> None:
    found = outlook.trend(asked())
    # 500 people in 2020, 1 000 in 2023: twice as many in three years.
    assert found.growth == pytest.approx(2 ** (1 / 3) - 1)
    assert [(one.year, one.is_known) for one in found.years] == [
        (2020, True),
        (2023, True),
        (2025, False),
        (2028, False),
        (2033, False),
    ]
    assert found.years[2].people == pytest.approx(1000 * 2 ** (2 / 3))


def test_one_year_makes_no_trend(client: Client, villages: list[Municipality]) -> None:
    Statistic.objects.filter(year=2020).delete()
    found = outlook.trend(asked())
    assert (found.growth, [one.year for one in found.years]) == (None, [2023])
    assert "vývoj odhadnout neumíme" in client.get(ADDRESS).content.decode()


def test_no_people_no_outlook(client: Client, villages: list[Municipality]) -> None:
    Statistic.objects.filter(measure="age_65_plus").delete()
    asked()
    assert client.get(ADDRESS).status_code == 200
    assert outlook.trend(asked()).years == []


def test_municipalities_known_in_one_year_only_are_left_out_and_counted(villages: list[Municipality]) -> None:
    Statistic.objects.filter(year=2020, municipality=villages[3]).delete()
    found = outlook.trend(asked())
    assert found.left == 1
    assert [one.people for one in found.years[:2]] == [300, 600]


def test_the_span_is_how_differently_areas_around_have_grown(villages: list[Municipality]) -> None:
    assert outlook.trend(asked()).low is None  # one ORP says nothing of differences
    for at in range(10):
        place = make.municipality(orp=make.orp(f"98{at:02}", f"Okolí {at}"))
        make.statistic(place, "age_65_plus", 100, year=2020)
        make.statistic(place, "age_65_plus", 100 + 10 * at)
    found = outlook.trend(asked())
    assert found.low is not None
    assert found.high is not None
    last = found.years[-1]
    assert last.low is not None
    assert last.high is not None
    assert found.low < found.high
    assert last.low < last.people < last.high


@given(before=st.floats(1, 1e6), after=st.floats(1, 1e6), years=st.integers(1, 30))
def test_growth_leads_back_to_what_is_known(before: float, after: float, years: int) -> None:
    growth = outlook._growth(before, after, years)
    assert growth is not None
    assert outlook._after(before, growth, years) == pytest.approx(after)


def rate(amount: float, **more: Any) -> ReferenceValue:
    values = {"name": "Lůžka", "measure": "age_65_plus", "source": "Výzkum", "unit": make.unit("luzka")}
    made = ReferenceValue.objects.create(amount=amount, **(values | more))
    made.kinds.add(make.kind("dps"))
    return made


def needs(found: Study) -> list[outlook.Need]:
    return outlook.needs(found, outlook.trend(found).years, list(ReferenceValue.objects.beside("age_65_plus")))


def test_need_is_people_times_rate_beside_what_stands(villages: list[Municipality]) -> None:
    rate(40)
    service = make.service(kind=make.kind("dps"), at=villages[0])
    make.capacity(make.service_form(service, "pob"), 25)
    today, beds = needs(asked())
    assert (today.is_today, today.now) == (True, 1)
    assert [need for _year, need, _low, _high in beds.years][:2] == [20, 40]
    assert (beds.now, beds.is_whole) == (25, True)


def test_unknown_capacity_is_unknown_and_part_of_it_is_at_least(client: Client, villages: list[Municipality]) -> None:
    rate(40)
    make.service(kind=make.kind("dps"), at=villages[0])
    found = asked()
    assert needs(found)[1].now is None
    assert "neznáme" in client.get(ADDRESS).content.decode()
    other = make.service(kind=make.kind("dps"), at=villages[1])
    make.capacity(make.service_form(other, "pob"), 25)
    asked()
    assert "nejméně 25" in client.get(ADDRESS).content.decode().replace("\xa0", " ")


def test_a_rate_about_other_people_or_other_help_is_not_used(villages: list[Municipality]) -> None:
    rate(40, measure="people")
    wider = rate(40)
    wider.kinds.add(make.kind("ps"))
    assert needs(asked()) == []


def test_the_page_says_that_it_is_an_estimate(client: Client, villages: list[Municipality]) -> None:
    asked()
    text = client.get(ADDRESS).content.decode()
    assert "jednoduchý trend, ne demografická projekce" in text
    assert "Pro tuhle pomoc a tyhle lidi tu zatím žádná není" in text


@pytest.mark.parametrize("query", ["druh=neco", "druh=dps&limit=0", "druh=dps&uzemi=XX", "druh=dps&limit=1000000"])
def test_a_bad_question_gets_a_clear_answer(client: Client, villages: list[Municipality], query: str) -> None:
    asked()
    assert client.get(f"/dostupnost/vyhled/?{query}").status_code == 422


def test_the_page_costs_the_same_with_ten_times_the_rows(
    client: Client, villages: list[Municipality], django_assert_max_num_queries: Any
) -> None:
    for at in range(20):
        make.service(kind=make.kind("dps"), at=villages[at % 4])
        rate(at + 1, name=f"Míra {at}")
    asked()
    client.get(ADDRESS)
    with django_assert_max_num_queries(8):
        assert len(client.get(ADDRESS).content) < 60 * 1024


# --- the projection ------------------------------------------------------------------------------------------------


def profile(place: Municipality, *, aged: dict[int, float] | None = None, **more: Any) -> AgeProfile:
    """So many men and so many women of each age given."""
    ages: list[float] = [0] * AGES
    for age, people in (aged or {64: 10, 70: 20}).items():
        ages[age] = people
    values: dict[str, Any] = {"year": 2023, "men": ages, "women": ages, "source": "ČSÚ, věk"} | more
    return AgeProfile.objects.create(municipality=place, **values)


def vital(**more: Any) -> VitalRates:
    """One in ten dies each year at any age; nobody is born and nobody moves."""
    values: dict[str, Any] = {
        "name": "Tabulky",
        "year": 2023,
        "source": "ČSÚ, míry",
        "survival": [[0.9] * AGES] * 2,
        "fertility": [0.0] * AGES,
        "birth_survival": [1.0, 1.0],
        "girls": 0.5,
        "deaths_spread": 0.0,
        "births_spread": 0.0,
        "moves_spread": 0.0,
    } | more
    return VitalRates.objects.create(**values)


def projected(question: Question = ASKED) -> outlook.Ahead:
    return outlook.ahead(asked(question))


def test_the_projection_equals_the_method_by_hand(villages: list[Municipality]) -> None:
    vital()
    for place in villages:
        profile(place)
    found = projected()
    assert found.projection is not None
    assert [one.year for one in found.years] == [2023, 2024, 2028, 2033, 2043, 2053]
    # 4 villages × 2 sexes × 20 people over 65; a year later those of 64 are among them, and nine in ten live.
    assert [one.people for one in found.years] == pytest.approx(
        [160, *(240 * 0.9**years for years in (1, 5, 10, 20, 30))]
    )
    assert found.then is not None
    assert found.then.year == 2033


def test_births_and_moves_are_counted_by_those_who_live_there(villages: list[Municipality]) -> None:
    still = [[1.0] * AGES] * 2
    fertility = [0.0] * 30 + [0.1] + [0.0] * 70
    moves = [[0.0] * 30 + [0.5] + [0.0] * 70, [0.0] * AGES]
    rates = vital(survival=still, fertility=fertility, birth_survival=[1.0, 0.5], moves=moves)
    people = np.zeros((1, 2, AGES))
    people[..., 30] = 100
    after = outlook_projection.next_year(np.broadcast_to(people, (3, 2, AGES)), rates)[1]
    # Half of a hundred women's year at 30 bears children: 5 births, half of them girls, half of whom live.
    assert after[:, 0].tolist() == [2.5, 1.25]
    assert after[:, 31].tolist() == [150, 100]


def test_the_low_estimate_has_more_deaths_and_the_high_one_fewer(villages: list[Municipality]) -> None:
    vital(deaths_spread=0.5, moves_spread=0.001)
    for place in villages:
        profile(place)
    one = projected().years[1]
    assert one.low == pytest.approx(240 * (0.85 - 0.001))
    assert one.people == pytest.approx(240 * 0.9)
    assert one.high == pytest.approx(240 * (0.95 + 0.001))


def test_rates_of_the_region_come_before_those_of_the_country(villages: list[Municipality]) -> None:
    vital(survival=[[0.5] * AGES] * 2, year=2024)
    for place in villages:
        profile(place)
    assert projected().years[1].people == pytest.approx(240 * 0.5)
    vital(region=villages[0].region)
    assert projected().years[1].people == pytest.approx(240 * 0.9)


def test_without_what_it_needs_the_trend_stays_and_says_why(client: Client, villages: list[Municipality]) -> None:
    def why(question: Question = ASKED) -> Why | None:
        missing = outlook_projection.projected(asked(question))
        return missing.why if isinstance(missing, Missing) else None

    assert why() == Why.NO_AGES
    assert "Počty lidí po letech věku tu nemáme" in client.get(ADDRESS).content.decode()
    profile(villages[0])
    assert why() == Why.FEW_AGES
    assert "chybí u příliš mnoha obcí (3)" in client.get(ADDRESS).content.decode()
    for place in villages[1:]:
        profile(place)
    assert why() == Why.NO_RATES
    assert "Míry úmrtnosti a plodnosti pro toto území nemáme" in client.get(ADDRESS).content.decode()
    vital()
    assert why() is None
    make.statistic(villages[0], "in_execution", 10)
    assert why(Question(kinds=("dps",), people="in_execution")) == Why.NOT_BY_AGE
    text = client.get(f"{ADDRESS}&lide=in_execution").content.decode()
    assert "U téhle skupiny lidí neznáme věk" in text


def test_a_few_municipalities_without_ages_are_left_out_and_counted(
    client: Client, villages: list[Municipality]
) -> None:
    vital()
    for place in villages:
        profile(place)
    hamlet = make.municipality("Samota")
    make.statistic(hamlet, "age_65_plus", 3)
    found = projected().projection
    assert found is not None
    assert found.lacking == 1
    assert "Vynechané obce" in client.get(ADDRESS).content.decode()


def test_an_older_year_known_everywhere_is_better_than_a_new_one_known_here_and_there(
    villages: list[Municipality],
) -> None:
    vital()
    for place in villages:
        profile(place)
    profile(villages[0], year=2024)
    assert projected().years[0].year == 2023


def test_the_page_says_data_year_method_and_uncertainty(client: Client, villages: list[Municipality]) -> None:
    vital(deaths_spread=0.1)
    for place in villages:
        profile(place, is_split=True)
    asked()
    text = client.get(ADDRESS).content.decode().replace("\xa0", " ")
    assert "Podle projekce jich bude v roce 2033 asi" in text
    assert "(nízký odhad" in text
    assert "kohortně-komponentní metoda" in text
    assert "ČSÚ, věk" in text
    assert "Tabulky, 2023; ČSÚ, míry" in text
    assert "úmrtností o 10 % vyšší" in text
    assert "rozdělili rovnoměrně" in text
    assert "jednoduchý trend" not in text


def test_the_page_of_a_projection_costs_a_few_queries(
    client: Client, villages: list[Municipality], django_assert_max_num_queries: Any
) -> None:
    vital()
    for place in villages:
        profile(place)
    rate(40)
    asked()
    client.get(ADDRESS)
    with django_assert_max_num_queries(8):
        assert len(client.get(ADDRESS).content) < 60 * 1024


def test_the_outlook_is_taken_away_as_it_was_shown(client: Client, villages: list[Municipality]) -> None:
    vital()
    for place in villages:
        profile(place)
    rate(40, name="=Lůžka")
    asked()
    address = ADDRESS.replace("vyhled/", "vyhled.{}")
    told = json.loads(client.get(address.format("json")).content)
    assert told["metoda"] == "projekce"
    people = [row for row in told["vyhled"] if row["podle_ceho"] == "lidé"]
    assert [(row["rok"], row["hodnota"]) for row in people[:2]] == [(2023, 160), (2024, 216)]
    needs = [row for row in told["vyhled"] if row["podle_ceho"] == "=Lůžka"]
    assert needs[0]["hodnota"] == pytest.approx(160 * 40 / 1000)
    lines = client.get(address.format("csv")).content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + len(told["vyhled"])
    assert any(";'=Lůžka;" in line for line in lines)
    book = CalamineWorkbook.from_filelike(BytesIO(client.get(address.format("xlsx")).content))
    assert len(book.get_sheet_by_name("Výhled").to_python()) == len(lines)
    assert client.get(address.format("pdf")).status_code == 404
    assert client.get("/dostupnost/vyhled.csv?druh=neco").status_code == 404
