"""What an import does to the catalogue: the laws of the register."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.audit.models import Deed
from portal.catalogue import codelists
from portal.catalogue.models import (
    AgeGroup,
    Capacity,
    Contact,
    DataVersion,
    Facility,
    Feature,
    Form,
    OpeningHours,
    Provider,
    Service,
    ServiceForm,
    ServiceTargetGroup,
    Source,
    TargetGroup,
)
from portal.register import actions
from portal.register.fetch import Fetched
from portal.register.models import ImportRun
from portal.register.plan import Plan
from portal.register.present import read_codes
from portal.territory.models import Municipality
from tests import make

from .samples import binary, feature, national, national_facility, national_item, regional


@pytest.fixture
def lists(db: None) -> None:
    codelists.load()
    region = make.region("CZ052", "Královéhradecký kraj")
    make.region("CZ041", "Karlovarský kraj")
    district = make.district("CZ0991", region=region)
    make.municipality("Lipov", code="999001", lat=50.0, lon=15.0, district=district, region=region)


pytestmark = pytest.mark.usefixtures("lists")


def bring(content: object, *, confirmed: bool = True, complete: bool = False, dry_run: bool = False) -> Plan:
    file = Fetched(binary(content), "zkouska", 1, "0" * 64)
    return actions.import_file(file, complete=complete, confirmed=confirmed, dry_run=dry_run)


def items(count: int) -> list[dict[str, Any]]:
    return [national_item(number) for number in range(1, count + 1)]


@contextmanager
def writes() -> Iterator[list[str]]:
    found: list[str] = []
    with CaptureQueriesContext(connection) as queries:
        yield found
    found += [q["sql"] for q in queries if q["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]


def test_first_import_fills_an_empty_source_without_a_yes() -> None:
    before = DataVersion.objects.count()
    plan = bring(national(*items(3)), confirmed=False)
    assert plan.counts["added"] == 3
    service = Service.objects.get(source_id="1")
    assert (service.source, service.register_number, service.kind.key) == (Source.NATIONAL, "701", "dps")
    assert service.slug == "domov-lipa-lipov"
    assert sorted(Service.objects.values_list("slug", flat=True))[1:] == ["domov-lipa-lipov-2", "domov-lipa-lipov-3"]
    assert Provider.objects.get().ico == "00194972"
    assert service.facilities.get().municipality_id == "999001"
    assert [(c.unit.key, c.amount) for c in service.forms.get().capacities.order_by("pk")] == [
        ("luzka", 32),
        ("luzka", None),
    ]
    assert [group.key for group in service.target_groups.all()] == ["seniori"]
    assert service.contacts.count() == 3
    assert Provider.objects.get().contacts.get().value == "495 111 222"
    assert DataVersion.objects.count() == before + 1
    assert Deed.objects.get().verb == "register_imported"
    run = ImportRun.objects.get()
    assert (run.state, run.counts["added"]) == (ImportRun.State.DONE, 3)


@pytest.mark.parametrize(
    "content",
    [
        national(*(national_item(n, zarizeni=[national_facility(), national_facility(nazev="B")]) for n in range(9))),
        regional(feature(1), feature(2), feature(3, typ_soc_sluzby="osobní asistence")),
        "poskytovatel;druh;obec;formy;kapacita;telefon;cena\nA;hospic;Lipov;pob;pob: 5 luzka;495 111 222;zdarma\n",
    ],
    ids=["national", "regional", "table"],
)
def test_second_import_writes_nothing_at_all(content: object) -> None:
    bring(content)
    with writes() as written:
        assert bring(content, confirmed=False).empty
    assert written == []


def test_dry_run_writes_nothing_and_tells_everything() -> None:
    with writes() as written:
        plan = bring(national(*items(2)), dry_run=True)
    assert written == []
    assert [one.what for one in plan.differences] == ["added", "added"]


def test_changed_fields_are_told_old_and_new() -> None:
    bring(national(*items(2)))
    item = national_item(1, telefony=[{"telefon": "777 000 111"}], datumPoskytovaniOd="2011-02-03")
    item["formy"][0]["kapacity"][0]["pocet"] = 40
    item["ciloveSkupiny"] = [{"cilovaSkupina": {"id": "CilovaSkupinaOsoby/26"}}]
    plan = bring(national(item, national_item(2)))
    told = {one.field: (one.old, one.new) for one in plan.differences}
    assert told["poskytuje se od"] == ("1. 1. 2010", "3. 2. 2011")
    assert told["cílová skupina"] in {("", "pečující osoby"), ("senioři", "")}
    assert "777 000 111" in told["kontakty"][1]
    assert "40" in told["forma pobytová"][1]
    assert plan.counts["changed"] == 1
    service = Service.objects.get(source_id="1")
    assert service.started_on == date(2011, 2, 3)
    assert Capacity.objects.filter(service_form__service=service, amount=40).count() == 1
    assert [group.key for group in service.target_groups.all()] == ["pecujici"]
    assert service.contacts.filter(channel="phone").get().value == "777 000 111"


def test_a_service_that_left_the_file_keeps_its_row_and_comes_back() -> None:
    bring(national(*items(2)))
    pk = Service.objects.get(source_id="2").pk
    plan = bring(national(national_item(1)))
    assert [one.what for one in plan.differences] == ["vanished"]
    gone = Service.objects.get(pk=pk)
    assert gone.vanished_at is not None
    assert not gone.is_public
    assert bring(national(national_item(1))).empty
    plan = bring(national(*items(2)))
    assert plan.counts["returned"] == 1
    assert Service.objects.get(pk=pk).is_public


def test_an_end_is_told_as_an_end() -> None:
    bring(national(national_item(1)))
    plan = bring(national(national_item(1, datumPoskytovaniDo="2020-12-31")))
    assert plan.counts["ended"] == 1
    assert not Service.objects.public().exists()


def test_a_service_that_cannot_be_read_today_is_not_taken_for_vanished() -> None:
    bring(national(*items(2)))
    plan = bring(national(national_item(1), national_item(2, druhSocialniSluzby={"id": "DruhSocialniSluzby/999"})))
    assert plan.empty
    assert plan.counts["wrong"] == 1


@pytest.mark.parametrize("content", [national(), regional(), national({"id": 1}), "poskytovatel;druh\n"])
def test_a_file_without_a_service_is_refused(content: object) -> None:
    bring(national(*items(2)))
    with pytest.raises(ValidationError, match="ani jedna služba"):
        bring(content)
    assert Service.objects.public().count() == 2


def test_a_large_change_waits_for_a_yes() -> None:
    bring(national(*items(40)))
    changed = [national_item(n, datumPoskytovaniOd="2011-01-01") for n in (1, 2, 3)] + items(40)[3:]
    for _ in range(2):
        with writes() as written, pytest.raises(actions.NeedsConfirmation, match="3 služeb z 40"):
            bring(national(*changed), confirmed=False)
        assert not [sql for sql in written if "catalogue_" in sql]
    waiting = ImportRun.objects.get(state=ImportRun.State.CHECKED)
    assert (waiting.counts["touched"], waiting.person) == (3, None)
    assert waiting.file
    assert waiting.report
    with pytest.raises(actions.NeedsConfirmation):
        bring(national(*changed[1:]), confirmed=False)
    assert ImportRun.objects.filter(state=ImportRun.State.CHECKED).count() == 1
    assert ImportRun.objects.get(pk=waiting.pk).state == ImportRun.State.DROPPED
    assert bring(national(*changed), confirmed=True).counts["changed"] == 3
    two = [national_item(n, datumPoskytovaniOd="2012-01-01") for n in (1, 2)] + changed[2:]
    assert bring(national(*two), confirmed=False).counts["changed"] == 2


def test_a_number_that_comes_twice_is_told_and_the_first_holds() -> None:
    plan = bring(national(national_item(1), national_item(1, datumPoskytovaniOd="2001-01-01")))
    assert plan.counts["wrong"] == 1
    assert Service.objects.get().started_on == date(2010, 1, 1)


def test_what_people_added_survives() -> None:
    bring(national(*items(1)))
    service = Service.objects.get()
    ours = {
        "slug": "nase-adresa",
        "published": False,
        "plain_text": "Naše slova.",
        "how_to_get": "Zavolejte.",
        "cost": "free",
        "cost_note": "nic",
        "waiting": "měsíc",
        "easy_read": "Jednoduše.",
        "verified_on": date(2026, 1, 1),
    }
    Service.objects.filter(pk=service.pk).update(**ours)
    service.served_municipalities.add(Municipality.objects.get(code="999001"))
    service.features.add(Feature.objects.all()[0])
    service.target_groups.add(TargetGroup.objects.get(key="rodiny"))
    service.age_groups.add(AgeGroup.objects.get(key="dospeli"))
    Contact.objects.create(service=service, channel="phone", value="naše", order=0)
    place = service.facilities.get()
    Facility.objects.filter(pk=place.pk).update(step_free=True, lift=False, access_note="zvoňte", lat=50.0, lon=15.0)
    OpeningHours.objects.create(facility=place, weekday=1, opens="08:00", closes="12:00")
    own_place = Facility.objects.create(service=service, name="naše místo")
    Provider.objects.update(about="Kdo jsme")

    item = national_item(1, telefony=[], ciloveSkupiny=[], zarizeni=[national_facility(nazev="Domov Lípa nově")])
    bring(national(item))
    bring(national(national_item(2)))
    bring(national(item))

    service.refresh_from_db()
    assert {name: getattr(service, name) for name in ours} == ours
    assert service.served_municipalities.count() == 1
    assert service.features.count() == 1
    assert [group.key for group in service.target_groups.all()] == ["rodiny"]
    assert [group.key for group in service.age_groups.all()] == ["dospeli"]
    assert service.contacts.filter(source=Source.LOCAL).get().value == "naše"
    place.refresh_from_db()
    assert (place.name, place.step_free, place.lift, place.access_note) == ("Domov Lípa nově", True, False, "zvoňte")
    assert (place.lat, place.vanished_at) == (50.0, None)
    assert place.hours.count() == 1
    own_place.refresh_from_db()
    assert own_place.vanished_at is None
    assert Provider.objects.get().about == "Kdo jsme"


def test_a_place_in_another_street_is_another_place() -> None:
    bring(regional(feature(1)))
    Facility.objects.update(lift=True)
    bring(regional(feature(1, nazev_ulice="Polní")))
    old, new = Facility.objects.order_by("pk")
    assert (old.vanished_at is None, old.lift) == (False, True)
    assert (new.street, new.lift) == ("Polní 1", None)
    assert list(Facility.objects.public()) == [new]


def test_a_place_that_hides_takes_its_address_away_everywhere() -> None:
    bring(national(*items(1)))
    plan = bring(national(national_item(1, zarizeni=[national_facility(utajenaAdresa=True, adresa=None)])))
    place = Facility.objects.get()
    assert (place.secret, place.street, place.municipality, place.lat, place.vanished_at) == (
        True,
        "",
        None,
        None,
        None,
    )
    told = repr(plan.differences) + repr(plan.problems) + repr(list(Deed.objects.values()))
    assert "Nemocniční" not in told


def test_forms_unknown_to_a_source_are_left_and_known_ones_follow_it() -> None:
    bring(regional(feature(1)))
    service = Service.objects.get()
    make_form = ServiceForm.objects.create(service=service, form_id=Form.objects.get(key="ter").pk)
    bring(regional(feature(1, nazev_zarizeni="Jinak")))
    assert service.forms.get() == make_form
    bring(national(*items(1)))
    bring(national(national_item(1, formy=[])))
    assert not ServiceForm.objects.filter(service__source=Source.NATIONAL).exists()


def test_the_same_service_from_two_registers_is_told() -> None:
    bring(national(national_item(1, druhSocialniSluzby={"id": "DruhSocialniSluzby/15"})))
    plan = bring(regional(feature(1)))
    assert "z jiného zdroje" in plan.problems[0].reason
    assert Provider.objects.count() == 1


def test_the_more_trusted_register_names_the_provider() -> None:
    bring(regional(feature(1)))
    assert Provider.objects.get().name == "Barevné domky"
    bring(national(*items(1)))
    assert Provider.objects.get().name == "Společnost Lípa"
    assert bring(regional(feature(1))).empty


def test_a_table_adds_and_only_a_complete_one_takes_away() -> None:
    head = "poskytovatel;druh;sluzba;popis;obec\n"
    bring(head + "Spolek;hospic;Hospic Most;Pomáháme.;Lipov\n")
    bring(head + "Spolek;klub seniorů;Klub;;Lipov\n")
    assert Service.objects.public().count() == 2
    assert Service.objects.get(name="Hospic Most").plain_text == "Pomáháme."
    bring(head + "Spolek;hospic;Hospic Most;Jiná slova.;Lipov\n", complete=True)
    assert [one.plain_text for one in Service.objects.public()] == ["Pomáháme."]


def test_reach_by_regions_is_kept_whole() -> None:
    reach = [{"kraj": {"id": "Kraj/51"}}, {"kraj": {"id": "Kraj/86"}}]
    bring(national(national_item(1, rozsirenePusobnostiVKraji=reach)))
    service = Service.objects.get()
    assert (service.whole_region_id, [one.code for one in service.more_regions.all()]) == ("CZ041", ["CZ052"])
    bring(national(national_item(1, rozsirenePusobnostiVKraji=reach[1:])))
    service.refresh_from_db()
    assert (service.whole_region_id, service.more_regions.count()) == ("CZ052", 0)


def test_queries_do_not_grow_with_the_file() -> None:
    """Comparing takes the same number of questions for ten times the services."""
    counts = []
    for size in (5, 50):
        bring(national(*items(size)))
        with CaptureQueriesContext(connection) as queries:
            bring(national(*items(size)))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_import_that_fails_in_the_middle_leaves_the_old_state(monkeypatch: pytest.MonkeyPatch) -> None:
    bring(national(*items(2)))

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(actions._Writer, "_update_groups", broken)
    with pytest.raises(RuntimeError):
        bring(national(national_item(1, datumPoskytovaniOd="2019-01-01"), national_item(3)))
    assert set(Service.objects.values_list("source_id", "started_on", "vanished_at")) == {
        ("1", date(2010, 1, 1), None),
        ("2", date(2010, 1, 1), None),
    }


def test_an_import_killed_in_the_middle_leaves_the_old_state(tmp_path: Path) -> None:
    """A process of its own is killed while it holds the transaction open; nothing of it is left."""
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'kill.sqlite3'}",
        "VAR_DIR": str(tmp_path),
        "DEBUG": "1",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }
    file, reached = tmp_path / "register.json", tmp_path / "reached"
    file.write_text(json.dumps(national(*items(3))), encoding="utf-8")

    def python(code: str) -> list[str]:
        return [sys.executable, "-c", "import django; django.setup()\n" + code]

    prepare = (
        "from django.core.management import call_command as c\n"
        f"c('migrate', verbosity=0); c('load_lists', verbosity=0); c('import_register', {str(file)!r}, verbosity=0)"
    )
    subprocess.run(python(prepare), env=environment, cwd=settings.ROOT, check=True, timeout=600)
    file.write_text(json.dumps(national(*(national_item(n, nazev="Jinak") for n in range(2, 600)))), encoding="utf-8")
    stuck = (
        "import time; from pathlib import Path\n"
        "from portal.register import actions\n"
        f"def hang(*a): Path({str(reached)!r}).touch(); time.sleep(600)\n"
        "actions._Writer._update_groups = hang\n"
        "from django.core.management import call_command as c\n"
        f"c('import_register', {str(file)!r}, confirm=True, verbosity=0)"
    )
    process = subprocess.Popen(python(stuck), env=environment, cwd=settings.ROOT)
    try:
        until = time.monotonic() + 300
        while not reached.exists() and time.monotonic() < until:
            time.sleep(0.05)
        assert reached.exists()
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
    look = (
        "from portal.catalogue.models import Service, DataVersion\n"
        "print(sorted(Service.objects.filter(vanished_at=None).values_list('source_id', 'name')))"
    )
    seen = subprocess.run(python(look), env=environment, cwd=settings.ROOT, check=True, capture_output=True, text=True)
    assert seen.stdout.strip() == str([("1", "Domov Lípa"), ("2", "Domov Lípa"), ("3", "Domov Lípa")])


# --- the command ----------------------------------------------------------------------------------------------


def test_command_reads_compares_and_reports(tmp_path: Path) -> None:
    file, report = tmp_path / "data", tmp_path / "report.csv"
    file.write_text(json.dumps(national(*items(2), national_item(3, poskytovatel=None))), encoding="utf-8")
    out = io.StringIO()
    call_command("import_register", str(file), dry_run=True, report=report, stdout=out, stderr=out)
    assert "added 2" in out.getvalue()
    assert not Service.objects.exists()
    lines = report.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("co;číslo ve zdroji")
    assert lines[1].startswith("chyba: vynecháno;")
    assert lines[1].endswith("chybí název poskytovatele")
    call_command("import_register", str(file), verbosity=0)
    assert Service.objects.count() == 2


def test_command_says_why_it_refused(tmp_path: Path) -> None:
    (tmp_path / "broken").write_bytes(b'{"polozky": [')
    for where, words in ((tmp_path / "broken", "není celý"), (tmp_path / "missing", "nejde otevřít")):
        with pytest.raises(CommandError, match=words):
            call_command("import_register", str(where), verbosity=0)


def test_real_region_comes_in_with_its_three_far_points_told(real_data: Path, tmp_path: Path) -> None:
    path = real_data / "register" / "khk_poskytovatele_socialnich_sluzeb.geojson"
    towns = {one["properties"]["kod_obce"] for one in json.loads(path.read_text(encoding="utf-8"))["features"]}
    head, *rows = (real_data / "territory" / "obce_sloucene.csv").read_text(encoding="utf-8").splitlines()
    table = tmp_path / "towns.csv"
    table.write_text(
        "\n".join([head, *(row for row in rows if row[:6] in towns or ",Praha," in row)]), encoding="utf-8"
    )
    call_command("import_territory", str(table), verbosity=0)
    out = io.StringIO()
    call_command("import_register", str(path), stdout=out, stderr=out, verbosity=2)
    assert out.getvalue().count("použili jsme bod obce") == 3
    assert Service.objects.public().count() == 302
    assert Facility.objects.filter(municipality=None).count() == 0
    assert Facility.objects.exclude(municipality__region="CZ052").count() == 2
    assert Provider.objects.filter(ico__startswith="0").exists()
    assert not Capacity.objects.exists()
    assert not ServiceTargetGroup.objects.exists()
    assert Municipality.objects.filter(facilities__isnull=False).distinct().count() == 67
    with writes() as written:
        call_command("import_register", str(path), verbosity=0)
    assert written == []
    assert timezone.now() >= DataVersion.objects.get().changed_at


def test_reading_says_how_far_it_is(lists: None) -> None:
    content = binary(national(*items(600)))
    size = len(content.getvalue())  # type: ignore[attr-defined]
    heard: list[int] = []
    source, reads, whole = actions.read_file(Fetched(content, "x", size, ""), read_codes(), heard.append)
    assert (source, len(reads), whole) == (Source.NATIONAL, 600, True)
    assert heard == sorted(heard)
    assert 0 < heard[0] < heard[-1] <= size
