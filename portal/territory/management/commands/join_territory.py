"""`manage.py join_territory --out var/territory struktura_uzemi_cr.csv 20241231_ST_UKSG.xml.zip …`"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.territory.official import joined


class Command(BaseCommand):
    help = "Spojí úřední soubory ČSÚ a RÚIAN do tabulky obcí a hranic, které čte import_territory."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", type=Path, nargs="+", help="stažené soubory v libovolném pořadí (docs/territory.md)"
        )
        parser.add_argument("--out", type=Path, required=True, help="složka pro obce.csv a hranice.geojson")
        parser.add_argument("--region", default="", help="jen jeden kraj, kód NUTS3 (CZ052)")
        parser.add_argument("--since", type=int, default=0, help="údaje od tohoto roku; jinak všechny")

    def handle(self, *args: Any, **options: Any) -> None:
        downloads = joined.Downloads()
        folder: Path = options["out"]
        try:
            for path in options["files"]:
                downloads.read(path)
            municipalities, boundaries = joined.write(
                downloads, folder, region=options["region"], since=options["since"]
            )
        except (OSError, joined.NotOfficial) as fault:
            raise CommandError(str(fault)) from fault
        for fault_line in downloads.faults:
            self.stderr.write(fault_line)
        self.stdout.write(
            f"Obce: {municipalities}. Hranice: {boundaries}. Vynecháno nebo k ověření: {len(downloads.faults)}.\n"
            f"Dál: manage.py import_territory {folder / 'obce.csv'} --boundaries {folder / 'hranice.geojson'}"
        )
