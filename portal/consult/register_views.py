"""The register of comments at the desk: found, sorted, worked on by many at once; comments that a group was given."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from portal.accounts.models import Grant, Person
from portal.accounts.rules import may_see_desk
from portal.groups import rules as group_rules
from portal.groups.models import Group
from portal.web import refusals
from portal.web.doors import FORM, READ, at_desk, of_thing

from . import register as reading
from . import rules, settling
from .models import Comment, Consultation
from .settling_forms import (
    AssignForm,
    DecideForm,
    DecideManyForm,
    FilterForm,
    MeetingForm,
    MotionForm,
    RefuseForm,
    ShowForm,
)

A_PAGE = 50
# Comments worked on in one go.
MOST = 500
ALL = "vse"


def consultation_at(slug: str) -> Consultation:
    rows = Consultation.objects.select_related("decides", "hearing").exclude(state=Consultation.State.PREPARED)
    return get_object_or_404(rows, slug=slug)


readers = of_thing("slug", consultation_at, rules.may_read_register, *READ)
settlers = of_thing("slug", consultation_at, rules.may_settle, *READ)
settlers_form = of_thing("slug", consultation_at, rules.may_settle, *FORM)


def head(request: HttpRequest, consultation: Consultation) -> dict[str, Any]:
    """What every page of the register shows."""
    open_ = consultation.state == Consultation.State.ANNOUNCED
    return {
        "consultation": consultation,
        "phase": consultation.phase,
        "may_read_desk": rules.may_read_desk(request.user, consultation),
        "may_prepare": rules.may_prepare(request.user, consultation),
        "may_settle": open_ and rules.may_settle(request.user, consultation),
        "may_read_contact": rules.may_read_contact(request.user, consultation),
        "today": timezone.localdate(),
    }


@readers
def register(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    form = FilterForm(request.GET, reading.groups_at_work(consultation))
    wanted = form.wanted()
    rows = reading.found(consultation, wanted, request.user)
    page = Paginator(reading.listed(rows), A_PAGE).get_page(request.GET.get("strana"))
    context = {
        **head(request, consultation),
        "form": form,
        "wanted": wanted,
        "page": page,
        "counts": reading.counts(consultation),
        "works": WORKS,
        "kept": _kept(request.GET),
    }
    return render(request, "consult/register.html", context)


@settlers
def alike(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Comments that say much the same, offered to be joined."""
    sets = reading.alike(reading.told(consultation))
    page = Paginator(sets, 20).get_page(request.GET.get("strana"))
    wanted = {number for one in page for number in one.numbers}
    rows = Comment.objects.filter(consultation=consultation, number__in=wanted).select_related("paragraph")
    by_number = {one.number: one for one in rows}
    context = {
        **head(request, consultation),
        "page": page,
        "sets": [(one, [by_number[number] for number in one.numbers if number in by_number]) for one in page],
    }
    return render(request, "consult/alike.html", context)


# --- many at once --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Work:
    """Something that can be done with many comments: words on its button, its form, what does it, what to say."""

    word: str
    form: type[Form]
    act: Callable[..., Any]
    done: str
    values: Callable[[Any], dict[str, Any]] = lambda _: {}


def _assigned(form: Any) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("group", "person", "due_on")}


def _decided(form: Any) -> dict[str, Any]:
    said = form.cleaned_data
    return {"decision": said["decision"], "reason": said["reason"], "authority": form.authority()}


WORKS: dict[str, Work] = {
    "zverejnit": Work("Zveřejnit", ShowForm, settling.show_many, "Zveřejněno."),
    "pridelit": Work("Přidělit", AssignForm, settling.assign_many, "Přiděleno.", _assigned),
    "spojit": Work("Spojit jako stejné", ShowForm, settling.same_as_many, "Spojeno. Vypořádají se spolu."),
    "vyporadat": Work("Vypořádat", DecideManyForm, settling.decide_many, "Vypořádáno.", _decided),
    "na-jednani": Work(
        "Dát na jednání",
        MeetingForm,
        settling.put_to_meeting,
        "Je to na programu jednání.",
        lambda form: {"meeting": form.cleaned_data["meeting"]},
    ),
    "podle-hlasovani": Work(
        "Vypořádat podle hlasování",
        MotionForm,
        settling.decided_by_motion,
        "Vypořádáno, jak bylo navrženo.",
        lambda form: {"motion": form.votes[form.cleaned_data["motion"]]},
    ),
    "vyradit": Work(
        "Vyřadit",
        RefuseForm,
        settling.refuse_many,
        "Vyřazeno.",
        lambda form: {"reason": form.cleaned_data["reason"]},
    ),
}


