"""Public pages: services, providers, municipalities, kinds, and "something is wrong here"."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import never_cache
from django.views.decorators.http import condition, require_http_methods, require_safe

from portal.web import pace
from portal.web.templatetags.web import qr_svg

from . import cards, exports, linked, overviews, picker, report_actions
from .forms import ReportForm
from .models import DataVersion, Service

PROVIDERS_A_PAGE = 50
REPORTS_AN_HOUR = 5

# --- a service -----------------------------------------------------------------------------------------------


def _service(slug: str) -> Service:
    found = cards.find_service(slug)
    if found is None:
        raise Http404
    return found


def _gone(request: HttpRequest, service: Service) -> HttpResponse:
    """A service that ended or was taken down: say so and offer the nearest of the same kind."""
    context = {"service": service, "similar": cards.similar_nearby(service)}
    return render(request, "catalogue/gone.html", context, status=410)


@login_not_required
@require_safe
def service(request: HttpRequest, slug: str) -> HttpResponse:
    found = _service(slug)
    if not found.is_public:
        return _gone(request, found)
    card = cards.service_card(found, timezone.localtime())
    if request.GET.get("format") == "json":
        data = linked.service_json(card, settings.SITE_URL)
        open_to_all = {"Access-Control-Allow-Origin": "*"}
        return JsonResponse(data, headers=open_to_all, json_dumps_params={"ensure_ascii": False})
    context = {"card": card, "service": found, "linked": linked.service_linked(card, settings.SITE_URL)}
    return render(request, "catalogue/service.html", context)


@login_not_required
@require_safe
def service_easy(request: HttpRequest, slug: str) -> HttpResponse:
    """The same in easy-to-read Czech; only where somebody wrote it."""
    found = _service(slug)
    if not found.is_public:
        return _gone(request, found)
    if not found.easy_read.strip():
        raise Http404
    card = cards.service_card(found, timezone.localtime())
    return render(request, "catalogue/service_easy.html", {"card": card, "service": found})


@login_not_required
@require_safe
def service_qr(request: HttpRequest, slug: str) -> HttpResponse:
    """The address of the card as a QR code, for posters and leaflets."""
    found = _service(slug)
    if not found.is_public:
        return _gone(request, found)
    svg = qr_svg(settings.SITE_URL + request.path.removesuffix("qr.svg"))
    named = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return HttpResponse(named, content_type="image/svg+xml")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """ "Něco tu nesedí": a few words to the coordinator. Machines get the same thanks and leave nothing behind."""
    found = _service(slug)
    if not found.is_public:
        return _gone(request, found)
    form, status = ReportForm(request.POST if request.method == "POST" else None), 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            if form.from_machine:
                return redirect("catalogue:report_thanks", slug)
            if pace.within(request, "report", REPORTS_AN_HOUR, pace.HOUR):
                report_actions.report(service=found, **form.said)
                return redirect("catalogue:report_thanks", slug)
            status = 429
    return render(
        request, "catalogue/report.html", {"service": found, "form": form, "slow": status == 429}, status=status
    )


@login_not_required
@require_safe
def report_thanks(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "catalogue/report_thanks.html", {"service": _service(slug)})


# --- providers, municipalities, kinds ------------------------------------------------------------------------


@login_not_required
@require_safe
def providers(request: HttpRequest) -> HttpResponse:
    asked, letter = request.GET.get("q", "").strip()[:100], request.GET.get("pismeno", "")[:2].upper()
    index = overviews.provider_index(asked, letter)
    page = Paginator(index.keys, PROVIDERS_A_PAGE).get_page(request.GET.get("strana"))
    rows = overviews.providers_of(list(page.object_list))
    context = {"page": page, "providers": rows, "asked": asked, "letter": letter, "letters": index.letters}
    return render(request, "catalogue/providers.html", context)


@login_not_required
@require_safe
def provider(request: HttpRequest, slug: str) -> HttpResponse:
    found = overviews.find_provider(slug)
    if found is None:
        raise Http404
    card = overviews.provider_card(found)
    context = {"card": card, "provider": found, "linked": linked.provider_linked(card, settings.SITE_URL)}
    return render(request, "catalogue/provider.html", context)


@login_not_required
@require_safe
def municipalities(request: HttpRequest) -> HttpResponse:
    asked, orp_slug = request.GET.get("q", "").strip()[:100], request.GET.get("orp", "")[:110]
    context = {"asked": asked, "index": overviews.municipality_index(asked, orp_slug)}
    return render(request, "catalogue/municipalities.html", context)


@login_not_required
@require_safe
def municipality(request: HttpRequest, slug: str) -> HttpResponse:
    found = overviews.find_municipality(slug)
    if found is None:
        raise Http404
    context = {
        "card": overviews.municipality_card(found),
        "municipality": found,
        "near_km": overviews.NEAR_KM,
        "linked": linked.municipality_linked(found, settings.SITE_URL),
    }
    return render(request, "catalogue/municipality.html", context)


@login_not_required
@require_safe
def orp_borders(request: HttpRequest) -> HttpResponse:
    """Municipalities of one ORP to be picked on a map; names as the form of a service reads them."""
    towns = picker.municipalities_of_orp(request.GET.get("orp", "")[:8])
    if not towns:
        raise Http404
    answer = JsonResponse({"type": "FeatureCollection", "features": towns}, content_type="application/geo+json")
    patch_cache_control(answer, public=True, max_age=24 * 60 * 60)
    return answer


@login_not_required
@require_safe
def kinds(request: HttpRequest) -> HttpResponse:
    return render(request, "catalogue/kinds.html", {"groups": overviews.kinds_with_counts()})


# --- open data -----------------------------------------------------------------------------------------------


def _data_version(_request: HttpRequest, form: str) -> str:
    """What an export was made from: the number of the data, and the day (services end by themselves)."""
    number = DataVersion.objects.now()[0]
    return f'"{form}-{number}-{timezone.localdate()}"'


@login_not_required
@require_safe
@condition(etag_func=_data_version)
def services_data(_request: HttpRequest, form: str) -> HttpResponseBase:
    """All public services as csv, xlsx, json or geojson, streamed."""
    services = exports.public_services(places_only=form == "geojson")
    answer: HttpResponseBase
    if form == "xlsx":
        rows = exports.table_rows(services)
        answer = FileResponse(exports.write_xlsx(rows), as_attachment=True, filename="sluzby.xlsx")
    elif form == "csv":
        lines = exports.csv_lines(exports.table_rows(services))
        answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="sluzby.csv"'
    elif form == "geojson":
        parts = exports.geojson_parts(services, settings.SITE_URL)
        answer = StreamingHttpResponse(parts, content_type="application/geo+json")
    else:
        answer = StreamingHttpResponse(exports.json_parts(services, settings.SITE_URL), content_type="application/json")
    answer["Access-Control-Allow-Origin"] = "*"
    return answer
