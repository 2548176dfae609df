"""Pages of staff: quality, conflicts, what nobody has confirmed, limits and weights."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from portal.catalogue.rules import readable_services
from portal.web.doors import at_desk

from . import conflict_actions, limits, quality_actions, queues, rules, trend
from .conflicts import TOPICS
from .forms import DaysForm, SettleConflictForm, WeightForm
from .models import Conflict, Dispute, QualitySnapshot, ServiceQuality
from .quality import Rule

A_PAGE = 50
# A row of the queue carries all its reasons.
QUEUE_PAGE = 25
reading = at_desk(rules.may_read_freshness, "GET", "HEAD")
form_for_readers = at_desk(rules.may_read_freshness, "GET", "HEAD", "POST")
deed = at_desk(rules.may_read_freshness, "POST")
reading_limits = at_desk(rules.may_read_limits, "GET", "HEAD")
setting = at_desk(rules.may_set_limits, "GET", "HEAD", "POST")

# Where in the form of a card each reason is mended.
ANCHORS = {
    "kontakty": "id_kontakt-0-value",
    "misto": "id_misto-0-hours_1",
    "volno": "volna-mista",
    "plain_text": "id_plain_text",
    "how_to_get": "id_how_to_get",
    "cost": "id_cost",
    "target_groups": "id_target_groups_0",
    "easy_read": "id_easy_read",
    "verified_on": "id_verified_on",
}


# --- quality -----------------------------------------------------------------------------------------------------


@reading
def quality(request: HttpRequest) -> HttpResponse:
    asked = {key: request.GET.get(key, "").strip()[:100] for key in ("duvod", "poskytovatel", "orp", "obec")}
    weights = limits.rules()
    if asked["duvod"] not in weights:
        asked["duvod"] = ""
    rows = queues.quality_queue(request.user, asked)
    counts = queues.reason_counts(queues.quality_queue(request.user, asked | {"duvod": ""}), weights)
    page = Paginator(rows, QUEUE_PAGE).get_page(request.GET.get("strana"))
    context = {
        "page": page,
        "rows": [(one, _reasons(one, weights)) for one in page],
        "asked": asked,
        "reasons": [(rule, counts[rule.key]) for rule in weights.values() if counts[rule.key]],
        "orps": [one for one in queues.territories(request.user) if one.over == QualitySnapshot.Over.ORP],
    }
    return render(request, "freshness/quality.html", context)


def _reasons(row: ServiceQuality, weights: dict[str, Rule]) -> list[tuple[Rule, str]]:
    """Reasons of the row, each with the address where it is mended."""
    form = reverse("catalogue:service_edit", args=[row.service_id])
    found = []
    for key in row.reasons.split():
        rule = weights.get(key)
        if rule is None:
            continue
        if rule.field == "hlaseni":
            found.append((rule, reverse("catalogue:desk_reports")))
        elif rule.field == "rozpor":
            found.append((rule, reverse("freshness:conflicts")))
        else:
            found.append((rule, f"{form}#{ANCHORS[rule.field]}"))
    return found


@reading
def quality_table(request: HttpRequest) -> HttpResponse:
    """Averages by provider or by municipality."""
    by_town = request.GET.get("podle") == "obce"
    rows = queues.by_municipality(request.user) if by_town else queues.by_provider(request.user)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("strana"))
    return render(request, "freshness/quality_table.html", {"page": page, "by_town": by_town})


@reading
def quality_trend(request: HttpRequest) -> HttpResponse:
    """How quality developed: of a territory in the person's range, or of a provider there."""
    provider = request.GET.get("poskytovatel", "")
    chosen, places = queues.chosen_territory(request.user, provider=provider, territory=request.GET.get("uzemi", ""))
    if provider and chosen is None:
        raise Http404
    rows = queues.development(chosen.over, chosen.code) if chosen else []
    context = {
        "territories": places,
        "chosen": chosen,
        "rows": rows[::-1][:100],
        "figure": trend.svg([(one.day, one.score) for one in rows], timezone.localdate()),
    }
    return render(request, "freshness/quality_trend.html", context)


# --- conflicts ---------------------------------------------------------------------------------------------------


