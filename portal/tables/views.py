"""Pages of tables: what there is, taking away, the keyboard table, bringing back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.models import Person
from portal.jobs.models import Job

from . import actions, rules, sheets
from .columns import Column
from .compare import Difference
from .forms import UploadForm
from .grid import chosen_columns, rows_a_page, save_page, shown
from .lists import made, table_for, titles, written_table_for
from .models import TableImport
from .table import WrittenTable

A_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a row of an import can be, in the order in which a person wants it, with forms of the noun.
SORTS = (
    ("error", "řádek s chybou,řádky s chybou,řádků s chybou"),
    ("changed", "změněný řádek,změněné řádky,změněných řádků"),
    ("new", "nový řádek,nové řádky,nových řádků"),
    ("notice", "upozornění,upozornění,upozornění"),
)


type View = Callable[..., HttpResponse]


def writer(*methods: str) -> Callable[[View], View]:
    """Opens the table to be written. Who may comes before how: others do not learn which methods there are."""

    def decorate(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, slug: str, **kwargs: Any) -> HttpResponse:
            table = written_table_for(slug, request.user)
            return require_http_methods(list(methods))(view)(request, table=table, **kwargs)

        return opened

    return decorate


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    tables = rules.readable(request.user)
    if not tables:
        raise PermissionDenied
    runs = list(TableImport.objects.newest().of(_person(request))[:20])
    context = {
        "written": [one for one in tables if isinstance(one, WrittenTable) and one.may_write()],
        "read": [one for one in tables if not isinstance(one, WrittenTable) or not one.may_write()],
        "runs": runs,
        "titles": titles({run.table for run in runs}),
    }
    return render(request, "tables/index.html", context)


@require_safe
def export(request: HttpRequest, slug: str, form: str) -> HttpResponseBase:
    """The whole list as the page with the same filters shows it."""
    table = table_for(slug, request.user)
    lines = table.every_line(request.GET)
    answer: StreamingHttpResponse
    if form == "csv":
        answer = StreamingHttpResponse(sheets.csv_parts(table.columns, lines), content_type="text/csv; charset=utf-8")
    else:
        answer = FileResponse(sheets.write_xlsx(table.sheet, table.columns, lines), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{table.file_name}-{timezone.localdate():%Y-%m-%d}.{form}"'
    return answer


# --- the keyboard table --------------------------------------------------------------------------------------


@writer("GET", "HEAD", "POST")
def grid(request: HttpRequest, table: WrittenTable) -> HttpResponse:
    """Many cards on one page. Without script the page is one form; with it each row saves itself (`row`)."""
    columns = chosen_columns(table, request.GET.getlist("sloupce"))
    page = Paginator(table.open_rows(request.GET), rows_a_page(columns)).get_page(request.GET.get("strana"))
    if request.method == "POST":
        made = save_page(table, columns, request.POST)
        if not made.failed:
            messages.success(request, _told(made.saved))
            return redirect(request.get_full_path())
    else:
        made = shown(columns, table.lines(list(page)))
    context = {
        "table": table,
        "grid": made,
        "page": page,
        "form": table.filters(request.GET),
        "choice": [(one, one in columns) for one in table.columns if not one.locked and one.key != "name"],
        "heads": [_head(request, table, one) for one in (table.by_key["name"], *columns)],
        "order": request.GET.get("razeni", ""),
    }
    return render(request, "tables/grid.html", context, status=made.status)


class Head(NamedTuple):
    """The head of a column: where it leads to sort by it, and how the table is sorted by it now."""

    column: Column
    query: str = ""
    order: str = ""


def _head(request: HttpRequest, table: WrittenTable, column: Column) -> Head:
    if column.key not in table.orders:
        return Head(column)
    now, query = request.GET.get("razeni", ""), request.GET.copy()
    query["razeni"] = f"-{column.key}" if now == column.key else column.key
    query.pop("strana", None)
    order = {column.key: "ascending", f"-{column.key}": "descending"}.get(now, "")
    return Head(column, query.urlencode(), order)


def _told(saved: list[str]) -> str:
    return f"Uloženo: {', '.join(saved)}." if saved else "Nic se nezměnilo."


@writer("POST")
def row(request: HttpRequest, table: WrittenTable, number: int) -> HttpResponse:
    """Save cells of one row: 200 with what is stored now, 422 with errors by columns, 409 with what changed."""
    typed = {name: str(value).replace("\r\n", "\n") for name, value in request.POST.items()}
    seen = typed.pop("seen", "")
    try:
        line = actions.save_row(table=table, number=str(number), typed=typed, seen=seen)
    except actions.Stale as news:
        return JsonResponse({"seen": news.stored.fingerprint, "cells": news.stored.cells}, status=409)
    except ValidationError as refusal:
        errors = refusal.message_dict if hasattr(refusal, "error_dict") else {"": refusal.messages}
        return JsonResponse({"errors": {key: " ".join(told) for key, told in errors.items()}}, status=422)
    return JsonResponse(
        {"seen": line.fingerprint, "cells": line.cells, "at": f"{timezone.localtime():%-H.%M}"},
        json_dumps_params={"ensure_ascii": False},
    )


# --- a file comes back ---------------------------------------------------------------------------------------


@writer("GET", "HEAD", "POST")
def upload(request: HttpRequest, table: WrittenTable) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        run, job = actions.upload(slug=table.slug, file_name=file.name, content=file.read(), person=_person(request))
        return _next(run, job)
    return render(request, "tables/upload.html", {"table": table, "form": form}, status=422 if form.errors else 200)


@require_safe
def table_import(request: HttpRequest, pk: int) -> HttpResponse:
    run = _own_run(request, pk)
    table = made(run.table, request.user)
    if table is None:
        raise Http404
    found = [Difference.from_json(plain) for plain in run.rows]
    chosen = request.GET.get("co", "")
    rows = [one for one in found if not chosen or chosen in {one.sort, one.result}]
    context = {
        "run": run,
        "table": table,
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("strana")),
        "chosen": chosen,
        "counts": [(key, run.counts.get(key, 0), forms) for key, forms in SORTS],
        "ready": run.counts.get("changed", 0) + run.counts.get("new", 0),
        "job": Job.objects.filter(key=run.job_key).first() if run.working and run.job_key else None,
        "stuck": actions.stuck(run),
    }
    return render(request, "tables/table_import.html", context)


def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, actions.confirm)


def undo(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, actions.undo)


def drop(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, actions.drop)


def retry(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, actions.retry)


def _act(request: HttpRequest, pk: int, action: Callable[..., Job | None]) -> HttpResponse:
    """Do it and go where it shows; a refusal is told on the page of the import."""
    run = _own_run(request, pk)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        job = action(run=run, person=_person(request))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        job = None
    return _next(run, job)


def _next(run: TableImport, job: Job | None) -> HttpResponse:
    return redirect("jobs:progress", job.key) if job is not None else redirect("tables:import", run.pk)


def _own_run(request: HttpRequest, pk: int) -> TableImport:
    return get_object_or_404(TableImport.objects.of(_person(request)), pk=pk)


def _person(request: HttpRequest) -> Person:
    person: Any = request.user
    if not isinstance(person, Person):
        raise PermissionDenied
    return person
