"""Addresses of `finding`."""

from .table import WORD_EDITORS, WORD_READERS, Address, data, desk

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
    "finding:situation_change": desk(who=WORD_EDITORS, arguments=lambda world: {"slug": world.situation.slug}),
    "finding:crisis_lines": desk(who=WORD_READERS),
    "finding:crisis_line_change": desk(who=WORD_EDITORS, arguments=lambda world: {"key": world.line.key}),
}