@reading
def conflicts(request: HttpRequest) -> HttpResponse:
    settled = request.GET.get("stav") == "rozhodnute"
    state = Conflict.State.SETTLED if settled else Conflict.State.OPEN
    rows = queues.conflicts(readable_services(request.user), state)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("strana"))
    return render(request, "freshness/conflicts.html", {"page": page, "settled": settled, "topics": TOPICS})


@form_for_readers
def conflict(request: HttpRequest, pk: int) -> HttpResponse:
    mine = Conflict.objects.filter(service__in=readable_services(request.user).values("pk"))
    found = get_object_or_404(mine.select_related("service__provider"), pk=pk)
    may_settle = rules.may_settle_conflict(request.user, found)
    form = SettleConflictForm(
        request.POST if request.method == "POST" else None,
        initial={"outcome": found.outcome, "reason": found.reason},
    )
    status = 422 if form.is_bound else 200
    if request.method == "POST":
        if not may_settle:
            raise PermissionDenied
        if form.is_valid():
            said = form.cleaned_data | {"seen": request.POST.get("seen")}
            try:
                conflict_actions.conflict_settle(conflict=found, actor=request.user, **said)
            except conflict_actions.Decided as news:
                form.add_error("reason", news)
                found.refresh_from_db()
                status = 409
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(request, "Rozpor je rozhodnutý. Poskytovatel o tom dostane dopis.")
                return redirect("freshness:conflicts")
    disputes = Dispute.objects.filter(service=found.service, withdrawn_at=None)
    context = {
        "conflict": found,
        "topic": TOPICS.get(found.topic, found.topic),
        "form": form,
        "may_settle": may_settle,
        "disputes": [one for one in disputes if f"said_{one.field}" == found.topic],
        "seen": request.POST.get("seen", "") if status == 422 else conflict_actions.stamp(found),
    }
    return render(request, "freshness/conflict.html", context, status=status)


@deed
def conflict_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    mine = Conflict.objects.filter(service__in=readable_services(request.user).values("pk"))
    try:
        conflict_actions.conflict_reopen(conflict=get_object_or_404(mine, pk=pk), actor=request.user)
        messages.success(request, "Rozpor je zase otevřený.")
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("freshness:conflict", pk)


# --- silence -----------------------------------------------------------------------------------------------------


@reading
def overdue(request: HttpRequest) -> HttpResponse:
    """Records older than their limit, each with who was told when."""
    days = limits.days()
    services = queues.overdue(request.user, timezone.localdate(), days)
    page = Paginator(services, A_PAGE).get_page(request.GET.get("strana"))
    context = {"page": page, "rows": queues.told(list(page)), "days": days}
    return render(request, "freshness/overdue.html", context)


# --- limits and weights ------------------------------------------------------------------------------------------


@reading_limits
def limit_list(request: HttpRequest) -> HttpResponse:
    context = {
        "limits": limits.limits().values(),
        "rules": limits.rules().values(),
        "may_set": rules.may_set_limits(request.user),
    }
    return render(request, "freshness/limits.html", context)


@setting
def limit_change(request: HttpRequest, key: str) -> HttpResponse:
    known = limits.limits().get(key)
    if known is None:
        raise Http404
    form = DaysForm(request.POST if request.method == "POST" else None, initial={"days": known.days})
    if form.is_bound and form.is_valid():
        try:
            quality_actions.limit_change(key=key, days=form.cleaned_data["days"], actor=request.user)
        except ValidationError as refusal:
            form.add_error("days", refusal)
        else:
            messages.success(request, "Uloženo.")
            return redirect("freshness:limits")
    return _set_page(request, form, known.name, known.note)


@setting
def weight_change(request: HttpRequest, key: str) -> HttpResponse:
    known = limits.rules().get(key)
    if known is None:
        raise Http404
    form = WeightForm(request.POST if request.method == "POST" else None, initial={"weight": known.weight})
    if form.is_bound and form.is_valid():
        quality_actions.quality_rule_change(key=key, weight=form.cleaned_data["weight"], actor=request.user)
        messages.success(request, "Uloženo. Kvalita se přepočítá během chvíle.")
        return redirect("freshness:limits")
    return _set_page(request, form, known.name, known.advice)


def _set_page(request: HttpRequest, form: Any, name: str, note: str) -> HttpResponse:
    context = {"form": form, "name": name, "note": note}
    return render(request, "freshness/limit.html", context, status=422 if form.is_bound else 200)
