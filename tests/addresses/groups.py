"""Addresses of `groups`. The group of the world is in the world itself: apps above make their rows in it."""

from typing import Any

from portal.audit.models import Deed
from portal.groups import actions, member_actions
from portal.groups.models import Application, Group, Membership, Side
from tests import make
from tests.world import World

from .table import WORD_EDITORS, WORD_READERS, Address, Role, desk

GROUP_READERS = WORD_READERS | {Role.MUNICIPALITY, Role.MEMBER}


def build(world: World) -> None:
    """Somebody in the group, changed once, and somebody who wants to join it."""
    group: Group = world.more["group"]
    actor = make.person("coordinator")
    group = actions.group_change(group=group, seen=None, about="Jak se u nás žije doma.", actor=actor)
    somebody = make.membership(group, name="Karla Doma", side=Side.USER)
    make.membership(group, side=Side.COMMISSIONER, role=Membership.Role.DEPUTY)
    member_actions.membership_change(membership=somebody, seen=None, actor=actor, organisation="Spolek Doma")
    world.more["member"] = somebody
    world.more["application"] = Application.objects.create(
        group=group, name="Adam Zájemce", email="adam@example.org", side=Side.PUBLIC, why="Chci pomáhat."
    )
    about = {"groups.group": group.pk, "groups.membership": somebody.pk}
    for thing, pk in about.items():
        world.more[f"deed of {thing}"] = Deed.objects.filter(thing=thing, thing_id=str(pk)).latest("pk")


def of_group(world: World) -> dict[str, Any]:
    return {"slug": world.more["group"].slug}


def of_member(world: World) -> dict[str, Any]:
    return of_group(world) | {"pk": world.more["member"].pk}


def of_application(world: World) -> dict[str, Any]:
    return {"pk": world.more["application"].pk}


def reading(**more: Any) -> Address:
    return desk(who=GROUP_READERS, **more)


def writing(**more: Any) -> Address:
    return desk(who=WORD_EDITORS, **more)


ADDRESSES: dict[str, Address] = {
    "groups:public_groups": Address(),
    "groups:public_group": Address(arguments=of_group),
    "groups:join": Address(arguments=of_group),
    "groups:groups": reading(),
    "groups:group_add": writing(),
    "groups:applications": desk(who=WORD_READERS),
    "groups:application": desk(who=WORD_READERS, arguments=of_application),
    "groups:group_restore": desk(
        who=WORD_READERS, arguments=lambda world: {"deed": world.more["deed of groups.group"].pk}
    ),
    "groups:membership_restore": desk(
        who=WORD_READERS, arguments=lambda world: {"deed": world.more["deed of groups.membership"].pk}
    ),
    "groups:group": reading(arguments=of_group),
    "groups:group_change": reading(arguments=of_group),
    "groups:procedure": reading(arguments=of_group),
    "groups:former": reading(arguments=of_group),
    "groups:member_add": writing(arguments=of_group),
    "groups:member": writing(arguments=of_member),
    "groups:member_end": writing(arguments=of_member),
    "groups:member_invite": writing(arguments=of_member, answer=405, html=False),
}
