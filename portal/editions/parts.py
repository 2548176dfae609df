"""A part of a frozen content: the whole, what one area has in hand, what concerns one municipality.

    ""                whole plan
    "oblast:Senioři"  measures of one area (working group)
    "obec:573868"     measures in one municipality, in its ORP, or in the whole territory of the plan

A part keeps the lines above its measures and the activities below them, and is a content like any other. It says in
words what it holds (`scope`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from portal.catalogue.overviews import alphabet_key

from .content import CardFacts, Content

WHOLE = ""
AREA, TOWN = "oblast:", "obec:"


@dataclass(frozen=True, slots=True)
class Part:
    key: str
    name: str


def parts(content: Content, territory: Mapping[str, str]) -> list[Part]:
    """What documents can be made of: the whole, each area that has a measure, each municipality of the territory of
    the plan (`territory`: names by codes) or named in any measure, by the name of that day."""
    cards = [node.card for node in content.nodes if node.card]
    used = {card.area for card in cards}
    towns = {**territory, **{one.key: one.name for card in cards for one in card.municipalities}}
    return [
        Part(WHOLE, "Celý plán"),
        *(Part(f"{AREA}{name}", name) for name in content.plan.areas if name in used),
        *(
            Part(f"{TOWN}{key}", name)
            for key, name in sorted(towns.items(), key=lambda one: (alphabet_key(one[1]), one[0]))
        ),
    ]


def named(content: Content, key: str, territory: Mapping[str, str]) -> Part | None:
    return next((part for part in parts(content, territory) if part.key == key), None)


def scope(content: Content, part: Part, orp: str = "") -> str:
    """What of the plan the part holds, in sentences; nothing of the whole."""
    if part.key == WHOLE:
        return ""
    if part.key.startswith(AREA):
        return f"Jen to, co má na starosti {part.name}. Celý plán je delší."
    cards = [(node.code, node.card) for node in content.nodes if node.card]
    own = [code for code, card in cards if not _everywhere(card) and _concerns(card, part.key, orp)]
    common = sum(_everywhere(card) for _code, card in cards)
    if not own and not common:
        return f"Plán nemá žádné opatření, které by se týkalo obce {part.name}."
    own_words = (
        f"Obec {part.name} nebo její ORP jmenují opatření {', '.join(own)}."
        if own
        else f"Obec {part.name} žádné opatření výslovně nejmenuje."
    )
    if not common:
        return own_words
    return f"{own_words} Pro celé území plánu, tedy i pro tuhle obec, platí {common} opatření."


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
    in_orp = any(one.key == orp for one in card.orps)
    return _everywhere(card) or in_orp or any(one.key == key.removeprefix(TOWN) for one in card.municipalities)


def _everywhere(card: CardFacts) -> bool:
    """A measure that names no place is for the whole territory of the plan."""
    return not card.municipalities and not card.orps


def _under(code: str, above: dict[str, str], measures: set[str]) -> bool:
    """Whether the node is a measure or lies below one."""
    while code:
        if code in measures:
            return True
        code = above[code]
    return False
