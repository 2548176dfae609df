"""Writing minutes, by several people at once and on a bad connection: each section saves itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from portal.meetings.models import Meeting
from portal.sitting import presence, voting
from portal.web.doors import READ

from . import actions, rules
from .desk_views import deed, existing, of_meeting, writers_form
from .forms import HeadForm, SectionForm
from .models import Minutes, Section


@writers_form
def write(request: HttpRequest, meeting: Meeting, minutes: Minutes | None) -> HttpResponse:
    """All sections to write into; each saves itself. The POST is of who takes the minutes and who verifies them."""
    one = existing(minutes)
    if not one.is_open:
        return redirect("minutes:minutes", meeting.pk)
    form, status = _head_form(one, request), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            actions.head_save(minutes=one, actor=request.user, **form.cleaned_data)
            messages.success(request, "Uloženo.")
            return redirect("minutes:write", meeting.pk)
    return _writing(request, meeting, one, form=form, status=status)


def _head_form(one: Minutes, request: HttpRequest | None = None) -> HeadForm:
    initial = {"number": one.number, "taken_by": one.taken_by, "verifier": one.verifier}
    return HeadForm(request.POST if request is not None and request.method == "POST" else None, initial=initial)


def _writing(
    request: HttpRequest,
    meeting: Meeting,
    minutes: Minutes,
    *,
    form: HeadForm | None = None,
    mine: tuple[int, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    there = presence.of(meeting)
    sections = list(minutes.sections.prefetch_related("tasks", "decisions"))
    taken = {one.text for section in sections for one in section.decisions.all()}
    context = {
        "meeting": meeting,
        "group": meeting.group,
        "minutes": minutes,
        "form": form or _head_form(minutes),
        "sections": [(one, mine[1] if mine and mine[0] == one.pk else None) for one in sections],
        "attendance": there,
        "untaken": sum(one.adopted and " ".join(one.text.split()) not in taken for one in voting.motions(meeting)),
    }
    return render(request, "minutes/write.html", context, status=status)


@deed
def section_save(request: HttpRequest, meeting: Meeting, minutes: Minutes | None, section: int) -> HttpResponse:
    """From the browser's queue (JSON), or from the button of the form."""
    one = existing(minutes)
    found = get_object_or_404(Section.objects.select_related("minutes"), minutes=one, pk=section)
    form = SectionForm(request.POST)
    saved: Section | None = None
    said: list[str] = []
    status = 200
    if form.is_valid():
        try:
            saved = actions.section_save(section=found, actor=request.user, **form.cleaned_data)
        except actions.Stale as news:
            found, status = news.stored, 409
        except ValidationError as refusal:
            said, status = refusal.messages, 422
    else:
        said, status = [str(error) for errors in form.errors.values() for error in errors], 422
    if request.headers.get("Accept", "") == "application/json":
        return JsonResponse({"refused": said} if said else _told(saved or found), status=status)
    if saved is None:
        return _not_saved(request, one, said, (found.pk, form.data), status)
    messages.success(request, f"Uloženo: {saved.title}.")
    return _back_to(meeting, saved)


def _not_saved(
    request: HttpRequest, minutes: Minutes, said: list[str], mine: tuple[int, Any], status: int
) -> HttpResponse:
    """The page with what the person typed, unless the minutes have gone out meanwhile and there is nothing to write
    into."""
    for one in said:
        messages.error(request, one)
    minutes.refresh_from_db()
    if not minutes.is_open:
        return render(request, "minutes/too_late.html", {"minutes": minutes, "mine": mine[1]}, status=status)
    return _writing(request, minutes.meeting, minutes, mine=mine, status=status)


def _back_to(meeting: Meeting, section: Section) -> HttpResponse:
    response = redirect("minutes:write", meeting.pk)
    response["Location"] += f"#bod-{section.pk}"
    return response


def _told(section: Section) -> dict[str, Any]:
    """A section as the browser keeps it, with the marks that were read from it."""
    tasks = section.tasks.exclude(state="cancelled").order_by("order", "pk")
    decisions = section.decisions.filter(withdrawn_at=None).order_by("order", "pk")
    return {
        "section": section.pk,
        "version": section.version,
        "text": section.text,
        "conclusion": section.conclusion,
        "saved": f"{timezone.localtime(section.changed_at):%-H.%M}",
        "marks": [
            *(f"Usnesení: {one.text}" for one in decisions),
            *(
                f"Úkol: {one.who + ' – ' if one.who else ''}{one.what}"
                + (f" (do {one.until:%-d. %-m. %Y})" if one.until else "")
                for one in tasks
            ),
        ],
    }


@of_meeting(rules.may_write, *READ)
def sections(_request: HttpRequest, _meeting: Meeting, minutes: Minutes | None) -> HttpResponse:
    """What stands in the sections now, for the browsers of those who write together."""
    rows = existing(minutes).sections.prefetch_related("tasks", "decisions")
    return JsonResponse({"sections": [_told(one) for one in rows]})


@deed
def section_add(request: HttpRequest, meeting: Meeting, minutes: Minutes | None) -> HttpResponse:
    try:
        made = actions.section_add(minutes=existing(minutes), title=request.POST.get("title", ""), actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("minutes:write", meeting.pk)
    return _back_to(meeting, made)


@deed
def section_remove(request: HttpRequest, meeting: Meeting, minutes: Minutes | None, section: int) -> HttpResponse:
    found = get_object_or_404(Section.objects.select_related("minutes"), minutes=existing(minutes), pk=section)
    try:
        actions.section_remove(section=found, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("minutes:write", meeting.pk)


@deed
def votes_take(request: HttpRequest, meeting: Meeting, minutes: Minutes | None) -> HttpResponse:
    try:
        written = actions.votes_take(minutes=existing(minutes), actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("minutes:minutes", meeting.pk)
    messages.success(request, f"Doplněná usnesení z hlasování: {written}.")
    return redirect("minutes:write", meeting.pk)
