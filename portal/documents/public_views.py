"""Documents as people read them. One that somebody may not read is the same nothing as one that is not there."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from portal.files import serving
from portal.files.models import StoredFile
from portal.groups import rules as group_rules
from portal.groups.models import Group

from . import linked, rules, shown
from .models import Document, DocumentVersion

A_PAGE = 30
KEPT = 5 * 60


@login_not_required
@require_safe
def public_documents(request: HttpRequest) -> HttpResponse:
    asked = shown.asked(request.GET)
    rows = shown.narrowed(Document.objects.public(), asked).select_related("sort", "group")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("strana"))
    context = {
        "page": page,
        "rows": shown.with_files(page.object_list),
        "asked": asked,
        "choices": shown.choices(),
    }
    return render(request, "documents/public_documents.html", context)


@login_not_required
@require_safe
def public_document(request: HttpRequest, slug: str) -> HttpResponse:
    document = get_object_or_404(Document.objects.standing().select_related("sort", "group"), slug=slug)
    is_public = document.audience == Document.Audience.PUBLIC
    if not is_public and not rules.may_read_document(request.user, document):
        raise Http404
    versions = list(document.versions.standing().select_related("file", "captions").defer("text"))
    if not versions:
        raise Http404
    context = {
        "document": document,
        "version": versions[0],
        "versions": versions,
        "is_public": is_public,
        "group": document.group if document.group and _seen(request, document.group) else None,
        "may_edit": rules.may_edit_document(request.user, document) if request.user.is_authenticated else False,
        "linked": linked.document_linked(document, versions[0], settings.SITE_URL) if is_public else None,
    }
    return render(request, "documents/public_document.html", context)


def _seen(request: HttpRequest, group: Group) -> bool:
    return group.shown or group_rules.may_read_group(request.user, group)


@login_not_required
@require_safe
def public_group(request: HttpRequest, slug: str) -> HttpResponse:
    """Tab of the group's page: what it stands on first, then the rest; its members see its own too."""
    group = get_object_or_404(Group, slug=slug)
    if not _seen(request, group):
        raise Http404
    rows = rules.readable_documents(request.user).filter(group=group).select_related("sort", "group")
    founding = list(rows.filter(sort__key__in=shown.FOUNDING))
    page = Paginator(rows.exclude(sort__key__in=shown.FOUNDING), A_PAGE).get_page(request.GET.get("strana"))
    context: dict[str, Any] = {
        "group": group,
        "founding": shown.with_files(founding) if page.number == 1 else [],
        "page": page,
        "rows": shown.with_files(page.object_list),
    }
    return render(request, "documents/public_group.html", context)


@login_not_required
@require_safe
@cache_control(public=True, max_age=KEPT)
def feed(_: HttpRequest) -> HttpResponse:
    written = linked.atom(shown.newest(), settings.SITE_URL)
    return HttpResponse(written, content_type="application/atom+xml; charset=utf-8")


# --- files -------------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def file(request: HttpRequest, slug: str, number: int, name: str) -> HttpResponseBase:
    version = _openable(request, slug, number)
    return serving.answer(_named(version.file, name), request=request)


@login_not_required
@require_safe
def picture(request: HttpRequest, slug: str, number: int, name: str) -> HttpResponseBase:
    """The smaller picture."""
    version = _openable(request, slug, number)
    return serving.answer(_named(version.file, name), small=True)


@login_not_required
@require_safe
def captions(request: HttpRequest, slug: str, number: int, name: str) -> HttpResponseBase:
    """What is said in the video, for its player."""
    version = _openable(request, slug, number)
    return serving.answer(_named(version.captions, name))


def _openable(request: HttpRequest, slug: str, number: int) -> DocumentVersion:
    """The rule is asked for every file each time: what is withdrawn is gone at once."""
    versions = DocumentVersion.objects.select_related("document__group", "file", "captions").defer("text")
    found = get_object_or_404(versions, document__slug=slug, number=number)
    if not rules.may_open_file(request.user, found):
        raise Http404
    return found


def _named(file: StoredFile | None, name: str) -> StoredFile:
    if file is None or name != file.name:
        raise Http404
    return file
