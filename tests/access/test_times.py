"""Times of travel that a region brings: read with their faults told, used by every study in minutes, by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.access import placement, scenario, study, times
from portal.access.matrix import Cell, compute
from portal.access.models import Scenario, TravelTimes
from portal.access.question import Amount, Method, Question, Unit
from portal.access.scenario_views import Result, data_stamp
from portal.access.times import NotTimes, Times, import_times, remove_times
from portal.access.ways import Timed, ways_between
from portal.catalogue.actions import touch
from portal.catalogue.models import DataVersion, Service
from portal.territory.models import Municipality
from tests import make
from tests.access.conftest import outline

MINUTES = Question(kinds=("dps",), limit=30)
SOURCE, DAY = "Kraj, silniční síť", date(2026, 11, 1)


def home(place: Municipality, beds: int | None = None) -> Service:
    made = make.service(kind=make.kind("dps"), at=place)
    form = make.service_form(made, "pob")
    if beds is not None:
        make.capacity(form, beds)
    return made


def bring(places: list[Municipality], *ways: tuple[int, int, float | str]) -> times.Outcome:
    lines = ["odkud;kam;minuty\n", *(f"{places[one].code};{places[other].code};{way}\n" for one, other, way in ways)]
    return import_times(lines, source=SOURCE, day=DAY)


@pytest.mark.django_db
def test_a_study_of_three_villages_by_hand(villages: list[Municipality]) -> None:
    """The estimate is 0, 12, 24, 36 minutes to the home in the first village. The table knows ways among the first
    three: from the second 20, from the third none; the fourth is not in it."""
    home(villages[0])
    bring(villages, (0, 1, 21), (1, 0, 20), (1, 2, 15), (2, 1, 16))
    found = study.study(MINUTES)
    assert found.far == pytest.approx([0, 20, np.inf, 36])
    assert found.whole.within == (100, 300, 700)
    assert found.whole.beyond == 700
    # Kilometres are nothing that a table of minutes could tell.
    assert study.study(replace(MINUTES, unit=Unit.KM)).far == pytest.approx([0, 10, 20, 30])


@pytest.mark.django_db
def test_the_nearest_is_the_nearest_by_the_table(villages: list[Municipality]) -> None:
    """A river: the third village is nearer the first one than the second."""
    home(villages[0])
    home(villages[1])
    home(villages[3])
    bring(villages, (2, 0, 9), (2, 1, 50), (0, 1, 8), (1, 0, 8.5))
    assert study.study(MINUTES).far == pytest.approx([0, 0, 9, 0])
    # The third choice of the third village: 9 by the table, 12 estimated (the fourth is in no table), 50.
    assert study.study(replace(MINUTES, method=Method.THIRD)).values[2] == pytest.approx(50)


@pytest.mark.django_db
def test_two_steps_share_beds_among_those_whom_the_table_lets_come(villages: list[Municipality]) -> None:
    home(villages[0], beds=30)
    bring(villages, (1, 0, 40), (2, 0, 29))
    found = study.study(replace(MINUTES, method=Method.TWO_STEP, amount=Amount.CAPACITY))
    # The first (100) is there, the third (300) is within 30 minutes, the second is not, the fourth is 36 away.
    assert found.values == pytest.approx([75, 0, 75, 0])


@pytest.mark.django_db
def test_a_table_without_the_places_changes_nothing(villages: list[Municipality]) -> None:
    home(villages[0])
    bring(villages, (1, 2, 5), (2, 1, 5))
    assert study.study(MINUTES).far == pytest.approx([0, 12, 24, 36])


@pytest.mark.django_db
def test_white_spots_scenarios_and_placement_use_the_same_ways(villages: list[Municipality]) -> None:
    first = home(villages[0])
    bring(villages, (1, 0, 40), (2, 0, 10), (1, 2, 5), (3, 2, 6), (0, 2, 7), (3, 0, 90))
    found = study.study(MINUTES)
    cells = compute(replace(MINUTES, kinds=()), [make.kind("dps")], study.data_version()).cells[:, 0]
    assert cells.tolist() == [Cell.HERE, Cell.NONE, Cell.NEAR, Cell.NONE]
    opened = scenario.play(found, [scenario.Change("open", scenario.NEW, municipality=villages[2].code)])
    assert opened.after.far == pytest.approx([0, 5, 0, 6])
    close = scenario.Change("close", scenario.PLACE, first.facilities.get().pk)
    assert scenario.play(found, [opened.applied[0].change, close]).after.far == pytest.approx([7, 5, 0, 6])
    shown = data_stamp(Result(Scenario(), opened, {}, None, {}))
    answer = placement.propose(found, placement.Wish(goal=placement.Goal.REACH, places=1))
    assert [site.name for site in answer.sites] == ["Ves 2"]
    assert answer.value == 1000
    # A map that a browser keeps is another one when the table is.
    remove_times()
    today = scenario.play(study.study(MINUTES), [])
    assert data_stamp(Result(Scenario(), today, {}, None, {})) != shown


@pytest.mark.django_db
def test_page_and_files_say_which_times_were_used(client: Client, villages: list[Municipality]) -> None:
    home(villages[0])
    outline(villages[0])
    bring(villages, (1, 0, 20), (2, 0, 25))
    query = "?druh=dps&uzemi=cr"
    page = client.get(f"/dostupnost/{query}").content.decode()
    assert "Časy mezi obcemi jsou z tabulky: Kraj, silniční síť, k 1. 11. 2026. Obcí, odkud zná cestu: 2" in page
    assert "Časy mezi obcemi jsou z tabulky, jinde je to odhad" in page
    told = json.loads(client.get(f"/dostupnost/studie.json{query}").content)
    assert told["travel_times"] == {
        "source": SOURCE,
        "day": "2026-11-01",
        "from": [villages[1].code, villages[2].code],
        "to": [villages[0].code],
        "minutes": [[20.0], [25.0]],
    }
    assert told["places"][0]["municipality"] == villages[0].code
    assert "Kraj, silniční síť" in client.get(f"/dostupnost/studie.svg{query}").content.decode()
    assert "Kraj, silniční síť" in client.get("/dostupnost/bila-mista/").content.decode()
    in_km = client.get(f"/dostupnost/{query}&v=km").content.decode()
    assert "používáme jen ve studiích v minutách" in in_km
    assert json.loads(client.get(f"/dostupnost/studie.json{query}&v=km").content)["travel_times"] is None


# --- import -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_same_file_again_changes_nothing_and_another_replaces_it(villages: list[Municipality]) -> None:
    assert bring(villages, (1, 0, "20,5")).changed
    before, stored = DataVersion.objects.get().number, TravelTimes.objects.get().pk
    assert not bring(villages, (1, 0, "20.5")).changed
    assert (DataVersion.objects.get().number, TravelTimes.objects.get().pk) == (before, stored)
    outcome = bring(villages, (2, 0, 7), (2, 1, 0))
    assert (outcome.pairs, outcome.origins, outcome.targets, outcome.changed) == (2, 1, 2, True)
    assert TravelTimes.objects.count() == 1
    assert DataVersion.objects.get().number == before + 1


@pytest.mark.django_db
def test_faults_are_told_by_line_and_nothing_is_written(villages: list[Municipality]) -> None:
    one, two = villages[0].code, villages[1].code
    lines = [
        "odkud;kam;minuty\n",
        f"{one};{two};12\n",
        f"{one};999999;12\n",
        f"{two};{one};-3\n",
        "\n",
        f"{two};{one};brzy\n",
        f"{two};{one};inf\n",
        f"{two};{one}\n",
        f"{one};{two};13\n",
    ]
    with pytest.raises(NotTimes) as refused:
        import_times(lines, source=SOURCE)
    assert refused.value.faults == [
        "řádek 3: obec s kódem „999999“ neznáme",
        "řádek 4: záporný čas -3",
        "řádek 6: „brzy“ není počet minut",
        "řádek 7: „inf“ není počet minut",
        "řádek 8: má mít 3 buňky, má 2",
        "řádek 9: tahle dvojice obcí už v tabulce je",
    ]
    assert not TravelTimes.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "said"), [("", "hlavička má být"), ("kód;čas\n1;2\n", "hlavička"), ("odkud,kam,minuty\n", "žádný čas")]
)
def test_what_is_no_table_of_times_is_refused(villages: list[Municipality], text: str, said: str) -> None:
    with pytest.raises(NotTimes, match=said):
        import_times(text.splitlines(keepends=True), source=SOURCE)


@pytest.mark.django_db
def test_a_table_that_would_not_fit_is_refused(villages: list[Municipality], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(times, "MOST_CELLS", 3)
    with pytest.raises(NotTimes, match="moc velká: 2 × 2"):
        bring(villages, (0, 1, 5), (1, 0, 5))


@pytest.mark.django_db
def test_the_table_is_brought_and_taken_away_by_a_command(
    villages: list[Municipality], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home(villages[0])
    touch()
    file = tmp_path / "casy.csv"
    file.write_text(f"from,to,minutes\n{villages[1].code},{villages[0].code},25\n", encoding="utf-8")
    call_command("import_times", file, "--date", "2026-11-01")
    assert "Časy: 1 dvojic, z 1 obcí do 1 obcí." in capsys.readouterr().out
    assert TravelTimes.objects.get().source == "casy.csv"
    assert study.study(MINUTES).far[1] == 25
    call_command("import_times", "--remove")
    assert study.study(MINUTES).far == pytest.approx([0, 12, 24, 36])
    assert not remove_times()
    with pytest.raises(CommandError, match="nebo --remove"):
        call_command("import_times")
    with pytest.raises(CommandError, match="Nic se nezměnilo"):
        call_command("import_times", tmp_path / "neni.csv")


# --- any land ---------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.sampled_from([15.0, 40.0, np.inf]))
def test_pairs_nearest_and_blocks_agree_with_a_loop(seed: int, k: int, limit: float) -> None:
    chance = np.random.default_rng(seed)
    towns, places = 7, int(chance.integers(1, 9))
    points = np.column_stack([chance.uniform(50, 50.4, towns), chance.uniform(15, 15.6, towns)])
    points[chance.random(towns) < 0.15] = np.nan
    settled = chance.integers(-1, towns, places)
    spots = np.column_stack([chance.uniform(50, 50.4, places), chance.uniform(15, 15.6, places)])
    row, column = np.full(towns, -1), np.full(towns, -1)
    row[chance.permutation(towns)[:4]] = np.arange(4)
    column[chance.permutation(towns)[:5]] = np.arange(5)
    minutes = np.where(chance.random((4, 5)) < 0.3, np.inf, chance.integers(0, 60, (4, 5)).astype(float))

    class Here:
        times: Times | None = Times(row, column, minutes, "", None, "")

    here, bare = Here(), Here()
    bare.times = None
    here.points = bare.points = points  # type: ignore[attr-defined]
    everybody = np.arange(towns)
    found = ways_between(MINUTES, here, everybody, spots, settled, limit=limit)  # type: ignore[arg-type]
    rough = ways_between(MINUTES, bare, everybody, spots, settled, limit=limit)  # type: ignore[arg-type]
    asked = rough.block(everybody, np.arange(places))
    for origin in range(towns):
        for place in range(places):
            town = settled[place]
            if town < 0 or row[origin] < 0 or column[town] < 0:
                continue
            told = minutes[row[origin], column[town]]
            if np.isfinite(told) or origin != town:
                asked[origin, place] = told if told <= limit else np.inf
    assert found.block(everybody, np.arange(places)) == pytest.approx(asked)
    ordered = np.sort(np.hstack([asked, np.full((towns, k), np.inf)]), axis=1)[:, :k]
    costs, which = found.nearest(k)
    assert costs == pytest.approx(ordered)
    reached = which >= 0
    assert (reached == np.isfinite(costs)).all()
    assert asked[np.nonzero(reached)[0], which[reached]] == pytest.approx(costs[reached])
    if isinstance(found, Timed):
        assert (found.unknown == (np.isnan(points[:, 0]) & (row < 0))).all()
    if np.isfinite(limit):
        cost = found.pairs()
        assert cost.dense() == pytest.approx(asked)
        assert not found.more_pairs_than(towns * places)
