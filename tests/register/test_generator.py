"""The synthetic register says it is one, has exactly the size asked for, and keeps the traps of the real file."""

import json
from pathlib import Path

import pytest

from benchmarks.register_generator import Register, company_number, write, write_lists
from portal.catalogue import codelists
from portal.catalogue.models import TargetGroup
from portal.register.readers import read
from portal.register.readers.values import ico_checks
from portal.register.records import Problem, ServiceRecord

from .codes import CODES


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("register") / "register.json"
    write(path, services=200, facilities=560)
    return path


def test_it_has_the_size_asked_for_and_nothing_that_cannot_be_read(register: Path) -> None:
    with register.open("rb") as file:
        reads = list(read(file, CODES)[1])
    records = [one for one in reads if isinstance(one, ServiceRecord)]
    assert (len(records), sum(len(one.facilities) for one in records)) == (200, 560)
    assert [one.weight for one in reads if isinstance(one, Problem) and one.weight == "wrong"] == []


def test_it_says_that_it_is_synthetic(register: Path) -> None:
    content = json.loads(register.read_text(encoding="utf-8"))
    assert content["_synthetic"] is True
    for item in content["polozky"]:
        assert "syntetick" in item["poskytovatel"]["nazev"]
        assert all("vzor" in place["nazev"] for place in item["zarizeni"])


def test_it_keeps_the_traps(register: Path) -> None:
    items = json.loads(register.read_text(encoding="utf-8"))["polozky"]
    places = [place for item in items for place in item["zarizeni"]]
    assert len(places) > 560, "facilities are repeated"
    assert any(place["utajenaAdresa"] and place["adresa"] is None for place in places)
    assert any(place["adresa"] and place["adresa"]["kodAdresnihoMista"] is None for place in places)
    assert any(item["datumPoskytovaniDo"] for item in items)
    assert any(item["poskytovatel"]["ico"].startswith("00") for item in items)
    assert any(item["poskytovatel"]["statutarniOrgany"] for item in items)


def test_the_same_seed_gives_the_same_register() -> None:
    first, second, other = (list(Register(20, 40, seed).items()) for seed in (7, 7, 8))
    assert first == second != other


@pytest.mark.parametrize("number", [1, 10, 999, 3455])
def test_company_numbers_have_a_right_check_digit(number: int) -> None:
    assert len(company_number(number)) == 8
    assert ico_checks(company_number(number))


@pytest.mark.django_db
def test_its_code_lists_load_whole(tmp_path: Path) -> None:
    codelists.load()
    for path in write_lists(tmp_path):
        assert codelists.load_official(path.read_bytes()).wrong == []
    assert not TargetGroup.objects.filter(code="").exists()
