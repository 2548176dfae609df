"""What the public reads of meetings: the calendar, one meeting, feeds. A meeting that is not public is not there."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from portal.groups.models import Group

from . import agenda, calendar, feeds, linked, listing
from .discretion import Discretion, titled
from .models import Meeting, MeetingQuerySet

A_PAGE = 20
# Seconds for which others may keep a feed.
KEPT = 15 * 60


def _asked(request: HttpRequest) -> tuple[Group | None, MeetingQuerySet]:
    """The group that the visitor chose, and public meetings of it or of all."""
    slug = request.GET.get("skupina", "")
    rows = Meeting.objects.public()
    group = Group.objects.public().filter(slug=slug).first() if slug else None
    return group, rows.filter(group=group) if group else rows


def _groups() -> list[Group]:
    """Groups that have anything in the calendar."""
    return list(Group.objects.public().filter(pk__in=Meeting.objects.public().values("group")))


@login_not_required
@require_safe
def public_calendar(request: HttpRequest) -> HttpResponse:
    """What is coming, or with `?kdy=probehla` what was."""
    group, rows = _asked(request)
    if request.GET.get("format") == "ics":
        return _file(feeds.public(rows, _name(group)), "jednani.ics")
    now, was = timezone.now(), request.GET.get("kdy") == "probehla"
    listed = listing.past(rows, now) if was else listing.coming(rows, now)
    page = Paginator(listed, A_PAGE).get_page(request.GET.get("strana"))
    context = {
        "group": group,
        "groups": _groups(),
        "was": was,
        "page": page,
        "meetings": titled(page),
        "feed": settings.SITE_URL + _feed_path(group),
    }
    return render(request, "meetings/public_calendar.html", context)


@login_not_required
@require_safe
def public_month(request: HttpRequest) -> HttpResponse:
    group, rows = _asked(request)
    today = timezone.localdate()
    shown = listing.month(rows, listing.asked_month(request.GET.get("mesic", ""), today), today)
    context = {"group": group, "groups": _groups(), "month": shown, "weekdays": listing.WEEKDAYS}
    return render(request, "meetings/public_month.html", context)


@login_not_required
@require_safe
def public_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = get_object_or_404(Meeting.objects.public().select_related("group"), pk=pk)
    discretion = Discretion([meeting.group_id])
    title = discretion.said(str(meeting), meeting.group_id)
    if request.GET.get("format") == "ics":
        return _file(feeds.public(Meeting.objects.filter(pk=pk), title), f"jednani-{meeting.pk}.ics")
    read = agenda.in_public(meeting, discretion)
    context: dict[str, Any] = {
        "meeting": meeting,
        "group": meeting.group,
        "title": title,
        "how": discretion.said(meeting.place_note, meeting.group_id),
        "reason": discretion.said(meeting.cancelled_reason, meeting.group_id),
        "agenda": read,
        "shows_link": bool(meeting.online_url) and meeting.group.open_to_public and not meeting.is_over,
        "linked": linked.event(meeting, title, read, settings.SITE_URL),
    }
    return render(request, "meetings/public_meeting.html", context)


# --- of one group ----------------------------------------------------------------------------------------------


def _group(slug: str) -> Group:
    return get_object_or_404(Group.objects.public(), slug=slug)


@login_not_required
@require_safe
def public_group(request: HttpRequest, slug: str) -> HttpResponse:
    """The tab of a group."""
    group = _group(slug)
    rows, now = Meeting.objects.public().filter(group=group), timezone.now()
    page = Paginator(listing.past(rows, now), A_PAGE).get_page(request.GET.get("strana"))
    context = {
        "group": group,
        "coming": titled(listing.coming(rows, now)[: feeds.SOON]),
        "page": page,
        "past": titled(page),
        "feed": settings.SITE_URL + _feed_path(group),
    }
    return render(request, "meetings/public_group.html", context)


# --- feeds -----------------------------------------------------------------------------------------------------


def _name(group: Group | None) -> str:
    return f"Jednání: {group.name}" if group else f"Jednání – {settings.SITE_NAME}"


def _feed_path(group: Group | None) -> str:
    return reverse("meetings:group_feed", args=[group.slug]) if group else reverse("meetings:feed")


def _file(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=calendar.CONTENT_TYPE)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@login_not_required
@require_safe
@cache_control(public=True, max_age=KEPT)
def feed(_request: HttpRequest) -> HttpResponse:
    """Everything public."""
    return _file(feeds.public(Meeting.objects.public(), _name(None)), "jednani.ics")


@login_not_required
@require_safe
@cache_control(public=True, max_age=KEPT)
def group_feed(_request: HttpRequest, slug: str) -> HttpResponse:
    group = _group(slug)
    rows = Meeting.objects.public().filter(group=group)
    return _file(feeds.public(rows, _name(group)), f"jednani-{group.slug}.ics")


@login_not_required
@require_safe
@cache_control(public=True, max_age=KEPT)
def atom(_request: HttpRequest) -> HttpResponse:
    """What was called, changed or cancelled lately, for readers of news."""
    return HttpResponse(feeds.atom(), content_type="application/atom+xml; charset=utf-8")


@login_not_required
@require_safe
def my_feed(_request: HttpRequest, key: str) -> HttpResponse:
    """Meetings of the groups of whoever holds the secret address, and nobody else's."""
    text = feeds.of_key(key)
    if text is None:
        raise Http404
    response = _file(text, "moje-jednani.ics")
    response["Cache-Control"] = "private, max-age=900"
    return response
