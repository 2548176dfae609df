"""What the public reads: articles and pages. One whose time has not come is not there."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from portal.chapters.markdown import render as drawn
from portal.documents import shown as papers
from portal.documents.models import Document
from portal.groups.models import Group
from portal.meetings.discretion import titled
from portal.web import atom

from . import linked, previews
from .models import Article, ArticleCategory, Page, Picture

A_PAGE = 12
# Minutes for which others may keep what they fetched.
KEPT = 5 * 60
OPEN = {"Access-Control-Allow-Origin": "*"}


@login_not_required
@require_safe
def articles(request: HttpRequest) -> HttpResponse:
    found = Article.objects.public().select_related("category")
    category = request.GET.get("druh", "")[:40]
    if category:
        found = found.filter(category__key=category)
    if request.GET.get("format") == "json":
        return _json([linked.ofn(one, settings.SITE_URL) for one in found[: linked.ENTRIES]])
    context = {
        **_listed(request, found),
        "categories": ArticleCategory.objects.filter(pk__in=Article.objects.public().order_by().values("category")),
        "category": category,
    }
    return render(request, "pages/articles.html", context)


def _listed(request: HttpRequest, found: Any) -> dict[str, Any]:
    """A page of articles with their pictures."""
    page = Paginator(found, A_PAGE).get_page(request.GET.get("strana"))
    rows = list(page.object_list)
    heads = Picture.objects.heads(rows)
    return {"page": page, "rows": [(one, heads.get(one.pk)) for one in rows]}


def _json(data: Any) -> JsonResponse:
    return JsonResponse(data, safe=False, headers=OPEN, json_dumps_params={"ensure_ascii": False})


@login_not_required
@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Article.objects.public().select_related("category"), slug=slug)
    if request.GET.get("format") == "json":
        return _json(linked.ofn(found, settings.SITE_URL))
    return _article(request, found)


@login_not_required
@never_cache
@require_safe
def article_preview(request: HttpRequest, token: str) -> HttpResponse:
    """A draft for whoever has its link. Not for search engines, and the address is told to nobody."""
    found = previews.find(token)
    if found is None:
        raise Http404
    return _for_the_chosen(_article(request, found, preview=True))


def _for_the_chosen(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _article(request: HttpRequest, found: Article, *, preview: bool = False) -> HttpResponse:
    pictures = list(found.pictures.select_related("file"))
    head = next((one for one in pictures if one.use == Picture.Use.HEAD), None)
    context = {
        "article": found,
        "look": drawn(found.text),
        "head": head,
        "gallery": [one for one in pictures if one.use == Picture.Use.GALLERY],
        **_attached(found.public_documents()),
        "groups": found.public_groups(),
        "meetings": titled(found.public_meetings()),
        "measures": found.public_measures(),
        "preview": preview,
        "linked": None if preview else linked.news_article(found, head, settings.SITE_URL),
    }
    return render(request, "pages/article.html", context)


def _attached(documents: QuerySet[Document]) -> dict[str, Any]:
    """Documents with the version that everybody may open: videos to play, the rest to take away."""
    rows = papers.with_files(documents, texts=True)
    return {"attached": rows, "has_files": any(not one.is_video for one in rows)}


@login_not_required
@require_safe
@cache_control(public=True, max_age=KEPT)
def articles_feed(_: HttpRequest) -> HttpResponse:
    found = Article.objects.public()[: linked.ENTRIES]
    return HttpResponse(linked.feed(found, settings.SITE_URL), content_type=atom.CONTENT_TYPE)


@login_not_required
@require_safe
def group_news(request: HttpRequest, slug: str) -> HttpResponse:
    """Articles about a group: a tab of its page."""
    group = get_object_or_404(Group.objects.public(), slug=slug)
    found = Article.objects.public().about_group(group).select_related("category")
    return render(request, "pages/group_news.html", {"group": group, **_listed(request, found)})


# --- pages -----------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def public_pages(request: HttpRequest) -> HttpResponse:
    pages = list(Page.objects.public())
    under: dict[int, list[Page]] = {}
    for one in pages:
        under.setdefault(one.parent_id or 0, []).append(one)
    shown = {one.pk for one in pages}
    # What stands under a page that is not on the web stands by itself.
    tops = [one for one in pages if one.parent_id not in shown]
    context = {"pages": [(one, under.get(one.pk, [])) for one in tops]}
    return render(request, "pages/public_pages.html", context)


@login_not_required
@require_safe
def public_page(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, get_object_or_404(Page.objects.public().select_related("parent"), slug=slug))


@login_not_required
@never_cache
@require_safe
def page_preview(request: HttpRequest, token: str) -> HttpResponse:
    """A page that is not on the web yet, for whoever has its link."""
    found = previews.find_page(token)
    if found is None:
        raise Http404
    return _for_the_chosen(_page(request, found, preview=True))


def _page(request: HttpRequest, page: Page, *, preview: bool = False) -> HttpResponse:
    context = {
        "one": page,
        "preview": preview,
        "look": drawn(page.text),
        "gallery": page.pictures.filter(use=Picture.Use.GALLERY).select_related("file"),
        **_attached(page.public_documents()),
        "children": page.children.public(),
    }
    return render(request, "pages/public_page.html", context)


@login_not_required
@require_safe
def public_page_easy(request: HttpRequest, slug: str) -> HttpResponse:
    page = get_object_or_404(Page.objects.public().exclude(easy_read=""), slug=slug)
    return render(request, "pages/public_page_easy.html", {"one": page})
