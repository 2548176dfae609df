"""Bringing back what the communication plan and printed things said before a deed of the journal."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse

from portal.accounts.models import Person
from portal.audit import restoring
from portal.audit.models import Deed
from portal.documents.models import Document

from . import outreach_actions as actions
from . import rules
from .actions import Stale
from .outreach_models import CommunicationItem, Handover, PrintedProduct

OF_ITEM = ("what", "audience", "channel", "due_on", "who", "done_on", "note", *actions.SPAN)
OF_PRODUCT = ("title", "printed", "printed_on", "note", *actions.SPAN)
OF_HANDOVER = ("place", "amount", "planned_on", "handed_on", "note")
NOBODY = "Komu chodila připomínka, už tu nepracuje. Vyberte někoho jiného na stránce řádku."
NO_DOCUMENT = "Dokument, který tu byl předtím, už na webu není."
NO_PLACE = "Tohle místo už v rozdělovníku není."


# --- the communication plan --------------------------------------------------------------------------------------


def _item(deed: Deed) -> CommunicationItem | None:
    """The line; one that was removed as it was, without being saved."""
    found = CommunicationItem.objects.filter(pk=deed.thing_id).first()
    if found is None and deed.verb == "communication_removed":
        return CommunicationItem(**restoring.of_columns(CommunicationItem, deed, OF_ITEM))
    return found


def _item_now(item: CommunicationItem, deed: Deed) -> dict[str, Any]:
    told = actions.item_told(item) if item.pk else {}
    return {name: value for name, value in told.items() if name in deed.before}


def _item_act(item: CommunicationItem, deed: Deed, person: Any, _said: dict[str, Any]) -> CommunicationItem:
    wanted = restoring.of_columns(CommunicationItem, deed, OF_ITEM)
    if "person" in deed.before:
        wanted["person"] = _person(deed.before["person"])
    if item.pk is None:
        return actions.item_return(wanted=wanted, deed=deed, actor=person)
    return actions.item_save(item=item, wanted=wanted, seen=item.version, actor=person, restores=deed)


def _person(key: str) -> Person | None:
    if not key:
        return None
    writers = Person.objects.filter(is_active=True, grants__role__in=rules.EDITORS)
    found = writers.filter(pk=key.removeprefix(actions.PERSON)).first()
    if found is None:
        raise ValidationError(NOBODY)
    return found


communication_restore = restoring.view(
    "pages:communication_restore",
    restoring.Way(
        find=_item,
        may_read=rules.may_read,
        may_write=rules.may_edit,
        now=_item_now,
        names=lambda item, deed: actions.item_names(_item_now(item, deed), restoring.former(deed, actions.CHOICES)),
        act=_item_act,
        back=lambda _: reverse("pages:communication"),
        stale=(Stale,),
    ),
)


# --- printed things ----------------------------------------------------------------------------------------------


def _product(deed: Deed) -> PrintedProduct | None:
    return PrintedProduct.objects.filter(pk=deed.thing_id).first()


def _product_act(product: PrintedProduct, deed: Deed, person: Any, _said: dict[str, Any]) -> PrintedProduct:
    wanted = restoring.of_columns(PrintedProduct, deed, OF_PRODUCT)
    slug = deed.before["document"]
    wanted["document"] = Document.objects.public().filter(slug=slug).first() if slug else None
    if slug and wanted["document"] is None:
        raise ValidationError(NO_DOCUMENT)
    return actions.product_save(product=product, wanted=wanted, seen=product.version, actor=person, restores=deed)


def _back_to_product(product: PrintedProduct) -> str:
    return reverse("pages:product", args=[product.pk])


product_restore = restoring.view(
    "pages:product_restore",
    restoring.Way(
        find=_product,
        may_read=rules.may_read,
        may_write=rules.may_edit,
        now=lambda product, _: actions.product_told(product),
        names=lambda product, _: actions.product_names(actions.product_told(product)),
        act=_product_act,
        back=_back_to_product,
        stale=(Stale,),
    ),
)


def _row(product: PrintedProduct, deed: Deed) -> Handover | None:
    return product.handovers.select_related("product").filter(pk=deed.before["id"]).first()


def _row_now(product: PrintedProduct, deed: Deed) -> dict[str, Any]:
    row = _row(product, deed)
    return (
        {}
        if row is None
        else {name: value for name, value in actions.handover_told(row).items() if name in deed.before}
    )


def _row_act(product: PrintedProduct, deed: Deed, person: Any, _said: dict[str, Any]) -> Handover:
    row, values = _row(product, deed), restoring.of_columns(Handover, deed, OF_HANDOVER)
    if row is None:
        return actions.handover_add(product=product, actor=person, restores=deed, **values)
    return actions.handover_date(handover=row, handed_on=values["handed_on"], actor=person, restores=deed)


def _row_gone(product: PrintedProduct, deed: Deed) -> str:
    return NO_PLACE if deed.verb == "handover_changed" and _row(product, deed) is None else ""


handover_restore = restoring.view(
    "pages:handover_restore",
    restoring.Way(
        find=_product,
        may_read=rules.may_read,
        may_write=rules.may_edit,
        now=_row_now,
        act=_row_act,
        back=_back_to_product,
        obstacle=_row_gone,
    ),
)
