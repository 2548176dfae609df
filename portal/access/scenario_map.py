"""The map of a scenario: who loses, who has it farther, who gains."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from django.utils.translation import gettext as _

from .maps import UNKNOWN, Class, Classes, Drawing
from .scenario import Outcome

# Okabe and Ito, told apart by the colour-blind; the unchanged is the colour of paper.
LOST, FARTHER, SAME, NEARER, GAINED = "#d55e00", "#f0c27a", "#f4f4f4", "#9ad0f0", "#0072b2"


@dataclass(frozen=True, eq=False)
class ChangeDrawing(Drawing):
    """Drawn over the study as the scenario leaves it: places of help are those that remain. `workshop`: the page
    where the scenario is changed; the map leads there, to the services of what was pointed at."""

    outcome: Outcome = field(kw_only=True)
    workshop: str = ""

    def municipality_url(self, at: int) -> str:
        return self._changing(self.study.land.codes[at]) if self.workshop else super().municipality_url(at)

    def orp_url(self, code: str) -> str:
        return self._changing(code) if self.workshop else super().orp_url(code)

    def _changing(self, code: str) -> str:
        return f"{self.workshop}?kde={code}#nova"

    @cached_property
    def classes(self) -> Classes:
        return change_classes(self.outcome)


def change_classes(outcome: Outcome) -> Classes:
    """Every municipality of the scope in one class of change; classes without a municipality are left out."""
    inside, far = outcome.before.scope, outcome.before.far
    unknown = np.isnan(far)
    touched = outcome.lost | outcome.farther | outcome.gained | outcome.nearer
    of = np.full(len(far), -1, dtype=np.int64)
    made: list[Class] = []
    for mask, fill, label in (
        (outcome.lost, LOST, _("ztratí pomoc v limitu")),
        (outcome.farther, FARTHER, _("bude mít dál")),
        (~touched & ~unknown, SAME, _("beze změny")),
        (outcome.nearer, NEARER, _("bude mít blíž")),
        (outcome.gained, GAINED, _("získá pomoc v limitu")),
        (unknown & ~touched, UNKNOWN, _("nevíme")),
    ):
        chosen = mask & inside & (of < 0)
        if chosen.any():
            of[chosen] = len(made)
            made.append(Class(fill, str(label), int(chosen.sum())))
    return Classes(of, made)
