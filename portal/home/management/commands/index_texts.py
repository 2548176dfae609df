"""`manage.py index_texts STATE`: the index of public texts in a process of its own; a web process runs it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from portal.home import text_index


class Command(BaseCommand):
    help = "Build the index of public texts for a state of the data. Web processes run it by themselves."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("state", help="what the journal says of the data, as text_index.State is written")

    def handle(self, *_: Any, state: str, **__: Any) -> None:
        text_index.write(text_index.folder(state))
