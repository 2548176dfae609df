"""Numbers of a study, checked by hand on four villages in a row, and by laws on invented lands."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.access.present import capacity_words
from portal.access.question import Amount, Method, Question, Unit, locative
from portal.access.study import Area, Study, compute, data_version, land, load, study
from portal.catalogue.actions import touch
from portal.catalogue.models import Facility, Service
from portal.territory.models import Municipality, Statistic
from tests import make

pytestmark = pytest.mark.django_db

KM = Question(kinds=("dps",), unit=Unit.KM, limit=15)


def home(place: Municipality, beds: int | None = None, **more: Any) -> Service:
    made = make.service(kind=make.kind("dps"), at=place, **more)
    form = make.service_form(made, "pob")
    if beds is not None:
        make.capacity(form, beds)
    touch()
    return made


def test_the_way_to_the_nearest_home_is_measured_by_road(villages: list[Municipality]) -> None:
    home(villages[0])
    assert study(KM).far == pytest.approx([0, 10, 20, 30])
    # 50 km/h: ten kilometres are twelve minutes.
    assert study(replace(KM, unit=Unit.MINUTES)).far == pytest.approx([0, 12, 24, 36])


def test_the_third_nearest_is_a_choice_that_few_have(villages: list[Municipality]) -> None:
    for at in (0, 1, 3):
        home(villages[at])
    assert study(replace(KM, method=Method.THIRD)).values == pytest.approx([30, 20, 20, 30])


def test_people_within_limits_and_beyond(villages: list[Municipality]) -> None:
    home(villages[0])
    whole = study(KM).whole
    assert study(KM).steps == (15, 30, 60)
    assert whole.within == (300, 1000, 1000)
    assert whole.beyond == 700
    assert whole.share(0) == pytest.approx(0.3)
    assert whole.mean == pytest.approx((0 * 100 + 10 * 200 + 20 * 300 + 30 * 400) / 1000)


def test_two_steps_share_out_the_beds(villages: list[Municipality]) -> None:
    home(villages[0], beds=30)
    home(villages[3], beds=14)
    found = study(replace(KM, method=Method.TWO_STEP, amount=Amount.CAPACITY))
    # 300 people are within 15 km of the first home, 700 of the second.
    assert found.values == pytest.approx([100, 100, 20, 20])
    people = found.material.known_people()
    assert (found.values * people).sum() / 1000 == pytest.approx(44)


def test_unknown_capacity_is_not_zero(villages: list[Municipality]) -> None:
    home(villages[0])
    home(villages[3], beds=14)
    found = study(replace(KM, method=Method.CUMULATIVE, amount=Amount.CAPACITY))
    assert np.isnan(found.values[:2]).all()
    assert found.values[2:] == pytest.approx([14, 14])
    assert found.whole.capacity == 14
    assert not found.whole.capacity_whole


def test_capacity_belongs_to_the_service_and_is_divided_among_its_facilities(villages: list[Municipality]) -> None:
    made = home(villages[0], beds=30)
    make.facility(made, villages[3])
    touch()
    material = load(KM)
    assert sorted(material.places.amount) == [15, 15]
    assert study(KM).whole.capacity == 30


def test_the_same_unit_told_twice_for_a_form_counts_once(villages: list[Municipality]) -> None:
    made = home(villages[0], beds=30)
    make.capacity(made.forms.get(), 4, note="okamžitá kapacita")
    touch()
    assert load(KM).places.amount.tolist() == [30]


def test_field_services_help_where_they_come(villages: list[Municipality]) -> None:
    care = make.service(kind=make.kind("ps"), at=villages[0], forms=["ter"])
    care.served_municipalities.add(villages[2])
    touch()
    found = study(replace(KM, kinds=("ps",)))
    # It comes to the third village and is not met at its seat in the first one.
    assert found.far[2] == 0
    assert np.isinf(found.far[[0, 1, 3]]).all()


def care(at: Municipality, served: list[Municipality], places: int | None) -> Service:
    made = make.service(kind=make.kind("ps"), at=at)
    form = make.service_form(made, "ter")
    if places is not None:
        make.capacity(form, places)
    made.served_municipalities.add(*served)
    touch()
    return made


def capacities(found: Study) -> list[float | None]:
    """Capacity of each village alone."""
    alone = np.eye(len(found.land), dtype=bool)
    return [found._figures(Area("", ""), one).capacity for one in alone]


CARE = replace(KM, kinds=("ps",))


def test_capacity_of_a_service_that_comes_is_shared_by_people_of_the_places_it_serves(
    villages: list[Municipality],
) -> None:
    care(villages[3], [villages[0], villages[2]], 40)
    found = study(CARE)
    # 100 and 300 old people: a quarter and three quarters, nothing at its seat.
    assert capacities(found) == [10, None, 30, None]
    assert found.whole.capacity == 40
    assert found.whole.capacity_whole
    assert found.whole.capacity_per_thousand == 40
    assert found.whole.places == 0


def test_an_unknown_capacity_that_comes_makes_the_sum_a_lower_bound(villages: list[Municipality]) -> None:
    care(villages[0], [villages[0], villages[1]], 30)
    care(villages[0], [villages[1], villages[2]], None)
    found = study(CARE)
    assert capacities(found) == [pytest.approx(10), pytest.approx(20), None, None]
    whole = [found._figures(Area("", ""), one) for one in np.eye(4, dtype=bool)]
    assert [one.capacity_whole for one in whole] == [True, False, False, True]
    assert [one.comes for one in whole] == [True, True, True, False]
    assert [capacity_words(one) for one in whole] == ["100,0", "nejméně 100,0", "nevíme", "–"]


def test_capacity_that_comes_is_even_where_people_are_unknown(villages: list[Municipality]) -> None:
    care(villages[0], villages, 40)
    Statistic.objects.filter(measure="age_65_plus").delete()
    touch()
    assert capacities(study(CARE)) == [10, 10, 10, 10]


def test_capacity_stands_at_the_seat_when_nobody_knows_where_a_service_goes(villages: list[Municipality]) -> None:
    care(villages[1], [], 12)
    assert capacities(study(CARE)) == [None, 12, None, None]


def test_a_field_service_whose_area_is_unknown_stands_at_its_seat_and_it_is_said(villages: list[Municipality]) -> None:
    make.service(kind=make.kind("ps"), at=villages[0], forms=["ter"])
    touch()
    found = study(replace(KM, kinds=("ps",)))
    assert found.far == pytest.approx([0, 10, 20, 30])
    assert found.material.places.uncertain.all()


def test_a_field_service_of_a_whole_region_comes_everywhere_in_it(villages: list[Municipality]) -> None:
    make.service(kind=make.kind("ps"), forms=["ter"], whole_region=make.region())
    touch()
    assert study(replace(KM, kinds=("ps",))).far.tolist() == [0, 0, 0, 0]


def test_secret_facilities_are_nowhere_and_only_counted(villages: list[Municipality]) -> None:
    shelter = make.service(kind=make.kind("ad"), whole_region=make.region(), forms=["pob"])
    for _ in range(3):
        make.secret_facility(shelter)
    touch()
    found = study(replace(KM, kinds=("ad",)))
    assert len(found.material.places) == 0
    assert np.isinf(found.far).all()
    assert found.material.secret == 3
    assert study(replace(KM, kinds=("ad",), orp=make.orp().code)).material.secret == 0


def test_ended_unpublished_and_vanished_services_do_not_count(villages: list[Municipality]) -> None:
    home(villages[0], published=False)
    home(villages[1], ended_on=date(2020, 1, 1))
    gone = home(villages[2])
    Facility.objects.filter(service=gone).update(ended_on=date(2020, 1, 1))
    touch()
    assert len(load(KM).places) == 0


def test_a_past_year_counts_people_and_services_of_that_time(villages: list[Municipality]) -> None:
    home(villages[0], started_on=date(2010, 1, 1), ended_on=date(2022, 6, 30))
    home(villages[3], started_on=date(2021, 1, 1))
    then = study(replace(KM, year=2020))
    assert then.material.people_year == 2020
    assert then.far == pytest.approx([0, 10, 20, 30])
    assert study(KM).far == pytest.approx([30, 20, 10, 0])


def test_a_facility_without_a_point_borrows_that_of_its_municipality(villages: list[Municipality]) -> None:
    made = make.service(kind=make.kind("dps"))
    make.facility(made, villages[1], lat=None, lon=None)
    make.facility(made, villages[1], lat=None, lon=None, municipality=None, municipality_name="")
    touch()
    found = study(KM)
    assert found.far[1] == 0
    assert found.material.places.borrowed.tolist() == [True]
    assert found.material.placeless == 1


def test_a_municipality_without_a_point_is_unknown_not_far(villages: list[Municipality]) -> None:
    home(villages[0])
    Municipality.objects.filter(pk=villages[3].pk).update(lat=None, lon=None)
    touch()
    found = study(KM)
    assert math.isnan(found.far[3])
    assert found.whole.unknown == 400
    assert found.order[-1] == 3


def test_the_worst_off_come_first(villages: list[Municipality]) -> None:
    home(villages[0])
    assert study(KM).order.tolist() == [3, 2, 1, 0]
    assert study(replace(KM, method=Method.CUMULATIVE)).order.tolist() == [3, 2, 1, 0]


def test_one_area_is_shown_and_help_beyond_its_border_counts(villages: list[Municipality]) -> None:
    neighbour = make.orp("9902", "Sousedov")
    Municipality.objects.filter(pk=villages[3].pk).update(orp=neighbour)
    home(villages[3])
    found = study(replace(KM, orp=make.orp().code))
    assert found.scope.tolist() == [True, True, True, False]
    assert found.far[2] == pytest.approx(10)
    assert found.whole.places == 0


def test_figures_of_areas_add_up(villages: list[Municipality]) -> None:
    Municipality.objects.filter(pk=villages[3].pk).update(orp=make.orp("9902", "Sousedov"))
    home(villages[0])
    found = study(KM)
    areas = found.by_area("orp")
    assert [one.area.name for one in areas] == ["Sousedov", "Zkušebno"]
    assert sum(one.people for one in areas) == found.whole.people
    assert sum(one.within[0] for one in areas) == found.whole.within[0]


def test_too_many_pairs_are_refused_before_they_are_made(
    villages: list[Municipality], monkeypatch: pytest.MonkeyPatch
) -> None:
    home(villages[0])
    monkeypatch.setattr("portal.access.study.MOST_PAIRS", 1)
    with pytest.raises(ValidationError, match="nespočítáme"):
        study(replace(KM, method=Method.TWO_STEP))


def test_a_study_is_computed_once_for_a_version_of_the_data(villages: list[Municipality]) -> None:
    home(villages[0])
    first = study(KM)
    assert study(KM) is first
    touch()
    assert study(KM) is not first


def test_loading_asks_the_database_as_often_for_one_home_as_for_many(
    villages: list[Municipality], django_assert_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    for more in (1, 30):
        for at in range(more):
            home(villages[at % 4], beds=at)
        version = data_version()
        land(version)
        with django_assert_num_queries(4):
            load(KM, version)


@pytest.mark.parametrize("method", list(Method))
def test_every_method_answers_or_says_why_not(villages: list[Municipality], method: Method) -> None:
    home(villages[0], beds=10)
    found = study(replace(KM, method=method))
    assert found.values.shape == (4,)
    assert not np.isnan(found.values[:2]).any()


@pytest.mark.parametrize("method", list(Method))
def test_no_help_at_all_is_nothing_not_an_error(villages: list[Municipality], method: Method) -> None:
    found = study(replace(KM, method=method))
    assert np.isinf(found.far).all()


# --- laws ----------------------------------------------------------------------------------------------------


def _studied(material_of: Study, spots: list[tuple[float, float]], method: Method) -> Study:
    """The study of the same land with a home at each of the spots."""
    material = material_of.material
    count = len(spots)
    places = replace(
        material.places,
        facility=np.arange(count),
        service=np.arange(count),
        kind=["dps"] * count,
        name=[""] * count,
        slug=[""] * count,
        municipality=np.full(count, -1),
        points=np.array(spots, dtype=np.float64).reshape(-1, 2),
        borrowed=np.zeros(count, dtype=bool),
        uncertain=np.zeros(count, dtype=bool),
        amount=np.full(count, np.nan),
    )
    return compute(replace(material, question=replace(KM, method=method, limit=40), places=places))


SPOT = st.tuples(st.floats(49.8, 50.5), st.floats(14.8, 15.2))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(spots=st.lists(SPOT, min_size=1, max_size=6), more=SPOT)
def test_one_more_home_takes_nobody_further(
    villages: list[Municipality], spots: list[tuple[float, float]], more: tuple[float, float]
) -> None:
    base = study(KM)
    before = _studied(base, spots, Method.NEAREST).far
    after = _studied(base, [*spots, more], Method.NEAREST).far
    assert (after <= before + 1e-9).all()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(spots=st.lists(SPOT, min_size=1, max_size=6))
def test_the_order_of_homes_does_not_matter(villages: list[Municipality], spots: list[tuple[float, float]]) -> None:
    base = study(KM)
    one, other = (_studied(base, some, Method.ENHANCED).values for some in (spots, spots[::-1]))
    assert one == pytest.approx(other, rel=1e-12)


# --- words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Královéhradecký kraj", "v Královéhradeckém kraji"),
        ("Středočeský kraj", "ve Středočeském kraji"),
        ("Zlínský kraj", "ve Zlínském kraji"),
        ("Zkušební kraj", "ve Zkušebním kraji"),
        ("Kraj Vysočina", "v Kraji Vysočina"),
        ("Hlavní město Praha", "v hlavním městě Praze"),
        ("Země za řekou", "na území: Země za řekou"),
    ],
)
def test_regions_are_declined(name: str, said: str) -> None:
    assert locative(name) == said
