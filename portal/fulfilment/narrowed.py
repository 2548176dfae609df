"""What of a long report or action plan one page shows: measures with their activities, by priority, working
group and state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator

from .year_plan import Content

# Measures on a page; with their texts and activities it keeps within the budget of a page.
PAGE = 15


@dataclass(slots=True)
class Part:
    """A measure with its activities. `priority` is told once, above the first part that lies under it."""

    line: Mapping[str, Any]
    below: list[Mapping[str, Any]] = field(default_factory=list)
    priority: str = ""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """`priorities`, `areas` and `states` are what can be chosen, `priority`, `area` and `state` what is."""

    page: Page[Part]
    priorities: tuple[str, ...]
    areas: tuple[str, ...]
    states: tuple[str, ...]
    priority: str
    area: str
    state: str

    @property
    def is_asked(self) -> bool:
        return bool(self.priority or self.area or self.state)

    @property
    def is_long(self) -> bool:
        """Whether choosing helps at all."""
        return self.is_asked or self.page.paginator.num_pages > 1

    @property
    def tells_steps(self) -> bool:
        """Whether any line of the page says its steps; a column of nothing is not worth its width."""
        return any(one.get("steps") for part in self.page for one in (part.line, *part.below))


def parts(lines: Iterable[Mapping[str, Any]]) -> list[Part]:
    """Lines in the order of the plan: an activity goes under the measure before it, one without stands alone."""
    made: list[Part] = []
    for one in lines:
        if not one["is_measure"] and made and one["code"].startswith(f"{made[-1].line['code']}."):
            made[-1].below.append(one)
        else:
            made.append(Part(one))
    return made


def narrowed(content: Content, asked: Mapping[str, Any], *, area: str = "") -> Narrowed:
    """`asked` is the query of the address: `priorita`, `skupina`, `stav`, `strana`; what is not there is everything.
    `area` is the working group shown to who has not asked for any."""
    every = parts(content["items"])
    priorities = tuple(dict.fromkeys(one.line["priority"] for one in every))
    areas = tuple(dict.fromkeys(one.line["area"] for one in every))
    states = tuple(dict.fromkeys(one.line["state"] for one in every if "state" in one.line))
    priority = asked.get("priorita", "") if asked.get("priorita", "") in priorities else ""
    area = asked.get("skupina", area) if asked.get("skupina", area) in areas else ""
    state = asked.get("stav", "") if asked.get("stav", "") in states else ""
    found = [
        one
        for one in every
        if priority in ("", one.line["priority"])
        and area in ("", one.line["area"])
        and (not state or one.line.get("state") == state)
    ]
    page = Paginator(found, PAGE).get_page(asked.get("strana"))
    before = None
    for one in page:
        one.priority, before = (one.line["priority"] if one.line["priority"] != before else ""), one.line["priority"]
    return Narrowed(page, priorities, areas, states, priority, area, state)
