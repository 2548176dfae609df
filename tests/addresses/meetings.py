"""Addresses of `meetings`."""

from typing import Any

from portal.audit.models import Deed
from portal.fulfilment.models import FulfilmentReport
from portal.groups.models import Membership
from portal.meetings import actions, calendar_actions, invitations, report_actions
from portal.meetings.models import Invitee, Meeting
from tests import make
from tests.meetings import gatherings
from tests.world import World

from .table import WORD_EDITORS, WORD_READERS, Address, Role, data, desk

GROUP_READERS = WORD_READERS | {Role.MUNICIPALITY, Role.MEMBER}
PROPOSERS = WORD_EDITORS | {Role.MEMBER}


def build(world: World) -> None:
    """A called meeting of the world's group with an agenda, about a service and with an answer to give."""
    group, actor = world.more["group"], make.person("coordinator")
    meeting: Meeting = gatherings.meeting(group, actor=actor, place_note="Vchod z náměstí, výtah vpravo")
    item = actions.item_propose(
        meeting=meeting, title="Domácí pomoc v roce 2027", text="Kolik lidí čeká.", minutes=30, actor=actor
    )
    actions.tie_add(
        item=item, about=world.service, words="služba Domácí pomoc", address="/sluzby/domaci-pomoc/", actor=actor
    )
    actions.item_change(item=item, seen=item.version, actor=actor, leader="Jana")
    actions.meeting_change(meeting=meeting, seen=meeting.version, actor=actor, note="Káva bude.")
    world.more["meeting_deed"] = Deed.objects.filter(verb="meeting_changed").latest("pk")
    world.more["item_deed"] = Deed.objects.filter(verb="item_changed").latest("pk")
    member = make.membership(group, make.person(), name="Ivana Zvaná")
    actions.item_propose(meeting=meeting, title="Co dál s dopravou", actor=member.person)
    report = FulfilmentReport.objects.get(plan=world.more["year_plan"], year=2027)
    report_actions.report_put(report=report, meetings=[meeting], sort="discussion", text="", actor=actor)
    actions.meeting_call(meeting=meeting, actor=actor)
    world.more["put_report"] = report
    world.more["meeting"] = Meeting.objects.get(pk=meeting.pk)
    world.more["agenda_item"] = item
    world.more["invitee"] = Invitee.objects.get(meeting=meeting, membership=member)
    world.more["calendar"] = calendar_actions.key_renew(person=Membership.objects.get(pk=member.pk).person)


def of_meeting(world: World) -> dict[str, Any]:
    return {"pk": world.more["meeting"].pk}


def of_item(world: World) -> dict[str, Any]:
    return of_meeting(world) | {"item": world.more["agenda_item"].pk}


def of_report(world: World) -> dict[str, Any]:
    return {"report": world.more["put_report"].pk}


def of_answer(world: World) -> dict[str, Any]:
    return {"token": invitations.token(world.more["invitee"])}


def of_group(world: World) -> dict[str, Any]:
    return {"slug": world.more["group"].slug}


def reading(**more: Any) -> Address:
    return desk(who=GROUP_READERS, **more)


def writing(**more: Any) -> Address:
    return desk(who=WORD_EDITORS, **more)


def deed(who: frozenset[str] = WORD_EDITORS, **more: Any) -> Address:
    return desk(who=who, answer=405, html=False, **more)


ADDRESSES: dict[str, Address] = {
    "meetings:public_calendar": Address(),
    "meetings:public_month": Address(),
    "meetings:feed": data(),
    "meetings:atom": data(),
    "meetings:public_meeting": Address(arguments=of_meeting),
    "meetings:public_group": Address(arguments=of_group),
    "meetings:group_feed": data(arguments=of_group),
    "meetings:answer": Address(arguments=of_answer),
    "meetings:my_calendar": desk(who=frozenset({Role.MEMBER})),
    "meetings:my_feed": data(arguments=lambda world: {"key": world.more["calendar"].key}),
    "meetings:meetings": reading(),
    "meetings:meeting_add": writing(),
    "meetings:series_add": writing(),
    "meetings:subject_suggest": data(who=GROUP_READERS),
    "meetings:paper_suggest": data(who=GROUP_READERS),
    "meetings:item_of": reading(answer=302, html=False, arguments=lambda world: {"pk": world.more["agenda_item"].pk}),
    "meetings:report_put": desk(who=WORD_READERS | {Role.MUNICIPALITY}, arguments=of_report),
    "meetings:report_of_meeting": reading(arguments=lambda world: of_meeting(world) | of_report(world)),
    "meetings:meeting_restore": desk(who=WORD_READERS, arguments=lambda world: {"deed": world.more["meeting_deed"].pk}),
    "meetings:item_restore": desk(who=WORD_READERS, arguments=lambda world: {"deed": world.more["item_deed"].pk}),
    "meetings:meeting": reading(arguments=of_meeting),
    "meetings:meeting_change": writing(arguments=of_meeting),
    "meetings:meeting_call": writing(arguments=of_meeting),
    "meetings:meeting_cancel": writing(arguments=of_meeting),
    "meetings:meeting_show": deed(arguments=of_meeting),
    "meetings:answer_at_desk": deed(
        GROUP_READERS, arguments=lambda world: of_meeting(world) | {"invitee": world.more["invitee"].pk}
    ),
    "meetings:item_add": desk(who=PROPOSERS, arguments=of_meeting),
    "meetings:item_order": deed(arguments=of_meeting),
    "meetings:item": reading(arguments=of_item),
    "meetings:item_settle": deed(arguments=of_item),
    "meetings:tie_add": deed(PROPOSERS, arguments=of_item),
    "meetings:tie_remove": deed(PROPOSERS, arguments=of_item),
    "meetings:paper_add": deed(PROPOSERS, arguments=of_item),
    "meetings:paper_remove": deed(PROPOSERS, arguments=of_item),
}
