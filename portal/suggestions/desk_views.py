"""The desk of suggestions: the list, one with everything that may be done with it, writing one down, searches in
vain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from portal.groups import rules as group_rules
from portal.web import refusals
from portal.web.doors import FORM, READ, at_desk, of_thing

from . import desk_actions as actions
from . import desk_reading, reading, rules, warnings
from .desk_forms import (
    AnswerForm,
    AssignForm,
    DeclineForm,
    DeedForm,
    EnterForm,
    EvidenceForm,
    HideForm,
    JoinForm,
    LinkForm,
    NoteForm,
    PartForm,
    PutForm,
    ReopenForm,
    SearchForm,
    ShowForm,
    TakeForm,
    UnlinkForm,
)
from .models import Origin, Suggestion

A_PAGE = 30
State = Suggestion.State


@at_desk(rules.may_come, *READ)
def desk_suggestions(request: HttpRequest) -> HttpResponse:
    """What the person reads, by state; beside it what people looked for in vain."""
    asked = desk_reading.wanted(request.GET)
    may_see_waiting = rules.may_see_waiting(request.user)
    groups = group_rules.readable_groups(request.user).working_now().distinct() if may_see_waiting else []
    context = {
        "page": Paginator(desk_reading.listed(request.user, asked), A_PAGE).get_page(request.GET.get("strana")),
        "states": desk_reading.by_state(request.user, asked),
        "asked": asked,
        "sorts": Suggestion.Sort.choices,
        "origins": Origin.choices,
        "orders": [(key, word) for key, (word, _order) in desk_reading.ORDERS.items()],
        "groups": groups,
        "silent": desk_reading.silent()[: desk_reading.SILENT] if may_see_waiting else [],
        "may_see_waiting": may_see_waiting,
        "may_enter": rules.may_enter(request.user),
    }
    return render(request, "suggestions/desk_suggestions.html", context)


# --- one ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that may be done: its form, its action, what is said when it is done, the words of its button."""

    form: type[DeedForm]
    act: Callable[..., object]
    done: str
    title: str
    button: str
    states: frozenset[str] = frozenset(State.values)

    @property
    def key(self) -> str:
        return self.form.key


def _to(state: str) -> frozenset[str]:
    """States from which there is a way to the state."""
    return frozenset(one.value for one, to in Suggestion.MOVES.items() if state in to)


READABLE_OR_NEW = frozenset({State.NEW.value, *(one.value for one in Suggestion.READABLE)})
DEEDS = (
    Deed(
        ShowForm,
        actions.suggestion_show,
        "Podnět je na webu.",
        "Dát na web",
        "Dát na web",
        READABLE_OR_NEW,
    ),
    Deed(
        TakeForm,
        actions.suggestion_take,
        "Podnět je přijatý, autorovi jsme poděkovali.",
        "Přijmout a poděkovat",
        "Přijmout",
        frozenset({State.NEW.value}),
    ),
    Deed(
        JoinForm,
        actions.suggestion_join,
        "Podněty jsou spojené.",
        "Spojit s podnětem, který říká totéž",
        "Spojit",
        _to(State.JOINED),
    ),
    Deed(
        AssignForm,
        actions.suggestion_assign,
        "Skupina má podnět u sebe.",
        "Dát skupině",
        "Dát skupině",
        _to(State.GROUP),
    ),
    Deed(PutForm, actions.suggestion_put, "Bod je navržený.", "Dát na jednání", "Dát na program", _to(State.AGENDA)),
    Deed(
        LinkForm,
        actions.suggestion_link,
        "Podnět je propojený s opatřením.",
        "Propojit s opatřením plánu",
        "Propojit",
        _to(State.MEASURE),
    ),
    Deed(
        AnswerForm,
        actions.suggestion_answer,
        "Odpověď je uložená.",
        "Odpovědět",
        "Odpovědět",
        _to(State.ANSWERED) | {State.ANSWERED.value},
    ),
    Deed(
        DeclineForm,
        actions.suggestion_decline,
        "Podnět je uzavřený.",
        "Nezabývat se jím",
        "Uzavřít podnět",
        _to(State.DECLINED),
    ),
    Deed(
        ReopenForm,
        actions.suggestion_reopen,
        "Podnět je znovu otevřený.",
        "Znovu otevřít",
        "Znovu otevřít",
        frozenset({State.ANSWERED.value, State.DECLINED.value}),
    ),
    Deed(
        PartForm,
        actions.suggestion_part,
        "Podnět stojí zase sám.",
        "Rozpojit",
        "Rozpojit",
        frozenset({State.JOINED.value}),
    ),
)
# Those that stand elsewhere on the page than in the list of what may be done.
BESIDE = (
    Deed(HideForm, actions.suggestion_hide, "Podnět už na webu není.", "Stáhnout z webu", "Stáhnout z webu"),
    Deed(UnlinkForm, actions.suggestion_unlink, "Propojení je zrušené.", "Odpojit", "Odpojit"),
    Deed(
        EvidenceForm,
        actions.suggestion_evidence,
        "Podnět je mezi doklady potřebnosti opatření.",
        "Doklad",
        "Přidat mezi doklady",
    ),
    Deed(NoteForm, actions.note_add, "Poznámka je uložená.", "Poznámka", "Uložit poznámku"),
)
BY_KEY = {one.key: one for one in (*DEEDS, *BESIDE)}
# Actions that ask for no version.
UNVERSIONED = {NoteForm.key, EvidenceForm.key}


