"""What changed since the consultation: the text that people commented on beside the plan as it stands now."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from paper.html import html
from portal.plan.models import Plan
from portal.plan.views import reading

from . import telling
from .capture import captured
from .models import Edition

PAGE = 40


@reading
def since_consultation(request: HttpRequest, plan: Plan) -> HttpResponse:
    older = Edition.objects.filter(plan=plan, sort=Edition.Sort.CONSULTATION).first()
    every = telling.sections(older.frozen, captured(plan)) if older else []
    page = Paginator(every, PAGE).get_page(request.GET.get("strana"))
    # paper.html escapes whatever people wrote.
    told = [(one, mark_safe(html(map(telling.marked, one.lines)))) for one in page]  # noqa: S308
    context = {"plan": plan, "older": older, "page": page, "told": told}
    return render(request, "editions/since.html", context)
