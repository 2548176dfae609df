"""Forms of meetings: one meeting, a series, items of the agenda, the answer to an invitation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms import ChoiceField, ModelChoiceField
from django.utils import timezone

from portal.catalogue.desk_forms import LinesField
from portal.groups.models import Group
from portal.web import refusals

from . import series
from .models import AgendaItem, Invitee, Meeting
from .when import WEEKDAYS, in_words

LONGEST_NUMBER = 600


# Fields of an action that the form splits into a day and hours.
NAMES = {"starts_at": "day", "ends_at": "ends"}


def refused(bound: forms.BaseForm, refusal: ValidationError) -> None:
    """What an action refused; days and hours at the fields that the form splits them into."""
    refusals.refused(bound, refusal, NAMES)


def day_field(label: str, *, required: bool = True, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Napište den.", "invalid": "Napište den jako 31. 12. 2028."},
    )


class ClockField(forms.TimeField):
    """An hour as people write it: 9, 9.30, 9:30."""

    def __init__(self, label: str) -> None:
        super().__init__(
            label=label,
            widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
            input_formats=["%H:%M", "%H.%M", "%H:%M:%S", "%H"],
            error_messages={"required": "Napište hodinu.", "invalid": "Napište hodinu jako 9.30."},
        )


def text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class _Place(forms.Form):
    """Where and how a meeting is held."""

    way = forms.ChoiceField(
        label="Jak se jedná", choices=Meeting.Way.choices, widget=forms.RadioSelect, initial=Meeting.Way.PLACE
    )
    place = forms.CharField(label="Místo", max_length=200, required=False, help_text="Dům, ulice a místnost.")
    place_note = forms.CharField(
        label="Jak se tam dostat",
        max_length=300,
        required=False,
        help_text="Vchod, patro, výtah, bezbariérový přístup, parkování.",
    )
    online_url = forms.URLField(
        label="Odkaz na on-line jednání",
        required=False,
        error_messages={"invalid": "Napište celou adresu, třeba https://schuzky.example.cz/abc."},
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        way = cleaned.get("way")
        if way != Meeting.Way.ONLINE and not cleaned.get("place"):
            self.add_error("place", "Napište, kde se jedná.")
        if way == Meeting.Way.PLACE:
            cleaned["online_url"] = ""
        return cleaned


class MeetingForm(_Place):
    title = forms.CharField(
        label="Název", max_length=200, required=False, help_text="Prázdný doplníme zkratkou skupiny."
    )
    day = day_field("Den")
    begins = ClockField("Od")
    ends = ClockField("Do")
    note = LinesField(label="Poznámka v pozvánce", required=False, widget=text_area(3), max_length=2000)

    field_order = ["title", "day", "begins", "ends", "way", "place", "place_note", "online_url", "note"]

    def __init__(self, data: Any = None, *, meeting: Meeting | None = None, **kwargs: Any) -> None:
        if meeting is not None:
            names = ("title", "way", "place", "place_note", "online_url", "note")
            kwargs["initial"] = {name: getattr(meeting, name) for name in names} | {
                "day": meeting.day,
                "begins": timezone.localtime(meeting.starts_at).time(),
                "ends": timezone.localtime(meeting.ends_at).time(),
            }
        super().__init__(data, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        begins, ends = cleaned.get("begins"), cleaned.get("ends")
        if begins and ends and ends <= begins:
            self.add_error("ends", "Jednání nemůže skončit dřív, než začne.")
        return cleaned

    def wanted(self) -> dict[str, Any]:
        """Values of actions.OF_MEETING."""
        said = dict(self.cleaned_data)
        day, begins, ends = said.pop("day"), said.pop("begins"), said.pop("ends")
        said.pop("group", None), said.pop("shown", None), said.pop("urgent_reason", None)
        return said | {"starts_at": moment(day, begins), "ends_at": moment(day, ends)}


def moment(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))


class NewMeeting(MeetingForm):
    group = forms.ModelChoiceField(
        Group.objects.none(), label="Skupina", empty_label=None, error_messages={"required": "Vyberte skupinu."}
    )
    shown = forms.BooleanField(label="Hned ukázat na webu", required=False, initial=True)

    field_order = ["group", *MeetingForm.field_order, "shown"]

    def __init__(self, groups: Iterable[Group], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        cast(ModelChoiceField[Group], self.fields["group"]).queryset = cast(Any, groups)


class ChangeMeeting(MeetingForm):
    urgent_reason = forms.CharField(
        label="Důvod kratší lhůty",
        max_length=300,
        required=False,
        help_text="Potřebujeme ho, jen když nový termín nedodrží lhůtu pro pozvánku.",
    )


class SeriesForm(_Place):
    """A year of meetings at once."""

    HOLIDAYS = [
        ("move", "přesunout na nejbližší pracovní den"),
        ("skip", "vynechat"),
        ("keep", "nechat, jak vyjde"),
    ]
    group = forms.ModelChoiceField(
        Group.objects.none(), label="Skupina", empty_label=None, error_messages={"required": "Vyberte skupinu."}
    )
    title = forms.CharField(label="Název", max_length=200, required=False, help_text="Stejný pro všechna jednání.")
    rule = forms.ChoiceField(
        label="Jak často",
        choices=[("month", "určitý den v měsíci"), ("weeks", "jednou za několik týdnů")],
        widget=forms.RadioSelect,
        initial="month",
    )
    which = forms.TypedChoiceField(
        label="Který v měsíci",
        coerce=int,
        choices=[(1, "první"), (2, "druhý"), (3, "třetí"), (4, "čtvrtý"), (series.LAST, "poslední")],
        initial=2,
    )
    weekday = forms.TypedChoiceField(
        label="Den v týdnu", coerce=int, choices=[(at, name) for at, name in enumerate(WEEKDAYS[:5])], initial=1
    )
    months = forms.IntegerField(label="Jednou za kolik měsíců", min_value=1, max_value=12, initial=1)
    weeks = forms.IntegerField(label="Jednou za kolik týdnů", min_value=1, max_value=26, initial=4)
    first = day_field("Od", hint="Při opakování po týdnech je to den prvního jednání.")
    last = day_field("Do")
    begins = ClockField("Začátek")
    ends = ClockField("Konec")
    on_holiday = forms.ChoiceField(
        label="Když vyjde na státní svátek", choices=HOLIDAYS, widget=forms.RadioSelect, initial="move"
    )
    shown = forms.BooleanField(label="Hned ukázat na webu", required=False, initial=True)

    field_order = [
        "group", "title", "rule", "which", "weekday", "months", "weeks", "first", "last", "begins", "ends",
        "on_holiday", "way", "place", "place_note", "online_url", "shown",
    ]  # fmt: skip

    def __init__(self, groups: Iterable[Group], data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        cast(ModelChoiceField[Group], self.fields["group"]).queryset = cast(Any, groups)
        for name in ("which", "weekday", "months", "weeks"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", "Konec nemůže být dřív než začátek.")
        elif first and last and last - first > timedelta(days=2 * 366):
            self.add_error("last", "Najednou jde naplánovat nejvýš dva roky.")
        begins, ends = cleaned.get("begins"), cleaned.get("ends")
        if begins and ends and ends <= begins:
            self.add_error("ends", "Jednání nemůže skončit dřív, než začne.")
        return cleaned

    def days(self) -> tuple[list[series.Planned], list[series.Skipped]]:
        said = self.cleaned_data
        if said["rule"] == "weeks":
            rule = series.every_weeks(said["first"], said["last"], said.get("weeks") or 4)
        else:
            weekday = said["weekday"] if said.get("weekday") not in (None, "") else 1
            rule = series.monthly(
                said["first"],
                said["last"],
                weekday=weekday,
                which=said.get("which") or 2,
                months=said.get("months") or 1,
            )
        return series.planned(rule, said["on_holiday"])

    def common(self) -> dict[str, Any]:
        """What all meetings of the series have in common."""
        return {name: self.cleaned_data[name] for name in ("title", "way", "place", "place_note", "online_url")}


# --- agenda ----------------------------------------------------------------------------------------------------


class ItemForm(forms.Form):
    title = forms.CharField(label="Název bodu", max_length=300, error_messages={"required": "Napište název bodu."})
    text = LinesField(label="O co jde", required=False, widget=text_area(4), max_length=5000)
    sort = forms.ChoiceField(
        label="Druh", choices=AgendaItem.Sort.choices, widget=forms.RadioSelect, initial=AgendaItem.Sort.DISCUSSION
    )
    minutes = forms.IntegerField(
        label="Kolik minut", required=False, min_value=1, max_value=LONGEST_NUMBER, widget=forms.NumberInput
    )
    leader = forms.CharField(label="Kdo bod vede", max_length=150, required=False)

    def __init__(self, data: Any = None, *, item: AgendaItem | None = None) -> None:
        names = ("title", "text", "sort", "minutes", "leader")
        super().__init__(data, initial={name: getattr(item, name) for name in names} if item else None)


class TieForm(forms.Form):
    about = forms.CharField(
        label="Čeho se bod týká",
        max_length=300,
        help_text="Začněte psát kód nebo název opatření, nebo název služby, a vyberte z nabídky.",
        error_messages={"required": "Napište opatření nebo službu."},
    )


class PaperForm(forms.Form):
    document = forms.CharField(
        label="Podklad",
        max_length=300,
        help_text="Začněte psát název dokumentu a vyberte z nabídky.",
        error_messages={"required": "Napište název dokumentu."},
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Důvod", max_length=300, error_messages={"required": "Napište důvod."})


class CallForm(forms.Form):
    urgent_reason = forms.CharField(
        label="Proč to tentokrát nejde podle jednacího řádu", max_length=300, required=False
    )


# --- answers ---------------------------------------------------------------------------------------------------


class AnswerForm(forms.Form):
    """The whole answer; on the page of the letter its buttons stand for `says`."""

    says = forms.ChoiceField(
        label="Odpověď",
        choices=Invitee.Answer.choices[1:],
        widget=forms.RadioSelect,
        error_messages={"required": "Vyberte, jestli přijdete."},
    )
    reason = forms.CharField(label="Důvod omluvy", max_length=300, required=False)
    substitute = forms.CharField(label="Kdo přijde za vás", max_length=150, required=False)
    substitute_email = forms.EmailField(
        label="E-mail náhradníka",
        max_length=254,
        required=False,
        help_text="Pošleme mu pozvánku a událost do kalendáře. Když ho nevyplníte, vyřiďte mu všechno sami.",
        error_messages={"invalid": "Napište e-mail jako jana@example.org."},
    )
    online = forms.BooleanField(label="Připojím se on-line", required=False)

    def __init__(self, data: Any = None, *, invitee: Invitee) -> None:
        names = ("reason", "substitute", "substitute_email", "online")
        super().__init__(data, initial={name: getattr(invitee, name) for name in names} | {"says": invitee.answer})
        if invitee.meeting.way != Meeting.Way.HYBRID:
            del self.fields["online"]
        if invitee.answer == Invitee.Answer.WAITING:
            cast(ChoiceField, self.fields["says"]).initial = None

    def said(self) -> dict[str, Any]:
        held = self.cleaned_data
        names = ("says", "reason", "substitute", "substitute_email", "online")
        return {name: held[name] for name in names if name in held}


class ReportForm(forms.Form):
    """Meetings that a report goes to; `nearest` are ticked at the beginning."""

    meetings = forms.TypedMultipleChoiceField(
        label="Na která jednání",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Vyberte aspoň jedno jednání."},
    )
    sort = forms.ChoiceField(
        label="Co s ní skupina udělá", choices=AgendaItem.Sort.choices, initial=AgendaItem.Sort.DISCUSSION
    )
    text = forms.CharField(
        label="O co jde",
        required=False,
        max_length=4000,
        help_text="Přečte si to i veřejnost, když je jednání na webu.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, meetings: list[Meeting], nearest: list[Meeting], data: Any = None) -> None:
        initial = {"meetings": [one.pk for one in nearest]}
        super().__init__(data, initial=initial)
        self.known = {one.pk: one for one in meetings}
        cast(forms.TypedMultipleChoiceField, self.fields["meetings"]).choices = [
            (one.pk, f"{one.group}, {in_words(one.starts_at, one.ends_at)}") for one in meetings
        ]

    def wanted(self) -> dict[str, Any]:
        chosen = [self.known[pk] for pk in self.cleaned_data["meetings"]]
        return {"meetings": chosen, "sort": self.cleaned_data["sort"], "text": self.cleaned_data["text"]}
