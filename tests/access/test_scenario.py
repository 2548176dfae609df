"""What a scenario does: edits agree with computing anew, nothing secret takes part, words and costs are true."""

from __future__ import annotations

import math

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.access import scenario, scenario_wording, study
from portal.access.models import UnitCost
from portal.access.question import Question, Unit
from portal.access.scenario import COMING, NEW, PLACE, Change, Outcome, play
from portal.access.study import Study
from portal.catalogue.actions import touch
from portal.catalogue.models import CapacityUnit, Facility, Service
from portal.territory.models import Municipality
from tests import make

pytestmark = pytest.mark.django_db

KM = Question(kinds=("dps",), unit=Unit.KM, limit=15)


def asked() -> Study:
    touch()
    return study.study(KM)


def home(at: Municipality, capacity: int | None = None) -> Facility:
    """A home for seniors in a municipality."""
    service = make.service(kind=make.kind("dps"), at=at)
    form = make.service_form(service, "pob")
    if capacity is not None:
        make.capacity(form, capacity)
    return service.facilities.get()


def close(facility: Facility) -> Change:
    return Change("close", PLACE, facility.pk)


def names(outcome: Outcome, mask: study.Mask) -> list[str]:
    return [outcome.before.land.names[at] for at in outcome.rows(mask)]


def sentences(outcome: Outcome) -> list[str]:
    return [one.sentence for one in scenario_wording.effects(outcome)]


def test_closing_a_home_takes_help_from_those_who_have_no_other(villages: list[Municipality]) -> None:
    west, _east = home(villages[0]), home(villages[3])
    outcome = play(asked(), [close(west)])
    assert names(outcome, outcome.lost) == ["Ves 1", "Ves 0"]
    assert outcome.people_of(outcome.lost) == 300
    lost = scenario_wording.effects(outcome)[0]
    assert lost.sentence == "300\u00a0lidí od 65 let ztratí pomoc do 15 km, v těchto 2 obcích:"
    assert [(one.name, one.was, one.will_be) for one in lost.places] == [
        ("Ves 1", "10,0 km", "20 km"),
        ("Ves 0", "v místě", "30 km"),
    ]


def test_opening_gives_help_and_says_to_whom(villages: list[Municipality]) -> None:
    home(villages[0])
    outcome = play(asked(), [Change("open", NEW, 0, villages[3].code)])
    assert sentences(outcome) == ["700\u00a0lidí od 65 let získá pomoc do 15 km, v těchto 2 obcích:"]
    assert outcome.after.whole.places == 2


def test_moving_takes_from_some_and_gives_to_others(villages: list[Municipality]) -> None:
    outcome = play(asked_with_home(villages), [Change("move", PLACE, Facility.objects.get().pk, villages[3].code)])
    assert names(outcome, outcome.lost) == ["Ves 1", "Ves 0"]
    assert names(outcome, outcome.gained) == ["Ves 3", "Ves 2"]
    assert outcome.after.whole.places == 1


def asked_with_home(villages: list[Municipality]) -> Study:
    home(villages[0])
    return asked()


def test_a_service_that_comes_can_be_closed_and_not_moved(villages: list[Municipality]) -> None:
    service = make.service(kind=make.kind("dps"), at=villages[0], forms=["ter"])
    service.served_municipalities.add(villages[3])
    found = asked()
    outcome = play(found, [Change("close", COMING, service.pk)])
    assert names(outcome, outcome.lost) == ["Ves 3"]
    with pytest.raises(ValidationError, match="nemá místo"):
        scenario.check(found, [], Change("move", COMING, service.pk, villages[0].code))


def test_without_a_change_nothing_changes(villages: list[Municipality]) -> None:
    outcome = play(asked_with_home(villages), [])
    assert not (outcome.lost | outcome.gained | outcome.farther | outcome.nearer).any()
    assert scenario_wording.effects(outcome) == []


def test_a_change_without_effect_says_so(villages: list[Municipality]) -> None:
    one, _other = home(villages[0]), home(villages[0])
    assert sentences(play(asked(), [close(one)])) == ["Na tom, kam lidé dosáhnou, se nic znatelného nezmění."]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["close", "move", "open", "grow"]), st.integers(0, 4), st.integers(0, 3))))
def test_edits_agree_with_computing_anew(villages: list[Municipality], edits: list[tuple[str, int, int]]) -> None:
    """Whatever is done, who loses and gains and who shares what is what a study of the resulting network says."""
    if not Facility.objects.exists():
        for at, place in enumerate(villages):
            home(place, 10 * (at + 1))
        make.service(kind=make.kind("dps"), at=villages[0], forms=["ter"]).served_municipalities.add(villages[3])
        touch()
    facilities = list(Facility.objects.order_by("pk").values_list("pk", flat=True))[:4]
    coming = Service.objects.get(served_municipalities=villages[3])
    found = study.study(KM)
    changes = []
    for deed, which, where in edits:
        if deed == "open":
            changes.append(Change(deed, NEW, 0, villages[where].code, 5))
        elif which == len(facilities):
            if deed != "move":
                changes.append(Change(deed, COMING, coming.pk, "", 7 if deed == "grow" else None))
        else:
            to = villages[where].code if deed == "move" else ""
            changes.append(Change(deed, PLACE, facilities[which], to, 7 if deed == "grow" else None))
    outcome = play(found, changes)
    had, has = found.far <= 15, outcome.after.far <= 15
    assert (outcome.lost == (had & ~has)).all()
    assert (outcome.gained == (~had & has)).all()
    anew = study.compute(outcome.after.material)
    assert np.array_equal(outcome.after.far, anew.far)
    again = scenario.ground_of(anew).base
    assert outcome.ratio_after is not None
    np.testing.assert_allclose(outcome.ratio_after, 1000 * again.availability[:, 0], rtol=1e-9, atol=1e-9)


