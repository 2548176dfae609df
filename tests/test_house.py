"""Habits that fail the build instead of sitting in a wiki."""

import ast
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import models

from portal.audit.verbs import SENTENCES

ROOT: Path = settings.ROOT
PORTAL = ROOT / "portal"
# The staircase from below; names on one step do not know each other.
STAIRCASE = [
    ["web"],
    ["audit"],
    ["files", "jobs", "mail"],
    ["accounts"],
    ["territory"],
    ["catalogue"],
    ["finding", "register"],
    ["groups"],
    ["documents"],
    ["plan"],
    ["chapters", "indicators"],
    ["editions"],
    ["fulfilment"],
    ["meetings"],
    ["sitting"],
    ["minutes"],
    ["pages"],
    ["newsletter"],
    ["suggestions"],
    ["consult"],
    ["upkeep"],
    ["access", "freshness"],
    ["tables"],
    ["home"],
]
STEP = {name: height for height, step in enumerate(STAIRCASE) for name in step}
# Names that say nothing about what lives inside.
VAGUE = {"services", "utils", "common", "core", "helpers", "managers", "signals", "mixins", "misc"}


def sources(*suffixes: str) -> Iterator[Path]:
    for path in sorted(PORTAL.rglob("*")):
        if path.suffix in suffixes and "migrations" not in path.parts:
            yield path


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("portal.")]


def test_every_app_has_its_step() -> None:
    assert {path.name for path in PORTAL.iterdir() if (path / "__init__.py").exists()} - {"formats"} == set(STEP)


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_foreign_keys_point_down(model: type[models.Model]) -> None:
    for field in model._meta.get_fields():
        target = field.related_model
        if field.auto_created or not isinstance(target, type) or not target.__module__.startswith("portal."):
            continue
        here, there = model._meta.app_label, target._meta.app_label
        assert here == there or STEP[there] < STEP[here], f"{model._meta.label}.{field.name} points up to {there}"


def test_no_vague_module_names() -> None:
    vague = [path for path in sources(".py") if path.stem in VAGUE or path.parent.name in VAGUE]
    assert not vague


def test_models_fit_one_app() -> None:
    long = {path.parent.name: len(path.read_text().splitlines()) for path in PORTAL.glob("*/models.py")}
    assert {app: lines for app, lines in long.items() if lines > 450} == {}


def test_every_model_is_in_the_glossary() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert [m._meta.object_name for m in our_models() if f"`{m._meta.object_name}`" not in glossary] == []


def test_every_verb_of_the_journal_has_its_sentence_and_every_sentence_its_verb() -> None:
    used = set()
    for path in sources(".py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "verb":
                used |= {c.value for c in ast.walk(node.value) if isinstance(c, ast.Constant)}
    assert used == set(SENTENCES)
    for verb, sentence in SENTENCES.items():
        assert "{actor}" in sentence, verb
        assert "{thing}" in sentence, verb


def test_every_template_is_used() -> None:
    named = "\n".join(path.read_text(encoding="utf-8") for path in sources(".py", ".html", ".txt"))
    handlers = {"400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"}
    unused = []
    for path in sources(".html", ".txt"):
        if "templates" not in path.parts:
            continue
        name = "/".join(path.parts[path.parts.index("templates") + 1 :])
        if name not in handlers and f'"{name}' not in named and f"'{name}" not in named:
            unused.append(name)
    assert unused == []


def test_templates_carry_no_inline_style_or_script() -> None:
    inline = re.compile(r"\sstyle=|<style|\son[a-z]+=\"|<script(?![^>]*\b(?:src=|type=\"application/ld\+json\"))", re.I)
    assert {path.name: hit[0] for path in sources(".html") if (hit := inline.search(path.read_text()))} == {}


@pytest.mark.django_db
def test_migrations_agree_with_models() -> None:
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


def test_models_and_rules_know_no_request_form_or_letter() -> None:
    for path in [*PORTAL.glob("*/models.py"), *PORTAL.glob("*/rules.py"), *PORTAL.glob("*/actions.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module] if isinstance(node, ast.ImportFrom) else []
            names += [name.name for name in node.names] if isinstance(node, ast.Import) else []
            assert not {"django.http", "django.forms", "django.core.mail"} & set(names), path


def test_no_lock_file_carries_an_address() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "package-lock.json"):
        text = (ROOT / name).read_text()
        assert '"resolved"' not in text
        assert "--index-url" not in text
