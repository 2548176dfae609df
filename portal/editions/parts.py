"""A part of a frozen content: the whole, what one area has in hand, what concerns one municipality.

    ""                whole plan
    "oblast:Senioři"  measures of one area (working group)
    "obec:573868"     measures in one municipality, in its ORP, or in the whole territory of the plan

A part keeps the lines above its measures and the activities below them, and is a content like any other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .content import CardFacts, Content

WHOLE = ""
AREA, TOWN = "oblast:", "obec:"


@dataclass(frozen=True, slots=True)
class Part:
    key: str
    name: str


def parts(content: Content) -> list[Part]:
    """What documents can be made of: the whole, each area that has a measure, each municipality named in any."""
    cards = [node.card for node in content.nodes if node.card]
    used = {card.area for card in cards}
    towns = {one.key: one.name for card in cards for one in card.municipalities}
    return [
        Part(WHOLE, "Celý plán"),
        *(Part(f"{AREA}{name}", name) for name in content.plan.areas if name in used),
        *(Part(f"{TOWN}{key}", name) for key, name in sorted(towns.items(), key=lambda one: (one[1], one[0]))),
    ]


def named(content: Content, key: str) -> Part | None:
    return next((part for part in parts(content) if part.key == key), None)


def part_of(content: Content, key: str, orp: str = "") -> Content:
    """The part of that key; `orp` is the code of the municipality's ORP."""
    if key == WHOLE:
        return content
    kept = {node.code for node in content.nodes if node.card and _concerns(node.card, key, orp)}
    above = {node.code: node.parent for node in content.nodes}
    for code in list(kept):
        while code := above[code]:
            kept.add(code)
    measures = {node.code for node in content.nodes if node.card}
    for node in content.nodes:  # a child stands after its parent
        if not node.card and node.parent in kept and _under(node.parent, above, measures):
            kept.add(node.code)
    return replace(
        content,
        nodes=tuple(node for node in content.nodes if node.code in kept),
        indicators=tuple(one for one in content.indicators if one.node in kept),
        chapters=(),
        swot=(),
        needs=(),
    )


def _concerns(card: CardFacts, key: str, orp: str) -> bool:
    if key.startswith(AREA):
        return card.area == key.removeprefix(AREA)
    everywhere = not card.municipalities and not card.orps
    in_orp = any(one.key == orp for one in card.orps)
    return everywhere or in_orp or any(one.key == key.removeprefix(TOWN) for one in card.municipalities)


def _under(code: str, above: dict[str, str], measures: set[str]) -> bool:
    """Whether the node is a measure or lies below one."""
    while code:
        if code in measures:
            return True
        code = above[code]
    return False
