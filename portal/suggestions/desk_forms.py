"""Forms of the desk: one small form for each thing that may be done with a suggestion, and writing one down."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from portal.accounts import spans
from portal.accounts.models import Grant
from portal.accounts.rules import held
from portal.catalogue.desk_forms import LinesField
from portal.catalogue.models import TargetGroup
from portal.groups import rules as group_rules
from portal.groups.models import Group
from portal.meetings import rules as meeting_rules
from portal.meetings import subjects
from portal.meetings.models import Meeting
from portal.meetings.when import day_in_words
from portal.plan.models import Node
from portal.territory.asking import meant
from portal.territory.models import Municipality
from words.visible import visible, visible_line

from . import rules
from .desk_actions import ANSWER, NOTE
from .forms import LONGEST, TargetGroupsField
from .models import Origin, Suggestion

OPEN_MEETINGS = (Meeting.State.PLANNED, Meeting.State.CALLED)


def lines(label: str, hint: str = "", *, rows: int = 3, most: int = NOTE, needed: str = "") -> LinesField:
    return LinesField(
        label=label,
        help_text=hint,
        required=bool(needed),
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": needed},
    )


def note(hint: str = "Bude to v dopise a na webu. Nechte prázdné, když není co dodat.") -> LinesField:
    return lines("Poznámka pro autora", hint, rows=2)


class DeedForm(forms.Form):
    """Carries the version that the person looked at. Ids tell the forms of one page apart."""

    key = ""
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, person: Any, suggestion: Suggestion, data: Any = None) -> None:
        self.person, self.suggestion = person, suggestion
        super().__init__(data, initial={"seen": suggestion.version} | self.first(), auto_id=f"{self.key}-%s")

    def first(self) -> dict[str, Any]:
        return {}

    def wanted(self) -> dict[str, Any]:
        """What the action takes besides the suggestion, the version and the actor."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class ShowForm(DeedForm):
    key = "na-web"
    title = forms.CharField(
        label="Nadpis na webu", max_length=150, error_messages={"required": "Na webu nesmí být prázdno."}
    )
    public_text = lines(
        "Znění na web",
        "Vynechte, podle čeho by šlo poznat člověka nebo jeho nemoc. Původní znění zůstane jen u vás.",
        rows=8,
        most=LONGEST,
        needed="Na webu nesmí být prázdno.",
    )

    def first(self) -> dict[str, Any]:
        return {"title": self.suggestion.title, "public_text": self.suggestion.words}


class HideForm(DeedForm):
    key = "z-webu"


class TakeForm(DeedForm):
    key = "prijmout"
    note = note("Bude to v děkovném dopise. Nechte prázdné, když není co dodat.")


class AssignForm(DeedForm):
    key = "skupina"
    group = forms.ModelChoiceField(
        Group.objects.none(),
        label="Která skupina",
        empty_label="vyberte",
        error_messages={"required": "Vyberte skupinu.", "invalid_choice": "Takovou skupinu tu nemáme."},
    )
    note = note()

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        groups = group_rules.seen_groups(self.person).working_now().distinct()
        cast("forms.ModelChoiceField[Group]", self.fields["group"]).queryset = groups


class MeetingField(forms.ModelChoiceField[Meeting]):
    def label_from_instance(self, obj: Meeting) -> str:
        return f"{obj.group.name}: {day_in_words(timezone.localtime(obj.starts_at).date())}"


class PutForm(DeedForm):
    key = "jednani"
    meeting = MeetingField(
        Meeting.objects.none(),
        label="Které jednání",
        empty_label="vyberte",
        error_messages={"required": "Vyberte jednání.", "invalid_choice": "Takové jednání tu není."},
    )
    note = note()

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        coming = meeting_rules.led_meetings(self.person).filter(state__in=OPEN_MEETINGS, ends_at__gt=timezone.now())
        field = cast(MeetingField, self.fields["meeting"])
        field.queryset = coming.select_related("group").order_by("starts_at").distinct()


class LinkForm(DeedForm):
    key = "opatreni"
    measure = forms.CharField(
        label="Které opatření",
        max_length=400,
        help_text="Začněte psát kód nebo název.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Napište, které opatření."},
    )
    note = note()

    def clean_measure(self) -> Node:
        found = subjects.named(self.cleaned_data["measure"], self.person).thing
        if not isinstance(found, Node):
            raise ValidationError("To je služba. Podnět se propojuje s opatřením plánu.")
        return found

    def wanted(self) -> dict[str, Any]:
        return {"node": self.cleaned_data["measure"], "note": self.cleaned_data["note"]}


class NodeForm(DeedForm):
    """A deed with one of the linked measures."""

    node = forms.ModelChoiceField(Node.objects.none(), widget=forms.HiddenInput)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        linked = self.suggestion.measures.select_related("plan", "level")
        cast("forms.ModelChoiceField[Node]", self.fields["node"]).queryset = linked


class UnlinkForm(NodeForm):
    key = "odpojit"


class EvidenceForm(NodeForm):
    key = "doklad"


class AnswerForm(DeedForm):
    key = "odpoved"
    answer = lines(
        "Odpověď",
        "Pošleme ji autorovi a ukážeme u podnětu na webu.",
        rows=7,
        most=ANSWER,
        needed="Napište odpověď.",
    )

    def first(self) -> dict[str, Any]:
        return {"answer": self.suggestion.answer}


