"""The settlement table as everybody reads it and takes it away."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.web import pace

from . import annex, annex_papers, paper_form, rules, statistics
from .models import Comment, Consultation

A_PAGE = 30
# Documents that may be made for one visitor in a minute; those that are there go to everybody.
DOCUMENTS_PER_MINUTE = 10
# Letters of one part of a comment on the page of all; the rest is on its own page.
EXCERPT = 500


def consultation_of(request: HttpRequest, slug: str) -> Consultation:
    """An announced one for everybody, one in preparation for those who prepare it."""
    found = get_object_or_404(Consultation.objects.select_related("hearing", "plan"), slug=slug)
    if not rules.may_read(request.user, found):
        raise Http404
    return found


@login_not_required
@require_safe
def settlement(request: HttpRequest, slug: str) -> HttpResponse:
    """What became of every comment and why, with the numbers of the whole consultation."""
    consultation = consultation_of(request, slug)
    told = statistics.of_consultation(consultation)
    chosen = request.GET.get("vyporadani", "")
    rows = annex.listed(consultation)
    if chosen in Comment.Decision.values:
        rows = rows.filter(decision=chosen)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("strana"))
    context = {
        "consultation": consultation,
        "statistics": told,
        "groups": [one for one in annex.groups(told) if one[2]],
        "terms": annex.terms(consultation),
        "closed": consultation.state == Consultation.State.CLOSED,
        "page": page,
        "rows": annex.rows(consultation, page.object_list),
        "decisions": Comment.Decision.choices,
        "chosen": chosen if chosen in Comment.Decision.values else "",
        "excerpt": EXCERPT,
    }
    return render(request, "consult/settlement.html", context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def settlement_pdf(request: HttpRequest, slug: str) -> HttpResponseBase:
    return _paper(request, slug, "pdf")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def settlement_docx(request: HttpRequest, slug: str) -> HttpResponseBase:
    return _paper(request, slug, "docx")


@login_not_required
@require_safe
def settlement_xlsx(request: HttpRequest, slug: str) -> HttpResponse:
    """The one that takes no typesetting is made at once."""
    consultation = consultation_of(request, slug)
    try:
        made = annex.workbook(consultation, lambda: _within(request))
    except annex.TooMany:
        return _too_many()
    return _file(made, "xlsx", f"vyporadani-{consultation.slug}")


@login_not_required
@require_safe
@pace.gentle
def comment_form_docx(request: HttpRequest, slug: str) -> HttpResponse:
    """A sheet to fill in on a computer and send or bring."""
    consultation = consultation_of(request, slug)
    return _file(paper_form.form_docx(consultation), "docx", f"pripominka-{consultation.slug}")


@login_not_required
@require_safe
@pace.gentle
def comment_form_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The same to print and fill in by hand."""
    consultation = consultation_of(request, slug)
    return _file(paper_form.form_pdf(consultation), "pdf", f"pripominka-{consultation.slug}")


def _paper(request: HttpRequest, slug: str, form: str) -> HttpResponseBase:
    """The paper where it is made and nothing has changed since; else the page with a button that has it made."""
    consultation = consultation_of(request, slug)
    kept = annex_papers.kept(consultation, form)
    if kept is not None:
        name = annex_papers.filename(consultation, form)
        stored = FileResponse(kept, as_attachment=True, filename=name, content_type=annex.CONTENT_TYPES[form])
        stored["X-Content-Type-Options"] = "nosniff"
        return stored
    if request.method == "POST":
        if not _within(request):
            return _too_many()
        actor = request.user if request.user.is_authenticated else None
        return redirect("jobs:progress", annex_papers.order(consultation=consultation, form=form, actor=actor).key)
    context = {
        "title": annex_papers.title(consultation),
        "form": form.upper(),
        "back": reverse("consult:settlement", args=[consultation.slug]),
        "stays": False,
    }
    return render(request, "fulfilment/paper.html", context)


def _within(request: HttpRequest) -> bool:
    return pace.within(request, "annex", DOCUMENTS_PER_MINUTE, pace.MINUTE, pace.NEAR)


def _too_many() -> HttpResponse:
    refusal = HttpResponse(
        "Příliš mnoho dokumentů najednou. Zkuste to za minutu.", status=429, content_type="text/plain; charset=utf-8"
    )
    refusal["Retry-After"] = str(pace.MINUTE)
    return refusal


def _file(made: bytes, form: str, name: str) -> HttpResponse:
    response = HttpResponse(made, content_type=annex.CONTENT_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{name[:80]}.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
