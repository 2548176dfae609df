"""The outlook: a trend that says it is one, needs from rates with a source, unknown said as unknown."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from portal.access import outlook, study
from portal.access.models import ReferenceValue
from portal.access.question import Question
from portal.access.study import Study
from portal.catalogue.actions import touch
from portal.territory.models import Municipality, Statistic
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
    return outlook.needs(found, outlook.trend(found), list(ReferenceValue.objects.beside("age_65_plus")))


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
