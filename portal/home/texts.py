"""Everything that the public may read as text, beside services: what the search of the whole site looks through.

A source says how its texts are read when the index is built, and which of its rows are public now: the index may be
older than the answer, so every hit is asked about before it is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.documents.models import Document, DocumentVersion
from portal.groups.models import Group
from portal.meetings.discretion import Discretion
from portal.meetings.models import AgendaItem, Meeting
from portal.minutes.content import Content
from portal.minutes.content import read as read_minutes
from portal.minutes.models import Minutes
from portal.pages.models import Article, Page
from portal.plan.models import Node, Plan
from portal.suggestions.models import Suggestion

A_BATCH = 200


@dataclass(frozen=True, slots=True)
class Text:
    """One thing as the search knows it; `line` stands under its title, `body` is what else it says."""

    pk: int
    title: str
    url: str
    line: str
    body: str


@dataclass(frozen=True, slots=True)
class Source:
    """`key` is its word in addresses, `many` its three Czech plural forms, `things` what the journal calls whatever
    changes its texts: the first is the thing itself, the others are parts that may belong to any of them."""

    key: str
    title: str | Promise
    many: str | Promise
    things: tuple[str, ...]
    public: Callable[[], QuerySet[Any]]
    texts: Callable[[], Iterator[Text]]


def _joined(parts: Iterable[Any]) -> str:
    return "\n".join(str(part) for part in parts if part)


def _line(*parts: Any) -> str:
    return " · ".join(str(part) for part in parts if part)


# --- plans -------------------------------------------------------------------------------------------------------


def _measures() -> QuerySet[Node]:
    return Node.objects.filter(plan__in=Plan.objects.public()).measures()


def _measure_texts() -> Iterator[Text]:
    """Measures with their activities."""
    below = Prefetch("children", Node.objects.standing().order_by("code"), to_attr="parts")
    rows = _measures().select_related("plan", "card", "card__area").prefetch_related(below).order_by("pk")
    for node in rows.iterator(A_BATCH):
        card = getattr(node, "card", None)
        said = [card.reason, card.impact, card.responsible, card.partners] if card else []
        yield Text(
            node.pk,
            f"{node.code} {node.title}",
            reverse("plan:public_measure", args=[node.plan.slug, node.code]),
            _line(node.plan.title, card.area if card else ""),
            _joined([node.text, *said, *(_joined([one.title, one.text]) for one in getattr(node, "parts", ()))]),
        )


# --- groups, meetings, minutes -----------------------------------------------------------------------------------


def _group_texts() -> Iterator[Text]:
    for group in Group.objects.public().prefetch_related("target_groups").order_by("pk"):
        yield Text(
            group.pk,
            group.name,
            reverse("groups:public_group", args=[group.slug]),
            _line(group.get_sort_display(), group.span_name),
            _joined([group.abbreviation, group.about, group.mandate, *group.target_groups.all()]),
        )


def _meeting_texts() -> Iterator[Text]:
    """What the public may read of meetings: the approved agenda without contacts and without names it must not say."""
    agenda = Prefetch("items", AgendaItem.objects.filter(state=AgendaItem.State.APPROVED), to_attr="approved")
    rows = Meeting.objects.public().select_related("group").prefetch_related(agenda).order_by("pk")
    discretion = Discretion(Group.objects.public().values_list("pk", flat=True))
    for meeting in rows.iterator(A_BATCH):
        items = [part for one in getattr(meeting, "approved", ()) for part in (one.title, one.text)]
        body = _joined([meeting.place, meeting.group.abbreviation, *items])
        yield Text(
            meeting.pk,
            discretion.said(str(meeting), meeting.group_id),
            reverse("meetings:public_meeting", args=[meeting.pk]),
            _line(meeting.group.name, date_format(timezone.localtime(meeting.starts_at), "j. n. Y")),
            discretion.said(body, meeting.group_id),
        )


def _minutes_texts() -> Iterator[Text]:
    rows = Minutes.objects.public().select_related("meeting__group").order_by("pk")
    for one in rows.iterator(A_BATCH):
        if one.public_version:
            content = read_minutes(one.public_version)
            yield Text(
                one.pk, content.name, one.get_absolute_url(), one.meeting.group.name, _minutes_body(content)
            )  # fmt: skip


def _minutes_body(content: Content) -> str:
    parts = [text for one in content.parts for text in (one.title, one.text, one.conclusion)]
    decisions = [text for one in content.decisions for text in (one.code, one.text)]
    return _joined([content.place, *parts, *decisions, *(one.what for one in content.tasks)])


# --- documents, articles, pages ----------------------------------------------------------------------------------


def _documents() -> QuerySet[Document]:
    return Document.objects.public().filter(versions__removed_at=None).distinct()


def _document_texts() -> Iterator[Text]:
    rows = DocumentVersion.objects.in_force().filter(document__in=Document.objects.public())
    for version in rows.select_related("document__sort", "document__group", "file").order_by("pk").iterator(A_BATCH):
        one = version.document
        group = one.group.name if one.group and one.group.shown else ""
        day = date_format(one.day, "j. n. Y") if one.day else ""
        yield Text(
            one.pk,
            one.title,
            reverse("documents:public_document", args=[one.slug]),
            _line(one.sort.name, group or one.span_name, day, version.file.suffix),
            _joined([one.about, one.author, one.project, version.file.alt, version.text]),
        )


def _article_texts() -> Iterator[Text]:
    for one in Article.objects.public().select_related("category").order_by("pk").iterator(A_BATCH):
        day = date_format(timezone.localtime(one.published_at), "j. n. Y") if one.published_at else ""
        url = reverse("pages:article", args=[one.slug])
        yield Text(one.pk, one.title, url, _line(one.category.name, day), _joined([one.lead, one.text]))


def _page_texts() -> Iterator[Text]:
    for one in Page.objects.public().order_by("pk").iterator(A_BATCH):
        url = reverse("pages:public_page", args=[one.slug])
        yield Text(one.pk, one.title, url, one.span_name, _joined([one.text, one.easy_read]))


# --- all of it ---------------------------------------------------------------------------------------------------


def _suggestion_texts() -> Iterator[Text]:
    """As the public may read them; who wrote them is no word to search by."""
    for one in Suggestion.objects.public().select_related("municipality").order_by("pk").iterator(A_BATCH):
        yield Text(
            one.pk,
            one.title,
            reverse("suggestions:public_suggestion", args=[one.number]),
            _line(one.get_sort_display(), one.municipality.name if one.municipality else ""),
            _joined([one.words, one.answer]),
        )


SOURCES: dict[str, Source] = {
    one.key: one
    for one in (
        Source(
            "opatreni", _("Opatření plánů"), _("opatření,opatření,opatření"),
            ("plan.node", "plan.plan"), _measures, _measure_texts,
        ),
        Source(
            "dokumenty", _("Dokumenty"), _("dokument,dokumenty,dokumentů"),
            ("documents.document",), _documents, _document_texts,
        ),
        Source(
            "zapisy", _("Zápisy z jednání"), _("zápis,zápisy,zápisů"),
            ("minutes.minutes",), Minutes.objects.public, _minutes_texts,
        ),
        Source(
            "jednani", _("Jednání"), _("jednání,jednání,jednání"),
            ("meetings.meeting", "meetings.agendaitem", "groups.membership"), Meeting.objects.public, _meeting_texts,
        ),
        Source(
            "aktuality", _("Aktuality"), _("článek,články,článků"),
            ("pages.article",), Article.objects.public, _article_texts,
        ),
        Source(
            "skupiny", _("Skupiny"), _("skupina,skupiny,skupin"),
            ("groups.group",), Group.objects.public, _group_texts,
        ),
        Source(
            "podnety", _("Podněty"), "podnět,podněty,podnětů",
            ("suggestions.suggestion",), Suggestion.objects.public, _suggestion_texts,
        ),
        Source(
            "stranky", _("Stránky"), _("stránka,stránky,stránek"),
            ("pages.page",), Page.objects.public, _page_texts,
        ),
    )
}  # fmt: skip
KEYS = tuple(SOURCES)
THINGS = frozenset(thing for one in SOURCES.values() for thing in one.things)


def public_now(found: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
    """Those of the things (key of a source and number of a row) that the public may see now; one query."""
    asked: dict[str, list[int]] = {}
    for key, pk in found:
        asked.setdefault(key, []).append(pk)
    if not asked:
        return set()
    first, *others = (
        SOURCES[key].public().filter(pk__in=numbers).order_by().annotate(of=Value(key)).values_list("of", "pk")
        for key, numbers in asked.items()
    )
    return set(first.union(*others, all=True).order_by()) if others else set(first)
