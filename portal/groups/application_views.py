"""The desk's queue of those who want to join."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from portal.web.doors import FORM, READ, at_desk, of_thing

from . import application_actions, reading, rules
from .application_actions import DONE, OPEN
from .forms import MoveForm
from .models import Application
from .views import A_PAGE, refused

SAID = {
    Application.State.GUEST: "Pozvali jsme zájemce jako hosta, dopis odešel.",
    Application.State.PUT: "Přihláška čeká na rozhodnutí, zájemci jsme to napsali.",
    Application.State.ACCEPTED: "Skupina má nového člena, uvítací dopis odešel.",
    Application.State.DECLINED: "Přihláška je nepřijatá, vaši odpověď jsme poslali.",
    Application.State.WITHDRAWN: "Přihláška je vzatá zpět.",
}


@at_desk(rules.may_see_applications, *READ)
def applications(request: HttpRequest) -> HttpResponse:
    """Those that wait, the most pressing first, then those that came to an end."""
    held = rules.groups_with_applications(request.user)
    settled = Application.objects.filter(group__in=held, state__in=DONE).select_related("group")
    context = {
        "waiting": reading.waiting(held),
        "page": Paginator(settled.order_by("-settled_at"), A_PAGE).get_page(request.GET.get("strana")),
    }
    return render(request, "groups/applications.html", context)


def _found(pk: int) -> Application:
    return get_object_or_404(Application.objects.select_related("group__procedure", "membership"), pk=pk)


@of_thing("pk", _found, rules.may_read_application, *FORM, writing=rules.may_answer_application)
def application(request: HttpRequest, application: Application) -> HttpResponse:
    bound, status = MoveForm(request.POST if request.method == "POST" else None, application=application), 200
    if bound.is_bound:
        status = 422
        if bound.is_valid():
            try:
                moved = application_actions.move(
                    application=application,
                    to=bound.cleaned_data["to"],
                    answer=bound.cleaned_data["answer"],
                    joined_on=bound.joined,
                    actor=request.user,
                )
            except ValidationError as refusal:
                status = refused(bound, refusal)
            else:
                messages.success(request, SAID[Application.State(moved.state)])
                return redirect("groups:applications")
    context = {
        "application": application,
        "group": application.group,
        "waits": reading.waits(application),
        "is_open": application.state in OPEN,
        "may_edit": rules.may_edit_group(request.user, application.group),
        "form": bound,
    }
    return render(request, "groups/application.html", context, status=status)
