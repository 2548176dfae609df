"""The usual ways of naming the levels of a plan, and the codes that follow from them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from .models import Level

Role = Level.Role


@dataclass(frozen=True, slots=True)
class LevelDraft:
    role: str
    name: str
    many: str


@dataclass(frozen=True, slots=True)
class Template:
    key: str
    title: str
    line: str
    levels: tuple[LevelDraft, ...]


VISION = LevelDraft(Role.VISION, "vize", "vize")
MEASURE = LevelDraft(Role.MEASURE, "opatření", "opatření")
ACTIVITY = LevelDraft(Role.ACTIVITY, "aktivita", "aktivity")
PRIORITY = LevelDraft(Role.PRIORITY, "priorita", "priority")
GOAL = LevelDraft(Role.GOAL, "cíl", "cíle")

TEMPLATES = {
    one.key: one
    for one in (
        Template(
            "mesto", "Plán města nebo ORP", "vize, priority, cíle, opatření, aktivity",
            (VISION, PRIORITY, GOAL, MEASURE, ACTIVITY),
        ),
        Template(
            "skupiny", "Plán podle cílových skupin", "cílové skupiny, cíle, opatření, kroky",
            (LevelDraft(Role.PRIORITY, "cílová skupina", "cílové skupiny"), GOAL, MEASURE,
             LevelDraft(Role.ACTIVITY, "krok", "kroky")),
        ),
        Template(
            "uzemi", "Plán podle území", "části území, opatření, aktivity",
            (LevelDraft(Role.PRIORITY, "území", "území"), MEASURE, ACTIVITY),
        ),
        Template(
            "kraj", "Plán kraje", "vize, strategické cíle, specifické cíle, opatření, aktivity",
            (VISION, LevelDraft(Role.PRIORITY, "strategický cíl", "strategické cíle"),
             LevelDraft(Role.GOAL, "specifický cíl", "specifické cíle"), MEASURE, ACTIVITY),
        ),
        Template("maly", "Jednoduchý plán", "priority a opatření", (PRIORITY, MEASURE)),
    )
}  # fmt: skip

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def next_code(role: str, above: str, taken: Collection[str]) -> str:
    """The next free code under a node: V, V2 for visions, 1, 1.2, 1.2.3 below them, 1.2.3.a for activities.

    `above` is the code of the parent, empty at the top and under a vision; `taken` are all codes the plan has ever
    given. The number follows the highest one ever used there, so that a gap left by a removed node stays a gap.
    """
    if role == Role.VISION:
        return next(code for number in range(1, len(taken) + 2) if (code := _vision(number)) not in taken)
    stem = f"{above}." if above else ""
    used = [_rank(code[len(stem) :], role) for code in taken if code.startswith(stem)]
    rank = max((one for one in used if one), default=0) + 1
    while (code := stem + _written(rank, role)) in taken:
        rank += 1
    return code


def _vision(number: int) -> str:
    return "V" if number == 1 else f"V{number}"


def _written(rank: int, role: str) -> str:
    if role != Role.ACTIVITY:
        return str(rank)
    written = ""
    while rank:
        rank, letter = divmod(rank - 1, len(LETTERS))
        written = LETTERS[letter] + written
    return written


def _rank(part: str, role: str) -> int:
    """1 for "1" or "a", 27 for "aa"; 0 for what is no last part of a code of that role."""
    if role != Role.ACTIVITY:
        return int(part) if part.isascii() and part.isdigit() else 0
    rank = 0
    for letter in part:
        if letter not in LETTERS:
            return 0
        rank = rank * len(LETTERS) + LETTERS.index(letter) + 1
    return rank
