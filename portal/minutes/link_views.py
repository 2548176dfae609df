"""Pages behind links of letters: minutes to read and object to, a task to report. Nobody signs in."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from portal.web.doors import FORM
from portal.web.pace import HOUR, within
from portal.web.refusals import refused

from . import chain_actions, content, document, register_actions
from .desk_views import shown
from .forms import EvidenceForm, ObjectionForm

# Letters of one visitor in an hour; a whole office may share an address.
MOST = 60


@login_not_required
@never_cache
@sensitive_variables("token")
@require_http_methods(list(FORM))
def read_by_link(request: HttpRequest, token: str) -> HttpResponse:
    found = chain_actions.read_token(token)
    if found is None:
        raise Http404
    minutes, member = found
    form, status = ObjectionForm(minutes), 200
    if request.method == "POST":
        form, status = ObjectionForm(minutes, request.POST), 422
        if not within(request, "objection", MOST, HOUR):
            form.add_error(None, "Námitek odtud přišlo moc najednou. Zkuste to za chvíli.")
            status = 429
        elif form.is_valid():
            try:
                chain_actions.objection_add(minutes=minutes, member=member, **form.cleaned_data)
            except ValidationError as refusal:
                refused(form, refusal)
            else:
                messages.success(request, "Námitku máme zapsanou. Jak dopadla, vám napíšeme.")
                return redirect("minutes:read_by_link", token)
    context = {
        "minutes": minutes,
        "group": minutes.meeting.group,
        "member": member,
        "token": token,
        "body": shown(document.blocks(content.whole(minutes))),
        "form": form,
        "mine": list(minutes.objections.filter(membership=member)),
        "may_object": chain_actions.may_object(minutes),
    }
    return render(request, "minutes/read_by_link.html", context, status=status)


@login_not_required
@never_cache
@sensitive_variables("token")
@require_http_methods(list(FORM))
def task_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing; the button says that the task is done."""
    task = register_actions.read_token(token)
    if task is None:
        raise Http404
    form, status = EvidenceForm(), 200
    if request.method == "POST":
        form, status = EvidenceForm(request.POST), 422
        if not within(request, "task", MOST, HOUR):
            form.add_error(None, "Odpovědí odtud přišlo moc najednou. Zkuste to za chvíli.")
            status = 429
        elif form.is_valid():
            try:
                register_actions.task_done_by_link(task=task, **form.cleaned_data)
            except ValidationError as refusal:
                refused(form, refusal)
            else:
                messages.success(request, "Děkujeme, úkol máme zapsaný jako splněný.")
                return redirect("minutes:task_by_link", token)
    context = {"task": task, "group": task.group, "form": form, "token": token}
    return render(request, "minutes/task_by_link.html", context, status=status)
