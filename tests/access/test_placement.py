"""Where one more helps most: as good as trying everything, honest about the gap, refused where it has no answer."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from portal.access import placement, study
from portal.access import placement_wording as telling
from portal.access.models import Proposal, Scenario, UnitCost
from portal.access.placement import Answer, Goal, Wish, propose
from portal.access.question import Question, Unit
from portal.access.study import Study
from portal.audit.models import Deed
from portal.catalogue.actions import touch
from portal.territory.models import Municipality
from tests import make

pytestmark = pytest.mark.django_db

KM = Question(kinds=("dps",), unit=Unit.KM, limit=15)
ADDRESS = "/dostupnost/kam-s-novou-sluzbou/"
QUERY = "druh=dps&limit=15&v=km&uzemi=cr"


@pytest.fixture
def asked(villages: list[Municipality]) -> Study:
    make.service(kind=make.kind("dps"), at=villages[0])
    touch()
    return study.study(KM)


@pytest.fixture
def scattered(db: None) -> Study:
    """Twelve villages here and there with two homes among them."""
    chance = np.random.default_rng(7)
    for at, (lat, lon, people) in enumerate(
        zip(chance.uniform(50, 50.5, 12), chance.uniform(15, 15.8, 12), chance.integers(10, 900, 12), strict=True)
    ):
        place = make.municipality(f"Osada {at}", lat=float(lat), lon=float(lon))
        make.statistic(place, "age_65_plus", float(people))
        if at < 2:
            make.service(kind=make.kind("dps"), at=place)
    touch()
    return study.study(KM)


def worth(found: Study, goal: str, chosen: tuple[int, ...]) -> float:
    """By trying: people within the limit, or the mean way, with new help in some municipalities."""
    points, people = found.land.points, found.material.known_people()
    far = found.far.copy()
    for one in chosen:
        lat, lon = np.radians(points).T
        chord = np.sin((lat - lat[one]) / 2) ** 2 + np.cos(lat) * np.cos(lat[one]) * np.sin((lon - lon[one]) / 2) ** 2
        far = np.minimum(far, 2 * 6371.0088 * np.arcsin(np.sqrt(chord)) * found.question.detour)
    if goal == Goal.NEAR:
        return float((far * people).sum() / people.sum())
    return float(people[far <= found.question.limit].sum())


@pytest.mark.parametrize("places", [1, 2, 3])
@pytest.mark.parametrize("goal", [Goal.REACH, Goal.NEAR])
def test_no_other_choice_is_better(scattered: Study, goal: str, places: int) -> None:
    answer = propose(scattered, Wish(goal, places))
    best = max if goal == Goal.REACH else min
    tried = best(worth(scattered, goal, chosen) for chosen in itertools.combinations(range(12), places))
    chosen = tuple(scattered.land.index[site.code] for site in answer.sites)
    assert answer.is_proven
    assert answer.value == pytest.approx(tried)
    assert worth(scattered, goal, chosen) == pytest.approx(tried)
    assert answer.bound == pytest.approx(tried)


@pytest.mark.parametrize("goal", [Goal.REACH, Goal.NEAR])
def test_what_a_place_adds_and_what_a_runner_up_loses_is_as_tried(scattered: Study, goal: str) -> None:
    answer = propose(scattered, Wish(goal, 2))
    index = scattered.land.index
    chosen = [index[site.code] for site in answer.sites]
    for at, site in enumerate(answer.sites):
        rest = tuple(one for other, one in enumerate(chosen) if other != at)
        assert site.adds == pytest.approx(abs(answer.value - worth(scattered, goal, rest)))
        for runner in site.runners_up:
            tried = worth(scattered, goal, (*rest, index[runner.code]))
            assert runner.loss == pytest.approx(abs(answer.value - tried), abs=1e-9)


def test_nobody_beyond_the_limit_with_the_fewest_places(scattered: Study) -> None:
    answer = propose(scattered, Wish(Goal.ALL))
    chosen = tuple(scattered.land.index[site.code] for site in answer.sites)
    everybody = float(scattered.material.known_people().sum())
    assert worth(scattered, Goal.REACH, chosen) == pytest.approx(everybody)
    assert answer.is_proven
    fewer = itertools.combinations(range(12), len(chosen) - 1)
    assert all(worth(scattered, Goal.REACH, some) < everybody for some in fewer)


def test_help_that_stands_is_not_promised_again(asked: Study) -> None:
    answer = propose(asked, Wish(Goal.REACH, 1))
    assert (answer.today, answer.value) == (300, 1000)
    assert answer.sites[0].name in {"Ves 2", "Ves 3"}
    assert answer.sites[0].helped == 700
    assert "700\u00a0lidí od 65 let bez pomoci" in telling.site_words(KM, answer)[0].reason


def test_of_places_that_do_equally_well_the_nearer_is_chosen(asked: Study) -> None:
    # Ves 2 and Ves 3 both reach all 700; more of them live in Ves 3.
    assert propose(asked, Wish(Goal.REACH, 1)).sites[0].name == "Ves 3"


def test_only_allowed_places_are_proposed(asked: Study, villages: list[Municipality]) -> None:
    assert propose(asked, Wish(Goal.REACH, 1, towns=(villages[2].code,))).sites[0].name == "Ves 2"
    Municipality.objects.filter(pk=villages[2].pk).update(people=50_000)
    assert propose(asked, Wish(Goal.REACH, 1, smallest=40_000)).sites[0].name == "Ves 2"


def test_where_no_allowed_place_reaches_is_said(asked: Study, villages: list[Municipality]) -> None:
    Municipality.objects.filter(pk=villages[3].pk).update(lat=52.0)
    touch()
    found = study.study(KM)
    answer = propose(found, Wish(Goal.ALL, towns=(villages[1].code, villages[2].code)))
    assert answer.left == ["Ves 3"]
    assert "Ves 3" in telling.headline(KM, answer)


def test_without_any_help_today_the_way_is_not_invented(villages: list[Municipality]) -> None:
    make.kind("dps")
    touch()
    answer = propose(study.study(KM), Wish(Goal.NEAR, 1))
    assert answer.today is None
    assert answer.sites[0].adds is None
    assert "zkrátí" not in telling.headline(KM, answer)
    json.dumps(answer.data(), allow_nan=False)


def test_an_answer_survives_being_kept(scattered: Study) -> None:
    answer = propose(scattered, Wish(Goal.NEAR, 2))
    assert Answer.of(json.loads(json.dumps(answer.data()))) == answer


def test_proven_is_said_only_when_it_is(asked: Study) -> None:
    answer = propose(asked, Wish(Goal.REACH, 1))
    assert "dokázané" in telling.certainty(KM, answer)
    unsure = replace(answer, is_proven=False, bound=1100.0)
    assert "dokázané" not in telling.certainty(KM, unsure)
    assert "nejvýš o 100\u00a0lidí od 65 let víc" in telling.certainty(KM, unsure)


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Wish(Goal.REACH, 0), "Počet nových míst musí být"),
        (Wish(Goal.REACH, 21), "Počet nových míst musí být"),
        (Wish(Goal.REACH, 5), "je víc než obcí"),
        (Wish(Goal.REACH, 1, smallest=9_999_999), "nesplní žádná obec"),
        (Wish(Goal.REACH, 1, orps=("0000",)), "nesplní žádná obec"),
    ],
)
def test_what_has_no_answer_is_refused(asked: Study, wish: Wish, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        propose(asked, wish)


def test_what_would_not_fit_is_refused_before_it_starts(asked: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placement, "MOST_WAYS", 10)
    monkeypatch.setattr(placement, "problem_of", None)  # nothing may be computed
    with pytest.raises(ValidationError, match="Vyberte kraj"):
        propose(asked, Wish(Goal.REACH, 1))


def test_when_everybody_has_help_there_is_nothing_to_add(asked: Study, villages: list[Municipality]) -> None:
    make.service(kind=make.kind("dps"), at=villages[3])
    touch()
    with pytest.raises(ValidationError, match="Všichni už dnes"):
        propose(study.study(KM), Wish(Goal.REACH, 1))


# --- pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def planner(client: Client) -> Client:
    client.force_login(make.person("coordinator"))
    return client


def ask(client: Client, **sent: Any) -> Any:
    return client.post(f"{ADDRESS}?{QUERY}", {"cil": "dosah", "kolik": "1", "v_cem": "mist", **sent})


def test_from_a_wish_through_a_job_to_a_proposal_and_a_scenario(planner: Client, asked: Study) -> None:
    job = ask(planner)
    assert job["Location"].startswith("/ukoly/")
    page = planner.get(job["Location"], follow=True)
    text = page.content.decode().replace("\xa0", " ")
    assert "Nejvíc pomůže Ves 3. Pomoc do 15 km pak bude mít 1 000 z 1 000 lidí od 65 let, o 700 víc než dnes." in text
    assert "dokázané výpočtem" in text
    made = Proposal.objects.get()
    tried = planner.post(f"{ADDRESS}{made.pk}/zkusit/", follow=True)
    assert "700 lidí od 65 let získá pomoc do 15 km" in tried.content.decode().replace("\xa0", " ")
    assert Scenario.objects.get().changes.get().municipality.name == "Ves 3"  # type: ignore[union-attr]
    assert [deed.verb for deed in Deed.objects.order_by("pk")] == ["proposal_asked", "scenario_added"]


def test_crowns_and_capacity_become_places(planner: Client, asked: Study) -> None:
    assert "jednotkový náklad" in ask(planner, v_cem="korun", kolik="20000000").content.decode()
    UnitCost.objects.create(kind=make.kind("dps"), amount=8_000_000, year=2025, source="rozpočty")
    assert "Na jedno místo to nestačí" in ask(planner, v_cem="korun", kolik="5000000").content.decode()
    assert ask(planner, v_cem="korun", kolik="20000000").status_code == 302
    assert Proposal.objects.get().wish["places"] == 2
    assert "jak velké má jedno místo být" in ask(planner, v_cem="kapacita", kolik="40").content.decode()
    ask(planner, v_cem="kapacita", kolik="40", velikost="30")
    newest = Proposal.objects.first()
    assert newest is not None
    assert newest.wish["places"] == 1
    page = planner.get(f"{ADDRESS}{newest.pk}/").content.decode()
    assert "40 ÷ 30 na jedno místo = 1" in page


@pytest.mark.parametrize(
    "sent", [{"kolik": ""}, {"kolik": "0"}, {"kolik": "-1"}, {"kolik": "99"}, {"cil": "moc"}, {"kolik": "dvě"}]
)
def test_a_bad_wish_gets_a_clear_answer(planner: Client, asked: Study, sent: dict[str, str]) -> None:
    answer = ask(planner, **sent)
    assert answer.status_code == 422
    assert 'class="error-summary' in answer.content.decode() or "field-error" in answer.content.decode()
    assert not Proposal.objects.exists()


def test_an_auditor_reads_proposals_and_asks_for_none(client: Client, planner: Client, asked: Study) -> None:
    ask(planner)
    reader = Client()
    reader.force_login(make.person("auditor"))
    pk = Proposal.objects.get().pk
    assert reader.get(f"{ADDRESS}{pk}/").status_code == 200
    assert reader.get(ADDRESS).status_code == 200
    assert ask(reader).status_code == reader.post(f"{ADDRESS}{pk}/zkusit/").status_code == 404


def test_pages_cost_the_same_with_ten_times_the_rows(
    planner: Client, asked: Study, villages: list[Municipality], django_assert_max_num_queries: Any
) -> None:
    ask(planner)
    made = Proposal.objects.get()
    for _ in range(12):
        Proposal.objects.create(query=made.query, wish=made.wish, answer=made.answer)
    for at in range(20):
        make.service(kind=make.kind("dps"), at=villages[at % 4])
    touch()
    planner.get(f"{ADDRESS}?{QUERY}")
    with django_assert_max_num_queries(10):
        assert len(planner.get(f"{ADDRESS}?{QUERY}").content) < 60 * 1024
    with django_assert_max_num_queries(10):
        planner.get(f"{ADDRESS}{made.pk}/")
