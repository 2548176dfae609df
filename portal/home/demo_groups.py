"""The invented groups of demo/groups/: a steering group, working groups, their members and those who want to join.

Every file is a group by the name of the file; days are told back from today, so that the demo never grows old.
`load` adds only the groups that are missing and needs the demo region. Areas of the demo plans are given to their
groups apart (`look_after_areas`), because the plans come later.
"""

from __future__ import annotations

import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.accounts import spans
from portal.accounts.models import Grant
from portal.catalogue.models import Provider, TargetGroup
from portal.groups.actions import ORDER
from portal.groups.models import Application, Group, Membership, Procedure
from portal.plan.models import Area
from portal.territory.asking import TERRITORIES

FOLDER: Path = settings.ROOT / "demo" / "groups"
SAID = ("name", "abbreviation", "sort", "about", "mandate", "contact_name", "contact_email", "contact_phone")


def read_groups(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """Groups as they are written, by their slugs; those that others report to come first."""
    read = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.toml"))}
    return dict(sorted(read.items(), key=lambda one: "above" in one[1]))


@transaction.atomic
def load(folder: Path = FOLDER) -> int:
    """Add the groups that are missing; how many."""
    written = read_groups(folder)
    have = set(Group.objects.filter(slug__in=written).values_list("slug", flat=True))
    missing = {slug: said for slug, said in written.items() if slug not in have}
    for slug, said in missing.items():
        group = _group(slug, said)
        members = _members(group, said["members"])
        _applications(group, said.get("applications", []), members)
    return len(missing)


def _group(slug: str, said: dict[str, Any]) -> Group:
    where = spans.named(said["where"], TERRITORIES)
    ((kind, code), name), *more = where.items()
    if more:
        raise ValueError(f"{slug}: {said['where']!r} není právě jedno území")
    group = Group.objects.create(
        slug=slug,
        span_kind=kind,
        span_code=code,
        span_name=name,
        above=Group.objects.get(slug=said["above"]) if "above" in said else None,
        since=_ago(said.get("since_days")),
        until=_ago(said.get("until_days")),
        closed_on=_ago(said.get("closed_days")),
        accepts=said.get("accepts", True),
        order=ORDER[Group.Sort(said["sort"])],
        shown=True,
        **{key: said[key] for key in SAID if key in said},
    )
    group.target_groups.set(TargetGroup.objects.filter(key__in=said["target_groups"]))
    Procedure.objects.create(group=group, **said["procedure"])
    return group


def _ago(days: int | None) -> date | None:
    return None if days is None else timezone.localdate() - timedelta(days=days)


def _members(group: Group, written: list[dict[str, Any]]) -> dict[str, Membership]:
    """Members by their names; those whom somebody stands in for come first in the files."""
    providers = {
        one.name: one for one in Provider.objects.filter(name__in=[one.get("organisation", "") for one in written])
    }
    made: dict[str, Membership] = {}
    for said in written:
        made[said["name"]] = Membership.objects.create(
            group=group,
            name=said["name"],
            email=said.get("email", ""),
            organisation=said.get("organisation", ""),
            provider=providers.get(said.get("organisation", "")),
            side=said["side"],
            role=said.get("role", Membership.Role.MEMBER),
            votes=said.get("votes", True),
            substitutes=made[said["instead"]] if "instead" in said else None,
            name_public=said.get("public", said["side"] in {"commissioner", "provider"}),
            joined_on=timezone.localdate() - timedelta(days=said["joined"]),
            left_on=_ago(said.get("left")),
            left_reason=said.get("reason", ""),
        )
    return made


def _applications(group: Group, written: list[dict[str, Any]], members: dict[str, Membership]) -> None:
    for said in written:
        day = _ago(said["said"])
        Application.objects.create(
            group=group,
            name=said["name"],
            email=said["email"],
            phone=said.get("phone", ""),
            side=said["side"],
            why=said["why"],
            state=said["state"],
            answer=said.get("answer", ""),
            said_at=timezone.make_aware(datetime.combine(day or timezone.localdate(), datetime.min.time())),
            membership=members.get(said["name"]),
        )


def tie_people() -> None:
    """Members of the demo who hold the role of a member are tied to their accounts."""
    granted = Grant.objects.filter(role=Grant.Role.MEMBER, range_kind=Grant.Range.GROUP).select_related("person")
    for grant in granted:
        theirs = Membership.objects.filter(group__pk=grant.range_code, person=None, email__iexact=grant.person.email)
        for one in theirs:
            one.person = grant.person
            one.save(update_fields=["person"])


def look_after_areas(folder: Path = FOLDER) -> None:
    """Areas of the demo plans of the town get the groups that the files name; those that have one keep it."""
    groups = {one.slug: one for one in Group.objects.filter(slug__in=read_groups(folder))}
    for slug, said in read_groups(folder).items():
        if slug in groups and said["areas"]:
            for area in Area.objects.filter(plan__slug__contains="svornova", name__in=said["areas"], group=None):
                area.group = groups[slug]
                area.save(update_fields=["group"])


def remove(folder: Path = FOLDER) -> int:
    """Take the groups of the demo away. Returns how many there were."""
    groups = Group.objects.filter(slug__in=read_groups(folder))
    count = groups.count()
    groups.filter(above__isnull=False).delete()
    groups.delete()
    return count
