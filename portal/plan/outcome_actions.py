"""Every write of what the public is told of measures, and of those who follow them.

Nobody is followed by a row until the link in the letter has been used: the link itself carries who asked for what.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from portal.mail import actions as mail
from portal.mail.models import Letter

from .models import FulfilmentState, Node, Plan
from .outcome_models import Follower, Outcome

TOPIC = "plan.measure"
SALT = "portal.plan.follow"
CONFIRM_LETTER = "plan/letters/follow_confirm.txt"
# How long the link that confirms works. The link that stops works for ever.
CONFIRM_WITHIN = timedelta(days=7)
# Nobody is asked more often than this, however many times somebody types their address.
ASKED_AGAIN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Told:
    """What a published report says of one measure."""

    node: int
    year: int
    state: int
    note: str = ""


@transaction.atomic
def tell(*, told: Collection[Told], on: date) -> int:
    """Write what the public may know from `on`, and a letter to each follower of a measure whose state or words
    changed. Called by whoever publishes a report, inside its transaction; how many measures changed."""
    nodes = Node.objects.select_related("plan").in_bulk({one.node for one in told})
    states = FulfilmentState.objects.in_bulk({one.state for one in told})
    rows = Outcome.objects.filter(node__in=nodes, year__in={one.year for one in told})
    stored = {(one.node_id, one.year): one for one in rows}
    changed = []
    for one in told:
        before = stored.get((one.node, one.year))
        if before is not None and (before.state_id, before.note) == (one.state, one.note):
            continue
        Outcome.objects.update_or_create(
            node_id=one.node, year=one.year, defaults={"state_id": one.state, "note": one.note, "told_on": on}
        )
        changed.append(one)
    _write_to_followers(changed, nodes, states)
    return len(changed)


def _write_to_followers(changed: Collection[Told], nodes: dict[int, Node], states: dict[int, FulfilmentState]) -> None:
    followers: dict[int, list[str]] = {}
    rows = Follower.objects.filter(node__in={one.node for one in changed}).values_list("node_id", "email")
    for key, email in rows:
        followers.setdefault(key, []).append(email)
    for one in changed:
        node = nodes[one.node]
        if not node.plan.is_public:
            continue
        for email in followers.get(one.node, ()):
            mail.write(
                template="plan/letters/measure_changed.txt",
                to=email,
                context={
                    "node": node,
                    "plan": node.plan,
                    "state": states[one.state].name,
                    "year": one.year,
                    "lines": one.note.splitlines(),
                    "url": settings.SITE_URL + reverse("plan:public_measure", args=[node.plan.slug, node.code]),
                    "stop": settings.SITE_URL + following_path(node, email),
                },
                duty=False,
                topic=TOPIC,
                about=node,
            )


# --- following -------------------------------------------------------------------------------------------------


def following_path(node: Node, email: str) -> str:
    """The address where the e-mail's owner confirms following the measure, and later stops it."""
    token = signing.dumps([node.pk, email.lower()], salt=SALT)
    return reverse("plan:measure_following", args=[node.plan.slug, node.code, token])


def read_token(node: Node, token: str) -> tuple[str, bool] | None:
    """E-mail of the token and whether it may still confirm; None for one that we have not made for this measure."""
    try:
        key, email = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if key != node.pk:
        return None
    try:
        signing.loads(token, salt=SALT, max_age=CONFIRM_WITHIN)
    except signing.SignatureExpired:
        return str(email), False
    return str(email), True


@transaction.atomic
def ask_to_follow(*, node: Node, email: str) -> None:
    """A letter with the link that confirms; nothing where one went there lately or the address follows already."""
    lately = timezone.now() - ASKED_AGAIN_AFTER
    letters = Letter.objects.about(node).filter(to__iexact=email, template=CONFIRM_LETTER.removesuffix(".txt"))
    if letters.filter(created_at__gt=lately).exists() or is_followed(node, email):
        return
    mail.write(
        template=CONFIRM_LETTER,
        to=email,
        context={"node": node, "plan": node.plan, "url": settings.SITE_URL + following_path(node, email)},
        about=node,
    )


def is_followed(node: Node, email: str) -> bool:
    return Follower.objects.filter(node=node, email=email.lower()).exists()


@transaction.atomic
def follow(*, node: Node, email: str) -> None:
    """The owner of the address used the link from the letter."""
    email = email.lower()
    Follower.objects.get_or_create(node=node, email=email, defaults={"confirmed_at": timezone.now()})
    mail.subscribe_again(email=email, topic=TOPIC)


def stop_following(*, node: Node, email: str) -> None:
    Follower.objects.filter(node=node, email=email.lower()).delete()


# --- keeping ---------------------------------------------------------------------------------------------------


def forget_followers(days: int) -> int:
    """Followers of plans that are evaluated, or that ended so many days ago, are forgotten."""
    today = timezone.localdate()
    over = [
        one.pk
        for one in Plan.objects.filter(nodes__followers__isnull=False).distinct()
        if one.state == Plan.State.EVALUATED or one.until < today - timedelta(days=days)
    ]
    return Follower.objects.filter(node__plan__in=over).delete()[0]
