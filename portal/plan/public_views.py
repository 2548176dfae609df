"""What the public reads of plans. A plan that is not public is not there."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.csp import CSP
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods, require_safe

from portal.catalogue.models import Service
from portal.groups.models import Group
from portal.web import pace

from . import outcome_actions, public, public_figure, public_linked, public_story
from . import public_towns as towns_of
from .models import Node, Plan
from .public_forms import FollowForm, asked

FOLLOWS_AN_HOUR = 10
# Minutes for which others may keep what they fetched.
KEPT = 5 * 60
# The one page that other sites may put into a frame: it runs nothing and sends nothing.
FRAMED: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "img-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": ["*"],
}


def _plan(slug: str) -> Plan:
    found = public.find(slug)
    if found is None:
        raise Http404
    return found


def _measure(slug: str, code: str) -> Node:
    found = public_story.find(slug, code)
    if found is None:
        raise Http404
    return found


@login_not_required
@require_safe
def public_plans(request: HttpRequest) -> HttpResponse:
    return render(request, "plan/public_plans.html", {"plans": public.plans()})


@login_not_required
@require_safe
def public_plan(request: HttpRequest, slug: str) -> HttpResponse:
    plan = _plan(slug)
    found = public.read(plan, asked(request.GET))
    page = Paginator(found.lines, public.A_PAGE).get_page(request.GET.get("strana"))
    context = {
        "plan": plan,
        "found": found,
        "size": public_figure.size_of(found.progress),
        "page": page,
        "sections": public.sections(page),
        "stuck": found.stuck[: public.STUCK_SHOWN] if not found.asked and page.number == 1 else [],
        "linked": public_linked.plan_linked(plan, settings.SITE_URL),
    }
    return render(request, "plan/public_plan.html", context)


@login_not_required
@require_safe
def public_towns(request: HttpRequest, slug: str) -> HttpResponse:
    """Measures of towns that fulfil this plan: a tab of a plan that others stand under."""
    plan = _plan(slug)
    towns = towns_of.read(plan)
    page = Paginator(towns.promises, towns_of.A_PAGE).get_page(request.GET.get("strana"))
    context = {"plan": plan, "towns": towns, "page": page, "points": towns_of.by_point(list(page))}
    return render(request, "plan/public_towns.html", context)


@login_not_required
@require_safe
def public_measure(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    story = public_story.read(_measure(slug, code))
    context = {
        "story": story,
        "plan": story.plan,
        "node": story.node,
        "card": story.card,
        "tiles": settings.MAP_TILES,
        "attribution": settings.MAP_ATTRIBUTION,
        "linked": public_linked.measure_linked(story, settings.SITE_URL),
    }
    return render(request, "plan/public_measure.html", context)


@login_not_required
@require_safe
@cache_control(public=True, max_age=KEPT)
def measure_places(_: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Places of the services of a measure, for its map."""
    story = public_story.read(_measure(slug, code))
    return JsonResponse(public_linked.places_geojson(story), content_type="application/geo+json")


@login_not_required
@require_safe
def service_measures(request: HttpRequest, slug: str) -> HttpResponse:
    """What plans promise about a service: a tab of its card."""
    service = Service.objects.public().select_related("kind").filter(slug=slug).first()
    if service is None:
        raise Http404
    context = {"service": service, "measures": public_story.measures_about(service)}
    return render(request, "plan/service_measures.html", context)


@login_not_required
@require_safe
def group_measures(request: HttpRequest, slug: str) -> HttpResponse:
    """Measures of the areas that a group looks after: a tab of its page."""
    group = Group.objects.public().filter(slug=slug).first()
    if group is None:
        raise Http404
    page = Paginator(public_story.measures_of_group(group), public.A_PAGE).get_page(request.GET.get("strana"))
    return render(request, "plan/group_measures.html", {"group": group, "page": page})


# --- following a measure ---------------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def measure_follow(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Ask for letters about a measure. The answer is the same whether the address follows already or not."""
    node = _measure(slug, code)
    form, status, asked_for = FollowForm(request.POST if request.method == "POST" else None), 200, False
    if form.is_bound:
        status = 422
        if form.is_valid():
            if form.from_machine:
                return render(request, "plan/measure_follow.html", {"node": node, "plan": node.plan, "asked_for": True})
            asked_for = pace.within(request, "follow", FOLLOWS_AN_HOUR, pace.HOUR)
            status = 200 if asked_for else 429
            if asked_for:
                outcome_actions.ask_to_follow(node=node, email=form.email_said)
    context = {"node": node, "plan": node.plan, "form": form, "asked_for": asked_for, "slow": status == 429}
    return render(request, "plan/measure_follow.html", context, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def measure_following(request: HttpRequest, slug: str, code: str, token: str) -> HttpResponse:
    """The page behind the link in a letter: one button that confirms, later one that stops."""
    node = _measure(slug, code)
    read = outcome_actions.read_token(node, token)
    if read is None:
        raise Http404
    email, may_confirm = read
    followed = outcome_actions.is_followed(node, email)
    if request.method == "POST":
        if "stop" in request.POST:
            outcome_actions.stop_following(node=node, email=email)
        elif may_confirm:
            outcome_actions.follow(node=node, email=email)
        return redirect("plan:measure_following", slug, code, token)
    context = {"node": node, "plan": node.plan, "email": email, "followed": followed, "may_confirm": may_confirm}
    return render(request, "plan/measure_following.html", context)


# --- for other sites and machines ------------------------------------------------------------------------------


@login_not_required
@require_safe
@cache_control(public=True, max_age=KEPT)
def figure(_: HttpRequest, slug: str) -> HttpResponse:
    plan = _plan(slug)
    drawn = public_figure.svg(plan.title, public.progress(plan))
    return HttpResponse(drawn, content_type="image/svg+xml", headers={"Access-Control-Allow-Origin": "*"})


@login_not_required
@require_safe
@xframe_options_exempt
@csp_override(FRAMED)
@cache_control(public=True, max_age=KEPT)
def public_embed(request: HttpRequest, slug: str) -> HttpResponse:
    """The figure with a link to the plan, to be put into a frame on another site."""
    plan = _plan(slug)
    progress = public.progress(plan)
    context = {"plan": plan, "progress": progress, "size": public_figure.size_of(progress)}
    return render(request, "plan/public_embed.html", context)


@login_not_required
@require_safe
@cache_control(public=True, max_age=KEPT)
def public_feed(_: HttpRequest, slug: str) -> HttpResponse:
    plan = _plan(slug)
    written = public_linked.atom(plan, public_linked.changes(plan), settings.SITE_URL)
    return HttpResponse(written, content_type="application/atom+xml; charset=utf-8")


@login_not_required
@require_safe
@cache_control(public=True, max_age=KEPT)
def public_json(_: HttpRequest, slug: str) -> HttpResponse:
    data = public_linked.plan_json(_plan(slug), settings.SITE_URL)
    open_to_all = {"Access-Control-Allow-Origin": "*"}
    return JsonResponse(data, headers=open_to_all, json_dumps_params={"ensure_ascii": False})
