"""The desk: chapters of a plan, their pictures. SWOT and needs are in need_views.py."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portal.audit import restoring, telling
from portal.plan import rules
from portal.plan.models import Plan
from portal.plan.views import deed, form, reading, writers_form
from portal.web.refusals import refused

from . import actions
from . import reading as texts
from .forms import ChapterForm, ImageForm
from .markdown import render as drawn
from .models import Chapter, ChapterImage
from .provisions import HINTS


@reading
def chapters(request: HttpRequest, plan: Plan) -> HttpResponse:
    context = {
        "plan": plan,
        "texts": texts.texts(plan),
        "removed": Chapter.objects.filter(plan=plan).exclude(removed_at=None),
        "may_write": rules.may_write(request.user, plan),
    }
    return render(request, "chapters/chapters.html", context)


@deed
def chapters_begin(request: HttpRequest, plan: Plan) -> HttpResponse:
    return _done(
        request, plan, lambda: actions.chapters_begin(plan=plan, actor=request.user), "Kapitoly jsou založené."
    )


@writers_form
def chapter_add(request: HttpRequest, plan: Plan) -> HttpResponse:
    bound = ChapterForm(request.POST or None, initial={"place": Chapter.Place.BEFORE})
    if request.method == "POST" and bound.is_valid() and "nahled" not in request.POST:
        try:
            actions.chapter_add(plan=plan, actor=request.user, **bound.cleaned_data)
        except ValidationError as refusal:
            refused(bound, refusal)
        else:
            messages.success(request, "Kapitola je založená.")
            return redirect("chapters:chapters", plan.slug)
    return _page(request, plan, None, bound)


@form
def chapter_edit(request: HttpRequest, plan: Plan, pk: int) -> HttpResponse:
    """Write a chapter; whoever may only read gets it as it will look."""
    chapter = get_object_or_404(Chapter.objects.standing(), plan=plan, pk=pk)
    if request.method != "POST":
        return _page(request, plan, chapter, ChapterForm(initial=ChapterForm.of(chapter)))
    bound = ChapterForm(request.POST)
    if bound.is_valid() and "nahled" not in request.POST:
        seen = int(request.POST.get("seen", "")) if request.POST.get("seen", "").isdigit() else 0
        try:
            actions.chapter_change(chapter=chapter, seen=seen, actor=request.user, **bound.cleaned_data)
        except actions.Stale:
            chapter.refresh_from_db()
            return _page(request, plan, chapter, bound, status=409)
        except ValidationError as refusal:
            refused(bound, refusal)
        else:
            messages.success(request, "Kapitola je uložená.")
            return redirect("chapters:chapter_edit", plan.slug, pk)
    return _page(request, plan, chapter, bound)


def _page(
    request: HttpRequest, plan: Plan, chapter: Chapter | None, bound: ChapterForm, status: int = 0
) -> HttpResponse:
    """The form with what it looks like; after somebody else's save (409) with what differs."""
    text = str(bound["text"].value() or "")
    stale = status == 409 and chapter is not None
    # Of somebody's preview the version stays the one they began from; a save after 409 knows of the newer one.
    seen = request.POST.get("seen", "") if bound.is_bound and not stale else chapter.version if chapter else 0
    context = {
        "plan": plan,
        "chapter": chapter,
        "form": bound,
        "seen": seen,
        "hint": HINTS.get(chapter.key, "") if chapter else "",
        "look": drawn(text, level=3),
        "preview": "nahled" in request.POST,
        "differences": list(telling.differences(chapter.text, text)) if stale and chapter else None,
        "images": ChapterImage.objects.filter(plan=plan).select_related("file"),
        "may_write": rules.may_write(request.user, plan),
    }
    return render(request, "chapters/chapter.html", context, status=status or (422 if bound.errors else 200))


@deed
def chapter_move(request: HttpRequest, plan: Plan, pk: int) -> HttpResponse:
    chapter = get_object_or_404(Chapter.objects.standing(), plan=plan, pk=pk)
    up = request.POST.get("kam") == "nahoru"
    return _done(request, plan, lambda: actions.chapter_move(chapter=chapter, up=up, actor=request.user))


@deed
def chapter_remove(request: HttpRequest, plan: Plan, pk: int) -> HttpResponse:
    chapter = get_object_or_404(Chapter.objects.standing(), plan=plan, pk=pk)
    return _done(
        request, plan, lambda: actions.part_remove(part=chapter, actor=request.user),
        "Kapitola je vyřazená. Vrátíte ji dole na stránce.",
    )  # fmt: skip


@deed
def chapter_return(request: HttpRequest, plan: Plan, pk: int) -> HttpResponse:
    chapter = get_object_or_404(Chapter.objects.exclude(removed_at=None), plan=plan, pk=pk)
    return _done(
        request, plan, lambda: actions.part_return(part=chapter, actor=request.user), "Kapitola je zpátky v plánu."
    )


def _done(request: HttpRequest, plan: Plan, act: Any, said: str = "") -> HttpResponse:
    """Do it and go back to the list, with the refusal if there is one."""
    try:
        act()
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        if said:
            messages.success(request, said)
    return redirect("chapters:chapters", plan.slug)


@writers_form
def images(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Pictures of the plan, each with the line that puts it into a text."""
    bound = ImageForm(request.POST, request.FILES) if request.method == "POST" else ImageForm()
    if request.method == "POST" and bound.is_valid():
        try:
            actions.image_add(
                plan=plan, upload=bound.cleaned_data["image"], alt=bound.cleaned_data["alt"], actor=request.user
            )
        except ValidationError as refusal:
            refused(bound, refusal)
        else:
            messages.success(request, "Obrázek je nahraný. Jeho řádek vložte do textu kapitoly.")
            return redirect("chapters:images", plan.slug)
    context = {
        "plan": plan,
        "form": bound,
        "images": ChapterImage.objects.filter(plan=plan).select_related("file"),
        "may_write": rules.may_write(request.user, plan),
    }
    return render(request, "chapters/images.html", context, status=422 if bound.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def chapter_restore(request: HttpRequest, deed: int) -> HttpResponse:
    told = restoring.asked(request, deed, "chapters:chapter_restore")
    chapter = get_object_or_404(Chapter.objects.select_related("plan"), pk=told.thing_id)
    if not rules.may_read_draft(request.user, chapter.plan):
        raise PermissionDenied

    def act() -> object:
        return actions.chapter_change(
            chapter=chapter, seen=chapter.version, actor=request.user, restores=told, **told.before
        )

    return restoring.page(
        request,
        told,
        now=actions.chapter_told(chapter),
        names={},
        may=rules.may_edit_plan(request.user, chapter.plan),
        act=act,
        back=reverse("chapters:chapter_edit", args=[chapter.plan.slug, chapter.pk]),
    )
