"""Forms of the register and of the page where one comment is settled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from portal.accounts.models import Person
from portal.groups.forms import VersionedForm, day, text_area
from portal.groups.models import Group, Side
from portal.meetings.models import AgendaItem, Meeting
from portal.sitting.models import Motion
from words.visible import visible, visible_line

from . import register, settling
from .models import Comment, Consultation
from .register import Wanted
from .settling import Authority

Decision = Comment.Decision
REASON_NEEDED = "Napište odůvodnění. Bez něj připomínka vypořádaná není."


def choice(form: forms.Form, name: str) -> Any:
    """A field whose choices are known only with the form."""
    return form.fields[name]


class Lines(forms.CharField):
    """A text of lines without signs that nobody sees."""

    def __init__(self, rows: int, **told: Any) -> None:
        super().__init__(widget=text_area(rows), **told)

    def to_python(self, value: Any) -> str:
        return visible(str(super().to_python(value) or ""))


class Line(forms.CharField):
    def to_python(self, value: Any) -> str:
        return visible_line(str(super().to_python(value) or ""))


class FilterForm(forms.Form):
    """What the register shows; every field may stay empty."""

    q = forms.CharField(label="Číslo nebo slova", max_length=100, required=False)
    stav = forms.ChoiceField(label="Stav", required=False)
    komu = forms.ChoiceField(label="Komu je přidělená", required=False)
    druh = forms.ChoiceField(label="Druh", choices=[("", "všechny"), *Comment.Kind.choices], required=False)
    strana = forms.ChoiceField(label="Za koho", choices=[("", "za kohokoli"), *Side.choices], required=False)
    misto = forms.CharField(label="Odstavec nebo opatření", max_length=30, required=False)
    po_terminu = forms.BooleanField(label="jen po termínu", required=False)
    zvlast = forms.BooleanField(label="stejné ukázat zvlášť", required=False)
    razeni = forms.ChoiceField(
        label="Seřadit", choices=[(key, words) for key, (words, _) in register.ORDERS.items()], required=False
    )

    def __init__(self, data: Any, groups: Iterable[tuple[int, str]]) -> None:
        super().__init__(data, auto_id="najit_%s")
        states = [(key, words) for key, words, _ in register.STATES]
        given = [(register.MINE, "mně nebo mé skupině"), (register.NOBODY, "nikomu")]
        self._choices("stav", [("", "všechny"), *states])
        self._choices("komu", [("", "komukoli"), *given, *((str(pk), name) for pk, name in groups)])

    def _choices(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        choice(self, name).choices = list(choices)

    def wanted(self) -> Wanted:
        """What could be understood; a value that is none of the choices asks for nothing."""
        self.is_valid()
        said = self.cleaned_data
        return Wanted(
            text=said.get("q", ""),
            state=said.get("stav", ""),
            kind=said.get("druh", ""),
            side=said.get("strana", ""),
            given_to=said.get("komu", ""),
            place=said.get("misto", ""),
            overdue=said.get("po_terminu", False),
            apart=said.get("zvlast", False),
            order=said.get("razeni") or register.FIRST_ORDER,
        )


# --- what a person may do with comments -----------------------------------------------------------------------------


class ShowForm(VersionedForm):
    pass


class RefuseForm(VersionedForm):
    reason = Line(
        label="Proč ji vyřazujete",
        max_length=300,
        help_text="Třeba urážka, reklama nebo osobní údaje jiných lidí. Důvod bude veřejný a dozví se ho autor.",
        error_messages={"required": "Napište, proč připomínku vyřazujete."},
    )


class KindForm(VersionedForm):
    kind = forms.ChoiceField(label="Správný druh", choices=Comment.Kind.choices)
    reason = Line(label="Proč druh měníte", max_length=300, error_messages={"required": "Napište, proč druh měníte."})


class TwinForm(VersionedForm):
    number = forms.IntegerField(
        label="Číslo připomínky, se kterou je stejná",
        min_value=1,
        max_value=1_000_000,
        error_messages={"required": "Napište číslo připomínky.", "invalid": "Napište číslo, třeba 12."},
    )


class NoteForm(forms.Form):
    text = Lines(
        3,
        label="Poznámka",
        max_length=settling.LONGEST_NOTE,
        help_text="Vidí ji jen ti, kdo připomínku vypořádávají.",
        error_messages={"required": "Napište poznámku."},
    )


class AssignForm(VersionedForm):
    group = forms.ModelChoiceField(Group.objects.none(), label="Skupina", required=False, empty_label="žádná")
    person = forms.ModelChoiceField(Person.objects.none(), label="Člověk", required=False, empty_label="nikdo")
    due_on = day("Termín")

    def __init__(self, data: Any = None, *, people: Any, groups: Any, **more: Any) -> None:
        super().__init__(data, **more)
        choice(self, "group").queryset = groups
        choice(self, "person").queryset = people

    def clean_due_on(self) -> date | None:
        due: date | None = self.cleaned_data["due_on"]
        if due is not None and due < timezone.localdate() and "due_on" in self.changed_data:
            raise forms.ValidationError("Termín už minul. Vyberte pozdější den.")
        return due


def decision_field(label: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=Decision.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Vyberte, jak připomínku vypořádat."},
    )


class ProposeForm(VersionedForm):
    decision = decision_field("Jak ji navrhujete vypořádat")
    reason = Lines(4, label="Proč", max_length=settling.LONGEST_REASON, error_messages={"required": REASON_NEEDED})


class DecideForm(VersionedForm):
    """`by` is who decides: "motion:12", "item:7", nothing for the coordinator."""

    decision = decision_field("Vypořádání")
    reason = Lines(
        5,
        label="Odůvodnění",
        max_length=settling.LONGEST_REASON,
        help_text="Bude veřejné a dostane ho autor. Pište, jako byste mu odpovídali.",
        error_messages={"required": REASON_NEEDED},
    )
    by = forms.ChoiceField(label="Kdo rozhodl", required=False)
    alone = Line(
        label="Proč o věcné připomínce rozhodujete bez jednání",
        max_length=settling.LONGEST_ALONE,
        required=False,
        help_text="Vyplňte jen u věcné připomínky, když rozhodujete sami. Bude to veřejné.",
    )
    # The new text of the paragraph and the one that the person began from.
    text = forms.CharField(
        label="Nové znění odstavce",
        required=False,
        strip=False,
        max_length=20_000,
        widget=text_area(6),
        help_text="Použije se, jen když připomínku přijmete. Prázdné pole odstavec vypustí.",
    )
    seen_text = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, consultation: Consultation, person: Any, **more: Any) -> None:
        super().__init__(data, **more)
        self.authorities: dict[str, Authority] = {}
        votes, items = [], []
        for motion in register.votes(consultation, person):
            self.authorities[f"motion:{motion.pk}"] = Authority(motion=motion)
            votes.append((f"motion:{motion.pk}", vote_words(motion)))
        for item in register.items(consultation, person):
            self.authorities[f"item:{item.pk}"] = Authority(item=item)
            items.append((f"item:{item.pk}", item_words(item)))
        choices: list[Any] = [("", "koordinátor, bez jednání")]
        choices += [(words, rows) for words, rows in (("Hlasování", votes), ("Bod jednání", items)) if rows]
        choice(self, "by").choices = choices
        if consultation.decides_id is not None:
            del self.fields["alone"]

    def authority(self) -> Authority:
        said = self.cleaned_data
        return self.authorities.get(said.get("by", ""), Authority(alone=said.get("alone", "")))


class DecideManyForm(DecideForm):
    """One decision for many; texts are changed one by one."""

    def __init__(self, *said: Any, **more: Any) -> None:
        super().__init__(*said, **more)
        del self.fields["text"], self.fields["seen_text"]


def vote_words(motion: Motion) -> str:
    closed = timezone.localtime(motion.closed_at) if motion.closed_at else None
    day_words = f"{closed:%-d. %-m. %Y}, " if closed else ""
    came = "přijato" if motion.adopted else "nepřijato"
    return f"{day_words}{motion.group.short}: {str(motion)[:80]} ({came})"


def item_words(item: AgendaItem) -> str:
    start = timezone.localtime(item.meeting.starts_at)
    return f"{start:%-d. %-m. %Y}, {item.meeting.group.short}: {item.title[:80]}"


class ReopenForm(VersionedForm):
    reason = Line(
        label="Proč vypořádání otevíráte", max_length=300, error_messages={"required": "Napište, proč ho otevíráte."}
    )


class AmendForm(VersionedForm):
    text = forms.CharField(
        label="Nové znění odstavce",
        required=False,
        strip=False,
        max_length=20_000,
        widget=text_area(6),
        help_text="Prázdné pole odstavec vypustí.",
    )
    seen_text = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)


class MeetingForm(VersionedForm):
    meeting = forms.ModelChoiceField(
        Meeting.objects.none(),
        label="Jednání",
        empty_label=None,
        error_messages={
            "required": "Vyberte jednání.",
            "invalid_choice": "Na program tohohle jednání už dát nic nejde.",
        },
    )

    def __init__(self, data: Any = None, *, consultation: Consultation, person: Any, **more: Any) -> None:
        super().__init__(data, **more)
        # A sliced set cannot be asked for one row; the choices are few.
        numbers = [one.pk for one in register.coming(consultation, person)]
        field = choice(self, "meeting")
        field.queryset = Meeting.objects.filter(pk__in=numbers).select_related("group").order_by("starts_at")
        field.label_from_instance = meeting_words

    @property
    def offers(self) -> bool:
        return bool(choice(self, "meeting").queryset)


def meeting_words(meeting: Any) -> str:
    start = timezone.localtime(meeting.starts_at)
    return f"{start:%-d. %-m. %Y %-H.%M}, {meeting.group.short}"


class MotionForm(VersionedForm):
    motion = forms.ChoiceField(
        label="Hlasování, které návrhy přijalo", error_messages={"required": "Vyberte hlasování."}
    )

    def __init__(self, data: Any = None, *, consultation: Consultation, person: Any, **more: Any) -> None:
        super().__init__(data, **more)
        self.votes = {str(one.pk): one for one in register.votes(consultation, person) if one.adopted}
        choice(self, "motion").choices = [(key, vote_words(one)) for key, one in self.votes.items()]

    @property
    def offers(self) -> bool:
        return bool(self.votes)
