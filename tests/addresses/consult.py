"""Addresses of `consult`."""

from typing import Any

from portal.audit.models import Deed
from portal.consult import actions, comment_actions, settling
from portal.consult.models import CommentFile, Consultation
from tests import make
from tests.consult.make import make_comment, make_consultation
from tests.world import World

from .table import WITH_A_ROLE, WORD_EDITORS, WORD_READERS, Address, Role, data, desk

READERS = WORD_READERS | {Role.MUNICIPALITY}


def build(world: World) -> None:
    """A consultation that takes comments, one in preparation, one that is settled; comments in each state."""
    consultation = make_consultation(paragraphs=12, town=world.town)
    paragraph = consultation.paragraphs.get(order=2)
    comment = make_comment(consultation, paragraph=paragraph)
    CommentFile.objects.create(comment=comment, file=make.stored_document(public=False))
    waiting = make_comment(consultation, paragraph=paragraph, state="waiting", email="jana@example.org")
    settled = make_consultation(phase="closed", paragraphs=12, town=world.town)
    decided = make_comment(settled, paragraph=settled.paragraphs.get(order=2), decision="accepted")
    prepared = make_consultation(phase="prepared", paragraphs=1, town=world.town)
    actor = make.person("coordinator")
    actions.consultation_change(consultation=prepared, seen=prepared.version, about="Čtěte.", actor=actor)
    settling.kind_change(comment=comment, seen=None, kind="formal", reason="překlep", actor=actor)
    settling.assign(comment=comment, seen=None, group=None, person=actor, due_on=None, actor=actor)
    comment.refresh_from_db()
    for verb in ("consultation_changed", "comment_kind_changed", "comment_assigned"):
        world.more[f"{verb} deed"] = Deed.objects.filter(verb=verb).latest("pk")
    world.more.update({
        "consultation": consultation,
        "prepared_consultation": prepared,
        "network_consultation": make_network(world),
        "settled_consultation": settled,
        "consultation_paragraph": paragraph,
        "comment": comment,
        "waiting_comment": waiting,
        "decided_comment": decided,
        "entered_comment": make_comment(consultation, origin="paper"),
    })  # fmt: skip


def make_network(world: World) -> Consultation:
    """In preparation, of the only service of the town."""
    make.service("Pečovatelská služba ve městě", at=world.town)
    return make_consultation(phase="prepared", town=world.town, network={}, hearing=None)


def slug_of(name: str) -> Any:
    return lambda world: {"slug": world.more[name].slug}


def token(world: World) -> dict[str, Any]:
    """Of the link in the letter that confirms the e-mail of a comment."""
    return {"token": comment_actions.link(world.more["waiting_comment"]).rstrip("/").rpartition("/")[2]}


PREPARED, OPEN, SETTLED = map(slug_of, ("prepared_consultation", "consultation", "settled_consultation"))


def comment_of(name: str) -> Any:
    return lambda world: {"slug": world.more[name].consultation.slug, "number": world.more[name].number}


def deed_of(verb: str) -> Any:
    return lambda world: {"deed": world.more[f"{verb} deed"].pk}


def attachment(world: World) -> dict[str, Any]:
    return {**comment_of("comment")(world), "pk": world.more["comment"].files.get().pk}


ADDRESSES: dict[str, Address] = {
    # --- for everybody
    "consult:consultations": Address(),
    "consult:consultation": Address(arguments=OPEN),
    "consult:paragraph": Address(
        arguments=lambda world: slug_of("consultation")(world) | {"order": world.more["consultation_paragraph"].order}
    ),
    "consult:comment": Address(arguments=comment_of("decided_comment")),
    "consult:comment_add": Address(arguments=OPEN),
    "consult:comment_support": data(answer=405, arguments=comment_of("comment")),
    "consult:own_comment": Address(arguments=lambda world: {"key": world.more["comment"].key}),
    "consult:own_comment_forget": Address(arguments=lambda world: {"key": world.more["comment"].key}),
    "consult:comment_confirm": Address(arguments=token),
    # --- settling
    "consult:kind_restore": desk(who=WORD_READERS, arguments=deed_of("comment_kind_changed")),
    "consult:assignment_restore": desk(who=WORD_READERS, arguments=deed_of("comment_assigned")),
    "consult:consultation_restore": desk(who=WORD_READERS, arguments=deed_of("consultation_changed")),
    "consult:register": desk(who=READERS, arguments=OPEN),
    "consult:register_many": desk(who=WORD_EDITORS, answer=302, html=False, arguments=OPEN),
    "consult:alike": desk(who=WORD_EDITORS, arguments=OPEN),
    "consult:settle": desk(who=READERS, arguments=comment_of("comment")),
    "consult:register_file": desk(who=READERS, html=False, arguments=attachment),
    "consult:register_file_show": desk(who=WORD_EDITORS, answer=405, html=False, arguments=attachment),
    "consult:given_comments": desk(who=WITH_A_ROLE),
    "consult:group_comments": desk(who=READERS | {Role.MEMBER}, arguments=slug_of("group")),
    "consult:changes": Address(arguments=SETTLED),
    "consult:changes_docx": data(arguments=SETTLED),
    # --- preparing
    "consult:plan_consultations": Address(arguments=slug_of("public_plan")),
    "consult:notice_board": data(),
    "consult:consultation_poster": data(arguments=OPEN),
    "consult:desk_consultations": desk(who=READERS),
    "consult:consultation_add": desk(who=WORD_EDITORS),
    "consult:desk_consultation": desk(who=READERS, arguments=OPEN),
    "consult:consultation_change": desk(who=READERS, arguments=PREPARED),
    "consult:consultation_text": desk(who=READERS, arguments=OPEN),
    "consult:consultation_network": desk(who=WORD_EDITORS, arguments=slug_of("network_consultation")),
    "consult:consultation_announce": desk(who=WORD_EDITORS, arguments=PREPARED),
    "consult:consultation_cancel": desk(who=WORD_EDITORS, arguments=OPEN),
    "consult:consultation_close": desk(who=WORD_EDITORS, arguments=OPEN),
    # --- the settlement table, paper, the hearing
    "consult:settlement": Address(arguments=SETTLED),
    "consult:settlement_pdf": Address(arguments=SETTLED),
    "consult:settlement_docx": Address(arguments=SETTLED),
    "consult:settlement_xlsx": data(arguments=SETTLED),
    "consult:comment_form_docx": data(arguments=OPEN),
    "consult:comment_form_pdf": data(arguments=OPEN),
    "consult:comment_enter": desk(who=WORD_EDITORS, arguments=OPEN),
    "consult:entry_from_form": desk(who=WORD_EDITORS, answer=405, html=False, arguments=OPEN),
    "consult:entry_correct": desk(who=WORD_EDITORS, arguments=comment_of("entered_comment")),
    "consult:tell_authors": desk(who=WORD_EDITORS, arguments=SETTLED),
    "consult:hearing": desk(who=WORD_EDITORS, arguments=OPEN),
    "consult:hearing_agreed": desk(who=WORD_EDITORS, answer=405, html=False, arguments=comment_of("entered_comment")),
    "consult:hearing_screen": desk(who=WORD_EDITORS, arguments=OPEN),
}
