"""The desk of documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.audit import restoring
from portal.groups import rules as group_rules
from portal.web.doors import at_desk
from portal.web.refusals import refused

from . import actions, rules
from .forms import DeskFilter, DocumentForm, FileForm, NewDocumentForm
from .models import Document, DocumentVersion

A_PAGE = 50
READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
FILE_FIELDS = ("upload", "alt", "captions", "silent", "note")


def _readable(request: HttpRequest, pk: int) -> Document:
    """The document at the desk; a withdrawn one for its keepers only."""
    found = get_object_or_404(Document.objects.select_related("sort", "group"), pk=pk)
    if rules.may_edit_document(request.user, found):
        return found
    if found.removed_at or not rules.may_read_at_desk(request.user, found):
        raise Http404
    return found


def _editable(request: HttpRequest, pk: int) -> Document:
    found = _readable(request, pk)
    if not rules.may_edit_document(request.user, found):
        raise PermissionDenied
    return found


def _file_said(bound: forms.Form) -> dict[str, Any]:
    return {name: bound.cleaned_data[name] for name in FILE_FIELDS if name in bound.cleaned_data}


@at_desk(rules.may_come_to_documents, *READ)
def documents(request: HttpRequest) -> HttpResponse:
    bound = DeskFilter(group_rules.readable_groups(request.user), request.GET)
    mine = rules.desk_documents(request.user)
    rows = mine.asked(bound.asked()).select_related("sort", "group")
    context = {
        "form": bound,
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("strana")),
        "projects": mine.towards_projects(),
        "may_add": rules.may_add_document(request.user),
    }
    return render(request, "documents/documents.html", context)


@at_desk(rules.may_add_document, *FORM)
def document_add(request: HttpRequest) -> HttpResponse:
    initial = {"group": request.GET.get("skupina"), "audience": Document.Audience.DESK}
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    bound = NewDocumentForm(request.user, *sent, initial=initial)
    if bound.is_bound and bound.is_valid():
        try:
            added = actions.document_add(wanted=bound.wanted(), actor=request.user, **_file_said(bound))
        except ValidationError as refusal:
            refused(bound, refusal)
        else:
            messages.success(request, "Dokument je uložený.")
            return redirect("documents:document", added.pk)
    return render(request, "documents/document_add.html", {"form": bound}, status=422 if bound.is_bound else 200)


@at_desk(rules.may_come_to_documents, *FORM)
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """The document, its versions, and the form that changes what is said of it."""
    found = _readable(request, pk)
    may_edit = rules.may_edit_document(request.user, found)
    if request.method != "POST":
        return _page(request, found, DocumentForm(request.user, document=found) if may_edit else None, may_edit)
    if not may_edit:
        raise PermissionDenied
    bound = DocumentForm(request.user, request.POST, document=found)
    if bound.is_valid():
        seen = int(request.POST["seen"]) if request.POST.get("seen", "").isdigit() else 0
        try:
            actions.document_change(document=found, wanted=bound.wanted(), seen=seen, actor=request.user)
        except actions.Stale as stale:
            return _page(request, stale.stored, bound, may_edit, status=409)
        except ValidationError as refusal:
            refused(bound, refusal)
        else:
            messages.success(request, "Uloženo.")
            return redirect("documents:document", pk)
    return _page(request, found, bound, may_edit, status=422)


def _page(
    request: HttpRequest, found: Document, bound: DocumentForm | None, may_edit: bool, status: int = 200
) -> HttpResponse:
    versions = found.versions.select_related("file", "added_by").all()
    context = {
        "document": found,
        "form": bound,
        "may_edit": may_edit,
        "stale": status == 409,
        "versions": versions if may_edit else versions.filter(removed_at=None),
    }
    return render(request, "documents/document.html", context, status=status)


@at_desk(rules.may_add_document, *FORM)
def version_add(request: HttpRequest, pk: int) -> HttpResponse:
    found = _editable(request, pk)
    bound = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if bound.is_bound and bound.is_valid():
        try:
            actions.version_add(document=found, actor=request.user, **_file_said(bound))
        except ValidationError as refusal:
            refused(bound, refusal)
        else:
            messages.success(request, "Nová verze je uložená. Od teď platí ona.")
            return redirect("documents:document", pk)
    context = {"document": found, "form": bound}
    return render(request, "documents/version_add.html", context, status=422 if bound.is_bound else 200)


def _done(request: HttpRequest, pk: int, act: Callable[[], object], said: str) -> HttpResponse:
    try:
        act()
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, said)
    return redirect("documents:document", pk)


def _version(request: HttpRequest, pk: int, number: int) -> DocumentVersion:
    return get_object_or_404(_editable(request, pk).versions.select_related("document"), number=number)


@at_desk(rules.may_add_document, "POST")
def version_remove(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    found = _version(request, pk, number)
    said = f"Verze {number} je vyřazená. Nikdo ji už neuvidí."
    return _done(request, pk, lambda: actions.version_remove(version=found, actor=request.user), said)


@at_desk(rules.may_add_document, "POST")
def version_return(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    found = _version(request, pk, number)
    return _done(
        request, pk, lambda: actions.version_return(version=found, actor=request.user), f"Verze {number} je zpátky."
    )


@at_desk(rules.may_add_document, "POST")
def document_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    found = _editable(request, pk)
    said = "Dokument je vyřazený. Vidí ho jen ti, kdo ho spravují, a můžou ho vrátit."
    return _done(request, pk, lambda: actions.document_withdraw(document=found, actor=request.user), said)


@at_desk(rules.may_add_document, "POST")
def document_return(request: HttpRequest, pk: int) -> HttpResponse:
    found = _editable(request, pk)
    return _done(
        request, pk, lambda: actions.document_return(document=found, actor=request.user), "Dokument je zpátky."
    )


@require_http_methods(["GET", "HEAD", "POST"])
def document_restore(request: HttpRequest, deed: int) -> HttpResponse:
    told = restoring.asked(request, deed, "documents:document_restore")
    found = get_object_or_404(Document.objects.select_related("sort", "group"), pk=told.thing_id)
    may = rules.may_edit_document(request.user, found)
    if not may and not rules.may_read_at_desk(request.user, found):
        raise PermissionDenied

    def act() -> object:
        wanted = actions.wanted_of(found, told.before)
        return actions.document_change(
            document=found, wanted=wanted, seen=found.version, actor=request.user, restores=told
        )

    return restoring.page(
        request,
        told,
        now=actions.document_told(found),
        names=actions.names_of(found),
        may=may,
        act=act,
        back=reverse("documents:document", args=[found.pk]),
    )
