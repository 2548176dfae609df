"""The desk's page where it is said what stands in the network on view."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from portal.web import refusals

from . import actions, texts
from .desk_views import head, preparing
from .models import Consultation
from .network_forms import NetworkForm
from .texts import Source


@preparing
def consultation_network(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """Before the announcing; then the list is frozen and only its text is left to read."""
    if texts.source_of(consultation) != Source.NETWORK:
        raise Http404
    if consultation.state != Consultation.State.PREPARED:
        return redirect("consult:consultation_text", consultation.slug)
    bound = NetworkForm(request.POST if request.method == "POST" else None, consultation=consultation)
    status = 200
    if bound.is_bound:
        status = 422
        if bound.is_valid():
            try:
                actions.consultation_change(
                    consultation=consultation,
                    seen=bound.cleaned_data["seen"],
                    actor=request.user,
                    network=bound.wanted(),
                )
            except ValidationError as refusal:
                refusals.refused(bound, refusal, {"network": "left_out" if bound.services else "kinds"})
                status = 409 if isinstance(refusal, actions.Stale) else 422
            else:
                messages.success(request, "Uloženo. Takhle seznam uvidí lidé.")
                return redirect("consult:consultation_text", consultation.slug)
    context = {**head(request, consultation), "form": bound, "services": len(bound.services)}
    return render(request, "consult/consultation_network.html", context, status=status)
