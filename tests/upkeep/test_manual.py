"""The manual shows what the journeys saw."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

MANUAL: Path = settings.ROOT / "docs/manual"
JOURNEYS: Path = settings.ROOT / "tests/journeys"
LARGEST = 60 * 1024


def named() -> set[str]:
    """Pictures that the pages of the manual show."""
    pages = "\n".join(path.read_text(encoding="utf-8") for path in MANUAL.glob("*.md"))
    return set(re.findall(r"\]\(obrazky/([\w-]+)\.png\)", pages))


def taken() -> list[str]:
    """Patterns of the names of pictures that the journeys take; a part that is filled in may be any word."""
    sources = "\n".join(path.read_text(encoding="utf-8") for path in JOURNEYS.glob("test_*.py"))
    names = re.findall(r'picture\(\w+, f?"([^"]+)"\)', sources)
    return [r"[\w-]+".join(re.escape(part) for part in re.split(r"\{[^}]*\}", name)) for name in names]


def test_every_picture_of_the_manual_is_taken_by_a_journey_and_the_other_way_round() -> None:
    assert named()
    assert [name for name in named() if not any(re.fullmatch(one, name) for one in taken())] == []
    assert [one for one in taken() if not any(re.fullmatch(one, name) for name in named())] == []


def test_every_picture_is_there_and_small() -> None:
    kept = {path.stem: path.stat().st_size for path in (MANUAL / "obrazky").glob("*.png")}
    assert set(kept) == named()
    assert {name: size for name, size in kept.items() if size > LARGEST} == {}


def test_every_picture_is_told_in_words_too() -> None:
    for path in MANUAL.glob("*.md"):
        told = re.findall(r"!\[(.*?)\]\(obrazky/", path.read_text(encoding="utf-8"))
        assert all(len(words) > 20 for words in told), path.name
