"""`manage.py clock --once`: do what CLOCK says is due, for an installation where cron looks instead of a worker."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.jobs import clock
from portal.jobs.models import Tick


class Command(BaseCommand):
    help = "Say when CLOCK is due; with --once do what is due now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now and end")

    def handle(self, *_: Any, once: bool, **options: Any) -> None:
        done = clock.run_all_due() if once else []
        if options["verbosity"] > 0:
            for entry in clock.entries():
                said = "done" if entry.name in done else f"due {timezone.localtime(entry.next_due(timezone.now())):%c}"
                self.stdout.write(f"{entry.name}: {said}")
        failed = list(Tick.objects.failed().filter(name__in=done))
        if failed:
            raise CommandError("; ".join(f"{tick.name}: {tick.error}" for tick in failed))
