"""The desk of meetings: the list, planning, one meeting, calling and cancelling. The agenda is in agenda_views.py."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from portal.groups import rules as group_rules
from portal.groups.balance import balance_of
from portal.web.doors import FORM, READ, at_desk
from words.plural import counted

from . import actions, agenda, answer_actions, collisions, listing, procedures, rules
from .doors import deed, of_meeting, reading, running
from .forms import (
    AnswerForm,
    CallForm,
    ChangeMeeting,
    NewMeeting,
    ReasonForm,
    SeriesForm,
    moment,
    refused,
)
from .models import Invitee, Meeting

A_PAGE = 30
ORDER = list(Invitee.Answer.values)


# --- the list ----------------------------------------------------------------------------------------------------


@at_desk(group_rules.may_come_to_groups, *READ)
def meetings(request: HttpRequest) -> HttpResponse:
    """Meetings of the groups that the person reads, coming or past."""
    groups = group_rules.readable_groups(request.user)
    asked = request.GET.get("skupina", "")
    group = groups.filter(pk=asked).first() if asked.isdigit() else None
    rows = rules.readable_meetings(request.user)
    rows = rows.filter(group=group) if group else rows
    now, was = timezone.now(), request.GET.get("kdy") == "probehla"
    listed = listing.past(rows, now) if was else listing.coming(rows, now).select_related("group__procedure")
    page = Paginator(listed, A_PAGE).get_page(request.GET.get("strana"))
    context = {
        "page": page,
        "rows": [(one, procedures.warnings(one, now)) for one in page],
        "groups": groups,
        "group": group,
        "was": was,
        "may_add": rules.led_groups(request.user).exists(),
        "has_calendar": rules.is_member(request.user),
    }
    return render(request, "meetings/meetings.html", context)


# --- planning ----------------------------------------------------------------------------------------------------


@at_desk(group_rules.may_come_to_groups, *FORM)
def meeting_add(request: HttpRequest) -> HttpResponse:
    groups = rules.led_groups(request.user)
    if not groups.exists():
        raise PermissionDenied
    initial = {"group": request.GET.get("skupina", "")} if request.GET.get("skupina") else {}
    bound = NewMeeting(groups, request.POST if request.method == "POST" else None, initial=initial)
    clashes: list[collisions.Collision] = []
    if request.method == "POST" and bound.is_valid():
        group, wanted = bound.cleaned_data["group"], bound.wanted()
        clashes = collisions.collisions(group, [(wanted["starts_at"], wanted["ends_at"])], wanted["place"])[0]
        # Collisions are shown once; whoever saves again has seen them.
        if not clashes or request.POST.get("seen_clashes"):
            try:
                shown = bound.cleaned_data["shown"]
                made = actions.meeting_add(group=group, actor=request.user, shown=shown, **wanted)
            except ValidationError as refusal:
                refused(bound, refusal)
            else:
                messages.success(request, "Jednání je naplánované. Doplňte program a svolejte ho.")
                return redirect("meetings:meeting", made.pk)
    context = {"form": bound, "clashes": clashes}
    return render(request, "meetings/meeting_add.html", context, status=422 if request.method == "POST" else 200)


@at_desk(group_rules.may_come_to_groups, *FORM)
def series_add(request: HttpRequest) -> HttpResponse:
    """A year at once: what the rule gives is looked at (GET), days are taken out or moved, then saved (POST)."""
    groups = rules.led_groups(request.user)
    if not groups.exists():
        raise PermissionDenied
    asked = request.POST if request.method == "POST" else request.GET if "rule" in request.GET else None
    initial = {"group": request.GET.get("skupina", ""), "last": timezone.localdate().replace(month=12, day=31)}
    bound = SeriesForm(groups, asked, initial=initial)
    rows: list[dict[str, Any]] = []
    skipped: list[Any] = []
    problems: list[str] = []
    if asked is not None and bound.is_valid():
        planned, skipped = bound.days()
        rows = _rows(request, bound, planned)
        if request.method == "POST" and not problems:
            chosen = [row["time"] for row in rows if row["chosen"] and row["time"]]
            problems = _wrong(rows, chosen)
            if not problems:
                said = bound.cleaned_data
                try:
                    made = actions.meetings_add(
                        group=said["group"], times=chosen, actor=request.user, shown=said["shown"], **bound.common()
                    )
                except ValidationError as refusal:
                    problems = refusal.messages
                else:
                    number = counted(len(made), "jednání", "jednání", "jednání")
                    messages.success(request, f"Naplánováno: {number}.")
                    return redirect("meetings:meetings")
        if not rows:
            problems = ["V tomhle období žádný takový den není. Změňte dny nebo pravidlo."]
    wrong = asked is not None and (bool(problems) or not bound.is_valid())
    carried = [(name, value) for name in bound.fields if asked is not None and (value := asked.get(name))]
    context = {"form": bound, "rows": rows, "skipped": skipped, "problems": problems, "carried": carried}
    return render(request, "meetings/series_add.html", context, status=422 if wrong else 200)


def _rows(request: HttpRequest, bound: SeriesForm, planned: list[Any]) -> list[dict[str, Any]]:
    """A line for each day: whether it is wanted, on which day in the end, and what stands in its way."""
    said, posted = bound.cleaned_data, request.method == "POST"
    rows: list[dict[str, Any]] = []
    for at, one in enumerate(planned):
        typed = request.POST.get(f"den-{at}", "") if posted else one.day.isoformat()
        try:
            day = datetime.strptime(typed, "%Y-%m-%d").date()
            time = (moment(day, said["begins"]), moment(day, said["ends"]))
        except ValueError:
            time = None
        chosen = f"chci-{at}" in request.POST if posted else True
        rows.append({"at": at, "planned": one, "typed": typed, "time": time, "chosen": chosen, "clashes": []})
    known = [row for row in rows if row["time"]]
    found = collisions.collisions(said["group"], [row["time"] for row in known], said["place"])
    for row, clashes in zip(known, found, strict=True):
        row["clashes"] = clashes
    return rows


def _wrong(rows: list[dict[str, Any]], chosen: list[Any]) -> list[str]:
    problems = [
        f"Řádek {row['at'] + 1}: napište den jako 31. 12. 2028." for row in rows if row["chosen"] and not row["time"]
    ]
    if not problems and not chosen:
        problems.append("Vyberte aspoň jeden den.")
    if len(set(chosen)) != len(chosen):
        problems.append("Dvě jednání jsou na stejný den. Jedno z nich přesuňte nebo odškrtněte.")
    return problems


@running
def meeting_change(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    bound = ChangeMeeting(request.POST if request.method == "POST" else None, meeting=meeting)
    seen = request.POST.get("seen", "")
    status = 422 if request.method == "POST" else 200
    news: Meeting | None = None
    clashes: list[collisions.Collision] = []
    if request.method == "POST" and bound.is_valid():
        wanted = bound.wanted()
        stretch = (wanted["starts_at"], wanted["ends_at"])
        moved = stretch != (meeting.starts_at, meeting.ends_at) or wanted["place"] != meeting.place
        if moved:
            clashes = collisions.collisions(meeting.group, [stretch], wanted["place"], besides=meeting)[0]
        if not clashes or request.POST.get("seen_clashes"):
            try:
                changed = actions.meeting_change(
                    meeting=meeting,
                    seen=int(seen) if seen.isdigit() else 0,
                    actor=request.user,
                    urgent_reason=bound.cleaned_data["urgent_reason"],
                    **wanted,
                )
            except actions.Stale as stale:
                news, status = stale.stored, 409
            except ValidationError as refusal:
                refused(bound, refusal)
            else:
                told = "Uloženo. Pozvaným jsme změnu napsali." if changed.sequence != meeting.sequence else "Uloženo."
                messages.success(request, told)
                return redirect("meetings:meeting", meeting.pk)
    context = {
        **head(request, meeting),
        "form": bound,
        "clashes": clashes,
        "news": news,
        "seen": news.version if news else seen or meeting.version,
    }
    return render(request, "meetings/meeting_change.html", context, status=status)


# --- one meeting -------------------------------------------------------------------------------------------------


def head(request: HttpRequest, meeting: Meeting) -> dict[str, Any]:
    """What every page of a meeting shows on top."""
    may_run = rules.may_run(request.user, meeting)
    return {
        "meeting": meeting,
        "group": meeting.group,
        "may_run": may_run,
        "is_open": meeting.state in (Meeting.State.PLANNED, Meeting.State.CALLED),
    }


@reading
def meeting(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Everything about a meeting up to its day: terms, agenda, who comes."""
    now = timezone.now()
    invitees = list(meeting.invitees.select_related("membership"))
    invitees.sort(key=lambda one: (ORDER.index(one.answer), one.membership.name))
    answers = {value: sum(one.answer == value for one in invitees) for value in Invitee.Answer.values}
    comes = [one for one in invitees if one.answer in (Invitee.Answer.COMING, Invitee.Answer.SUBSTITUTED)]
    mine = next((one for one in invitees if one.membership.person_id == request.user.pk), None)
    may_propose = rules.may_propose_item(request.user, meeting) and meeting.state in (
        Meeting.State.PLANNED,
        Meeting.State.CALLED,
        Meeting.State.RUNNING,
    )
    context = {
        **head(request, meeting),
        "terms": procedures.terms_of(meeting),
        "warnings": procedures.warnings(meeting, now),
        "agenda": agenda.at_desk(meeting, request.user),
        "invitees": invitees,
        "answers": [(Invitee.Answer(value).label, number) for value, number in answers.items() if number],
        "balance": balance_of(one.membership.side for one in comes) if comes else None,
        "mine": mine,
        "mine_form": AnswerForm(invitee=mine) if mine and meeting.state == Meeting.State.CALLED else None,
        "clashes": collisions.collisions(
            meeting.group, [(meeting.starts_at, meeting.ends_at)], meeting.place, besides=meeting
        )[0]
        if rules.may_run(request.user, meeting) and not meeting.is_over
        else [],
        "may_propose": may_propose,
        "too_late": actions.too_late(meeting) if may_propose else "",
        "decline": ReasonForm(),
    }
    return render(request, "meetings/meeting.html", context)


