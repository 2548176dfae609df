"""The form of a service at the desk: one form and two sets of rows, read into a draft (drafts.py) and back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, Literal, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms import ModelChoiceField, MultipleChoiceField
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.text import slugify

from portal.files import actions as files
from portal.territory.models import Municipality, Orp, Region

from . import drafts
from .drafts import AccessAnswer, ContactDraft, Draft, PlaceDraft, VacancyDraft
from .hours import HoursField, hours_text
from .models import (
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
    Service,
    Source,
    TargetGroup,
)
from .offer_forms import (
    DocumentRows,
    PhotoRows,
    SpecialDaysField,
    VacancyRows,
    documents_of,
    photos_of,
    special_days_text,
)
from .opening import WEEKDAYS, Stretch

YES_NO = [("", "nevíme"), ("yes", "ano"), ("no", "ne")]
ANSWERS = {"yes": True, "no": False, "": None}
FROM_ANSWER = {True: "yes", False: "no", None: ""}
VACANCY = ("amount", "form", "unit", "said_on", "note")
_UPLOAD = re.compile(r"(fotka|dokument)-(\d{1,3})-upload", re.ASCII)
_NAMESAKE = re.compile(r"(.+?)\s*\((?:okres\s+)?(.+)\)")


# --- fields that read what officials type ----------------------------------------------------------------------


class LinesField(forms.CharField):
    """A text of more lines: ends of lines as the database keeps them, nothing around."""

    widget = forms.Textarea

    def clean(self, value: Any) -> str:
        return "\n".join(line.rstrip() for line in str(super().clean(value)).splitlines()).strip()


class MunicipalitiesField(forms.CharField):
    """Municipalities by name, one a line; namesakes as "Lhota (okres Jičín)" or "Lhota (572659)", or the code alone."""

    widget = forms.Textarea

    def clean(self, value: Any) -> tuple[str, ...]:
        lines = str(super().clean(value)).splitlines()
        typed = [(number, name.strip()) for number, line in enumerate(lines, 1) for name in re.split(r"[,;]", line)]
        typed = [(number, name) for number, name in typed if name]
        if len(typed) > 1000:
            raise ValidationError("Najednou jde zapsat nejvýš 1 000 obcí. Zapište raději celé ORP nebo kraj.")
        found, problems = municipalities_named(list(dict.fromkeys(name for _, name in typed)))
        if problems:
            # Of a single line nobody has to be told which one it is.
            which = "{}. řádek: {}" if len(lines) > 1 else "{1}"
            raise ValidationError([which.format(at, problems[name]) for at, name in typed if name in problems])
        return tuple(sorted(found))


def municipalities_named(names: list[str]) -> tuple[set[str], dict[str, str]]:
    """Codes of municipalities, and a sentence for each name that leads to none or to more of them. One query for
    names written right, a few more for each that was not."""
    plain = {name: (_NAMESAKE.fullmatch(name) or [name, name, ""]) for name in names}
    wanted = {match[1].strip() for match in plain.values()}
    rows = Municipality.objects.select_related("district")
    by_name: dict[str, list[Municipality]] = {}
    for row in rows.filter(name__in=wanted) | rows.filter(code__in=[name for name in wanted if name.isdigit()]):
        for known_as in (row.name, row.code):
            by_name.setdefault(known_as, []).append(row)
    found: set[str] = set()
    problems: dict[str, str] = {}
    for name, match in plain.items():
        asked, district = match[1].strip(), slugify(match[2])
        candidates = by_name.get(asked) or _spelled(asked)
        if district:
            candidates = [row for row in candidates if district in (row.code, slugify(row.district.name))]
        if len(candidates) == 1:
            found.add(candidates[0].code)
        elif candidates:
            choices = ", ".join(written_as(row.code for row in candidates[:6]).values())
            problems[name] = f"Obcí jménem „{name[:60]}“ je víc. Napište, kterou myslíte: {choices}."
        else:
            problems[name] = f"Obec „{name[:60]}“ neznáme.{_perhaps(asked)}"
    return found, problems


def _perhaps(name: str) -> str:
    """What the name may have meant: municipalities with the same first two letters that look alike."""
    slug = slugify(name)
    if len(slug) < 3:
        return ""
    rows = Municipality.objects.filter(slug__startswith=slug[:2]).values_list("code", "name")
    spelled: dict[str, list[str]] = {}
    for code, known in rows:
        spelled.setdefault(slugify(known), []).append(code)
    alike = [code for near in get_close_matches(slug, spelled, n=3, cutoff=0.75) for code in spelled[near]]
    return f" Nemyslíte: {', '.join(written_as(alike[:5]).values())}?" if alike else ""


def written_as(codes: Iterable[str]) -> dict[str, str]:
    """Code -> "Lhota (okres Jičín)", as `municipalities_named` reads it back; namesakes in one district are told
    apart by their codes: "Lhota (572659)". Two queries."""
    rows = list(Municipality.objects.filter(code__in=list(codes)).select_related("district").order_by("name", "code"))
    names = Municipality.objects.filter(name__in={row.name for row in rows}).values_list("name", "district_id")
    times = Counter(names)
    return {
        row.code: f"{row.name} (okres {row.district.name})"
        if times[row.name, row.district_id] == 1
        else f"{row.name} ({row.code})"
        for row in rows
    }


def _spelled(name: str) -> list[Municipality]:
    """The same name whatever its capitals and marks."""
    slug = slugify(name)
    if not slug:
        return []
    rows = Municipality.objects.select_related("district").filter(slug__startswith=slug)[:200]
    return [row for row in rows if slugify(row.name) == slug]


class OrpsField(forms.CharField):
    """ORPs by name, one a line."""

    widget = forms.Textarea

    def clean(self, value: Any) -> tuple[str, ...]:
        names = [name.strip() for name in re.split(r"[\n,;]", str(super().clean(value))) if name.strip()]
        known = {slugify(orp.name): orp.code for orp in Orp.objects.all()} if names else {}
        missing = [name for name in names if slugify(name) not in known]
        if missing:
            raise ValidationError([f"ORP „{name[:60]}“ neznáme." for name in missing])
        return tuple(sorted({known[slugify(name)] for name in names}))


# --- the form and its rows -------------------------------------------------------------------------------------


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class OrpChoices(forms.CheckboxSelectMultiple):
    """ORPs of the whole country are two hundred: each region is a group of its own that says how many are ticked."""

    template_name = "catalogue/controls/orps.html"

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        groups = super().optgroups(name, value, attrs)
        return [(region and _with_count(region, options), options, index) for region, options, index in groups]


def _with_count(region: str, options: list[dict[str, Any]]) -> str:
    ticked = ", ".join(str(option["label"]) for option in options if option["selected"])
    return f"{region}: {ticked}" if ticked else region


class ServiceFields(forms.Form):
    """What a service says of itself. Fields owned by an import are taken out for an imported service."""

    name = forms.CharField(label="Název", max_length=250)
    kind = forms.ModelChoiceField(Kind.objects.none(), label="Druh", to_field_name="key", empty_label="Vyberte")
    provider = forms.CharField(
        label="Kdo ji poskytuje", max_length=250, help_text="Název organizace. Když ji ještě nemáme, založíme ji."
    )
    ico = forms.RegexField(
        r"^\d{8}$",
        label="IČO poskytovatele",
        required=False,
        help_text="Osm číslic, i s nulami na začátku.",
        error_messages={"invalid": "IČO má osm číslic."},
    )
    started_on = forms.DateField(
        label="Funguje od", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    target_note = LinesField(label="Upřesnění, komu slouží", required=False, max_length=2000, widget=_area(2))
    whole_region = forms.ModelChoiceField(
        Region.objects.none(), label="Působí v celém kraji", required=False, empty_label="ne"
    )

    plain_text = LinesField(
        label="Co služba dělá, jednoduše",
        required=False,
        max_length=5000,
        widget=_area(5),
        help_text="Jeden odstavec, jako byste to říkali sousedce.",
    )
    easy_read = LinesField(
        label="Snadné čtení",
        required=False,
        max_length=5000,
        widget=_area(6),
        help_text="Jedna myšlenka na řádek. Krátké věty, žádné zkratky, čísla číslicemi.",
    )
    how_to_get = LinesField(
        label="Jak ji získat", required=False, max_length=3000, widget=_area(4), help_text="Jeden krok na řádek."
    )
    waiting = forms.CharField(label="Čekací doba", required=False, max_length=200)
    cost = forms.ChoiceField(label="Cena", required=False, choices=[("", "nevíme"), *Cost.choices])
    cost_note = LinesField(label="Podrobněji o ceně", required=False, max_length=2000, widget=_area(2))
    target_groups = forms.MultipleChoiceField(label="Pro koho", required=False, widget=forms.CheckboxSelectMultiple)
    age_groups = forms.MultipleChoiceField(label="Věk", required=False, widget=forms.CheckboxSelectMultiple)
    features = forms.MultipleChoiceField(label="Vlastnosti", required=False, widget=forms.CheckboxSelectMultiple)
    municipalities = MunicipalitiesField(
        label="Obce, kam dojíždí",
        required=False,
        widget=_area(4),
        help_text="Na každý řádek jednu, třeba Jičín. Stejná jména rozlište okresem: Lhota (okres Jičín).",
    )
    orps = forms.MultipleChoiceField(
        label="ORP, kam dojíždí celé",
        required=False,
        widget=OrpChoices,
        help_text="Zaškrtněte ORP, ve kterých přijedete do každé obce. Jejich obce už pak nepište.",
        error_messages={"invalid_choice": "ORP „%(value)s“ neznáme."},
    )
    verified_on = forms.DateField(
        label="Naposledy ověřeno",
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="Kdy jste si u poskytovatele ověřili, že to na kartě platí.",
    )
    verified_by = forms.CharField(
        label="Kdo to ověřil",
        required=False,
        max_length=100,
        help_text="Třeba poskytovatel nebo koordinátorka. Na kartě to uvidí každý, jméno psát nemusíte.",
    )

    # The last one: from here on the name hides the module.
    forms = forms.MultipleChoiceField(label="Forma", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, service: Service | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.imported = drafts.is_imported(service)
        for name, rows in (("kind", Kind.objects.order_by("order", "name")), ("whole_region", Region.objects.all())):
            cast(ModelChoiceField[Any], self.fields[name]).queryset = rows
        taken = _given_by_source(service) if service is not None and self.imported else set()
        self._keys("forms", Form.objects.values_list("key", "name"))
        self._keys("target_groups", TargetGroup.objects.values_list("key", "plain"), taken)
        self._keys("age_groups", AgeGroup.objects.values_list("key", "name"), taken)
        cast(MultipleChoiceField, self.fields["orps"]).choices = _orps_by_region()
        self._keys("features", Feature.objects.values_list("key", "name"))
        if self.imported:
            for name in drafts.LOCKED:
                del self.fields[name]

    def _keys(self, name: str, pairs: Iterable[tuple[str, str]], without: Iterable[str] = ()) -> None:
        chosen = cast(MultipleChoiceField, self.fields[name])
        chosen.choices = [pair for pair in pairs if pair[0] not in set(without)]


def _orps_by_region() -> list[Any]:
    """ORPs to tick; of more regions under the names of the regions."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for code, name, region in Orp.objects.order_by("region__name", "name").values_list("code", "name", "region__name"):
        groups.setdefault(region, []).append((code, name))
    return next(iter(groups.values())) if len(groups) == 1 else list(groups.items())


