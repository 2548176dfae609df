"""Addresses of `suggestions`. The world has one on the web and one that nobody has read yet."""

from typing import Any

from portal.suggestions import actions
from portal.suggestions.models import Suggestion
from tests.world import World

from .table import WORD_EDITORS, WORD_READERS, Address, Role, desk


def build(world: World) -> None:
    said: dict[str, Any] = {
        "sort": Suggestion.Sort.MISSING,
        "municipality": world.town,
        "text": "V obci nemá kdo vozit obědy.",
    }
    shown = actions.receive(title="Obědy pro seniory", **said)
    Suggestion.objects.filter(pk=shown.pk).update(
        state=Suggestion.State.TAKEN, shown_at=shown.received_at, group=world.more["group"]
    )
    shown.refresh_from_db()
    waiting = actions.receive(title="Kdo přijede večer", email="jana@example.org", **said)
    world.more.update({"suggestion": shown, "suggestion_waiting": waiting})


def of_suggestion(world: World) -> dict[str, Any]:
    return {"number": world.more["suggestion"].number}


def token(world: World) -> dict[str, Any]:
    return {"token": actions.link(world.more["suggestion_waiting"]).rstrip("/").rpartition("/")[2]}


ADDRESSES: dict[str, Address] = {
    "suggestions:public_suggestions": Address(),
    "suggestions:suggestion_points": Address(html=False),
    "suggestions:suggestions_feed": Address(html=False),
    "suggestions:suggestions_xlsx": Address(html=False),
    "suggestions:complaint": Address(),
    "suggestions:suggest": Address(),
    "suggestions:suggested": Address(),
    "suggestions:own_suggestion": Address(arguments=lambda world: {"key": world.more["suggestion_waiting"].key}),
    "suggestions:email_confirm": Address(arguments=token),
    "suggestions:public_suggestion": Address(arguments=of_suggestion),
    # The desk. A member of the world belongs to the group that has the one on the web.
    "suggestions:desk_suggestions": desk(who=WORD_READERS | {Role.MEMBER}),
    "suggestions:desk_suggestion": desk(who=WORD_READERS | {Role.MEMBER}, arguments=of_suggestion),
    "suggestions:suggestion_add": desk(who=WORD_EDITORS),
    "suggestions:silent_suggestions": desk(who=WORD_READERS),
}
