"""Cases of test_restoring for what groups work with: meetings, minutes, consultations, how people are told.

A case makes a thing, changes it, and gives back how to read what the thing says now.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from portal.accounts.models import Person
from portal.consult import actions as consulting
from portal.consult import settling
from portal.consult.models import Comment, Consultation
from portal.meetings import actions as meetings
from portal.meetings.models import AgendaItem, Meeting
from portal.minutes import actions as writing
from portal.minutes import register_actions as minutes
from portal.minutes.models import Task
from portal.newsletter import actions as newsletter
from portal.newsletter.models import Issue
from portal.pages import outreach_actions as outreach
from portal.pages.models import CommunicationItem, Handover, PrintedProduct
from tests import make
from tests.consult.make import make_comment, make_consultation
from tests.documents import papers
from tests.meetings import gatherings
from tests.minutes import written
from tests.pages import texts

type Read = Callable[[], Any]

OF_MEETING = ("title", "starts_at", "ends_at", "way", "place", "online_url", "note")
STARTS_AT, ENDS_AT = gatherings.at(40, 9), gatherings.at(40, 11)


def meeting(jana: Person) -> Read:
    one = gatherings.meeting(gatherings.group(), actor=jana, starts_at=STARTS_AT, note="S sebou šálek.")
    meetings.meeting_change(
        meeting=one, seen=one.version, actor=jana, title="Jinak", starts_at=gatherings.at(41, 13),
        ends_at=gatherings.at(41, 14), way="online", place="", online_url="https://example.org/a", note="",
    )  # fmt: skip
    return lambda: Meeting.objects.values(*OF_MEETING).get(pk=one.pk)


def item(jana: Person) -> Read:
    said: dict[str, Any] = {
        "title": "Doprava",
        "text": "Kolik stojí.",
        "sort": "decision",
        "minutes": 20,
        "leader": "Jana",
    }
    one = meetings.item_propose(meeting=gatherings.meeting(gatherings.group(), actor=jana), actor=jana, **said)
    other: dict[str, Any] = {"title": "Jinak", "text": "", "sort": "information", "minutes": None, "leader": ""}
    meetings.item_change(item=one, seen=one.version, actor=jana, **other)
    return lambda: AgendaItem.objects.values(*said).get(pk=one.pk)


def task(jana: Person) -> Read:
    made = written.sent()
    one = Task.objects.filter(minutes=made.minutes).earliest("pk")
    Task.objects.filter(pk=one.pk).update(membership=made.members["novak"], who="Petr Novák", until=date(2026, 3, 15))
    one.refresh_from_db()
    minutes.task_change(
        task=one, what="Jinak", who="", membership=made.members["user"], until=None, seen=one.version, actor=jana
    )
    return lambda: Task.objects.values("what", "who", "membership__name", "until", "state").get(pk=one.pk)


def minutes_head(jana: Person) -> Read:
    made = written.begun()
    head: dict[str, Any] = {"taken_by": "Hana Hlavní", "verifier": "Petr Novák", "number": 7}
    writing.head_save(minutes=made.minutes, actor=jana, **head)
    writing.head_save(minutes=made.minutes, actor=jana, taken_by="Jinak", verifier="", number=None)
    return lambda: writing.head_told(made.again())


OF_CONSULTATION = (
    "title", "about", "plan__title", "opens_at", "closes_at", "hearing__title", "short_reason", "printed_at", "who",
    "showing", "reason_needed", "decides__name",
)  # fmt: skip
OPENS_AT, CLOSES_AT = gatherings.at(2, 0), gatherings.at(60, 0)


def consultation(jana: Person) -> Read:
    decides = make.group(name="Rada", slug="rada")
    one = make_consultation(phase="prepared", opens_at=OPENS_AT, closes_at=CLOSES_AT, decides=decides)
    consulting.consultation_change(
        consultation=one, seen=one.version, actor=jana, title="Jinak", about="", plan=None, opens_at=None,
        closes_at=None, hearing=None, short_reason="", printed_at="Radnice", who="involved", showing="at_once",
        reason_needed=False, decides=None,
    )  # fmt: skip
    return lambda: Consultation.objects.values(*OF_CONSULTATION).get(pk=one.pk)


def comment_kind(jana: Person) -> Read:
    one = make_comment(make_consultation(paragraphs=1), kind="substantial")
    settling.kind_change(comment=one, seen=one.version, kind="formal", reason="překlep", actor=jana)
    return lambda: Comment.objects.get(pk=one.pk).kind


def comment_assigned(jana: Person) -> Read:
    one = make_comment(make_consultation(paragraphs=1))
    group, due_on = make.group(name="Senioři", slug="seniori"), timezone.localdate() + timedelta(7)
    for values in ({"group": group, "person": jana, "due_on": due_on}, {"group": None, "person": None, "due_on": None}):
        one = settling.assign(comment=one, seen=None, actor=jana, **values)
    return lambda: Comment.objects.values("group__name", "assignee__name", "due_on").get(pk=one.pk)


def _line(jana: Person) -> CommunicationItem:
    said = {
        "what": "Pozvánka", "audience": "všem", "channel": "poster", "due_on": date(2026, 12, 1), "who": "město",
        "person": jana, "note": "Do schránek.", "span_kind": "site", "span_code": "", "span_name": "",
    }  # fmt: skip
    return outreach.item_save(wanted=said, actor=jana)


def _lines() -> Any:
    return list(CommunicationItem.objects.values("pk", "what", "audience", "channel", "due_on", "person__name", "note"))


def communication(jana: Person) -> Read:
    one = _line(jana)
    other = {"what": "Jinak", "audience": "nikomu", "channel": "web", "due_on": date(2027, 1, 1), "person": None}
    outreach.item_save(item=one, wanted={**other, "note": ""}, seen=one.version, actor=jana)
    return lambda: [{**row, "pk": row["pk"] == one.pk} for row in _lines()]


def communication_removed(jana: Person) -> Read:
    one = _line(jana)
    pk = one.pk
    outreach.item_remove(item=one, actor=jana)
    return lambda: [{**row, "pk": row["pk"] == pk} for row in _lines()]


LINE = {
    "pk": True,
    "what": "Pozvánka",
    "audience": "všem",
    "channel": "poster",
    "due_on": date(2026, 12, 1),
    "person__name": "Jana Malá",
    "note": "Do schránek.",
}


def _guide(jana: Person) -> PrintedProduct:
    paper = papers.document("Průvodce", actor=jana, audience="public", town=make.municipality("Svornov"))
    said = {"title": "Průvodce", "printed": 100, "printed_on": date(2026, 1, 1), "document": paper, "note": "A5"}
    return outreach.product_save(wanted={**said, "span_kind": "site"}, actor=jana)


def product(jana: Person) -> Read:
    one = _guide(jana)
    other = {"title": "Jinak", "printed": 7, "printed_on": None, "document": None, "note": ""}
    outreach.product_save(product=one, wanted=other, seen=one.version, actor=jana)
    return lambda: PrintedProduct.objects.values("title", "printed", "printed_on", "document__title", "note").get()


def handover(jana: Person) -> Read:
    row = outreach.handover_add(product=_guide(jana), place="knihovna", amount=20, handed_on=HANDED, actor=jana)
    outreach.handover_done(handover=row, done=False, actor=jana)
    return lambda: Handover.objects.get().handed_on


def handover_removed(jana: Person) -> Read:
    said: dict[str, Any] = {"place": "knihovna", "amount": 20, "planned_on": HANDED, "note": "u pultu"}
    row = outreach.handover_add(product=_guide(jana), handed_on=HANDED, actor=jana, **said)
    outreach.handover_remove(handover=row, actor=jana)
    return lambda: list(Handover.objects.values("place", "amount", "planned_on", "handed_on", "note"))


HANDED = date(2026, 5, 4)


def issue(jana: Person) -> Read:
    texts.article(title="Sešli jsme se", actor=jana)
    today = timezone.localdate()
    said = {"title": "Jaro", "foreword": "Dobrý den.", "since": today, "until": today, "span_kind": "site"}
    one = newsletter.issue_save(wanted=said, actor=jana)
    other = {"title": "Jinak", "foreword": "", "since": today - timedelta(9), "until": today}
    newsletter.issue_save(issue=one, wanted=other, seen=one.version, actor=jana)

    def now() -> dict[str, Any]:
        stored = Issue.objects.get(pk=one.pk)
        days = (stored.until - stored.since).days
        return {
            "title": stored.title,
            "foreword": stored.foreword,
            "days": days,
            "in": list(map(str, stored.items.all())),
        }

    return now


CASES: dict[str, tuple[Callable[[Person], Read], Any]] = {
    "meeting_changed": (
        meeting,
        {
            "title": "",
            "starts_at": STARTS_AT,
            "ends_at": ENDS_AT,
            "way": "place",
            "place": "Radnice, zasedací místnost",
            "online_url": "",
            "note": "S sebou šálek.",
        },
    ),
    "item_changed": (
        item,
        {"title": "Doprava", "text": "Kolik stojí.", "sort": "decision", "minutes": 20, "leader": "Jana"},
    ),
    "task_changed": (
        task,
        {
            "what": "obvolat obce",
            "who": "Petr Novák",
            "membership__name": "Petr Novák",
            "until": date(2026, 3, 15),
            "state": "open",
        },
    ),
    "consultation_changed": (
        consultation,
        {
            "title": "Návrh komunitního plánu",
            "about": "Přečtěte si návrh a napište, co v něm chybí.",
            "plan__title": "Komunitní plán",
            "opens_at": OPENS_AT,
            "closes_at": CLOSES_AT,
            "hearing__title": "Veřejné projednání",
            "short_reason": "zkouška",
            "printed_at": "",
            "who": "everyone",
            "showing": "checked",
            "reason_needed": True,
            "decides__name": "Rada",
        },
    ),
    "comment_kind_changed": (comment_kind, "substantial"),
    "comment_assigned": (
        comment_assigned,
        {
            "group__name": "Senioři",
            "assignee__name": "Jana Malá",
            "due_on": timezone.localdate() + timedelta(7),
        },
    ),
    "minutes_head_changed": (minutes_head, {"taken_by": "Hana Hlavní", "verifier": "Petr Novák", "number": 7}),
    "communication_changed": (communication, [LINE]),
    "communication_removed": (communication_removed, [LINE]),
    "product_changed": (
        product,
        {
            "title": "Průvodce",
            "printed": 100,
            "printed_on": date(2026, 1, 1),
            "document__title": "Průvodce",
            "note": "A5",
        },
    ),
    "handover_changed": (handover, HANDED),
    "handover_removed": (
        handover_removed,
        [{"place": "knihovna", "amount": 20, "planned_on": HANDED, "handed_on": HANDED, "note": "u pultu"}],
    ),
    "issue_changed": (issue, {"title": "Jaro", "foreword": "Dobrý den.", "days": 0, "in": ["Sešli jsme se"]}),
}
