"""Studies of availability and white spots, open to everybody; reference values for those who keep them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_safe

from portal.catalogue.models import Kind

from . import actions, exports, maps, present, rules, spots, wording
from .forms import ReferenceForm, StudyForm
from .models import ReferenceValue
from .study import Land, Study, data_version, land
from .study import study as study_of
from .ways import times_of

PAGE, AREAS_PAGE = 20, 30
# The map stands in a frame of our own pages and follows links out of it.
MAP_POLICY: Any = {**settings.SECURE_CSP, "frame-ancestors": [CSP.SELF]}
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "json": "application/json",
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
}


# --- the study -----------------------------------------------------------------------------------------------


def _form(request: HttpRequest, here: Land) -> StudyForm:
    return StudyForm(request.GET, kinds=here.kinds, land=here, units=here.units)


def _kinds(here: Land) -> dict[str, Kind]:
    return {kind.key: kind for kind in here.kinds}


def _answered(form: StudyForm, version: str) -> tuple[Study, Study | None] | None:
    """The study asked and the one compared with it; None with the reason in the form."""
    if not form.is_valid():
        return None
    try:
        question = form.question()
        other = form.compared(question)
        return study_of(question, version), study_of(other, version) if other else None
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return None


@login_not_required
@require_safe
def study(request: HttpRequest) -> HttpResponse:
    version = data_version()
    here = land(version)
    form = _form(request, here)
    found = _answered(form, version)
    if found is None:
        return render(request, "access/study.html", {"form": form, "invalid": True}, status=422)
    return render(request, "access/study.html", {"form": form} | _page(request, *found, _kinds(here), version))


def _page(
    request: HttpRequest, found: Study, other: Study | None, kinds: dict[str, Kind], version: str
) -> dict[str, Any]:
    question = found.question
    page = Paginator(found.order, PAGE).get_page(request.GET.get("strana"))
    level = present.level_of(found, request.GET.get("uroven", ""))
    areas = Paginator(found.by_area(present.LEVELS[level]), AREAS_PAGE).get_page(request.GET.get("strana_uzemi"))
    query = question.query()
    return {
        "study": found,
        "question": question,
        "may_plan": rules.may_read_scenarios(request.user),
        "may_try": rules.may_edit_scenarios(request.user),
        "asked": wording.asked(question, found.land, kinds),
        "answer": wording.answer(found),
        "limits": wording.limits(found),
        "by_table": times_of(question, found.land) is not None,
        "data": present.data_words(found),
        "page": page,
        "rows": present.rows(found, list(page.object_list), page.start_index()),
        "steps": present.step_words(found),
        "areas_page": areas,
        "areas": [present.area_row(found, one, present.LEVELS[level]) for one in areas.object_list],
        "whole": present.area_row(found, found.whole),
        "level": level,
        "level_word": present.LEVEL_WORDS[level],
        "levels": [(key, word, f"?{query}&uroven={key}") for key, word in present.LEVEL_WORDS.items()],
        "unit": present.unit_name(found, found.land.units),
        "legend": [(maps.swatch(one.fill), one) for one in maps.classes(found).all],
        "map_url": f"{reverse('access:study_map')}?{query}&verze={version}",
        "is_wide": not (question.region or question.orp),
        "downloads": [(form, f"{reverse('access:study_data', args=[form])}?{query}") for form in TYPES],
        "compared": present.compared(found, other, present.names_compared(found, other, kinds)) if other else None,
        "references": present.references(found, ReferenceValue.objects.beside(question.people)),
        "gloss": "" if question.group else kinds[question.kinds[0]].gloss,
    }


def _study_or_404(request: HttpRequest) -> tuple[Study, dict[str, Kind]]:
    version = data_version()
    here = land(version)
    found = _answered(_form(request, here), version)
    if found is None:
        raise Http404(_("Takovou studii spočítat neumíme. Otevřete ji na stránce Dostupnost."))
    return found[0], _kinds(here)


@login_not_required
@xframe_options_sameorigin
@csp_override(MAP_POLICY)
@require_safe
def study_map(request: HttpRequest) -> HttpResponse:
    """The map alone; `verze` in the address makes it cacheable for as long as anybody wants."""
    found, _all = _study_or_404(request)
    response = HttpResponse(maps.Drawing(found).svg(), content_type="image/svg+xml")
    patch_cache_control(response, public=True, max_age=31_536_000 if request.GET.get("verze") else 300)
    return response


@login_not_required
@require_safe
def study_data(request: HttpRequest, form: str) -> HttpResponse:
    """The study as a file."""
    if form not in TYPES:
        raise Http404
    found, kinds = _study_or_404(request)
    made = {
        "csv": lambda: exports.csv_bytes(found),
        "xlsx": lambda: exports.xlsx_bytes(found),
        "geojson": lambda: exports.geojson_bytes(found),
        "json": lambda: exports.json_bytes(found),
        "svg": lambda: exports.picture(found, kinds).encode(),
        "png": lambda: exports.png_bytes(found, kinds),
        "pdf": lambda: exports.pdf_bytes(found, kinds),
    }[form]()
    return _file(made, form, "dostupnost")


def _file(content: bytes, form: str, name: str) -> HttpResponse:
    headers = {} if form == "json" else {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return HttpResponse(content, content_type=TYPES[form], headers=headers)


# --- white spots -----------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def matrix(request: HttpRequest) -> HttpResponse:
    form = spots.SpotsForm(request.GET, version=data_version())
    if not form.is_valid():
        return render(request, "access/matrix.html", {"form": form, "invalid": True}, status=422)
    return render(request, "access/matrix.html", {"form": form} | spots.page(form, request.GET.get("strana")))


@login_not_required
@require_safe
def matrix_xlsx(request: HttpRequest) -> HttpResponse:
    form = spots.SpotsForm(request.GET, version=data_version())
    if not form.is_valid():
        raise Http404
    return _file(exports.matrix_bytes(form.matrix()), "xlsx", "bila-mista")


# --- reference values --------------------------------------------------------------------------------------------


def _reader(request: HttpRequest) -> None:
    if not rules.may_read_references(request.user):
        raise PermissionDenied


@require_safe
def references(request: HttpRequest) -> HttpResponse:
    _reader(request)
    context = {
        "references": ReferenceValue.objects.select_related("unit").prefetch_related("kinds"),
        "may_edit": rules.may_edit_references(request.user),
    }
    return render(request, "access/references.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reference_add(request: HttpRequest) -> HttpResponse:
    return _reference(request, None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reference_edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _reference(request, pk)


def _reference(request: HttpRequest, pk: int | None) -> HttpResponse:
    if not rules.may_edit_references(request.user):
        raise PermissionDenied
    reference = get_object_or_404(ReferenceValue, pk=pk) if pk is not None else None
    form = ReferenceForm(request.POST or None, instance=reference)
    if request.method == "POST" and form.is_valid():
        stored = get_object_or_404(ReferenceValue, pk=pk) if pk is not None else None
        try:
            actions.reference_save(values=form.cleaned_data, actor=request.user, reference=stored)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Referenční hodnota je uložená."))
            return redirect("access:references")
    context = {"form": form, "reference": reference}
    return render(request, "access/reference.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reference_remove(request: HttpRequest, pk: int) -> HttpResponse:
    if not rules.may_edit_references(request.user):
        raise PermissionDenied
    reference = get_object_or_404(ReferenceValue, pk=pk)
    if request.method == "POST":
        actions.reference_remove(reference=reference, actor=request.user)
        messages.success(request, _("Referenční hodnota je smazaná."))
        return redirect("access:references")
    return render(request, "access/reference_remove.html", {"reference": reference})
