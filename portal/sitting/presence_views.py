"""The desk on the day: beginning and end, who is there, the sheet and the QR code."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from portal.files import serving
from portal.groups.balance import balance_of
from portal.groups.models import Membership
from portal.meetings.models import Meeting
from portal.web.templatetags.web import qr_svg

from . import actions, check_in, presence, rules
from . import sheet as sheets
from .forms import DetailForm, GuestForm, RecogniseForm, SheetForm, SubstituteForm, TimesForm
from .models import Presence, Sitting
from .on_meeting import deed, form_for_readers, reading, writing

State = Presence.State


def seen(request: HttpRequest) -> int:
    """The version that the page showed; 0 where nothing stood there."""
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def told(refusal: ValidationError) -> str:
    return " ".join(refusal.messages)


@form_for_readers
def presence_list(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Who is there, with one tap each; a guest is added below."""
    form = GuestForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.guest_add(meeting=meeting, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, told(refusal))
        else:
            return redirect("sitting:presence_list", meeting.pk)
    return _list(request, meeting, form, status=422 if form.is_bound else 200)


def _list(
    request: HttpRequest, meeting: Meeting, form: GuestForm, *, news: Any = None, refusal: str = "", status: int = 200
) -> HttpResponse:
    attendance = presence.of(meeting)
    may_record = rules.may_record(request.user, meeting) and not attendance.sealed
    context = {
        "meeting": meeting,
        "attendance": attendance,
        "balance": balance_of(attendance.sides),
        "here": sum(one.is_here for one in (*attendance.present, *attendance.guests)),
        "unmarked": sum(not one.state and not one.substitute for one in attendance.members),
        "may_record": may_record,
        "form": form,
        "news": news,
        "refusal": refusal,
    }
    return render(request, "sitting/presence_list.html", context, status=status)


def _member(meeting: Meeting, pk: int) -> Membership:
    members = presence.members_of(meeting.group, presence.day_of(meeting))
    found = next((one for one in members if one.pk == pk), None)
    if found is None:
        raise Http404
    return found


def _state(request: HttpRequest) -> str:
    state = request.POST.get("stav", "")
    if state and state not in State.values:
        raise Http404
    return state


@deed
def member_mark(request: HttpRequest, meeting: Meeting, member: int) -> HttpResponse:
    """One tap: a member is there, late, gone, excused or missing."""
    one, state = _member(meeting, member), _state(request)
    try:
        actions.mark(meeting=meeting, membership=one, state=state, seen=seen(request), actor=request.user)
    except actions.Stale as news:
        return _list(request, meeting, GuestForm(), news=_news(one.name, news, state), status=409)
    except ValidationError as refusal:
        return _list(request, meeting, GuestForm(), refusal=told(refusal), status=422)
    return redirect(f"{request.path.rpartition('clen/')[0]}#clen-{member}")


def _row(meeting: Meeting, pk: int) -> Presence:
    return get_object_or_404(Presence.objects.select_related("meeting__group", "membership"), meeting=meeting, pk=pk)


@deed
def row_mark(request: HttpRequest, meeting: Meeting, row: int) -> HttpResponse:
    """The same for a guest or a substitute; an empty state takes the row away."""
    one, state = _row(meeting, row), _state(request)
    try:
        actions.row_mark(presence=one, state=state, seen=seen(request), actor=request.user)
    except actions.Stale as news:
        return _list(request, meeting, GuestForm(), news=_news(str(one), news, state), status=409)
    except ValidationError as refusal:
        return _list(request, meeting, GuestForm(), refusal=told(refusal), status=422)
    return redirect("sitting:presence_list", meeting.pk)


def _news(name: str, news: actions.Stale, wanted: str) -> dict[str, str]:
    """What stands now against what was tapped."""
    stands = news.stored.get_state_display() if news.stored else "nezapsáno"
    by = news.stored.recorded_by if news.stored else None
    return {
        "name": name,
        "stands": stands,
        "by": str(by) if by else ("zapsáno telefonem" if news.stored and news.stored.self_checked else ""),
        "wanted": State(wanted).label if wanted else "nezapsáno",
    }


@writing
def member_detail(request: HttpRequest, meeting: Meeting, member: int) -> HttpResponse:
    """A member's times and excuse, and a substitute for them."""
    one = _member(meeting, member)
    row = Presence.objects.select_related("meeting").filter(meeting=meeting, membership=one).first()
    named = Membership.objects.filter(substitutes=one).current(presence.day_of(meeting))
    post = request.POST if request.method == "POST" else None
    form = SubstituteForm(post if post is not None and "nahradnik" in post else None, named=named)
    if form.is_bound and form.is_valid():
        try:
            actions.substitute_add(meeting=meeting, member=one, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, told(refusal))
        else:
            return redirect("sitting:presence_list", meeting.pk)
    detail, status = _detail(request, row)
    if status == 302:
        return redirect("sitting:presence_list", meeting.pk)
    context = {
        "meeting": meeting,
        "member": one,
        "row": row,
        "form": form,
        "detail": detail,
        "stale": status == 409,
        "may_substitute": one.substitutes_id is None and (row is None or not row.is_here),
    }
    return render(request, "sitting/member_detail.html", context, status=422 if form.is_bound else status)


