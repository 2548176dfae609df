"""The page of one point of a plan; of a measure its card. Adding, moving, taking out and bringing back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from portal.web.doors import READ
from portal.web.refusals import refused

from . import actions, card_actions, cards, rules, tree
from .card_forms import CardEdit
from .forms import MoveForm, NodeForm
from .models import Level, Node, Plan
from .views import _head, deed, form, writers_form

Role = Level.Role


def _node(plan: Plan, code: str) -> Node:
    rows = Node.objects.filter(plan=plan).standing().select_related("plan__above", "level", "parent__level")
    return get_object_or_404(rows, code=code)


def _trail(node: Node) -> list[tuple[str, str]]:
    """Pairs of word and address of the points above, from the top."""
    above: list[tuple[str, str]] = []
    one = node.parent
    while one is not None:
        above.insert(0, (f"{one.code} {one.title}", reverse("plan:node", args=[node.plan.slug, one.code])))
        one = one.parent
    return above


def _of_node(request: HttpRequest, node: Node) -> dict[str, Any]:
    """What every page of a point shows."""
    below = Level.objects.filter(plan=node.plan, depth=node.level.depth + 1).first()
    return {**_head(request, node.plan), "node": node, "trail": _trail(node), "below": below}


def node_of(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of the point with that number, for links of the journal."""
    node = get_object_or_404(Node.objects.select_related("plan"), pk=pk)
    if not rules.may_read_draft(request.user, node.plan):
        raise PermissionDenied
    if request.method not in READ:
        return HttpResponseNotAllowed(READ)
    if node.removed_at is not None:
        return redirect("plan:removed", node.plan.slug)
    return redirect("plan:node", node.plan.slug, node.code)


@form
def node(request: HttpRequest, plan: Plan, code: str) -> HttpResponse:
    """See and change a point. Activities stand on the card of their measure."""
    found = _node(plan, code)
    if found.level.role == Role.ACTIVITY and found.parent is not None:
        where = reverse("plan:node", args=[plan.slug, found.parent.code])
        return redirect(f"{where}#aktivita-{found.code}")
    if found.level.role == Role.MEASURE:
        return _card(request, found)
    return _plain_node(request, found)


# --- a point with a name and a description ------------------------------------------------------------------------


def _plain_node(request: HttpRequest, node: Node) -> HttpResponse:
    if request.method != "POST":
        return _node_page(request, node, NodeForm(initial={"title": node.title, "text": node.text}))
    bound = NodeForm(request.POST)
    if not bound.is_valid():
        return _node_page(request, node, bound, status=422)
    try:
        actions.node_change(node=node, **bound.cleaned_data, seen=_seen(request), actor=request.user)
    except actions.Stale as news:
        return _node_page(request, news.stored, bound, status=409, stale=True)
    except ValidationError as refusal:
        refused(bound, refusal)
        return _node_page(request, node, bound, status=422)
    messages.success(request, "Uloženo.")
    return redirect("plan:node", node.plan.slug, node.code)


def _node_page(
    request: HttpRequest, node: Node, bound: NodeForm, *, status: int = 200, stale: bool = False
) -> HttpResponse:
    differences = []
    if stale:
        typed = bound.cleaned_data
        pairs = (("název", node.title, typed["title"]), ("popis", node.text, typed["text"]))
        differences = [one for one in pairs if one[1] != one[2]]
    children = Node.objects.filter(parent=node).standing().select_related("level")
    context = {
        **_of_node(request, node),
        "form": bound,
        "children": children,
        "seen": str(node.version if stale or request.method != "POST" else _seen(request)),
        "stale": stale,
        "differences": differences,
    }
    return render(request, "plan/node.html", context, status=status)


def _seen(request: HttpRequest) -> int:
    said = request.POST.get("seen", "")
    return int(said) if said.isdigit() else -1


# --- the card of a measure ------------------------------------------------------------------------------------------


