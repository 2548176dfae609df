"""The desk of articles and pages. The communication plan and printed things are in outreach_views.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods

from portal.audit import restoring, telling
from portal.chapters.markdown import render as drawn
from portal.documents.models import Document
from portal.groups.models import Group
from portal.meetings.models import Meeting
from portal.plan.models import Node
from portal.web.doors import FORM, READ, at_desk, of_thing
from portal.web.refusals import refused

from . import actions, previews, rules
from .forms import ArticleForm, PageForm, PictureForm, PublishForm
from .models import Article, ArticleCategory, Page, Picture

type Written = Article | Page

A_PAGE = 50


def _one_article(pk: int) -> Article:
    return get_object_or_404(Article, pk=pk)


def _one_page(pk: int) -> Page:
    return get_object_or_404(Page, pk=pk)


article_form = of_thing("pk", _one_article, rules.may_read, *FORM, writing=rules.may_edit)
article_deed = of_thing("pk", _one_article, rules.may_edit, "POST")
page_form = of_thing("pk", _one_page, rules.may_read, *FORM, writing=rules.may_edit)
page_deed = of_thing("pk", _one_page, rules.may_edit, "POST")


def seen_in(request: HttpRequest) -> int:
    said = request.POST.get("seen", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


def done(request: HttpRequest, act: Callable[[], object], said: str, to: str, *arguments: Any) -> HttpResponse:
    """Do it and go on, with the refusal if there is one."""
    try:
        act()
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, said)
    return redirect(to, *arguments)


# --- articles --------------------------------------------------------------------------------------------------


@at_desk(rules.may_come, *READ)
def desk_articles(request: HttpRequest) -> HttpResponse:
    found = rules.readable_articles(request.user).select_related("category").order_by("-created_at", "-pk")
    asked = request.GET.get("stav", "")
    context = {
        "page": Paginator(found.asked(asked), A_PAGE).get_page(request.GET.get("strana")),
        "asked": asked,
        "choices": [("", "Všechny"), ("koncept", "Koncepty"), ("planovane", "Naplánované"), ("na-webu", "Na webu"),
                    ("vyrazene", "Vyřazené")],
        "may_add": rules.may_add(request.user),
    }  # fmt: skip
    return render(request, "pages/desk_articles.html", context)


@at_desk(rules.may_add, *FORM)
def article_add(request: HttpRequest) -> HttpResponse:
    bound = ArticleForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and bound.is_valid() and "nahled" not in request.POST:
        try:
            kept = actions.article_save(wanted=bound.wanted(), actor=request.user)
        except ValidationError as refusal:
            refused(bound, refusal)
        else:
            messages.success(request, "Koncept je uložený. Zveřejníte ho tady dole.")
            return redirect("pages:desk_article", kept.pk)
    return _article_page(request, None, bound)


@article_form
def desk_article(request: HttpRequest, article: Article) -> HttpResponse:
    if request.method != "POST":
        return _article_page(request, article, ArticleForm(request.user, initial=ArticleForm.of(article)))
    bound = ArticleForm(request.user, request.POST)
    if bound.is_valid() and "nahled" not in request.POST:
        try:
            actions.article_save(article=article, wanted=bound.wanted(), seen=seen_in(request), actor=request.user)
        except actions.Stale:
            article.refresh_from_db()
            return _article_page(request, article, bound, status=409)
        except ValidationError as refusal:
            refused(bound, refusal)
        else:
            messages.success(request, "Uloženo.")
            return redirect("pages:desk_article", article.pk)
    return _article_page(request, article, bound)


def _article_page(
    request: HttpRequest,
    article: Article | None,
    bound: ArticleForm,
    status: int = 0,
    publish: PublishForm | None = None,
) -> HttpResponse:
    may = rules.may_edit(request.user, article) if article else True
    context = {
        **_written_page(request, article, bound, status),
        "article": article,
        "may_edit": may,
        "pictures": article.pictures.select_related("file") if article else [],
        "publish": publish or PublishForm(),
        "preview_url": settings.SITE_URL + previews.path(article) if article and may else "",
        "preview_days": previews.WORKS_FOR.days,
    }
    return render(request, "pages/desk_article.html", context, status=status or (422 if bound.errors else 200))


def _written_page(request: HttpRequest, thing: Written | None, bound: Form, status: int) -> dict[str, Any]:
    """What the forms of both have in common; after somebody else's save (409) with what differs."""
    text = str(bound["text"].value() or "")
    stale = status == 409 and thing is not None
    # Of somebody's preview the version stays the one they began from; a save after 409 knows of the newer one.
    seen = seen_in(request) if bound.is_bound and not stale else thing.version if thing else 0
    return {
        "form": bound,
        "seen": seen,
        "look": drawn(text, level=3),
        "preview": "nahled" in request.POST,
        "differences": list(telling.differences(thing.text, text)) if stale and thing else None,
    }


