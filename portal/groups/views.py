"""The desk of groups: the list, a group with its members, its details, its rules of procedure."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from portal.accounts.models import Grant, Invitation
from portal.audit import restoring
from portal.audit.models import Deed
from portal.web import refusals
from portal.web.doors import FORM, READ, at_desk, of_thing

from . import actions, member_actions, procedure_words, reading, rules
from .application_actions import OPEN
from .forms import EndForm, GroupForm, MemberForm, ProcedureForm
from .models import Application, Group, Membership, Procedure

A_PAGE = 50


def _group(slug: str) -> Group:
    return get_object_or_404(Group, slug=slug)


of_group = of_thing("slug", _group, rules.may_read_group, *READ)
form = of_thing("slug", _group, rules.may_read_group, *FORM, writing=rules.may_edit_group)
keepers_form = of_thing("slug", _group, rules.may_edit_group, *FORM)
deed = of_thing("slug", _group, rules.may_edit_group, "POST")


def refused(bound: Form, refusal: ValidationError) -> int:
    """What an action refused, at the fields of the form that it names, the rest above the form; the status."""
    refusals.refused(bound, refusal)
    return 409 if isinstance(refusal, actions.Stale) else 422


def head(request: HttpRequest, group: Group) -> dict[str, Any]:
    """What every page of a group shows on top."""
    may = rules.may_edit_group(request.user, group)
    return {"group": group, "may_edit": may, "may_lead": rules.may_lead(request.user, group)}


# --- groups ------------------------------------------------------------------------------------------------------


@at_desk(rules.may_come_to_groups, *READ)
def groups(request: HttpRequest) -> HttpResponse:
    """Groups whose inside the person reads, by territory; those that ended stand apart."""
    held = reading.listed(rules.readable_groups(request.user).distinct())
    context = {
        "territories": reading.by_territory(one for one in held if one.group.closed_on is None),
        "closed": [one for one in held if one.group.closed_on is not None],
        "may_add": rules.may_add_group(request.user),
        "may_see_applications": rules.may_see_applications(request.user),
    }
    return render(request, "groups/groups.html", context)


@at_desk(rules.may_add_group, *FORM)
def group_add(request: HttpRequest) -> HttpResponse:
    bound, status = GroupForm(request.user, request.POST if request.method == "POST" else None), 200
    if bound.is_bound:
        status = 422
        if bound.is_valid():
            try:
                group = actions.group_add(**bound.wanted(), actor=request.user)
            except ValidationError as refusal:
                status = refused(bound, refusal)
            else:
                messages.success(request, "Skupina je založená. Projděte teď její jednací řád.")
                return redirect("groups:procedure", group.slug)
    return render(request, "groups/group_add.html", {"form": bound}, status=status)


@of_group
def group(request: HttpRequest, group: Group) -> HttpResponse:
    """Who is in the group now, and how even it is."""
    members = list(group.memberships.current().select_related("person"))
    tables, guests = reading.seated(members)
    context = {
        **head(request, group),
        "tables": tables,
        "guests": guests,
        "balance": reading.balance_now(members),
        "applications": Application.objects.filter(group=group, state__in=OPEN).count(),
    }
    return render(request, "groups/group.html", context)


@form
def group_change(request: HttpRequest, group: Group) -> HttpResponse:
    bound, status = GroupForm(request.user, request.POST if request.method == "POST" else None, group=group), 200
    if bound.is_bound:
        status = 422
        if bound.is_valid():
            try:
                actions.group_change(group=group, seen=bound.cleaned_data["seen"], actor=request.user, **bound.wanted())
            except ValidationError as refusal:
                status = refused(bound, refusal)
            else:
                messages.success(request, "Uloženo.")
                return redirect("groups:group_change", group.slug)
    return render(request, "groups/group_change.html", {**head(request, group), "form": bound}, status=status)


@form
def procedure(request: HttpRequest, group: Group) -> HttpResponse:
    held = get_object_or_404(Procedure.objects.select_related("group"), group=group)
    bound, status = ProcedureForm(request.POST if request.method == "POST" else None, procedure=held), 200
    if bound.is_bound:
        status = 422
        if bound.is_valid():
            try:
                actions.procedure_change(
                    group=group, seen=bound.cleaned_data["seen"], actor=request.user, **bound.wanted()
                )
            except ValidationError as refusal:
                status = refused(bound, refusal)
            else:
                messages.success(request, "Uloženo. Podle těchto pravidel se počítají lhůty i hlasy.")
                return redirect("groups:procedure", group.slug)
    context = {**head(request, group), "form": bound, "sentences": procedure_words.sentences(held)}
    return render(request, "groups/procedure.html", context, status=status)


@at_desk(rules.may_come_to_groups, *FORM)
def group_restore(request: HttpRequest, deed: int) -> HttpResponse:
    """What a group or its rules of procedure said before a deed of the journal."""
    told: Deed = restoring.asked(request, deed, "groups:group_restore")
    found = get_object_or_404(Group, pk=told.thing_id)
    if not rules.may_read_group(request.user, found):
        raise Http404
    if told.verb == "group_procedure_changed":
        names = [name for name in actions.OF_PROCEDURE if name in told.before]
        now = {name: getattr(found.procedure, name) for name in names}
        words = actions.choice_names(Procedure, now)
    else:
        names = [name for name in (*actions.OF_GROUP, "target_groups") if name in told.before]
        now = actions.told_group(found, names)
        words = actions.choice_names(Group, now)

    def act() -> None:
        if told.verb == "group_procedure_changed":
            values = restoring.former(told, actions.OF_PROCEDURE)
            actions.procedure_change(group=found, seen=None, actor=request.user, restores=told, **values)
        else:
            actions.group_restore(group=found, deed=told, actor=request.user)

    return restoring.page(
        request,
        told,
        now=now,
        names=words,
        may=rules.may_edit_group(request.user, found),
        act=act,
        back=reverse("groups:group", args=[found.slug]),
    )


# --- members -----------------------------------------------------------------------------------------------------


def _member(group: Group, pk: int) -> Membership:
    rows = Membership.objects.select_related("group", "person", "substitutes")
    return get_object_or_404(rows, group=group, pk=pk)


@keepers_form
def member_add(request: HttpRequest, group: Group) -> HttpResponse:
    bound, status = MemberForm(request.POST if request.method == "POST" else None, group=group), 200
    if bound.is_bound:
        status = 422
        if bound.is_valid():
            try:
                added = member_actions.membership_add(group=group, actor=request.user, **bound.wanted())
            except ValidationError as refusal:
                status = refused(bound, refusal)
            else:
                messages.success(request, f"{added.name} je ve skupině.")
                return redirect("groups:group", group.slug)
    return render(request, "groups/member_add.html", {**head(request, group), "form": bound}, status=status)


@keepers_form
def member(request: HttpRequest, group: Group, pk: int) -> HttpResponse:
    held = _member(group, pk)
    posted = request.POST if request.method == "POST" else None
    bound, status = MemberForm(posted, group=group, membership=held), 200
    if bound.is_bound:
        status = 422
        if bound.is_valid():
            try:
                member_actions.membership_change(
                    membership=held, seen=bound.cleaned_data["seen"], actor=request.user, **bound.wanted()
                )
            except ValidationError as refusal:
                status = refused(bound, refusal)
            else:
                messages.success(request, "Uloženo.")
                return redirect("groups:member", group.slug, held.pk)
    offered = Invitation.objects.waiting().filter(
        email=held.email.lower(), role=Grant.Role.MEMBER, range_kind=Grant.Range.GROUP, range_code=str(group.pk)
    )
    context = {
        **head(request, group),
        "form": bound,
        "member": held,
        "invitation": offered.first() if held.email else None,
    }
    return render(request, "groups/member.html", context, status=status)


@keepers_form
def member_end(request: HttpRequest, group: Group, pk: int) -> HttpResponse:
    held = _member(group, pk)
    bound, status = EndForm(request.POST if request.method == "POST" else None, membership=held), 200
    if bound.is_bound:
        status = 422
        if bound.is_valid():
            said = bound.cleaned_data
            try:
                member_actions.membership_end(
                    membership=held, on=said["on"], reason=said["reason"], seen=said["seen"], actor=request.user
                )
            except ValidationError as refusal:
                status = refused(bound, refusal)
            else:
                messages.success(request, f"{held.name} ve skupině končí. Děkujeme za práci.")
                return redirect("groups:group", group.slug)
    context = {**head(request, group), "form": bound, "member": held}
    return render(request, "groups/member_end.html", context, status=status)


@deed
def member_invite(request: HttpRequest, group: Group, pk: int) -> HttpResponse:
    held = _member(group, pk)
    try:
        member_actions.invite(membership=held, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, f"Pozvánka odešla na {held.email}.")
    return redirect("groups:member", group.slug, held.pk)


@of_group
def former(request: HttpRequest, group: Group) -> HttpResponse:
    """Who was in the group before, those who left last first."""
    rows = group.memberships.filter(left_on__isnull=False).order_by("-left_on", "name")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("strana"))
    return render(request, "groups/former.html", {**head(request, group), "page": page})


@at_desk(rules.may_come_to_groups, *FORM)
def membership_restore(request: HttpRequest, deed: int) -> HttpResponse:
    """What a membership said before a deed of the journal."""
    told: Deed = restoring.asked(request, deed, "groups:membership_restore")
    found = get_object_or_404(Membership.objects.select_related("group", "provider"), pk=told.thing_id)
    if not rules.may_read_group(request.user, found.group):
        raise Http404
    now = member_actions.told(found, [name for name in member_actions.TOLD if name in told.before])
    return restoring.page(
        request,
        told,
        now=now,
        names=member_actions.names_in(now),
        may=rules.may_edit_group(request.user, found.group),
        act=lambda: member_actions.membership_restore(membership=found, deed=told, actor=request.user),
        back=reverse("groups:group", args=[found.group.slug]),
    )
