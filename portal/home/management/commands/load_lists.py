"""`manage.py load_lists`: code lists of the catalogue, of plans, of documents and of articles, and the first pages of
the site; `--official FILE` adds official codes."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from portal.catalogue import codelists
from portal.catalogue.actions import touch
from portal.documents import codelists as document_codelists
from portal.pages import codelists as page_codelists
from portal.plan import codelists as plan_codelists


class Command(BaseCommand):
    help = "Load the code lists of the apps and the first pages of the site. A second run writes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--official",
            nargs="+",
            type=Path,
            metavar="FILE",
            default=[],
            help="code lists of the national register (cilove-skupiny-osoby.json and others), for their codes",
        )

    def handle(self, *_: Any, official: list[Path], **options: Any) -> None:
        reports = [codelists.load(), plan_codelists.load(), document_codelists.load(), page_codelists.load()]
        pages = page_codelists.load_pages()
        for path in official:
            try:
                reports.append(codelists.load_official(path.read_bytes()))
            except OSError as problem:
                raise CommandError(f"{path}: {problem.strerror}") from problem
            except ValidationError as problem:
                raise CommandError(f"{path}: {problem.messages[0]}") from problem
        if any(report.wrote for report in reports):
            touch()
        if pages and options["verbosity"] > 0:
            self.stdout.write(f"pages written {pages}")
        for report in reports:
            for line in report.wrong:
                self.stderr.write(line)
            if options["verbosity"] > 0:
                self.stdout.write(
                    f"added {len(report.added)}, changed {len(report.changed)}, "
                    f"kept as people edited {len(report.kept)}, wrong {len(report.wrong)}"
                )
