"""`manage.py import_register [FILE|URL]`: the register of social services into the catalogue.

Without a source it takes REGISTER_URL (the national register by default), which is what a daily run wants.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from portal.catalogue import codelists
from portal.catalogue.models import Kind
from portal.register import actions, exports
from portal.register.fetch import fetched
from portal.register.plan import Plan
from portal.register.records import Refused


class Command(BaseCommand):
    help = (
        "Import a register: national JSON, regional GeoJSON, CSV or XLSX (told apart by content). A second run of the "
        "same file writes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("where", nargs="?", default=settings.REGISTER_URL, help="file or http(s) address")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")
        parser.add_argument("--confirm", action="store_true", help="let a change of more than 5 %% of services in")
        parser.add_argument("--complete", action="store_true", help="a table holds all its services: others vanish")
        parser.add_argument("--report", type=Path, metavar="OUT.csv", help="write every difference and problem here")

    def handle(self, *_: Any, **options: Any) -> None:
        # Without kinds not a row could be read; the shipped lists are what a new installation means anyway.
        if not options["dry_run"] and not Kind.objects.exists():
            codelists.load()
        try:
            with fetched(options["where"]) as file:
                plan = actions.import_file(
                    file,
                    complete=options["complete"],
                    confirmed=options["confirm"],
                    dry_run=options["dry_run"],
                    tell=lambda plan: self._write_report(plan, options["report"]),
                )
        except Refused as problem:
            raise CommandError(str(problem)) from problem
        except ValidationError as problem:
            raise CommandError(" ".join(problem.messages)) from problem
        self._say(plan, options)

    def _write_report(self, plan: Plan, path: Path | None) -> None:
        if path is not None:
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                exports.write_report(plan, file)

    def _say(self, plan: Plan, options: dict[str, Any]) -> None:
        if options["verbosity"] == 0:
            return
        if options["verbosity"] > 1 or options["dry_run"]:
            for problem in plan.problems:
                self.stderr.write(f"{problem.place}: {problem.subject}: {problem.reason}")
        self.stdout.write(", ".join(f"{name} {count}" for name, count in plan.counts.items()))
        if options["dry_run"]:
            self.stdout.write("Nothing was written (dry run).")
            if plan.needs_confirmation:
                self.stdout.write(f"Writing would need --confirm: {plan.touched} of {plan.existing} services.")
        elif plan.empty:
            self.stdout.write("Nothing has changed, nothing was written.")
