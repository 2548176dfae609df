"""The settlement table as everybody reads it and takes it away."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from portal.web import pace

from . import annex, paper_form, rules, statistics
from .models import Comment, Consultation

A_PAGE = 30
# Documents that may be made for one visitor in a minute; those at hand go to everybody.
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
@require_safe
def settlement_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    return _annex(request, slug, "pdf")


@login_not_required
@require_safe
def settlement_docx(request: HttpRequest, slug: str) -> HttpResponse:
    return _annex(request, slug, "docx")


@login_not_required
@require_safe
def settlement_xlsx(request: HttpRequest, slug: str) -> HttpResponse:
    return _annex(request, slug, "xlsx")


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


def _annex(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    consultation = consultation_of(request, slug)
    try:
        made = annex.made(
            consultation,
            form,
            lambda: pace.within(request, "annex", DOCUMENTS_PER_MINUTE, pace.MINUTE, pace.NEAR),
        )
    except annex.TooMany:
        return _later("Příliš mnoho dokumentů najednou. Zkuste to za minutu.", 429, pace.MINUTE)
    except annex.Busy:
        return _later("Dokument je dlouhý a právě se připravuje. Zkuste to za půl minuty.", 503, pace.MINUTE // 2)
    return _file(made, form, f"vyporadani-{consultation.slug}")


def _later(words: str, status: int, seconds: int) -> HttpResponse:
    response = HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = str(seconds)
    return response


def _file(made: bytes, form: str, name: str) -> HttpResponse:
    response = HttpResponse(made, content_type=annex.CONTENT_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{name[:80]}.{form}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
