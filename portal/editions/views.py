"""Editions as everybody reads them. An edition one may not read is the same nothing as one that is not there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from paper.html import html
from portal.plan.models import Plan
from portal.plan.rules import may_read_draft
from words.fold import fold

from . import exports, printing, rules, telling, wording
from .document import anchor, blocks, node_blocks
from .forms import OrderForm
from .models import Edition, EditionFile
from .parts import TOWN

# Things with changes on one page of a comparison.
PAGE = 40
# More municipalities than that are found by name.
A_FEW = 12


def _edition(request: HttpRequest, slug: str, number: int) -> Edition:
    found = get_object_or_404(Edition.objects.select_related("plan", "resolution"), plan__slug=slug, number=number)
    if not rules.may_read_edition(request.user, found):
        raise Http404
    return found


def _readable(request: HttpRequest, plan: Plan) -> list[Edition]:
    every = Edition.objects.light().filter(plan=plan)
    return list(every if may_read_draft(request.user, plan) else every.public())


@login_not_required
@require_safe
def editions(request: HttpRequest, slug: str) -> HttpResponse:
    plan = get_object_or_404(Plan, slug=slug)
    rows = list(Edition.objects.light().public().filter(plan=plan))
    if not rows and not plan.is_public:
        raise Http404
    consulted = next((one for one in rows if one.sort == Edition.Sort.CONSULTATION), None)
    context = {"plan": plan, "editions": rows, "since": consulted if rows and consulted != rows[0] else None}
    return render(request, "editions/editions.html", context)


@login_not_required
@require_safe
def edition(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The edition's front page: what it is and the tree with a link to each line of it."""
    one = _edition(request, slug, number)
    content = one.frozen
    levels = wording.levels(content)
    measures = {node.code for node in content.nodes if node.card}
    lines = [
        (node, wording.titled(node, levels.get(node.depth)))
        for node in content.nodes
        if node.card or node.parent not in measures
    ]
    others = _readable(request, one.plan)
    before = next((other for other in others if other.number < one.number), None)
    consulted = next(
        (other for other in others if other.number < one.number and other.sort == Edition.Sort.CONSULTATION), None
    )
    context = {
        "edition": one,
        "plan": one.plan,
        "facts": content.plan,
        "lines": lines,
        "chapters": content.chapters,
        "files": one.files.filter(part=""),
        "logos": one.logos.select_related("file"),
        "before": before,
        "consulted": consulted if consulted != before else None,
    }
    return render(request, "editions/edition.html", context)


