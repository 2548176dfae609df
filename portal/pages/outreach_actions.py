"""Every write of the communication plan and of printed things."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, Sum
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import Person
from portal.audit.actions import record
from portal.audit.models import Deed
from portal.documents.models import Document
from portal.groups.actions import choice_names
from portal.mail import actions as mail

from . import rules
from .actions import Stale
from .outreach_models import CommunicationItem, Handover, PrintedProduct

Reminded = CommunicationItem.Reminded
# How many days before the day a reminder goes out.
AHEAD = timedelta(days=7)
LETTER = "pages/letters/communication_due.txt"

ITEM_FIELDS = ("what", "audience", "channel", "due_on", "who", "person", "done_on", "note")
PRODUCT_FIELDS = ("title", "printed", "printed_on", "document", "note")
SPAN = ("span_kind", "span_code", "span_name")
# Choices told by their words; before the number of a person where the journal names one.
CHOICES = ("channel", "span_kind")
PERSON = "person:"


def _allowed(person: Any, thing: Any) -> None:
    if not rules.may_edit(person, thing):
        raise PermissionDenied


# --- the communication plan --------------------------------------------------------------------------------------


def item_told(item: CommunicationItem) -> dict[str, Any]:
    return {
        "what": item.what,
        "audience": item.audience,
        "channel": item.channel,
        "due_on": item.due_on,
        "who": item.who,
        "person": f"{PERSON}{item.person_id}" if item.person_id else "",
        "done_on": item.done_on,
        "note": item.note,
        **{name: getattr(item, name) for name in SPAN},
    }


def item_names(*told: dict[str, Any]) -> dict[str, str]:
    """Czech words of the choices and names of people among the values."""
    names = choice_names(CommunicationItem, *({name: one[name] for name in CHOICES if name in one} for one in told))
    keys = [int(one["person"].removeprefix(PERSON)) for one in told if one.get("person")]
    return names | {f"{PERSON}{pk}": one.name for pk, one in Person.objects.in_bulk(keys).items()}


@transaction.atomic
def item_save(
    *,
    wanted: dict[str, Any],
    actor: Any,
    item: CommunicationItem | None = None,
    seen: int = 0,
    restores: Deed | None = None,
) -> CommunicationItem:
    kept = item or CommunicationItem()
    if item is not None:
        _allowed(actor, item)
        kept = CommunicationItem.objects.select_for_update().get(pk=item.pk)
        if kept.version != seen:
            raise Stale(kept)
    before, due = (item_told(kept) if item else {}), kept.due_on
    for name in (*ITEM_FIELDS, *SPAN):
        if name in wanted:
            setattr(kept, name, wanted[name])
    _allowed(actor, kept)
    if item is not None and kept.due_on != due:
        kept.reminded = Reminded.NOT_YET  # a new day is a new reminder
    kept.version += 1 if item else 0
    kept.save()
    after = item_told(kept)
    if item is None:
        record(verb="communication_added", thing=kept, actor=actor, after=after, names=item_names(after))
    elif before != after:
        names = item_names(before, after)
        record(
            verb="communication_changed",
            thing=kept,
            actor=actor,
            before=before,
            after=after,
            names=names,
            restores=restores,
        )
    return kept


@transaction.atomic
def item_done(*, item: CommunicationItem, done: bool, actor: Any) -> CommunicationItem:
    """Done today, or not done after all."""
    _allowed(actor, item)
    item = CommunicationItem.objects.select_for_update().get(pk=item.pk)
    before = {"done_on": item.done_on}
    item.done_on = timezone.localdate() if done else None
    item.version += 1
    item.save()
    record(verb="communication_changed", thing=item, actor=actor, before=before, after={"done_on": item.done_on})
    return item


@transaction.atomic
def item_remove(*, item: CommunicationItem, actor: Any) -> None:
    _allowed(actor, item)
    told = item_told(item)
    record(verb="communication_removed", thing=item, actor=actor, before=told, names=item_names(told))
    item.delete()


@transaction.atomic
def item_return(*, wanted: dict[str, Any], deed: Deed, actor: Any) -> CommunicationItem:
    """A removed line again, under its own number, so that its deeds stay together."""
    kept = CommunicationItem(pk=int(deed.thing_id), **wanted)
    _allowed(actor, kept)
    kept.save(force_insert=True)
    after = item_told(kept)
    record(verb="communication_added", thing=kept, actor=actor, after=after, names=item_names(after), restores=deed)
    return kept


@transaction.atomic
def remind(today: date | None = None) -> int:
    """A letter to everybody who is to tell something within a week and has not yet, and once more the day after the
    day has passed; each line at most twice. Run daily; how many letters were written."""
    today = today or timezone.localdate()
    open_items = CommunicationItem.objects.open().filter(person__is_active=True).select_related("person")
    soon = Q(reminded=Reminded.NOT_YET, due_on__gte=today, due_on__lte=today + AHEAD)
    passed = Q(reminded__lt=Reminded.AFTER, due_on__lt=today)
    by_person: dict[Any, list[CommunicationItem]] = {}
    for item in open_items.filter(soon | passed).select_for_update(of=("self",)):
        by_person.setdefault(item.person, []).append(item)
    for person, items in by_person.items():
        mail.write(
            template=LETTER,
            to=person.email,
            name=person.name,
            context={"items": items, "today": today, "url": settings.SITE_URL + reverse("pages:communication")},
        )
        for item in items:
            item.reminded = Reminded.AFTER if item.due_on < today else Reminded.BEFORE
            item.save(update_fields=["reminded"])
    return len(by_person)


# --- printed things ----------------------------------------------------------------------------------------------


def product_told(product: PrintedProduct) -> dict[str, Any]:
    return {
        "title": product.title,
        "printed": product.printed,
        "printed_on": product.printed_on,
        "document": product.document.slug if product.document else "",
        "note": product.note,
        **{name: getattr(product, name) for name in SPAN},
    }


def product_names(*told: dict[str, Any]) -> dict[str, str]:
    """Czech words of the choices and titles of documents among the values."""
    documents = Document.objects.filter(slug__in=[one["document"] for one in told if one.get("document")])
    names = choice_names(PrintedProduct, *({"span_kind": one["span_kind"]} for one in told if "span_kind" in one))
    return names | dict(documents.values_list("slug", "title"))


@transaction.atomic
def product_save(
    *,
    wanted: dict[str, Any],
    actor: Any,
    product: PrintedProduct | None = None,
    seen: int = 0,
    restores: Deed | None = None,
) -> PrintedProduct:
    kept = product or PrintedProduct()
    if product is not None:
        _allowed(actor, product)
        kept = PrintedProduct.objects.select_for_update().get(pk=product.pk)
        if kept.version != seen:
            raise Stale(kept)
    before = product_told(kept) if product else {}
    for name in (*PRODUCT_FIELDS, *SPAN):
        if name in wanted:
            setattr(kept, name, wanted[name])
    _allowed(actor, kept)
    if product is not None and kept.printed < given(kept):
        raise ValidationError({"printed": f"V rozdělovníku už je {given(kept)} kusů. Tolik se jich muselo vytisknout."})
    kept.version += 1 if product else 0
    kept.save()
    after = product_told(kept)
    if product is None:
        record(verb="product_added", thing=kept, actor=actor, after=after, names=product_names(after))
    elif before != after:
        names = product_names(before, after)
        record(
            verb="product_changed",
            thing=kept,
            actor=actor,
            before=before,
            after=after,
            names=names,
            restores=restores,
        )
    return kept


@transaction.atomic
def handover_add(
    *,
    product: PrintedProduct,
    place: str,
    amount: int,
    planned_on: date | None = None,
    handed_on: date | None = None,
    note: str = "",
    actor: Any,
    restores: Deed | None = None,
) -> Handover:
    """So many pieces for a place; never more than were printed."""
    _allowed(actor, product)
    product = PrintedProduct.objects.select_for_update().get(pk=product.pk)
    left = product.printed - given(product)
    if amount > left:
        raise ValidationError({"amount": f"Tolik kusů už není. Zbývá jich {left}."})
    kept = Handover(
        product=product, place=place.strip(), amount=amount, planned_on=planned_on, handed_on=handed_on,
        note=note.strip(),
    )  # fmt: skip
    if restores is not None:  # under its own number, so that one removed row does not come back twice
        kept.pk = restores.before["id"]
    kept.save(force_insert=True)
    after = {"place": kept.place, "amount": amount}
    record(verb="handover_added", thing=product, actor=actor, after=after, restores=restores)
    return kept


@transaction.atomic
def handover_done(*, handover: Handover, done: bool, actor: Any) -> Handover:
    """Handed over today, or not at all yet."""
    return handover_date(handover=handover, handed_on=timezone.localdate() if done else None, actor=actor)


@transaction.atomic
def handover_date(*, handover: Handover, handed_on: date | None, actor: Any, restores: Deed | None = None) -> Handover:
    _allowed(actor, handover.product)
    handover = Handover.objects.select_for_update(of=("self",)).select_related("product").get(pk=handover.pk)
    before = {"id": handover.pk, "place": handover.place, "handed_on": handover.handed_on}
    handover.handed_on = handed_on
    handover.save(update_fields=["handed_on"])
    after = {**before, "handed_on": handover.handed_on}
    record(
        verb="handover_changed",
        thing=handover.product,
        actor=actor,
        before=before,
        after=after,
        restores=restores,
    )
    return handover


@transaction.atomic
def handover_remove(*, handover: Handover, actor: Any) -> None:
    _allowed(actor, handover.product)
    record(verb="handover_removed", thing=handover.product, actor=actor, before=handover_told(handover))
    handover.delete()


def handover_told(handover: Handover) -> dict[str, Any]:
    return {
        "id": handover.pk,
        "place": handover.place,
        "amount": handover.amount,
        "planned_on": handover.planned_on,
        "handed_on": handover.handed_on,
        "note": handover.note,
    }


def given(product: PrintedProduct) -> int:
    return product.handovers.aggregate(all=Sum("amount"))["all"] or 0
