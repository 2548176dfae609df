"""Articles for machines: JSON-LD for search engines, the Czech open norm "aktuality" (2020-07-01), an Atom feed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from portal.accounts.rules import Range
from portal.web import atom

from .models import Article, Picture

type Json = dict[str, Any]

CONTEXT = "https://ofn.gov.cz/aktuality/2020-07-01/kontexty/aktualita.jsonld"
RUIAN = "https://linked.cuzk.cz/resource/ruian/"
# What the register of territory calls our ranges.
OF_RUIAN = {Range.MUNICIPALITY: "obec", Range.ORP: "orp"}
ENTRIES = 100


def url(article: Article) -> str:
    return reverse("pages:article", args=[article.slug])


def news_article(article: Article, head: Picture | None, site: str) -> Json:
    published = article.published_at or article.changed_at
    linked: Json = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": site + url(article),
        "url": site + url(article),
        "headline": article.title,
        "description": article.lead,
        "articleSection": article.category.name,
        "inLanguage": "cs",
        "datePublished": timezone.localtime(published).isoformat(),
        "dateModified": timezone.localtime(max(published, article.changed_at)).isoformat(),
        "author": {"@type": "Organization", "name": article.author or settings.SITE_NAME},
        "publisher": {"@type": "Organization", "name": settings.SITE_NAME, "url": site + "/"},
    }
    if head:
        linked["image"] = [site + head.file.url]
    if article.span_name:
        linked["contentLocation"] = {"@type": "AdministrativeArea", "name": article.span_name}
    return {key: value for key, value in linked.items() if value}


def ofn(article: Article, site: str) -> Json:
    """One article by the norm. Times are local with their shift, as the norm's examples write them."""
    said: Json = {
        "@context": CONTEXT,
        "typ": "Aktualita",
        "iri": site + url(article),
        "název": {"cs": article.title},
        "popis": {"cs": article.lead or article.title},
        "vytvořeno": _moment(article.published_at or article.created_at),
        "aktualizováno": _moment(max(article.published_at or article.changed_at, article.changed_at)),
        "oznamovatel": {"typ": "Osoba", "název": {"cs": article.author or settings.SITE_NAME}},
        "téma": [article.category.name],
    }
    kind = OF_RUIAN.get(Range(article.span_kind))
    if kind and article.span_code:
        said["geografické_území"] = [f"{RUIAN}{kind}/{article.span_code}"]
    return said


def _moment(when: Any) -> Json:
    return {"typ": "Časový okamžik", "datum_a_čas": timezone.localtime(when).isoformat(timespec="seconds")}


def feed(articles: Iterable[Article], site: str) -> bytes:
    about = atom.Feed(
        title=f"Aktuality: {settings.SITE_NAME}",
        me=reverse("pages:articles_feed"),
        page=reverse("pages:articles"),
        author=settings.SITE_NAME,
        began=datetime(2026, 1, 1, tzinfo=UTC),
    )
    entries = [
        atom.Entry(
            f"aktualita-{one.pk}", one.title, url(one), timezone.localtime(one.published_at), one.lead, one.author
        )
        for one in articles
        if one.published_at
    ]
    return atom.written(about, entries, site)
