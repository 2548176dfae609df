"""Minutes at the desk: the list, the text of one, the steps from a draft to the web."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.text import slugify

from paper.blocks import Block, Marked
from paper.docx import docx
from paper.html import html
from paper.pdf import pdf
from portal.groups import rules as group_rules
from portal.meetings.doors import find
from portal.meetings.models import Meeting
from portal.meetings.procedures import procedure_of
from portal.web.doors import FORM, READ, Door, View, at_desk, of_thing
from portal.web.refusals import refused

from . import actions, chain_actions, content, document, listing, rules
from .forms import ApproveForm, DeskObjectionForm, PublicForm, SettleForm, VerifyForm
from .models import Minutes, Objection
from .redaction import Redactor

A_PAGE = 30


def of_meeting(rule: Callable[[Any, Meeting], bool], *methods: str) -> Door:
    """A page of the minutes of one meeting: who may comes before how. The view gets the meeting and its minutes
    (None where nobody has begun them) in place of the number."""

    door = of_thing("pk", find, rule, *methods)

    def decorate(view: View) -> View:
        @wraps(view)
        def with_minutes(request: HttpRequest, meeting: Meeting, **kwargs: Any) -> HttpResponseBase:
            minutes = Minutes.objects.filter(meeting=meeting).first()
            if minutes is not None:
                minutes.meeting = meeting
            return view(request, meeting, minutes, **kwargs)

        return door(with_minutes)

    return decorate


reading = of_meeting(rules.may_read, *READ)
writers_form = of_meeting(rules.may_write, *FORM)
deed = of_meeting(rules.may_write, "POST")
verifiers_deed = of_meeting(rules.may_verify, "POST")
heads_form = of_meeting(rules.may_approve, *FORM)
heads_deed = of_meeting(rules.may_approve, "POST")


def existing(minutes: Minutes | None) -> Minutes:
    if minutes is None:
        raise Http404
    return minutes


# --- the list ------------------------------------------------------------------------------------------------------


@at_desk(rules.may_come, *READ)
def all_minutes(request: HttpRequest) -> HttpResponse:
    groups = group_rules.readable_groups(request.user).order_by("order", "name")
    chosen = request.GET.get("skupina", "")
    context = {
        "page": Paginator(listing.minutes(request.user, chosen), A_PAGE).get_page(request.GET.get("strana")),
        "groups": groups,
        "chosen": chosen,
        "late": listing.late(request.user),
    }
    return render(request, "minutes/all_minutes.html", context)


# --- one -----------------------------------------------------------------------------------------------------------


def shown(blocks: Any) -> str:
    """What paper.html wrote: all text in it is escaped there."""
    return mark_safe(html(blocks))  # noqa: S308


@reading
def minutes(request: HttpRequest, meeting: Meeting, minutes: Minutes | None) -> HttpResponse:
    return _page(request, meeting, minutes)


def _page(
    request: HttpRequest, meeting: Meeting, minutes: Minutes | None, *, status: int = 200, **forms: Form | None
) -> HttpResponse:
    """The text as it stands and the next step of its way, with the forms that somebody has filled wrongly."""
    context: dict[str, Any] = {
        "meeting": meeting,
        "group": meeting.group,
        "minutes": minutes,
        "may_write": rules.may_write(request.user, meeting),
        "may_verify": rules.may_verify(request.user, meeting),
        "may_approve": rules.may_approve(request.user, meeting),
        "procedure": procedure_of(meeting.group),
    }
    if minutes is not None:
        whole = content.whole(minutes)
        objections = list(minutes.objections.select_related("section"))
        settle = forms.get("settle")
        later = Meeting.objects.standing().filter(
            group_id=meeting.group_id, starts_at__gt=meeting.starts_at, starts_at__lte=timezone.now()
        )
        context |= {
            "body": shown(document.blocks(whole)),
            "step": list(Minutes.State.values).index(minutes.state) + 1,
            "objections": [
                (
                    one,
                    settle if settle is not None and settle.prefix == f"n{one.pk}" else SettleForm(prefix=f"n{one.pk}"),
                )
                for one in objections
            ],
            "unsettled": sum(not one.is_settled for one in objections),
            "may_object": chain_actions.may_object(minutes),
            "objection_form": forms.get("objection") or DeskObjectionForm(minutes),
            "verify_form": forms.get("verify") or VerifyForm(initial={"name": minutes.verifier}),
            "approve_form": forms.get("approve") or ApproveForm(later.order_by("starts_at")),
            "later": later.exists(),
            "readers": chain_actions.readers(meeting) if minutes.state == "draft" else [],
            "wrong": next((one for one in forms.values() if one is not None), None),
        }
    return render(request, "minutes/minutes.html", context, status=status)


def _did(request: HttpRequest, meeting: Meeting, act: Callable[[], str]) -> HttpResponse:
    """Do a step that needs no form: say how it went and go back to the page."""
    try:
        said = act()
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, said)
    return redirect("minutes:minutes", meeting.pk)


def _step(request: HttpRequest, minutes: Minutes, act: Callable[..., object], said: str, **forms: Form) -> HttpResponse:
    """Do a step whose form was sent, under its name on the page; a form that is wrong comes back there."""
    form = next(iter(forms.values()))
    if form.is_valid():
        try:
            act(actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            refused(form, refusal)
        else:
            messages.success(request, said)
            return redirect("minutes:minutes", minutes.meeting_id)
    return _page(request, minutes.meeting, minutes, status=422, **forms)


@deed
def begin(request: HttpRequest, meeting: Meeting, _minutes: Minutes | None) -> HttpResponse:
    try:
        actions.begin(meeting=meeting, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("minutes:minutes", meeting.pk)
    return redirect("minutes:write", meeting.pk)


@deed
def send(request: HttpRequest, meeting: Meeting, minutes: Minutes | None) -> HttpResponse:
    def act() -> str:
        letters = chain_actions.send(minutes=existing(minutes), actor=request.user)
        return f"Zápis je rozeslaný. Odeslaných dopisů: {letters}."

    return _did(request, meeting, act)


@deed
def objection_add(request: HttpRequest, _meeting: Meeting, minutes: Minutes | None) -> HttpResponse:
    one = existing(minutes)
    act = partial(chain_actions.objection_add, minutes=one)
    return _step(request, one, act, "Námitka je zapsaná.", objection=DeskObjectionForm(one, request.POST))


@deed
def objection_settle(request: HttpRequest, _meeting: Meeting, minutes: Minutes | None, objection: int) -> HttpResponse:
    one = existing(minutes)
    found = get_object_or_404(Objection, minutes=one, pk=objection)
    act = partial(chain_actions.objection_settle, objection=found)
    return _step(request, one, act, "Námitka je vypořádaná.", settle=SettleForm(request.POST, prefix=f"n{found.pk}"))


@verifiers_deed
def verify(request: HttpRequest, _meeting: Meeting, minutes: Minutes | None) -> HttpResponse:
    one = existing(minutes)
    act = partial(chain_actions.verify, minutes=one)
    return _step(request, one, act, "Zápis je ověřený.", verify=VerifyForm(request.POST))


@heads_deed
def approve(request: HttpRequest, meeting: Meeting, minutes: Minutes | None) -> HttpResponse:
    one = existing(minutes)
    meetings = Meeting.objects.standing().filter(group_id=meeting.group_id, starts_at__gt=meeting.starts_at)
    act = partial(chain_actions.approve, minutes=one)
    return _step(request, one, act, "Zápis je schválený.", approve=ApproveForm(meetings, request.POST))


@heads_deed
def publish(request: HttpRequest, meeting: Meeting, minutes: Minutes | None) -> HttpResponse:
    def act() -> str:
        chain_actions.publish(minutes=existing(minutes), actor=request.user)
        return "Zápis je zveřejněný."

    return _did(request, meeting, act)


@heads_deed
def withdraw(request: HttpRequest, meeting: Meeting, minutes: Minutes | None) -> HttpResponse:
    def act() -> str:
        chain_actions.withdraw(minutes=existing(minutes), actor=request.user)
        return "Zápis je stažený z webu. Veřejnou verzi můžete opravit a zveřejnit znovu."

    return _did(request, meeting, act)


@heads_form
def public_version(request: HttpRequest, meeting: Meeting, minutes: Minutes | None) -> HttpResponse:
    """What the public will read: what was left out marked, the texts to edit, how it will look."""
    one = existing(minutes)
    if one.state != Minutes.State.APPROVED:
        messages.info(request, "Veřejná verze se připravuje ze schváleného zápisu.")
        return redirect("minutes:minutes", meeting.pk)
    proposed = chain_actions.proposed(one)
    form = PublicForm(proposed, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            seen = request.POST.get("seen", "")
            try:
                chain_actions.prepare(
                    minutes=one,
                    edited=form.edited(),
                    seen=int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 9 else 0,
                    actor=request.user,
                )
            except ValidationError as refusal:
                form.add_error(None, refusal)
                status = 409
            else:
                messages.success(request, "Úpravy jsou uložené. Podívejte se, jak zápis vypadá, a zveřejněte ho.")
                return redirect("minutes:public_version", meeting.pk)
    by = content.redactor(meeting)
    whole = content.whole(one)
    context = {
        "meeting": meeting,
        "group": meeting.group,
        "minutes": one,
        "form": form,
        "redactions": content.leaks(whole, by),
        "leaks": content.leaks(proposed, by),
        "marked": _marked(whole, by),
        "look": shown(document.blocks(proposed)),
    }
    return render(request, "minutes/public_version.html", context, status=status)


def _marked(whole: content.Content, by: Redactor) -> list[tuple[str, str]]:
    """Sections in which something was left out: title, text with the places marked."""
    found = []
    for part in whole.parts:
        lines = [line for text in (part.text, part.conclusion) for line in text.splitlines() if by.found(line)]
        blocks: list[Block] = [Marked(tuple(by.runs(line))) for line in lines]
        if blocks:
            found.append((part.title, shown(blocks)))
    return found


def _file(minutes: Minutes, make: Any, suffix: str, kind: str) -> HttpResponse:
    """The whole text for the people of the body."""
    whole = content.whole(minutes)
    told = json.dumps(content.plain(whole), sort_keys=True, ensure_ascii=False)
    note = "Úplné znění pro členy skupiny, není určené ke zveřejnění."
    if not minutes.is_approved:
        note = f"Zápis je {minutes.get_state_display()}, ještě není schválený. {note}"
    made = document.made(make, told, settings.SITE_NAME, note, "")
    response = HttpResponse(made, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{slugify(minutes.name)}-uplny.{suffix}"'
    return response


@reading
def full_pdf(_request: HttpRequest, _meeting: Meeting, minutes: Minutes | None) -> HttpResponse:
    return _file(existing(minutes), pdf, "pdf", "application/pdf")


@reading
def full_docx(_request: HttpRequest, _meeting: Meeting, minutes: Minutes | None) -> HttpResponse:
    return _file(existing(minutes), docx, "docx", document.WORD)
