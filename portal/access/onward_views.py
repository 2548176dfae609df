"""A scenario put to a plan, to a meeting, or sent to a group."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.groups.models import Group
from portal.meetings.models import Meeting
from portal.plan.models import Node
from portal.web.doors import FORM, at_desk
from words.plural import counted

from . import onward, onward_actions, rules
from .models import Scenario
from .scenario_views import Result, result_of

form_page = at_desk(rules.may_edit_scenarios, *FORM)


class MeasureForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Jak se má opatření jmenovat"), max_length=300)
    parent = forms.ModelChoiceField(
        Node.objects.none(),
        label=gettext_lazy("Kam v plánu patří"),
        empty_label=gettext_lazy("vyberte"),
        error_messages={"required": gettext_lazy("Vyberte, kam v plánu opatření patří.")},
    )

    def __init__(self, *args: Any, parents: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField[Node], self.fields["parent"])
        field.queryset = parents
        groups: dict[str, list[tuple[Any, str]]] = {}
        for node in parents:
            groups.setdefault(node.plan.title, []).append((node.pk, str(node)))
        field.choices = [("", _("vyberte")), *groups.items()]


class MeetingForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Název bodu"), max_length=300)
    text = forms.CharField(
        label=gettext_lazy("O co jde"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 6})
    )
    meeting = forms.TypedChoiceField(
        label=gettext_lazy("Na které jednání"),
        coerce=int,
        error_messages={"required": gettext_lazy("Vyberte jednání.")},
    )

    def __init__(self, *args: Any, meetings: list[Meeting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.TypedChoiceField, self.fields["meeting"])
        field.choices = [("", _("vyberte")), *((one.pk, _called(one)) for one in meetings)]


class GroupForm(forms.Form):
    group = forms.TypedChoiceField(
        label=gettext_lazy("Které skupině"),
        coerce=int,
        error_messages={"required": gettext_lazy("Vyberte skupinu.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Co k tomu chcete napsat"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, groups: list[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.TypedChoiceField, self.fields["group"])
        field.choices = [("", _("vyberte")), *((one.pk, one.name) for one in groups)]


def _called(meeting: Meeting) -> str:
    return f"{date_format(localtime(meeting.starts_at), 'j. n. Y G.i')}, {meeting.group.name}"


@form_page
def scenario_measure(request: HttpRequest, pk: int) -> HttpResponse:
    """What the measure would say, and where in which plan it is to stand."""
    one = get_object_or_404(Scenario, pk=pk)
    parents = onward.parents_in(onward.plans_for(request.user))
    form = MeasureForm(request.POST or None, initial={"title": one.name}, parents=parents)
    try:
        result = result_of(one)
    except ValidationError as refusal:
        return _lost(request, one, refusal)
    told = onward.sentences(result.outcome, result.costs)
    draft = onward.measure_draft(one, result.outcome, _unit(result), told)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            node = onward_actions.measure_add(
                scenario=one, parent=said["parent"], title=said["title"], draft=draft, actor=request.user
            )
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(
                request, _("Opatření %s je v plánu. Doplňte, kdo za ně odpovídá a kolik stojí.") % node.code
            )
            return redirect("plan:node", node.plan.slug, node.code)
    context = {"scenario": one, "form": form, "told": told, "draft": draft, "has_plans": bool(parents)}
    return render(request, "access/scenario_measure.html", context, status=422 if form.is_bound else 200)


@form_page
def scenario_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """The scenario as an item of the agenda of a meeting to come."""
    one = get_object_or_404(Scenario, pk=pk)
    meetings = onward.meetings_for(request.user)
    try:
        result = result_of(one)
    except ValidationError as refusal:
        return _lost(request, one, refusal)
    told = "\n".join(onward.sentences(result.outcome, result.costs))
    form = MeetingForm(
        request.POST or None,
        initial={"title": _("Co by změnil scénář „%s“") % one.name, "text": told},
        meetings=meetings,
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        meeting = next(meeting for meeting in meetings if meeting.pk == said["meeting"])
        try:
            onward_actions.meeting_put(
                scenario=one, meeting=meeting, title=said["title"], text=said["text"], actor=request.user
            )
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, _("Scénář je na programu jednání."))
            return redirect("meetings:meeting", meeting.pk)
    context = {"scenario": one, "form": form, "has_meetings": bool(meetings)}
    return render(request, "access/scenario_meeting.html", context, status=422 if form.is_bound else 200)


@form_page
def scenario_group(request: HttpRequest, pk: int) -> HttpResponse:
    """A letter with the link to every member of a group."""
    one = get_object_or_404(Scenario, pk=pk)
    groups = onward.groups_for(request.user)
    form = GroupForm(request.POST or None, initial={"seen": one.version}, groups=groups)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        group = next(group for group in groups if group.pk == said["group"])
        try:
            sent = onward_actions.group_send(
                scenario=one, seen=said["seen"], group=group, text=said["text"], actor=request.user
            )
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            told = counted(sent, _("dopis"), _("dopisy"), _("dopisů"))
            messages.success(request, _("Odkaz odchází skupině %(group)s: %(told)s.") % {"group": group, "told": told})
            return redirect("access:scenario", one.pk)
    context = {"scenario": one, "form": form, "has_groups": bool(groups)}
    return render(request, "access/scenario_group.html", context, status=422 if form.is_bound else 200)


def _unit(result: Result) -> str:
    return str(result.study.material.unit_key)


def _lost(request: HttpRequest, one: Scenario, refusal: ValidationError) -> HttpResponse:
    """The scenario stands over data that are no longer there."""
    return render(request, "access/scenario_lost.html", {"scenario": one, "problem": " ".join(refusal.messages)})
