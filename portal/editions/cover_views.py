"""The cover of the document at the desk: logos of those who paid for the plan."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.plan.models import Plan
from portal.plan.views import deed, writers_form
from portal.web.refusals import refused

from . import actions
from .models import Logo


class LogoForm(forms.Form):
    image = forms.FileField(
        label=gettext_lazy("Logo"),
        help_text=gettext_lazy("PNG, JPEG nebo WebP."),
        error_messages={"required": gettext_lazy("Vyberte obrázek.")},
    )
    alt = forms.CharField(
        label=gettext_lazy("Co na něm je"),
        max_length=250,
        help_text=gettext_lazy("Třeba „Spolufinancováno Evropskou unií“. Přečte se lidem, kteří logo nevidí."),
        error_messages={"required": gettext_lazy("Napište, co na logu je.")},
    )


@writers_form
def cover(request: HttpRequest, plan: Plan) -> HttpResponse:
    bound = LogoForm(request.POST, request.FILES) if request.method == "POST" else LogoForm()
    if request.method == "POST" and bound.is_valid():
        held = bound.cleaned_data
        try:
            actions.logo_add(plan=plan, upload=held["image"], alt=held["alt"], actor=request.user)
        except ValidationError as refusal:
            refused(bound, refusal)
        else:
            messages.success(request, _("Logo bude na titulní straně příštího vydání."))
            return redirect("editions:cover", plan.slug)
    context = {"plan": plan, "form": bound, "logos": Logo.objects.filter(plan=plan).select_related("file")}
    return render(request, "editions/cover.html", context, status=422 if bound.errors else 200)


@deed
def logo_remove(request: HttpRequest, plan: Plan, pk: int) -> HttpResponse:
    actions.logo_remove(
        logo=get_object_or_404(Logo.objects.select_related("plan", "file"), plan=plan, pk=pk), actor=request.user
    )
    messages.success(request, _("Logo na příštím vydání nebude. Hotová vydání zůstala, jak byla."))
    return redirect("editions:cover", plan.slug)