class JoinForm(DeedForm):
    key = "spojit"
    to = forms.IntegerField(
        label="Číslo podnětu, který říká totéž",
        min_value=1,
        max_value=2**31 - 1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "Napište číslo podnětu.", "invalid": "Napište číslo, třeba 12."},
    )

    def clean_to(self) -> Suggestion:
        number: int = self.cleaned_data["to"]
        found = rules.triaged(self.person).filter(number=number).first()
        if found is None:
            raise ValidationError(f"Podnět č. {number} mezi vašimi není.")
        return found


class PartForm(DeedForm):
    key = "rozpojit"


class DeclineForm(DeedForm):
    key = "odmitnout"
    reason = lines(
        "Proč se jím nebudeme zabývat",
        "Laskavě a jasně. Autor to dostane v dopise a uvidí na své stránce, na webu to nebude.",
        needed="Napište proč. Autor se to dozví.",
    )


class ReopenForm(DeedForm):
    key = "otevrit"
    note = note()


class NoteForm(DeedForm):
    key = "poznamka"
    text = lines("Poznámka pro nás", "Na webu ani v dopise nikdy nebude.", most=2000, needed="Napište poznámku.")


# --- writing one down --------------------------------------------------------------------------------------------


def territory() -> forms.CharField:
    return forms.CharField(
        label="Pro které území",
        max_length=120,
        help_text="Obec, „ORP Svornov“ nebo kraj. Podle něj se pozná, kdo podnět čte.",
        error_messages={"required": "Napište, kterého území se podnět týká."},
    )


class SpanForm(forms.Form):
    """A form that asks about the territory; whoever has a single one finds it filled in."""

    where = territory()

    def __init__(self, person: Any, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        self.person = person
        mine = {(one.kind, one.code) for one in held(person, *rules.STAFF)}
        if len(mine) == 1 and next(iter(mine))[0] != Grant.Range.SITE:
            self.fields["where"].initial = spans.name(*next(iter(mine)))

    def clean_where(self) -> tuple[str, str, str]:
        return meant(self.cleaned_data["where"], held(self.person, *rules.STAFF))


class EnterForm(SpanForm):
    origin = forms.ChoiceField(
        label="Jak přišel",
        choices=[(one.value, one.label) for one in Origin if one != Origin.WEB],
        widget=forms.RadioSelect,
        initial=Origin.PHONE,
        error_messages={"required": "Vyberte, jak podnět přišel."},
    )
    received_on = forms.DateField(
        label="Kdy přišel",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Napište den.", "invalid": "Napište den jako 31. 12. 2026."},
    )
    sort = forms.ChoiceField(label="Co to je", choices=Suggestion.Sort.choices)
    title = forms.CharField(
        label="Stručně, jednou větou", max_length=150, error_messages={"required": "Napište jednou větou, o co jde."}
    )
    text = lines("O co jde", "Přepište, co člověk řekl nebo napsal.", rows=7, most=LONGEST, needed="Napište, o co jde.")
    target_groups = TargetGroupsField(
        TargetGroup.objects.none(), label="Koho se týká", required=False, widget=forms.CheckboxSelectMultiple
    )
    name = forms.CharField(
        label="Jméno", max_length=150, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    name_public = forms.BooleanField(
        label="Jméno smí být na webu", required=False, help_text="Jen když to člověk výslovně řekl."
    )
    email = forms.EmailField(
        label="E-mail",
        required=False,
        help_text="Přijde na něj prosba o potvrzení. Bez potvrzení tam další dopisy nechodí.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": "E-mail má vypadat třeba takhle: jana@priklad.cz."},
    )
    field_order = ["origin", "received_on", "where", "sort", "title", "text"]

    def __init__(self, person: Any, data: Any = None) -> None:
        super().__init__(person, data, initial={"received_on": timezone.localdate()})
        cast(TargetGroupsField, self.fields["target_groups"]).queryset = TargetGroup.objects.all()

    def clean_received_on(self) -> Any:
        day = self.cleaned_data["received_on"]
        if day > timezone.localdate():
            raise ValidationError("Podnět nemohl přijít až v budoucnu.")
        return day

    def clean_title(self) -> str:
        return self._seen("title", visible_line(self.cleaned_data["title"]))

    def clean_text(self) -> str:
        return self._seen("text", visible(self.cleaned_data["text"]))

    def _seen(self, name: str, text: str) -> str:
        if not text:
            raise ValidationError(self.fields[name].error_messages["required"])
        return text

    def wanted(self) -> dict[str, Any]:
        """What `suggestion_enter` takes; of a town the suggestion knows the town as well."""
        said = dict(self.cleaned_data)
        day, span = said.pop("received_on"), said.pop("where")
        now = timezone.now()
        noon = timezone.make_aware(datetime.combine(day, time(12)))
        town = {"municipality": _town(span[1])} if span[0] == Grant.Range.MUNICIPALITY else {}
        return said | town | {"span": span, "received_at": now if day == timezone.localdate() else noon}


def _town(code: str) -> Municipality | None:
    return Municipality.objects.filter(pk=code).first()


class SearchForm(SpanForm):
    question = forms.CharField(max_length=120, widget=forms.HiddenInput)
