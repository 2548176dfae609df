"""Suggestions for everybody: sending one, following it, reading what others sent."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.chapters.markdown import render as drawn
from portal.pages.codelists import shipped_pages
from portal.pages.models import Page
from portal.web import pace

from . import actions, reading
from .forms import ANYWAY, SuggestForm
from .models import Suggestion

A_PAGE = 20
# One visitor: enough for a club that writes together on one computer.
SENT_AN_HOUR = 12
# Letters that ask to confirm sent again, of one visitor.
ASKED_AN_HOUR = 5
# For how long the same form sent again (a button pressed twice, a page loaded anew) leads to the same suggestion.
ONCE_SECONDS = 3600
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COMPLAINT = "stiznost"


# --- reading -------------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def public_suggestions(request: HttpRequest) -> HttpResponse:
    wanted = reading.asked(request.GET)
    pages = Paginator(reading.listed(wanted), A_PAGE)
    page = pages.get_page(request.GET.get("strana"))
    query = f"?{wanted.query}" if wanted else ""
    context = {
        "page": page,
        "rows": reading.filled(page.object_list),
        "asked": wanted,
        "choices": reading.choices(),
        "points_url": reverse("suggestions:suggestion_points") + query,
        "xlsx_url": reverse("suggestions:suggestions_xlsx") + query,
        "borders_url": "" if settings.MAP_TILES else reverse("finding:map_borders"),
        "tiles": settings.MAP_TILES,
        "attribution": settings.MAP_ATTRIBUTION,
    }
    return render(request, "suggestions/public_suggestions.html", context)


@login_not_required
@require_safe
@pace.gentle
@cache_control(public=True, max_age=300)
def suggestion_points(request: HttpRequest) -> HttpResponse:
    """Points of the list for the map, narrowed as the list is."""
    rows = reading.narrowed(Suggestion.objects.public(), reading.asked(request.GET))
    answer = JsonResponse(reading.points(rows), json_dumps_params={"ensure_ascii": False})
    answer["Content-Type"] = "application/geo+json"
    return answer


@login_not_required
@require_safe
@pace.gentle
def suggestions_xlsx(request: HttpRequest) -> HttpResponse:
    file = reading.xlsx(reading.listed(reading.asked(request.GET)), settings.SITE_URL)
    named = {"Content-Disposition": 'attachment; filename="podnety.xlsx"'}
    return HttpResponse(file.read(), content_type=XLSX, headers=named)


@login_not_required
@require_safe
@cache_control(public=True, max_age=300)
def suggestions_feed(_: HttpRequest) -> HttpResponse:
    answer: HttpResponse = reading.feed(Suggestion.objects.public(), settings.SITE_URL)
    return answer


@login_not_required
@require_safe
def public_suggestion(request: HttpRequest, number: int) -> HttpResponse:
    """One that is on the web. Of one that was joined to another, the other."""
    found = get_object_or_404(reading.whole(), number=number)
    if found.joined_to is not None and found.shown_at is not None and found.joined_to.is_public:
        return redirect("suggestions:public_suggestion", found.joined_to.number)
    if not found.is_public:
        raise Http404
    return render(request, "suggestions/public_suggestion.html", {"told": reading.told(found), "one": found})


@login_not_required
@require_safe
def complaint(request: HttpRequest) -> HttpResponse:
    """Where a complaint about a provider belongs. The text is a page that editors can change."""
    page = Page.objects.public().filter(key=COMPLAINT).first()
    shipped = next(one for one in shipped_pages() if one["key"] == COMPLAINT) if page is None else {}
    title, text = (page.title, page.text) if page else (shipped["title"], shipped["text"])
    return render(request, "suggestions/complaint.html", {"title": title, "look": drawn(text)})


# --- sending -------------------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def suggest(request: HttpRequest) -> HttpResponse:
    """The form. Whatever is wrong with it, it comes back with all that was typed."""
    if request.method != "POST":
        typed = {"title": request.GET.get("q", "")[:150], "place": request.GET.get("kde", "")[:120]}
        return _form(request, SuggestForm(initial=typed))
    token = request.POST.get("question_token", "")
    if key := cache.get(_once(token)):
        return _thanks(key)
    form = SuggestForm(request.POST)
    if not form.is_valid():
        return _form(request, form, status=422)
    if form.from_machine:
        return _thanks()
    if not pace.within(request, "suggestion", SENT_AN_HOUR, pace.HOUR):
        form.ask_again()
        return _form(request, form, status=429)
    suggestion = actions.receive(**form.wanted())
    cache.set(_once(token), suggestion.key, ONCE_SECONDS)
    return _thanks(suggestion.key)


def _once(token: str) -> str:
    return f"suggested:{hashlib.sha256(token.encode()).hexdigest()[:32]}"


def _thanks(key: str = "") -> HttpResponse:
    return redirect(reverse("suggestions:suggested") + (f"?k={key}" if key else ""))


def _form(request: HttpRequest, form: SuggestForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "slow": status == 429,
        "anyway": ANYWAY,
        "borders_url": "" if settings.MAP_TILES else reverse("finding:map_borders"),
        "tiles": settings.MAP_TILES,
        "attribution": settings.MAP_ATTRIBUTION,
    }
    return render(request, "suggestions/suggest.html", context, status=status)


@login_not_required
@never_cache
@require_safe
def suggested(request: HttpRequest) -> HttpResponse:
    """Thanks, with the address by which the author follows it. Without a key plain thanks."""
    key = request.GET.get("k", "")[:30]
    one = Suggestion.objects.filter(key=key).first() if key else None
    return render(request, "suggestions/suggested.html", {"one": one, "site": settings.SITE_URL})


# --- the author ----------------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_suggestion(request: HttpRequest, key: str) -> HttpResponse:
    """What became of it, for whoever has its address; there the author takes back the name and the e-mail."""
    one = get_object_or_404(reading.whole(), key=key)
    if request.method == "POST":
        if "zapomenout" in request.POST:
            actions.forget_author(suggestion=one)
            messages.success(request, "Hotovo. Vaše jméno ani e-mail už u podnětu nemáme.")
        elif "znovu" in request.POST and pace.within(request, "suggestion-letter", ASKED_AN_HOUR, pace.HOUR):
            actions.ask_to_confirm(suggestion=one)
            messages.info(request, "Jestli to dnes ještě šlo, odkaz na potvrzení je na cestě. Podívejte se do pošty.")
        return redirect("suggestions:own_suggestion", key)
    context: dict[str, Any] = {"told": reading.told(one), "one": one}
    return _private(render(request, "suggestions/own_suggestion.html", context))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def email_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link in a letter: one button, so that no scanner of links confirms for its owner."""
    read = actions.read_token(token)
    if read is None:
        raise Http404
    one, may_confirm = read
    if request.method == "POST":
        if may_confirm:
            actions.confirm_email(suggestion=one)
        return redirect("suggestions:email_confirm", token)
    return _private(render(request, "suggestions/email_confirm.html", {"one": one, "may_confirm": may_confirm}))


def _private(answer: HttpResponse) -> HttpResponse:
    """The address is the key to it, so no search engine may have it (other sites are told none of our addresses)."""
    answer["X-Robots-Tag"] = "noindex"
    return answer
