"""Addresses of `newsletter`."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from portal.audit.models import Deed
from portal.newsletter import actions
from portal.newsletter.models import Issue
from tests import make
from tests.world import World

from .pages import PAGE_EDITORS, PAGE_READERS, deed_of, of, posted
from .table import WORD_READERS, Address, desk


def build(world: World) -> None:
    """An issue that went out and one that is being written."""
    actor = make.person("coordinator")
    today = timezone.localdate()
    span = {"span_kind": "municipality", "span_code": world.town.code, "span_name": world.town.name}
    days = {"since": today - timedelta(days=30), "until": today}
    draft = actions.issue_save(wanted={"title": "Rozepsaný", "foreword": "Dobrý den.", **days, **span}, actor=actor)
    sent = actions.issue_save(wanted={"title": "Co je nového", "foreword": "", **days, **span}, actor=actor)
    Issue.objects.filter(pk=sent.pk).update(state=Issue.State.SENT, sent_at=timezone.now())
    draft = actions.issue_save(issue=draft, wanted={"title": "Koncept"}, seen=draft.version, actor=actor)
    world.more["issue_changed deed"] = Deed.objects.filter(verb="issue_changed").latest("pk")
    world.more.update({"issue": draft, "issue_sent": sent})


def token(_: World) -> dict[str, Any]:
    wish = actions.Wish("jana@example.org", "site", "", "", ())
    return {"token": actions.link(wish).rstrip("/").rpartition("/")[2]}


ADDRESSES: dict[str, Address] = {
    "newsletter:issues": Address(),
    "newsletter:public_issue": Address(arguments=lambda world: {"slug": world.more["issue_sent"].slug}),
    "newsletter:subscribe": Address(),
    "newsletter:subscription": Address(arguments=token),
    "newsletter:desk_issues": desk(who=PAGE_READERS),
    "newsletter:issue_add": desk(who=PAGE_EDITORS),
    "newsletter:issue_restore": desk(who=WORD_READERS, arguments=deed_of("issue_changed")),
    "newsletter:issue": desk(who=PAGE_READERS, arguments=of("issue")),
    "newsletter:issue_html": desk(who=PAGE_READERS, html=False, arguments=of("issue")),
    "newsletter:items_pick": posted("issue"),
    "newsletter:issue_test": posted("issue"),
    "newsletter:issue_send": posted("issue"),
    "newsletter:issue_remove": posted("issue"),
}
