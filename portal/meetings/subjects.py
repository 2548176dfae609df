"""What an item may be about, and its papers, as people write them: "1.2.1 Terénní pečovatelská služba (plan)",
"Domácí pomoc", the title of a document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from django.urls import reverse

from portal.catalogue.models import Service
from portal.documents import rules as document_rules
from portal.documents.models import Document
from portal.plan import rules as plan_rules
from portal.plan import service_words
from portal.plan.models import Node, NodeQuerySet, Plan

_MEASURE = re.compile(r"(?P<code>[\w.-]+) .*\((?P<plan>[\w-]+)\)\s*")
_IN_BRACKETS = re.compile(r".*\((?P<slug>[\w-]+)\)\s*")


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing, its words and the address where it is read."""

    thing: Model
    words: str
    address: str


def _measures(person: Any) -> NodeQuerySet:
    """Measures of plans that the person may know of."""
    plans = Plan.objects.public() | plan_rules.readable_plans(person)
    return Node.objects.measures().filter(plan__in=plans.values("pk")).select_related("plan")


def _written(node: Node) -> str:
    return f"{node.code} {node.title} ({node.plan.slug})"


def named(text: str, person: Any) -> Subject:
    """What the text names; ValidationError where it names nothing, or more things than one."""
    text = text.strip()
    if found := _MEASURE.fullmatch(text):
        node = _measures(person).filter(plan__slug=found["plan"], code=found["code"]).first()
        if node:
            return _of_node(node)
    measures = list(_measures(person).filter(Q(code=text) | Q(title=text))[:9])
    if len(measures) == 1:
        return _of_node(measures[0])
    if measures:
        choices = "; ".join(_written(one) for one in measures)
        raise ValidationError(f"Opatření „{text[:80]}“ je víc. Napište, které myslíte: {choices}.")
    try:
        service = Service.objects.public().get(slug=service_words.service_named(text))
    except (ValidationError, Service.DoesNotExist) as problem:
        raise ValidationError(
            f"Opatření ani službu „{text[:80]}“ tu nemáme. Vyberte z nabídky, která se ukáže při psaní."
        ) from problem
    return Subject(service, f"služba {service.name}", reverse("catalogue:service", args=[service.slug]))


def _of_node(node: Node) -> Subject:
    public = node.plan.is_public
    page = reverse("plan:public_measure" if public else "plan:node", args=[node.plan.slug, node.code])
    return Subject(node, f"opatření {node.code} {node.title}", page)


def suggestions(text: str, person: Any, number: int) -> list[dict[str, Any]]:
    """Items for <suggest-box>: measures first, then services."""
    text = text.strip()
    if len(text) < 2:
        return []
    spelled = {text, text.lower(), text.capitalize()}  # SQLite folds only letters of English
    asked = Q(code__startswith=text)
    for one in spelled:
        asked |= Q(title__icontains=one)
    nodes = _measures(person).filter(asked).order_by("plan", "code")[:number]
    items = [
        {"label": f"{one.code} {one.title}", "hint": f"opatření, {one.plan.title}", "value": _written(one)}
        for one in nodes
    ]
    left = number - len(items)
    return items + service_words.suggestions(Service.objects.public(), text, left) if left else items


# --- papers ----------------------------------------------------------------------------------------------------


def papers(text: str, person: Any, number: int) -> list[dict[str, Any]]:
    text = text.strip()
    if len(text) < 2:
        return []
    asked = Q(slug__contains=text.lower())
    for one in {text, text.lower(), text.capitalize()}:
        asked |= Q(title__icontains=one)
    rows = document_rules.readable_documents(person).filter(asked).select_related("sort")[:number]
    return [
        {
            "label": one.title,
            "hint": f"{one.sort.name}, {one.get_audience_display()}",
            "value": f"{one.title} ({one.slug})",
        }
        for one in rows
    ]


def document_named(text: str, person: Any) -> Document:
    """The document that the text names, of those the person reads."""
    text = text.strip()
    readable = document_rules.readable_documents(person)
    if found := _IN_BRACKETS.fullmatch(text):
        document = readable.filter(slug=found["slug"]).first()
        if document:
            return document
    rows = list(readable.filter(Q(title=text) | Q(slug=text))[:2])
    if len(rows) == 1:
        return rows[0]
    problem = "je víc. Vyberte z nabídky ten pravý." if rows else "nemáme. Vyberte z nabídky, která se ukáže při psaní."
    raise ValidationError(f"Dokument „{text[:80]}“ {problem}" if not rows else f"Dokumentů „{text[:80]}“ {problem}")
