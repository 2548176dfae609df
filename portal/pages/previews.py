"""The secret link to a draft: who has it reads the article as it will be, until it expires or is called back."""

from __future__ import annotations

from datetime import timedelta

from django.core import signing
from django.urls import reverse

from .models import Article

SALT = "portal.pages.preview"
WORKS_FOR = timedelta(days=14)


def path(article: Article) -> str:
    token = signing.dumps([article.pk, article.preview_number], salt=SALT)
    return reverse("pages:article_preview", args=[token])


def find(token: str) -> Article | None:
    """The article of the link; None for a link that has expired, was called back, or that we have not made."""
    try:
        pk, number = signing.loads(token, salt=SALT, max_age=WORKS_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Article.objects.standing().filter(pk=pk, preview_number=number).select_related("category").first()
