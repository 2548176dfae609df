"""Places inside a text: inflection, postal codes, namesakes, words that only look like a place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from words.places import Place, PlaceBook

JICIN = Place("1", "Jičín", "Jičín", 50.437, 15.352, 16_000, ("50601",))
NACHOD = Place("2", "Náchod", "Náchod", 50.417, 16.163, 19_000, ("54701",))
PAKA = Place("3", "Nová Paka", "Jičín", 50.494, 15.515, 9_000, ("50901",))
DVUR = Place("4", "Dvůr Králové nad Labem", "Trutnov", 50.432, 15.814, 15_000, ("54401",))
PRAHA = Place("5", "Praha", "Praha", 50.087, 14.421, 1_300_000, ("11000",))
POLICE = Place("6", "Police nad Metují", "Náchod", 50.537, 16.233, 4_000, ("54954",))
MOST = Place("7", "Most", "Most", 50.503, 13.636, 63_000, ("43401",))
LHOTA_J = Place("8", "Lhota", "Jičín", 50.40, 15.40, 200)
LHOTA_P = Place("9", "Lhota", "Praha-východ", 50.23, 14.67, 600)
DOMOV = Place("10", "Domov", "Jičín", 50.3, 15.3, 150)
BOOK = PlaceBook([JICIN, NACHOD, PAKA, DVUR, PRAHA, POLICE, MOST, LHOTA_J, LHOTA_P, DOMOV])
ORDINARY = {"domov", "most", "dluh"}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Jičín", JICIN),
        ("jicin", JICIN),
        ("pečovatelka Jičín", JICIN),
        ("babička u Jičína", JICIN),
        ("dluhy v Jičíně", JICIN),
        ("v Nové Pace", PAKA),
        ("Nová Paka", PAKA),
        ("v Praze", PRAHA),
        ("jsem ze Dvora Králové", DVUR),
        ("noclehárna Dvůr Králové nad Labem", DVUR),
        ("syn pije, bydlí v Polici", POLICE),
        ("hlídání babičky 506 01", JICIN),
        ("54701 dluhy", NACHOD),
        ("v Mostě", MOST),
    ],
)
def test_a_place_is_recognised(text, place):
    found = BOOK.recognise(text, ORDINARY)
    assert found is not None
    assert found.place == place


@pytest.mark.parametrize("text", ["domov pro babičku", "spadl most", "nechodí na záchod", "", "12345678", "dluhy"])
def test_an_ordinary_word_is_not_a_place(text):
    assert BOOK.recognise(text, ORDINARY) is None


def test_namesakes_are_told_apart_by_district_or_by_what_is_near():
    assert BOOK.look_up("Lhota")[0] == LHOTA_P  # the larger one
    assert BOOK.look_up("Lhota u Jičína")[0] == LHOTA_J
    assert BOOK.look_up("Lhota, okres Jičín")[0] == LHOTA_J
    assert PlaceBook(BOOK.places, near=(50.437, 15.352)).look_up("Lhota")[0] == LHOTA_J


def test_the_stretch_of_text_that_names_the_place_is_given():
    text = "kam na noc v Jičíně a okolí"
    found = BOOK.recognise(text)
    assert found is not None
    assert text[found.start : found.end] == "v Jičíně"


def test_an_unknown_postal_code_means_the_nearest_known_one():
    assert BOOK.look_up("506 05")[0] == JICIN
    assert BOOK.look_up("999 99") == []


def test_a_misspelt_place_is_looked_up():
    assert BOOK.look_up("Nachot")[0] == NACHOD
    assert BOOK.look_up("Xyzxyz") == []


def test_places_are_suggested_by_their_beginning_the_largest_first():
    assert BOOK.starting("lho", 5) == [LHOTA_P, LHOTA_J]
    assert BOOK.starting("", 5) == []


@given(st.text(max_size=200))
def test_no_text_breaks_it(text):
    found = BOOK.recognise(text, ORDINARY)
    assert found is None or 0 <= found.start < found.end <= len(text)
    BOOK.look_up(text)
    BOOK.starting(text, 3)
