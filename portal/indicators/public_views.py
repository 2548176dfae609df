"""What the public reads of indicators: numbers of the towns put together under the plan of their region."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.plan import public

from . import sums
from .models import Definition

A_PAGE = 12


@login_not_required
@require_safe
def public_sums(request: HttpRequest, slug: str) -> HttpResponse:
    """Shared indicators over the public plans under this one: each plan a line, and their sum where one makes sense."""
    plan = public.find(slug)
    if plan is None:
        raise Http404
    page = Paginator(Definition.objects.used_under(plan), A_PAGE).get_page(request.GET.get("strana"))
    context = {"plan": plan, "page": page, "tables": sums.under(plan, list(page))}
    return render(request, "indicators/public_sums.html", context)
