"""Bringing back what a meeting or an item of its agenda said before a deed of the journal."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from portal.audit import restoring
from portal.audit.models import Deed
from portal.groups.actions import choice_names

from . import actions, agenda_actions, collisions, rules
from .forms import CallForm
from .models import AgendaItem, Meeting
from .when import in_words


def _meeting(deed: Deed) -> Meeting | None:
    return Meeting.objects.select_related("group__procedure").filter(pk=deed.thing_id).first()


def _meeting_now(meeting: Meeting, deed: Deed) -> dict[str, Any]:
    return {name: getattr(meeting, name) for name in actions.OF_MEETING if name in deed.before}


def _asks_again(meeting: Meeting, deed: Deed) -> bool:
    """Whether everybody invited would be asked again whether they come."""
    return meeting.state == Meeting.State.CALLED and any(name in deed.before for name in actions.ASKED_AGAIN)


def _warnings(meeting: Meeting, deed: Deed) -> list[str]:
    """Who will be written to, and what stands in the way of the former time and place."""
    said = []
    if meeting.state == Meeting.State.CALLED and any(name in deed.before for name in actions.HEARD):
        said.append("Jednání je svolané. Změnu napíšeme všem pozvaným a změní se jim i v kalendáři.")
    if _asks_again(meeting, deed):
        said.append("Na nový čas se pozvaných zeptáme znovu. Jejich dosavadní odpovědi přestanou platit.")
    values = restoring.of_columns(Meeting, deed, actions.OF_MEETING)
    time = (values.get("starts_at", meeting.starts_at), values.get("ends_at", meeting.ends_at))
    if time[0] < time[1]:
        place = values.get("place", meeting.place)
        for one in collisions.collisions(meeting.group, [time], place, besides=meeting)[0]:
            other = one.meeting
            said.append(f"Ve stejnou dobu je {other}: {in_words(other.starts_at, other.ends_at)}.")
    return said


def _urgent(meeting: Meeting, deed: Deed, data: Any) -> CallForm | None:
    """A called meeting may need a reason for inviting later than the body's own rules say."""
    return CallForm(data) if _asks_again(meeting, deed) else None


def _meeting_act(meeting: Meeting, deed: Deed, person: Any, said: dict[str, Any]) -> Meeting:
    values = restoring.of_columns(Meeting, deed, actions.OF_MEETING)
    return actions.meeting_change(meeting=meeting, seen=meeting.version, actor=person, restores=deed, **values, **said)


meeting_restore = restoring.view(
    "meetings:meeting_restore",
    restoring.Way(
        find=_meeting,
        may_read=rules.may_read_inside,
        may_write=rules.may_run,
        now=_meeting_now,
        names=lambda meeting, deed: choice_names(Meeting, {"way": meeting.way}, restoring.former(deed, ["way"])),
        act=_meeting_act,
        back=lambda meeting: reverse("meetings:meeting", args=[meeting.pk]),
        obstacle=lambda meeting, _: "" if meeting.state in actions.OPEN else actions.DONE,
        warnings=_warnings,
        form=_urgent,
        stale=(actions.Stale,),
    ),
)


def _item(deed: Deed) -> AgendaItem | None:
    return AgendaItem.objects.select_related("meeting__group").filter(pk=deed.thing_id).first()


def _item_act(item: AgendaItem, deed: Deed, person: Any, _said: dict[str, Any]) -> AgendaItem:
    values = restoring.of_columns(AgendaItem, deed, agenda_actions.OF_ITEM)
    return agenda_actions.item_change(item=item, seen=item.version, actor=person, restores=deed, **values)


item_restore = restoring.view(
    "meetings:item_restore",
    restoring.Way(
        find=_item,
        may_read=lambda person, item: rules.may_read_inside(person, item.meeting),
        may_write=agenda_actions.may_work_on,
        now=lambda item, deed: {name: getattr(item, name) for name in agenda_actions.OF_ITEM if name in deed.before},
        names=lambda item, deed: choice_names(AgendaItem, {"sort": item.sort}, restoring.former(deed, ["sort"])),
        act=_item_act,
        back=lambda item: reverse("meetings:item", args=[item.meeting_id, item.pk]),
        obstacle=lambda item, _: "" if item.meeting.state in agenda_actions.OPEN else agenda_actions.SHUT,
        stale=(agenda_actions.StaleItem,),
    ),
)
