"""Code lists: from `lists/*.csv` (the one readable place) and from the register's own files into the tables.

A row that a person edited (`edited_at`) stays as the person left it. Nothing is ever deleted: a code that
ends gets `valid_to`. Loading the same lists again writes nothing.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Field

from words.fold import fold

from .models import AccessDetail, AgeGroup, CapacityUnit, CodeListItem, Feature, Form, Kind, TargetGroup

LISTS = Path(__file__).resolve().parent / "lists"
FILES: dict[str, type[CodeListItem]] = {
    "kinds": Kind,
    "target_groups": TargetGroup,
    "age_groups": AgeGroup,
    "forms": Form,
    "capacity_units": CapacityUnit,
    "features": Feature,
    "access_details": AccessDetail,
}
# Columns of the files whose table calls them otherwise.
COLUMNS = {"forms": "usual_forms", "cost": "usual_cost"}
# The register's own code lists say by the beginning of their codes which list they are.
OFFICIAL: dict[str, type[CodeListItem]] = {
    "DruhSocialniSluzby": Kind,
    "CilovaSkupinaOsoby": TargetGroup,
    "VekovaSkupinaOsoby": AgeGroup,
    "FormaSocialniSluzby": Form,
    "TypKapacitySocialniSluzby": CapacityUnit,
}


@dataclass
class Loaded:
    """What a loading did, by the name of the list and the key of the row."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def wrote(self) -> bool:
        return bool(self.added or self.changed)


@transaction.atomic
def load(folder: Path = LISTS, files: Mapping[str, type[CodeListItem]] = FILES) -> Loaded:
    """Bring the tables in line with the `files` of `folder`; a wrong row is reported and stops nothing else."""
    loaded = Loaded()
    for name, model in files.items():
        _load_list(model, name, _rows(folder / f"{name}.csv"), loaded)
    return loaded


@transaction.atomic
def load_official(content: bytes) -> Loaded:
    """Fill official codes from a code list published by MPSV (`{"polozky": [{"id", "nazev"}]}`).

    Items are told by their names; a name we do not have is reported, because a new kind or group needs plain
    words from a person. A code that we already hold for another row is reported too.
    """
    loaded = Loaded()
    for code, name in _official_items(content):
        model = OFFICIAL.get(code.partition("/")[0])
        if model is None:
            loaded.wrong.append(f"{code}: takový číselník neznáme")
            continue
        _give_code(model, code, name, loaded)
    return loaded


def _load_list(model: type[CodeListItem], name: str, rows: Iterable[dict[str, str]], loaded: Loaded) -> None:
    present: dict[str, CodeListItem] = {item.key: item for item in model._default_manager.all()}
    for order, row in enumerate(rows, start=1):
        label = f"{name}: {row.get('key', '')}"
        try:
            values = _values(model, row) | {"order": order}
            item = present.get(row["key"])
            if item is None:
                model(**values).full_clean()
                model._default_manager.create(**values)
                loaded.added.append(label)
            elif item.edited_at is not None:
                loaded.kept.append(label)
            elif changes := _differences(item, values):
                for column, value in changes.items():
                    setattr(item, column, value)
                item.full_clean()
                item.save(update_fields=list(changes))
                loaded.changed.append(label)
        except (ValidationError, KeyError) as problem:
            loaded.wrong.append(f"{label}: {_in_words(problem)}")


def _differences(item: CodeListItem, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the file says otherwise than the row; a code that the register itself gave is not taken back."""
    theirs = {"code", "code_certainty"} if item.code_certainty == "official" else set()
    return {k: v for k, v in values.items() if k not in theirs and getattr(item, k) != v}


def _values(model: type[CodeListItem], row: Mapping[str, str]) -> dict[str, Any]:
    """Texts of one row as values of the table's columns; an empty text is nothing where the column allows."""
    values: dict[str, Any] = {}
    for column, text in row.items():
        target = model._meta.get_field(COLUMNS.get(column, column) if model is Kind else column)
        assert isinstance(target, Field)  # noqa: S101 - get_field may also give a reverse relation
        empty = None if target.null else ""
        values[target.name] = target.to_python(text.strip()) if text.strip() else empty
    return values


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _official_items(content: bytes) -> list[tuple[str, str]]:
    """Pairs (code, Czech name); the name comes as a text or by languages."""
    try:
        items = json.loads(content)["polozky"]
        pairs = [(item["id"], item["nazev"]) for item in items]
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise ValidationError(
            "Soubor není číselník MPSV: čekali jsme JSON s položkami „polozky“, „id“ a „nazev“."
        ) from problem
    return [(str(code), str(name.get("cs", "") if isinstance(name, dict) else name)) for code, name in pairs]


def _give_code(model: type[CodeListItem], code: str, name: str, loaded: Loaded) -> None:
    holder = model._default_manager.filter(code=code).first()
    item = next((one for one in model._default_manager.all() if fold(one.name) == fold(name.strip())), None)
    if item is None:
        if holder is None:
            loaded.wrong.append(f"{code} „{name}“: v našem číselníku není, přidejte ji ručně")
        elif fold(holder.name) != fold(name.strip()):
            loaded.wrong.append(f"{code}: u nás „{holder.name}“, v registru „{name}“")
    elif holder is not None and holder.pk != item.pk:
        loaded.wrong.append(f"{code} „{name}“: kód u nás patří položce „{holder.name}“")
    elif item.edited_at is not None and item.code != code:
        loaded.kept.append(f"{code}: {item.key}")
    elif (item.code, item.code_certainty) != (code, "official"):
        item.code, item.code_certainty = code, "official"
        item.save(update_fields=["code", "code_certainty"])
        loaded.changed.append(f"{code}: {item.key}")


def _in_words(problem: Exception) -> str:
    return "; ".join(problem.messages) if isinstance(problem, ValidationError) else f"chybí sloupec {problem}"
