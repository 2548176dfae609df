"""What the public may read of texts that members wrote: no name of whoever speaks for users of services without their
consent, no e-mail and no telephone of anybody."""

from __future__ import annotations

import re
from collections.abc import Iterable

from portal.groups.models import Membership, Side

from .models import Meeting

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
            rows = Membership.objects.filter(
                group__in=self.groups, side__in=(Side.USER, Side.PUBLIC), name_public=False
            ).only("group_id", "name", "side", "name_public")
            for one in rows:
                if one.name.strip() and one.public_name != one.name:
                    pattern = re.compile(rf"\b{re.escape(one.name.strip())}\b", re.IGNORECASE)
                    self._hidden.setdefault(one.group_id, []).append((pattern, one.public_name))
        return self._hidden

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