def _card(request: HttpRequest, node: Node) -> HttpResponse:
    stored = cards.read(node)
    if request.method != "POST":
        return _card_page(request, node, CardEdit(node, stored, person=request.user))
    edit = CardEdit(node, stored, request.POST, person=request.user)
    if not edit.is_valid():
        return _card_page(request, node, edit, status=422)
    try:
        card_actions.card_save(node=node, draft=edit.draft(), seen=_seen(request), actor=request.user)
    except actions.Stale as news:
        return _card_page(request, news.stored, edit, status=409, stale=True)
    except ValidationError as refusal:
        edit.refuse(refusal)
        return _card_page(request, node, edit, status=422)
    messages.success(request, "Uloženo.")
    return redirect("plan:node", node.plan.slug, node.code)


def _card_page(
    request: HttpRequest, node: Node, edit: CardEdit, *, status: int = 200, stale: bool = False
) -> HttpResponse:
    """The form. After somebody else's save it says what is stored now, and keeps what was typed."""
    context = {
        **_of_node(request, node),
        "edit": edit,
        "seen": str(node.version if stale or request.method != "POST" else _seen(request)),
        "stale": stale,
        "differences": cards.differences(edit.stored, edit.draft()) if stale else [],
    }
    return render(request, "plan/card.html", context, status=status)


# --- the tree -------------------------------------------------------------------------------------------------------


@writers_form
def node_add(request: HttpRequest, plan: Plan) -> HttpResponse:
    """A new point under `?pod=`, on the top level without it."""
    under = request.GET.get("pod", "")
    parent = _node(plan, under) if under else None
    level = Level.objects.filter(plan=plan, depth=parent.level.depth + 1 if parent else 1).first()
    if level is None:
        raise Http404
    bound = NodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and bound.is_valid():
        try:
            added = actions.node_add(plan=plan, parent=parent, level=level, actor=request.user, **bound.cleaned_data)
        except ValidationError as refusal:
            refused(bound, refusal)
        else:
            messages.success(request, f"{level.name.capitalize()} {added.code} je v plánu.")
            return redirect("plan:node", plan.slug, added.code)
    context = {**_head(request, plan), "form": bound, "parent": parent, "level": level}
    return render(request, "plan/node_add.html", context, status=422 if request.method == "POST" else 200)


@writers_form
def node_move(request: HttpRequest, plan: Plan, code: str) -> HttpResponse:
    found = _node(plan, code)
    bound = MoveForm(found, tree.outline(plan).lines, request.POST if request.method == "POST" else None)
    if not bound.has_places:
        raise Http404
    if request.method == "POST" and bound.is_valid():
        parent = get_object_or_404(Node, plan=plan, pk=bound.cleaned_data["parent"])
        last = None
        if bound.cleaned_data["place"] == "last":
            last = Node.objects.filter(parent=parent).standing().exclude(pk=found.pk).last()
        try:
            actions.node_move(node=found, parent=parent, after=last, actor=request.user)
        except ValidationError as refusal:
            refused(bound, refusal)
        else:
            messages.success(request, f"{found.code} je teď pod bodem {parent.code}. Kód zůstal.")
            return redirect("plan:tree", plan.slug)
    context = {**_of_node(request, found), "form": bound}
    return render(request, "plan/node_move.html", context, status=422 if request.method == "POST" else 200)


@writers_form
def node_remove(request: HttpRequest, plan: Plan, code: str) -> HttpResponse:
    """Ask with the consequence named, then take out."""
    found = _node(plan, code)
    refusals: list[str] = []
    if request.method == "POST":
        try:
            actions.node_remove(node=found, actor=request.user)
        except ValidationError as refusal:
            refusals = refusal.messages
        else:
            messages.success(request, f"{found.code} v plánu není. Vrátíte ho mezi vyřazenými body.")
            return redirect("plan:tree", plan.slug)
    context = {**_of_node(request, found), "number": actions.number_below(found), "refusals": refusals}
    return render(request, "plan/node_remove.html", context, status=422 if refusals else 200)


@deed
def node_return(request: HttpRequest, plan: Plan, pk: int) -> HttpResponse:
    found = get_object_or_404(Node.objects.select_related("plan", "parent"), plan=plan, pk=pk)
    try:
        actions.node_return(node=found, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("plan:removed", plan.slug)
    messages.success(request, f"{found.code} je zpátky v plánu.")
    return redirect("plan:node", plan.slug, found.code)
