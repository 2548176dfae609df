"""The page of a letter, where a member answers without signing in, and somebody's own calendar."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.groups.models import Membership
from portal.web.doors import FORM, at_desk
from portal.web.pace import HOUR, within

from . import agenda, answer_actions, calendar, calendar_actions, happenings, invitations, listing, procedures, rules
from .forms import AnswerForm, refused
from .models import Invitee, Meeting

# Invitations to substitutes that one visitor may send in an hour.
SENT = 10


def _invitee(token: str) -> Invitee:
    pk = invitations.read_token(token)
    rows = Invitee.objects.select_related("meeting__group__procedure", "membership__person")
    found = rows.filter(pk=pk).first() if pk else None
    if found is None:
        raise Http404
    return found


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Come, be excused, send a substitute. Looking changes nothing: mail programs look at links by themselves."""
    invitee = _invitee(token)
    meeting = invitee.meeting
    open_ = meeting.state == Meeting.State.CALLED and meeting.ends_at >= timezone.now()
    if request.method != "POST" and request.GET.get("format") == "ics":
        titles = happenings.agendas([meeting.pk]).get(meeting.pk, [])
        email = invitations.email_of(invitee.membership)
        response = HttpResponse(
            invitations.invitation_file(meeting, invitee, titles, email), content_type=calendar.CONTENT_TYPE
        )
        response["Content-Disposition"] = 'attachment; filename="jednani.ics"'
        return response
    bound = AnswerForm(request.POST if request.method == "POST" else None, invitee=invitee)
    status = 200
    if request.method == "POST":
        status = 422
        if bound.is_valid() and bound.said()["substitute_email"] and not within(request, "substitute", SENT, HOUR):
            bound.add_error("substitute_email", "Pozvánek odtud odešlo moc najednou. Zkuste to za chvíli.")
            status = 429
        elif bound.is_valid():
            try:
                answer_actions.answer(invitee=invitee, actor=answer_actions.BY_LINK, **bound.said())
            except ValidationError as refusal:
                refused(bound, refusal)
            else:
                messages.success(request, "Děkujeme, odpověď máme. Když se něco změní, odpovězte tady znovu.")
                return redirect("meetings:answer", token)
    terms = procedures.terms_of(meeting)
    context = {
        "invitee": invitee,
        "meeting": meeting,
        "group": meeting.group,
        "form": bound,
        "open": open_,
        "substitutes": Membership.objects.current(meeting.day).filter(substitutes=invitee.membership_id),
        "agenda": agenda.in_public(meeting),
        "excuses": terms.excuses,
        "late": timezone.localdate() > terms.excuses,
        "token": token,
    }
    return render(request, "meetings/answer.html", context, status=status if open_ or status == 422 else 410)


# --- my calendar -----------------------------------------------------------------------------------------------


@never_cache
@at_desk(rules.is_member, *FORM)
def my_calendar(request: HttpRequest) -> HttpResponse:
    """Meetings of my groups, and the secret address for a calendar program; POST makes a new address."""
    if request.method == "POST":
        calendar_actions.key_renew(person=request.user)
        messages.success(request, "Adresa kalendáře je nová. Ta stará už nikam nevede.")
        return redirect("meetings:my_calendar")
    groups = Membership.objects.current().filter(person=request.user.pk).values("group")
    rows = Meeting.objects.filter(group__in=groups)
    today = timezone.localdate()
    asked = request.GET.get("mesic", "")
    coming = list(listing.coming(rows, timezone.now())[:50])
    answers = {
        one.meeting_id: one for one in Invitee.objects.filter(meeting__in=coming, membership__person=request.user.pk)
    }
    key = calendar_actions.key_of(request.user)
    context = {
        "coming": [(one, answers.get(one.pk)) for one in coming],
        "month": listing.month(rows, listing.asked_month(asked, today), today) if asked else None,
        "weekdays": listing.WEEKDAYS,
        "this_month": f"{today:%Y-%m}",
        "feed": request.build_absolute_uri(reverse("meetings:my_feed", args=[key])) if key else "",
    }
    return render(request, "meetings/my_calendar.html", context)
