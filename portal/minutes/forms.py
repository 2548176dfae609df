"""Forms of minutes and of the registers: labels, hints, reading of input."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django import forms

from portal.groups.models import Group, Membership
from portal.meetings.models import Meeting

from .content import Content
from .models import Minutes, Objection, Section, Task

DAY = {"type": "date"}


def area(label: str, hint: str = "", *, rows: int = 4, required: bool = True, missing: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    errors = {"required": missing} if missing else {}
    return forms.CharField(
        label=label, help_text=hint, required=required, widget=widget, max_length=100_000, error_messages=errors
    )


class HeadForm(forms.Form):
    """Who took the minutes and who verifies them."""

    number = forms.IntegerField(label="Číslo jednání v roce", min_value=1, max_value=999, required=False)
    taken_by = forms.CharField(label="Zapisuje", max_length=150, required=False)
    verifier = forms.CharField(label="Ověřovatel", max_length=150, required=False)


class SectionForm(forms.Form):
    """A section as the browser sends it. White space at the ends of lines is the writer's."""

    text = forms.CharField(required=False, strip=False, max_length=100_000)
    conclusion = forms.CharField(required=False, strip=False, max_length=100_000)
    title = forms.CharField(required=False, max_length=300)
    seen = forms.IntegerField(min_value=0)


