"""Forms of preparing a consultation: what is on view, when, by what rules; how it is announced, cancelled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.forms import ModelChoiceField
from django.utils import timezone
from django.utils.formats import date_format

from portal.accounts import spans
from portal.accounts.rules import Range, held
from portal.catalogue.desk_forms import LinesField
from portal.chapters.models import Chapter
from portal.documents.models import Document, DocumentVersion
from portal.documents.rules import may_edit_document
from portal.editions.models import Edition
from portal.fulfilment.models import ActionPlan
from portal.groups.models import Group
from portal.groups.rules import readable_groups
from portal.meetings.models import Meeting
from portal.plan.models import Plan
from portal.territory.asking import meant
from words.plural import counted

from . import actions, network, rules, texts
from .models import Consultation
from .texts import Source

MOST_OFFERED = 100
LAST_MOMENT = time(23, 59, 59)
# Fields of the actions that the form calls otherwise.
NAMES = {"opens_at": "opens", "closes_at": "closes", **{str(one): "text" for one in Source if one != Source.FILE}}


def _day(label: str, hint: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        help_text=hint,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Napište den jako 31. 12. 2028."},
    )


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class HearingField(ModelChoiceField[Meeting]):
    """Meetings by their day: their names are often the same."""

    def label_from_instance(self, obj: Meeting) -> str:
        when = date_format(timezone.localtime(obj.starts_at), "j. n. Y G.i")
        return f"{when}, {obj.group.short}" + (f": {obj.title}" if obj.title else "")


class ConsultationForm(forms.Form):
    """A new consultation, or one that exists; of an announced one only what may still change."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        label="Název",
        max_length=200,
        help_text="Třeba „Návrh komunitního plánu 2027–2030“.",
        error_messages={"required": "Napište, jak se řízení jmenuje."},
    )
    text = forms.ChoiceField(
        label="Text, ke kterému se lidé vyjádří",
        required=False,
        help_text="U plánu bez vydání uděláme při vyhlášení vydání k připomínkám sami. "
        "Síť služeb sestavíme z katalogu; co do ní patří, upřesníte, až řízení uložíte.",
    )
    upload = forms.FileField(
        label="Nebo nahrajte soubor",
        required=False,
        help_text="DOCX nebo PDF s textem. Z DOCX se zachovají nadpisy, seznamy i tabulky.",
        widget=forms.FileInput(attrs={"accept": ".docx,.pdf"}),
    )
    where = forms.CharField(
        label="Pro které území",
        max_length=120,
        required=False,
        help_text="Obec, „ORP Svornov“ nebo kraj. U plánu ho známe, nechte prázdné.",
    )
    about = LinesField(
        label="O co jde",
        required=False,
        max_length=3000,
        widget=_area(4),
        help_text="Dvě tři věty pro veřejnost: co se chystá a proč na tom záleží.",
    )
    opens = _day("Připomínky od", "Od tohoto dne je text k přečtení.")
    closes = _day("Připomínky do", "Včetně tohoto dne. Potom se z připomínky stane podnět.")
    hearing = HearingField(
        Meeting.objects.none(),
        label="Veřejné projednání",
        required=False,
        empty_label="zatím žádné",
        help_text="Jednání skupiny, na které může přijít každý. Nejdřív ho naplánujte u skupiny.",
    )
    short_reason = forms.CharField(
        label="Proč je lhůta kratší",
        max_length=300,
        required=False,
        help_text="Jen když lhůty nestačí na to, co žádá metodika. Důvod čte i veřejnost.",
    )
    printed_at = forms.CharField(
        label="Kde je vytištěný text",
        max_length=300,
        required=False,
        help_text="Dům, patro, dveře a hodiny. Tam lidé přinesou i připomínky na papíře.",
    )
    who = forms.ChoiceField(
        label="Kdo smí na webu připomínkovat", choices=Consultation.Who.choices,
        initial=Consultation.Who.EVERYONE, widget=forms.RadioSelect,
        help_text="Číst text a připomínky může vždycky každý.",
    )  # fmt: skip
    showing = forms.ChoiceField(
        label="Kdy se připomínka ukáže na webu", choices=Consultation.Showing.choices,
        initial=Consultation.Showing.CHECKED, widget=forms.RadioSelect,
    )  # fmt: skip
    reason_needed = forms.BooleanField(label="Připomínka musí mít zdůvodnění", required=False, initial=True)
    name_needed = forms.BooleanField(label="Připomínka musí mít jméno nebo organizaci", required=False)
    email_needed = forms.BooleanField(label="Připomínka musí mít e-mail", required=False)
    decides = forms.ModelChoiceField(
        Group.objects.none(),
        label="Kdo rozhoduje o věcných připomínkách",
        required=False,
        empty_label="koordinátor",
        help_text="Obvykle řídící skupina. O formálních připomínkách rozhodujete sami.",
    )

    def __init__(self, person: Any, *args: Any, consultation: Consultation | None = None, **kwargs: Any) -> None:
        self.person, self.consultation = person, consultation
        if consultation is not None:
            kwargs.setdefault("initial", _initial(consultation))
        super().__init__(*args, **kwargs)
        groups = readable_groups(person).filter(closed_on=None).distinct()
        cast(ModelChoiceField[Group], self.fields["decides"]).queryset = groups
        cast(ModelChoiceField[Meeting], self.fields["hearing"]).queryset = _hearings(groups, consultation)
        cast(forms.ChoiceField, self.fields["text"]).choices = list(offered_texts(person, consultation))
        if consultation is not None:
            del self.fields["where"]
            if consultation.state != Consultation.State.PREPARED:
                for name in set(self.fields) - {"seen", "closes"} - set(actions.AFTER_ANNOUNCING):
                    del self.fields[name]

    def clean_upload(self) -> UploadedFile[bytes] | None:
        upload: UploadedFile[bytes] | None = self.cleaned_data["upload"]
        if upload is not None and not (upload.name or "").lower().endswith(texts.READ):
            raise ValidationError("Nahrajte DOCX nebo PDF.")
        return upload

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("text") and said.get("upload"):
            self.add_error("upload", "Vyberte text, nebo nahrajte soubor. Oboje najednou nejde.")
        if "where" in self.fields and "text" not in self.errors:
            try:
                said["span"] = self._span(said)
            except ValidationError as refusal:
                self.add_error("where", refusal)
        return said

    def _span(self, said: dict[str, Any]) -> tuple[str, str, str]:
        source, row = self.chosen()
        plan = row if source == Source.PLAN else getattr(row, "plan", None)
        if plan is not None:
            return plan.span_kind, plan.span_code, plan.span_name
        if said.get("where"):
            return meant(said["where"], held(self.person, *rules.STAFF))
        mine = {(one.kind, one.code) for one in held(self.person, *rules.STAFF) if one.kind != Range.SITE}
        if len(mine) == 1:
            kind, code = next(iter(mine))
            return kind, code, spans.name(kind, code)
        raise ValidationError("Napište, pro které území řízení je.")

    def chosen(self) -> tuple[Source | None, Any]:
        """The source and its row; the rows offered are those that the person may put on view."""
        source, _, key = self.cleaned_data.get("text", "").partition(":")
        if not key:
            return None, None
        of = Source(source)
        if of == Source.NETWORK:
            chosen = self.consultation and self.consultation.network
            return of, network.ALL if chosen is None else chosen
        return of, MODELS[of].objects.get(pk=key)

    def wanted(self) -> dict[str, Any]:
        """Values of actions.OF_CONSULTATION but the file, which the view keeps first."""
        said = self.cleaned_data
        values = {name: said[name] for name in actions.OF_CONSULTATION if name in said}
        if "opens" in said:
            values["opens_at"] = _moment(said["opens"], time())
        values["closes_at"] = _moment(said["closes"], LAST_MOMENT)
        if "span" in said:
            values |= dict(zip(actions.OF_SPAN, said["span"], strict=True))
        if "text" in said and said["text"] != KEEP:
            source, row = self.chosen()
            values |= {str(one): None for one in Source}
            if source is not None:
                values[str(source)] = row
        return values


