"""Every write of pages and articles. The communication plan and printed things have outreach_actions.py."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify

from portal.audit.actions import record
from portal.audit.models import Deed
from portal.chapters import markdown
from portal.files import actions as files

from . import rules
from .models import Article, Page, Picture

type Written = Article | Page

NO_ALT = "Napište, co je na obrázku vidět. Přečte se to lidem, kteří ho nevidí."


class Stale(Exception):
    """Somebody else saved the thing meanwhile; `stored` is what stands there now. Nothing was written."""

    def __init__(self, stored: models.Model) -> None:
        super().__init__("Mezitím to uložil někdo jiný.")
        self.stored = stored


def _allowed(person: Any, thing: Any) -> None:
    if not rules.may_edit(person, thing):
        raise PermissionDenied


def _locked[One: (Article, Page)](thing: One, seen: int) -> One:
    stored: One = type(thing)._default_manager.select_for_update().get(pk=thing.pk)
    if stored.version != seen:
        raise Stale(stored)
    if stored.removed_at is not None:
        raise ValidationError("Tohle mezitím někdo vyřadil. Nejdřív to vraťte.")
    return stored


def _free_slug(model: type[models.Model], title: str) -> str:
    """An address made of the title that nothing else has."""
    plain = slugify(title)[:100] or "bez-nazvu"
    taken = set(model._default_manager.filter(slug__startswith=plain).values_list("slug", flat=True))
    return next(slug for n in range(len(taken) + 1) if (slug := f"{plain}-{n + 1}" if n else plain) not in taken)


def _text(thing: Written, text: str) -> str:
    """The text as it is kept; ValidationError for pictures that are not ours or say nothing."""
    wrong = markdown.faults(text)
    ours = set(thing.pictures.values_list("file__key", flat=True)) if thing.pk else set()
    if markdown.image_keys(text) - ours:
        wrong.append("Některý obrázek tu není nahraný. Nahrajte ho na téhle stránce.")
    if wrong:
        raise ValidationError({"text": wrong})
    return text.replace("\r\n", "\n").strip()


# --- articles --------------------------------------------------------------------------------------------------


def article_told(article: Article) -> dict[str, Any]:
    return {
        "title": article.title,
        "lead": article.lead,
        "text": article.text,
        "category": article.category.key,
        "author": article.author,
        "groups": sorted(article.groups.values_list("slug", flat=True)),
        "measures": sorted(article.measures.values_list("pk", flat=True)),
        "meetings": sorted(article.meetings.values_list("pk", flat=True)),
        "documents": sorted(article.documents.values_list("slug", flat=True)),
    }


TIES = ("groups", "measures", "meetings", "documents")


@transaction.atomic
def article_save(
    *,
    wanted: dict[str, Any],
    actor: Any,
    article: Article | None = None,
    seen: int = 0,
    restores: Deed | None = None,
) -> Article:
    """A new draft, or the article with what is `wanted`: title, lead, text, category, author, span_kind, span_code,
    span_name, and the ties. `seen` is the version that the person began from."""
    kept = article or Article()
    if article is not None:
        _allowed(actor, article)
        kept = _locked(article, seen)
    before = article_told(kept) if article else {}
    if not str(wanted["title"]).strip():
        raise ValidationError({"title": "Článek musí mít titulek."})
    for name in ("title", "lead", "author"):
        setattr(kept, name, wanted[name].strip())
    for name in ("category", "span_kind", "span_code", "span_name"):
        if name in wanted:
            setattr(kept, name, wanted[name])
    _allowed(actor, kept)
    kept.text = _text(kept, wanted["text"])
    kept.slug = kept.slug or _free_slug(Article, kept.title)
    kept.version += 1 if article else 0
    kept.save()
    for name in TIES:
        if name in wanted:
            getattr(kept, name).set(wanted[name])
    after = article_told(kept)
    if article is None:
        record(verb="article_added", thing=kept, actor=actor, after=after)
    elif before != after:
        record(verb="article_changed", thing=kept, actor=actor, before=before, after=after, restores=restores)
    return kept


@transaction.atomic
def article_publish(*, article: Article, at: datetime | None, actor: Any) -> Article:
    """On the web from the moment, now where none is said. A picture above the text needs its words, and so has them:
    none is kept without."""
    _allowed(actor, article)
    article = Article.objects.select_for_update().get(pk=article.pk)
    if article.removed_at:
        raise ValidationError("Vyřazený článek zveřejnit nejde. Nejdřív ho vraťte.")
    if not article.lead.strip() and not article.text.strip():
        raise ValidationError("Článek je prázdný. Napište aspoň, o čem to je.")
    before = {"published_at": article.published_at}
    article.published_at = at or timezone.now()
    article.version += 1
    article.save()
    record(
        verb="article_published", thing=article, actor=actor, before=before,
        after={"published_at": article.published_at},
    )  # fmt: skip
    return article


@transaction.atomic
def article_withdraw(*, article: Article, actor: Any) -> Article:
    """Off the web, a draft again."""
    _allowed(actor, article)
    article = Article.objects.select_for_update().get(pk=article.pk)
    before = {"published_at": article.published_at}
    article.published_at = None
    article.version += 1
    article.save()
    record(verb="article_withdrawn", thing=article, actor=actor, before=before, after={"published_at": None})
    return article


@transaction.atomic
def previews_end(*, thing: Article | Page, actor: Any) -> None:
    """Links to the draft that were given out stop working."""
    _allowed(actor, thing)
    thing.preview_number += 1
    thing.save(update_fields=["preview_number"])
    if isinstance(thing, Article):
        record(verb="article_previews_ended", thing=thing, actor=actor)
    else:
        record(verb="page_previews_ended", thing=thing, actor=actor)


# --- pages -----------------------------------------------------------------------------------------------------


def page_told(page: Page) -> dict[str, Any]:
    return {
        "title": page.title,
        "text": page.text,
        "easy_read": page.easy_read,
        "documents": sorted(page.documents.values_list("slug", flat=True)),
        "parent": page.parent.slug if page.parent else "",
        "order": page.order,
        "shown": page.shown,
        "shown_from": page.shown_from,
    }


@transaction.atomic
def page_save(
    *,
    wanted: dict[str, Any],
    actor: Any,
    page: Page | None = None,
    seen: int = 0,
    restores: Deed | None = None,
) -> Page:
    """A new page, or the page with what is `wanted`: title, text, easy_read, documents, parent, order, shown,
    shown_from, the territory."""
    kept = page or Page()
    if page is not None:
        _allowed(actor, page)
        kept = _locked(page, seen)
    before = page_told(kept) if page else {}
    if not str(wanted["title"]).strip():
        raise ValidationError({"title": "Stránka musí mít název."})
    for name in ("order", "shown", "shown_from", "parent", "span_kind", "span_code", "span_name"):
        if name in wanted:
            setattr(kept, name, wanted[name])
    _allowed(actor, kept)
    _no_circle(kept)
    kept.title = wanted["title"].strip()
    kept.text = _text(kept, wanted["text"])
    kept.easy_read = wanted["easy_read"].replace("\r\n", "\n").strip()
    kept.slug = kept.slug or _free_slug(Page, kept.title)
    kept.edited_at = timezone.now()
    kept.version += 1 if page else 0
    kept.save()
    if "documents" in wanted:
        kept.documents.set(wanted["documents"])
    after = page_told(kept)
    if page is None:
        record(verb="page_added", thing=kept, actor=actor, after=after)
    elif before != after:
        record(verb="page_changed", thing=kept, actor=actor, before=before, after=after, restores=restores)
    return kept


def _no_circle(page: Page) -> None:
    """A page does not stand under itself, nor deeper than under a page of the top."""
    above = page.parent
    if above is None:
        return
    if above.pk == page.pk or above.parent_id or (page.pk and page.children.exists()):
        raise ValidationError({"parent": "Stránky mají jen dvě patra: vyberte takovou, která pod žádnou nepatří."})


# --- out and back ------------------------------------------------------------------------------------------------


@transaction.atomic
def remove(*, thing: Written, actor: Any) -> Written:
    """Take the article or the page away from the web and from lists; its row stays and can come back."""
    _allowed(actor, thing)
    thing.removed_at = timezone.now()
    thing.version += 1
    thing.save()
    record(verb="writing_removed", thing=thing, actor=actor)
    return thing


@transaction.atomic
def bring_back(*, thing: Written, actor: Any) -> Written:
    _allowed(actor, thing)
    thing.removed_at = None
    thing.version += 1
    thing.save()
    record(verb="writing_returned", thing=thing, actor=actor)
    return thing


# --- pictures --------------------------------------------------------------------------------------------------


@transaction.atomic
def picture_add(
    *, thing: Written, upload: UploadedFile[bytes], alt: str, use: str, caption: str = "", actor: Any
) -> Picture:
    """A picture of an article or a page; one above the text takes the place of the former one. Whoever gets its
    address sees it, as whoever gets the link to a draft must; nobody guesses the address."""
    _allowed(actor, thing)
    if not alt.strip():
        raise ValidationError({"alt": NO_ALT})
    article, page = (thing, None) if isinstance(thing, Article) else (None, thing)
    if page is not None and use == Picture.Use.HEAD:
        raise ValidationError({"use": "Stránka má obrázky uvnitř textu nebo v galerii pod ním."})
    file = files.keep(upload=upload, sort="image", actor=actor, public=True, alt=alt.strip())
    if use == Picture.Use.HEAD:
        for former in thing.pictures.filter(use=use):
            _drop(former)
    last = thing.pictures.aggregate(last=Max("order"))["last"] or 0
    picture = Picture.objects.create(
        article=article, page=page, file=file, use=use, caption=caption.strip(), order=last + 1
    )
    files.attach(file=file, thing=picture, public=True)
    record(verb="picture_added", thing=thing, actor=actor, after={"alt": file.alt, "use": use})
    return picture


@transaction.atomic
def picture_remove(*, picture: Picture, actor: Any) -> None:
    thing = picture.article or picture.page
    _allowed(actor, thing)
    assert thing is not None  # noqa: S101 - a constraint holds it
    if picture.file.key in markdown.image_keys(thing.text):
        raise ValidationError("Obrázek stojí v textu. Nejdřív ho odtamtud smažte.")
    told = {"alt": picture.file.alt, "use": picture.use}
    _drop(picture)
    record(verb="picture_removed", thing=thing, actor=actor, before=told)


def _drop(picture: Picture) -> None:
    file = picture.file
    picture.delete()
    files.release(file=file)


# --- what comes with the portal ----------------------------------------------------------------------------------


def load_pages(shipped: Iterable[dict[str, Any]]) -> int:
    """Pages that come with the portal, each by its `key`; one that a person has edited or taken out stays as it is.
    How many were written."""
    written = 0
    for one in shipped:
        page = Page.objects.filter(key=one["key"]).first()
        if page is None:
            if Page.objects.filter(slug=one["slug"]).exists():
                continue
            page = Page(key=one["key"], slug=one["slug"])
        elif page.edited_at or page.removed_at:
            continue
        wanted = {name: one[name] for name in ("title", "text", "easy_read", "order")}
        if page.pk and {name: getattr(page, name) for name in wanted} == wanted:
            continue
        for name, value in wanted.items():
            setattr(page, name, value)
        page.shown = True
        page.save()
        written += 1
    return written
