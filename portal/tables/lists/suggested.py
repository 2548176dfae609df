"""Suggestions as the desk reads them, without e-mails."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet
from django.http import QueryDict

from portal.catalogue.models import TargetGroup
from portal.plan.models import Node
from portal.suggestions import desk_reading, rules
from portal.suggestions.models import Suggestion

from .plain import Part, PlainTable


class Suggestions(PlainTable):
    """The list at the desk with its filters. Who said it only where the name may be public."""

    slug = "podnety"
    title = "Podněty"
    noun = "podnět,podněty,podnětů"
    home = "suggestions:desk_suggestions"
    parts = (
        Part("číslo", lambda row: row.number, 8, number=True),
        Part("přišel", lambda row: row.received_at),
        Part("jak přišel", lambda row: row.get_origin_display(), 16),
        Part("co to je", lambda row: row.get_sort_display(), 16),
        Part("stručně", lambda row: row.title, 50),
        Part("o co jde", lambda row: row.words, 60),
        Part("obec", lambda row: row.municipality.name if row.municipality else "", 24),
        Part("území", lambda row: row.span_name, 24),
        Part("koho se týká", lambda row: "; ".join(one.name for one in row.target_groups.all()), 30),
        Part("stav", lambda row: row.get_state_display(), 22),
        Part("kolik lidí", lambda row: row.people, 10, number=True),
        Part("spojený s č.", lambda row: row.joined_to.number if row.joined_to else None, 10, number=True),
        Part("skupina", lambda row: row.group.name if row.group else "", 30),
        Part("opatření", lambda row: "; ".join(f"{one.code} {one.title}" for one in row.measures.all()), 40),
        Part("odpověď", lambda row: row.answer, 50),
        Part("na webu od", lambda row: row.shown_at),
        Part("autor", lambda row: row.author, 24),
    )

    def may_read(self) -> bool:
        return rules.may_see_waiting(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[Suggestion]:
        found = desk_reading.listed(self.person, desk_reading.wanted(asked))
        return found.prefetch_related(
            Prefetch("target_groups", TargetGroup.objects.order_by("order")),
            Prefetch("measures", Node.objects.order_by("plan", "code")),
        )


SUGGESTED: tuple[type[PlainTable], ...] = (Suggestions,)