def form_of(kind: type[Form], consultation: Consultation, person: Any, data: Any = None, **more: Any) -> Any:
    """A form with the choices that belong to the consultation."""
    if issubclass(kind, AssignForm):
        return kind(data, people=people_for(), groups=groups_for(person), **more)
    if issubclass(kind, DecideForm | MeetingForm | MotionForm):
        return kind(data, consultation=consultation, person=person, **more)
    return kind(data, **more)


def groups_for(person: Any) -> Any:
    """Bodies that may be given a comment."""
    return group_rules.seen_groups(person).working_now().distinct().order_by("name")


def people_for() -> Any:
    """People who look after plans, by name."""
    grants = Grant.objects.filter(role__in=rules.STAFF)
    return Person.objects.filter(is_active=True, grants__in=grants).distinct().order_by("name")


@settlers_form
def register_many(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """One thing done with all that was chosen. GET shows what it would be, POST does it: all of it, or none."""
    asked = request.POST if request.method == "POST" else request.GET
    work = WORKS.get(asked.get("co", ""))
    back = f"{reverse('consult:register', args=[consultation.slug])}?{_narrowed(asked)}"
    if work is None:
        if request.method == "POST":
            raise Http404
        return redirect(back)
    rows = _chosen(request, consultation)
    if not rows:
        messages.error(request, "Vyberte aspoň jednu připomínku.")
        return redirect(back)
    if len(rows) > MOST:
        messages.error(request, f"Najednou jde pracovat nejvýš s {MOST} připomínkami. Zužte výběr.")
        return redirect(back)
    moved: Sequence[Comment] = ()
    status = 200
    bound = form_of(work.form, consultation, request.user, request.POST if request.method == "POST" else None)
    if bound.is_bound:
        status = 422
        if bound.is_valid():
            seen = _named(request.POST)
            chosen = [(one, seen.get(one.number, 0)) for one in rows]
            try:
                work.act(consultation=consultation, chosen=chosen, actor=request.user, **work.values(bound))
            except settling.Moved as news:
                moved, status = news.stored, 409
            except ValidationError as refusal:
                refusals.refused(bound, refusal)
            except PermissionDenied:
                bound.add_error(None, "K tomuhle jednání nemáte přístup. Požádejte jeho vedoucího.")
            else:
                messages.success(request, work.done)
                return redirect(back)
    context = {
        **head(request, consultation),
        "form": bound,
        "co": asked["co"],
        "work": work,
        "rows": rows,
        "moved": moved,
        "back": back,
        "kept": _kept(asked),
    }
    return render(request, "consult/register_many.html", context, status=status)


def _chosen(request: HttpRequest, consultation: Consultation) -> list[Comment]:
    """Comments named by their numbers, or all that the register would show."""
    asked = request.POST if request.method == "POST" else request.GET
    rows = Comment.objects.filter(consultation=consultation)
    if request.method != "POST" and asked.get("rozsah") == ALL:
        wanted = FilterForm(asked, reading.groups_at_work(consultation)).wanted()
        rows = reading.found(consultation, wanted, request.user)
    else:
        rows = rows.filter(number__in=_named(asked))
    return list(rows.select_related("paragraph", "group").order_by("number")[: MOST + 1])


_NAMED = re.compile(r"(\d{1,8})(?::(\d{1,8}))?")


def _named(asked: QueryDict) -> dict[int, int]:
    """Numbers of comments with the versions that stood on the page: "12:3", or "12" before they were shown."""
    said = (_NAMED.fullmatch(one) for one in asked.getlist("c")[: MOST + 1])
    return {int(one[1]): int(one[2] or 0) for one in said if one}


def _kept(asked: QueryDict) -> list[tuple[str, str]]:
    """What the register was narrowed to, so that the way back leads to the same list."""
    return [(name, str(asked[name])) for name in FilterForm.base_fields if asked.get(name)]


def _narrowed(asked: QueryDict) -> str:
    query = QueryDict(mutable=True)
    for name, value in _kept(asked):
        query[name] = value
    return query.urlencode()


# --- a group's own -------------------------------------------------------------------------------------------------


def _group(slug: str) -> Group:
    return get_object_or_404(Group, slug=slug)


@of_thing("slug", _group, group_rules.may_read_group, *READ)
def group_comments(request: HttpRequest, group: Group) -> HttpResponse:
    """Comments that the group was given to think about."""
    page = Paginator(reading.given_to_group(group), A_PAGE).get_page(request.GET.get("strana"))
    context = {"group": group, "page": page, "today": timezone.localdate()}
    return render(request, "consult/group_comments.html", context)


@at_desk(may_see_desk, *READ)
def given_comments(request: HttpRequest) -> HttpResponse:
    """Comments that the person or their groups were given, in whatever consultation."""
    page = Paginator(reading.given_to(request.user), A_PAGE).get_page(request.GET.get("strana"))
    return render(request, "consult/given_comments.html", {"page": page, "today": timezone.localdate()})
