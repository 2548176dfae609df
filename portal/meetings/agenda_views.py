"""The agenda at the desk: propose, change, approve, decline, order; papers and ties with their suggestions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from portal.documents import rules as document_rules
from portal.groups import rules as group_rules
from portal.web.doors import READ, at_desk, of_thing

from . import actions, agenda_actions, rules, subjects
from .doors import deed, of_meeting, proposing
from .forms import ItemForm, PaperForm, ReasonForm, TieForm, refused
from .models import AgendaItem, ItemPaper, ItemTie, Meeting
from .views import head

SUGGESTED = 12


def _to_agenda(meeting: Meeting, item: AgendaItem | None = None) -> HttpResponse:
    where = f"#bod-{item.pk}" if item else "#program"
    return redirect(reverse("meetings:meeting", args=[meeting.pk]) + where)


def _item(meeting: Meeting, item: int) -> AgendaItem:
    return get_object_or_404(AgendaItem.objects.select_related("meeting__group"), pk=item, meeting=meeting)


@proposing
def item_add(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    bound = ItemForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and bound.is_valid():
        try:
            made = actions.item_propose(meeting=meeting, actor=request.user, **bound.cleaned_data)
        except ValidationError as refusal:
            refused(bound, refusal)
        else:
            on = made.state == AgendaItem.State.APPROVED
            messages.success(
                request, "Bod je na programu." if on else "Návrh je uložený. Rozhodne o něm vedoucí skupiny."
            )
            return redirect("meetings:item", meeting.pk, made.pk)
    context = {**head(request, meeting), "form": bound, "too_late": actions.too_late(meeting)}
    return render(request, "meetings/item_add.html", context, status=422 if request.method == "POST" else 200)


def _item_called(pk: Any) -> AgendaItem:
    return get_object_or_404(AgendaItem.objects.select_related("meeting__group"), pk=pk)


def _may_read_item(person: Any, item: AgendaItem) -> bool:
    return rules.may_read_inside(person, item.meeting)


@of_thing("pk", _item_called, _may_read_item, *READ)
def item_of(_request: HttpRequest, item: AgendaItem) -> HttpResponse:
    """The page of an item by its number alone, for the journal."""
    return redirect("meetings:item", item.meeting_id, item.pk)


@of_meeting(rules.may_read_inside, "GET", "HEAD", "POST")
def item(request: HttpRequest, meeting: Meeting, item: int) -> HttpResponse:
    """See an item and change it; whoever may only read gets the same page without buttons."""
    found = _item(meeting, item)
    if request.method == "POST" and not agenda_actions.may_work_on(request.user, found):
        raise PermissionDenied
    bound = ItemForm(request.POST if request.method == "POST" else None, item=found)
    seen, status = request.POST.get("seen", ""), 422 if request.method == "POST" else 200
    news: AgendaItem | None = None
    if request.method == "POST" and bound.is_valid():
        try:
            actions.item_change(
                item=found, seen=int(seen) if seen.isdigit() else 0, actor=request.user, **bound.cleaned_data
            )
        except agenda_actions.StaleItem as stale:
            news, status = stale.stored, 409
        except ValidationError as refusal:
            refused(bound, refusal)
        else:
            messages.success(request, "Uloženo.")
            return _to_agenda(meeting, found)
    return _item_page(request, meeting, found, form=bound, news=news, seen=seen, status=status)


def _item_page(
    request: HttpRequest,
    meeting: Meeting,
    found: AgendaItem,
    *,
    form: ItemForm | None = None,
    tie_form: TieForm | None = None,
    paper_form: PaperForm | None = None,
    news: AgendaItem | None = None,
    seen: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of an item with whichever of its forms was refused, and what was typed in it."""
    readable = document_rules.readable_documents(request.user)
    may_write = meeting.state in agenda_actions.OPEN and agenda_actions.may_work_on(request.user, found)
    refused_form = next((one for one in (form, tie_form, paper_form) if one is not None and one.is_bound), None)
    context = {
        **head(request, meeting),
        "item": found,
        "form": form or ItemForm(None, item=found),
        "refused": refused_form,
        "news": news,
        "seen": news.version if news else seen or found.version,
        "may_write": may_write,
        "ties": found.ties.all(),
        "papers": found.papers.filter(document__in=readable).select_related("document"),
        "tie_form": tie_form or TieForm(),
        "paper_form": paper_form or PaperForm(),
    }
    return render(request, "meetings/item.html", context, status=status)


