"""The consultations of demo/consult/: one settled and closed, one that takes comments, over the texts of demo plans.

The same day gives the same consultations. `load` adds those that are missing; it needs the demo plans and groups.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.consult import comment_actions, texts
from portal.consult.models import Comment, Consultation, Paragraph, Support
from portal.groups.models import Group
from portal.meetings.models import Meeting
from portal.plan.models import Plan
from portal.suggestions.models import Origin

FILE: Path = settings.ROOT / "demo" / "consult" / "consultations.toml"
HEARING = "Veřejné projednání návrhu plánu"
COORDINATOR = "koordinátor plánování"
# Days that a decision takes after the term, and a formal one at once.
SETTLED_AFTER = 14
_SENTENCE = re.compile(r"(.{20,200}?[.!?])(\s|$)", re.DOTALL)


def read(file: Path = FILE) -> dict[str, dict[str, Any]]:
    """Consultations as they are written, by their slugs."""
    return tomllib.loads(file.read_text(encoding="utf-8"))


@transaction.atomic
def load(file: Path = FILE) -> int:
    """Add the consultations that are missing; how many."""
    written = read(file)
    have = set(Consultation.objects.filter(slug__in=written).values_list("slug", flat=True))
    for slug, said in written.items():
        if slug not in have:
            _Consultation(slug, said).write()
    return len(written) - len(have)


@transaction.atomic
def remove(file: Path = FILE) -> int:
    """Take the demo consultations away with their comments and hearings; how many there were."""
    consultations = Consultation.objects.filter(slug__in=read(file))
    count = consultations.count()
    hearings = list(
        consultations.exclude(hearing=None).filter(hearing__title=HEARING).values_list("hearing", flat=True)
    )
    Comment.objects.filter(consultation__in=consultations).update(same_as=None, paragraph=None)
    consultations.delete()
    Meeting.objects.filter(pk__in=hearings).delete()
    return count


def _at(days: int, hour: int = 8) -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=days), time(hour)))


@dataclass(slots=True)
class _Consultation:
    """One consultation on its way from the file to the tables."""

    slug: str
    said: dict[str, Any]
    comments: list[Comment] = field(default_factory=list)
    row: Consultation = field(init=False)
    places: dict[str, Paragraph] = field(init=False)

    def write(self) -> None:
        plan = Plan.objects.get(slug=self.said["plan"])
        opens = _at(self.said["opens"])
        self.row = Consultation.objects.create(
            slug=self.slug,
            title=self.said["title"],
            about=self.said["about"],
            span_kind=plan.span_kind,
            span_code=plan.span_code,
            span_name=plan.span_name,
            plan=plan,
            edition=plan.editions.filter(number=self.said["edition"]).first() if "edition" in self.said else None,
            opens_at=opens,
            closes_at=_at(self.said["closes"], 20),
            announced_at=opens - timedelta(days=2),
            hearing=self.hearing(),
            printed_at=self.said["printed_at"],
            decides=Group.objects.get(slug=self.said["decides"]),
            state=Consultation.State.ANNOUNCED,
        )
        texts.freeze(self.row, texts.pieces_of(self.row))
        self.places = self.places_by_measure()
        for number, said in enumerate(self.said["comment"], 1):
            self.comment(number, said)
        self.row.next_number = len(self.comments) + 1
        if "closed" in self.said:
            self.row.state, self.row.closed_at = Consultation.State.CLOSED, _at(self.said["closed"], 15)
        self.row.save()

    def hearing(self) -> Meeting | None:
        """A meeting to come is made for it; one that was is found among those that the body held meanwhile."""
        group = Group.objects.get(slug=self.said["decides"])
        if "hearing" in self.said:
            at = _at(self.said["hearing"], 17)
            return Meeting.objects.create(
                group=group,
                title=HEARING,
                starts_at=at,
                ends_at=at + timedelta(hours=2),
                place="Kulturní dům Svornov, malý sál",
                shown_at=timezone.now(),
            )
        within = (_at(self.said["opens"] + 14), _at(self.said["closes"] - 14))
        return Meeting.objects.filter(group=group, state=Meeting.State.HELD, starts_at__range=within).first()

    def places_by_measure(self) -> dict[str, Paragraph]:
        """The first text under each measure that is long enough to be talked about, else its heading."""
        places: dict[str, Paragraph] = {}
        for one in self.row.paragraphs.select_related("node").order_by("order"):
            code = one.node.code if one.node else ""
            talks = one.sort == Paragraph.Sort.TEXT and len(one.text) > 20
            if code and (code not in places or (talks and places[code].sort != Paragraph.Sort.TEXT)):
                places[code] = one
        return places

    def comment(self, number: int, said: dict[str, Any]) -> None:
        paragraph = self.places[said["at"]] if said["at"] else None
        came = _at(self.said["opens"] + said["after"], 9 + number % 9)
        twin = self.comments[said["same_as"] - 1] if "same_as" in said else None
        comment = Comment(
            consultation=self.row,
            number=number,
            paragraph=paragraph,
            place=said.get("place", ""),
            original=_quoted(paragraph) if said["proposed"] else "",
            proposed=said["proposed"],
            reason=said["reason"],
            kind=said.get("kind", Comment.Kind.SUBSTANTIAL),
            side=said["side"],
            name=said.get("name", ""),
            organisation=said.get("organisation", ""),
            shown_as=said.get("as", Comment.As.NOBODY),
            email=said.get("email", ""),
            email_confirmed_at=came + timedelta(hours=1) if "email" in said and "waiting" not in said else None,
            origin=said.get("origin", Origin.WEB),
            received_at=came,
            same_as=twin,
        )
        self.settle(comment, said if twin is None else self.said["comment"][twin.number - 1])
        if "refused" in said:
            comment.state, comment.refused_reason = Comment.State.REFUSED, said["refused"]
        comment.save()
        self.comments.append(comment)
        if paragraph is not None and "adds" in said:
            stands = paragraph.text if paragraph.now is None else paragraph.now
            paragraph.now = f"{stands} {said['adds']}"
            paragraph.save(update_fields=["now"])
        Support.objects.bulk_create(
            Support(comment=comment, visitor=comment_actions.voice(comment, f"ukázka {n}"), at=came)
            for n in range(said.get("supports", 0))
        )

    def settle(self, comment: Comment, said: dict[str, Any]) -> None:
        comment.state = Comment.State.WAITING if said.get("waiting") else Comment.State.SHOWN
        if "decision" not in said:
            return
        formal = said["by"] == "coordinator"
        body = self.row.decides.name if self.row.decides else COORDINATOR
        comment.decision, comment.decision_reason = said["decision"], said["why"]
        comment.decided_by = COORDINATOR if formal else body
        comment.decided_at = (
            comment.received_at + timedelta(hours=2) if formal else _at(self.said["closes"] + SETTLED_AFTER)
        )
        comment.told_at = comment.decided_at if "closed" in self.said and comment.email_confirmed_at else None


def _quoted(paragraph: Paragraph | None) -> str:
    """The first sentence of the paragraph, as people copy it."""
    if paragraph is None:
        return ""
    found = _SENTENCE.match(paragraph.text)
    return found[1] if found else paragraph.text[:200]