@login_not_required
@require_safe
def whole(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The whole document on one page, or a part of it (`?cast=`)."""
    one = _edition(request, slug, number)
    key = request.GET.get("cast", "")
    part = exports.part_named(one, key)
    if part is None:
        raise Http404
    content = exports.content_of_part(one, key)
    told = exports.imprint(one, part)
    # The page says it under its heading.
    scope, told = told.scope, replace(told, scope="", pictures=exports.linked_pictures(content))
    made = html(blocks(content, told))
    context = {"edition": one, "plan": one.plan, "part": part if key else None, "scope": scope, "document": _safe(made)}
    return render(request, "editions/whole.html", context)


@login_not_required
@require_safe
def node(request: HttpRequest, slug: str, number: int, code: str) -> HttpResponse:
    """One line of the tree as it stands in the edition."""
    one = _edition(request, slug, number)
    content = one.frozen
    found = next((node for node in content.nodes if node.code == code), None)
    if found is None:
        raise Http404
    levels = wording.levels(content)
    below = [child for child in content.nodes if child.parent == code and not (found.card and not child.card)]
    _heading, *rest = node_blocks(content, code)
    context = {
        "edition": one,
        "plan": one.plan,
        "node": found,
        "title": wording.titled(found, levels.get(found.depth)),
        "anchor": anchor(code),
        "document": _safe(html(rest)),
        "below": [(child, wording.titled(child, levels.get(child.depth))) for child in below],
    }
    return render(request, "editions/node.html", context)


def _safe(made: str) -> str:
    """What paper.html wrote: all text in it is escaped there."""
    return mark_safe(made)  # noqa: S308


# --- documents -------------------------------------------------------------------------------------------------


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def documents(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What has been made of the edition; what has not, can be ordered."""
    one = _edition(request, slug, number)
    every = exports.parts_of(one)
    if request.method == "POST":
        if not rules.may_order_documents(request.user, one):
            raise PermissionDenied
        form = OrderForm(request.POST)
        if form.is_valid() and form.cleaned_data["part"] in {part.key for part in every}:
            wanted = {"edition": one, "part": form.cleaned_data["part"], "forms": form.forms()}
            return redirect("jobs:progress", printing.order(**wanted, actor=request.user).key)
        raise Http404
    kept: dict[str, dict[str, EditionFile]] = {}
    for file in one.files.all():
        kept.setdefault(file.part, {})[file.form] = file
    town = request.GET.get("obec", "").strip()
    towns = sum(part.key.startswith(TOWN) for part in every)
    rows = []
    for part in every:
        if town and not (part.key.startswith(TOWN) and fold(town) in fold(part.name)):
            continue
        made = [(form, label, kept.get(part.key, {}).get(form)) for form, label in EditionFile.Form.choices]
        rows.append((part, made, any(row is None for _, _, row in made)))
    page = Paginator(rows, PAGE).get_page(request.GET.get("strana"))
    may_order = rules.may_order_documents(request.user, one)
    context = {"edition": one, "plan": one.plan, "page": page, "may_order": may_order}
    asked = {"wanted": town, "finds": towns > A_FEW}
    return render(request, "editions/documents.html", context | asked)


@login_not_required
@require_safe
def file(request: HttpRequest, slug: str, number: int, pk: int) -> HttpResponseBase:
    one = _edition(request, slug, number)
    kept = get_object_or_404(EditionFile, edition=one, pk=pk)
    try:
        stored = kept.content.open("rb")
    except OSError as problem:
        raise Http404 from problem
    part = f"-{slugify(kept.part)}" if kept.part else ""
    name = f"{one.plan.slug[:60]}-vydani-{one.number}{part}.{kept.form}"
    response = FileResponse(stored, as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


# --- comparison ------------------------------------------------------------------------------------------------


def _pair(request: HttpRequest, slug: str, older: int, newer: int) -> tuple[Edition, Edition]:
    if older == newer:
        raise Http404
    return _edition(request, slug, older), _edition(request, slug, newer)


@login_not_required
@require_safe
def compare(request: HttpRequest, slug: str, older: int, newer: int) -> HttpResponse:
    a, b = _pair(request, slug, older, newer)
    every = telling.sections(a.frozen, b.frozen)
    sorts = {telling.Sort(one) for one in request.GET.getlist("druh") if one in set(telling.Sort)}
    counts = telling.counts(every)
    page = Paginator(telling.of_sorts(every, sorts), PAGE).get_page(request.GET.get("strana"))
    context: dict[str, Any] = {
        "plan": b.plan,
        "older": a,
        "newer": b,
        "total": len(every),
        "choices": [(sort, telling.NAMES[sort], counts[sort], sort in sorts) for sort in telling.Sort if counts[sort]],
        "page": page,
        "told": [(section, _safe(html(map(telling.marked, section.lines)))) for section in page],
    }
    return render(request, "editions/compare.html", context)


@login_not_required
@require_POST
def compare_docx(request: HttpRequest, slug: str, older: int, newer: int) -> HttpResponse:
    a, b = _pair(request, slug, older, newer)
    if not all(rules.may_order_documents(request.user, one) for one in (a, b)):
        raise PermissionDenied
    return redirect("jobs:progress", printing.order_redline(older=a, newer=b, actor=request.user).key)