@article_deed
def article_publish(request: HttpRequest, article: Article) -> HttpResponse:
    bound = PublishForm(request.POST)
    if not bound.is_valid():
        form = ArticleForm(request.user, initial=ArticleForm.of(article))
        return _article_page(request, article, form, status=422, publish=bound)
    at = bound.cleaned_data["at"]
    planned = at is not None and at > timezone.now()
    said = f"Článek se ukáže {timezone.localtime(at):%-d. %-m. %Y v %H.%M}." if planned else "Článek je na webu."
    return done(
        request, lambda: actions.article_publish(article=article, at=at, actor=request.user), said,
        "pages:desk_article", article.pk,
    )  # fmt: skip


@article_deed
def article_withdraw(request: HttpRequest, article: Article) -> HttpResponse:
    return done(
        request, lambda: actions.article_withdraw(article=article, actor=request.user),
        "Článek je stažený z webu a je z něj zase koncept.", "pages:desk_article", article.pk,
    )  # fmt: skip


@article_deed
def previews_end(request: HttpRequest, article: Article) -> HttpResponse:
    return done(
        request, lambda: actions.previews_end(thing=article, actor=request.user),
        "Odkazy na koncept, které jste rozdali, už nefungují.", "pages:desk_article", article.pk,
    )  # fmt: skip


@article_deed
def article_remove(request: HttpRequest, article: Article) -> HttpResponse:
    return done(
        request, lambda: actions.remove(thing=article, actor=request.user),
        "Článek je vyřazený. Najdete ho mezi vyřazenými.", "pages:desk_articles",
    )  # fmt: skip


@article_deed
def article_return(request: HttpRequest, article: Article) -> HttpResponse:
    return done(
        request, lambda: actions.bring_back(thing=article, actor=request.user), "Článek je zpátky.",
        "pages:desk_article", article.pk,
    )  # fmt: skip


# --- pages -----------------------------------------------------------------------------------------------------


@at_desk(rules.may_come, *READ)
def desk_pages(request: HttpRequest) -> HttpResponse:
    found = rules.readable_pages(request.user).select_related("parent")
    context = {
        "pages": found.standing(),
        "removed": found.exclude(removed_at=None),
        "may_add": rules.may_add(request.user),
    }
    return render(request, "pages/desk_pages.html", context)


@at_desk(rules.may_add, *FORM)
def page_add(request: HttpRequest) -> HttpResponse:
    bound = PageForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and bound.is_valid() and "nahled" not in request.POST:
        try:
            kept = actions.page_save(wanted=bound.wanted(), actor=request.user)
        except ValidationError as refusal:
            refused(bound, refusal)
        else:
            messages.success(request, "Stránka je uložená.")
            return redirect("pages:desk_page", kept.pk)
    return _page_page(request, None, bound)


@page_form
def desk_page(request: HttpRequest, page: Page) -> HttpResponse:
    if request.method != "POST":
        return _page_page(request, page, PageForm(request.user, initial=PageForm.of(page), page=page))
    bound = PageForm(request.user, request.POST, page=page)
    if bound.is_valid() and "nahled" not in request.POST:
        try:
            actions.page_save(page=page, wanted=bound.wanted(), seen=seen_in(request), actor=request.user)
        except actions.Stale:
            page.refresh_from_db()
            return _page_page(request, page, bound, status=409)
        except ValidationError as refusal:
            refused(bound, refusal)
        else:
            messages.success(request, "Uloženo.")
            return redirect("pages:desk_page", page.pk)
    return _page_page(request, page, bound)


def _page_page(request: HttpRequest, page: Page | None, bound: PageForm, status: int = 0) -> HttpResponse:
    context = {
        **_written_page(request, page, bound, status),
        "one": page,
        "may_edit": rules.may_edit(request.user, page) if page else True,
        "preview_url": settings.SITE_URL + previews.path(page) if page and not page.is_public else "",
        "preview_days": previews.WORKS_FOR.days,
        "pictures": page.pictures.select_related("file") if page else [],
    }
    return render(request, "pages/desk_page.html", context, status=status or (422 if bound.errors else 200))


@page_deed
def page_previews_end(request: HttpRequest, page: Page) -> HttpResponse:
    return done(
        request, lambda: actions.previews_end(thing=page, actor=request.user),
        "Odkazy na náhled, které jste rozdali, už nefungují.", "pages:desk_page", page.pk,
    )  # fmt: skip


