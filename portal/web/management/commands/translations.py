"""`manage.py translations`: collect what is marked for translation into locale/*/LC_MESSAGES/django.po.
With `--check` nothing is written: it fails where a catalogue is behind the sources or a translation is broken.

Django's own makemessages needs GNU gettext on the machine; Babel does the same from a Python package.
"""

import csv
import io
import re
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation.template import templatize

KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


# Columns of the lists whose texts the public reads; "|" parts them into texts of their own.
LISTS = {
    "finding/lists/situations.csv": ("title", "line", "steps"),
    "finding/lists/crisis_lines.csv": ("name", "line", "hours"),
    "catalogue/lists/kinds.csv": ("name", "gloss"),
    "catalogue/lists/target_groups.csv": ("name", "plain"),
    "catalogue/lists/age_groups.csv": ("name",),
    "catalogue/lists/forms.csv": ("name", "gloss"),
    "catalogue/lists/features.csv": ("name",),
    "catalogue/lists/access_details.csv": ("name",),
    "catalogue/lists/capacity_units.csv": ("name", "one", "few", "many"),
}
COUNTED = re.compile(r'\|counted:"([^"]+)"')


def listed() -> Iterator[tuple[str, str]]:
    """Texts of the lists, each with its file."""
    for name, columns in LISTS.items():
        with (settings.ROOT / "portal" / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for column in columns:
                    yield from (
                        (text.strip(), f"portal/{name}") for text in (row[column] or "").split("|") if text.strip()
                    )


# Choices of fields whose words the public reads.
CHOICES = (
    ("catalogue.Service", "cost"),
    ("catalogue.Service", "source"),
    ("catalogue.Kind", "group"),
    ("territory.Municipality", "status"),
)


def chosen() -> Iterator[tuple[str, str]]:
    """Words of the choices, each with the model that has them. Models stand above: they are found by name."""
    for model, field in CHOICES:
        for _value, label in apps.get_model(model)._meta.get_field(field).choices or ():
            yield str(label), f"{model}.{field}"


def collect() -> Catalog:
    """Every marked message of the portal's Python and templates."""
    found = Catalog(charset="utf-8")
    for path in sorted((settings.ROOT / "portal").rglob("*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            source = path.read_text(encoding="utf-8")
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            # What templatize leaves of a template is a row of calls; its indentation means nothing.
            for forms in COUNTED.findall(path.read_text(encoding="utf-8")):
                found.add(forms, locations=[(str(path.relative_to(settings.ROOT)), 1)])
            source = "\n".join(line.strip() for line in templatize(path.read_text(encoding="utf-8")).splitlines())
        else:
            continue
        name = str(path.relative_to(settings.ROOT))
        for line, message, _comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
            found.add(message, locations=[(name, line)], context=context)
    for text, name in [*listed(), *chosen()]:
        found.add(text, locations=[(name, 1)])
    return found


class Command(BaseCommand):
    help = "Sebere texty k překladu do katalogů; s --check jen ohlásí, co chybí nebo je chybně."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        template = collect()
        faults: list[str] = []
        for language in sorted(path for path in settings.LOCALE_PATHS[0].iterdir() if path.is_dir()):
            path = language / "LC_MESSAGES" / "django.po"
            with path.open("rb") as file:
                catalogue = read_po(file, locale=language.name)
            if options["check"]:
                faults += self.faults(catalogue, template, path)
                continue
            catalogue.update(template, no_fuzzy_matching=True)
            with path.open("wb") as file:
                write_po(file, catalogue, width=110, omit_header=False, ignore_obsolete=True, include_lineno=False)
        if faults:
            raise CommandError("\n".join(faults))
        self.stdout.write(f"Textů k překladu: {len(template)}")

    def faults(self, catalogue: Catalog, template: Catalog, path: Path) -> list[str]:
        """What is wrong with one catalogue."""
        found = []
        for message in template:
            if message.id and catalogue.get(message.id, message.context) is None:
                found.append(f"{path.parent.parent.name}: chybí {message.id!r} (manage.py translations)")
        for message, errors in catalogue.check():
            found += [f"{path.parent.parent.name}: {message.id!r}: {error}" for error in errors]
        return found
