"""No cell runs as a formula, and none loses anything on its way out and back."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.web.cells import csv_text, guard, unguard

SIGNS = "=+-@\t\r\n'＝＋"
TEXTS = st.text() | st.text(alphabet=SIGNS + '1,;"a é')


@given(TEXTS)
def test_guarded_cells_never_start_a_formula(text: str) -> None:
    safe = guard(text)
    assert safe in (text, "'" + text)
    if safe[:1] and safe[0] in SIGNS.replace("'", "") + "＠－":
        assert all(sign.isdigit() or sign.isspace() or sign in "+-.," for sign in safe)


@given(TEXTS)
def test_what_was_guarded_comes_back_the_same(text: str) -> None:
    assert unguard(guard(text)) == text


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=3), max_size=4))
def test_a_whole_table_comes_back_the_same(rows: list[list[str]]) -> None:
    read = csv.reader(io.StringIO(csv_text(rows), newline=""), delimiter=";")
    assert [[unguard(cell) for cell in row] for row in read] == rows


@pytest.mark.parametrize("text", ["-1,5", "+420 493 000 111", "-12.5"])
def test_numbers_and_telephones_stay_as_they_are(text: str) -> None:
    assert guard(text) == text
