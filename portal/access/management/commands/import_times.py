"""`manage.py import_times casy.csv [--source …] [--date 2026-11-01]`, `manage.py import_times --remove`"""

import csv
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.access import times


class Command(BaseCommand):
    help = "Nahraje tabulku časů cest mezi obcemi (CSV: odkud, kam, minuty), nebo ji odebere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("table", type=Path, nargs="?", help="CSV s hlavičkou odkud;kam;minuty")
        parser.add_argument("--source", default="", help="odkud časy jsou; jinak název souboru")
        parser.add_argument("--date", type=date.fromisoformat, help="ke kterému dni platí (RRRR-MM-DD)")
        parser.add_argument("--remove", action="store_true", help="tabulku odebrat, cesty se zase odhadnou")

    def handle(self, *args: Any, **options: Any) -> None:
        table: Path | None = options["table"]
        if options["remove"] == (table is not None):
            raise CommandError("Napište soubor s časy, nebo --remove.")
        if table is None:
            there_was = times.remove_times()
            self.stdout.write("Tabulka časů je odebraná." if there_was else "Žádná tabulka časů tu není.")
            return
        try:
            with table.open(encoding="utf-8-sig", newline="") as lines:
                outcome = times.import_times(lines, source=options["source"] or table.name, day=options["date"])
        except (OSError, UnicodeDecodeError, csv.Error, times.NotTimes) as fault:
            raise CommandError(f"{fault}\nNic se nezměnilo.") from fault
        said = f"Časy: {outcome.pairs} dvojic, z {outcome.origins} obcí do {outcome.targets} obcí."
        self.stdout.write(said if outcome.changed else f"{said} Beze změny.")
