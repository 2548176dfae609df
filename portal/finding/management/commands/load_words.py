"""`manage.py load_words`: lay words, situations and crisis lines from portal/finding/lists."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.catalogue.actions import touch
from portal.finding import wordlists


class Command(BaseCommand):
    help = "Load lay words, life situations and crisis lines. Run after load_lists; a second run writes nothing."

    def handle(self, *_: Any, **options: Any) -> None:
        loaded = wordlists.load()
        if loaded.wrote:
            touch()
        if options["verbosity"] > 0:
            self.stdout.write(f"added {loaded.added}, changed {loaded.changed}, kept as people edited {loaded.kept}")
