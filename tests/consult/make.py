"""Consultations for tests, ready at any moment of their life.

make_consultation()                         a plan's edition, takes comments now
make_consultation(phase="settling")         prepared, announced, open, after_hearing, settling, closed, cancelled
make_consultation(paragraphs=200)           paragraphs without any plan (fast)
make_comment(consultation, decision="accepted", ...)
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from portal.accounts.models import Grant
from portal.consult import actions
from portal.consult.models import Comment, Consultation, Paragraph
from portal.meetings.models import Meeting
from portal.territory.models import Municipality
from tests import make
from tests.plan import plans

DAY = timedelta(days=1)
# Days from now on which comments begin and end, by the phase.
TERMS = {
    "prepared": (2, 40),
    "announced": (2, 40),
    "open": (-10, 30),
    "after_hearing": (-20, 20),
    "settling": (-50, -10),
    "closed": (-60, -20),
    "cancelled": (-5, 35),
}


def make_consultation(
    *, phase: str = "open", paragraphs: int = 0, town: Municipality | None = None, **more: Any
) -> Consultation:
    """A consultation of a town that stands in the phase. With `paragraphs` so many plain ones and no plan; else a
    small plan with its edition. `more` are fields; `hearing` is made for all but "open" consultations without one
    if not given."""
    town = town or make.municipality("Svornov")
    actor = make.person("coordinator")
    opens, closes = (timezone.now() + days * DAY for days in TERMS[phase])
    values: dict[str, Any] = {
        "title": "Návrh komunitního plánu",
        "about": "Přečtěte si návrh a napište, co v něm chybí.",
        "span_kind": Grant.Range.MUNICIPALITY,
        "span_code": town.code,
        "span_name": town.name,
        "opens_at": opens,
        "closes_at": closes,
        "short_reason": "zkouška",
    }
    if "hearing" not in more:
        values["hearing"] = make_hearing(town, opens + (closes - opens) * 0.4)
    if not paragraphs and not {"plan", "edition", "chapter", "action_plan", "document", "file", "network"} & set(more):
        values["plan"] = plans.grown(plans.plan(town=town, actor=actor))
    kept = {name: more.pop(name) for name in ("state", "closed_at", "announced_at") if name in more}
    made = actions.consultation_add(actor=actor, **(values | more))
    if phase == "prepared":
        return made
    if paragraphs:
        make_paragraphs(made, paragraphs)
        _set(made, state=Consultation.State.ANNOUNCED, announced_at=min(timezone.now(), opens - DAY))
    elif phase in ("settling", "closed"):
        _set(made, opens_at=timezone.now() - DAY, closes_at=timezone.now() + DAY, hearing=None)
        made = actions.announce(consultation=made, actor=actor)
        _set(made, opens_at=opens, closes_at=closes, announced_at=opens - DAY, hearing=(values | more).get("hearing"))
    else:
        made = actions.announce(consultation=made, actor=actor)
        _set(made, announced_at=min(timezone.now(), opens - DAY))
    if phase == "closed":
        _set(made, state=Consultation.State.CLOSED, closed_at=closes + 15 * DAY)
    if phase == "cancelled":
        _set(made, state=Consultation.State.CANCELLED, cancelled_reason="Plán se přepracuje.")
    if kept:
        _set(made, **kept)
    return made


def _set(consultation: Consultation, **values: Any) -> None:
    Consultation.objects.filter(pk=consultation.pk).update(**values)
    consultation.refresh_from_db()


def make_hearing(town: Municipality, starts_at: datetime) -> Meeting:
    """A public hearing of a steering group of the town, two hours long."""
    group = make.group(
        town, name="Řídící skupina", span_kind=Grant.Range.MUNICIPALITY, span_code=town.pk, span_name=town.name,
        sort="steering",
    )  # fmt: skip
    return Meeting.objects.create(
        group=group, title="Veřejné projednání", starts_at=starts_at, ends_at=starts_at + timedelta(hours=2),
        place="Kulturní dům", shown_at=timezone.now(),
    )  # fmt: skip


def make_paragraphs(consultation: Consultation, count: int) -> list[Paragraph]:
    """A heading in front of every ten plain paragraphs."""
    return Paragraph.objects.bulk_create(
        Paragraph(
            consultation=consultation,
            order=n,
            sort=Paragraph.Sort.HEADING if n % 10 == 1 else Paragraph.Sort.TEXT,
            level=1 if n % 10 == 1 else 0,
            label=str(n),
            text=f"Část {n // 10 + 1}" if n % 10 == 1 else f"Odstavec {n}: pečovatelka přijde i v neděli.",
        )
        for n in range(1, count + 1)
    )


def make_comment(consultation: Consultation, **more: Any) -> Comment:
    """A comment that everybody sees, settled where `decision` is given. Numbers go on."""
    number = consultation.next_number
    decision = more.get("decision", "")
    values: dict[str, Any] = {
        "number": number,
        "original": "i v neděli",
        "proposed": "i v neděli a o svátcích",
        "reason": "O svátcích je to nejhorší.",
        "received_at": min(timezone.now(), (consultation.closes_at or timezone.now()) - timedelta(hours=1)),
        "state": Comment.State.SHOWN,
    }
    if decision:
        values |= {"decision_reason": "Dává to smysl.", "decided_at": timezone.now(), "decided_by": "koordinátorka"}
    made = Comment.objects.create(consultation=consultation, **(values | more))
    consultation.next_number = number + 1
    Consultation.objects.filter(pk=consultation.pk).update(next_number=number + 1)
    return made
