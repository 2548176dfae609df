"""A small catalogue to search: five services around two towns, and the dictionary that comes with the product."""

from pathlib import Path

import pytest

from portal.finding.engine import Engine
from portal.finding.entry import Entry, Hours, Spot
from portal.finding.lay import LayModel, read_lay_rows, read_namings
from words.places import Place, PlaceBook

LISTS = Path(__file__).resolve().parents[2] / "portal" / "catalogue" / "lists"

JICIN = Place("1", "Jičín", "Jičín", 50.437, 15.352, 16_000, ("50601",), ("5207", "CZ0522", "CZ052"))
NACHOD = Place("2", "Náchod", "Náchod", 50.417, 16.163, 19_000, ("54701",), ("5209", "CZ0523", "CZ052"))
LHOTA = Place("3", "Lhota", "Jičín", 50.40, 15.40, 200, (), ("5207", "CZ0522", "CZ052"))
OTHER_LHOTA = Place("4", "Lhota", "Náchod", 50.44, 16.10, 300, (), ("5209", "CZ0523", "CZ052"))
IN_JICIN = (Spot("1", "5207", 50.437, 15.352),)
IN_NACHOD = (Spot("2", "5209", 50.417, 16.163),)

ENTRIES = [
    Entry(1, "Občanská poradna Jičín", "Prostor pro lidi", "osp", groups=("krize",), forms=("amb",), spots=IN_JICIN,
          cost="free", hours=(Hours(1, 480, 960),)),
    Entry(2, "Pečovatelská služba Jičín", "Město Jičín", "ps", groups=("seniori",), forms=("ter",), spots=IN_JICIN,
          served=("1", "3"), cost="paid"),
    Entry(3, "Pečovatelská služba Náchod", "Město Náchod", "ps", groups=("seniori", "telesne"), forms=("ter", "amb"),
          spots=IN_NACHOD, served=("5209",), cost="paid", barrier_free=True),
    Entry(4, "Domov Vilemína", "Domov Vilemína, p. o.", "dzr", groups=("demence",), forms=("pob",), spots=IN_NACHOD,
          nonstop=True, barrier_free=True, features=("demence",)),
    Entry(5, "Dům Azyl", "Charita", "ad", groups=("obeti-nasili",), forms=("pob",), cost="partly"),
    Entry(6, "Klub Doupě", "Charita", "nzdm", groups=("deti-ohrozene",), forms=("amb",), spots=(*IN_JICIN, *IN_NACHOD),
          cost="free"),
    Entry(7, "Půjčovna postelí", "Spolek Vedle", "n-pomucky", groups=("seniori",), spots=IN_JICIN, registered=False),
]  # fmt: skip


@pytest.fixture(scope="session")
def lay() -> LayModel:
    return LayModel(
        read_lay_rows(), read_namings(LISTS / "kinds.csv", "gloss"), read_namings(LISTS / "target_groups.csv", "plain")
    )


@pytest.fixture(scope="session")
def places() -> PlaceBook:
    return PlaceBook([JICIN, NACHOD, LHOTA, OTHER_LHOTA])


@pytest.fixture(scope="session")
def engine(lay: LayModel, places: PlaceBook) -> Engine:
    return Engine(ENTRIES, lay, places)
