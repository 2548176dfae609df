"""What we give away as open data: for people a list, for machines DCAT-AP-CZ (interface of catalogues 2024-05-28)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.plan.models import Plan

CONTEXT = "https://ofn.gov.cz/dcat-ap-cz-rozhraní-katalogů-otevřených-dat/2024-05-28/kontexty/rozhraní-katalogů-otevřených-dat.jsonld"
FILE_TYPE = "http://publications.europa.eu/resource/authority/file-type/"
MEDIA_TYPE = "http://www.iana.org/assignments/media-types/"
THEME = "http://publications.europa.eu/resource/authority/data-theme/SOCI"
DAILY = "http://publications.europa.eu/resource/authority/frequency/DAILY"
LICENCE = {
    "typ": "Specifikace podmínek užití",
    "autorské_dílo": "https://data.gov.cz/podmínky-užití/neobsahuje-autorská-díla/",
    "databáze_jako_autorské_dílo": "https://data.gov.cz/podmínky-užití/není-autorskoprávně-chráněnou-databází/",
    "databáze_chráněná_zvláštními_právy": "https://data.gov.cz/podmínky-užití/není-chráněna-zvláštním-právem-pořizovatele-databáze/",
    "osobní_údaje": "https://data.gov.cz/podmínky-užití/neobsahuje-osobní-údaje/",
}


@dataclass(frozen=True, slots=True)
class File:
    name: str
    url: str
    format: str
    media: str


@dataclass(frozen=True, slots=True)
class Dataset:
    key: str
    name: str
    description: str
    keywords: tuple[str, ...]
    files: tuple[File, ...]


def datasets() -> list[Dataset]:
    """The catalogue, and one set for each public plan; one query."""
    plans = Plan.objects.public().order_by("-starts_on", "title")
    return [_catalogue(), *(_plan(one) for one in plans)]


def _plan(plan: Plan) -> Dataset:
    title = f"{plan.title} ({plan.starts_on.year}–{plan.until.year})"
    return Dataset(
        f"plan-{plan.slug}",
        title,
        _("Plán sociálních služeb: strom opatření s náklady, zdroji, službami a zveřejněným stavem plnění."),
        (_("plán sociálních služeb"), _("komunitní plánování"), plan.span_name),
        (File("JSON", reverse("plan:public_json", args=[plan.slug]), "JSON", "application/json"),),
    )


def _catalogue() -> Dataset:
    return Dataset(
        "sluzby",
        _("Sociální a návazné služby"),
        _("Veřejné služby s druhem, poskytovatelem, kontakty, místy a formami. Stejné sloupce, jaké umíme načíst."),
        (_("sociální služby"), _("návazné služby"), _("katalog")),
        (
            File("CSV", reverse("catalogue:services_csv"), "CSV", "text/csv"),
            File(
                "XLSX",
                reverse("catalogue:services_xlsx"),
                "XLSX",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ),
            File("JSON", reverse("catalogue:services_json"), "JSON", "application/json"),
            File("GeoJSON", reverse("catalogue:services_geojson"), "GEOJSON", "application/geo+json"),
        ),
    )


def dcat() -> dict[str, Any]:
    """The catalogue of our datasets as linked data."""
    site = settings.SITE_URL
    page = site + reverse("home:open_data")
    return {
        "@context": CONTEXT,
        "iri": site + reverse("home:catalogue"),
        "typ": "Katalog",
        "název": {"cs": f"{settings.SITE_NAME}: otevřená data"},
        "popis": {"cs": _("Otevřená data o sociálních a návazných službách.")},
        "poskytovatel": site + "/",
        "domovská_stránka": page,
        "datová_sada": [_dataset(one, site, page) for one in datasets()],
    }


def _dataset(one: Dataset, site: str, page: str) -> dict[str, Any]:
    return {
        "@context": CONTEXT,
        "iri": f"{page}#{one.key}",
        "typ": "Datová sada",
        "název": {"cs": one.name},
        "popis": {"cs": one.description},
        "poskytovatel": site + "/",
        "téma": [THEME],
        "periodicita_aktualizace": DAILY,
        "klíčové_slovo": {"cs": list(one.keywords)},
        "prvek_rúian": ["https://linked.cuzk.cz/resource/ruian/stat/1"],
        "distribuce": [
            {
                "typ": "Distribuce",
                "iri": f"{site}{file.url}",
                "podmínky_užití": LICENCE,
                "přístupové_url": f"{site}{file.url}",
                "soubor_ke_stažení": f"{site}{file.url}",
                "formát": FILE_TYPE + file.format,
                "typ_média": MEDIA_TYPE + file.media,
            }
            for file in one.files
        ],
    }
