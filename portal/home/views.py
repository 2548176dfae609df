"""The front page, the desk of people who look after the site, and pages that say what the site is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from portal.accounts import people
from portal.accounts.models import Person
from portal.accounts.rules import may_see_desk
from portal.catalogue.models import Provider, Service
from portal.chapters.markdown import render as drawn
from portal.consult.models import Consultation
from portal.finding import index, results
from portal.finding.models import Situation
from portal.groups.models import Group
from portal.meetings.discretion import titled
from portal.meetings.models import Meeting
from portal.pages.models import Article, Page
from portal.plan import public
from portal.suggestions.models import Suggestion

from . import datasets, today
from . import privacy as table

# Ways in on the front page; the rest of situations is one click away.
SITUATIONS = 8
CONSULTATIONS = 3
# Of what is going on, so much; the rest is one click away too.
NEXT_MEETINGS, NEWS, GROUPS = 3, 3, 8
# The key of the page that stands beside the telephone of the coordinator.
CONTACT = "kontakt"


@login_not_required
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    engine = index.current()
    context = {
        "groups": results.groups_present(engine),
        "situations": Situation.objects.shown()[:SITUATIONS],
        "services": len(engine.entries),
        "providers": engine.providers,
        "plan": public.headline(),
        "consultations": Consultation.objects.open_at(timezone.now()).order_by("closes_at")[:CONSULTATIONS],
        "meetings": next_meetings(),
        "news": Article.objects.public().select_related("category")[:NEWS],
        "bodies": Group.objects.public().working_now()[:GROUPS],
        "website": {
            "@context": "https://schema.org",
            "@type": "WebSite",
            "name": settings.SITE_NAME,
            "url": settings.SITE_URL + "/",
            "potentialAction": {
                "@type": "SearchAction",
                "target": f"{settings.SITE_URL}{reverse('finding:search')}?q={{q}}",
                "query-input": "required name=q",
            },
        },
    }
    return render(request, "home/landing.html", context)


def next_meetings() -> list[Meeting]:
    """The nearest ones that anybody may know of, with titles as anybody may read them."""
    coming = Meeting.objects.public().standing().filter(ends_at__gte=timezone.now())
    return titled(coming.select_related("group").order_by("starts_at", "pk")[:NEXT_MEETINGS])


# --- the desk ------------------------------------------------------------------------------------------------


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    if not may_see_desk(request.user):
        raise PermissionDenied
    context = {
        "roles": people.held_by(request.user) if isinstance(request.user, Person) else [],
        "tasks": today.tasks(request.user),
        "places": today.places(request.user),
    }
    return render(request, "home/desk.html", context)


# --- what the site says of itself ----------------------------------------------------------------------------


@login_not_required
@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    page = Page.objects.public().filter(key=CONTACT).first()
    context = {"one": page, "look": drawn(page.text) if page else ""}
    return render(request, "home/contact.html", context)


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "home/help.html")


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "home/privacy.html", {"map_tiles": settings.MAP_TILES, "table": table.by_whose()})


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "home/accessibility.html")


@login_not_required
@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    return render(request, "home/open_data.html", {"datasets": datasets.datasets()})


@login_not_required
@require_safe
def catalogue(_: HttpRequest) -> HttpResponse:
    response = JsonResponse(datasets.dcat(), json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = "application/ld+json; charset=utf-8"
    response["Access-Control-Allow-Origin"] = "*"
    return response


@login_not_required
@require_safe
@cache_control(max_age=86400)
def robots(request: HttpRequest) -> HttpResponse:
    return render(request, "home/robots.txt", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
@cache_control(max_age=3600)
def sitemap(request: HttpRequest) -> HttpResponse:
    """Pages for search engines: what does not change with every question."""
    static = [
        reverse(name)
        for name in (
            "home:landing",
            "finding:situations",
            "finding:crisis",
            "finding:map",
            "plan:public_plans",
            "meetings:public_calendar",
            "pages:articles",
            "pages:public_pages",
            "newsletter:issues",
            "suggestions:public_suggestions",
            "suggestions:suggest",
            "home:contact",
            "home:help",
            "home:accessibility",
            "home:privacy",
            "home:open_data",
        )
    ]
    # Thousands of addresses: their common beginning is made once.
    service, provider = results.service_prefix(), reverse("catalogue:providers")
    services = Service.objects.public().order_by("pk").values_list("slug", "changed_at")
    providers = Provider.objects.public().order_by("pk").values_list("slug", flat=True)
    context: dict[str, Any] = {
        "pages": static + [reverse("finding:situation", args=[one.slug]) for one in Situation.objects.shown()],
        "suggestions": (
            reverse("suggestions:public_suggestion", args=[number])
            for number in Suggestion.objects.public().values_list("number", flat=True)
        ),
        "services": ((f"{service}{slug}/", f"{changed:%Y-%m-%d}") for slug, changed in services),
        "providers": (f"{provider}{slug}/" for slug in providers),
        "plans": public.addresses(),
        "news": [
            reverse("pages:article", args=[slug]) for slug in Article.objects.public().values_list("slug", flat=True)
        ],
        "texts": [
            reverse("pages:public_page", args=[slug]) for slug in Page.objects.public().values_list("slug", flat=True)
        ],
    }
    return render(request, "home/sitemap.xml", context, content_type="application/xml")


# --- refusals ------------------------------------------------------------------------------------------------


@login_not_required
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Also the answer to whoever may not see a thing: a refusal looks like absence."""
    return render(request, "404.html", status=404)


@login_not_required
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return render(request, "400.html", status=400)
