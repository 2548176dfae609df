"""Pages of a provider's people: whom they act for, their cards, what they proposed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from portal.catalogue import cards, drafts
from portal.catalogue.actions import Stale
from portal.catalogue.desk_forms import ServiceEdit
from portal.catalogue.drafts import Draft
from portal.catalogue.models import Contact, Kind, Provider, Service, Source
from portal.catalogue.provider_actions import StaleProvider, provider_save, read_provider
from portal.web.doors import at_desk

from . import actions, letters, overview, policy, proposed, rules
from .forms import EndForm, NoteForm, ProviderEdit
from .models import Proposal

A_PAGE = 50

reading = at_desk(rules.may_come, "GET", "HEAD")
form_page = at_desk(rules.may_come, "GET", "HEAD", "POST")
deed = at_desk(rules.may_come, "POST")


@reading
def mine(request: HttpRequest) -> HttpResponse:
    page = Paginator(overview.services(request.user), A_PAGE).get_page(request.GET.get("strana"))
    context = {
        "page": page,
        "cards": overview.cards(list(page)),
        "organisations": overview.organisations(request.user),
        "new_services": overview.new_services(request.user)[:A_PAGE],
    }
    return render(request, "upkeep/mine.html", context)


# --- a card ----------------------------------------------------------------------------------------------------


def _my_service(request: HttpRequest, pk: int) -> Service:
    asked = rules.kept_services(request.user).select_related("kind", "provider", "whole_region")
    return get_object_or_404(asked, pk=pk)


@form_page
def service_edit(request: HttpRequest, pk: int) -> HttpResponse:
    service = _my_service(request, pk)
    stored = drafts.read(service)
    pending = Proposal.objects.waiting().filter(service=service, sort=Proposal.Sort.CHANGE).first()
    shown = proposed.with_pending(stored, pending)
    if request.method != "POST":
        again = _returned(request, service)
        edit = ServiceEdit(service, proposed.with_pending(shown, again) if again else shown, person=request.user)
        _for_provider(edit)
        return _edit_page(request, service, edit, NoteForm(), shown=shown, pending=pending)
    also = proposed.files(shown, *Proposal.objects.of_person(request.user).filter(service=service))
    edit = ServiceEdit(service, shown, request.POST, request.FILES, person=request.user, also=also)
    _for_provider(edit)
    note = NoteForm(request.POST)
    if not (edit.is_valid() & note.is_valid()):
        return _edit_page(request, service, edit, note, shown=shown, pending=pending, status=422)
    try:
        saved = actions.propose(
            service=service,
            draft=edit.draft(),
            seen=request.POST.get("seen", ""),
            actor=request.user,
            note=note.cleaned_data["note"],
        )
    except Stale as news:
        return _edit_page(request, service, edit, note, shown=news.stored, pending=pending, news=news, status=409)
    messages.success(request, _outcome(saved))
    return redirect("upkeep:mine")


def _returned(request: HttpRequest, service: Service) -> Proposal | None:
    """What was returned to the author, to go on with; asked for by its number."""
    pk = request.GET.get("navrh", "")
    return Proposal.objects.filter(service=service, pk=pk).first() if pk.isdigit() else None


def _outcome(saved: actions.Saved) -> str:
    now = f"Hned platí: {', '.join(letters.labels(saved.written))}." if saved.written else ""
    later = ""
    if saved.proposal is not None:
        names = ", ".join(letters.labels(saved.proposal.fields))
        later = f"Na schválení čeká: {names}. Do té doby je na kartě, co tam bylo."
    return f"{now} {later}".strip() or "Nic se nezměnilo."


def _edit_page(
    request: HttpRequest,
    service: Service,
    edit: ServiceEdit,
    note: NoteForm,
    *,
    shown: Draft,
    pending: Proposal | None,
    news: Stale | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form of a card; after somebody else's save with what stands there now, and all that was typed."""
    fresh = news is not None or request.method != "POST"
    last = Proposal.objects.filter(service=service).order_by("-pk").with_names().first()
    context = {
        "service": service,
        "edit": edit,
        "note_form": note,
        "end_form": EndForm(prefix="konec"),
        "seen": shown.fingerprint if fresh else request.POST.get("seen", ""),
        "given": cards.service_card(service, timezone.localtime()) if edit.form.imported else None,
        "pending": pending,
        "pending_labels": letters.labels(pending.fields) if pending else [],
        "pending_end": Proposal.objects.waiting().filter(service=service, sort=Proposal.Sort.END).first(),
        "last": last if last and last.state in (Proposal.State.RETURNED, Proposal.State.PARTLY) else None,
        **_publishing(service.provider),
        "differences": drafts.differences(news.stored, edit.draft()) if news else [],
        "news": news,
    }
    return render(request, "upkeep/service_edit.html", context, status=status)


