"""What is typed at a meeting: guests, times, motions, counts, ballots."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone

from portal.groups.models import Membership, Side
from portal.meetings.models import AgendaItem, Meeting

from .models import Ballot, Motion, Presence
from .voting_actions import Counts

FOR_WHOM = [("", "neřeknu"), *((one.value, one.label) for one in Side)]


class ClockField(forms.TimeField):
    """A time of the meeting's day; `clean` of the form puts the day to it."""

    def __init__(self, label: str, **more: Any) -> None:
        widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        super().__init__(label=label, required=False, widget=widget, **more)


def on_day(day: date, clock: Any) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, clock)) if clock is not None else None


class GuestForm(forms.Form):
    name = forms.CharField(
        label="Jméno", max_length=150, error_messages={"required": "Napište jméno."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    organisation = forms.CharField(label="Odkud je", max_length=200, required=False)
    side = forms.ChoiceField(label="Za koho je tu", choices=FOR_WHOM, required=False)


class SubstituteForm(forms.Form):
    """One of the named substitutes, or a name."""

    substitute = forms.ModelChoiceField(
        label="Jmenovaný náhradník", queryset=Membership.objects.none(), required=False, empty_label="někdo jiný"
    )
    name = forms.CharField(
        label="Jméno náhradníka", max_length=150, required=False, help_text="Vyplňte, když přišel někdo jiný."
    )
    organisation = forms.CharField(label="Odkud je", max_length=200, required=False)

    def __init__(self, *args: Any, named: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        choice: Any = self.fields["substitute"]
        choice.queryset = named
        if not named.exists():
            del self.fields["substitute"]
            self.fields["name"].help_text = ""


class DetailForm(forms.Form):
    arrived_at = ClockField("Příchod")
    left_at = ClockField("Odchod")
    online = forms.BooleanField(label="Je na jednání on-line", required=False)
    reason = forms.CharField(label="Omluva", max_length=300, required=False, help_text="Zůstane jen uvnitř skupiny.")

    def __init__(self, row: Presence, data: Any = None) -> None:
        self.row = row
        clocks = {"arrived_at": row.arrived_at, "left_at": row.left_at}
        local = {name: timezone.localtime(value).time() for name, value in clocks.items() if value}
        super().__init__(data, initial={**local, "online": row.online, "reason": row.reason})

    def clean(self) -> dict[str, Any]:
        held = super().clean() or {}
        day = timezone.localdate(self.row.meeting.starts_at)
        return held | {name: on_day(day, held.get(name)) for name in ("arrived_at", "left_at")}


class TimesForm(forms.Form):
    started_at = ClockField("Začalo v")
    ended_at = ClockField("Skončilo v")

    def __init__(self, started_at: datetime, ended_at: datetime | None, data: Any = None) -> None:
        self.day = timezone.localdate(started_at)
        initial = {"started_at": timezone.localtime(started_at).time()}
        if ended_at:
            initial["ended_at"] = timezone.localtime(ended_at).time()
        super().__init__(data, initial=initial)
        self.fields["started_at"].required = True
        self.fields["started_at"].error_messages["required"] = "Napište, kdy jednání začalo."
        if ended_at is None:
            del self.fields["ended_at"]

    def clean(self) -> dict[str, Any]:
        held = super().clean() or {}
        return {
            "started_at": on_day(self.day, held.get("started_at")),
            "ended_at": on_day(self.day, held.get("ended_at")),
        }


class SheetForm(forms.Form):
    sheet = forms.FileField(
        label="Podepsaná listina", help_text="Sken nebo fotka. Uvidí ji jen lidé ze skupiny.",
        error_messages={"required": "Vyberte soubor."},
    )  # fmt: skip


class RecogniseForm(forms.Form):
    member = forms.ModelChoiceField(
        label="Je to člen skupiny", queryset=Membership.objects.none(), empty_label="vyberte",
        error_messages={"required": "Vyberte, kdo to je.", "invalid_choice": "Vyberte, kdo to je."},
    )  # fmt: skip

    def __init__(self, *args: Any, members: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        choice: Any = self.fields["member"]
        choice.queryset = members


# --- votes -------------------------------------------------------------------------------------------------------


class MotionForm(forms.Form):
    item = forms.ModelChoiceField(
        label="K bodu programu", queryset=AgendaItem.objects.none(), required=False, empty_label="mimo body programu"
    )
    text = forms.CharField(
        label="O čem se hlasuje", widget=forms.Textarea(attrs={"rows": 3}), max_length=3000,
        error_messages={"required": "Napište, o čem se hlasuje."},
        help_text="Tak, jak to bude v usnesení: „Skupina schvaluje…“",
    )  # fmt: skip
    way = forms.ChoiceField(label="Jak", choices=Motion.Way.choices, initial=Motion.Way.HANDS, widget=forms.RadioSelect)

    def __init__(self, meeting: Meeting, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        choice: Any = self.fields["item"]
        choice.queryset = meeting.items.filter(state=AgendaItem.State.APPROVED)


def _count(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=0, max_value=999, widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": "Napište počet, třeba 0.", "invalid": "Napište celé číslo."},
    )  # fmt: skip


class ReasonForm(forms.Form):
    """The reason of a correction; other forms of a count have it only then."""

    reason = forms.CharField(
        label="Proč výsledek opravujete", max_length=300, error_messages={"required": "Napište, proč."}
    )


class CountForm(ReasonForm):
    """By hand count, and what was in the ballot box."""

    votes_for = _count("Pro")
    votes_against = _count("Proti")
    votes_abstained = _count("Zdrželo se")
    field_order: tuple[str, ...] = ("votes_for", "votes_against", "votes_abstained", "reason")

    def __init__(self, *args: Any, correcting: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        if not correcting:
            del self.fields["reason"]

    def counts(self) -> Counts:
        held = self.cleaned_data
        return Counts(held["votes_for"], held["votes_against"], held["votes_abstained"])


class SecretForm(CountForm):
    """With who handed in a ballot; how they voted is asked nowhere."""

    handed = forms.MultipleChoiceField(
        label="Kdo odevzdal lístek", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Komu lístek chybí, toho odškrtněte.",
    )  # fmt: skip
    field_order = ("handed", *CountForm.field_order)

    def __init__(self, *args: Any, voting: Sequence[tuple[int, str]], **more: Any) -> None:
        more.setdefault("initial", {"handed": [str(member) for member, _ in voting]})
        super().__init__(*args, **more)
        choice: Any = self.fields["handed"]
        choice.choices = [(str(member), name) for member, name in voting]

    def handed_in(self) -> Collection[int]:
        return [int(one) for one in self.cleaned_data["handed"]]


class NamesForm(ReasonForm):
    """A choice for each voice; none means that they did not vote."""

    def __init__(
        self,
        *args: Any,
        voting: Sequence[tuple[int, str]],
        said: Mapping[int, str] | None = None,
        correcting: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        reason = self.fields.pop("reason")
        for member, name in voting:
            self.fields[f"hlas_{member}"] = forms.ChoiceField(
                label=name,
                required=False,
                choices=[*Ballot.Choice.choices, ("", "nehlasuje")],
                initial=(said or {}).get(member, ""),
                widget=forms.RadioSelect,
            )
        if correcting:
            self.fields["reason"] = reason

    def choices(self) -> dict[int, str]:
        named = {name: value for name, value in self.cleaned_data.items() if name.startswith("hlas_")}
        return {int(name.removeprefix("hlas_")): value for name, value in named.items() if value}


class AskForm(forms.Form):
    text = forms.CharField(
        label="O čem se hlasuje", widget=forms.Textarea(attrs={"rows": 4}), max_length=3000,
        error_messages={"required": "Napište, o čem se hlasuje."},
        help_text="Napište všechno, co je k rozhodnutí potřeba. Lidé nebudou u jednoho stolu, aby se doptali.",
    )  # fmt: skip
    until = forms.DateField(
        label="Hlasuje se do", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Vyberte poslední den.", "invalid": "Vyberte den."},
    )  # fmt: skip
    secret = forms.BooleanField(
        label="Hlasovat tajně",
        required=False,
        help_text="Pak se zapíše jen, kdo hlasoval, a součty. Kdo jak hlasoval, ne.",
    )  # fmt: skip


class BallotForm(forms.Form):
    choice = forms.ChoiceField(
        label="Jak hlasujete?", choices=Ballot.Choice.choices, widget=forms.RadioSelect,
        error_messages={"required": "Vyberte jednu možnost."},
    )  # fmt: skip


class CheckInForm(forms.Form):
    name = forms.CharField(
        label="Vaše jméno", max_length=150, error_messages={"required": "Napište své jméno."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    organisation = forms.CharField(
        label="Odkud jste", max_length=200, required=False, help_text="Organizace nebo obec.",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )  # fmt: skip
    side = forms.ChoiceField(
        label="Přicházíte za", required=False, widget=forms.RadioSelect,
        choices=[
            (Side.COMMISSIONER, "obec nebo kraj"), (Side.PROVIDER, "poskytovatele služeb"),
            (Side.USER, "ty, kdo služby potřebují, a jejich blízké"), (Side.PUBLIC, "veřejnost"), ("", "nechci říct"),
        ],
        initial="",
    )  # fmt: skip
    online = forms.BooleanField(label="Připojuji se on-line", required=False)

    def __init__(self, meeting: Meeting, *args: Any, known: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        if meeting.way == Meeting.Way.PLACE:
            del self.fields["online"]
        if known:
            for name in ("name", "organisation", "side"):
                del self.fields[name]
