"""Pages of coordinators: words people use, situations, crisis numbers, and what people looked for in vain.

Whoever may not see a page gets the answer of an address that leads nowhere (`handler403`).
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from portal.web.doors import FORM, READ, at_desk

from . import actions, index, results, rules
from .desk_forms import CrisisLineForm, LayWordForm, SituationForm
from .forms import Asked
from .models import CrisisLine, EmptySearch, LayWord, Origin, Situation

PAGE = 50


def done(form: Form, act: Callable[[], object]) -> bool:
    """Whether the form is right and the action has been taken; a refusal of the domain is told above the form."""
    if not form.is_bound or not form.is_valid():
        return False
    try:
        act()
    except actions.Stale as news:
        form.add_error(None, news)
        return False
    except ValidationError as refusal:
        form.add_error(None, refusal.messages)
        return False
    return True


def status(form: Form) -> int:
    """409 where somebody else was first, 422 for what is wrong in the form."""
    if not form.is_bound or not form.errors:
        return 200
    return 409 if any(isinstance(one, actions.Stale) for one in form.non_field_errors().as_data()) else 422


def seen(request: HttpRequest, form: Form, thing: LayWord | Situation | CrisisLine) -> str:
    """The stamp that the form carries: a form that comes back for a mend still stands on what its person saw."""
    if status(form) == 422:
        return request.POST.get("seen", "")
    thing.refresh_from_db()
    return actions.stamp(thing)


# --- the dictionary ------------------------------------------------------------------------------------------


@at_desk(rules.may_read_empty_searches, *READ)
def lay_words(request: HttpRequest) -> HttpResponse:
    sought, tried = request.GET.get("q", "")[:200].strip(), request.GET.get("zkusit", "")[:500].strip()
    words = found_words(sought, request.GET.get("jen", ""))
    context = {
        "page": Paginator(words, PAGE).get_page(request.GET.get("strana")),
        "sought": sought,
        "only": request.GET.get("jen", ""),
        "origins": Origin.choices,
        "names": results.labels_of(index.current()).kinds,
        "may_edit": rules.may_edit_words(request.user),
    }
    if tried:
        engine = index.current()
        answer = results.ask(engine, Asked(text=tried), page_size=5)
        context |= {
            "tried": tried,
            "understood": [results.label("kind", key, engine) for key in answer.kinds],
            "total": answer.total,
            "rows": results.rows(answer.hits, engine),
        }
    return render(request, "finding/lay_words.html", context)


def found_words(sought: str, only: str) -> QuerySet[LayWord]:
    words = LayWord.objects.order_by("phrase")
    if sought:
        words = words.filter(phrase__icontains=sought.casefold())
    if only in Origin.values:
        words = words.filter(origin=only)
    elif only == "vypnute":
        words = words.filter(active=False)
    return words


@at_desk(rules.may_edit_words, *FORM)
def lay_word_add(request: HttpRequest) -> HttpResponse:
    """A new phrase; `slova` in the address brings one from the searches in vain."""
    asked = request.GET.get("slova", "")[:200]
    form = LayWordForm(request.POST or None, initial={"phrase": asked, "active": True})

    def act() -> object:
        return actions.lay_word_add(
            phrase=form.cleaned_data["phrase"],
            kinds=form.kinds(),
            groups=form.cleaned_data["groups"],
            origin=Origin.SEARCH if asked else Origin.COORDINATOR,
            actor=request.user,
        )

    if done(form, act):
        messages.success(request, _("Slova jsou ve slovníku. Hledání je začne používat během chvíle."))
        return redirect("finding:empty_searches" if asked else "finding:lay_words")
    return render(request, "finding/lay_word.html", {"form": form}, status=status(form))


@at_desk(rules.may_edit_words, *FORM)
def lay_word_change(request: HttpRequest, pk: int) -> HttpResponse:
    word = get_object_or_404(LayWord, pk=pk)
    form = LayWordForm(request.POST or None, word=word)

    def act() -> object:
        return actions.lay_word_change(
            word=word,
            kinds=form.kinds(),
            groups=form.cleaned_data["groups"],
            active=form.cleaned_data["active"],
            actor=request.user,
            seen=request.POST.get("seen"),
        )

    if done(form, act):
        messages.success(request, _("Uloženo. Hledání se přizpůsobí během chvíle."))
        return redirect("finding:lay_words")
    context = {"form": form, "word": word, "seen": seen(request, form, word)}
    return render(request, "finding/lay_word.html", context, status=status(form))


@at_desk(rules.may_read_empty_searches, *READ)
def empty_searches(request: HttpRequest) -> HttpResponse:
    page = Paginator(EmptySearch.objects.totals(), PAGE).get_page(request.GET.get("strana"))
    context = {"page": page, "may_edit": rules.may_edit_words(request.user)}
    return render(request, "finding/empty_searches.html", context)


# --- situations and crisis lines -----------------------------------------------------------------------------


@at_desk(rules.may_read_empty_searches, *READ)
def situation_list(request: HttpRequest) -> HttpResponse:
    context = {"situations": Situation.objects.all(), "may_edit": rules.may_edit_words(request.user)}
    return render(request, "finding/situation_list.html", context)


@at_desk(rules.may_edit_words, *FORM)
def situation_add(request: HttpRequest) -> HttpResponse:
    form = SituationForm(request.POST or None)
    if done(form, lambda: actions.situation_add(actor=request.user, **form.cleaned_data)):
        messages.success(request, _("Situace je uložená."))
        return redirect("finding:situation_list")
    return render(request, "finding/situation_change.html", {"form": form}, status=status(form))


@at_desk(rules.may_edit_words, *FORM)
def situation_change(request: HttpRequest, slug: str) -> HttpResponse:
    situation = get_object_or_404(Situation, slug=slug)
    form = SituationForm(request.POST or None, situation=situation)
    began = request.POST.get("seen")
    if done(
        form, lambda: actions.situation_change(situation=situation, actor=request.user, seen=began, **form.cleaned_data)
    ):
        messages.success(request, _("Situace je uložená."))
        return redirect("finding:situation_list")
    context = {"form": form, "situation": situation, "seen": seen(request, form, situation)}
    return render(request, "finding/situation_change.html", context, status=status(form))


@at_desk(rules.may_read_empty_searches, *READ)
def crisis_lines(request: HttpRequest) -> HttpResponse:
    context = {"lines": CrisisLine.objects.all(), "may_edit": rules.may_edit_words(request.user)}
    return render(request, "finding/crisis_lines.html", context)


@at_desk(rules.may_edit_words, *FORM)
def crisis_line_add(request: HttpRequest) -> HttpResponse:
    form = CrisisLineForm(request.POST or None)
    if done(form, lambda: actions.crisis_line_add(actor=request.user, **form.cleaned_data)):
        messages.success(request, _("Číslo je uložené."))
        return redirect("finding:crisis_lines")
    return render(request, "finding/crisis_line_change.html", {"form": form}, status=status(form))


@at_desk(rules.may_edit_words, *FORM)
def crisis_line_change(request: HttpRequest, key: str) -> HttpResponse:
    line = get_object_or_404(CrisisLine, key=key)
    form = CrisisLineForm(request.POST or None, line=line)
    began = request.POST.get("seen")
    if done(form, lambda: actions.crisis_line_change(line=line, actor=request.user, seen=began, **form.cleaned_data)):
        messages.success(request, _("Číslo je uložené."))
        return redirect("finding:crisis_lines")
    context = {"form": form, "line": line, "seen": seen(request, form, line)}
    return render(request, "finding/crisis_line_change.html", context, status=status(form))
