"""What accepted comments changed in the text: for everybody once the consultation is closed, before that for those
who read the register."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from paper.docx import docx
from paper.html import html_parts
from portal.web import pace

from . import changed_text, rules
from .annex_views import DOCUMENTS_PER_MINUTE
from .models import Consultation

A_PAGE = 100
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _consultation(request: HttpRequest, slug: str) -> Consultation:
    found = get_object_or_404(Consultation.objects.public(), slug=slug)
    closed = found.state == Consultation.State.CLOSED
    if not closed and not rules.may_read_register(request.user, found):
        raise Http404
    return found


@login_not_required
@require_safe
def changes(request: HttpRequest, slug: str) -> HttpResponse:
    """Changed paragraphs, or the whole text (`?cele=1`)."""
    consultation = _consultation(request, slug)
    whole = "cele" in request.GET
    page = Paginator(changed_text.pieces(consultation, changed_only=not whole), A_PAGE).get_page(
        request.GET.get("strana")
    )
    shown = list(page)
    # All text in what paper.html wrote is escaped there.
    texts = html_parts(changed_text.on_one_page(shown))
    told = [(one, mark_safe(text)) for one, text in zip(shown, texts, strict=True)]  # noqa: S308
    context = {"consultation": consultation, "page": page, "told": told, "whole": whole}
    return render(request, "consult/changes.html", context)


@login_not_required
@require_safe
def changes_docx(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole text with tracked changes."""
    consultation = _consultation(request, slug)
    if not pace.within(request, "annex", DOCUMENTS_PER_MINUTE, pace.MINUTE, pace.NEAR):
        refusal = HttpResponse("Příliš mnoho dokumentů najednou. Zkuste to za minutu.", status=429)
        refusal["Retry-After"] = str(pace.MINUTE)
        return refusal
    told = changed_text.pieces(consultation)
    response = HttpResponse(docx(changed_text.document(consultation, told), reviser="vypořádání připomínek"))
    response["Content-Type"] = DOCX
    response["Content-Disposition"] = f'attachment; filename="zneni-se-zmenami-{slugify(consultation.title)[:60]}.docx"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
