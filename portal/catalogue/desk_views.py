"""Pages of the desk: services by hand."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from portal.audit.models import Deed
from portal.audit.verbs import sentence
from portal.files import serving
from portal.files.models import StoredFile
from portal.web.doors import at_desk

from . import actions, cards, drafts, overviews, rules
from .desk_forms import DeskFilter, EndForm, ServiceEdit
from .drafts import Draft
from .models import Service

A_PAGE = 50


reading = at_desk(rules.may_read_desk, "GET", "HEAD")
form_for_readers = at_desk(rules.may_read_desk, "GET", "HEAD", "POST")
form_for_writers = at_desk(rules.may_add_services, "GET", "HEAD", "POST")
deed = at_desk(rules.may_edit_catalogue, "POST")


# --- services ------------------------------------------------------------------------------------------------


@reading
def services(request: HttpRequest) -> HttpResponse:
    form = DeskFilter(request.GET)
    page = Paginator(overviews.desk_services(rules.readable_services(request.user), form.asked()), A_PAGE).get_page(
        request.GET.get("strana")
    )
    may = {"may_add": rules.may_add_services(request.user), "may_edit": rules.may_edit_catalogue(request.user)}
    context = {"form": form, "page": page, **may}
    return render(request, "catalogue/desk_services.html", context)


@form_for_writers
def service_add(request: HttpRequest) -> HttpResponse:
    typed = (request.POST, request.FILES) if request.method == "POST" else ()
    edit = ServiceEdit(None, Draft(), *typed, person=request.user)
    if request.method == "POST" and edit.is_valid():
        try:
            service = actions.service_add(draft=edit.draft(), actor=request.user)
        except ValidationError as refusal:
            edit.form.add_error(None, refusal)
        else:
            messages.success(request, _added(request))
            return redirect("catalogue:service_edit", service.pk)
    context = {"edit": edit, "may_edit": True}
    return render(request, "catalogue/service_edit.html", context, status=422 if request.method == "POST" else 200)


def _added(request: HttpRequest) -> str:
    if rules.may_edit_catalogue(request.user):
        return "Služba je uložená. Zatím ji nikdo nevidí: zkontrolujte ji a zveřejněte."
    return "Služba je uložená. Zatím ji nikdo nevidí: zkontroluje ji a zveřejní koordinátor."


@form_for_readers
def service_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """See and change a service. Whoever may only read gets the same page without the button."""
    readable = rules.readable_services(request.user)
    service = get_object_or_404(readable.select_related("kind", "provider", "whole_region"), pk=pk)
    stored = drafts.read(service)
    if request.method != "POST":
        return _edit_page(request, service, ServiceEdit(service, stored, person=request.user))
    if not rules.may_edit_service(request.user, service):
        raise PermissionDenied
    edit = ServiceEdit(service, stored, request.POST, request.FILES, person=request.user)
    if not edit.is_valid():
        return _edit_page(request, service, edit, status=422)
    try:
        actions.service_save(service=service, draft=edit.draft(), seen=request.POST.get("seen", ""), actor=request.user)
    except actions.Stale as news:
        return _edit_page(request, service, edit, news=news, status=409)
    messages.success(request, "Uloženo.")
    return redirect("catalogue:service_edit", pk)


def _edit_page(
    request: HttpRequest, service: Service, edit: ServiceEdit, *, news: actions.Stale | None = None, status: int = 200
) -> HttpResponse:
    """The form. After somebody else's save it says what is stored now and by whom, and keeps what was typed."""
    seen = edit.stored.fingerprint if news or request.method != "POST" else request.POST.get("seen", "")
    context = {
        "service": service,
        "edit": edit,
        "seen": seen,
        "given": cards.service_card(service, timezone.localtime()) if edit.form.imported else None,
        "end_form": EndForm(),
        "may_edit": rules.may_edit_service(request.user, service),
        "deeds": _deeds(service),
        "differences": drafts.differences(news.stored, edit.draft()) if news else [],
        "news": news,
    }
    return render(request, "catalogue/service_edit.html", context, status=status)


@at_desk(rules.may_see_kept_files, "GET", "HEAD")
def kept_file(_request: HttpRequest, key: str, name: str) -> HttpResponseBase:
    """A file that waits in somebody's form or proposal, for those who work with cards. Nobody guesses its key."""
    return serving.answer(get_object_or_404(StoredFile, key=key, name=name), small=True)


def _deeds(service: Service) -> list[tuple[Deed, str]]:
    deeds = Deed.objects.about(Service._meta.label_lower, str(service.pk))[:5]
    return [(one, sentence(one.verb, one.actor_name, one.thing_name)) for one in deeds]


@deed
def service_publish(request: HttpRequest, pk: int) -> HttpResponse:
    actions.service_publish(service=get_object_or_404(rules.editable_services(request.user), pk=pk), actor=request.user)
    messages.success(request, "Služba je v katalogu.")
    return redirect("catalogue:service_edit", pk)


@deed
def service_hide(request: HttpRequest, pk: int) -> HttpResponse:
    actions.service_hide(service=get_object_or_404(rules.editable_services(request.user), pk=pk), actor=request.user)
    messages.success(request, "Službu teď v katalogu nikdo nevidí. Zveřejněním ji vrátíte.")
    return redirect("catalogue:service_edit", pk)


@deed
def service_end(request: HttpRequest, pk: int) -> HttpResponse:
    service, form = get_object_or_404(rules.editable_services(request.user), pk=pk), EndForm(request.POST)
    try:
        if not form.is_valid():
            raise ValidationError([str(error) for error in form.errors["day"]])
        actions.service_end(service=service, day=form.cleaned_data["day"], actor=request.user)
        messages.success(request, "Konec je zapsaný. Do té doby služba v katalogu zůstává.")
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("catalogue:service_edit", pk)


@deed
def service_resume(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        actions.service_end(
            service=get_object_or_404(rules.editable_services(request.user), pk=pk), day=None, actor=request.user
        )
        messages.success(request, "Konec je zrušený, služba pokračuje.")
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("catalogue:service_edit", pk)
