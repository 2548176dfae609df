"""The form of a suggestion. It asks once about what the author may not have wanted to write."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from portal.catalogue.models import TargetGroup
from portal.territory.models import Municipality
from portal.web.challenge import Challenged
from words.plural import counted
from words.visible import visible, visible_line

from . import reading, warnings
from .models import Suggestion

LONGEST = 4000
# What of an overlong text comes back with the form: more than anybody types, less than what clogs the way.
COMES_BACK = 20_000
# A letter written together may be sent by many people; what comes oftener is a machine.
SAME, SAME_WITHIN = 20, timedelta(days=1)
# The button that sends the text as it is; its value are sorts of findings that the author has seen.
ANYWAY = "presto"
TOO_LONG = "Text je moc dlouhý: má %(said)s, vejde se %(most)s. Zkraťte ho prosím."
TOO_OFTEN = (
    "Stejný text nám dnes přišel už mnohokrát. Víme o něm a znovu ho nezapíšeme. "
    "Napište prosím svými slovy, co trápí vás."
)
WARNED = "Podívejte se prosím na upozornění. Pak text upravte, nebo ho pošlete tak, jak je."


class TargetGroupsField(forms.ModelMultipleChoiceField[TargetGroup]):
    def label_from_instance(self, obj: TargetGroup) -> str:
        return obj.plain or obj.name


class SuggestForm(Challenged):
    sort = forms.ChoiceField(
        label="Co nám chcete říct?",
        widget=forms.RadioSelect,
        choices=[
            (Suggestion.Sort.NEED, "Něco potřebuji já nebo někdo blízký"),
            (Suggestion.Sort.MISSING, "Chybí tu nějaká služba"),
            (Suggestion.Sort.IDEA, "Mám nápad"),
            (Suggestion.Sort.PROBLEM, "Něco nefunguje, jak má"),
        ],
        error_messages={
            "required": "Vyberte, co z toho je nejblíž.",
            "invalid_choice": "Vyberte jednu z možností.",
        },
    )
    title = forms.CharField(
        label="Stručně, jednou větou",
        max_length=150,
        help_text="Třeba „V Lhotě nemá kdo vozit obědy“.",
        error_messages={
            "required": "Napište jednou větou, o co jde.",
            "max_length": "Napište to prosím kratší větou, do 150 znaků.",
        },
    )
    text = forms.CharField(
        label="O co jde",
        widget=forms.Textarea(attrs={"rows": 7, "maxlength": LONGEST}),
        help_text=(
            "Co se děje, koho se to týká a co by pomohlo. Nepište prosím rodná čísla, nemoci ani jména jiných lidí."
        ),
        error_messages={"required": "Napište pár vět, o co jde."},
    )
    place = forms.CharField(
        label="Obec",
        max_length=120,
        required=False,
        help_text="Které obce se to týká. Prázdné pole znamená celý kraj.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    target_groups = TargetGroupsField(
        TargetGroup.objects.none(),
        label="Koho se to týká",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Vyberte z nabídky.", "invalid_pk_value": "Vyberte z nabídky."},
    )
    name = forms.CharField(
        label="Vaše jméno",
        max_length=150,
        required=False,
        help_text="Podnět můžete poslat i beze jména.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    name_public = forms.BooleanField(label="Jméno smí být u podnětu na webu", required=False)
    email = forms.EmailField(
        label="Váš e-mail",
        max_length=254,
        required=False,
        help_text="Pošleme vám, co s podnětem bude. Nikomu ho neukážeme.",
        error_messages={"invalid": "Tohle nevypadá jako e-mail. Má být třeba jana@priklad.cz."},
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        cast(TargetGroupsField, self.fields["target_groups"]).queryset = TargetGroup.objects.all()
        self.warned: dict[warnings.Sort, list[str]] = {}
        self._cut()

    def _cut(self) -> None:
        """A text made to clog the way is cut before anything reads it."""
        text = self.data.get("text", "") if self.is_bound else ""
        self.text_length = len(text)
        if self.text_length > COMES_BACK:
            changed: Any = self.data.copy()  # type: ignore[attr-defined]
            changed["text"] = text[:COMES_BACK]
            self.data = changed

    def clean_title(self) -> str:
        title = visible_line(self.cleaned_data["title"])
        if not title:
            raise ValidationError(self.fields["title"].error_messages["required"])
        return title

    def clean_text(self) -> str:
        text = visible(self.cleaned_data["text"])
        if not text:
            raise ValidationError(self.fields["text"].error_messages["required"])
        if len(text) > LONGEST:
            said = max(self.text_length, len(text))
            forms_of = ("znak", "znaky", "znaků")
            raise ValidationError(TOO_LONG, params={"said": counted(said, *forms_of), "most": f"{LONGEST}"})
        if reading.said_lately(text, SAME_WITHIN) >= SAME:
            raise ValidationError(TOO_OFTEN)
        return text

    def clean_place(self) -> Municipality | None:
        said = visible_line(self.cleaned_data["place"])
        if not said:
            return None
        found = reading.towns_meant(said)
        if not found:
            raise ValidationError("Takovou obec neznáme. Zkuste ji napsat celou, nebo pole nechte prázdné.")
        if len(found) > 1:
            districts = ", ".join(f"„{one.name} okres {one.district.name}“" for one in found[:5])
            raise ValidationError(f"Takových obcí je víc. Napište k ní okres: {districts}.")
        return found[0]

    def clean(self) -> dict[str, Any] | None:
        """Findings come back as an error of their own, so that the question against robots is not used up by them."""
        said = self.cleaned_data
        found = warnings.by_sort(warnings.find(f"{said.get('title', '')}\n{said.get('text', '')}"))
        seen = set(str(self.data.get(ANYWAY, "")).split(","))
        if not self.errors and set(found) - seen:
            self.warned = found
            self.add_error(None, ValidationError(WARNED, code="warned"))
        return super().clean()

    @property
    def seen(self) -> str:
        """What the button that sends anyway says."""
        return ",".join(sort.value for sort in self.warned)

    @property
    def findings(self) -> list[tuple[str, str, list[str]]]:
        """Sort, what is told of it, and the words found."""
        return [(sort.value, warnings.TOLD[sort], words) for sort, words in self.warned.items()]

    def wanted(self) -> dict[str, Any]:
        """What `receive` takes."""
        said = self.cleaned_data
        names = ("sort", "title", "text", "lat", "lon", "target_groups", "name", "name_public", "email")
        return {name: said[name] for name in names} | {"municipality": said["place"]}
