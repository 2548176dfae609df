"""What lists of public documents show: which rows, with which file, narrowed by what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import ExtractYear
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from portal.files.models import StoredFile
from portal.groups.models import Group

from .models import Document, DocumentSort, DocumentVersion

# What a group stands on; shown first.
FOUNDING = ("zrizovaci-listina", "jednaci-rad")
ENTRIES = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A document with the version in force."""

    document: Document
    version: DocumentVersion

    @property
    def url(self) -> str:
        return reverse("documents:public_document", args=[self.document.slug])

    @property
    def is_video(self) -> bool:
        return self.version.file.sort == StoredFile.Sort.VIDEO

    @property
    def over(self) -> bool:
        """No longer valid."""
        return bool(self.document.valid_until and self.document.valid_until < timezone.localdate())


def with_files(documents: Iterable[Document], *, texts: bool = False) -> list[Row]:
    """Each document with its version in force, one query; what has no file is left out. With `texts` also what is
    said in videos."""
    documents = list(documents)
    kept = DocumentVersion.objects.standing().filter(document__in=documents).select_related("file", "captions")
    if not texts:
        kept = kept.defer("text")
    # From the oldest on, so that the last written is the one in force.
    newest = {version.document_id: version for version in kept.order_by("number")}
    return [Row(one, newest[one.pk]) for one in documents if one.pk in newest]


def newest() -> list[Row]:
    """Public documents, those changed last first; two queries."""
    rows = Document.objects.public().select_related("sort", "group").order_by("-changed_at", "-pk")
    return with_files(rows[:ENTRIES])


# --- narrowing ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    sort: str = ""
    group: str = ""
    year: int = 0

    def __bool__(self) -> bool:
        return bool(self.sort or self.group or self.year)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the list can be narrowed by: only what leads somewhere."""

    sorts: list[DocumentSort]
    groups: list[Group]
    years: list[int]


def asked(query: QueryDict) -> Asked:
    year = query.get("rok", "")
    number = int(year) if year.isdecimal() and year.isascii() and len(year) == 4 else 0
    return Asked(query.get("druh", "")[:40], query.get("skupina", "")[:120], number)


def narrowed(rows: QuerySet[Document], wanted: Asked) -> QuerySet[Document]:
    """By sort, group, and the year of the document."""
    if wanted.sort:
        rows = rows.filter(sort__key=wanted.sort)
    if wanted.group:
        rows = rows.filter(group__slug=wanted.group, group__shown=True)
    if wanted.year:
        rows = rows.filter(day__year=wanted.year) if date.min.year <= wanted.year else rows.none()
    return rows.order_by(F("day").desc(nulls_last=True), "-pk")


def choices() -> Choices:
    public = Document.objects.public().order_by()
    years = public.exclude(day=None).annotate(year=ExtractYear("day")).values_list("year", flat=True).distinct()
    return Choices(
        sorts=list(DocumentSort.objects.filter(pk__in=public.values("sort"))),
        groups=list(Group.objects.public().filter(pk__in=public.values("group"))),
        years=sorted(years, reverse=True),
    )


def parts_of(version: DocumentVersion) -> dict[str, Any]:
    """Arguments of the address of the version's file."""
    return {"slug": version.document.slug, "number": version.number, "name": version.file.name}
