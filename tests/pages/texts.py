"""Articles and pages for tests."""

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from portal.accounts.models import Person
from portal.pages import actions
from portal.pages.models import Article, ArticleCategory, Page, Picture
from tests import make


def category(key: str = "zprava", name: str = "zpráva") -> ArticleCategory:
    return ArticleCategory.objects.get_or_create(key=key, defaults={"name": name})[0]


def said(**more: Any) -> dict[str, Any]:
    """What a form of an article hands over."""
    return {
        "title": "Sešli jsme se",
        "lead": "O čem byla řeč.",
        "text": "Přišlo nás dost.",
        "author": "Město Svornov",
        "category": category(),
        "span_kind": "site",
        "span_code": "",
        "span_name": "",
    } | more


def article(*, at: datetime | None = None, draft: bool = False, actor: Person | None = None, **more: Any) -> Article:
    """On the web from the moment, now unless said; or a draft."""
    editor = actor or make.person("page_editor")
    made = actions.article_save(wanted=said(**more), actor=editor)
    return made if draft else actions.article_publish(article=made, at=at or timezone.now(), actor=editor)


def page(**more: Any) -> Page:
    values: dict[str, Any] = {"title": "Jak to chodí", "text": "Domluvou.", "easy_read": "", "shown": True}
    return actions.page_save(wanted=values | more, actor=make.person("page_editor"))


def picture(of: Article | Page, use: str = Picture.Use.HEAD, alt: str = "Lidé u stolu") -> Picture:
    upload = SimpleUploadedFile("foto.png", make.picture())
    return actions.picture_add(thing=of, upload=upload, alt=alt, use=use, actor=make.person("page_editor"))
