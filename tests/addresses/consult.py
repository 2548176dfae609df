"""Addresses of `consult`."""

from tests.consult.make import make_comment, make_consultation
from tests.world import World

from .table import Address


def build(world: World) -> None:
    """A consultation that takes comments, one in preparation, one that is settled; comments in each state."""
    consultation = make_consultation(paragraphs=12, town=world.town)
    paragraph = consultation.paragraphs.get(order=2)
    comment = make_comment(consultation, paragraph=paragraph)
    waiting = make_comment(consultation, paragraph=paragraph, state="waiting")
    settled = make_consultation(phase="closed", paragraphs=12, town=world.town)
    decided = make_comment(settled, paragraph=settled.paragraphs.get(order=2), decision="accepted")
    world.more.update({
        "consultation": consultation,
        "prepared_consultation": make_consultation(phase="prepared", paragraphs=1, town=world.town),
        "settled_consultation": settled,
        "consultation_paragraph": paragraph,
        "comment": comment,
        "waiting_comment": waiting,
        "decided_comment": decided,
    })  # fmt: skip


ADDRESSES: dict[str, Address] = {}
