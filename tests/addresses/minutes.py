"""Addresses of `minutes`: minutes of the world's group in each state that has a page of its own."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from portal.audit.models import Deed
from portal.groups.models import Group, Side
from portal.minutes import actions, chain_actions, register_actions
from portal.minutes.models import Decision, Minutes, Task
from portal.sitting.models import Presence
from tests import make
from tests.minutes import written
from tests.world import World

from .table import EVERYONE, WORD_EDITORS, WORD_READERS, Address, Role, data, desk

COMERS = WORD_READERS | {Role.MUNICIPALITY, Role.MEMBER}
# Who reads what the group has for itself; the group of the world is of the town, so its official does too.
INSIDE = WORD_READERS | {Role.MUNICIPALITY, Role.MEMBER}
TEXT = "Mluvili jsme o dopravě.\nÚKOL: Nováková – zjistit cenu do 15. 3.\nUSNESENÍ: Skupina bere na vědomí zprávu."


def _minutes(group: Group, days: int, actor: Any) -> Minutes:
    meeting = written.meeting(group, days, shown_at=timezone.now())
    made = actions.begin(meeting=meeting, actor=actor)
    section = made.sections.get()
    actions.section_save(section=section, text=TEXT, conclusion="Platí.", seen=section.version, actor=actor)
    return made


def build(world: World) -> None:
    group, actor = world.more["group"], make.person("coordinator")
    reader = make.membership(group, name="Jarmila Nováková", side=Side.COMMISSIONER)
    world.more["minutes draft"] = _minutes(group, -3, actor)
    sent, approved, published = (_minutes(group, -days, actor) for days in (20, 30, 40))
    Presence.objects.create(meeting=sent.meeting, membership=reader, state=Presence.State.PRESENT)
    for one in (sent, approved, published):
        chain_actions.send(minutes=one, actor=actor)
    task = Task.objects.get(minutes=sent)
    said: dict[str, Any] = {"who": task.who, "membership": task.membership, "until": task.until, "seen": task.version}
    register_actions.task_change(task=task, what="zjistit cenu autobusu", actor=actor, **said)
    actions.head_save(
        minutes=world.more["minutes draft"], taken_by="Jana", verifier="Jarmila Nováková", number=None, actor=actor
    )
    world.more["task_deed"] = Deed.objects.filter(verb="task_changed").latest("pk")
    world.more["head_deed"] = Deed.objects.filter(verb="minutes_head_changed").latest("pk")
    objection = chain_actions.objection_add(minutes=sent, text="Bylo to jinak.", member=reader)
    for one in (approved, published):
        Minutes.objects.filter(pk=one.pk).update(objections_until=timezone.localdate() - timedelta(days=1))
        chain_actions.verify(minutes=one, name="Jarmila Nováková", actor=actor)
    chain_actions.publish(minutes=published, actor=actor)
    world.more["minutes sent"] = sent
    world.more["minutes objection"] = objection
    world.more["minutes approved"] = approved
    world.more["minutes published"] = published
    world.more["minutes reader"] = reader
    world.more["minutes task"] = Task.objects.get(minutes=sent)
    world.more["minutes decision"] = Decision.objects.get(minutes=sent)


def of(name: str) -> Any:
    return lambda world: {"pk": world.more[f"minutes {name}"].meeting_id}


def of_section(world: World) -> dict[str, Any]:
    draft = world.more["minutes draft"]
    return {"pk": draft.meeting_id, "section": draft.sections.get().pk}


def of_objection(world: World) -> dict[str, Any]:
    objection = world.more["minutes objection"]
    return {"pk": objection.minutes.meeting_id, "objection": objection.pk}


def of_group(world: World) -> dict[str, Any]:
    return {"slug": world.more["group"].slug}


def of_task(world: World) -> dict[str, Any]:
    return {"pk": world.more["minutes task"].pk}


def of_reader(world: World) -> dict[str, Any]:
    return {"token": chain_actions.token(world.more["minutes sent"], world.more["minutes reader"])}


def deed(arguments: Any) -> Address:
    return desk(who=WORD_EDITORS, answer=405, html=False, arguments=arguments)


ADDRESSES: dict[str, Address] = {
    "minutes:public": Address(arguments=of("published")),
    "minutes:public_pdf": data(arguments=of("published")),
    "minutes:public_docx": data(arguments=of("published")),
    "minutes:public_group": Address(arguments=of_group),
    "minutes:group_feed": data(arguments=of_group),
    "minutes:public_decisions": Address(arguments=of_group),
    "minutes:feed": data(),
    "minutes:read_by_link": Address(arguments=of_reader),
    "minutes:task_by_link": Address(
        arguments=lambda world: {"token": register_actions.token(world.more["minutes task"])}
    ),
    "minutes:all_minutes": desk(who=COMERS),
    "minutes:minutes": desk(who=INSIDE, arguments=of("sent")),
    "minutes:begin": deed(of("draft")),
    "minutes:write": desk(who=WORD_EDITORS, arguments=of("draft")),
    "minutes:sections": data(who=WORD_EDITORS, arguments=of("draft")),
    "minutes:section_add": deed(of("draft")),
    "minutes:votes_take": deed(of("draft")),
    "minutes:section_save": deed(of_section),
    "minutes:section_remove": deed(of_section),
    "minutes:send": deed(of("draft")),
    "minutes:objection_add": deed(of("sent")),
    "minutes:objection_settle": deed(of_objection),
    "minutes:verify": deed(of("sent")),
    "minutes:approve": deed(of("sent")),
    "minutes:public_version": desk(who=WORD_EDITORS, arguments=of("approved")),
    "minutes:publish": deed(of("approved")),
    "minutes:withdraw": deed(of("published")),
    "minutes:full_pdf": data(who=INSIDE, arguments=of("sent")),
    "minutes:full_docx": data(who=INSIDE, arguments=of("sent")),
    "minutes:tasks": desk(who=COMERS),
    "minutes:task": desk(who=INSIDE, arguments=of_task),
    "minutes:task_restore": desk(who=WORD_READERS, arguments=lambda world: {"deed": world.more["task_deed"].pk}),
    "minutes:head_restore": desk(who=WORD_READERS, arguments=lambda world: {"deed": world.more["head_deed"].pk}),
    "minutes:task_close": deed(of_task),
    "minutes:decisions": desk(who=COMERS),
    "minutes:decision": desk(who=INSIDE, arguments=lambda world: {"pk": world.more["minutes decision"].pk}),
    "minutes:own_tasks": desk(who=EVERYONE - {"visitor"}),
}
