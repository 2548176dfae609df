"""The outbox at the desk, and the page where a reader is rid of letters."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from portal.web.doors import at_desk

from . import actions, rules
from .forms import LettersFilter
from .masking import masked
from .models import Letter, Unsubscription
from .topics import called, letter_called

A_PAGE = 50
# The HTML of a letter runs nothing and fetches nothing; its styles stand at its elements.
LETTER_CSP: dict[str, list[str]] = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "sandbox": [""],
}

reading = at_desk(rules.may_read_letters, "GET", "HEAD")
deed = at_desk(rules.may_handle_letters, "POST")


# --- the outbox ----------------------------------------------------------------------------------------------


@reading
def letters(request: HttpRequest) -> HttpResponse:
    seen = rules.seen_letters(request.user)
    form = LettersFilter(request.GET, templates=seen.templates())
    asked = form.asked()
    page = Paginator(seen.asked(**asked), A_PAGE).get_page(request.GET.get("strana"))
    context = {
        "form": form,
        "page": page,
        "asked": any(asked.values()),
        "no_server": settings.MAIL_SERVER is None,
        "undelivered": seen.undelivered().count(),
        "warned": Letter.objects.to_bad_addresses(timezone.now()).filter(pk__in=[one.pk for one in page]),
    }
    return render(request, "mail/letters.html", context)


@never_cache
@reading
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(rules.seen_letters(request.user), pk=pk)
    context = {
        "letter": one,
        "kind": letter_called(one.template),
        "text": shown(one.text),
        "hidden": not settings.SHOW_LETTER_LINKS,
        "no_server": settings.MAIL_SERVER is None,
        "bad_address": Letter.objects.bad_address(one.to, timezone.now()),
        "may_handle": rules.may_handle_letters(request.user),
    }
    return render(request, "mail/letter.html", context)


@csp_override(LETTER_CSP)
@never_cache
@reading
def letter_html(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(shown(get_object_or_404(rules.seen_letters(request.user), pk=pk).html))


def shown(body: str) -> str:
    """A body as the desk may see it: links that open doors belong to the reader alone."""
    return body if settings.SHOW_LETTER_LINKS else masked(body)


@deed
def letter_again(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(rules.seen_letters(request.user), pk=pk)
    try:
        actions.send_again(letter=one, actor=request.user)
        messages.success(request, "Dopis je zase ve frontě. Odejde během chvilky.")
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("mail:letter", pk)


@deed
def letter_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    one = get_object_or_404(rules.seen_letters(request.user), pk=pk)
    try:
        actions.cancel(letter=one, actor=request.user)
        messages.success(request, "Dopis se nepošle.")
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("mail:letter", pk)


# --- unsubscribing -------------------------------------------------------------------------------------------


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """One button. A mail program may press it by itself (RFC 8058): its POST carries no cookie and no CSRF token,
    and it can do nothing but this, because only whoever holds the letter knows the address."""
    read = actions.read_token(token)
    if read is None:
        raise Http404
    email, topic = read
    if request.method == "POST":
        if request.POST.get("List-Unsubscribe") == "One-Click":
            actions.unsubscribe(email=email, topic=topic)
            return HttpResponse("Odhlášeno.\n", content_type="text/plain; charset=utf-8")
        refusal = _csrf_refusal(request)
        if refusal is not None:
            return refusal
        if "again" in request.POST:
            actions.subscribe_again(email=email, topic=topic)
        else:
            actions.unsubscribe(email=email, topic=topic)
        return redirect("mail:unsubscribe", token)
    context = {
        "email": email,
        "letters": called(topic),
        "unsubscribed": Unsubscription.objects.covers(email, topic),
    }
    return render(request, "mail/unsubscribe.html", context)


def _csrf_refusal(request: HttpRequest) -> HttpResponse | None:
    """The check that `csrf_exempt` put off, for everything but the one-click POST."""
    request.csrf_processing_done = False  # type: ignore[attr-defined]
    check = CsrfViewMiddleware(lambda _: HttpResponse())
    check.process_request(request)
    answer = check.process_view(request, _pressed, (), {})
    return answer if isinstance(answer, HttpResponse) else None


def _pressed(_: HttpRequest) -> HttpResponse:
    """Stands for the view before the CSRF check: it is not exempt."""
    return HttpResponse()
