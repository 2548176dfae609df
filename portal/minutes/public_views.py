"""What everybody reads: published minutes and decisions of public groups. What is not published is not there."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from paper.docx import docx
from paper.pdf import pdf
from portal.groups.models import Group
from portal.web import atom

from . import content, document
from .desk_views import shown
from .models import Decision, Minutes, MinutesQuerySet

A_PAGE = 20
IN_FEED = 50
# Seconds for which others may keep a feed.
KEPT = 15 * 60
# When a feed without entries was changed last.
EMPTY = datetime(2026, 1, 1, tzinfo=UTC)


def _published(pk: int) -> Minutes:
    rows = Minutes.objects.public().select_related("meeting__group")
    return get_object_or_404(rows, meeting=pk)


@login_not_required
@require_safe
def public(request: HttpRequest, pk: int) -> HttpResponse:
    one = _published(pk)
    told = content.read(one.public_version or {})
    context = {
        "minutes": one,
        "meeting": one.meeting,
        "group": one.meeting.group,
        "name": told.name,
        "day": content.day(told.day),
        "body": shown(document.blocks(told)),
        "meeting_shown": one.meeting.shown_at is not None,
    }
    return render(request, "minutes/public.html", context)


def _file(pk: int, make: Any, suffix: str, kind: str) -> HttpResponse:
    one = _published(pk)
    told = json.dumps(one.public_version, sort_keys=True, ensure_ascii=False)
    address = f"{settings.SITE_URL}{one.get_absolute_url()}"
    response = HttpResponse(document.made(make, told, settings.SITE_NAME, "", address), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{slugify(one.name)}.{suffix}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_not_required
@require_safe
def public_pdf(_request: HttpRequest, pk: int) -> HttpResponse:
    return _file(pk, pdf, "pdf", "application/pdf")


@login_not_required
@require_safe
def public_docx(_request: HttpRequest, pk: int) -> HttpResponse:
    return _file(pk, docx, "docx", document.WORD)


# --- of a group --------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def public_group(request: HttpRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.public(), slug=slug)
    rows = Minutes.objects.public().light().filter(meeting__group=group)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("strana"))
    decided = {row["minutes"]: row for row in _decided(page)}
    context = {
        "group": group,
        "page": page,
        "rows": [(one, decided.get(one.pk, {}).get("many", 0)) for one in page],
    }
    return render(request, "minutes/public_group.html", context)


def _decided(page: Any) -> Any:
    rows = Decision.objects.standing().filter(minutes__in=[one.pk for one in page], number__isnull=False)
    return rows.values("minutes").annotate(many=Count("pk"))


@login_not_required
@require_safe
def public_decisions(request: HttpRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.public(), slug=slug)
    rows = (
        Decision.objects.public()
        .filter(group=group)
        .select_related("minutes")
        .defer("minutes__public_version", "minutes__prepared")
    )
    page = Paginator(rows.order_by("-year", "-number"), A_PAGE).get_page(request.GET.get("strana"))
    return render(request, "minutes/public_decisions.html", {"group": group, "page": page})


# --- feeds -------------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
@cache_control(public=True, max_age=KEPT)
def feed(_request: HttpRequest) -> HttpResponse:
    page = reverse("groups:public_groups")
    return _feed(Minutes.objects.public(), "Zápisy z jednání", reverse("minutes:feed"), page)


@login_not_required
@require_safe
@cache_control(public=True, max_age=KEPT)
def group_feed(_request: HttpRequest, slug: str) -> HttpResponse:
    group = get_object_or_404(Group.objects.public(), slug=slug)
    rows = Minutes.objects.public().filter(meeting__group=group)
    me, page = reverse("minutes:group_feed", args=[slug]), reverse("minutes:public_group", args=[slug])
    return _feed(rows, f"Zápisy: {group.name}", me, page)


def _feed(rows: MinutesQuerySet, title: str, me: str, page: str) -> HttpResponse:
    newest = rows.light().order_by("-published_at", "-pk")[:IN_FEED]
    entries = [
        atom.Entry(
            key=f"zapis-{one.pk}",
            title=one.name,
            url=one.get_absolute_url(),
            updated=one.published_at or one.begun_at,
            summary=f"Zápis z jednání: {one.meeting.group.name}.",
        )
        for one in newest
    ]
    began = entries[-1].updated if entries else EMPTY
    return atom.answer(atom.Feed(title, me, page, settings.SITE_NAME, began), entries, settings.SITE_URL)