def _publishing(provider: Provider) -> dict[str, list[str]]:
    """Labels of fields that wait and of those that do not, in the order of the form."""
    waits = policy.waiting_fields(provider)
    fields = policy.fields()
    return {
        "waits": [label for name, label in fields.items() if name in waits],
        "at_once": [label for name, label in fields.items() if name not in waits],
    }


@form_page
def service_end(request: HttpRequest, pk: int) -> HttpResponse:
    service = _my_service(request, pk)
    form = EndForm(request.POST if request.method == "POST" else None, prefix="konec")
    if request.method == "POST" and form.is_valid():
        try:
            said = form.cleaned_data
            actions.propose_end(service=service, day=said["day"], actor=request.user, note=said["note"])
        except ValidationError as refusal:
            form.add_error("day", refusal)
        else:
            messages.success(request, "Konec služby čeká na schválení.")
            return redirect("upkeep:mine")
    context = {"service": service, "form": form}
    return render(request, "upkeep/service_end.html", context, status=422 if form.errors else 200)


@form_page
def service_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose an accompanying service of the provider."""
    provider = _my_provider(request, pk)
    posted = request.method == "POST"
    start = _start_of_new(request, provider)
    data, sent = (request.POST, request.FILES) if posted else (None, None)
    edit = ServiceEdit(None, start, data, sent, person=request.user)
    note = NoteForm(request.POST if posted else None)
    _for_provider(edit)
    if posted and edit.is_valid() & note.is_valid():
        draft = edit.draft()
        try:
            actions.propose_new(provider=provider, draft=draft, actor=request.user, note=note.cleaned_data["note"])
        except ValidationError as refusal:
            edit.form.add_error("kind", refusal)
        else:
            messages.success(request, "Návrh je odeslaný. Až ho schválí koordinátor, služba bude v katalogu.")
            return redirect("upkeep:mine")
    context = {"provider": provider, "edit": edit, "note_form": note}
    return render(request, "upkeep/service_new.html", context, status=422 if posted else 200)


def _start_of_new(request: HttpRequest, provider: Provider) -> Draft:
    """An empty card, or what was returned to go on with."""
    empty, pk = Draft(provider=provider.name, ico=provider.ico or ""), request.GET.get("navrh", "")
    back = Proposal.objects.filter(sort=Proposal.Sort.NEW, provider=provider, pk=pk if pk.isdigit() else 0).first()
    return proposed.laid_over(empty, back.after) if back is not None else empty


def _for_provider(edit: ServiceEdit) -> None:
    """A provider does not say whose the service is, and the law's kinds come from the register."""
    if edit.form.imported:
        return
    kinds: Any = edit.form.fields["kind"]
    kinds.queryset = kinds.queryset.filter(Q(group=Kind.Group.ACCOMPANYING) | Q(key=edit.stored.kind))
    for name in ("provider", "ico"):
        edit.form.fields[name].required = False


@deed
def proposal_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = get_object_or_404(Proposal.objects.of_person(request.user), pk=pk)
    try:
        actions.withdraw(proposal=proposal, actor=request.user)
        messages.success(request, "Návrh je vzatý zpět. Na kartě se nic nezměnilo.")
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("upkeep:mine")


def _my_provider(request: HttpRequest, pk: int) -> Provider:
    provider = get_object_or_404(Provider.objects.select_related("municipality"), pk=pk)
    if not rules.may_act_for(request.user, provider):
        raise PermissionDenied
    return provider


@form_page
def provider_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What the organisation says of itself; it is public at once."""
    provider = _my_provider(request, pk)
    stored = read_provider(provider)
    edit = ProviderEdit(stored, request.POST if request.method == "POST" else None)
    status, seen, news = 200, stored.fingerprint, None
    if request.method == "POST":
        status, seen = 422, request.POST.get("seen", "")
        if edit.is_valid():
            try:
                provider_save(provider=provider, draft=edit.draft(), seen=seen, actor=request.user)
            except StaleProvider as stale:
                status, seen, news = 409, stale.stored.fingerprint, stale.stored
            else:
                messages.success(request, "Uloženo. Na stránce organizace je to hned.")
                return redirect("upkeep:mine")
    given = Contact.objects.filter(provider=provider).exclude(source=Source.LOCAL)
    context = {"provider": provider, "edit": edit, "seen": seen, "news": news, "given": given}
    return render(request, "upkeep/provider_edit.html", context, status=status)
