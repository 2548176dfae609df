"""People by age and rates come in whole, once, and a bad row stops nothing but its own municipality."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from portal.territory import ages, rates
from portal.territory.models import AgeProfile, VitalRates
from tests import make

HEADER = "kod_obce,rok,pohlavi,vek,pocet"
GROUPS = [*(f"{first}-{first + 4}" for first in range(0, 85, 5)), "85+"]


def rows(code: str, year: int = 2023, people: float = 10, groups: list[str] | None = None) -> list[str]:
    return [f"{code},{year},{sex},{age},{people:g}" for sex in "mz" for age in groups or GROUPS]


def read(*lines: str) -> tuple[list[ages.Profile], list[str]]:
    faults: list[str] = []
    return list(ages.read_profiles(StringIO("\n".join([HEADER, *lines])), faults)), faults


def rates_lines(*more: str) -> list[str]:
    whole = ["preziti,m,0-99,0.99", "preziti,m,100+,0.5", "preziti,z,0+,0.99", "plodnost,,20-39,0.08"]
    return ["ukazatel,pohlavi,vek,hodnota", *whole, "preziti_narozenych,m,,0.997", "preziti_narozenych,z,,0.998", *more]


def read_rates(*lines: str) -> tuple[rates.RateSet, list[str]]:
    faults: list[str] = []
    return rates.read_rates(StringIO("\n".join(lines)), faults), faults


def test_groups_are_divided_evenly_and_an_open_one_into_ten_years() -> None:
    (found,), faults = read(*rows("990001"))
    assert faults == []
    assert found.is_split
    assert found.people[0][:5] == [2, 2, 2, 2, 2]
    assert found.people[1][85:] == [1] * 10 + [0] * 6


@given(st.lists(st.integers(0, 5000), min_size=len(GROUPS), max_size=len(GROUPS)))
def test_dividing_groups_keeps_everybody(people: list[int]) -> None:
    lines = [f"990001,2023,{sex},{age},{n}" for sex in "mz" for age, n in zip(GROUPS, people, strict=True)]
    (found,), _ = read(*lines)
    for sex in found.people:
        assert sum(one or 0 for one in sex) == pytest.approx(sum(people))


@given(st.text(max_size=12), st.sampled_from(["kod_obce", "rok", "pohlavi", "vek", "pocet"]))
def test_whatever_a_row_says_others_are_read(text: str, column: str) -> None:
    """Either the row is good, or it is told by its line and its municipality alone is left out."""
    bad = dict(zip(HEADER.split(","), ("990001", "2023", "m", "0-4", "10"), strict=True)) | {column: text}
    table = StringIO()
    writer = csv.DictWriter(table, HEADER.split(","))
    writer.writeheader()
    writer.writerow(bad)
    faults: list[str] = []
    lines = [*table.getvalue().splitlines(keepends=True), *(f"{one}\n" for one in rows("990002"))]
    found = list(ages.read_profiles(lines, faults))
    assert [one.code for one in found] == ["990002"]
    assert len(faults) >= 1
    assert all(one.startswith("řádek ") for one in faults)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("99,2023,m,0-4,1", "nemá šest číslic"),
        ("990001,23,m,0-4,1", "není letopočet"),
        ("990001,2023,x,0-4,1", "není m ani z"),
        ("990001,2023,m,101,1", "není mezi 0 a 100"),
        ("990001,2023,m,90-85,1", "není mezi 0 a 100"),
        ("990001,2023,m,0-14,1", "širší než 5 let"),
        ("990001,2023,m,65+,1", "začíná dřív"),
        ("990001,2023,m,0-4,-1", "není číslo"),
        ("990001,2023,m,0-4,nan", "není číslo"),
    ],
)
def test_a_bad_row_is_told_by_line_and_reason(line: str, reason: str) -> None:
    found, faults = read(*rows("990002"), line)
    assert [one.code for one in found] == ["990002"]
    assert len(rows("990002")) + 2 == int(faults[0].removeprefix("řádek ").split(":")[0])
    assert reason in faults[0]


def test_an_age_missing_or_said_twice_leaves_the_municipality_out() -> None:
    found, faults = read(*rows("990001")[1:], *rows("990002"), "990002,2023,z,3,1")
    assert found == []
    assert "věk '3' už u obce 990002 byl" in faults[0]
    assert "chybí věk 0 (m), 1 (m), 2 (m) a 2 dalších" in faults[1]


@pytest.mark.django_db
def test_second_import_of_ages_writes_nothing() -> None:
    place = make.municipality()
    profiles, faults = read(*rows(place.code, people=7), *rows("999999"))
    first = ages.import_profiles(profiles, faults, source="zkouška")
    assert (first.added, first.split) == (1, 1)
    assert faults == [f"řádek {len(rows('x')) + 2}: obec 999999 v území není"]
    with CaptureQueriesContext(connection) as queries:
        second = ages.import_profiles(profiles, [], source="zkouška")
    assert (second.added, second.changed, second.unchanged) == (0, 0, 1)
    assert not [q for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    changed = ages.import_profiles(read(*rows(place.code, people=8))[0], [], source="zkouška")
    assert changed.changed == 1
    assert AgeProfile.objects.get().men[0] == 1.6


def test_rates_are_whole_or_refused() -> None:
    found, faults = read_rates(*rates_lines())
    assert faults == []
    assert (found.survival[0][99], found.survival[0][100], found.fertility[19:21]) == (0.99, 0.5, [0, 0.08])
    assert (found.moves, found.girls, found.deaths_spread) == ([], 100 / 205.5, 0.1)
    with pytest.raises(rates.NotRates, match="preziti m 0"):
        read_rates(*[one for one in rates_lines() if not one.startswith("preziti,m")])
    with pytest.raises(rates.NotRates, match="chybí sloupce: vek"):
        read_rates("ukazatel,pohlavi,hodnota")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("neco,m,1,0", "neznáme"),
        ("stehovani,x,1,0", "není m ani z"),
        ("stehovani,m,1,7", "není číslo od -0.5 do 0.5"),
        ("plodnost,,20,0.1", "už v tabulce je"),
        ("plodnost,,stará,0.1", "není rok, skupina"),
        ("divky,,,nic", "není číslo"),
    ],
)
def test_a_bad_rate_is_told_and_the_others_are_read(line: str, reason: str) -> None:
    _found, faults = read_rates(*rates_lines(line))
    assert len(faults) == 1
    assert faults[0].startswith("řádek 8: ")
    assert reason in faults[0]


@pytest.mark.django_db
def test_both_commands_say_what_they_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = make.municipality()
    people, measured = tmp_path / "vek.csv", tmp_path / "miry.csv"
    people.write_text("\n".join([HEADER, *rows(place.code)]), encoding="utf-8")
    measured.write_text("\n".join(rates_lines("stehovani,m,30,0.01")), encoding="utf-8")
    call_command("import_ages", people)
    asked = {"name": "Tabulky", "year": 2023, "region": place.region_id}
    call_command("import_rates", measured, **asked)
    call_command("import_rates", measured, **asked)
    said = capsys.readouterr().out
    assert "Věk: 1 nových, 0 změněných, 0 beze změny. Ze skupin věku rozpočtených rovnoměrně: 1." in said
    assert "Míry: zapsané" in said
    assert "Míry: beze změny" in said
    assert VitalRates.objects.get().moves[0][30] == 0.01
    with pytest.raises(CommandError, match="Kraj XX v území není"):
        call_command("import_rates", measured, name="Tabulky", year=2023, region="XX")
    with pytest.raises(CommandError, match="chybí sloupce"):
        call_command("import_ages", measured)