@page_deed
def page_remove(request: HttpRequest, page: Page) -> HttpResponse:
    return done(
        request, lambda: actions.remove(thing=page, actor=request.user),
        "Stránka je vyřazená. Vrátíte ji dole na téhle stránce.", "pages:desk_pages",
    )  # fmt: skip


@page_deed
def page_return(request: HttpRequest, page: Page) -> HttpResponse:
    return done(
        request, lambda: actions.bring_back(thing=page, actor=request.user), "Stránka je zpátky.",
        "pages:desk_page", page.pk,
    )  # fmt: skip


# --- pictures --------------------------------------------------------------------------------------------------


@article_form
def article_pictures(request: HttpRequest, article: Article) -> HttpResponse:
    return _pictures(request, article, reverse("pages:desk_article", args=[article.pk]))


@page_form
def page_pictures(request: HttpRequest, page: Page) -> HttpResponse:
    return _pictures(request, page, reverse("pages:desk_page", args=[page.pk]))


def _pictures(request: HttpRequest, thing: Written, back: str) -> HttpResponse:
    """Pictures of the thing, each with the line that puts it into the text."""
    of_page = isinstance(thing, Page)
    posted = request.method == "POST"
    bound = PictureForm(request.POST if posted else None, request.FILES if posted else None, of_page=of_page)
    if posted and bound.is_valid():
        said = bound.cleaned_data
        try:
            actions.picture_add(
                thing=thing, upload=said["image"], alt=said["alt"], use=said["use"], caption=said.get("caption", ""),
                actor=request.user,
            )  # fmt: skip
        except ValidationError as refusal:
            refused(bound, refusal)
        else:
            messages.success(request, "Obrázek je nahraný.")
            return redirect(request.path)
    context = {
        "thing": thing,
        "back": back,
        "form": bound,
        "pictures": thing.pictures.select_related("file"),
        "may_edit": rules.may_edit(request.user, thing),
    }
    return render(request, "pages/pictures.html", context, status=422 if bound.errors else 200)


@at_desk(rules.may_add, "POST")
def picture_remove(request: HttpRequest, pk: int) -> HttpResponse:
    picture = get_object_or_404(Picture.objects.select_related("article", "page", "file"), pk=pk)
    thing = picture.article or picture.page
    to = "pages:article_pictures" if picture.article_id else "pages:page_pictures"
    return done(
        request, lambda: actions.picture_remove(picture=picture, actor=request.user), "Obrázek je smazaný.",
        to, thing.pk if thing else 0,
    )  # fmt: skip


# --- bringing back -----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def article_restore(request: HttpRequest, deed: int) -> HttpResponse:
    told = restoring.asked(request, deed, "pages:article_restore")
    article = get_object_or_404(Article.objects.select_related("category"), pk=told.thing_id)
    if not rules.may_read(request.user, article):
        raise PermissionDenied

    def act() -> object:
        said = dict(told.before)
        said["category"] = ArticleCategory.objects.get(key=said["category"])
        said["groups"] = Group.objects.filter(slug__in=said["groups"])
        said["documents"] = Document.objects.filter(slug__in=said["documents"])
        said["meetings"] = Meeting.objects.filter(pk__in=said["meetings"])
        said["measures"] = Node.objects.filter(pk__in=said["measures"])
        return actions.article_save(
            article=article, wanted=said, seen=article.version, actor=request.user, restores=told
        )

    return restoring.page(
        request,
        told,
        now=actions.article_told(article),
        names={},
        may=rules.may_edit(request.user, article),
        act=act,
        back=reverse("pages:desk_article", args=[article.pk]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def page_restore(request: HttpRequest, deed: int) -> HttpResponse:
    told = restoring.asked(request, deed, "pages:page_restore")
    page = get_object_or_404(Page.objects.select_related("parent"), pk=told.thing_id)
    if not rules.may_read(request.user, page):
        raise PermissionDenied

    def act() -> object:
        said = dict(told.before)
        said["parent"] = Page.objects.filter(slug=said["parent"]).first() if said["parent"] else None
        said["documents"] = Document.objects.filter(slug__in=said.get("documents", ()))
        said["shown_from"] = parse_datetime(said.get("shown_from") or "")
        return actions.page_save(page=page, wanted=said, seen=page.version, actor=request.user, restores=told)

    return restoring.page(
        request,
        told,
        now=actions.page_told(page),
        names={},
        may=rules.may_edit(request.user, page),
        act=act,
        back=reverse("pages:desk_page", args=[page.pk]),
    )
