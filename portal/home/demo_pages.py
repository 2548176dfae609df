"""What the invented region tells people: articles of demo/pages/, the communication plan, printed things, a newsletter.

`load` adds only what is missing and needs the demo region and the code lists; days count from the day of loading, so
that the demo never grows old. Who is tied to a thing that another part of the demo makes (a group, a measure) is tied
where that thing is.
"""

from __future__ import annotations

import io
import tomllib
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw

from portal.accounts import spans
from portal.accounts.models import Grant, Person
from portal.files import actions as files
from portal.groups.models import Group
from portal.mail.models import Letter
from portal.newsletter.models import Issue, IssueItem, Subscriber
from portal.pages.codelists import load as load_categories
from portal.pages.codelists import load_pages
from portal.pages.models import Article, ArticleCategory, CommunicationItem, Handover, Picture, PrintedProduct
from portal.plan.models import Node

FOLDER: Path = settings.ROOT / "demo" / "pages"
# When in the day an article came out.
AT = time(8, 0)
# Colours of drawn pictures: the sky, the ground, what stands on it.
PAINTS = (
    ("#dcecf5", "#b9c9a6", "#8a4f3d"),
    ("#f5ecdc", "#c9bfa6", "#3d5f8a"),
    ("#e6e1f2", "#b4b9a6", "#5b3a29"),
    ("#def0e4", "#a6b9a9", "#7a3d5f"),
)


def read(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    return tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))


@transaction.atomic
def load(folder: Path = FOLDER) -> int:
    """What is missing of the demo's texts; how many articles were added."""
    load_categories()
    load_pages()
    added = _articles(read("articles", folder))
    _outreach(read("outreach", folder))
    _newsletter(read("issue", folder))
    return added


@transaction.atomic
def remove(folder: Path = FOLDER) -> int:
    """Take them away again; how many articles there were. Pages that come with the portal stay."""
    issue = read("issue", folder)
    Letter.objects.filter(to__in=[one["email"] for one in issue["subscriber"]]).delete()
    Issue.objects.filter(title=issue["title"]).delete()
    Subscriber.objects.filter(email__in=[one["email"] for one in issue["subscriber"]]).delete()
    outreach = read("outreach", folder)
    CommunicationItem.objects.filter(what__in=[one["what"] for one in outreach["line"]]).delete()
    PrintedProduct.objects.filter(title__in=[one["title"] for one in outreach["product"]]).delete()
    mine = Article.objects.filter(slug__in=[one["slug"] for one in read("articles", folder)["article"]])
    pictures = list(Picture.objects.filter(article__in=mine).select_related("file"))
    count = mine.count()
    mine.delete()
    for one in pictures:
        files.release(file=one.file)
    files.drop(numbers=[one.file_id for one in pictures])
    return count


# --- articles --------------------------------------------------------------------------------------------------


def _articles(told: dict[str, Any]) -> int:
    categories = {one.key: one for one in ArticleCategory.objects.all()}
    there = set(Article.objects.values_list("slug", flat=True))
    missing = [one for one in told["article"] if one["slug"] not in there]
    for number, one in enumerate(missing):
        article = Article.objects.create(
            **{name: one[name] for name in ("slug", "title", "lead", "author")},
            text=one["text"].strip(),
            category=categories[one["category"]],
            published_at=_morning(one["days_ago"]) if "days_ago" in one else None,
            created_at=_morning(max(one.get("days_ago", 0), 0) + 2),
            **_where(one["where"]),
        )
        codes = Node.objects.filter(plan__slug=told["plan"], code__in=one.get("measures", []), removed_at=None)
        article.measures.set(codes)
        if one.get("group"):
            article.groups.set(Group.objects.filter(slug=one["group"]))
        if one.get("picture"):
            _picture(article, one["picture"], Picture.Use.HEAD, number)
        for at, alt in enumerate(one.get("gallery", []), 1):
            _picture(article, alt, Picture.Use.GALLERY, number + at)
    return len(missing)


def _morning(days_ago: int) -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate() - timedelta(days=days_ago), AT))


