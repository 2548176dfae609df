"""What the public may read of texts that members wrote: no name of whoever speaks for users of services without their
consent, no e-mail and no telephone of anybody."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db.models import FilteredRelation, Q

from portal.groups.models import Group, Membership, Side

from .models import Meeting

# Whose names are said only with their consent.
SILENT = (Side.USER, Side.PUBLIC)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"(?<![\d/])(?:(?:\+|00)\d{3}[ \u00a0]?)?[2-9]\d{2}[ \u00a0]?\d{3}[ \u00a0]?\d{3}(?!\d)")


class Discretion:
    """Of some groups; one query, made when it is first needed."""

    def __init__(self, groups: Iterable[int]) -> None:
        self.groups = set(groups)
        self._hidden: dict[int, list[tuple[re.Pattern[str], str]]] | None = None
        self._known: dict[tuple[int, str], str] = {}

    def _names(self) -> dict[int, list[tuple[re.Pattern[str], str]]]:
        if self._hidden is None:
            self._hidden = {}
            rows = Membership.objects.filter(group__in=self.groups, side__in=SILENT, name_public=False)
            for group, name, side in rows.values_list("group_id", "name", "side"):
                self._hide(self._hidden, group, name, side)
        return self._hidden

    def named_groups(self) -> dict[int, Group]:
        """The groups themselves, as far as calendars tell of them, in the query that finds the names."""
        rows = Group.objects.filter(pk__in=self.groups).annotate(
            silent=FilteredRelation(
                "memberships", condition=Q(memberships__side__in=SILENT, memberships__name_public=False)
            )
        )
        groups: dict[int, Group] = {}
        self._hidden = {}
        told = ("pk", "name", "abbreviation", "slug", "shown", "open_to_public")
        for *values, name, side in rows.order_by("pk").values_list(*told, "silent__name", "silent__side"):
            group = groups.setdefault(values[0], Group(**dict(zip(told, values, strict=True))))
            if name:
                self._hide(self._hidden, group.pk, name, side)
        return groups

    @staticmethod
    def _hide(hidden: dict[int, list[tuple[re.Pattern[str], str]]], group: int, name: str, side: str) -> None:
        instead = Membership(name=name, side=side, name_public=False).public_name
        if name.strip() and instead != name:
            pattern = re.compile(rf"\b{re.escape(name.strip())}\b", re.IGNORECASE)
            hidden.setdefault(group, []).append((pattern, instead))

    def said(self, text: str, group: int) -> str:
        """The text as the public may read it; the same titles come back in every agenda, so they are remembered."""
        if not text:
            return text
        known = self._known.get((group, text))
        if known is None:
            known = self._known[group, text] = self._said(text, group)
        return known

    def _said(self, text: str, group: int) -> str:
        for pattern, instead in self._names().get(group, ()):
            text = pattern.sub(instead, text)
        if "@" in text:
            text = EMAIL.sub("(e-mail neuvádíme)", text)
        return PHONE.sub("(telefon neuvádíme)", text)


def titled(meetings: Iterable[Meeting]) -> list[Meeting]:
    """Rows for a public list, with titles as the public may read them; they are shown and never saved."""
    rows = list(meetings)
    discretion = Discretion(one.group_id for one in rows)
    for one in rows:
        one.title = discretion.said(one.title, one.group_id) if one.title else ""
    return rows
