"""The search of everything public. The search of services is apart (portal/finding): it knows places and kinds."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from . import everything
from .texts import SOURCES


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Some of each sort; with `?druh=` all of one, by pages."""
    answer = everything.search(request.GET.get("q", ""))
    chosen = answer.section(request.GET.get("druh", ""))
    context: dict[str, Any] = {
        "answer": answer,
        "chosen": chosen,
        "page": None,
        "groups": [],
        "everything": [source.title for source in SOURCES.values()],
    }
    if chosen is not None:
        page = Paginator(chosen.found, everything.A_PAGE).get_page(request.GET.get("strana"))
        context |= {"page": page, "hits": answer.hits(page.object_list)}
    else:
        context["groups"] = [(one, answer.hits(one.found[: everything.FEW])) for one in answer.sections]
    return render(request, "home/search.html", context)
