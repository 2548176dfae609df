"""Counting at a meeting: how many voices are there, may the body decide, was the motion adopted. Pure: no database.

A *voice* is one vote: a member, or an organisation with all its members where the rules say one organisation, one
vote. A voice is there when any of its members is there, in person or by a substitute. Guests are no voices.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from portal.groups.models import TRIAD, Procedure, Side
from words.fold import fold
from words.plural import counted

# Who is missing when a side of the triad has nobody there.
MISSING = {
    Side.COMMISSIONER: "zadavatelé",
    Side.PROVIDER: "poskytovatelé",
    Side.USER: "uživatelé",
}


@dataclass(frozen=True, slots=True)
class Rules:
    """What the body says of itself; values of the choices in `Procedure`."""

    quorum: str = Procedure.Quorum.MEMBERS
    majority: str = Procedure.Majority.PRESENT
    counted: str = Procedure.Counted.PERSON


@dataclass(frozen=True, slots=True)
class Seat:
    """A voting member. `organisation` is any stable name of it, empty where they speak for themselves."""

    member: int
    side: str
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Voice:
    """One vote and the members who share it; `there` are those of them who are at the meeting."""

    members: tuple[int, ...]
    there: tuple[int, ...]
    sides: frozenset[str]

    @property
    def is_there(self) -> bool:
        return bool(self.there)


@dataclass(frozen=True, slots=True)
class Quorum:
    """`voices` of `voices_all` are there; `needed` of them must be (0 where the number does not matter)."""

    voices: int
    voices_all: int
    needed: int
    missing_sides: tuple[str, ...]
    met: bool
    words: str


@dataclass(frozen=True, slots=True)
class Verdict:
    adopted: bool
    needed: int  # votes for; 0 where there is no fixed number
    words: str


def voices(rules: Rules, seats: Iterable[Seat], there: Collection[int]) -> list[Voice]:
    """`there` are numbers of members who are at the meeting or are substituted; others in it are ignored."""
    by_key: dict[tuple[str, str], list[Seat]] = {}
    for seat in seats:
        name = " ".join(fold(seat.organisation).split())
        shared = rules.counted == Procedure.Counted.ORGANISATION and name
        by_key.setdefault(("organisation", name) if shared else ("member", str(seat.member)), []).append(seat)
    return [_voice(group, there) for group in by_key.values()]


def _voice(group: list[Seat], there: Collection[int]) -> Voice:
    here = tuple(one.member for one in group if one.member in there)
    sides = frozenset(one.side for one in group if one.member in there)
    return Voice(tuple(one.member for one in group), here, sides)


def quorum(rules: Rules, seats: Iterable[Seat], there: Collection[int]) -> Quorum:
    """May the body decide with those who are there?"""
    counted_voices = voices(rules, seats, there)
    present = [one for one in counted_voices if one.is_there]
    total, here = len(counted_voices), len(present)
    sides = frozenset[str]().union(*(one.sides for one in present))
    by_number = rules.quorum in (Procedure.Quorum.MEMBERS, Procedure.Quorum.MEMBERS_AND_SIDES)
    by_side = rules.quorum in (Procedure.Quorum.SIDES, Procedure.Quorum.MEMBERS_AND_SIDES)
    needed = total // 2 + 1 if by_number else 0
    missing = tuple(one.value for one in TRIAD if by_side and one not in sides)
    met = here > 0 and here >= needed and not missing
    return Quorum(here, total, needed, missing, met, _quorum_words(rules, here, total, needed, missing, met=met))


def _quorum_words(rules: Rules, here: int, total: int, needed: int, missing: tuple[str, ...], *, met: bool) -> str:
    of = "členů s hlasem" if rules.counted == Procedure.Counted.PERSON else "hlasů (organizace má jeden)"
    head = f"{'Přítomen' if here == 1 else 'Přítomno'} {here} z {total} {of}"
    if met:
        return f"{head}, skupina je usnášeníschopná."
    if here == 0:
        return f"{head}, skupina zatím není usnášeníschopná."
    wants = []
    if here < needed:
        wants.append(f"chybí ještě {counted(needed - here, 'hlas', 'hlasy', 'hlasů')}")
    if missing:
        wants.append(f"nejsou tu {' ani '.join(MISSING[Side(one)] for one in missing)}")
    return f"{head}, skupina není usnášeníschopná: {', '.join(wants)}."


def decide(rules: Rules, state: Quorum, *, votes_for: int, against: int, abstained: int) -> Verdict:
    """The result of a vote.

    Raises ValueError when a number is negative or more votes are given than there are voices.
    """
    if min(votes_for, against, abstained) < 0:
        raise ValueError("Počet hlasů nemůže být záporný.")
    if votes_for + against + abstained > state.voices:
        given = counted(votes_for + against + abstained, "hlas", "hlasy", "hlasů")
        raise ValueError(f"Zapsaných je {given}, ale hlasovat mohlo jen {state.voices}. Přepočítejte to prosím.")
    needed = _needed(rules.majority, state)
    enough = {
        Procedure.Majority.PRESENT: votes_for >= needed,
        Procedure.Majority.ALL: votes_for >= needed,
        Procedure.Majority.VOTES: votes_for > against,
        Procedure.Majority.CONSENSUS: votes_for > 0 and against == 0,
    }[Procedure.Majority(rules.majority)]
    adopted = state.met and enough
    return Verdict(adopted, needed, _verdict_words(rules, state, (votes_for, against, abstained), needed, adopted))


def _needed(majority: str, state: Quorum) -> int:
    if majority == Procedure.Majority.PRESENT:
        return state.voices // 2 + 1
    return state.voices_all // 2 + 1 if majority == Procedure.Majority.ALL else 0


def _verdict_words(rules: Rules, state: Quorum, votes: tuple[int, int, int], needed: int, adopted: bool) -> str:
    head = f"{'Přijato' if adopted else 'Nepřijato'}: pro {votes[0]}, proti {votes[1]}, zdrželo se {votes[2]}."
    if not state.met:
        return f"{head} Skupina nebyla usnášeníschopná, návrh nemohla přijmout."
    why = {
        Procedure.Majority.PRESENT: f"Z {state.voices} přítomných hlasů bylo potřeba {needed} pro.",
        Procedure.Majority.ALL: f"Ze všech {state.voices_all} hlasů bylo potřeba {needed} pro.",
        Procedure.Majority.VOTES: "Rozhoduje, jestli je víc hlasů pro než proti.",
        Procedure.Majority.CONSENSUS: "Rozhoduje shoda: nikdo nesmí být proti.",
    }[Procedure.Majority(rules.majority)]
    return f"{head} {why}"
