"""Kinds learnt from phrases."""

import csv

import numpy as np
import pytest

from portal.finding.lay import LISTS, LayModel, LayRow, Naming, read_lay_rows
from words.stems import stems
from words.tokens import tokens

from .conftest import LISTS as CODE_LISTS

KINDS = [Naming("debts", "odborné poradenství", "OP", "Poradí s dluhy."), Naming("home", "pečovatelská služba", "PS")]
ROWS = [
    LayRow("mám dluhy", ("debts",)),
    LayRow("exekuce na plat", ("debts",)),
    LayRow("babička doma", ("home",), ("old",)),
    LayRow("uvařit babičce", ("home",), ("old",)),
]
MODEL = LayModel(ROWS, KINDS, [Naming("old", "senioři")])


def best(question: str) -> str:
    return MODEL.kinds[int(MODEL.judge(tokens(question)).kinds.argmax())]


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("dluhy", "debts"),
        ("dluhů", "debts"),
        ("exekucze", "debts"),
        ("babicka", "home"),
        ("OP", "debts"),
        ("ps", "home"),
    ],
)
def test_words_their_forms_and_misspellings_lead_to_the_kind(question, kind):
    assert best(question) == kind


def test_groups_are_heard_in_the_words():
    assert MODEL.judge(tokens("vařit babičce")).groups[0] > MODEL.judge(tokens("dluhy")).groups[0] + 0.3


def test_scores_are_the_shares_of_words_and_of_remembered_phrases():
    judgement = MODEL.judge(tokens("babička má dluhy"))
    place = MODEL.kinds.index("debts")
    assert judgement.shares[2, place] > judgement.shares[0, place]


def test_what_was_never_met_is_unknown_and_what_was_is_known():
    assert MODEL.judge(tokens("xqzw")).known == 0
    assert MODEL.judge(tokens("mám dluhy")).known > 0.9


def test_a_repair_is_told_in_a_whole_word_and_can_be_refused():
    assert MODEL.judge(tokens("exekucze")).repairs == {"exekucze": "exekuce"}
    assert MODEL.judge(tokens("exekucze"), literal=True).repairs == {}


def test_many_names_are_skimmed_for_what_their_words_speak_about():
    kinds, groups = MODEL.skim(["Dům pro babičky a seniory", "Poradna při exekuci", "Xqzw", ""])
    assert (kinds.shape, groups.shape) == ((4, 2), (4, 1))
    assert groups[0, 0] > groups[1, 0] + 0.2
    assert kinds[1].argmax() == MODEL.kinds.index("debts")
    assert not kinds[2:].any()
    assert not groups[2:].any()


def test_the_model_does_not_depend_on_the_order_of_rows():
    turned = LayModel(ROWS[::-1], KINDS, [Naming("old", "senioři")])
    words = tokens("babička má exekuci")
    assert np.allclose(turned.judge(words).kinds, MODEL.judge(words).kinds, atol=1e-4)


def codes(name: str) -> set[str]:
    with (CODE_LISTS / name).open(encoding="utf-8", newline="") as file:
        return {row["key"] for row in csv.DictReader(file)}


def test_the_shipped_dictionary_names_only_known_kinds_and_groups():
    kinds, groups = codes("kinds.csv"), codes("target_groups.csv")
    rows = read_lay_rows()
    assert len(rows) > 3000, LISTS
    assert {kind for row in rows for kind in row.kinds} <= kinds
    assert {group for row in rows for group in row.groups} <= groups


def test_every_kind_can_be_reached_by_words_that_are_not_its_name():
    """No service may be findable only by its official kind."""
    rows = read_lay_rows()
    with (CODE_LISTS / "kinds.csv").open(encoding="utf-8", newline="") as file:
        names = {row["key"]: set(stems(f"{row['name']} {row['abbreviation']}")) for row in csv.DictReader(file)}
    reached = {row.kinds[0] for row in rows if row.kinds and not names[row.kinds[0]] & set(stems(row.phrase))}
    assert set(names) - reached == set()
