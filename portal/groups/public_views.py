"""What the public reads of groups, and the way in for whoever wants to join. A group that is not shown is not there."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.web import pace

from . import application_actions, linked, procedure_words, reading
from .forms import JoinForm
from .models import Group

JOINS_AN_HOUR = 5


def shown(slug: str) -> Group:
    """A public group with its rules of procedure and whom it reports to."""
    group = Group.objects.public().select_related("procedure", "above").filter(slug=slug).first()
    if group is None:
        raise Http404
    return group


@login_not_required
@require_safe
def public_groups(request: HttpRequest) -> HttpResponse:
    held = reading.listed(Group.objects.public())
    context = {
        "territories": reading.by_territory(one for one in held if one.group.closed_on is None),
        "closed": [one for one in held if one.group.closed_on is not None],
    }
    return render(request, "groups/public_groups.html", context)


@login_not_required
@require_safe
def public_group(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of a group; `?format=json` gives the same for machines (Popolo)."""
    group = shown(slug)
    members = list(group.memberships.current())
    if request.GET.get("format") == "json":
        return JsonResponse(linked.popolo(group, members, settings.SITE_URL), json_dumps_params={"ensure_ascii": False})
    tables, _guests = reading.seated(members)
    context = {
        "group": group,
        "tables": tables,
        "balance": reading.balance_now(members),
        "procedure": procedure_words.sentences(group.procedure),
        "target_groups": group.target_groups.all(),
        "may_apply": application_actions.may_apply(group),
        "linked": linked.organisation(group, settings.SITE_URL),
    }
    return render(request, "groups/public_group.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, slug: str) -> HttpResponse:
    group = shown(slug)
    if not application_actions.may_apply(group):
        raise Http404
    form, status, done = JoinForm(request.POST if request.method == "POST" else None), 200, False
    if form.is_bound:
        status = 422
        if form.is_valid():
            if form.from_machine:
                return render(request, "groups/join.html", {"group": group, "done": True})
            done = pace.within(request, "join", JOINS_AN_HOUR, pace.HOUR)
            status = 200 if done else 429
            if done:
                try:
                    application_actions.apply(group=group, **form.wanted())
                except ValidationError as refusal:
                    form.add_error(None, refusal)
                    status, done = 422, False
    context = {"group": group, "form": form, "done": done, "slow": status == 429}
    return render(request, "groups/join.html", context, status=status)
