"""The journal at the desk: as a whole, of one thing, and one deed with its values."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from . import exports, rules, telling
from .forms import JournalFilter
from .models import Deed, DeedQuerySet
from .things import THINGS, thing_word

A_PAGE = 50
# Sheets of spreadsheet programs end soon after a million rows; a deed makes a few.
MOST_IN_TABLE = 100_000


def readable(person: Any) -> DeedQuerySet:
    """The deeds that the person may read; whoever may read none is refused."""
    if not rules.may_read_journal(person):
        raise PermissionDenied
    deeds = Deed.objects.all()
    return deeds if rules.may_read_deeds_about_people(person) else deeds.not_about_people()


def _found(request: HttpRequest) -> tuple[JournalFilter, DeedQuerySet]:
    form = JournalFilter(request.GET)
    asked = form.asked()
    return form, readable(request.user).found(**asked.as_arguments())


@require_safe
def journal(request: HttpRequest) -> HttpResponse:
    form, found = _found(request)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("strana"))
    query = request.GET.copy()
    query.pop("strana", None)
    context = {
        "form": form,
        "page": page,
        "lines": [telling.line(one) for one in page],
        "asked": bool(form.asked()),
        "query": query.urlencode(),
    }
    return render(request, "audit/journal.html", context)


@require_safe
def journal_table(request: HttpRequest, form: str) -> HttpResponseBase:
    """The deeds that fit the filter, as a file."""
    if form not in {"csv", "xlsx"}:
        raise Http404
    _, found = _found(request)
    deeds = found[:MOST_IN_TABLE].iterator(chunk_size=500)
    if form == "xlsx":
        return FileResponse(exports.xlsx_file(deeds), as_attachment=True, filename="denik.xlsx")
    headers = {"Content-Disposition": 'attachment; filename="denik.csv"'}
    return StreamingHttpResponse(exports.csv_lines(deeds), content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
def thing(request: HttpRequest, thing: str, thing_id: str) -> HttpResponse:
    """The history of one thing."""
    deeds = readable(request.user).about(thing, thing_id)
    page = Paginator(deeds, A_PAGE).get_page(request.GET.get("strana"))
    if not page.object_list and (thing not in THINGS or thing.startswith("accounts.")):
        raise Http404
    newest = deeds.first()
    context = {
        "page": page,
        "lines": [telling.line(one) for one in page],
        "name": newest.thing_name if newest else thing_word(thing),
        "word": thing_word(thing),
        "thing_id": thing_id,
        "page_of": telling.page_of(newest) if newest else "",
    }
    return render(request, "audit/thing.html", context)


@require_safe
def deed(request: HttpRequest, pk: int) -> HttpResponse:
    """One deed: who, when, and every value before and after."""
    found = get_object_or_404(readable(request.user).select_related("restores"), pk=pk)
    context = {
        "deed": found,
        "sentence": telling.told(found),
        "word": thing_word(found.thing),
        "fields": telling.fields(found),
        "restored_at": telling.restored_at(found),
        "not_restored": telling.not_restored(found),
    }
    return render(request, "audit/deed.html", context)
