"""The secret link to what is not on the web yet: who has it reads the article or the page as it will be, until the link
expires or is called back."""

from __future__ import annotations

from datetime import timedelta

from django.core import signing
from django.urls import reverse

from .models import Article, Page

SALT = "portal.pages.preview"
WORKS_FOR = timedelta(days=14)


def path(thing: Article | Page) -> str:
    of_page = isinstance(thing, Page)
    token = signing.dumps([thing.pk, thing.preview_number], salt=_salt(of_page=of_page))
    return reverse("pages:page_preview" if of_page else "pages:article_preview", args=[token])


def find(token: str) -> Article | None:
    """The article of the link; None for a link that has expired, was called back, or that we have not made."""
    pk, number = _read(token, of_page=False)
    return Article.objects.standing().filter(pk=pk, preview_number=number).select_related("category").first()


def find_page(token: str) -> Page | None:
    """The same for a page."""
    pk, number = _read(token, of_page=True)
    return Page.objects.standing().filter(pk=pk, preview_number=number).select_related("parent").first()


def _salt(*, of_page: bool) -> str:
    return f"{SALT}.page" if of_page else SALT


def _read(token: str, *, of_page: bool) -> tuple[int, int]:
    try:
        pk, number = signing.loads(token, salt=_salt(of_page=of_page), max_age=WORKS_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return 0, 0
    return pk, number
