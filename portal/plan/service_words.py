"""Services and providers as people write them into a card: by name, namesakes with their address or IČO in brackets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.text import slugify

from portal.catalogue.models import Provider, Service, ServiceQuerySet

_IN_BRACKETS = re.compile(r"(.*)\(([\w-]+)\)\s*")


def written(slugs: Iterable[str]) -> dict[str, str]:
    """Slug -> "Domácí pomoc"; a service that has namesakes as "Domácí pomoc (domaci-pomoc-2)". Two queries."""
    names = dict(Service.objects.filter(slug__in=list(slugs)).values_list("slug", "name"))
    if not names:
        return {}
    times = Counter(Service.objects.filter(name__in=names.values()).values_list("name", flat=True))
    return {slug: name if times[name] == 1 else f"{name} ({slug})" for slug, name in names.items()}


def service_named(text: str) -> str:
    """The slug of the service that the text names; ValidationError where it names none or more of them."""
    text = text.strip()
    found = _IN_BRACKETS.fullmatch(text)
    if found and Service.objects.filter(slug=found[2]).exists():
        return found[2]
    slugs = list(Service.objects.filter(Q(name=text) | Q(slug=text)).values_list("slug", flat=True)[:9])
    if not slugs:
        raise ValidationError(
            f"Službu „{text[:80]}“ v katalogu nemáme. Vyberte ji z nabídky, která se ukáže při psaní."
        )
    if len(slugs) > 1:
        choices = "; ".join(f"{text} ({slug})" for slug in slugs)
        raise ValidationError(f"Služeb „{text[:80]}“ je víc. Napište, kterou myslíte: {choices}.")
    return slugs[0]


def suggestions(among: ServiceQuerySet, text: str, number: int) -> list[dict[str, Any]]:
    """Items for <suggest-box>: what is written into the field, with the provider and the kind beside."""
    wanted = slugify(text)
    if len(wanted) < 2:
        return []
    asked = Q(slug__contains=wanted) | Q(provider__slug__contains=wanted)
    rows = list(among.filter(asked).select_related("provider", "kind").order_by("name", "pk")[:number])
    words = written(row.slug for row in rows)
    return [
        {"label": row.name, "hint": f"{row.kind.name}, {row.provider.name}", "value": words[row.slug]} for row in rows
    ]


def providers_written(slugs: Iterable[str]) -> dict[str, str]:
    """Slug -> name; one that has namesakes with its IČO, or its address, in brackets. Two queries."""
    rows = list(Provider.objects.filter(slug__in=list(slugs)).order_by("name").values_list("slug", "name", "ico"))
    if not rows:
        return {}
    names = [name for _, name, _ in rows]
    times = Counter(Provider.objects.filter(name__in=names).values_list("name", flat=True))
    return {slug: name if times[name] == 1 else f"{name} ({ico or slug})" for slug, name, ico in rows}


def providers_named(names: Iterable[str]) -> tuple[tuple[str, ...], list[str]]:
    """Slugs of the providers, and a sentence for each name that leads to none or to more of them."""
    found, problems = set(), []
    for name in names:
        match = _IN_BRACKETS.fullmatch(name)
        asked = Q(slug=match[2]) | Q(ico=match[2]) if match else Q(name=name) | Q(ico=name)
        slugs = list(Provider.objects.filter(asked | Q(name=name)).values_list("slug", flat=True)[:2])
        if len(slugs) == 1:
            found.add(slugs[0])
        elif slugs:
            problems.append(f"Poskytovatelů „{name[:80]}“ je víc. Napište místo názvu IČO.")
        else:
            problems.append(f"Poskytovatele „{name[:80]}“ neznáme. Jiné organizace napište do pole „S kým“.")
    return tuple(sorted(found)), problems
