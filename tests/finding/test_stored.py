"""An index kept in files of the node says what the one it was made from says."""

from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from portal.finding import stored
from portal.finding.engine import Engine, Moment
from portal.finding.entry import Entry, Hours, Spot
from portal.finding.shelf import Shelf

from .conftest import ENTRIES

QUESTIONS = ["kdo pomůže mámě s mytím", "dluhy", "Charita", "frndolína", "", "pečovatelka v Jičíně", "poradna prostor"]
TEXT = st.text(max_size=20)
NUMBER = st.integers(0, 1440)
POINT = st.none() | st.floats(-90, 90)
ENTRY = st.builds(
    Entry,
    id=st.integers(0, 2**40),
    name=TEXT,
    provider=TEXT,
    kind=TEXT,
    groups=st.lists(TEXT, max_size=3).map(tuple),
    spots=st.lists(st.builds(Spot, TEXT, TEXT, POINT, POINT), max_size=3).map(tuple),
    hours=st.lists(st.builds(Hours, st.integers(1, 7), NUMBER, NUMBER), max_size=3).map(tuple),
    text=TEXT,
    cost=st.none() | TEXT,
    barrier_free=st.none() | st.booleans(),
    slug=TEXT,
)


def said(engine: Engine, question: str) -> list[object]:
    """Everything of the answers but the arrays of the judgement."""
    near = engine.search(question, near="Jičín", moment=Moment(1, 600))
    free = engine.search(question, chosen={"cost": ["free"]})
    return [(one.hits, one.total, one.ids, one.facets, one.kinds, one.notices) for one in (near, free)]


@given(st.lists(ENTRY, max_size=8))
def test_a_shelf_gives_back_what_was_put_on_it(entries: list[Entry]) -> None:
    shelf = Shelf(entries)
    assert list(shelf) == entries
    assert shelf[: len(entries) // 2] == entries[: len(entries) // 2]
    with pytest.raises(IndexError):
        shelf[len(entries)]


def test_a_stored_engine_answers_as_the_one_it_was_made_from(engine: Engine, tmp_path: Path) -> None:
    stored.write(engine, tmp_path / "index" / "one")
    again = stored.read(tmp_path / "index" / "one")
    for question in QUESTIONS:
        assert said(again, question) == said(engine, question)
    assert again.suggest("peč") == engine.suggest("peč")
    assert again.of_ids([2, 99]) == [ENTRIES[1]]


def test_an_empty_engine_can_be_stored(engine: Engine, tmp_path: Path) -> None:
    stored.write(Engine([], engine.lay, engine.places), tmp_path / "index" / "none")
    assert stored.read(tmp_path / "index" / "none").search("cokoli").total == 0


def test_former_versions_are_taken_away_and_the_newest_two_stay(engine: Engine, tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        stored.write(engine, tmp_path / "index" / name)
    assert {one.name for one in (tmp_path / "index").iterdir()} == {"two", "three"}


def test_two_who_write_one_version_leave_one_whole_index(engine: Engine, tmp_path: Path) -> None:
    stored.write(engine, tmp_path / "index" / "one")
    stored.write(engine, tmp_path / "index" / "one")
    assert [one.name for one in (tmp_path / "index").iterdir()] == ["one"]
    assert said(stored.read(tmp_path / "index" / "one"), "dluhy") == said(engine, "dluhy")


def test_the_folder_belongs_to_a_version_and_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    first = stored.folder("1")
    assert first == stored.folder("1")
    assert first != stored.folder("2")
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", "jina")
    assert first != stored.folder("1")
