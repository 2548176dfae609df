"""Addresses of `sitting`: a meeting of the world's group that goes on, with a guest, votes and a ballot."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from portal.groups.models import Group, Procedure, Side
from portal.meetings import invitations
from portal.meetings.models import Invitee, Meeting
from portal.sitting import actions, check_in, letter_actions, voting_actions
from portal.sitting.models import Ballot
from portal.sitting.voting_actions import Counts
from tests import make
from tests.world import World

from .table import WORD_EDITORS, WORD_READERS, Address, Role, data, desk

# Who reads what the group has for itself; the group of the world is of the town, so its official does too.
INSIDE = WORD_READERS | {Role.MUNICIPALITY, Role.MEMBER}
BALLOT = "hlasovaci-listek-zkousky"


def build(world: World) -> None:
    group: Group = world.more["group"]
    actor = make.person("coordinator")
    now = timezone.now()
    meeting = Meeting.objects.create(
        group=group,
        starts_at=now - timedelta(minutes=5),
        ends_at=now + timedelta(days=3),
        place="Radnice",
        state=Meeting.State.CALLED,
    )
    member = make.membership(group, name="Jana Přítomná", side=Side.USER)
    actions.start(meeting=meeting, actor=actor)
    actions.mark(meeting=meeting, membership=member, state="present", seen=0, actor=actor)
    guest = actions.guest_add(meeting=meeting, name="Karel Host", side=Side.PUBLIC, actor=actor)
    closed = voting_actions.motion_put(meeting=meeting, text="Skupina bere na vědomí.", way="hands", actor=actor)
    voting_actions.motion_count(motion=closed, counts=Counts(1, 0, 0), seen=1, actor=actor)
    world.more["sitting_motion"] = voting_actions.motion_put(
        meeting=meeting, text="Skupina schvaluje.", way="names", actor=actor
    )
    Procedure.objects.update_or_create(group=group, defaults={"by_letter": True})
    today = timezone.localdate()
    letter = letter_actions.ask(
        group=group, text="Skupina souhlasí.", until=today + timedelta(days=30), actor=actor, today=today
    )
    Ballot.objects.filter(motion=letter, membership=member).update(token_hash=letter_actions.token_hash(BALLOT))
    world.more.update(
        {
            "sitting_meeting": meeting,
            "sitting_member": member,
            "sitting_guest": guest,
            "sitting_closed": closed,
            "sitting_invitee": Invitee.objects.create(meeting=meeting, membership=member),
            "sitting_letter": letter,
        }
    )


def of_meeting(world: World) -> dict[str, Any]:
    return {"pk": world.more["sitting_meeting"].pk}


def of_member(world: World) -> dict[str, Any]:
    return of_meeting(world) | {"member": world.more["sitting_member"].pk}


def of_row(world: World) -> dict[str, Any]:
    return of_meeting(world) | {"row": world.more["sitting_guest"].pk}


def of_motion(world: World) -> dict[str, Any]:
    return of_meeting(world) | {"motion": world.more["sitting_motion"].pk}


def of_closed(world: World) -> dict[str, Any]:
    return of_meeting(world) | {"motion": world.more["sitting_closed"].pk}


def of_group(world: World) -> dict[str, Any]:
    return {"slug": world.more["group"].slug}


def of_letter(world: World) -> dict[str, Any]:
    return of_group(world) | {"pk": world.more["sitting_letter"].pk}


def of_invitation(world: World) -> dict[str, Any]:
    return {"token": invitations.token(world.more["sitting_invitee"])}


def reading(**more: Any) -> Address:
    return desk(who=INSIDE, **more)


def writing(**more: Any) -> Address:
    return desk(who=WORD_EDITORS, **more)


def deed(**more: Any) -> Address:
    return desk(who=WORD_EDITORS, answer=405, html=False, **more)


ADDRESSES: dict[str, Address] = {
    "sitting:check_in": Address(arguments=lambda world: {"token": check_in.token(world.more["sitting_meeting"])}),
    "sitting:check_in_invited": Address(arguments=of_invitation),
    "sitting:ballot": Address(arguments=lambda _: {"token": BALLOT}),
    "sitting:presence_list": reading(arguments=of_meeting),
    "sitting:member_mark": deed(arguments=of_member),
    "sitting:member_detail": writing(arguments=of_member),
    "sitting:row_mark": deed(arguments=of_row),
    "sitting:row_detail": writing(arguments=of_row),
    "sitting:start": deed(arguments=of_meeting),
    "sitting:end": deed(arguments=of_meeting),
    "sitting:times": writing(arguments=of_meeting),
    "sitting:qr": reading(arguments=of_meeting),
    "sitting:sheet": data(who=INSIDE, arguments=of_meeting),
    "sitting:signed": reading(arguments=of_meeting),
    "sitting:signed_file": data(who=INSIDE, answer=404, arguments=of_meeting),
    "sitting:motions": reading(arguments=of_meeting),
    "sitting:motion": reading(arguments=of_motion),
    "sitting:motion_correct": writing(arguments=of_closed),
    "sitting:motion_drop": deed(arguments=of_motion),
    "sitting:letters": reading(arguments=of_group),
    "sitting:letter": reading(arguments=of_letter),
    "sitting:letter_withdraw": deed(arguments=of_letter),
}
