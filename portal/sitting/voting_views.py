"""The desk of votes at a meeting: put a motion, count it, put it right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from portal.groups.models import Membership
from portal.meetings.models import Meeting

from . import rules, voting, voting_actions
from .forms import CountForm, MotionForm, NamesForm, SecretForm
from .models import Motion, Presence, Sitting
from .on_meeting import deed, form_for_readers, writing
from .presence import day_of, members_of
from .presence_views import seen, told
from .voting_actions import Room

Way = Motion.Way


@form_for_readers
def motions(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Votes of the meeting, and the form to put another."""
    sitting = Sitting.objects.filter(meeting=meeting).first()
    begun = sitting is not None and sitting.started_at is not None
    form = MotionForm(meeting, request.POST if request.method == "POST" else None, initial=_asked(request))
    if form.is_bound and form.is_valid():
        try:
            put = voting_actions.motion_put(meeting=meeting, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, told(refusal))
        else:
            return redirect("sitting:motion", meeting.pk, put.pk)
    context = {
        "meeting": meeting,
        "results": voting.motions(meeting),
        "open": list(meeting.motions.open()),
        "form": form,
        "begun": begun,
        "may_record": rules.may_record(request.user, meeting) and not (sitting and sitting.is_sealed),
    }
    return render(request, "sitting/motions.html", context, status=422 if form.is_bound else 200)


def _asked(request: HttpRequest) -> dict[str, str]:
    """An item that the agenda's link asks to vote on."""
    item = request.GET.get("bod", "")
    return {"item": item} if item.isascii() and item.isdigit() else {}


def _motion(meeting: Meeting, pk: int) -> Motion:
    return get_object_or_404(Motion.objects.select_related("meeting__group", "item"), meeting=meeting, pk=pk)


@form_for_readers
def motion(request: HttpRequest, meeting: Meeting, motion: int) -> HttpResponse:
    """Count an open motion; look at one that is closed."""
    one = _motion(meeting, motion)
    if not one.is_open:
        return _closed(request, one)
    there = voting_actions.room(meeting, voting.rules_of(one))
    form = _form(request, one, _names(meeting, there))
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                voting_actions.motion_count(motion=one, seen=seen(request), actor=request.user, **_given(form))
            except ValidationError as refusal:
                form.add_error(None, told(refusal))
            except voting_actions.Moved:
                messages.warning(request, "Výsledek mezitím zapsal někdo jiný. Vaše čísla se nezapsala.")
                return redirect("sitting:motion", meeting.pk, one.pk)
            else:
                return redirect("sitting:motion", meeting.pk, one.pk)
    context = {
        "meeting": meeting,
        "motion": one,
        "quorum": there.quorum,
        "form": form,
        "may_record": rules.may_record(request.user, meeting),
    }
    return render(request, "sitting/motion.html", context, status=status)


def _names(meeting: Meeting, there: Room) -> list[tuple[int, str]]:
    """Each voice by the member of it who is here; a substitute is named after whom they stand for."""
    members = {one.pk: one for one in members_of(meeting.group, day_of(meeting))}
    rows = Presence.objects.filter(meeting=meeting, in_place_of__isnull=False).select_related("membership")
    stand_in = {one.in_place_of_id: str(one) for one in rows if one.state in Presence.CAME}
    return [_called(members, voice.there, stand_in) for voice in there.voices]


def _called(members: dict[int, Membership], there: Iterable[int], stand_in: dict[int | None, str]) -> tuple[int, str]:
    first = next(iter(there))
    one = members[first]
    name = f"{one.name} (zastupuje {stand_in[first]})" if first in stand_in else one.name
    return first, f"{name}, {one.organisation}" if one.organisation else name


def _form(request: HttpRequest, one: Motion, voting_now: list[tuple[int, str]]) -> Any:
    sent = [request.POST] if request.method == "POST" else []
    if one.way == Way.NAMES:
        return NamesForm(*sent, voting=voting_now)
    return SecretForm(*sent, voting=voting_now) if one.way == Way.SECRET else CountForm(*sent)


def _given(form: Any) -> dict[str, Any]:
    if isinstance(form, NamesForm):
        return {"choices": form.choices()}
    return {"counts": form.counts()} | ({"handed": form.handed_in()} if isinstance(form, SecretForm) else {})


def _closed(request: HttpRequest, one: Motion) -> HttpResponse:
    if one.meeting is None or request.method == "POST":
        messages.warning(request, "Hlasování mezitím uzavřel někdo jiný. Vaše čísla se nezapsala.")
        return redirect("sitting:motion", one.meeting_id, one.pk)
    sealed = Sitting.objects.filter(meeting=one.meeting, sealed_at__isnull=False).exists()
    context = {
        "meeting": one.meeting,
        "motion": one,
        "result": voting.result_of(one),
        "may_correct": one.is_closed and not sealed and rules.may_record(request.user, one.meeting),
    }
    return render(request, "sitting/motion_closed.html", context)


@writing
def motion_correct(request: HttpRequest, meeting: Meeting, motion: int) -> HttpResponse:
    """Put the result right, with the reason."""
    one = _motion(meeting, motion)
    if not one.is_closed:
        raise Http404
    form, status = _correcting(request, one), 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            given = {"choices": form.choices()} if isinstance(form, NamesForm) else {"counts": form.counts()}
            try:
                voting_actions.motion_correct(
                    motion=one, reason=form.cleaned_data["reason"], seen=seen(request), actor=request.user, **given
                )
            except ValidationError as refusal:
                form.add_error(None, told(refusal))
            except voting_actions.Moved:
                one, status = _motion(meeting, motion), 409
            else:
                messages.success(request, "Výsledek je opravený.")
                return redirect("sitting:motion", meeting.pk, one.pk)
    context = {"meeting": meeting, "motion": one, "form": form, "stale": status == 409}
    return render(request, "sitting/motion_correct.html", context, status=status)


def _correcting(request: HttpRequest, one: Motion) -> Any:
    sent = [request.POST] if request.method == "POST" else []
    if one.way != Way.NAMES:
        counts = ("votes_for", "votes_against", "votes_abstained")
        return CountForm(*sent, correcting=True, initial={name: getattr(one, name) for name in counts})
    rows = list(one.ballots.select_related("membership").order_by("membership__name"))
    names = [(row.membership_id, row.membership.name) for row in rows]
    return NamesForm(*sent, voting=names, said={row.membership_id: row.choice for row in rows}, correcting=True)


@deed
def motion_drop(request: HttpRequest, meeting: Meeting, motion: int) -> HttpResponse:
    try:
        voting_actions.motion_drop(motion=_motion(meeting, motion), seen=seen(request), actor=request.user)
    except ValidationError as refusal:
        messages.error(request, told(refusal))
    except voting_actions.Moved:
        messages.warning(request, "Hlasování mezitím uzavřel někdo jiný.")
    else:
        messages.success(request, "Návrh je stažený, nehlasovalo se o něm.")
    return redirect("sitting:motions", meeting.pk)