def _detail(request: HttpRequest, row: Presence | None) -> tuple[DetailForm | None, int]:
    """The form of times and the status of the page with it; 302 once it is saved."""
    if row is None:
        return None, 200
    sent = request.method == "POST" and "podrobnosti" in request.POST
    form = DetailForm(row, request.POST if sent else None)
    if not sent or not form.is_valid():
        return form, 422 if sent else 200
    try:
        actions.details_set(presence=row, seen=seen(request), actor=request.user, **form.cleaned_data)
    except actions.Stale:
        return form, 409
    except ValidationError as refusal:
        _add(form, refusal)
        return form, 422
    return form, 302


def _add(form: Any, refusal: ValidationError) -> None:
    """At the field that the refusal names, else above the form."""
    said: dict[str, Any] = getattr(refusal, "error_dict", {})
    for name, errors in said.items():
        form.add_error(name if name in form.fields else None, errors)
    if not said:
        form.add_error(None, refusal)


@writing
def row_detail(request: HttpRequest, meeting: Meeting, row: int) -> HttpResponse:
    """A guest's or a substitute's times; a guest may prove to be a member."""
    one = _row(meeting, row)
    members = Membership.objects.current(presence.day_of(meeting)).filter(group=meeting.group)
    post = request.POST if request.method == "POST" else None
    form = RecogniseForm(post if post is not None and "clen" in post else None, members=members.order_by("name"))
    if form.is_bound and form.is_valid():
        try:
            actions.recognise(presence=one, membership=form.cleaned_data["member"], actor=request.user)
        except ValidationError as refusal:
            form.add_error(None, told(refusal))
        else:
            return redirect("sitting:presence_list", meeting.pk)
    detail, status = _detail(request, one)
    if status == 302:
        return redirect("sitting:presence_list", meeting.pk)
    context = {"meeting": meeting, "row": one, "form": form, "detail": detail, "stale": status == 409}
    return render(request, "sitting/row_detail.html", context, status=422 if form.is_bound else status)


# --- beginning, end, times ---------------------------------------------------------------------------------------


@deed
def start(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    return _moved(request, meeting, actions.start, "Jednání začalo.")


@deed
def end(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    return _moved(request, meeting, actions.end, "Jednání skončilo. Účast a hlasování jde opravit do schválení zápisu.")


def _moved(request: HttpRequest, meeting: Meeting, act: Any, words: str) -> HttpResponse:
    try:
        act(meeting=meeting, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, told(refusal))
    else:
        messages.success(request, words)
    return redirect("sitting:presence_list", meeting.pk)


@writing
def times(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """When it really began and ended."""
    sitting = get_object_or_404(Sitting, meeting=meeting, started_at__isnull=False)
    if sitting.started_at is None:
        raise Http404
    form = TimesForm(sitting.started_at, sitting.ended_at, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.times_set(meeting=meeting, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            _add(form, refusal)
        else:
            messages.success(request, "Uloženo.")
            return redirect("sitting:presence_list", meeting.pk)
    context = {"meeting": meeting, "form": form}
    return render(request, "sitting/times.html", context, status=422 if form.is_bound else 200)


# --- the QR code and the sheet -----------------------------------------------------------------------------------


@reading
def qr(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """The code to show on the wall or to print."""
    address = check_in.address(meeting)
    context = {"meeting": meeting, "address": address, "code": qr_svg(address), "open": check_in.is_open(meeting)}
    return render(request, "sitting/qr.html", context)


@reading
def sheet(_request: HttpRequest, meeting: Meeting) -> HttpResponse:
    response = HttpResponse(sheets.sheet_pdf(meeting), content_type="application/pdf")
    name = f"prezencni-listina-{presence.day_of(meeting):%Y-%m-%d}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@form_for_readers
def signed(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """The scan of the signed sheet: handed in, and looked at."""
    stored = Sitting.objects.filter(meeting=meeting).select_related("sheet").first()
    form = SheetForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_bound and form.is_valid():
        try:
            actions.sheet_keep(meeting=meeting, upload=form.cleaned_data["sheet"], actor=request.user)
        except ValidationError as refusal:
            form.add_error("sheet", told(refusal))
        else:
            messages.success(request, "Listina je uložená.")
            return redirect("sitting:signed", meeting.pk)
    context = {
        "meeting": meeting,
        "sheet": stored.sheet if stored else None,
        "form": form,
        "may_record": rules.may_record(request.user, meeting) and not (stored and stored.is_sealed),
    }
    return render(request, "sitting/signed.html", context, status=422 if form.is_bound else 200)


@reading
def signed_file(_request: HttpRequest, meeting: Meeting) -> HttpResponseBase:
    stored = get_object_or_404(Sitting.objects.select_related("sheet"), meeting=meeting, sheet__isnull=False)
    if stored.sheet is None:
        raise Http404
    return serving.answer(stored.sheet)
