"""`manage.py clear_jobs`: forget finished jobs and the files they made."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from portal.jobs.actions import clear


class Command(BaseCommand):
    help = "Delete jobs finished more than --days ago, with their files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=30)

    def handle(self, *_: Any, days: int, **options: Any) -> None:
        count = clear(older_than=timedelta(days=days))
        if options["verbosity"] > 0:
            self.stdout.write(f"{count} jobs cleared.")