def _where(code: str) -> dict[str, str]:
    kinds = {2: Grant.Range.REGION, 3: Grant.Range.REGION, 4: Grant.Range.ORP, 6: Grant.Range.MUNICIPALITY}
    kind = kinds[len(code)]
    return {"span_kind": kind, "span_code": code, "span_name": spans.name(kind, code)}


def _picture(article: Article, alt: str, use: str, number: int) -> None:
    upload = SimpleUploadedFile("kresba.png", _drawn(number))
    file = files.keep(upload=upload, sort="image", actor=None, public=True, alt=alt)
    picture = Picture.objects.create(article=article, file=file, use=use, order=number)
    files.attach(file=file, thing=picture, public=True)


def _drawn(number: int) -> bytes:
    """Houses or tents in a row under the sky: invented events have no photographs."""
    sky, ground, roof = PAINTS[number % len(PAINTS)]
    picture = Image.new("RGB", (960, 540), sky)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 420, 960, 540), fill=ground)
    for at in range(4):
        left, tall = 70 + at * 220, 120 + (at * 37 + number * 53) % 90
        pen.rectangle((left, 430 - tall, left + 160, 440), fill="#f4efe4", outline=roof, width=5)
        pen.polygon([(left - 15, 430 - tall), (left + 80, 350 - tall), (left + 175, 430 - tall)], fill=roof)
        pen.rectangle((left + 60, 380, left + 100, 440), fill=roof)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


# --- how people are told -----------------------------------------------------------------------------------------


def _outreach(told: dict[str, Any]) -> None:
    today, where = timezone.localdate(), _where(told["where"])
    editor = Person.objects.filter(grants__role=Grant.Role.COORDINATOR).order_by("pk").first()
    for one in told["line"]:
        if CommunicationItem.objects.filter(what=one["what"]).exists():
            continue
        CommunicationItem.objects.create(
            **{name: one[name] for name in ("what", "audience", "channel", "who")},
            due_on=today + timedelta(days=one["due"]),
            done_on=today + timedelta(days=one["done"]) if "done" in one else None,
            note=one.get("note", ""),
            person=editor,
            **where,
        )
    for one in told["product"]:
        if PrintedProduct.objects.filter(title=one["title"]).exists():
            continue
        product = PrintedProduct.objects.create(
            title=one["title"],
            printed=one["printed"],
            printed_on=today - timedelta(days=one["printed_days_ago"]),
            note=one.get("note", ""),
            **where,
        )
        Handover.objects.bulk_create(
            Handover(
                product=product,
                place=row["place"],
                amount=row["amount"],
                handed_on=today - timedelta(days=row["handed_days_ago"]) if "handed_days_ago" in row else None,
                planned_on=today + timedelta(days=row["planned_in"]) if "planned_in" in row else None,
                note=row.get("note", ""),
            )
            for row in one["handover"]
        )


# --- the newsletter ----------------------------------------------------------------------------------------------


def _newsletter(told: dict[str, Any]) -> None:
    """Subscribers and an issue that is out already; its letters were read long ago and are not written anew."""
    for one in told["subscriber"]:
        where = _where(one["where"]) if one.get("where") else {}
        defaults = {"topics": one.get("topics", []), "confirmed_at": _morning(told["days_ago"] + 30), **where}
        Subscriber.objects.get_or_create(email=one["email"], defaults=defaults)
    if Issue.objects.filter(title=told["title"]).exists():
        return
    out = _morning(told["days_ago"])
    day = timezone.localdate(out)
    issue = Issue.objects.create(
        slug="co-je-noveho-kolem-pomoci",
        title=told["title"],
        foreword=told["foreword"].strip(),
        since=day - timedelta(days=told["period"]),
        until=day,
        state=Issue.State.SENT,
        sent_at=out,
        letters=len(told["subscriber"]),
        created_at=out,
        **_where(told["where"]),
    )
    since = _morning(told["days_ago"] + told["period"])
    articles = Article.objects.public().filter(published_at__gte=since, published_at__lte=out)
    IssueItem.objects.bulk_create(
        IssueItem(issue=issue, article=one, order=order) for order, one in enumerate(articles, 1)
    )
