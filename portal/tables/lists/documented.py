"""Documents as a list to take away."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import QueryDict

from portal.documents import rules
from portal.documents.forms import DeskFilter
from portal.documents.models import Document
from portal.groups.rules import readable_groups

from ..table import Table
from .plain import Part, PlainTable


class Documents(PlainTable):
    """The list at the desk with its filter."""

    slug = "dokumenty"
    title = "Dokumenty"
    noun = "dokument,dokumenty,dokumentů"
    home = "documents:documents"
    parts = (
        Part("název", lambda row: row.title, 50),
        Part("druh", lambda row: row.sort.name, 20),
        Part("kdo ho vidí", lambda row: "nikdo, je vyřazený" if row.removed_at else row.get_audience_display(), 18),
        Part("skupina", lambda row: row.group.name if row.group else "", 40),
        Part("území", lambda row: row.span_name or "celý web", 24),
        Part("ze dne", lambda row: row.day, 12),
        Part("platí od", lambda row: row.valid_from, 12),
        Part("platí do", lambda row: row.valid_until, 12),
        Part("autor", lambda row: row.author, 30),
        Part("licence", lambda row: row.licence, 16),
        Part("zaplatil projekt", lambda row: row.project, 30),
        Part("ukazatel projektu", lambda row: row.project_indicator, 30),
        Part("o čem je", lambda row: row.about, 60),
    )

    def may_read(self) -> bool:
        return rules.may_come_to_documents(self.person)

    def rows(self, asked: QueryDict) -> QuerySet[Document]:
        said = DeskFilter(readable_groups(self.person), asked).asked()
        return rules.desk_documents(self.person).asked(said).select_related("sort", "group")


DOCUMENTED: tuple[type[Table], ...] = (Documents,)
