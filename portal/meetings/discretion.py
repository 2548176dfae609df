"""What the public may read of texts that members wrote: no name of whoever speaks for users of services without their
consent, no e-mail and no telephone of anybody."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from django.db.models import FilteredRelation, Q

from portal.groups.models import Group, Membership, Side
from words.names import inflected, parts, whole

from .models import Meeting

# Whose names are said only with their consent.
SILENT = (Side.USER, Side.PUBLIC)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"(?<![\d/])(?:(?:\+|00)\d{3}[ \u00a0]?)?[2-9]\d{2}[ \u00a0]?\d{3}[ \u00a0]?\d{3}(?!\d)")


type Hidden = tuple[tuple[str, str], ...]  # names that are not said, each with what is said instead


class ToldGroup(NamedTuple):
    """A group as far as calendars tell of it, and the names that its events must not say. Two that are equal are told
    of in the same words."""

    pk: int
    name: str
    abbreviation: str
    slug: str
    shown: bool
    open_to_public: bool
    hidden: Hidden = ()


TOLD = ToldGroup._fields[:-1]


@lru_cache(maxsize=256)
def as_group(told: ToldGroup) -> Group:
    """To read, never to save. A few groups stand for hundreds of meetings."""
    return Group(**dict(zip(TOLD, told, strict=False)))


def told_groups(numbers: Iterable[int]) -> dict[int, ToldGroup]:
    """Groups with the names that are not said; one query."""
    silent = FilteredRelation("memberships", condition=Q(memberships__side__in=SILENT, memberships__name_public=False))
    rows = Group.objects.filter(pk__in=set(numbers)).annotate(silent=silent).order_by("pk", "silent__pk")
    found: dict[int, ToldGroup] = {}
    for *values, name, side in rows.values_list(*TOLD, "silent__name", "silent__side"):
        one = found.get(values[0]) or ToldGroup(*values)
        found[one.pk] = one._replace(hidden=(*one.hidden, *_hidden(name, side)))
    return found


def _hidden(name: str | None, side: str | None) -> Hidden:
    """Nothing where nobody keeps their name to themselves, or where the public may read it all the same."""
    if not name or not side or not name.strip():
        return ()
    instead = Membership(name=name, side=side, name_public=False).public_name
    return ((name.strip(), instead),) if instead != name else ()


class Spoken(NamedTuple):
    """A name as people say it in a sentence. `hint` is quick to look for and stands in all that `name` finds."""

    hint: re.Pattern[str]
    name: re.Pattern[str]


# After one of these a surname alone is a name, and not a word that looks like one ("Nový rok").
SPOKEN_TO = r"(?:(?:pan[íaue]?m?|pana|panem|pí)\s+|p\.\s*)"


@lru_cache(maxsize=1024)
def _spoken(name: str) -> Spoken:
    """The whole name either way round and in any case ("s Janou Malou"), and the surname alone where it is spoken
    of as of a person ("paní Malé"). Of several surnames each."""
    words = parts(name)
    if len(words) < 2:
        alone = re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE)
        return Spoken(alone, alone)
    given, last = inflected(words[0]), "|".join(inflected(one) for one in words[1:])
    both = whole(rf"(?:{given}\s+(?:[^\W\d_]+\s+)?(?:{last})|(?:{last}),?\s+{given})").pattern
    return Spoken(
        re.compile(last, re.IGNORECASE),
        re.compile(rf"{both}|\b{SPOKEN_TO}(?:{last})(?!\w)", re.IGNORECASE),
    )


@lru_cache(maxsize=4096)
def in_public(text: str, hidden: Hidden) -> str:
    """What members wrote, as the public may read it; the same titles come back in every agenda."""
    for name, instead in hidden:
        spoken = _spoken(name)
        if spoken.hint.search(text):
            text = spoken.name.sub(instead, text)
    if "@" in text:
        text = EMAIL.sub("(e-mail neuvádíme)", text)
    return PHONE.sub("(telefon neuvádíme)", text)


class Discretion:
    """Of some groups; one query, made when it is first needed."""

    def __init__(self, groups: Iterable[int]) -> None:
        self.groups = set(groups)
        self._hidden: dict[int, Hidden] | None = None

    def _names(self) -> dict[int, Hidden]:
        if self._hidden is None:
            self._hidden = {}
            rows = Membership.objects.filter(group__in=self.groups, side__in=SILENT, name_public=False)
            for group, name, side in rows.values_list("group_id", "name", "side"):
                self._hidden[group] = (*self._hidden.get(group, ()), *_hidden(name, side))
        return self._hidden

    def said(self, text: str, group: int) -> str:
        """The text as the public may read it."""
        return in_public(text, self._names().get(group, ())) if text else text


def titled(meetings: Iterable[Meeting]) -> list[Meeting]:
    """Rows for a public list, with titles as the public may read them; they are shown and never saved."""
    rows = list(meetings)
    discretion = Discretion(one.group_id for one in rows)
    for one in rows:
        one.title = discretion.said(one.title, one.group_id) if one.title else ""
    return rows
