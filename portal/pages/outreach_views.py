"""The desk of the communication plan and of printed things."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from portal.web.doors import FORM, READ, at_desk, of_thing
from portal.web.refusals import refused

from . import outreach_actions as actions
from . import rules
from .actions import Stale
from .outreach_forms import HandoverForm, ItemForm, ProductForm
from .outreach_models import CommunicationItem, Handover, PrintedProduct
from .views import done, seen_in

A_PAGE = 100


def _one_item(pk: int) -> CommunicationItem:
    return get_object_or_404(CommunicationItem, pk=pk)


def _one_product(pk: int) -> PrintedProduct:
    return get_object_or_404(PrintedProduct, pk=pk)


def _one_handover(pk: int) -> Handover:
    return get_object_or_404(Handover.objects.select_related("product"), pk=pk)


def _may_hand_over(person: Any, handover: Handover) -> bool:
    return rules.may_edit(person, handover.product)


item_form = of_thing("pk", _one_item, rules.may_read, *FORM, writing=rules.may_edit)
item_deed = of_thing("pk", _one_item, rules.may_edit, "POST")
product_form = of_thing("pk", _one_product, rules.may_read, *FORM, writing=rules.may_edit)
product_deed = of_thing("pk", _one_product, rules.may_edit, "POST")
handover_deed = of_thing("pk", _one_handover, _may_hand_over, "POST")


# --- the communication plan --------------------------------------------------------------------------------------


@at_desk(rules.may_come, *READ)
def communication(request: HttpRequest) -> HttpResponse:
    """The plan as a table: what is late first, then by day; what is done last."""
    rows = rules.readable_items(request.user, CommunicationItem.objects.all())
    asked = request.GET.get("stav", "")
    if asked == "ceka":
        rows = rows.open()
    elif asked == "pozde":
        rows = rows.late()
    rows = rows.order_by(F("done_on").desc(nulls_first=True), "due_on", "pk")
    context = {
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("strana")),
        "asked": asked,
        "choices": [("", "Všechno"), ("ceka", "Co zbývá"), ("pozde", "Po termínu")],
        "may_add": rules.may_add(request.user),
        "today": timezone.localdate(),
    }
    return render(request, "pages/communication.html", context)


@at_desk(rules.may_add, *FORM)
def communication_add(request: HttpRequest) -> HttpResponse:
    bound = ItemForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and bound.is_valid():
        return done(
            request, lambda: actions.item_save(wanted=bound.wanted(), actor=request.user), "Řádek je zapsaný.",
            "pages:communication",
        )  # fmt: skip
    return _item_page(request, None, bound)


@item_form
def communication_item(request: HttpRequest, item: CommunicationItem) -> HttpResponse:
    if request.method != "POST":
        return _item_page(request, item, ItemForm(request.user, initial=ItemForm.of(item)))
    bound = ItemForm(request.user, request.POST)
    if not bound.is_valid():
        return _item_page(request, item, bound)
    try:
        return done(
            request,
            lambda: actions.item_save(item=item, wanted=bound.wanted(), seen=seen_in(request), actor=request.user),
            "Uloženo.", "pages:communication",
        )  # fmt: skip
    except Stale:
        item.refresh_from_db()
        return _item_page(request, item, bound, status=409)


def _item_page(request: HttpRequest, item: CommunicationItem | None, bound: ItemForm, status: int = 0) -> HttpResponse:
    context = {
        "item": item,
        "form": bound,
        "stale": status == 409,
        "seen": item.version if item and (status == 409 or not bound.is_bound) else seen_in(request),
        "may_edit": rules.may_edit(request.user, item) if item else True,
    }
    return render(request, "pages/communication_item.html", context, status=status or (422 if bound.errors else 200))


@item_deed
def communication_done(request: HttpRequest, item: CommunicationItem) -> HttpResponse:
    finished = "zpet" not in request.POST
    said = "Zapsáno: hotovo." if finished else "Zapsáno: zatím ne."
    return done(
        request, lambda: actions.item_done(item=item, done=finished, actor=request.user), said, "pages:communication"
    )


@item_deed
def communication_remove(request: HttpRequest, item: CommunicationItem) -> HttpResponse:
    return done(
        request, lambda: actions.item_remove(item=item, actor=request.user), "Řádek je smazaný.",
        "pages:communication",
    )  # fmt: skip


# --- printed things ----------------------------------------------------------------------------------------------


@at_desk(rules.may_come, *READ)
def products(request: HttpRequest) -> HttpResponse:
    rows = rules.readable_items(request.user, PrintedProduct.objects.counted())
    context = {
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("strana")),
        "may_add": rules.may_add(request.user),
    }
    return render(request, "pages/products.html", context)


@at_desk(rules.may_add, *FORM)
def product_add(request: HttpRequest) -> HttpResponse:
    bound = ProductForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and bound.is_valid():
        return done(
            request, lambda: actions.product_save(wanted=bound.wanted(), actor=request.user),
            "Zapsáno. Otevřete ji a napište, kam kolik kusů patří.", "pages:products",
        )  # fmt: skip
    return render(request, "pages/product_add.html", {"form": bound}, status=422 if bound.errors else 200)


@product_form
def product(request: HttpRequest, product: PrintedProduct) -> HttpResponse:
    """A printed thing: its own data, and where it went."""
    if request.method != "POST":
        return _product_page(request, product, ProductForm(request.user, initial=ProductForm.of(product)))
    bound = ProductForm(request.user, request.POST)
    if bound.is_valid():
        try:
            actions.product_save(product=product, wanted=bound.wanted(), seen=seen_in(request), actor=request.user)
        except Stale:
            product.refresh_from_db()
            return _product_page(request, product, bound, status=409)
        except ValidationError as refusal:
            refused(bound, refusal)
        else:
            return done(request, lambda: None, "Uloženo.", "pages:product", product.pk)
    return _product_page(request, product, bound)


@product_deed
def handover_add(request: HttpRequest, product: PrintedProduct) -> HttpResponse:
    bound = HandoverForm(request.POST)
    if bound.is_valid():
        try:
            actions.handover_add(product=product, actor=request.user, **bound.cleaned_data)
        except ValidationError as refusal:
            refused(bound, refusal)
        else:
            return done(request, lambda: None, "Zapsáno.", "pages:product", product.pk)
    return _product_page(request, product, ProductForm(request.user, initial=ProductForm.of(product)), handover=bound)


def _product_page(
    request: HttpRequest,
    product: PrintedProduct,
    bound: ProductForm,
    handover: HandoverForm | None = None,
    status: int = 0,
) -> HttpResponse:
    counted = PrintedProduct.objects.counted().get(pk=product.pk)
    wrong = bool(bound.errors or (handover and handover.errors))
    context = {
        "product": product,
        "counted": counted,
        "left": product.printed - actions.given(product),
        "rows": product.handovers.all(),
        "form": bound,
        "handover": handover or HandoverForm(),
        "stale": status == 409,
        "seen": product.version if status == 409 or not bound.is_bound else seen_in(request),
        "may_edit": rules.may_edit(request.user, product),
    }
    return render(request, "pages/product.html", context, status=status or (422 if wrong else 200))


@handover_deed
def handover_done(request: HttpRequest, handover: Handover) -> HttpResponse:
    handed = "zpet" not in request.POST
    said = "Zapsáno: předáno dnes." if handed else "Zapsáno: zatím nepředáno."
    return done(
        request, lambda: actions.handover_done(handover=handover, done=handed, actor=request.user), said,
        "pages:product", handover.product_id,
    )  # fmt: skip


@handover_deed
def handover_remove(request: HttpRequest, handover: Handover) -> HttpResponse:
    return done(
        request, lambda: actions.handover_remove(handover=handover, actor=request.user), "Řádek je smazaný.",
        "pages:product", handover.product_id,
    )  # fmt: skip
