"""Checking in by oneself: behind the QR code of the meeting, or behind the link of one's own invitation.

The pages name no member to anybody but the member: whoever types a name is answered with that name alone.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.groups.models import Membership
from portal.meetings.models import Meeting
from portal.web.pace import HOUR, within

from . import actions
from . import check_in as addresses
from .forms import CheckInForm
from .models import Presence
from .presence import day_of, members_of
from .presence_views import told

# A whole hall may come through the one address of its wireless network.
TRIES_AN_HOUR = 120
CHECKED = "zapsano"


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request: HttpRequest, token: str) -> HttpResponse:
    """Behind the QR code. Whoever is signed in and is a member need not type anything."""
    meeting = addresses.read(token)
    if meeting is None:
        raise Http404
    return _page(request, meeting, _signed_in(request, meeting))


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_in_invited(request: HttpRequest, token: str) -> HttpResponse:
    """Behind the link of one's own invitation: a button is enough."""
    found = addresses.read_invitation(token)
    if found is None:
        raise Http404
    return _page(request, *found)


def _signed_in(request: HttpRequest, meeting: Meeting) -> Membership | None:
    if not request.user.is_authenticated:
        return None
    members = members_of(meeting.group, day_of(meeting))
    return next((one for one in members if one.person_id == request.user.pk), None)


def _page(request: HttpRequest, meeting: Meeting, member: Membership | None) -> HttpResponse:
    if not addresses.is_open(meeting):
        return render(request, "sitting/check_in_over.html", {"meeting": meeting}, status=410)
    form = CheckInForm(meeting, request.POST if request.method == "POST" else None, known=member is not None)
    status = 200
    if form.is_bound:
        status = 422
        if not within(request, "check-in", TRIES_AN_HOUR, HOUR):
            form.add_error(None, "Zapisuje se moc lidí najednou. Řekněte si prosím zapisovateli.")
            status = 429
        elif form.is_valid():
            try:
                actions.check_in(meeting=meeting, member=member, **form.cleaned_data)
            except ValidationError as refusal:
                form.add_error(None, told(refusal))
            else:
                return redirect(f"{request.path}?{CHECKED}")
    context = {
        "meeting": meeting,
        "member": member,
        "form": form,
        "checked": CHECKED in request.GET or (member is not None and _is_here(meeting, member)),
    }
    return render(request, "sitting/check_in.html", context, status=status)


def _is_here(meeting: Meeting, member: Membership) -> bool:
    return Presence.objects.filter(meeting=meeting, membership=member, state__in=Presence.HERE).exists()
