"""Import of a register of national size: time, memory, and that the second run writes nothing.

    python -m benchmarks.register

Runs in a database of its own (SQLite in a temporary folder, or DATABASE_URL of an empty PostgreSQL by
REGISTER_BENCH_DATABASE). Peers in the same run: the whole file loaded by `json` (memory) and the same rows written
one by one by `update_or_create` (time).
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.measure import Row, peak_memory, report, timed
from benchmarks.register_generator import DEMO, FACILITIES, SERVICES, TERRITORY, write, write_lists

ROOT = Path(__file__).resolve().parent.parent
LONGEST_SECONDS = 180
LARGEST_MB = 300
SAMPLE = 300


def _django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django

    django.setup()


def importing(path: str, tally: str) -> Callable[[], None]:
    """One import of the file; statements that write are counted into the file `tally`."""
    _django()
    from django.core.management import call_command
    from django.db import connection

    writes = 0

    def counting(execute: Any, sql: str, *rest: Any) -> Any:
        nonlocal writes
        writes += sql.lstrip()[:6].upper() in {"INSERT", "UPDATE", "DELETE"}
        return execute(sql, *rest)

    def run() -> None:
        with connection.execute_wrapper(counting):
            call_command("import_register", path, verbosity=0)
        Path(tally).write_text(str(writes))

    return run


def loading_whole(path: str) -> Callable[[], None]:
    """The peer in memory: everything at once."""
    return lambda: _count(json.loads(Path(path).read_text(encoding="utf-8")))


def _count(content: dict[str, Any]) -> None:
    assert len(content["polozky"]) == SERVICES


def one_by_one(path: str) -> float:
    """The peer in time: seconds a service when every row asks and saves by itself, in one transaction."""
    _django()
    from django.db import transaction

    from portal.catalogue.models import Facility, Kind, Provider, Service, Source
    from portal.register.present import read_codes
    from portal.register.readers import read
    from portal.register.records import ServiceRecord

    kinds = {kind.key: kind for kind in Kind.objects.all()}
    with Path(path).open("rb") as file:
        reads = read(file, read_codes())[1]
        records = [one for one in itertools.islice(reads, SAMPLE) if isinstance(one, ServiceRecord)]

    def save() -> None:
        for record in records:
            provider, _ = Provider.objects.update_or_create(
                ico=record.provider.ico,
                defaults={"name": record.provider.name},
                create_defaults={"name": record.provider.name, "slug": f"peer-{record.provider.ico}"},
            )
            service, _ = Service.objects.update_or_create(
                source=Source.DEMO,
                source_id=record.source_id,
                defaults={"provider": provider, "kind": kinds[record.kind], "name": record.name},
                create_defaults={
                    "provider": provider,
                    "kind": kinds[record.kind],
                    "name": record.name,
                    "slug": f"peer-{record.source_id}",
                },
            )
            for place in record.facilities:
                Facility.objects.update_or_create(
                    service=service,
                    name=place.name,
                    street=place.street,
                    municipality_id=place.municipality or None,
                    started_on=place.started_on,
                    ended_on=place.ended_on,
                    defaults={"postal_code": place.postal_code, "secret": place.secret},
                )

    with transaction.atomic():
        seconds = timed(save).seconds
        transaction.set_rollback(True)
    return seconds / len(records)


def counted() -> tuple[int, int]:
    _django()
    from portal.catalogue.models import Facility, Service

    return Service.objects.filter(source="mpsv").count(), Facility.objects.filter(source="mpsv").count()


def main() -> bool:
    with tempfile.TemporaryDirectory(prefix="pospolu-register-") as folder:
        home = Path(folder)
        os.environ["DATABASE_URL"] = os.environ.get("REGISTER_BENCH_DATABASE", f"sqlite:///{home / 'register.sqlite3'}")
        os.environ["VAR_DIR"] = folder
        os.environ["DEBUG"] = "1"
        file, tally = home / "register.json", home / "writes"
        generated = timed(lambda: write(file)).seconds
        lists = write_lists(home / "lists")
        for command in (
            ("migrate",),
            ("load_lists", "--official", *map(str, lists)),
            ("import_territory", str(TERRITORY if TERRITORY.is_file() else DEMO)),
        ):
            subprocess.run([sys.executable, "manage.py", *command, "-v0"], cwd=ROOT, check=True)
        first = peak_memory("benchmarks.register:importing", str(file), str(tally))
        wrote = int(tally.read_text())
        second = peak_memory("benchmarks.register:importing", str(file), str(tally))
        wrote_again = int(tally.read_text())
        whole = peak_memory("benchmarks.register:loading_whole", str(file))
        peer = one_by_one(str(file)) * SERVICES
        services, facilities = counted()
        megabytes = file.stat().st_size / 1e6
    return report(
        "register",
        [
            Row("file", megabytes, "MB"),
            Row(
                "services, facilities expected",
                SERVICES,
                "services",
                ok=(services, facilities) == (SERVICES, FACILITIES),
            ),
            Row("generating", generated, "s"),
            Row("first import", first.seconds, "s", peer / first.seconds, "<= 180 s", first.seconds <= LONGEST_SECONDS),
            Row(
                "first import, memory",
                first.whole,
                "MB",
                whole.whole / first.whole,
                "<= 300 MB",
                first.whole <= LARGEST_MB,
            ),
            Row("first import, statements that write", wrote, "SQL"),
            Row("second import", second.seconds, "s", None, "<= 180 s", second.seconds <= LONGEST_SECONDS),
            Row("second import, memory", second.whole, "MB", None, "<= 300 MB", second.whole <= LARGEST_MB),
            Row("second import, statements that write", wrote_again, "SQL", None, "0", wrote_again == 0),
        ],
        packages=("django", "ijson"),
    )


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
