"""Pages where a person brings a register, reads what it would change, and says yes."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from portal.accounts.models import Person
from portal.jobs.models import Job
from portal.web.doors import FORM, READ, at_desk

from . import actions, exports
from .forms import ConfirmForm, UploadForm
from .models import ImportRun
from .readers.table import COLUMNS
from .rules import may_import, may_see_imports

PAGE = 50
# Counts of a run in the order in which a person wants them: name, forms of the noun, which lines it shows.
SHOWN = (
    ("wrong", "vynechaná služba,vynechané služby,vynechaných služeb"),
    ("warnings", "upozornění,upozornění,upozornění"),
    ("added", "nová,nové,nových"),
    ("changed", "změněná,změněné,změněných"),
    ("ended", "končí,končí,končí"),
    ("vanished", "zmizela ze zdroje,zmizely ze zdroje,zmizelo ze zdroje"),
    ("returned", "se vrací,se vracejí,se vrací"),
)
LINES = {"warnings": "warning"}


@at_desk(may_see_imports, *READ)
def runs(request: HttpRequest) -> HttpResponse:
    page = Paginator(ImportRun.objects.newest(), PAGE).get_page(request.GET.get("strana"))
    context = {"page": page, "may_import": may_import(request.user), "address": settings.REGISTER_URL}
    return render(request, "register/runs.html", context)


@at_desk(may_import, *FORM)
def upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        _, job = actions.upload(
            person=_person(request), file=form.cleaned_data["file"], complete=form.cleaned_data["complete"]
        )
        return redirect("jobs:progress", job.key)
    status = 422 if form.errors else 200
    return render(request, "register/upload.html", {"form": form, "columns": COLUMNS}, status=status)


@at_desk(may_import, "POST")
def fetch(request: HttpRequest) -> HttpResponse:
    _, job = actions.fetch(person=_person(request), address=settings.REGISTER_URL)
    return redirect("jobs:progress", job.key)


@at_desk(may_see_imports, *READ)
def run(request: HttpRequest, pk: int) -> HttpResponse:
    return _run_page(request, get_object_or_404(ImportRun.objects.newest(), pk=pk))


@at_desk(may_import, "POST")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(ImportRun.objects.newest(), pk=pk)
    form = ConfirmForm(request.POST, large=actions.is_large(one))
    if not form.is_valid():
        return _run_page(request, one, form, status=422)
    return _after(request, one, lambda: actions.confirm(person=_person(request), run=one, **form.cleaned_data))


@at_desk(may_import, "POST")
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(ImportRun, pk=pk)
    return _after(request, one, lambda: actions.retry(person=_person(request), run=one))


@at_desk(may_import, "POST")
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(ImportRun, pk=pk)
    return _after(request, one, lambda: actions.drop(person=_person(request), run=one))


@at_desk(may_see_imports, *READ)
def report(_: HttpRequest, pk: int) -> HttpResponseBase:
    one = get_object_or_404(ImportRun, pk=pk)
    if not one.report or not one.report.storage.exists(one.report.name or ""):
        raise Http404
    return FileResponse(one.report.open(), as_attachment=True, filename=f"registr-{pk}-rozdily.csv")


@at_desk(may_import, *READ)
def template(_: HttpRequest) -> HttpResponse:
    response = HttpResponse(exports.csv_bytes(exports.table_template()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="vzor-tabulky-sluzeb.csv"'
    return response


def _run_page(request: HttpRequest, one: ImportRun, form: ConfirmForm | None = None, status: int = 200) -> HttpResponse:
    large = actions.is_large(one)
    chosen = request.GET.get("co", "")
    lines = exports.lines_of(one)
    wanted = LINES.get(chosen, chosen)
    page = Paginator([line for line in lines if not wanted or line.what == wanted], PAGE)
    context = {
        "run": one,
        "page": page.get_page(request.GET.get("strana")),
        "chosen": chosen,
        "counts": [(key, one.counts.get(key, 0), forms) for key, forms in SHOWN],
        "large": large,
        "can_retry": actions.can_retry(one),
        "percent": _percent(one),
        "form": form or ConfirmForm(large=large),
        "may_import": may_import(request.user),
        "job": Job.objects.filter(key=one.job_key).first(),
        "words": exports.WHAT,
    }
    return render(request, "register/run.html", context, status=status)


def _percent(one: ImportRun) -> int:
    existing = one.counts.get("existing", 0)
    return round(100 * one.counts.get("touched", 0) / existing) if existing else 0


def _after(request: HttpRequest, one: ImportRun, act: Callable[[], Job | None]) -> HttpResponse:
    """Do it and go where its progress shows; a refusal is told on the page of the run."""
    try:
        job = act()
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("register:run", one.pk)
    return redirect("jobs:progress", job.key) if job is not None else redirect("register:run", one.pk)


def _person(request: HttpRequest) -> Person:
    """Whom `allowed` let in."""
    assert isinstance(request.user, Person)  # noqa: S101 - for the type checker; anonymous people do not get here
    return request.user
