"""Forms of the desk of plans: a plan, its tree, its settings. The card of a measure has its own (card_forms.py)."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import Q
from django.forms import ChoiceField, ModelChoiceField

from portal.accounts import spans
from portal.accounts.rules import Range, held
from portal.catalogue.desk_forms import LinesField
from portal.groups import rules as group_rules
from portal.groups.models import Group
from portal.territory.asking import meant

from . import rules
from .levels import TEMPLATES
from .models import ExtraField, Level, Node, Plan, Resolution
from .setup_actions import AreaRow, FieldRow
from .tree import Line


def day(label: str, *, required: bool = True, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Napište den.", "invalid": "Napište den jako 31. 12. 2028."},
    )


def text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class _PlanFields(forms.Form):
    """What a new plan and one that exists have in common."""

    title = forms.CharField(label="Název plánu", max_length=200, error_messages={"required": "Napište název plánu."})
    starts_on = day("Platí od")
    ends_on = day("Platí do")
    organiser = forms.CharField(
        label="Kdo plánování organizuje", max_length=200, required=False, help_text="Třeba město a jeho odbor."
    )
    follows = forms.ModelChoiceField(
        Plan.objects.none(), label="Navazuje na plán", required=False, empty_label="na žádný"
    )
    above = forms.ModelChoiceField(
        Plan.objects.none(), label="Plán kraje nad ním", required=False, empty_label="žádný v portálu není"
    )

    def __init__(self, person: Any, *args: Any, plan: Plan | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        others = Plan.objects.exclude(pk=plan.pk) if plan else Plan.objects.all()
        mine = others.filter(pk__in=rules.readable_plans(person).values("pk"))
        cast(ModelChoiceField[Plan], self.fields["follows"]).queryset = mine
        cast(ModelChoiceField[Plan], self.fields["above"]).queryset = (mine | others.public()).distinct()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "Plán nemůže skončit dřív, než začne.")
        return cleaned


class PlanForm(_PlanFields):
    """A new plan: for whom, for when, with which levels."""

    where = forms.CharField(
        label="Pro které území",
        max_length=120,
        help_text="Obec, „ORP Svornov“ nebo kraj.",
        error_messages={"required": "Napište, pro které území plán je."},
    )
    template = forms.ChoiceField(
        label="Jak bude plán členěný",
        choices=[(one.key, f"{one.title}: {one.line}") for one in TEMPLATES.values()],
        widget=forms.RadioSelect,
        initial="mesto",
        help_text="Úrovně si hned potom můžete přejmenovat.",
    )
    areas = LinesField(
        label="Oblasti nebo pracovní skupiny",
        required=False,
        widget=text_area(5),
        help_text="Jedna na řádek. Později je můžete změnit.",
    )

    field_order = ["title", "where", "starts_on", "ends_on", "template", "areas", "follows", "above", "organiser"]

    def __init__(self, person: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(person, *args, **kwargs)
        mine = {(one.kind, one.code) for one in held(person, *rules.STAFF)}
        if len(mine) == 1 and not self.is_bound and next(iter(mine))[0] != Range.SITE:
            self.fields["where"].initial = spans.name(*next(iter(mine)))

    def clean_where(self) -> tuple[str, str, str]:
        """Kind, code and name of the territory, one that lies in a range of the person."""
        return meant(self.cleaned_data["where"], held(self.person, *rules.STAFF))

    def clean_areas(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.strip()[:150] for one in self.cleaned_data["areas"].splitlines() if one.strip()))

    def wanted(self) -> dict[str, Any]:
        """What `actions.plan_add` takes."""
        said = dict(self.cleaned_data)
        kind, code, name = said.pop("where")
        return said | {"span_kind": kind, "span_code": code, "span_name": name}


class PlanChange(_PlanFields):
    about = LinesField(
        label="O plánu",
        required=False,
        max_length=5000,
        widget=text_area(5),
        help_text="Pár vět pro veřejnost: čeho chcete dosáhnout a kdo se podílel.",
    )
    shown = forms.BooleanField(label="Návrh je vidět na webu už teď", required=False)

    field_order = ["title", "starts_on", "ends_on", "organiser", "about", "follows", "above", "shown"]

    def __init__(self, person: Any, data: Any = None, *, plan: Plan) -> None:
        names = ("title", "starts_on", "ends_on", "organiser", "about", "follows", "above", "shown")
        super().__init__(person, data, plan=plan, initial={name: getattr(plan, name) for name in names})
        if not plan.is_open:
            del self.fields["starts_on"], self.fields["ends_on"]


# --- the tree ------------------------------------------------------------------------------------------------------


class NodeForm(forms.Form):
    title = forms.CharField(
        label="Název", max_length=300, widget=forms.TextInput(), error_messages={"required": "Napište název."}
    )
    text = LinesField(label="Popis", required=False, widget=text_area(5))


class MoveForm(forms.Form):
    """Where to: under which node, and behind which of its children. Both at once would need a script, so the place
    among the children is first or last; the buttons of the order do the rest."""

    parent = forms.ChoiceField(label="Pod který bod", error_messages={"required": "Vyberte bod."})
    place = forms.ChoiceField(
        label="Kam mezi ostatní",
        choices=[("last", "na konec"), ("first", "na začátek")],
        widget=forms.RadioSelect,
        initial="last",
    )

    def __init__(self, node: Node, lines: list[Line], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        above = [line for line in lines if line.level.depth == node.level.depth - 1]
        field = cast(ChoiceField, self.fields["parent"])
        field.choices = [(str(line.key), f"{line.code} {line.title}") for line in above]
        field.initial = str(node.parent_id)
        self.has_places = bool(above)


# --- settings of a plan --------------------------------------------------------------------------------------------


class LevelForm(forms.Form):
    name = forms.CharField(max_length=60, error_messages={"required": "Napište, jak se úroveň jmenuje."})
    many = forms.CharField(
        label="V množném čísle", max_length=60, error_messages={"required": "Napište název v množném čísle."}
    )

    def __init__(self, data: Any = None, *, level: Level, prefix: str) -> None:
        super().__init__(data, prefix=prefix, initial={"name": level.name, "many": level.many})
        self.fields["name"].label = f"{level.depth}. úroveň ({level.get_role_display()})"


class AreaForm(forms.Form):
    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label="Oblast nebo pracovní skupina", max_length=150, required=False)
    group = forms.TypedChoiceField(label="Stará se o ni skupina", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, choices: list[tuple[Any, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(ChoiceField, self.fields["group"]).choices = choices

    def row(self) -> AreaRow | None:
        said = self.cleaned_data
        name = said.get("name", "").strip()
        return AreaRow(name, said.get("id"), said.get("group")) if name else None


def area_choices(person: Any, plan: Plan) -> list[tuple[Any, str]]:
    """Groups that may look after an area: those working now which the person reads, and those that already do."""
    mine = group_rules.readable_groups(person).working_now().values("pk")
    groups = Group.objects.filter(Q(pk__in=mine) | Q(areas__plan=plan)).distinct()
    return [("", "žádná"), *groups.values_list("pk", "name")]


class FieldForm(forms.Form):
    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label="Název pole", max_length=80, required=False)
    sort = forms.ChoiceField(label="Co se do něj píše", choices=ExtraField.Sort.choices, required=False)
    choices = LinesField(label="Možnosti výběru, jedna na řádek", required=False, widget=text_area(2))

    def clean_sort(self) -> str:
        return self.cleaned_data["sort"] or str(ExtraField.Sort.TEXT)

    def row(self) -> FieldRow | None:
        said = self.cleaned_data
        name = said.get("name", "").strip()
        return FieldRow(name, said["sort"], said["choices"], said.get("id")) if name else None


AreaRows = forms.formset_factory(AreaForm, extra=3, max_num=60, can_order=True)
FieldRows = forms.formset_factory(FieldForm, extra=2, max_num=40, can_order=True)


def ordered_rows(formset: Any) -> list[Any]:
    """Rows that say anything, in the order that the numbers beside them ask for; those without one come last."""
    said = [(one.cleaned_data.get("ORDER"), at, one.row()) for at, one in enumerate(formset.forms) if one.cleaned_data]
    return [row for _, _, row in sorted(said, key=lambda one: (one[0] is None, one[0] or 0, one[1])) if row]


class StateForm(forms.Form):
    """Another state of the plan, and the resolution that decided it."""

    to = forms.ChoiceField(
        label="Nový stav", widget=forms.RadioSelect, error_messages={"required": "Vyberte, kam plán posouváte."}
    )
    number = forms.CharField(label="Číslo usnesení", max_length=60, required=False)
    body = forms.CharField(label="Kdo rozhodl", max_length=150, required=False, help_text="Třeba zastupitelstvo města.")
    decided_on = day("Kdy rozhodl", required=False)
    prolonged_until = day("Prodloužený do", required=False)

    SORTS = {
        Plan.State.DRAFTING: Resolution.Sort.INTENTION,
        Plan.State.APPROVED: Resolution.Sort.APPROVAL,
        Plan.State.PROLONGED: Resolution.Sort.PROLONGATION,
    }

    def __init__(self, plan: Plan, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nexts = Plan.MOVES[Plan.State(plan.state)]
        field = cast(ChoiceField, self.fields["to"])
        field.choices = [(one.value, one.label) for one in Plan.State if one in nexts]
        if Plan.State.PROLONGED not in nexts:
            del self.fields["prolonged_until"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        needed = cleaned.get("to") in (Plan.State.APPROVED, Plan.State.PROLONGED)
        told = [name for name in ("number", "body", "decided_on") if cleaned.get(name)]
        if needed or told:
            for name, message in (
                ("number", "Napište číslo usnesení."),
                ("body", "Napište, kdo rozhodl."),
                ("decided_on", "Napište den, kdy rozhodl."),
            ):
                if name not in told and name not in self.errors:
                    self.add_error(name, message)
        longer = cleaned.get("to") == Plan.State.PROLONGED and not cleaned.get("prolonged_until")
        if longer and "prolonged_until" not in self.errors:
            self.add_error("prolonged_until", "Napište den, do kdy se plán prodlužuje.")
        return cleaned

    def resolution(self) -> Resolution | None:
        said = self.cleaned_data
        if not said["number"]:
            return None
        sort = self.SORTS.get(Plan.State(said["to"]), Resolution.Sort.NOTE)
        return Resolution(sort=sort, number=said["number"], body=said["body"], day=said["decided_on"])