KEEP = "file:"  # the file that was handed in before
TERRITORY = f"{Source.NETWORK}:uzemi"  # services of the territory; which of them, says another page
MODELS: dict[Source, Any] = {
    Source.PLAN: Plan,
    Source.EDITION: Edition,
    Source.CHAPTER: Chapter,
    Source.ACTION_PLAN: ActionPlan,
    Source.DOCUMENT: DocumentVersion,
}


def _moment(day: Any, hour: time) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, hour)) if day else None


def _initial(consultation: Consultation) -> dict[str, Any]:
    source = texts.source_of(consultation)
    if source in (None, Source.FILE, Source.NETWORK):
        chosen = {Source.FILE: KEEP, Source.NETWORK: TERRITORY}.get(source, "") if source else ""
    else:
        chosen = f"{source}:{getattr(consultation, f'{source}_id')}"
    days = {
        name: timezone.localdate(moment) if moment else None
        for name, moment in (("opens", consultation.opens_at), ("closes", consultation.closes_at))
    }
    same = ("title", "about", "short_reason", "printed_at", *actions.OF_RULES, "hearing")
    values = {name: getattr(consultation, name) for name in same}
    return {**values, **days, "text": chosen, "seen": consultation.version}


def _hearings(groups: Any, consultation: Consultation | None) -> Any:
    """Meetings to come that the person reads at the desk, and the one that is chosen."""
    ahead = Q(group__in=groups.values("pk"), starts_at__gt=timezone.now())
    kept = Q(pk=consultation.hearing_id if consultation else None)
    return Meeting.objects.standing().filter(ahead | kept).select_related("group").order_by("starts_at")


