"""`manage.py import_ages vek.csv [--source "ČSÚ …"]`"""

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.territory import ages


class Command(BaseCommand):
    help = "Nahraje počty lidí v obcích podle pohlaví a věku (sloupce popisuje docs/territory.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("table", type=Path, help="CSV: kod_obce, rok, pohlavi, vek, pocet")
        parser.add_argument("--source", default="", help="odkud čísla jsou; jinak název souboru")

    def handle(self, *args: Any, **options: Any) -> None:
        table: Path = options["table"]
        faults: list[str] = []
        try:
            with table.open(encoding="utf-8-sig", newline="") as lines:
                outcome = ages.import_profiles(
                    ages.read_profiles(lines, faults), faults, source=options["source"] or table.name
                )
        except (OSError, UnicodeDecodeError, csv.Error, ages.NotAges) as fault:
            raise CommandError(str(fault)) from fault
        for fault_line in faults:
            self.stderr.write(fault_line)
        self.stdout.write(
            f"Věk: {outcome.added} nových, {outcome.changed} změněných, {outcome.unchanged} beze změny. "
            f"Ze skupin věku rozpočtených rovnoměrně: {outcome.split}. Chyby: {len(faults)}."
        )
