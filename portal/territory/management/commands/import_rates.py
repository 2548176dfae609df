"""`manage.py import_rates miry.csv --name "Úmrtnostní tabulky" --year 2023 [--region CZ052] [--source "ČSÚ …"]`"""

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.territory import rates


class Command(BaseCommand):
    help = "Nahraje míry přežití, plodnosti a stěhování podle věku (sloupce popisuje docs/territory.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("table", type=Path, help="CSV: ukazatel, pohlavi, vek, hodnota")
        parser.add_argument("--name", required=True, help="jak se míry jmenují na stránkách")
        parser.add_argument("--year", required=True, type=int, help="rok, za který platí")
        parser.add_argument("--region", default="", help="kód kraje; jinak celá země")
        parser.add_argument("--source", default="", help="odkud čísla jsou; jinak název souboru")

    def handle(self, *args: Any, **options: Any) -> None:
        table: Path = options["table"]
        faults: list[str] = []
        try:
            with table.open(encoding="utf-8-sig", newline="") as lines:
                found = rates.read_rates(lines, faults)
            if not 1900 <= options["year"] <= 2100:
                raise CommandError("Rok není letopočet.")
            changed = rates.import_rates(
                found,
                name=options["name"],
                region=options["region"],
                year=options["year"],
                source=options["source"] or table.name,
            )
        except (OSError, UnicodeDecodeError, csv.Error, rates.NotRates) as fault:
            raise CommandError("\n".join([*faults, str(fault)])) from fault
        for fault_line in faults:
            self.stderr.write(fault_line)
        self.stdout.write(f"Míry: {'zapsané' if changed else 'beze změny'}. Chybné řádky: {len(faults)}.")
