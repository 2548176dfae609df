"""Code lists load once, stay as people edit them, and take official codes from the register's own files."""

import csv
import json
import shutil
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.catalogue import codelists
from portal.catalogue.models import AgeGroup, CapacityUnit, DataVersion, Feature, Form, Kind, TargetGroup

pytestmark = pytest.mark.django_db


def rows(name: str) -> list[dict[str, str]]:
    with (codelists.LISTS / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_row_of_every_file_is_in_the_tables() -> None:
    loaded = codelists.load()
    assert loaded.wrong == []
    for name, model in codelists.FILES.items():
        assert model._default_manager.count() == len(rows(name))
    home = Kind.objects.get(code="DruhSocialniSluzby/13")
    assert (home.key, home.abbreviation, home.paragraph, home.group) == ("dps", "DpS", "49", "care")
    assert (home.usual_forms, home.usual_cost, home.code_certainty) == ("pob", "paid", "seen")
    assert str(home.valid_from) == "2007-01-01"
    assert home.valid_to is None
    assert AgeGroup.objects.get(key="starsi-seniori").to_age is None
    assert Form.objects.get(key="ter").gloss == "přijdou za vámi"
    assert CapacityUnit.objects.get(key="luzka").few == "lůžka"
    assert Feature.objects.filter(kind="language").count() > 1
    assert TargetGroup.objects.get(key="seniori").code == "CilovaSkupinaOsoby/24"


def test_second_loading_writes_nothing() -> None:
    codelists.load()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        again = codelists.load()
    assert not again.wrote
    assert not [q for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_what_a_person_edited_stays_and_the_rest_follows_the_file(tmp_path: Path) -> None:
    codelists.load()
    Kind.objects.filter(key="dps").update(gloss="Naše slova.", edited_at=timezone.now())
    Kind.objects.filter(key="ps").update(gloss="Zastaralé.")
    loaded = codelists.load()
    assert Kind.objects.get(key="dps").gloss == "Naše slova."
    assert Kind.objects.get(key="ps").gloss.startswith("Pečovatelka")
    assert loaded.kept == ["kinds: dps"]
    assert loaded.changed == ["kinds: ps"]


def test_a_wrong_row_is_named_and_stops_no_other(tmp_path: Path) -> None:
    shutil.copytree(codelists.LISTS, tmp_path, dirs_exist_ok=True)
    (tmp_path / "age_groups.csv").write_text(
        "key,code,name,from_age,to_age\nspatne,,zlé,mnoho,1\ndobre,,dobré,1,2\n", encoding="utf-8"
    )
    loaded = codelists.load(tmp_path)
    assert len(loaded.wrong) == 1
    assert "spatne" in loaded.wrong[0]
    assert AgeGroup.objects.get().key == "dobre"


def test_official_codes_come_by_name_and_are_never_guessed() -> None:
    codelists.load()
    content = {
        "polozky": [
            {"id": "CilovaSkupinaOsoby/7", "nazev": {"cs": "Osoby bez přístřeší"}},
            {"id": "CilovaSkupinaOsoby/24", "nazev": "senioři"},
            {"id": "CilovaSkupinaOsoby/99", "nazev": "něco nového"},
            {"id": "CilovaSkupinaOsoby/26", "nazev": "pachatelé trestné činnosti"},
            {"id": "Neznamy/1", "nazev": "nic"},
        ]
    }
    loaded = codelists.load_official(json.dumps(content).encode())
    homeless = TargetGroup.objects.get(key="bez-domova")
    assert (homeless.code, homeless.code_certainty) == ("CilovaSkupinaOsoby/7", "official")
    assert TargetGroup.objects.get(key="pachatele").code == ""
    assert not TargetGroup.objects.filter(code="CilovaSkupinaOsoby/99").exists()
    assert len(loaded.wrong) == 3
    assert codelists.load_official(json.dumps(content).encode()).changed == []
    assert not codelists.load().wrote, "our file must not take the register's own code back"


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b'{"polozky": 3}', b'{"polozky": [1]}'])
def test_what_is_no_code_list_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(ValidationError):
        codelists.load_official(content)


def test_command_moves_the_clock_of_the_data_only_when_it_wrote(tmp_path: Path) -> None:
    call_command("load_lists", verbosity=0)
    first = DataVersion.objects.get().number
    call_command("load_lists", verbosity=0)
    assert DataVersion.objects.get().number == first
    with pytest.raises(CommandError):
        call_command("load_lists", official=[tmp_path / "missing.json"], verbosity=0)
