"""Which fields of a card a provider's change reaches at once and which wait for somebody to look."""

from __future__ import annotations

from portal.catalogue import drafts
from portal.catalogue.models import Provider

from .models import PublishRule, Standing

Level = Standing.Level

# Whose card it is and who verified it is not for the provider to say.
NOT_THEIRS = frozenset({"provider", "ico", "verified_on", "verified_by"})
# What grows old fast and misleads nobody for long goes out at once also for those whom we know only a little.
QUICK = frozenset({"waiting", "vacancies", "contacts"})
# What the service is: looked at even when somebody trusted says it.
IDENTITY = frozenset({"name", "kind", "whole_region"})


def fields() -> dict[str, str]:
    """Fields that a provider may change, with their Czech names."""
    return {name: label for name, label in drafts.LABELS.items() if name not in NOT_THEIRS}


def waits_by_default(level: str, field: str) -> bool:
    if level == Level.TRUSTED:
        return field in IDENTITY
    return level == Level.WATCHED or field not in QUICK


def level_of(provider: Provider) -> str:
    standing = Standing.objects.filter(provider=provider).first()
    return standing.level if standing else Level.USUAL


def waiting_fields(provider: Provider) -> frozenset[str]:
    """Fields whose changes by this provider wait. Two queries."""
    level = level_of(provider)
    said = dict(PublishRule.objects.filter(level=level).values_list("field", "waits"))
    return frozenset(name for name in fields() if said.get(name, waits_by_default(level, name)))


def table() -> dict[tuple[str, str], bool]:
    """(standing, field) -> does it wait; for all standings and fields. One query."""
    said = {(row.level, row.field): row.waits for row in PublishRule.objects.all()}
    return {
        (level, name): said.get((level, name), waits_by_default(level, name))
        for level in Level.values
        for name in fields()
    }