@deed
def item_settle(request: HttpRequest, meeting: Meeting, item: int) -> HttpResponse:
    """On the agenda, or off it with a reason."""
    found = _item(meeting, item)
    try:
        if request.POST.get("what") == "approve":
            actions.item_approve(item=found, actor=request.user)
            messages.success(request, f"Na programu je bod „{found.title}“.")
        else:
            bound = ReasonForm(request.POST)
            reason = bound.cleaned_data["reason"] if bound.is_valid() else ""
            actions.item_decline(item=found, reason=reason, actor=request.user)
            messages.success(request, f"Na programu není bod „{found.title}“. Kdo ho navrhl, se dozví proč.")
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return _to_agenda(meeting, found)


@deed
def item_order(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """One place up or down (`up`, `down` with the number of the item)."""
    up, down = request.POST.get("up", ""), request.POST.get("down", "")
    asked = up or down
    found = _item(meeting, int(asked) if asked.isdigit() else 0)
    try:
        actions.item_order(item=found, by=-1 if up else 1, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return _to_agenda(meeting, found)


# --- papers and ties -----------------------------------------------------------------------------------------------


def _back(meeting: Meeting, item: AgendaItem) -> HttpResponse:
    return redirect(reverse("meetings:item", args=[meeting.pk, item.pk]) + "#souvislosti")


@of_meeting(rules.may_propose_item, "POST")
def tie_add(request: HttpRequest, meeting: Meeting, item: int) -> HttpResponse:
    found, bound = _item(meeting, item), TieForm(request.POST)
    if bound.is_valid():
        try:
            subject = subjects.named(bound.cleaned_data["about"], request.user)
            actions.tie_add(
                item=found, about=subject.thing, words=subject.words, address=subject.address, actor=request.user
            )
        except ValidationError as refusal:
            bound.add_error("about", refusal.messages)
        else:
            return _back(meeting, found)
    return _item_page(request, meeting, found, tie_form=bound, status=422)


@of_meeting(rules.may_propose_item, "POST")
def tie_remove(request: HttpRequest, meeting: Meeting, item: int) -> HttpResponse:
    found = _item(meeting, item)
    asked = request.POST.get("tie", "")
    tie = get_object_or_404(ItemTie, pk=asked if asked.isdigit() else 0, item=found)
    tie.item = found
    try:
        actions.tie_remove(tie=tie, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return _back(meeting, found)


@of_meeting(rules.may_propose_item, "POST")
def paper_add(request: HttpRequest, meeting: Meeting, item: int) -> HttpResponse:
    found, bound = _item(meeting, item), PaperForm(request.POST)
    if bound.is_valid():
        try:
            document = subjects.document_named(bound.cleaned_data["document"], request.user)
            actions.paper_add(item=found, document=document, actor=request.user)
        except ValidationError as refusal:
            bound.add_error("document", refusal.messages)
        else:
            return _back(meeting, found)
    return _item_page(request, meeting, found, paper_form=bound, status=422)


@of_meeting(rules.may_propose_item, "POST")
def paper_remove(request: HttpRequest, meeting: Meeting, item: int) -> HttpResponse:
    found = _item(meeting, item)
    asked = request.POST.get("paper", "")
    paper = get_object_or_404(
        ItemPaper.objects.select_related("document"), pk=asked if asked.isdigit() else 0, item=found
    )
    paper.item = found
    try:
        actions.paper_remove(paper=paper, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return _back(meeting, found)


@at_desk(group_rules.may_come_to_groups, *READ)
def subject_suggest(request: HttpRequest) -> HttpResponse:
    """Measures and services whose code or name holds the text."""
    return JsonResponse({"items": subjects.suggestions(request.GET.get("q", "")[:100], request.user, SUGGESTED)})


@at_desk(group_rules.may_come_to_groups, *READ)
def paper_suggest(request: HttpRequest) -> HttpResponse:
    found: list[dict[str, Any]] = subjects.papers(request.GET.get("q", "")[:100], request.user, SUGGESTED)
    return JsonResponse({"items": found})
