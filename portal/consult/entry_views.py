"""Typing in comments that did not come by the web, one after another without a mouse."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from portal.suggestions.models import Suggestion
from portal.web import refusals
from portal.web.doors import FORM, READ, of_thing

from . import actions, entry_actions, paper_form, rules, telling
from .entry_forms import KEPT, CorrectForm, EntryForm
from .models import Comment, Consultation

# Comments typed in last, shown under the form.
LAST = 5
KEPT_IN_SESSION = "consult.entry"


def consultation_at(slug: str) -> Consultation:
    return get_object_or_404(Consultation.objects.select_related("hearing__group", "plan", "decides"), slug=slug)


typing = of_thing("slug", consultation_at, rules.may_settle, *FORM)
sending = of_thing("slug", consultation_at, rules.may_settle, "POST")
looking = of_thing("slug", consultation_at, rules.may_settle, *READ)


@typing
def comment_enter(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """The form; once saved it is empty again, with what the next comment of the pile has in common with this one."""
    if request.method != "POST":
        return _entry(request, consultation, EntryForm(consultation, initial=_begin(request)))
    bound = EntryForm(consultation, request.POST, request.FILES)
    if bound.is_valid():
        try:
            made = entry_actions.enter(consultation=consultation, actor=request.user, **bound.wanted())
        except ValidationError as refusal:
            refusals.refused(bound, refusal)
        else:
            _say(request, made)
            request.session[KEPT_IN_SESSION] = {
                name: value.isoformat() if name == "received_on" else value for name, value in bound.next().items()
            }
            return redirect("consult:comment_enter", consultation.slug)
    return _entry(request, consultation, bound, status=422)


def head(consultation: Consultation) -> dict[str, Any]:
    """What the head of a page at the desk shows; only those who prepare the consultation come to these pages."""
    return {"consultation": consultation, "phase": consultation.phase, "may_prepare": True}


def _begin(request: HttpRequest) -> dict[str, Any]:
    kept = request.session.get(KEPT_IN_SESSION, {})
    return {"received_on": timezone.localdate(), **{name: kept[name] for name in KEPT if name in kept}}


def _say(request: HttpRequest, made: Comment | Suggestion) -> None:
    if isinstance(made, Suggestion):
        messages.warning(request, f"Přišla po lhůtě. Uložili jsme ji jako podnět č. {made.number}.")
    else:
        messages.success(request, f"Připomínka č. {made.number} je zapsaná.")


def _entry(
    request: HttpRequest,
    consultation: Consultation,
    form: EntryForm,
    *,
    doubts: list[str] | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    typed = consultation.comments.exclude(entered_by=None).select_related("paragraph").order_by("-number")
    typed = typed.annotate(attached=Count("files"))
    context = {
        **head(consultation),
        "form": form,
        "doubts": doubts or [],
        "refusal": refusal,
        "takes": consultation.state == Consultation.State.ANNOUNCED,
        "last": [(one, entry_actions.may_be_corrected(one)) for one in typed[:LAST]],
    }
    return render(request, "consult/comment_enter.html", context, status=status)


@sending
def entry_from_form(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """A filled DOCX read into the form above; nothing is saved before a person has looked at it."""
    begin = _begin(request)
    upload = request.FILES.get("formular")
    if upload is None or isinstance(upload, list):
        refusal = "Vyberte vyplněný formulář."
    elif (upload.size or 0) > paper_form.LARGEST:
        refusal = f"Soubor je příliš velký. Vezmeme nejvýš {paper_form.LARGEST // 1024**2} MB."
    else:
        try:
            filled = paper_form.read(upload.read())
        except ValidationError as problem:
            refusal = " ".join(problem.messages)
        else:
            form = EntryForm(consultation, initial={**begin, **filled.values})
            return _entry(request, consultation, form, doubts=filled.doubts or ["Zkontrolujte ji a uložte."])
    return _entry(request, consultation, EntryForm(consultation, initial=begin), refusal=refusal, status=422)


@typing
def entry_correct(request: HttpRequest, consultation: Consultation, number: int) -> HttpResponse:
    comment = get_object_or_404(Comment.objects.select_related("paragraph"), consultation=consultation, number=number)
    comment.consultation = consultation
    if not entry_actions.may_be_corrected(comment):
        raise Http404
    bound, status = CorrectForm(comment, request.POST if request.method == "POST" else None), 200
    if bound.is_bound:
        status = 422
        if bound.is_valid():
            try:
                entry_actions.correct(
                    comment=comment, seen=bound.cleaned_data["seen"], actor=request.user, **bound.said()
                )
            except ValidationError as refusal:
                refusals.refused(bound, refusal)
                status = 409 if isinstance(refusal, actions.Stale) else 422
            else:
                messages.success(request, f"Připomínka č. {number} je opravená.")
                return redirect(_back(request, consultation))
    context = {"consultation": consultation, "comment": comment, "form": bound, "back": _from_hearing(request)}
    return render(request, "consult/entry_correct.html", context, status=status)


def _from_hearing(request: HttpRequest) -> bool:
    return request.GET.get("odkud") == "projednani"


def _back(request: HttpRequest, consultation: Consultation) -> str:
    name = "consult:hearing" if _from_hearing(request) else "consult:comment_enter"
    return reverse(name, args=[consultation.slug])


@typing
def tell_authors(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """How many authors wait for a letter about what became of their comments, and one button to send them."""
    if request.method == "POST":
        job = telling.order(consultation=consultation, actor=request.user)
        if job is not None:
            return redirect("jobs:progress", job.key)
        messages.info(request, "Nikdo na dopis nečeká. Všichni, kdo mají potvrzený e-mail, už odpověď dostali.")
        return redirect("consult:tell_authors", consultation.slug)
    context = {"consultation": consultation, "waiting": telling.authors(consultation)}
    return render(request, "consult/tell_authors.html", context)
