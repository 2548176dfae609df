"""The desk of consultations: the list, preparing, announcing, how it goes, closing and cancelling."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from paper.poster import SHEETS
from portal.plan.models import Plan
from portal.plan.rules import may_read
from portal.web import refusals
from portal.web.doors import FORM, READ, at_desk, of_thing
from words.plural import counted

from . import actions, announcing, notice, poster, rules, terms, texts
from .consultation_forms import NAMES, AnnounceForm, CancelForm, ConsultationForm
from .models import Comment, Consultation, Paragraph

A_PAGE = 50
PARAGRAPHS_A_PAGE = 200


def _one(slug: str) -> Consultation:
    rows = Consultation.objects.select_related(
        "hearing__group", "plan", "edition__plan", "chapter__plan", "action_plan__plan", "document__document",
        "document__file", "file", "decides",
    ).defer("edition__content", "action_plan__frozen", "document__text")  # fmt: skip
    return get_object_or_404(rows, slug=slug)


reading = of_thing("slug", _one, rules.may_read_desk, *READ)
form = of_thing("slug", _one, rules.may_read_desk, *FORM, writing=rules.may_prepare)
preparing = of_thing("slug", _one, rules.may_prepare, *FORM)


def refused(bound: Form, refusal: ValidationError) -> int:
    refusals.refused(bound, refusal, NAMES)
    return 409 if isinstance(refusal, actions.Stale) else 422


def head(request: HttpRequest, consultation: Consultation) -> dict[str, Any]:
    """What every page of a consultation at the desk shows on top."""
    return {
        "consultation": consultation,
        "phase": consultation.phase,
        "may_prepare": rules.may_prepare(request.user, consultation),
        "of_network": texts.source_of(consultation) == texts.Source.NETWORK,
    }


# --- the list, a new one -----------------------------------------------------------------------------------------


@at_desk(rules.may_come_to_consultations, *READ)
def desk_consultations(request: HttpRequest) -> HttpResponse:
    """Those that are being worked on first, then the latest."""
    found = rules.readable_consultations(request.user).select_related("hearing")
    rows = found.annotate(
        received=Count("comments", filter=~Q(comments__state=Comment.State.REFUSED)),
        left=Count("comments", filter=Q(comments__decision="") & ~Q(comments__state=Comment.State.REFUSED)),
    )
    ended = Q(state__in=(Consultation.State.CLOSED, Consultation.State.CANCELLED))
    context = {
        "going": rows.exclude(ended).order_by("closes_at", "pk"),
        "page": Paginator(rows.filter(ended).order_by("-closes_at", "-pk"), A_PAGE).get_page(request.GET.get("strana")),
        "may_add": rules.may_add_consultation(request.user),
    }
    return render(request, "consult/desk_consultations.html", context)


@at_desk(rules.may_add_consultation, *FORM)
def consultation_add(request: HttpRequest) -> HttpResponse:
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    bound, status = ConsultationForm(request.user, *posted), 200
    if bound.is_bound:
        status = 422
        if bound.is_valid():
            try:
                made = actions.consultation_add(
                    actor=request.user, upload=bound.cleaned_data.get("upload"), **bound.wanted()
                )
            except ValidationError as refusal:
                status = refused(bound, refusal)
            else:
                messages.success(request, "Řízení je připravené. Veřejnost ho uvidí, až ho vyhlásíte.")
                if made.network is not None:
                    return redirect("consult:consultation_network", made.slug)
                return redirect("consult:desk_consultation", made.slug)
    days = settings.CONSULTATION_DAYS
    context = {"form": bound, "before": days["before_hearing"], "after": days["after_hearing"]}
    return render(request, "consult/consultation_add.html", context, status=status)


# --- one ---------------------------------------------------------------------------------------------------------


@reading
def desk_consultation(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """How it goes: the next step, the timetable, comments by where they stand."""
    now = timezone.now()
    context = {
        **head(request, consultation),
        "next": next_step(consultation),
        "missing": actions.missing(consultation, now) if consultation.phase == Consultation.Phase.PREPARED else [],
        "short": actions.shortcomings(consultation),
        "timetable": terms.timetable(consultation, now),
        "days_left": terms.days_left(consultation, timezone.localdate()),
        "counts": comment_counts(consultation),
        "paragraphs": consultation.paragraphs.count(),
        "source": source_words(consultation),
    }
    return render(request, "consult/desk_consultation.html", context)


def comment_counts(consultation: Consultation) -> dict[str, int]:
    """Comments by where they stand. One query."""
    refused_ones = Q(state=Comment.State.REFUSED)
    counts: dict[str, int] = consultation.comments.aggregate(
        received=Count("pk", filter=~refused_ones),
        waiting=Count("pk", filter=Q(state__in=actions.WAITING)),
        left=Count("pk", filter=Q(decision="") & ~refused_ones),
        settled=Count("pk", filter=~Q(decision="") & ~refused_ones),
        refused=Count("pk", filter=refused_ones),
    )
    return counts


def next_step(consultation: Consultation) -> str:
    """The name of the one thing to do now; the template says it."""
    phase = consultation.phase
    if phase == Consultation.Phase.PREPARED:
        return "fill" if actions.missing(consultation, timezone.now()) else "announce"
    if phase == Consultation.Phase.SETTLING:
        return "settle" if actions.undone(consultation) else "close"
    return str(phase)


def source_words(consultation: Consultation) -> str:
    source = texts.source_of(consultation)
    words = {
        texts.Source.EDITION: lambda: f"{consultation.edition and consultation.edition.plan}, {consultation.edition}",
        texts.Source.CHAPTER: lambda: f"{consultation.plan}, kapitola {consultation.chapter}",
        texts.Source.ACTION_PLAN: lambda: f"{consultation.plan}, {consultation.action_plan}",
        texts.Source.DOCUMENT: lambda: f"dokument {consultation.document}",
        texts.Source.FILE: lambda: f"soubor {consultation.file}",
        texts.Source.NETWORK: lambda: f"síť služeb, území: {consultation.span_name}",
        texts.Source.PLAN: lambda: f"{consultation.plan}, jak je teď rozepsaný",
    }
    return words[source]() if source else "zatím žádný"


@form
def consultation_change(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    bound, status = ConsultationForm(request.user, *posted, consultation=consultation), 200
    if bound.is_bound:
        status = 422
        if bound.is_valid():
            try:
                actions.consultation_change(
                    consultation=consultation,
                    seen=bound.cleaned_data["seen"],
                    actor=request.user,
                    upload=bound.cleaned_data.get("upload"),
                    **bound.wanted(),
                )
            except ValidationError as refusal:
                status = refused(bound, refusal)
            else:
                messages.success(request, "Uloženo.")
                return redirect("consult:desk_consultation", consultation.slug)
    context = {**head(request, consultation), "form": bound}
    return render(request, "consult/consultation_change.html", context, status=status)


@reading
def consultation_text(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """The text as people will read it, before it is announced; afterwards its paragraphs."""
    rows, fault = list(consultation.paragraphs.all()), ""
    if not rows and consultation.state == Consultation.State.PREPARED:
        try:
            rows = preview(consultation)
        except ValidationError as refusal:
            fault = " ".join(refusal.messages)
    page = Paginator(rows, PARAGRAPHS_A_PAGE).get_page(request.GET.get("strana"))
    context = {**head(request, consultation), "page": page, "fault": fault, "count": len(rows)}
    return render(request, "consult/consultation_text.html", context)


def preview(consultation: Consultation) -> list[Paragraph]:
    """Paragraphs that nobody has saved."""
    if texts.source_of(consultation) is None:
        return []
    return texts.paragraphs(consultation, texts.pieces_of(consultation))


# --- steps -------------------------------------------------------------------------------------------------------


@preparing
def consultation_announce(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    members, followers = announcing.members(consultation), announcing.followers(consultation)
    may_write = announcing.may_write_article(request.user, consultation)
    posted = request.POST if request.method == "POST" else None
    bound = AnnounceForm(posted, members=len(members), followers=len(followers), may_write=may_write)
    status = 200
    if bound.is_bound and bound.is_valid():
        try:
            made = actions.announce(consultation=consultation, actor=request.user)
        except ValidationError as refusal:
            status = refused(bound, refusal)
        else:
            said = bound.cleaned_data
            readers = [*(members if said.get("members") else []), *(followers if said.get("followers") else [])]
            told = announcing.tell(consultation=made, readers=readers, actor=request.user)
            messages.success(request, f"Řízení je vyhlášené. Odchází {counted(told, 'dopis', 'dopisy', 'dopisů')}.")
            if said.get("article") and (draft := announcing.article(consultation=made, actor=request.user)):
                messages.success(request, "Článek je připravený jako koncept. Přečtěte si ho a zveřejněte.")
                return redirect("pages:desk_article", draft.pk)
            return redirect("consult:desk_consultation", made.slug)
    context = {
        **head(request, consultation),
        "form": bound,
        "missing": actions.missing(consultation, timezone.now()),
        "short": actions.shortcomings(consultation),
        "makes_edition": texts.source_of(consultation) == texts.Source.PLAN,
    }
    return render(request, "consult/consultation_announce.html", context, status=status)


@preparing
def consultation_cancel(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    bound, status = CancelForm(request.POST if request.method == "POST" else None), 200
    if bound.is_bound:
        status = 422
        if bound.is_valid():
            try:
                actions.cancel(consultation=consultation, reason=bound.cleaned_data["reason"], actor=request.user)
            except ValidationError as refusal:
                status = refused(bound, refusal)
            else:
                messages.success(request, "Řízení je zrušené.")
                return redirect("consult:desk_consultation", consultation.slug)
    return render(
        request, "consult/consultation_cancel.html", {**head(request, consultation), "form": bound}, status=status
    )


@preparing
def consultation_close(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """What is in the way of closing, with links; or the one button."""
    bound, status = Form(request.POST if request.method == "POST" else None), 200
    if bound.is_bound and bound.is_valid():
        try:
            actions.close(consultation=consultation, actor=request.user)
        except ValidationError as refusal:
            status = refused(bound, refusal)
        else:
            messages.success(request, "Řízení je uzavřené a vypořádání zveřejněné. Patří k plánu jako příloha.")
            return redirect("consult:desk_consultation", consultation.slug)
    context = {
        **head(request, consultation),
        "form": bound,
        "undone": actions.undone(consultation),
        "counts": comment_counts(consultation),
    }
    return render(request, "consult/consultation_close.html", context, status=status)


# --- for everybody -----------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def consultation_poster(request: HttpRequest, slug: str) -> HttpResponse:
    """For notice boards; `?format=a3` is the larger one. Before it is announced, the desk alone can print it."""
    consultation = _one(slug)
    if not rules.may_read(request.user, consultation):
        raise Http404
    asked = request.GET.get("format", "a4")
    sheet = asked if asked in SHEETS else "a4"
    answer = HttpResponse(poster.made(consultation, sheet), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="plakat-{consultation.slug}-{sheet}.pdf"'
    return answer


@login_not_required
@require_safe
def notice_board(_: HttpRequest) -> HttpResponse:
    """Announced consultations as data of an official notice board."""
    rows = Consultation.objects.public().exclude(announced_at=None).order_by("-opens_at", "-pk")[: notice.NOTICES]
    told = notice.board(rows, settings.SITE_URL)
    return JsonResponse(told, content_type="application/ld+json", json_dumps_params={"ensure_ascii": False})


@login_not_required
@require_safe
def plan_consultations(request: HttpRequest, slug: str) -> HttpResponse:
    """Consultations on a plan; the settlements of closed ones are its annexes."""
    plan = get_object_or_404(Plan, slug=slug)
    if not may_read(request.user, plan):
        raise Http404
    rows = Consultation.objects.public().filter(plan=plan).select_related("hearing").order_by("-opens_at", "-pk")
    context = {"plan": plan, "page": Paginator(rows, A_PAGE).get_page(request.GET.get("strana"))}
    return render(request, "consult/plan_consultations.html", context)