def _given_by_source(service: Service) -> set[str]:
    """Groups that came with the register: shown, not offered."""
    targets = service.servicetargetgroup_set.exclude(source=Source.LOCAL).values_list("target_group__key", flat=True)
    ages = service.serviceagegroup_set.exclude(source=Source.LOCAL).values_list("age_group__key", flat=True)
    return {*targets, *ages}


class ContactForm(forms.Form):
    channel = forms.ChoiceField(label="Druh", choices=Contact.Channel.choices, required=False)
    value = forms.CharField(label="Číslo nebo adresa", max_length=250, required=False)
    note = forms.CharField(label="Poznámka", max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        value, channel = cleaned.get("value", ""), cleaned.get("channel")
        if value and channel == Contact.Channel.EMAIL:
            forms.EmailField(error_messages={"invalid": f"„{value}“ nevypadá jako e-mail."}).clean(value)
        if value and channel == Contact.Channel.PHONE and sum(sign.isdigit() for sign in value) < 3:
            raise ValidationError(f"„{value}“ nevypadá jako telefonní číslo.")
        if value and channel == Contact.Channel.WEB and ("." not in value or " " in value):
            raise ValidationError(f"„{value}“ nevypadá jako adresa stránek.")
        return cleaned


class PlaceForm(forms.Form):
    """A facility with its hours, a field for each day (`hours_1` to `hours_7`)."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    secret = forms.BooleanField(label="Adresa je utajená (smažeme ji a nikde neukážeme)", required=False)
    name = forms.CharField(label="Název místa", max_length=250, required=False)
    street = forms.CharField(label="Ulice a číslo", max_length=200, required=False)
    postal_code = forms.RegexField(
        r"^\d{3}\s?\d{2}$", label="PSČ", required=False, error_messages={"invalid": "PSČ má pět číslic."}
    )
    municipality = forms.CharField(
        label="Obec", max_length=120, required=False, help_text="Na mapě bude místo ve středu obce."
    )
    step_free = forms.ChoiceField(label="Vchod bez schodů", choices=YES_NO, required=False)
    lift = forms.ChoiceField(label="Výtah", choices=YES_NO, required=False)
    accessible_toilet = forms.ChoiceField(label="Bezbariérová toaleta", choices=YES_NO, required=False)
    reserved_parking = forms.ChoiceField(label="Vyhrazené parkování", choices=YES_NO, required=False)
    guide_dog = forms.ChoiceField(label="Vstup s vodicím psem", choices=YES_NO, required=False)
    access_grade = forms.ChoiceField(
        label="Pro lidi na vozíku", choices=[("", "nevíme"), *AccessGrade.choices], required=False
    )
    entrance_steps = forms.IntegerField(label="Schodů u vchodu", min_value=0, max_value=200, required=False)
    inside_steps = forms.IntegerField(label="Schodů uvnitř", min_value=0, max_value=500, required=False)
    access_checked_on = forms.DateField(
        label="Kdy jste to zjišťovali", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    access_note = forms.CharField(label="Jak se k vám dostanou", max_length=300, required=False)
    holidays = forms.ChoiceField(label="O svátcích", choices=[("", "nevíme"), *Holidays.choices], required=False)
    special_days = SpecialDaysField(
        label="Výjimky z otevírací doby",
        required=False,
        widget=_area(2),
        help_text="Jedna na řádek: 24. 12. 2026 – 1. 1. 2027 zavřeno (Vánoce), nebo 23. 12. 2026 8.00–12.00.",
    )

    def __init__(
        self, *args: Any, locked: dict[int, PlaceDraft], details: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.details = [key for key, _name in details]
        for key, name in details:
            self.fields[f"detail_{key}"] = forms.ChoiceField(
                label=name[:1].upper() + name[1:], choices=YES_NO, required=False
            )
        for day, weekday in enumerate(WEEKDAYS, start=1):
            self.fields[f"hours_{day}"] = HoursField(label=str(weekday).capitalize(), required=False, max_length=300)
        self.locked_place = locked.get(self._id())
        if self.locked_place is not None:
            for name in drafts.ADDRESS:
                del self.fields[name]

    def _id(self) -> int:
        given = str((self.data.get(self.add_prefix("id")) if self.is_bound else self.initial.get("id")) or "")
        return int(given) if given.isdecimal() and given.isascii() else 0

    @property
    def hours_fields(self) -> list[forms.BoundField]:
        return [self[f"hours_{day}"] for day in range(1, 8)]

    @property
    def access_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in drafts.YES_NO_ACCESS]

    @property
    def barrier_errors(self) -> bool:
        return any(self.errors.get(name) for name in drafts.ACCESS)

    @property
    def detail_fields(self) -> list[forms.BoundField]:
        return [self[f"detail_{key}"] for key in self.details]

    def clean_municipality(self) -> str | None:
        name = self.cleaned_data["municipality"].strip()
        if not name:
            return None
        found, problems = municipalities_named([name])
        if problems:
            raise ValidationError(list(problems.values()))
        return found.pop()

    def clean_postal_code(self) -> str:
        return "".join(self.cleaned_data["postal_code"].split())

    def place(self) -> PlaceDraft:
        said = self.cleaned_data
        hours = [
            Stretch(day, opens, closes, note)
            for day in range(1, 8)
            for opens, closes, note in said.get(f"hours_{day}", [])
        ]
        where = self.locked_place or PlaceDraft(**{name: said[name] for name in drafts.ADDRESS})
        if where.secret:
            return PlaceDraft(id=said.get("id"), secret=True)
        address = {name: getattr(where, name) for name in drafts.ADDRESS}
        times = {"hours": tuple(sorted(hours)), "holidays": said["holidays"], "special_days": said["special_days"]}
        return PlaceDraft(id=said.get("id"), **address, **self._access(), **times)

    def _access(self) -> dict[str, Any]:
        said = self.cleaned_data
        plain = {name: said[name] for name in drafts.ACCESS}
        answers = {name: ANSWERS[said[name]] for name in drafts.YES_NO_ACCESS}
        known = [(key, ANSWERS[said[f"detail_{key}"]]) for key in sorted(self.details)]
        details = tuple(AccessAnswer(key, answer) for key, answer in known if answer is not None)
        return {**plain, **answers, "access_details": details}


ContactRows = forms.formset_factory(ContactForm, extra=2, can_delete=True, max_num=30)
PlaceRows = forms.formset_factory(PlaceForm, extra=1, can_delete=True, max_num=400, absolute_max=500)


class ServiceEdit:
    """The whole page of a service: fields and rows of contacts, places, vacancies, photos and documents.

    `person` is who types: the author of what is said about vacancies, and whose kept files the page may use.
    `also` are keys of more files that it may use (those of a draft that waits for approval).
    """

    def __init__(
        self,
        service: Service | None,
        stored: Draft,
        data: QueryDict | None = None,
        sent: MultiValueDict[str, UploadedFile[bytes]] | None = None,
        *,
        person: Any = None,
        also: Iterable[str] = (),
    ) -> None:
        self.stored, self.person = stored, person
        faults: dict[str, list[str]] = {}
        if data is not None and sent and person is not None:
            data = _with_kept(data, sent, person, faults)
        towns = written_as(place.municipality for place in stored.places if place.municipality)
        details = list(AccessDetail.objects.values_list("key", "name"))
        self.form = ServiceFields(data, service=service, initial=_initial(stored))
        self.contacts = ContactRows(
            data,
            prefix="kontakt",
            initial=[{"channel": c.channel, "value": c.value, "note": c.note} for c in stored.contacts],
        )
        self.places = PlaceRows(
            data,
            prefix="misto",
            initial=[_place_initial(place, towns) for place in stored.places],
            form_kwargs={"locked": _locked_places(service, stored), "details": details},
        )
        self.vacancies = VacancyRows(
            data,
            prefix="volno",
            initial=[{name: getattr(one, name) for name in VACANCY} for one in stored.vacancies],
            form_kwargs={
                "form_keys": list(Form.objects.values_list("key", "name")),
                "unit_keys": list(CapacityUnit.objects.values_list("key", "many")),
            },
        )
        known = stored.files | set(also)
        of_file = {"known": known, "faults": faults, "person": person}
        self.photos = PhotoRows(
            data,
            prefix="fotka",
            initial=[{"file": p.file, "alt": p.alt, "order": n} for n, p in enumerate(stored.photos, start=1)],
            form_kwargs=of_file,
        )
        self.documents = DocumentRows(
            data,
            prefix="dokument",
            initial=[{"file": one.file, "title": one.title, "kind": one.sort} for one in stored.documents],
            form_kwargs=of_file,
        )

    @cached_property
    def near_orp(self) -> str:
        """The ORP whose municipalities the map offers first: of the first one served, else of the first place."""
        places = [place.municipality for place in self.stored.places if place.municipality]
        codes = [*self.stored.municipalities[:1], *places[:1]]
        return self.stored.orps[0] if self.stored.orps else _orp_of(codes[0]) if codes else ""

    @property
    def row_sets(self) -> list[Any]:
        return [self.contacts, self.places, self.vacancies, self.photos, self.documents]

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), *(rows.is_valid() for rows in self.row_sets)])

    @property
    def row_errors(self) -> list[str]:
        """Errors of the rows, for the summary above the form (fields say them once more)."""
        rows = [row for one in self.row_sets for row in one.forms]
        return [str(error) for row in rows for errors in row.errors.values() for error in errors]

    def draft(self) -> Draft:
        """What the person wants; fields that belong to an import stay as they are stored."""
        said = self.form.cleaned_data
        values = {name: said[name] for name in said}
        for name in ("target_groups", "age_groups", "features", "forms", "orps"):
            if name in values:
                values[name] = tuple(sorted(values[name]))
        if "kind" in values:
            values["kind"] = values["kind"].key
            values["whole_region"] = values["whole_region"].pk if values["whole_region"] else None
        kept = {name: getattr(self.stored, name) for name in drafts.LOCKED if name not in values}
        return Draft(
            **kept,
            **values,
            contacts=self._contacts(),
            places=self._places(),
            vacancies=self._vacancies(),
            photos=photos_of(self.photos.forms),
            documents=documents_of(self.documents.forms),
        )

    def _vacancies(self) -> tuple[VacancyDraft, ...]:
        before = dict(enumerate(self.stored.vacancies))
        rows = (
            row.vacancy(before.get(n), self.person) for n, row in enumerate(self.vacancies.forms) if row.cleaned_data
        )
        return tuple(one for one in rows if one is not None)

    def _contacts(self) -> tuple[ContactDraft, ...]:
        rows = (row for row in self.contacts.cleaned_data if row.get("value") and not row.get("DELETE"))
        return tuple(ContactDraft(row["channel"], row["value"].strip(), row["note"].strip()) for row in rows)

    def _places(self) -> tuple[PlaceDraft, ...]:
        """Rows that say anything; a locked one cannot be deleted."""
        places = []
        for row in self.places.forms:
            said = row.cleaned_data  # empty for a row that nobody touched
            if not said or (said.get("DELETE") and row.locked_place is None):
                continue
            place = row.place()
            if place != PlaceDraft():
                places.append(place)
        return tuple(places)


def _with_kept(
    data: QueryDict, sent: MultiValueDict[str, UploadedFile[bytes]], person: Any, faults: dict[str, list[str]]
) -> QueryDict:
    """What was typed, with the key of a kept file in place of each file sent: it survives an error elsewhere in the
    form and the save of somebody else. What is wrong with a file goes into `faults` by the prefix of its row."""
    typed = data.copy()
    for name, upload in sent.items():
        found = _UPLOAD.fullmatch(name)
        if found is None or not isinstance(upload, UploadedFile):
            continue
        sort: Literal["image", "document"] = "image" if found[1] == "fotka" else "document"
        prefix = f"{found[1]}-{found[2]}"
        try:
            typed[f"{prefix}-file"] = files.keep(upload=upload, sort=sort, actor=person, public=False).key
        except ValidationError as refusal:
            faults[prefix] = refusal.messages
    return typed


def _orp_of(municipality: str) -> str:
    return Municipality.objects.filter(pk=municipality).values_list("orp_id", flat=True).first() or ""


def _locked_places(service: Service | None, stored: Draft) -> dict[int, PlaceDraft]:
    """Places whose address belongs to an import."""
    if service is None:
        return {}
    imported = set(service.facilities.filter(source__in=drafts.IMPORTED).values_list("pk", flat=True))
    return {place.id: place for place in stored.places if place.id in imported}


def _initial(stored: Draft) -> dict[str, Any]:
    initial = {name: getattr(stored, name) for name in drafts.LABELS}
    return initial | {
        "municipalities": "\n".join(written_as(stored.municipalities).values()),
    }


def _place_initial(place: PlaceDraft, towns: dict[str, str]) -> dict[str, Any]:
    hours = {f"hours_{day}": hours_text(one for one in place.hours if one.weekday == day) for day in range(1, 8)}
    return {
        "id": place.id,
        "name": place.name,
        "secret": place.secret,
        "street": place.street,
        "postal_code": place.postal_code,
        "municipality": towns.get(place.municipality or "", ""),
        **{name: getattr(place, name) for name in (*drafts.ACCESS, "holidays")},
        **{name: FROM_ANSWER[getattr(place, name)] for name in drafts.YES_NO_ACCESS},
        **{f"detail_{one.detail}": FROM_ANSWER[one.answer] for one in place.access_details},
        "special_days": special_days_text(place.special_days),
        **hours,
    }


class EndForm(forms.Form):
    day = forms.DateField(
        label="Poslední den",
        widget=forms.DateInput({"type": "date"}),
        error_messages={"required": "Napište den, kdy služba končí.", "invalid": "Napište den jako 31. 12. 2026."},
    )


class DeskFilter(forms.Form):
    """What of the catalogue to list; anything unknown in the address is passed over."""

    STATES = [("", "všechny"), ("public", "zveřejněné"), ("hidden", "skryté"), ("ended", "ukončené")]

    q = forms.CharField(label="Název služby nebo poskytovatele", required=False, max_length=100)
    stav = forms.ChoiceField(label="Stav", choices=STATES, required=False)
    zdroj = forms.ChoiceField(label="Zdroj", choices=[("", "všechny"), *Source.choices], required=False)
    druh = forms.ModelChoiceField(
        Kind.objects.order_by("order", "name"), label="Druh", to_field_name="key", empty_label="všechny", required=False
    )

    def asked(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data
