"""Addresses of `finding`."""

from portal.audit.actions import record
from tests.world import World

from .table import READERS, WORD_EDITORS, WORD_READERS, Address, data, desk


def build(world: World) -> None:
    """A deed of the journal for each thing whose former values can be brought back."""
    word = {"kinds": "", "groups": "", "active": False}
    world.more["word_deed"] = record(verb="lay_word_changed", thing=world.word, before=word)
    world.more["situation_deed"] = record(verb="situation_changed", thing=world.situation, before={"line": "Jiná."})
    world.more["line_deed"] = record(verb="crisis_line_changed", thing=world.line, before={"name": "Jiná linka"})


ADDRESSES: dict[str, Address] = {
    "finding:search": Address(writes=True),
    "finding:suggest": data(),
    "finding:suggest_places": data(),
    "finding:missing": Address(),
    "finding:map": Address(),
    "finding:map_points": data(),
    "finding:map_borders": data(),
    "finding:situations": Address(),
    "finding:situation": Address(arguments=lambda world: {"slug": world.situation.slug}),
    "finding:crisis": Address(),
    "finding:selection": Address(),
    "finding:selection_change": data(answer=405),
    "finding:guide": Address(),
    "finding:lay_words": desk(who=WORD_READERS),
    "finding:lay_word_add": desk(who=WORD_EDITORS),
    "finding:lay_word_change": desk(who=WORD_EDITORS, arguments=lambda world: {"pk": world.word.pk}),
    "finding:empty_searches": desk(who=WORD_READERS),
    "finding:situation_list": desk(who=WORD_READERS),
    "finding:situation_add": desk(who=WORD_EDITORS),
    "finding:situation_change": desk(who=WORD_EDITORS, arguments=lambda world: {"slug": world.situation.slug}),
    "finding:crisis_lines": desk(who=WORD_READERS),
    "finding:crisis_line_add": desk(who=WORD_EDITORS),
    "finding:crisis_line_change": desk(who=WORD_EDITORS, arguments=lambda world: {"key": world.line.key}),
    "finding:lay_word_restore": desk(who=READERS, arguments=lambda world: {"deed": world.more["word_deed"].pk}),
    "finding:situation_restore": desk(who=READERS, arguments=lambda world: {"deed": world.more["situation_deed"].pk}),
    "finding:crisis_line_restore": desk(who=READERS, arguments=lambda world: {"deed": world.more["line_deed"].pk}),
}
