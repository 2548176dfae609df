"""Addresses of `chapters`: whoever reads a plan at the desk reads its texts, its coordinator writes them."""

from datetime import date
from typing import Any

from portal.accounts.models import Grant
from portal.audit.actions import record
from portal.chapters.models import Chapter, Need, SwotPoint
from portal.plan.levels import TEMPLATES
from portal.plan.models import Card, Level, Node, Plan
from tests.world import World

from .table import Address, Role, data

WRITERS = frozenset({Role.COORDINATOR, Role.REGION})
PLAN_READERS = WRITERS | {Role.AUDITOR, Role.MUNICIPALITY}


def _plan(world: World) -> Plan:
    """A plan of the world's town being written, with one measure."""
    plan = Plan.objects.create(
        slug="plan-s-texty",
        title="Plán s texty",
        span_kind=Grant.Range.MUNICIPALITY,
        span_code=world.town.code,
        span_name=world.town.name,
        starts_on=date(2026, 1, 1),
        ends_on=date(2028, 12, 31),
    )
    parent = None
    for depth, one in enumerate(TEMPLATES["maly"].levels, 1):
        level = Level.objects.create(plan=plan, depth=depth, role=one.role, name=one.name, many=one.many)
        code = ".".join(["1"] * depth)
        parent = Node.objects.create(plan=plan, level=level, parent=parent, code=code, title=f"Bod {code}")
    assert parent is not None
    Card.objects.create(node=parent)
    world.more["texts_measure"] = parent
    return plan


def build(world: World) -> None:
    plan = world.more["texts_plan"] = _plan(world)
    chapter = Chapter.objects.create(plan=plan, title="Úvod", text="## Komu plán slouží\n\n| a |\n|---|\n| 1 |")
    world.more["chapter"] = chapter
    world.more["chapter_deed"] = record(
        verb="chapter_changed",
        thing=chapter,
        before={"title": "Dřív", "text": "", "place": "before", "demanded": []},
    )
    point = SwotPoint.objects.create(plan=plan, sort=SwotPoint.Sort.STRENGTH, text="Obce spolupracují")
    point.measures.add(world.more["texts_measure"])
    world.more["swot"] = point
    world.more["swot_deed"] = record(
        verb="swot_changed",
        thing=point,
        before={"sort": "strength", "text": "Dřív", "evidence": "", "evidence_url": "", "measures": []},
    )
    need = world.more["need"] = Need.objects.create(plan=plan, title="Péče o víkendu")
    world.more["need_deed"] = record(
        verb="need_changed",
        thing=need,
        before={"title": "Dřív", "text": "", "target_groups": [], "measures": [], "evidence": []},
    )


def of_plan(world: World) -> dict[str, Any]:
    return {"slug": world.more["texts_plan"].slug}


def of_part(name: str) -> Any:
    return lambda world: of_plan(world) | {"pk": world.more[name].pk}


def reading(**more: Any) -> Address:
    return Address(**{"who": PLAN_READERS, "arguments": of_plan, **more})


def writing(**more: Any) -> Address:
    return Address(**{"who": WRITERS, "arguments": of_plan, **more})


def deed(**more: Any) -> Address:
    return data(**{"who": WRITERS, "answer": 405, "arguments": of_plan, **more})


def restoring(of: str) -> Address:
    """The page that brings back what the `of` said before; who may read the plan but not the journal has none."""
    return Address(who=PLAN_READERS - {Role.MUNICIPALITY}, arguments=lambda world: {"deed": world.more[of].pk})


ADDRESSES: dict[str, Address] = {
    "chapters:chapters": reading(),
    "chapters:chapters_begin": deed(),
    "chapters:chapter_add": writing(),
    "chapters:images": writing(),
    "chapters:chapter_edit": reading(arguments=of_part("chapter")),
    "chapters:chapter_move": deed(arguments=of_part("chapter")),
    "chapters:chapter_remove": deed(arguments=of_part("chapter")),
    "chapters:chapter_return": deed(arguments=of_part("chapter")),
    "chapters:chapter_restore": restoring("chapter_deed"),
    "chapters:swot": reading(),
    "chapters:swot_add": writing(),
    "chapters:swot_edit": reading(arguments=of_part("swot")),
    "chapters:swot_remove": deed(arguments=of_part("swot")),
    "chapters:swot_restore": restoring("swot_deed"),
    "chapters:needs": reading(),
    "chapters:need_add": writing(),
    "chapters:need_edit": reading(arguments=of_part("need")),
    "chapters:need_remove": deed(arguments=of_part("need")),
    "chapters:need_restore": restoring("need_deed"),
}
