"""What a proposal changes, in words: each field as it was, as it is proposed, and word by word between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.db.models import QuerySet

from portal.audit.telling import Part
from portal.audit.telling import differences as word_by_word
from portal.catalogue import drafts
from portal.catalogue.drafts import ContactDraft, DocumentDraft, Draft, PhotoDraft, PlaceDraft, VacancyDraft
from portal.catalogue.models import (
    AccessDetail,
    AccessGrade,
    AgeGroup,
    CapacityUnit,
    Contact,
    Cost,
    Feature,
    Form,
    Holidays,
    Kind,
    ServiceDocument,
    TargetGroup,
)
from portal.catalogue.opening import WEEKDAYS
from portal.files.models import StoredFile
from portal.territory.models import Municipality, Orp, Region

from . import proposed
from .models import Proposal

NOTHING = "nic"
FILES = ("photos", "documents")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a proposal. `now` is what is stored today; where it differs from `before`, somebody else changed
    it after the proposal was written (`conflict`)."""

    name: str
    label: str
    before: str
    after: str
    now: str
    parts: tuple[Part, ...]
    conflict: bool
    # Pictures and documents that are proposed, to look at before they are public.
    files: tuple[StoredFile, ...] = ()


def of_change(proposal: Proposal, stored: Draft) -> list[Difference]:
    before, after = proposed.laid_over(stored, proposal.before), proposed.laid_over(stored, proposal.after)
    words, clash = Words(stored, before, after), proposed.conflicts(stored, proposal)
    return [_row(words, name, before, after, stored, conflict=name in clash) for name in proposal.fields]


def of_new(proposal: Proposal) -> list[Difference]:
    after, nothing = drafts.from_json(proposal.after), Draft()
    words = Words(after)
    return [_row(words, name, nothing, after, nothing, conflict=False) for name in proposal.fields]


def _row(words: Words, name: str, before: Draft, after: Draft, stored: Draft, *, conflict: bool) -> Difference:
    now, new = words.of(name, stored), words.of(name, after)
    # The comparison runs from what the public sees today: that is what approving would replace.
    parts = tuple(word_by_word("" if now == NOTHING else now, "" if new == NOTHING else new))
    files = (
        tuple(words.files[one.file] for one in getattr(after, name) if one.file in words.files) if name in FILES else ()
    )
    label = drafts.LABELS.get(name, name)
    return Difference(name, label, words.of(name, before), new, now, parts, conflict, files)


class Words:
    """Fields of drafts as people read them; a query for each code list that the drafts use."""

    def __init__(self, *of: Draft) -> None:
        places = [place for draft in of for place in draft.places]
        free = [one for draft in of for one in draft.vacancies]
        towns = {code for draft in of for code in draft.municipalities} | {place.municipality for place in places}
        forms = {key for draft in of for key in draft.forms} | {one.form for one in free}
        keys = {one.file for draft in of for one in draft.photos} | {
            one.file for draft in of for one in draft.documents
        }
        self.files = {one.key: one for one in StoredFile.objects.filter(key__in=keys)} if keys else {}
        self.names: dict[str, dict[str, str]] = {
            "kind": _named(Kind.objects.all(), "key", (draft.kind for draft in of)),
            "forms": _named(Form.objects.all(), "key", forms),
            "target_groups": _named(TargetGroup.objects.all(), "key", _all(of, "target_groups")),
            "age_groups": _named(AgeGroup.objects.all(), "key", _all(of, "age_groups")),
            "features": _named(Feature.objects.all(), "key", _all(of, "features")),
            "municipalities": _named(Municipality.objects.all(), "code", towns),
            "orps": _named(Orp.objects.all(), "code", _all(of, "orps")),
            "whole_region": _named(Region.objects.all(), "code", (draft.whole_region for draft in of)),
            "units": _named(CapacityUnit.objects.all(), "key", (one.unit for one in free)),
            "details": _named(AccessDetail.objects.all(), "key", (d.detail for p in places for d in p.access_details)),
            "cost": dict(Cost.choices),
        }

    def of(self, name: str, draft: Draft) -> str:
        return self._value(name, getattr(draft, name)) or NOTHING

    def _value(self, name: str, value: Any) -> str:
        """Empty where there is nothing to say."""
        match value:
            case tuple():
                between = "\n\n" if name == "places" else "\n"
                words = between.join(self._value(name, one) for one in value)
            case ContactDraft():
                note = f" ({value.note})" if value.note else ""
                words = f"{dict(Contact.Channel.choices).get(value.channel, value.channel)}: {value.value}{note}"
            case PlaceDraft():
                words = "\n".join(self._place(value))
            case VacancyDraft():
                words = " ".join(filter(None, self._vacancy(value)))
            case PhotoDraft():
                words = value.alt
            case DocumentDraft():
                words = f"{value.title} ({dict(ServiceDocument.Sort.choices).get(value.sort, value.sort)})"
            case date():
                words = drafts.day_text(value)
            case _:
                words = self.names.get(name, {}).get(value, str(value)) if value else ""
        return words

    def _vacancy(self, one: VacancyDraft) -> Iterator[str]:
        form, unit = self.names["forms"].get(one.form, ""), self.names["units"].get(one.unit, "")
        yield f"{form}:" if form else ""
        yield str(one.amount)
        yield unit
        yield f"({one.note})" if one.note else ""

    def _place(self, place: PlaceDraft) -> Iterator[str]:
        """A place, a line for each thing it says."""
        if place.secret:
            yield "utajené místo"
            return
        town = self.names["municipalities"].get(place.municipality or "", place.municipality or "")
        address = ", ".join(filter(None, (place.name, place.street, f"{place.postal_code} {town}".strip())))
        yield address or "místo bez adresy"
        for day, name in enumerate(WEEKDAYS, start=1):
            hours = [one for one in place.hours if one.weekday == day]
            if hours:
                yield f"{name}: " + ", ".join(_span(one.opens, one.closes, one.note) for one in hours)
        for special in place.special_days:
            yield drafts.special_text(special)
        if place.holidays:
            yield f"svátky: {Holidays(place.holidays).label}"
        for detail, said in drafts.ACCESS_LABELS.items():
            if (answer := getattr(place, detail)) is not None:
                yield f"{said}: {'ano' if answer else 'ne'}"
        for one in place.access_details:
            yield f"{self.names['details'].get(one.detail, one.detail)}: {'ano' if one.answer else 'ne'}"
        if place.access_grade:
            yield AccessGrade(place.access_grade).label
        for steps, label in ((place.entrance_steps, "schodů u vchodu"), (place.inside_steps, "schodů uvnitř")):
            if steps is not None:
                yield f"{label}: {steps}"
        if place.access_note:
            yield place.access_note


def _span(opens: time, closes: time, note: str) -> str:
    text = f"{drafts.clock_text(opens)}–{drafts.clock_text(closes, end=True)}"
    return f"{text} ({note})" if note else text


def _all(of: Iterable[Draft], name: str) -> set[str]:
    return {key for draft in of for key in getattr(draft, name)}


def _named(rows: QuerySet[Any], by: str, keys: Iterable[str | None]) -> dict[str, str]:
    wanted = {key for key in keys if key}
    return dict(rows.filter(**{f"{by}__in": wanted}).values_list(by, "name")) if wanted else {}
