"""Reading what people write around the tree."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from portal.catalogue.models import TargetGroup
from portal.plan.models import Plan

from . import actions, reading
from .models import Chapter, Need, SwotPoint
from .provisions import PROVISIONS


class ChapterForm(forms.Form):
    title = forms.CharField(
        label="Název kapitoly", max_length=200, error_messages={"required": "Kapitola musí mít název."}
    )
    place = forms.ChoiceField(label="Kde stojí", choices=Chapter.Place.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label="Text",
        required=False,
        help_text="Nadpis začíná #, odrážka -, **tučně**, *kurzívou*, [slova](adresa). Tabulka má svislé čáry. "
        "Poznámka pod čarou: [^1] ve větě a [^1]: text na vlastním řádku.",
        widget=forms.Textarea(attrs={"rows": 22}),
    )
    demanded = forms.MultipleChoiceField(
        label="Co kapitolu žádá",
        required=False,
        choices=[(one.key, f"{one.what} ({one.where})") for one in PROVISIONS.values()],
        widget=forms.CheckboxSelectMultiple,
    )

    @staticmethod
    def of(chapter: Chapter) -> dict[str, Any]:
        return actions.chapter_told(chapter)


class ImageForm(forms.Form):
    image = forms.FileField(
        label="Obrázek", help_text="JPEG, PNG nebo WebP.", error_messages={"required": "Vyberte obrázek."}
    )
    alt = forms.CharField(
        label="Co je na něm vidět",
        max_length=250,
        help_text="Jedna věta pro lidi, kteří obrázek nevidí.",
        error_messages={"required": "Napište, co je na obrázku vidět."},
    )


class _WithMeasures(forms.Form):
    measures: forms.ModelMultipleChoiceField[Any] = forms.ModelMultipleChoiceField(
        label="Která opatření na to odpovídají",
        queryset=None,
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 10}),
        help_text="Víc jich vyberete s klávesou Ctrl.",
    )

    def __init__(self, *args: Any, plan: Plan, **more: Any) -> None:
        super().__init__(*args, **more)
        cast(forms.ModelMultipleChoiceField[Any], self.fields["measures"]).queryset = reading.measures(plan)


class SwotForm(_WithMeasures):
    sort = forms.ChoiceField(label="Kam patří", choices=SwotPoint.Sort.choices, widget=forms.RadioSelect)
    text = forms.CharField(label="O čem je řeč", max_length=400, error_messages={"required": "Napište, o čem je řeč."})
    evidence = forms.CharField(label="Čím je to doložené", max_length=300, required=False)
    evidence_url = forms.CharField(label="Odkaz na doklad", max_length=500, required=False)

    field_order = ("sort", "text", "evidence", "evidence_url", "measures")

    @staticmethod
    def of(point: SwotPoint) -> dict[str, Any]:
        return actions.swot_told(point) | {"measures": list(point.measures.all())}

    def clean_evidence_url(self) -> str:
        return actions.address(self.cleaned_data["evidence_url"])


class NeedForm(_WithMeasures):
    title = forms.CharField(
        label="Co lidé potřebují", max_length=200, error_messages={"required": "Napište, co lidé potřebují."}
    )
    text = forms.CharField(label="Podrobněji", required=False, widget=forms.Textarea(attrs={"rows": 5}))
    target_groups = forms.ModelMultipleChoiceField(
        label="Koho se to týká", queryset=TargetGroup.objects.all(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    evidence = forms.CharField(
        label="Jak to víme",
        required=False,
        help_text="Jeden doklad na řádek. Odkaz může stát na konci řádku.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    field_order = ("title", "text", "target_groups", "evidence", "measures")

    @staticmethod
    def of(need: Need) -> dict[str, Any]:
        told = actions.need_told(need)
        return told | {
            "evidence": "\n".join(told["evidence"]),
            "measures": list(need.measures.all()),
            "target_groups": list(need.target_groups.all()),
        }

    def clean_evidence(self) -> list[tuple[str, str]]:
        return [evidence_line(line) for line in self.cleaned_data["evidence"].splitlines() if line.strip()]


def evidence_line(line: str) -> tuple[str, str]:
    """ "Průzkum mezi seniory 2025 https://…" -> what it shows, and the address at its end if there is one."""
    text, _, last = line.strip().rpartition(" ")
    if text and last.startswith(("https://", "http://", "/")):
        line, url = text, last
    else:
        line, url = line.strip(), ""
    if len(line) > 300 or len(url) > 500:
        raise ValidationError("Doklad je moc dlouhý. Napište ho do 300 znaků.")
    return line, url
