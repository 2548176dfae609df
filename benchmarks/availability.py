"""What a planner waits for over the whole country: a study of each method, its map, and an edit of a scenario.

python -m benchmarks availability
"""

from __future__ import annotations

import os
import re
from functools import partial
from time import process_time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402
from django.test import Client  # noqa: E402

from benchmarks.measure import Row, best_of, report, timed  # noqa: E402
from portal.access import study as studies  # noqa: E402
from portal.access.models import Scenario  # noqa: E402
from portal.accounts.models import Grant, Person  # noqa: E402

# Asked anew each time: another limit is another question, so that nothing kept from the last one answers.
QUESTION = "druh=dps&limit={limit}&v=km&uzemi=cr"
METHODS = {"nearest": "", "E2SFCA": "&metoda=e2sfca", "gravity": "&metoda=gravitace", "balanced": "&metoda=bfca"}
STUDY_SECONDS, EDIT_MS, MAP_KB = 1.0, 200, 400


def study_rows(client: Client) -> list[Row]:
    """A study nobody has asked before, with the land already read: page and figures, not the picture."""
    rows = []
    for name, method in METHODS.items():
        limits = iter(range(20, 60))

        def ask(method: str = method) -> None:
            answer = client.get(f"/dostupnost/?{QUESTION.format(limit=next(limits))}{method}")  # noqa: B023
            if answer.status_code != 200:
                raise SystemExit(f"A study answered {answer.status_code}.")

        spent = best_of(ask, rounds=5).seconds
        rows.append(Row(f"study of the country, {name}", spent, "s", reach="<= 1 s", ok=spent <= STUDY_SECONDS))
    page = client.get(f"/dostupnost/?{QUESTION.format(limit=30)}").content.decode()
    drawn = re.search(r'(?:src|data|data-src)="(/dostupnost/mapa\.svg[^"]*)"', page)
    if drawn is None:
        raise SystemExit("The page of a study shows no map.")
    address = drawn[1].replace("&amp;", "&")
    first = timed(partial(client.get, address))
    size = len(first.result.content) / 1000
    rows += [
        Row("its map", first.seconds * 1e3, "ms"),
        Row("its map", size, "KB", reach="<= 400 KB", ok=size <= MAP_KB),
    ]
    return rows


def edit_rows(client: Client) -> list[Row]:
    """A service is closed and the page with the new counts is back; then undone."""
    one = Scenario.objects.create(name="Měřený", query=QUESTION.format(limit=30))
    here = f"/dostupnost/scenare/{one.pk}/"
    client.get(here)  # the study it stands on, as for whoever has just opened it
    target = re.search(r"misto-\d+", client.get(here).content.decode())
    if target is None:
        raise SystemExit("The scenario offers no service to close.")

    def edit() -> None:
        one.refresh_from_db()
        sent = {"seen": one.version, "deed": "close", "target": target[0]}
        answer = client.post(f"{here}zmena/", sent)
        if answer.status_code != 302:
            raise SystemExit(f"A change of a scenario answered {answer.status_code}.")
        client.get(here)

    def undo() -> None:
        one.refresh_from_db()
        client.post(f"{here}zpet/", {"seen": one.version})

    times, worked = [], []
    for _round in range(5):
        started = process_time()
        times.append(timed(edit).seconds * 1e3)
        worked.append((process_time() - started) * 1e3)
        undo()
    edit()
    drawn = timed(partial(client.get, f"{here}mapa.svg")).seconds * 1e3
    return [
        Row("an edit of a scenario, seen", min(times), "ms", reach="<= 200 ms", ok=min(times) <= EDIT_MS),
        Row("  the worst of five", max(times), "ms"),
        Row("  of that the processor's time", min(worked), "ms"),
        Row("  its map", drawn, "ms"),
    ]


def main() -> bool:
    settings.ALLOWED_HOSTS = ["*"]
    client = Client(SERVER_NAME="127.0.0.1")
    with transaction.atomic():
        planner = Person.objects.create(email="planovacka@mereni.example", name="Jana Měřená")
        Grant.objects.create(person=planner, role=Grant.Role.COORDINATOR)
        client.force_login(planner)
        first = timed(lambda: studies.land(studies.data_version())).seconds
        rows = [Row("the country read from the database", first, "s"), *study_rows(client), *edit_rows(client)]
        transaction.set_rollback(True)
    return report("availability", rows)


if __name__ == "__main__":
    raise SystemExit(not main())
