"""Editions at the desk: freeze, publish, withdraw, compare, order documents."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.plan.models import Plan
from portal.plan.views import plan_desk
from portal.web.doors import FORM, READ

from . import actions, rules
from .forms import FreezeForm
from .models import Edition


@plan_desk(*READ, rule=rules.may_see_editions)
def desk(request: HttpRequest, plan: Plan) -> HttpResponse:
    """All editions of the plan. `?z=&do=` from the form leads to the comparison of two."""
    rows = list(Edition.objects.light().filter(plan=plan))
    numbers = {str(one.number) for one in rows}
    chosen = (request.GET.get("z", ""), request.GET.get("do", ""))
    if all(chosen) and set(chosen) <= numbers and chosen[0] != chosen[1]:
        older, newer = sorted(map(int, chosen))
        return redirect("editions:compare", plan.slug, older, newer)
    context = {
        "plan": plan,
        "editions": rows,
        "may_make": rules.may_make_editions(request.user, plan),
        "problem": _("Vyberte dvě různá vydání.") if any(chosen) else "",
    }
    return render(request, "editions/desk.html", context)


@plan_desk(*FORM, rule=rules.may_make_editions, writing=rules.may_make_editions)
def freeze(request: HttpRequest, plan: Plan) -> HttpResponse:
    last = Edition.objects.light().filter(plan=plan).first()
    form = FreezeForm(plan, request.POST or None, initial={"publicity": last.publicity if last else ""})
    if request.method == "POST" and form.is_valid():
        asked = {name: form.cleaned_data[name] for name in ("sort", "name", "publicity")}
        try:
            made = actions.freeze(plan=plan, resolution=form.resolution(), actor=request.user, **asked)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            messages.success(request, _("Vydání je hotové. Teď z něj můžete připravit dokumenty."))
            return redirect("editions:documents", plan.slug, made.number)
    return render(request, "editions/freeze.html", {"plan": plan, "form": form}, status=422 if form.errors else 200)


def _edition(slug: str, number: int) -> Edition:
    return get_object_or_404(Edition.objects.select_related("plan"), plan__slug=slug, number=number)


@require_POST
def publish(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one = _edition(slug, number)
    actions.publish(edition=one, actor=request.user)
    messages.success(request, _("Vydání je na webu."))
    return redirect("editions:desk", one.plan.slug)


@require_POST
def withdraw(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one = _edition(slug, number)
    try:
        actions.withdraw(edition=one, actor=request.user)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    else:
        messages.success(request, _("Vydání na webu není."))
    return redirect("editions:desk", one.plan.slug)