def offered_texts(person: Any, consultation: Consultation | None = None) -> Iterator[tuple[str, Any]]:
    """Choices of what can be put on view, by the sort of thing: what the person may edit."""
    yield ("", "zatím nic")
    if consultation is not None and consultation.file is not None:
        yield (KEEP, f"soubor {consultation.file.name}")
    plans = spans.rows_in(Plan.objects.all(), held(person, *rules.STAFF)).order_by("-starts_on")
    by_plan = {one.pk: one for one in plans[:MOST_OFFERED]}
    open_plans = [one for one in by_plan.values() if one.is_open]
    yield from _choices("Celý plán, jak je teď rozepsaný", Source.PLAN, ((one.pk, one.title) for one in open_plans))
    editions = Edition.objects.light().filter(plan__in=by_plan).order_by("-made_at")[:MOST_OFFERED]
    yield from _choices("Vydání plánu", Source.EDITION, ((one.pk, _of_plan(one, by_plan)) for one in editions))
    chapters = Chapter.objects.standing().filter(plan__in=[one.pk for one in open_plans]).order_by("plan", "order")
    yield from _choices(
        "Kapitola", Source.CHAPTER, ((one.pk, _of_plan(one, by_plan)) for one in chapters[:MOST_OFFERED])
    )
    action_plans = ActionPlan.objects.defer("frozen").filter(plan__in=by_plan).order_by("-year")[:MOST_OFFERED]
    yield from _choices("Akční plán", Source.ACTION_PLAN, ((one.pk, _of_plan(one, by_plan)) for one in action_plans))
    yield from _choices("Dokument", Source.DOCUMENT, _documents(person))
    yield ("Síť služeb", [(TERRITORY, "Síť služeb v území")])


def _choices(name: str, source: Source, rows: Iterable[tuple[int, str]]) -> Iterator[tuple[str, Any]]:
    if made := [(f"{source}:{pk}", words) for pk, words in rows]:
        yield (name, made)


def _of_plan(one: Any, plans: dict[int, Plan]) -> str:
    return f"{plans[one.plan_id].title}: {one}"


def _documents(person: Any) -> Iterator[tuple[int, str]]:
    """Versions in force that are a DOCX or a PDF."""
    rows = DocumentVersion.objects.in_force().select_related("document", "file").defer("text")
    standing = rows.filter(document__in=Document.objects.standing()).order_by("-added_at")[:MOST_OFFERED]
    for one in standing:
        if one.file.name.lower().endswith(texts.READ) and may_edit_document(person, one.document):
            yield one.pk, f"{one.document} (verze {one.number})"


class AnnounceForm(forms.Form):
    """What goes out with the announcement; `members` and `followers` are how many would get a letter."""

    article = forms.BooleanField(
        label="Připravit článek do aktualit",
        required=False,
        initial=True,
        help_text="Uloží se jako koncept. Zveřejníte ho, až si ho přečtete.",
    )
    members = forms.BooleanField(label="Poslat dopis členům skupin", required=False, initial=True)
    followers = forms.BooleanField(label="Poslat dopis lidem, kteří sledují opatření", required=False, initial=True)

    def __init__(self, data: Any = None, *, members: int, followers: int, may_write: bool) -> None:
        super().__init__(data)
        self.fields["members"].help_text = f"Skupiny vašeho území: {counted(members, 'adresa', 'adresy', 'adres')}."
        people = counted(followers, "adresa", "adresy", "adres")
        self.fields["followers"].help_text = f"{people}. Kdo dostane dopis jako člen, druhý nedostane."
        # Nobody is asked about what would reach nobody.
        for name, makes_sense in (("article", may_write), ("members", members), ("followers", followers)):
            if not makes_sense:
                del self.fields[name]


class CancelForm(forms.Form):
    reason = forms.CharField(
        label="Proč se řízení ruší",
        max_length=300,
        help_text="Přečte si to každý, kdo na stránku řízení přijde.",
        error_messages={"required": "Napište, proč se řízení ruší. Lidé se ptají."},
    )