def _found(number: int) -> Suggestion:
    return get_object_or_404(reading.whole(), number=number)


@of_thing("number", _found, rules.may_read, *FORM, writing=rules.may_triage)
def desk_suggestion(request: HttpRequest, suggestion: Suggestion) -> HttpResponse:
    """One with all that may be done with it. What is sent says by `deed` which form it is."""
    if request.method != "POST":
        return _page(request, suggestion)
    deed = BY_KEY.get(request.POST.get("deed", ""))
    if deed is None:
        raise Http404
    form = deed.form(request.user, suggestion, request.POST)
    if not form.is_valid():
        return _page(request, suggestion, form, 422)
    said = form.wanted() | ({} if deed.key in UNVERSIONED else {"seen": form.cleaned_data["seen"]})
    try:
        deed.act(suggestion=suggestion, actor=request.user, **said)
    except actions.Stale as refusal:
        refusals.refused(form, refusal)
        return _page(request, _found(suggestion.number), form, 409)
    except PermissionDenied:
        form.add_error(None, "Tohle vaše role nesmí. Požádejte toho, kdo vede skupinu nebo plán.")
        return _page(request, suggestion, form, 422)
    except ValidationError as refusal:
        refusals.refused(form, refusal, {"node": "measure"})
        return _page(request, _found(suggestion.number), form, 422)
    messages.success(request, deed.done)
    return redirect("suggestions:desk_suggestion", suggestion.number)


def _page(request: HttpRequest, one: Suggestion, bound: DeedForm | None = None, status: int = 200) -> HttpResponse:
    may_triage = rules.may_triage(request.user, one)
    may_see_author = rules.may_see_author(request.user, one)
    deeds: list[dict[str, Any]] = []
    if may_triage:
        for deed in DEEDS:
            mine = bound is not None and bound.key == deed.key
            if one.state in deed.states or mine:
                form = bound if mine and bound is not None else deed.form(request.user, one)
                deeds.append({"deed": deed, "form": form, "open": mine})
    if bound is not None and status == 409:  # what is sent again is sent over what stands there now
        bound.data = {**bound.data.dict(), "seen": one.version}  # type: ignore[attr-defined]
    context = {
        "one": one,
        "inside": desk_reading.inside(one, request.user),
        "deeds": deeds,
        "bound": bound,
        "note_form": bound if isinstance(bound, NoteForm) else NoteForm(request.user, one),
        "may_triage": may_triage,
        "may_see_author": may_see_author,
        "found": _found_in(one) if may_triage and not one.shown_at else [],
    }
    return render(request, "suggestions/desk_suggestion.html", context, status=status)


def _found_in(one: Suggestion) -> list[tuple[str, str]]:
    """What the words tell that should not go on the web: what it is, and the words."""
    found = warnings.by_sort(warnings.find(f"{one.title}\n{one.words}"))
    return [(CALLED[sort], ", ".join(words)) for sort, words in found.items()]


CALLED = {
    warnings.Sort.BIRTH_NUMBER: "rodné číslo",
    warnings.Sort.EMAIL: "e-mail",
    warnings.Sort.PHONE: "telefon",
    warnings.Sort.ILLNESS: "nemoc",
    warnings.Sort.NAME: "jméno",
    warnings.Sort.COMPLAINT: "stížnost na službu",
}


# --- coming in ---------------------------------------------------------------------------------------------------


@at_desk(rules.may_enter, *FORM)
def suggestion_add(request: HttpRequest) -> HttpResponse:
    """What came on paper, by telephone, by e-mail or was said at a hearing."""
    bound, status = EnterForm(request.user, request.POST if request.method == "POST" else None), 200
    if bound.is_bound:
        status = 422
        if bound.is_valid():
            try:
                made = actions.suggestion_enter(actor=request.user, **bound.wanted())
            except ValidationError as refusal:
                refusals.refused(bound, refusal, {"place": "where"})
            else:
                messages.success(request, f"Podnět je zapsaný pod číslem {made.number}.")
                return redirect("suggestions:desk_suggestion", made.number)
    return render(request, "suggestions/suggestion_add.html", {"form": bound}, status=status)


@at_desk(rules.may_see_waiting, *FORM)
def silent_suggestions(request: HttpRequest) -> HttpResponse:
    """What people looked for and nobody has; of any of it a suggestion can be made."""
    bound = SearchForm(request.user, request.POST) if request.method == "POST" else None
    if bound is not None and not rules.may_enter(request.user):
        raise PermissionDenied
    if bound is not None and bound.is_valid():
        said = bound.cleaned_data
        try:
            made = actions.suggestion_from_search(question=said["question"], span=said["where"], actor=request.user)
        except ValidationError as refusal:
            refusals.refused(bound, refusal)
        else:
            messages.success(request, f"Z hledání je podnět č. {made.number}.")
            return redirect("suggestions:desk_suggestion", made.number)
    page = Paginator(desk_reading.silent(), A_PAGE).get_page(request.GET.get("strana"))
    made_of = desk_reading.made_of([row["question"] for row in page])
    context = {
        "page": page,
        "rows": [(row, made_of.get(row["question"])) for row in page],
        "form": bound,
        "where": SearchForm(request.user)["where"].initial or "",
        "may_enter": rules.may_enter(request.user),
    }
    return render(request, "suggestions/silent_suggestions.html", context, status=422 if bound is not None else 200)
