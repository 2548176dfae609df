"""What visitors see of the newsletter: asking for it, confirming, stopping, issues that went out."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.web import pace

from . import actions, picking
from .forms import SubscribeForm
from .models import Issue

ASKS_AN_HOUR = 10
A_PAGE = 24


@login_not_required
@require_safe
def issues(request: HttpRequest) -> HttpResponse:
    page = Paginator(Issue.objects.public(), A_PAGE).get_page(request.GET.get("strana"))
    return render(request, "newsletter/issues.html", {"page": page})


@login_not_required
@require_safe
def public_issue(request: HttpRequest, slug: str) -> HttpResponse:
    issue = get_object_or_404(Issue.objects.public(), slug=slug)
    return render(request, "newsletter/public_issue.html", {"issue": issue, "items": picking.items_of(issue)})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """Ask for the newsletter. The answer is the same whether the address has it already or not."""
    form, status, asked_for = SubscribeForm(request.POST if request.method == "POST" else None), 200, False
    if form.is_bound:
        status = 422
        if form.is_valid():
            if form.from_machine:
                return render(request, "newsletter/subscribe.html", {"asked_for": True})
            asked_for = pace.within(request, "newsletter", ASKS_AN_HOUR, pace.HOUR)
            status = 200 if asked_for else 429
            if asked_for:
                actions.ask(wish=form.wish())
    context = {"form": form, "asked_for": asked_for, "slow": status == 429}
    return render(request, "newsletter/subscribe.html", context, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscription(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link in a letter: one button that confirms, later one that stops."""
    read = actions.read_token(token)
    if read is None:
        raise Http404
    wish, may_confirm = read
    if request.method == "POST":
        if "stop" in request.POST:
            actions.stop(email=wish.email)
        elif may_confirm:
            actions.subscribe(wish=wish)
        return redirect("newsletter:subscription", token)
    context = {"wish": wish, "subscribed": actions.is_subscribed(wish.email), "may_confirm": may_confirm}
    return render(request, "newsletter/subscription.html", context)