def test_growing_an_unknown_capacity_stays_unknown_and_says_so(villages: list[Municipality]) -> None:
    one = home(villages[0])
    outcome = play(asked(), [Change("grow", PLACE, one.pk, "", 10)])
    assert outcome.ratio_after is None
    assert "do dostupnosti se zvětšení nepromítne" in scenario_wording.change_words(outcome, None, {})[0].text


def test_growing_adds_capacity_for_those_who_share_it(villages: list[Municipality]) -> None:
    one = home(villages[0], 30)
    outcome = play(asked(), [Change("grow", PLACE, one.pk, "", 30)])
    assert outcome.ratio_before is not None
    assert outcome.ratio_after is not None
    # 30 and 60 beds shared by the 300 people of two villages.
    assert outcome.ratio_before[:2].tolist() == pytest.approx([100, 100])
    assert outcome.ratio_after[:2].tolist() == pytest.approx([200, 200])


def test_a_service_that_left_the_data_is_skipped_and_told(villages: list[Municipality]) -> None:
    one, other = home(villages[0]), home(villages[3])
    changes = [close(one), close(other)]
    Service.objects.filter(facilities=one).update(published=False)
    outcome = play(asked(), changes)
    assert [bool(change.problem) for change in outcome.applied] == [True, False]
    assert names(outcome, outcome.lost) == ["Ves 3", "Ves 2"]


def test_a_place_closed_twice_is_refused(villages: list[Municipality]) -> None:
    one = home(villages[0])
    with pytest.raises(ValidationError, match="už zavřela"):
        scenario.check(asked(), [close(one)], close(one))


# --- what is secret ---------------------------------------------------------------------------------------------


def test_a_secret_facility_takes_no_part_and_cannot_be_told_from_none(villages: list[Municipality]) -> None:
    home(villages[0])
    secret = make.secret_facility(make.service("Skrytý dům", kind=make.kind("dps")))
    found = asked()
    refusals = []
    for pk in (secret.pk, secret.pk + 1000):
        with pytest.raises(ValidationError) as refusal:
            scenario.check(found, [], Change("close", PLACE, pk))
        refusals.append(refusal.value.messages)
    assert refusals[0] == refusals[1]


def test_a_facility_that_became_secret_leaves_no_name_and_no_difference(villages: list[Municipality]) -> None:
    one, _other = home(villages[0]), home(villages[3])
    Service.objects.filter(facilities=one).update(name="Skrytý dům")
    Facility.objects.filter(pk=one.pk).update(
        secret=True, municipality=None, municipality_name="", street="", postal_code="", lat=None, lon=None
    )
    outcome = play(asked(), [close(one)])
    assert not (outcome.lost | outcome.farther).any()
    told = scenario_wording.change_words(outcome, None, {})[0]
    assert "Skrytý" not in told.text
    assert told.url == ""


# --- costs --------------------------------------------------------------------------------------------------------


def costs() -> scenario_wording.Costs:
    return scenario_wording.costs_of(UnitCost.objects.select_related("kind", "unit"))


def unit_cost(amount: int, unit: CapacityUnit | None = None) -> None:
    UnitCost.objects.create(kind=make.kind("dps"), unit=unit, amount=amount, year=2025, source="rozpočty")


def test_costs_are_summed_where_they_are_known_and_the_rest_is_said(villages: list[Municipality]) -> None:
    one, other = home(villages[0], 30), home(villages[1])
    unit_cost(500_000, make.unit("luzka"))
    changes = [Change("open", NEW, 0, villages[3].code, 10), close(one), close(other)]
    outcome = play(asked(), changes)
    told = scenario_wording.change_words(outcome, make.unit("luzka"), costs())
    assert [change.cost for change in told] == ["+5\u00a0000\u00a0000 Kč", "−15\u00a0000\u00a0000 Kč", "neznáme"]
    sentence = scenario_wording.cost_sentence(outcome, costs())
    assert sentence.startswith("Provoz vyjde ročně o 10\u00a0000\u00a0000 Kč levněji.")
    assert "1 změna, u které náklad neznáme" in sentence


def test_the_cost_of_a_whole_place_stands_in_for_an_unknown_capacity(villages: list[Municipality]) -> None:
    one = home(villages[0])
    unit_cost(8_000_000)
    outcome = play(asked(), [close(one)])
    assert scenario_wording.cost_of(outcome, outcome.applied[0], costs()) == -8_000_000


def test_without_unit_costs_nobody_guesses(villages: list[Municipality]) -> None:
    outcome = play(asked_with_home(villages), [Change("open", NEW, 0, villages[3].code, 10)])
    assert scenario_wording.cost_sentence(outcome, {}).startswith("Kolik to bude stát, neznáme")


def test_capacity_in_figures_is_unknown_or_at_least(villages: list[Municipality]) -> None:
    home(villages[0], 30)
    home(villages[3])
    outcome = play(asked(), [])
    assert scenario_wording.figures(outcome, make.unit("luzka"))[-1].today.startswith("nejméně ")
    assert math.isnan(outcome.before.material.places.amount[1])