class ObjectionForm(forms.Form):
    """By the link of a letter."""

    section = forms.ModelChoiceField(
        label="Ke kterému bodu", queryset=Section.objects.none(), required=False, empty_label="k celému zápisu"
    )
    text = area(
        "S čím nesouhlasíte",
        "Napište, co v zápisu stojí a jak to má být správně.",
        missing="Napište, s čím nesouhlasíte a jak to má být.",
    )

    def __init__(self, minutes: Minutes, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["section"]
        field.queryset = minutes.sections.all()


class DeskObjectionForm(ObjectionForm):
    """For somebody who said it by telephone or on paper."""

    name = forms.CharField(
        label="Kdo námitku podal", max_length=150, error_messages={"required": "Napište, kdo námitku podal."}
    )
    field_order = ("name", "section", "text")


class SettleForm(forms.Form):
    outcome = forms.ChoiceField(
        label="Jak námitka dopadla",
        choices=[("", "Vyberte"), *Objection.Outcome.choices],
        error_messages={"required": "Vyberte, jak námitka dopadla."},
    )
    reason = area(
        "Proč",
        "Důvod dostane ten, kdo námitku podal, a bude i v zápisu. Jméno v něm nebude.",
        rows=3,
        missing="Napište proč. Bez důvodu námitku vypořádat nejde.",
    )


class VerifyForm(forms.Form):
    name = forms.CharField(
        label="Kdo zápis ověřil", max_length=150, error_messages={"required": "Napište, kdo zápis ověřil."}
    )


class ApproveForm(forms.Form):
    at = forms.ModelChoiceField(
        label="Které jednání zápis schválilo",
        queryset=Meeting.objects.none(),
        empty_label="Vyberte",
        error_messages={"required": "Vyberte jednání, které zápis schválilo."},
    )

    def __init__(self, meetings: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["at"]
        field.queryset = meetings
        field.label_from_instance = lambda one: f"{one.day:%-d. %-m. %Y}"


class PublicForm(forms.Form):
    """The public version to edit: texts of sections, conclusions, decisions, tasks."""

    def __init__(self, content: Content, data: Any = None) -> None:
        super().__init__(data)
        self.content = content
        for key, label, text, rows in self._texts():
            self.fields[key] = forms.CharField(
                label=label, initial=text, required=False, strip=False, widget=forms.Textarea(attrs={"rows": rows})
            )

    def _texts(self) -> Iterable[tuple[str, str, str, int]]:
        for at, part in enumerate(self.content.parts):
            if part.text:
                yield f"text-{at}", f"{at + 1}. {part.title}", part.text, 6
            if part.conclusion:
                yield f"conclusion-{at}", f"{at + 1}. {part.title}: závěr", part.conclusion, 2
        for at, decision in enumerate(self.content.decisions):
            yield f"decision-{at}", f"Usnesení {decision.code}", decision.text, 2
        for at, task in enumerate(self.content.tasks):
            yield f"task-{at}", f"Úkol {at + 1}", task.what, 2
        for at, one in enumerate(self.content.objections):
            yield f"objection-{at}", f"Námitka {at + 1}", one.text, 2
            yield f"reason-{at}", f"Námitka {at + 1}: důvod vypořádání", one.reason, 2

    def edited(self) -> Content:
        """The content with what the person wrote."""
        said = {key: text.replace("\r\n", "\n").strip() for key, text in self.cleaned_data.items()}
        parts = tuple(
            replace(part, text=said.get(f"text-{at}", ""), conclusion=said.get(f"conclusion-{at}", ""))
            for at, part in enumerate(self.content.parts)
        )
        decisions = tuple(
            replace(one, text=said.get(f"decision-{at}") or one.text) for at, one in enumerate(self.content.decisions)
        )
        tasks = tuple(
            replace(one, what=said.get(f"task-{at}") or one.what) for at, one in enumerate(self.content.tasks)
        )
        objections = tuple(
            replace(one, text=said.get(f"objection-{at}", ""), reason=said.get(f"reason-{at}", ""))
            for at, one in enumerate(self.content.objections)
        )
        return replace(self.content, parts=parts, decisions=decisions, tasks=tasks, objections=objections)


# --- registers -----------------------------------------------------------------------------------------------------


class TaskFilter(forms.Form):
    STATES = [("otevrene", "otevřené"), ("po-terminu", "po termínu"), ("splnene", "splněné"), ("vse", "všechny")]
    SORTS = [("termin", "podle termínu"), ("skupina", "podle skupiny"), ("novejsi", "od nejnovějších")]
    q = forms.CharField(label="Co nebo kdo", required=False, max_length=100)
    skupina = forms.ModelChoiceField(
        label="Skupina", queryset=Group.objects.none(), required=False, empty_label="všechny"
    )
    stav = forms.ChoiceField(label="Stav", choices=STATES, required=False)
    razeni = forms.ChoiceField(label="Řadit", choices=SORTS, required=False)
    moje = forms.BooleanField(label="jen moje", required=False)

    def __init__(self, groups: Any, *args: Any) -> None:
        super().__init__(*args)
        field: Any = self.fields["skupina"]
        field.queryset = groups

    def asked(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


class DecisionFilter(forms.Form):
    q = forms.CharField(label="Slova nebo číslo", required=False, max_length=100)
    skupina = forms.ModelChoiceField(
        label="Skupina", queryset=Group.objects.none(), required=False, empty_label="všechny"
    )
    rok = forms.IntegerField(label="Rok", required=False, min_value=1990, max_value=2200)

    def __init__(self, groups: Any, *args: Any) -> None:
        super().__init__(*args)
        field: Any = self.fields["skupina"]
        field.queryset = groups

    def asked(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


class TaskForm(forms.Form):
    what = area("Co je potřeba udělat", rows=3, missing="Napište, co je potřeba udělat.")
    membership = forms.ModelChoiceField(
        label="Kdo",
        queryset=Membership.objects.none(),
        required=False,
        empty_label="někdo jiný nebo více lidí",
        help_text="Koho vyberete, tomu před termínem napíšeme.",
    )
    who = forms.CharField(label="Kdo, slovy", max_length=200, required=False, help_text="Třeba „koordinátorka a obce“.")
    until = forms.DateField(label="Do kdy", required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))

    def __init__(self, task: Task, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial",
            {"what": task.what, "membership": task.membership_id, "who": task.who, "until": task.until},
        )
        super().__init__(*args, **kwargs)
        field: Any = self.fields["membership"]
        field.queryset = Membership.objects.current().filter(group_id=task.group_id).order_by("name")


class EvidenceForm(forms.Form):
    evidence = area(
        "Co je hotovo a podle čeho se to pozná",
        "Stačí věta, třeba odkaz na dokument nebo komu jste to předali.",
        rows=3,
        missing="Napište, co je hotovo a podle čeho se to pozná.",
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Proč usnesení neplatí",
        max_length=300,
        help_text="Třeba které usnesení ho zrušilo.",
        error_messages={"required": "Napište, proč usnesení neplatí, třeba které usnesení ho zrušilo."},
    )