@running
def meeting_call(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """What will be sent and to whom (GET), then the letters (POST)."""
    bound = CallForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and bound.is_valid():
        try:
            written = actions.meeting_call(
                meeting=meeting, actor=request.user, urgent_reason=bound.cleaned_data["urgent_reason"]
            )
        except ValidationError as refusal:
            refused(bound, refusal)
        else:
            letters = counted(written, "dopis", "dopisy", "dopisů")
            messages.success(request, f"Hotovo. Odchází {letters} s pozvánkou do kalendáře.")
            return redirect("meetings:meeting", meeting.pk)
    context = {
        **head(request, meeting),
        "form": bound,
        "warnings": [one for one in procedures.warnings(meeting, timezone.now()) if one.missed],
        "agenda": agenda.at_desk(meeting, request.user),
        "members": actions.to_invite(meeting),
    }
    return render(request, "meetings/meeting_call.html", context, status=422 if request.method == "POST" else 200)


@running
def meeting_cancel(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    bound = ReasonForm(request.POST if request.method == "POST" else None)
    bound.fields["reason"].label = "Proč se jednání nekoná"
    if request.method == "POST" and bound.is_valid():
        try:
            actions.meeting_cancel(meeting=meeting, reason=bound.cleaned_data["reason"], actor=request.user)
        except ValidationError as refusal:
            refused(bound, refusal)
        else:
            messages.success(request, "Jednání je zrušené. Pozvaným jsme to napsali a zmizí jim z kalendáře.")
            return redirect("meetings:meeting", meeting.pk)
    context = {
        **head(request, meeting),
        "form": bound,
        "invited": meeting.invitees.filter(sent_at__isnull=False).count(),
    }
    return render(request, "meetings/meeting_cancel.html", context, status=422 if request.method == "POST" else 200)


@deed
def meeting_show(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    shown = request.POST.get("shown") == "1"
    try:
        actions.meeting_show(meeting=meeting, shown=shown, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, "Oznámení je na webu." if shown else "Oznámení na webu není.")
    return redirect("meetings:meeting", meeting.pk)


@of_meeting(rules.may_read_inside, "POST")
def answer_at_desk(request: HttpRequest, meeting: Meeting, invitee: int) -> HttpResponse:
    """The answer of a member signed in, or written down by whoever runs the meeting."""
    found = get_object_or_404(
        Invitee.objects.select_related("meeting__group", "membership"), pk=invitee, meeting=meeting
    )
    if not answer_actions.may_answer(request.user, found):
        raise PermissionDenied
    bound = AnswerForm(request.POST, invitee=found)
    if not bound.is_valid():
        messages.error(request, " ".join(str(error) for errors in bound.errors.values() for error in errors))
    else:
        try:
            told = answer_actions.answer(invitee=found, actor=request.user, **bound.said())
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, f"Uloženo. {found.membership.name}: {told.get_answer_display()}.")
    return redirect(reverse("meetings:meeting", args=[meeting.pk]) + "#kdo-prijde")
