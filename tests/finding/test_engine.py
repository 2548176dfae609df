"""The search over a small catalogue."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.finding.engine import Answer, Engine, Moment
from portal.finding.question import LONGEST, Notice
from portal.finding.suggest import Sort, Suggestion

from .conftest import ENTRIES, IN_JICIN

MONDAY_NOON = Moment(1, 720)


def found(answer: Answer) -> list[int]:
    return [hit.id for hit in answer.hits]


def counts(answer: Answer, facet: str) -> dict[str, int]:
    return {one.value: one.count for one in answer.facets[facet]}


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("mám dluhy a exekuce", 1),
        ("mam dluhi", 1),
        ("kdo přijde mámě uvařit a umýt ji, Jičín", 2),
        ("babička všechno zapomíná a bloudí", 4),
        ("manžel mě bije, kam utéct s dětmi", 5),
        ("klub pro mladé", 6),
        ("nzdm", 6),
        ("pujcit polohovaci postel", 7),
        ("Vilemína", 4),
        ("vilenina", 4),
        ("charita doupe", 6),
    ],
)
def test_a_lay_question_finds_its_service_first(engine, question, first):
    assert found(engine.search(question))[0] == first


def test_near_services_come_first_and_far_ones_stay(engine):
    near_jicin = found(engine.search("pečovatelka", near="Jičín"))
    near_nachod = found(engine.search("pečovatelka", near="Náchod"))
    assert near_jicin[0] == 2
    assert near_nachod[0] == 3
    assert {2, 3} <= set(near_jicin)


def test_a_place_in_the_text_is_a_place_not_a_word(engine):
    answer = engine.search("pečovatelka v Jičíně")
    assert answer.question.place is not None
    assert answer.question.place.name == "Jičín"
    assert found(answer)[0] == 2
    assert answer.hits[0].distance_km == 0.0


def test_a_field_service_is_found_where_it_comes_not_where_it_sits(engine):
    by_id = {hit.id: hit for hit in engine.search("pečovatelka", near="Lhota, okres Jičín").hits}
    assert by_id[2].reasons.comes
    assert not by_id[3].reasons.comes
    by_id = {hit.id: hit for hit in engine.search("pečovatelka", near="Lhota, okres Náchod").hits}
    assert by_id[3].reasons.comes, "it serves the whole district of the town"
    assert by_id[3].score > by_id[2].score


def test_distance_is_to_the_nearest_of_several_places(engine):
    for town, code in (("Jičín", "1"), ("Náchod", "2")):
        hit = next(hit for hit in engine.search("klub pro mladé", near=town).hits if hit.id == 6)
        assert (hit.municipality, hit.distance_km) == (code, 0.0)


def test_a_service_without_a_public_place_has_no_distance(engine):
    hit = next(hit for hit in engine.search("manžel mě bije", near="Jičín").hits if hit.id == 5)
    assert hit.distance_km is None
    assert hit.municipality == ""


def test_hits_explain_themselves_with_words_of_the_question(engine):
    hit = engine.search("babička všechno zapomíná a bloudí").hits[0]
    assert set(hit.reasons.kind_words) <= {"babička", "všechno", "zapomíná", "bloudí"}
    assert "bloudí" in hit.reasons.kind_words or "zapomíná" in hit.reasons.kind_words
    assert engine.search("Vilemína").hits[0].reasons.name_words == ("Vilemína",)


def test_only_a_place_gives_everything_by_distance(engine):
    answer = engine.search("", near="Náchod")
    assert answer.total == len(ENTRIES)
    distances = [hit.distance_km for hit in answer.hits if hit.distance_km is not None and not hit.reasons.comes]
    assert distances == sorted(distances)


def test_within_a_kind_services_for_the_people_asked_about_come_first(lay, places):
    general = dataclasses.replace(ENTRIES[0], id=1, name="Poradna", groups=("krize", "rodiny", "seniori", "zdravotni"))
    deaf = dataclasses.replace(general, id=2, groups=("sluchove",))
    named = dataclasses.replace(general, id=3, name="Poradna pro osoby se sluchovým postižením", groups=())
    few = Engine([deaf, named, general], lay, places)
    assert found(few.search("mám dluhy")) == [1, 2, 3]
    assert found(few.search("mám dluhy a jsem neslyšící"))[2] == 1


def test_the_same_answer_every_time(engine):
    assert found(engine.search("dluhy a babička")) == found(engine.search("dluhy a babička"))


# --- facets ------------------------------------------------------------------------------------------


def test_values_of_one_facet_widen_and_facets_narrow(engine):
    assert engine.search(chosen={"form": ["ter"]}).total == 2
    assert engine.search(chosen={"form": ["ter", "pob"]}).total == 4
    assert engine.search(chosen={"form": ["ter", "pob"], "group": ["seniori"]}).total == 2
    assert found(engine.search(chosen={"form": ["ter"], "orp": ["5209"]})) == [3]


def test_counts_of_a_facet_leave_out_its_own_choice(engine):
    answer = engine.search(chosen={"form": ["ter"]})
    assert counts(answer, "form") == {"ter": 2, "amb": 3, "pob": 2}
    assert counts(answer, "group") == {"seniori": 2, "telesne": 1}
    assert [one.value for one in answer.facets["form"] if one.chosen] == ["ter"]


@pytest.mark.parametrize("facet", ["kind", "group", "form", "municipality", "orp", "cost", "access", "standing"])
def test_a_count_is_what_choosing_it_gives(engine, facet):
    for value, count in counts(engine.search("pečovatelka babička dluhy"), facet).items():
        assert engine.search("pečovatelka babička dluhy", chosen={facet: [value]}).total == count


def test_a_chosen_value_without_results_stays_to_be_unchosen(engine):
    answer = engine.search(chosen={"form": ["ter"], "kind": ["ad"]})
    assert answer.total == 0
    assert counts(answer, "kind")["ad"] == 0


def test_values_that_nobody_knows_are_ignored(engine):
    assert engine.search(chosen={"kind": ["nothing"], "nonsense": ["x"]}).total == len(ENTRIES)


def test_a_tally_counts_the_whole_catalogue(engine):
    assert engine.tally("form") == {"amb": 3, "ter": 2, "pob": 2}
    assert engine.tally("municipality") == {"1": 4, "2": 3}


def test_open_now_follows_hours_and_nonstop(engine):
    assert set(engine.search(chosen={"open": ["now"]}, moment=MONDAY_NOON).ids) == {1, 4}
    assert engine.search(chosen={"open": ["now"]}, moment=Moment(1, 960)).ids == (4,)
    assert "open" not in engine.search().facets


def test_registered_and_accompanying_are_told_apart(engine):
    assert counts(engine.search(), "standing") == {"registered": 6, "accompanying": 1}


def test_pages_join_into_the_whole(engine):
    whole = engine.search("babička", limit=100)
    parts = [one for offset in range(0, 8, 2) for one in found(engine.search("babička", limit=2, offset=offset))]
    assert parts == list(whole.ids)
    assert engine.search("babička", offset=10**9).hits == ()


# --- what else people type ----------------------------------------------------------------------------


def test_an_ambiguous_question_shows_more_than_one_kind(lay, places):
    many = [dataclasses.replace(ENTRIES[0], id=100 + number, name=f"Poradna {number}") for number in range(30)]
    wide = Engine([*ENTRIES, *many], lay, places)
    kinds = {hit.kind for hit in wide.search("nemám kde spát a mám dluhy").hits[:5]}
    assert {"osp", "ad"} <= kinds


def test_what_is_not_understood_says_so_and_shows_the_way(engine):
    answer = engine.search("qwrtzx")
    assert Notice.NOT_UNDERSTOOD in answer.notices
    assert {hit.kind for hit in answer.hits} == {"osp"}


def test_an_unknown_place_is_said(engine):
    assert Notice.PLACE_UNKNOWN in engine.search("dluhy", near="Xyzxyzov").notices


def test_namesakes_are_said(engine):
    answer = engine.search("dluhy", near="Lhota")
    assert Notice.PLACE_HAS_NAMESAKES in answer.notices
    assert [place.code for place in answer.question.namesakes] == ["3"]


def test_a_point_means_its_nearest_municipality(engine):
    answer = engine.search("pečovatelka", point=(50.41, 16.16))
    assert answer.question.place is not None
    assert answer.question.place.name == "Náchod"
    assert found(answer)[0] == 3


def test_a_question_of_ten_thousand_letters_is_cut(engine):
    answer = engine.search("dluhy " * 1700)
    assert Notice.CUT in answer.notices
    assert len(answer.question.text) <= LONGEST
    assert found(answer)[0] == 1


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE x; --", "<script>alert(1)</script>", "\x00\x1f dluhy", "a" * 10_000, "?"]
)
def test_hostile_text_is_only_text(engine, text):
    assert engine.search(text, near=text).total >= 0


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120), st.text(max_size=30))
def test_any_question_gets_an_answer(engine, text, near):
    answer = engine.search(text, near=near)
    assert answer.total == len(answer.ids) == len(set(answer.ids))
    assert len(answer.hits) <= 20


def test_an_empty_catalogue_answers_with_nothing(lay, places):
    empty = Engine([], lay, places)
    assert empty.search("dluhy", near="Jičín").total == 0
    assert empty.suggest("dlu") == []


# --- suggestions --------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["dlu", "bab", "peč", "char", "jič", "dluhy v Jič", "noc"])
def test_every_suggestion_leads_to_a_result(engine, typed):
    for suggestion in engine.suggest(typed):
        assert engine.search(suggestion.label).total > 0


def test_suggestions_come_from_phrases_kinds_providers_and_places(engine):
    assert any(one.sort is Sort.PHRASE for one in engine.suggest("dlu"))
    assert any(one.sort is Sort.PROVIDER and one.label == "Charita" for one in engine.suggest("chari"))
    assert Suggestion(Sort.PLACE, "dluhy Jičín", "1") in engine.suggest("dluhy v Jič")
    assert Suggestion(Sort.KIND, "azylové domy", "ad") in engine.suggest("azyl")


def test_kinds_without_a_service_are_not_suggested(engine):
    assert all(one.key != "noc" for one in engine.suggest("nocleh"))
    assert engine.suggest("n") == []


def test_situations_given_are_suggested(lay, places):
    situation = Suggestion(Sort.SITUATION, "Starám se o rodiče", "rodice")
    assert situation in Engine(ENTRIES, lay, places, [situation]).suggest("rodi")


def test_nothing_of_a_secret_place_is_held(lay, places):
    secret = dataclasses.replace(ENTRIES[4], spots=())
    answer = Engine([secret, dataclasses.replace(ENTRIES[5], spots=IN_JICIN)], lay, places).search("azyl", near="Jičín")
    assert next(hit for hit in answer.hits if hit.id == 5).distance_km is None
