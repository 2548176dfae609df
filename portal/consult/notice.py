"""Consultations for machines by the Czech open formal norm of official notice boards (úřední desky, 2021-07-20): each
announced one is a notice, so that offices can take it over to theirs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from .announcing import address
from .models import Consultation

type Json = dict[str, Any]

CONTEXT = "https://ofn.gov.cz/úřední-desky/2021-07-20/kontexty/úřední-deska.jsonld"
# How many notices of the past stay on the board.
NOTICES = 500


def board(consultations: Iterable[Consultation], site: str) -> Json:
    """The board with its notices, the latest first."""
    page = site + reverse("consult:consultations")
    return {
        "@context": CONTEXT,
        "typ": "Úřední deska",
        "iri": site + reverse("consult:notice_board"),
        "stránka": page,
        "provozovatel": {"typ": "Osoba", "název": {"cs": settings.SITE_NAME}},
        "informace": [notice(one, site) for one in consultations],
    }


def notice(consultation: Consultation, site: str) -> Json:
    """One consultation: on view from its opening to the end of comments."""
    url = site + address(consultation)
    said: Json = {
        "typ": ["Digitální objekt", "Informace na úřední desce"],
        "iri": url,
        "url": url,
        "název": {"cs": consultation.title},
        "popis": {"cs": " ".join(consultation.about.split())},
        "vyvěšení": _day(consultation.opens_at),
        "relevantní_do": _day(consultation.closes_at),
        "aktualizováno": _moment(consultation.changed_at),
        "dokument": [_document("Návrh a připomínky", url)],
    }
    if consultation.state == Consultation.State.CLOSED:
        settled = site + reverse("consult:settlement", args=[consultation.slug])
        said["dokument"].append(_document("Vypořádání připomínek", settled))
    if consultation.state == Consultation.State.CANCELLED:
        said["popis"] = {"cs": f"Zrušeno: {consultation.cancelled_reason}"}
        said["zneplatněno"] = _moment(consultation.changed_at)
    return {key: value for key, value in said.items() if value not in (None, {"cs": ""})}


def _document(name: str, url: str) -> Json:
    return {"typ": "Digitální objekt", "název": {"cs": name}, "url": url}


def _day(moment: Any) -> Json | None:
    return {"typ": "Časový okamžik", "datum": timezone.localdate(moment).isoformat()} if moment else None


def _moment(when: Any) -> Json:
    return {"typ": "Časový okamžik", "datum_a_čas": timezone.localtime(when).isoformat(timespec="seconds")}
