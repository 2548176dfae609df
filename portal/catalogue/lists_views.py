"""Code lists for those who keep them: what there is, its items, one item."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from portal.web.doors import at_desk

from . import lists_actions
from .lists_forms import ItemForm, item_form
from .lists_models import Listed
from .models import CodeListItem
from .rules import may_edit_lists, may_read_lists

reading = at_desk(may_read_lists, "GET", "HEAD")


@dataclass(frozen=True)
class List:
    """One code list and what people know it by."""

    model: type[CodeListItem]
    listed: Listed

    @property
    def slug(self) -> str:
        return self.listed.slug

    @property
    def title(self) -> str:
        return self.listed.title

    @property
    def table(self) -> str:
        """By what name the list is taken away as a table."""
        return f"ciselnik-{self.slug}"


# Every list of the site, those of apps that stand above too: each table of items says itself what it is.
LISTS = {model.listed.slug: List(model, model.listed) for model in apps.get_models() if issubclass(model, CodeListItem)}


@reading
def lists(request: HttpRequest) -> HttpResponse:
    first, *others = (
        one.model._default_manager.order_by().annotate(of=Value(slug)).values_list("of") for slug, one in LISTS.items()
    )
    counts = Counter(slug for (slug,) in first.union(*others, all=True).order_by())
    return render(request, "catalogue/list_index.html", {"rows": [(one, counts[one.slug]) for one in LISTS.values()]})


@reading
def list_items(request: HttpRequest, name: str) -> HttpResponse:
    one = _list(name)
    said = one.listed.said
    rows = [(item, getattr(item, said, "") if said else "") for item in one.model._default_manager.all()]
    context = {"list": one, "rows": rows, "may_edit": may_edit_lists(request.user)}
    return render(request, "catalogue/list_items.html", context)


def list_item_add(request: HttpRequest, name: str) -> HttpResponse:
    _allow(may_edit_lists(request.user))
    one = _list(name)
    form = item_form(one.model, None, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            item = lists_actions.add_item(person=request.user, model=one.model, values=_values(form))
        except ValidationError as refusal:
            _tell(form, refusal)
        else:
            messages.success(request, f"Položka „{item.name}“ je přidaná.")
            return redirect("catalogue:list_items", name)
    return _item_page(request, one, form, None)


def list_item_edit(request: HttpRequest, name: str, key: str) -> HttpResponse:
    _allow(may_edit_lists(request.user))
    one = _list(name)
    item = get_object_or_404(one.model._default_manager.all(), key=key)
    form = item_form(one.model, item, request.POST if request.method == "POST" else None)
    if form.is_valid():
        seen = request.POST.get("seen")
        try:
            changed = lists_actions.change_item(person=request.user, item=item, values=_values(form), seen=seen)
        except ValidationError as refusal:
            _tell(form, refusal)
        except lists_actions.StaleItem as news:
            return _item_page(request, one, form, news.stored, differences=_differences(form, news.stored))
        else:
            said = "Uloženo" if changed else "Nic se nezměnilo"
            messages.success(request, f"{said}: „{form.cleaned_data['name']}“.")
            return redirect("catalogue:list_items", name)
    return _item_page(request, one, form, item)


def _item_page(
    request: HttpRequest,
    one: List,
    form: ItemForm,
    item: CodeListItem | None,
    *,
    differences: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    """The form. After somebody else's save (`differences`) with what stands there now, and all that was typed."""
    # The name as it is kept: what was typed and refused stands in the form alone.
    kept = one.model._default_manager.get(pk=item.pk) if item is not None else None
    seen = lists_actions.fingerprint(kept) if kept is not None else ""
    if form.is_bound and differences is None:
        seen = request.POST.get("seen", seen)
    context = {
        "list": one,
        "form": form,
        "item": item,
        "title": kept.name if kept is not None else "",
        "seen": seen,
        "differences": differences,
    }
    status = 409 if differences is not None else 422 if form.errors else 200
    return render(request, "catalogue/list_item.html", context, status=status)


def _differences(form: ItemForm, stored: CodeListItem) -> list[tuple[str, str]]:
    """Labels of fields where the item stands otherwise than in the form, with what stands there."""
    found = []
    for bound in form:
        now = getattr(stored, bound.name)
        if now != form.cleaned_data[bound.name]:
            words = getattr(stored, f"get_{bound.name}_display", lambda now=now: now)()
            found.append((str(bound.label), "" if words is None else str(words)))
    return found


def _list(name: str) -> List:
    if name not in LISTS:
        raise Http404
    return LISTS[name]


def _values(form: ItemForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in form.fields}


def _tell(form: ItemForm, refusal: ValidationError) -> None:
    """A refusal of the table at the field it belongs to."""
    for name, errors in (refusal.message_dict if hasattr(refusal, "error_dict") else {"": refusal.messages}).items():
        form.add_error(name if name in form.fields else None, errors)


def _allow(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied
