"""Balance of the triad: who sits at the table, in shares, and a gentle word where somebody is missing.

Works on counts alone, so that it answers for a group as well as for those who came to one meeting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from words.plural import counted

from .models import TRIAD, Side

# Fewer people than this say nothing of a majority of one side.
ENOUGH = 4
# A side with more than this share of the triad outweighs the others together.
HEAVY = 0.5

MANY = {
    Side.COMMISSIONER: "zadavatelé",
    Side.PROVIDER: "poskytovatelé",
    Side.USER: "uživatelé",
    Side.PUBLIC: "veřejnost",
}
OF = {Side.COMMISSIONER: "zadavatelů", Side.PROVIDER: "poskytovatelů", Side.USER: "uživatelů"}
WHY = {
    Side.COMMISSIONER: "Bez nich se neví, co obec chce a může zaplatit.",
    Side.PROVIDER: "Bez nich se neví, co jde v praxi udělat.",
    Side.USER: "Bez nich se plánuje o lidech bez lidí.",
}


@dataclass(frozen=True, slots=True)
class Share:
    """How many people of a side there are, and what share (0 to 1) of all."""

    side: Side
    count: int
    share: float

    @property
    def name(self) -> str:
        return MANY[self.side]

    @property
    def percent(self) -> int:
        return round(self.share * 100)


@dataclass(frozen=True, slots=True)
class Balance:
    """`shares` hold the three sides always, the public only where somebody of it is there."""

    shares: tuple[Share, ...]
    total: int
    missing: tuple[Side, ...]
    heavy: Side | None

    @property
    def is_even(self) -> bool:
        return not self.missing and self.heavy is None

    @property
    def warnings(self) -> list[str]:
        """What to think of, in plain words; nothing where the triad is whole and even."""
        if not self.total:
            return ["Zatím tu nikdo není."]
        said = [f"Chybí zástupce {OF[side]}. {WHY[side]}" for side in self.missing]
        if self.heavy is not None:
            count = next(one.count for one in self.shares if one.side == self.heavy)
            people = counted(count, "člověk", "lidé", "lidí")
            said.append(f"Víc než polovina ({people}) jsou {MANY[self.heavy]}. Zkuste přizvat i ostatní strany.")
        return said


def balance(counts: Mapping[str, int]) -> Balance:
    """Of so many people by side (`Side` -> count); sides that nobody stands for may be left out."""
    told = {side: counts.get(side, 0) for side in Side}
    total, triad = sum(told.values()), sum(told[side] for side in TRIAD)
    shares = tuple(
        Share(side, count, count / total if total else 0.0) for side, count in told.items() if side in TRIAD or count
    )
    missing = tuple(side for side in TRIAD if total and not told[side])
    most = max(TRIAD, key=lambda side: told[side])
    heavy = most if triad >= ENOUGH and told[most] > HEAVY * triad else None
    return Balance(shares, total, missing, heavy)


def balance_of(sides: Iterable[str]) -> Balance:
    """Of people, each given by their side."""
    held = list(sides)
    return balance({side: held.count(side) for side in Side})
