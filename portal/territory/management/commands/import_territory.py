"""`manage.py import_territory obce.csv [--boundaries hranice.topo.json …]`"""

import csv
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.territory import imports, outlines


class Command(BaseCommand):
    help = "Nahraje obce, ORP, okresy a kraje z tabulky CSV a jejich hranice z TopoJSON nebo GeoJSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("table", type=Path, help="CSV obcí (sloupce popisuje docs/territory.md)")
        parser.add_argument("--boundaries", type=Path, nargs="*", default=[], help="soubory hranic")
        parser.add_argument("--source", default="", help="odkud čísla jsou; jinak název souboru")
        parser.add_argument("--demo", action="store_true", help="kraj je vymyšlený")

    def handle(self, *args: Any, **options: Any) -> None:
        table: Path = options["table"]
        faults: list[str] = []
        try:
            with table.open(encoding="utf-8-sig", newline="") as lines:
                outcome = imports.import_areas(
                    imports.read_rows(lines, faults),
                    source=options["source"] or table.name,
                    demo=options["demo"],
                )
            boundaries = 0
            for path in options["boundaries"]:
                document = json.loads(path.read_text(encoding="utf-8"))
                boundaries += imports.import_boundaries(outlines.read(document, faults), faults)
        except (
            OSError,
            UnicodeDecodeError,
            json.JSONDecodeError,
            csv.Error,
            imports.NotTerritory,
            outlines.NotOutlines,
        ) as fault:
            raise CommandError(str(fault)) from fault
        for fault_line in faults:
            self.stderr.write(fault_line)
        self.stdout.write(
            f"Obce: {outcome.added} nových, {outcome.changed} změněných, {outcome.unchanged} beze změny. "
            f"Údaje: {outcome.figures} zapsaných. Hranice: {boundaries} zapsaných. Chybné řádky: {len(faults)}."
        )
        if outcome.missing:
            self.stdout.write(
                f"V tabulce chybí ({len(outcome.missing)}), nic se nesmazalo: {', '.join(outcome.missing)}. "
                "Zanikla-li obec sloučením, převeďte její služby (docs/territory.md)."
            )
