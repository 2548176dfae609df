"""What goes out when a consultation is announced: a draft of an article and letters to members of groups and to those
who follow measures of the plan. Who gets a letter is known before, so that the page can say how many."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from portal.accounts.rules import Range
from portal.audit.actions import record
from portal.groups.models import Group, Membership
from portal.mail import actions as mail
from portal.pages import actions as pages
from portal.pages import rules as page_rules
from portal.pages.models import Article, ArticleCategory
from portal.plan.outcome_models import Follower
from portal.territory.rules import lies_in

from . import rules
from .models import Consultation

LETTER = "consult/letters/announced.txt"
# Readers can be rid of these letters (portal/mail/topics.py).
TOPIC = "consult.announced"
# The kind of article, where the list has it; else the first one.
CATEGORY = "pozvanka"


@dataclass(frozen=True, slots=True)
class Reader:
    email: str
    name: str = ""


def members(consultation: Consultation) -> list[Reader]:
    """Members of standing groups of the territory and of what it lies in, and of the body that decides; each address
    once."""
    over = lies_in(consultation.span_kind, consultation.span_code)
    groups = Group.objects.filter(pk__in=[consultation.decides_id] if consultation.decides_id else [])
    for kind, code in over:
        if kind != Range.SITE:
            groups |= Group.objects.filter(span_kind=kind, span_code=code or "")
    rows = Membership.objects.current().filter(group__in=groups.filter(closed_on=None)).exclude(email="")
    return _once(Reader(one["email"], one["name"]) for one in rows.order_by("pk").values("email", "name"))


def followers(consultation: Consultation) -> list[Reader]:
    """Those who follow any measure of the plan on view."""
    if consultation.plan_id is None:
        return []
    rows = Follower.objects.filter(node__plan=consultation.plan_id).order_by("pk")
    return _once(Reader(email) for email in rows.values_list("email", flat=True))


def _once(readers: Any) -> list[Reader]:
    kept: dict[str, Reader] = {}
    for one in readers:
        kept.setdefault(one.email.lower(), one)
    return list(kept.values())


@transaction.atomic
def tell(*, consultation: Consultation, readers: Collection[Reader], actor: Any) -> int:
    """Letters about the announced consultation, each address one; how many."""
    if not rules.may_prepare(actor, consultation):
        raise PermissionDenied
    once = _once(readers)
    context = {
        "title": consultation.title,
        "about": consultation.about.strip(),
        "url": settings.SITE_URL + address(consultation),
        "opens": day(consultation.opens_at),
        "closes": day(consultation.closes_at),
        "hearing": hearing_line(consultation),
        "printed_at": consultation.printed_at,
    }
    for one in once:
        mail.write(
            template=LETTER, to=one.email, name=one.name, context=context, duty=False, topic=TOPIC, about=consultation
        )
    if once:
        record(verb="consultation_told", thing=consultation, actor=actor, after={"letters": len(once)})
    return len(once)


def may_write_article(person: Any, consultation: Consultation) -> bool:
    return page_rules.may_add(person) and page_rules.may_edit(person, Article(**span(consultation)))


def article(*, consultation: Consultation, actor: Any) -> Article | None:
    """A draft of an article; None where no kind of articles is kept."""
    category = ArticleCategory.objects.filter(key=CATEGORY).first() or ArticleCategory.objects.first()
    if category is None:
        return None
    wanted: dict[str, Any] = {
        "title": f"Připomínky: {consultation.title}",
        "lead": f"Do {day(consultation.closes_at)} nám můžete napsat, co v návrhu chybí nebo co má být jinak.",
        "text": article_text(consultation),
        "author": "",
        "category": category,
        **span(consultation),
    }
    if consultation.standing_hearing is not None:
        wanted["meetings"] = [consultation.standing_hearing]
    return pages.article_save(wanted=wanted, actor=actor)


def article_text(consultation: Consultation) -> str:
    """In Markdown, as the person will edit it."""
    hearing = hearing_line(consultation)
    lines = [
        plain(consultation.about.strip()),
        f"[Přečíst návrh a napsat připomínku]({settings.SITE_URL}{address(consultation)})",
        f"Připomínky přijímáme od {day(consultation.opens_at)} do {day(consultation.closes_at)}. "
        "Na každou odpovíme a napíšeme proč.",
        f"**Veřejné projednání:** {plain(hearing)}" if hearing else "",
        f"Vytištěný návrh najdete tady: {plain(consultation.printed_at)}" if consultation.printed_at else "",
    ]
    return "\n\n".join(line for line in lines if line)


def plain(text: str) -> str:
    """Words of a person as Markdown that draws nothing but them."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>#+!|" else sign for sign in text)


def span(consultation: Consultation) -> dict[str, str]:
    return {name: getattr(consultation, name) for name in ("span_kind", "span_code", "span_name")}


def address(consultation: Consultation) -> str:
    return reverse("consult:consultation", args=[consultation.slug])


def day(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "j. n. Y") if moment else ""


def hearing_line(consultation: Consultation) -> str:
    """When and where, in one line; "" without a hearing."""
    hearing = consultation.standing_hearing
    if hearing is None:
        return ""
    when = date_format(timezone.localtime(hearing.starts_at), "l j. n. Y, G.i")
    return ", ".join(one for one in (when, hearing.place or hearing.online_url) if one)
