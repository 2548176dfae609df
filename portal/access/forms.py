"""Reading a question from an address, and the forms of this app."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from portal.catalogue.models import CapacityUnit, Kind
from portal.territory.models import Statistic

from .models import ReferenceValue
from .question import DETOUR, HIGHEST_LIMIT, LIMIT, METHODS, PEOPLE, SPEED, Amount, Method, Question, Unit
from .study import Land

GROUP = "skupina-"
COUNTRY = "cr"
USUAL_KIND = "os"


class Number(forms.FloatField):
    """A number that may be written with a comma."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".").replace("\u00a0", "") if isinstance(value, str) else value)


class StudyForm(forms.Form):
    """The question of a study. Nothing is required: what is missing has its usual value."""

    druh = forms.ChoiceField(label=_("Jaká pomoc"))
    lide = forms.ChoiceField(label=_("Kdo ji potřebuje"), required=False)
    uzemi = forms.ChoiceField(label=_("Kde"), required=False)
    limit = Number(label=_("Za jak dlouho nebo jak daleko"), required=False, localize=False)
    v = forms.ChoiceField(
        label=_("Limit je v"), required=False, choices=[(Unit.MINUTES.value, _("minutách")), (Unit.KM.value, _("km"))]
    )
    metoda = forms.ChoiceField(
        label=_("Jak počítat"), required=False, choices=[(one.value, METHODS[one].name) for one in Method]
    )
    co = forms.ChoiceField(
        label=_("Co se počítá"),
        required=False,
        choices=[(Amount.PLACES.value, _("zařízení a služby")), (Amount.CAPACITY.value, _("kapacita, kde ji známe"))],
    )
    jednotka = forms.ChoiceField(label=_("Jednotka kapacity"), required=False)
    oklika = Number(label=_("Oklika po silnici"), required=False, help_text=_("Kolikrát je cesta delší než vzduchem."))
    rychlost = Number(label=_("Rychlost (km/h)"), required=False, help_text=_("Odhad ode dveří ke dveřím."))
    rok = forms.ChoiceField(label=_("Údaje z roku"), required=False)
    srovnat = forms.ChoiceField(label=_("Srovnat s"), required=False)

    def __init__(self, data: QueryDict, *, kinds: list[Kind], land: Land, units: list[CapacityUnit]) -> None:
        self.land, self.kinds = land, kinds
        super().__init__(_filled(data, kinds, land))
        offered = {key for key, _region in land.offered}
        groups = [(f"{GROUP}{group.value}", _("celá skupina: %s") % group.label) for group in Kind.Group]
        single = [(kind.key, kind.name if kind.key in offered else f"{kind.name} –") for kind in kinds]
        self._choices("druh", [(_("Skupiny"), groups), (_("Druhy"), single)])
        self._choices("lide", [(one.value, f"{words.they}") for one, words in PEOPLE.items() if one in land.years])
        regions = {one.code: one.name for one in land.areas["region"]}
        self._choices(
            "uzemi",
            [
                (COUNTRY, _("celá země")),
                (_("Kraje"), list(regions.items())),
                *(
                    (regions[code], [(orp.code, f"ORP {orp.name}") for orp in land.areas["orp"] if orp.above == code])
                    for code in regions
                ),
            ],
        )
        years = sorted({year for known in land.years.values() for year in known}, reverse=True)
        self._choices("rok", [("0", _("nejnovější"))] + [(str(year), str(year)) for year in years])
        self._choices("jednotka", [("", _("nejběžnější"))] + [(unit.key, unit.name) for unit in units])
        self._choices(
            "srovnat",
            [
                ("", _("s ničím")),
                (_("Rok"), [(f"rok-{year}", str(year)) for year in years]),
                (_("Druh"), [(kind.key, kind.name) for kind in kinds if kind.key in offered]),
            ],
        )
        self.fields["druh"].error_messages |= {
            "required": _("V katalogu zatím není žádný druh pomoci."),
            "invalid_choice": _("Tento druh pomoci neznáme. Vyberte jiný."),
        }

    def _choices(self, name: str, choices: list[Any]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = choices

    def clean_limit(self) -> float:
        value = self.cleaned_data["limit"]
        if value is None:
            return LIMIT
        if not 0 < value <= HIGHEST_LIMIT:
            raise forms.ValidationError(
                _("Limit musí být větší než nula a nejvýš %(most)s. Dál lidé za pomocí běžně nejezdí."),
                params={"most": int(HIGHEST_LIMIT)},
            )
        return float(value)

    def clean_oklika(self) -> float:
        value = self.cleaned_data["oklika"]
        if value is not None and not 1 <= value <= 5:
            raise forms.ValidationError(_("Oklika je číslo od 1 (vzdušnou čarou) do 5."))
        return DETOUR if value is None else float(value)

    def clean_rychlost(self) -> float:
        value = self.cleaned_data["rychlost"]
        if value is not None and not 3 <= value <= 130:
            raise forms.ValidationError(_("Rychlost je číslo od 3 do 130 km/h."))
        return SPEED if value is None else float(value)

    def question(self) -> Question:
        """The question of a valid form."""
        said = self.cleaned_data
        group = said["druh"].removeprefix(GROUP) if said["druh"].startswith(GROUP) else ""
        of_group = tuple(sorted(kind.key for kind in self.kinds if kind.group == group))
        place = said["uzemi"] or COUNTRY
        is_region = any(one.code == place for one in self.land.areas["region"])
        return Question(
            kinds=of_group if group else (said["druh"],),
            group=group,
            people=said["lide"] or Question(kinds=()).people,
            year=int(said["rok"] or 0),
            region=place if is_region else "",
            orp="" if is_region or place == COUNTRY else place,
            method=Method(said["metoda"] or Method.NEAREST),
            limit=said["limit"],
            unit=Unit(said["v"] or Unit.MINUTES),
            detour=said["oklika"],
            speed=said["rychlost"],
            amount=Amount(said["co"] or Amount.PLACES),
            unit_key=said["jednotka"],
        )

    def compared(self, question: Question) -> Question | None:
        """The other question of a comparison, None where nothing is compared."""
        other = self.cleaned_data["srovnat"]
        if not other:
            return None
        return question.with_year(int(other[4:])) if other.startswith("rok-") else question.with_kind(other)


def _filled(data: QueryDict, kinds: list[Kind], land: Land) -> QueryDict:
    """The address with the usual values in place of those that it does not name."""
    filled = data.copy()
    offered: dict[str, int] = {}
    for (key, _region), number in land.offered.items():
        offered[key] = offered.get(key, 0) + number
    usual = USUAL_KIND if USUAL_KIND in offered else max(sorted(offered), key=lambda key: offered[key], default="")
    usual_values = {
        "druh": usual or (kinds[0].key if kinds else ""),
        "lide": Question(kinds=()).people if Question(kinds=()).people in land.years else next(iter(land.years), ""),
        "uzemi": land.home_region or COUNTRY,
        "limit": f"{LIMIT:g}",
        "v": Unit.MINUTES.value,
        "metoda": Method.NEAREST.value,
        "co": Amount.PLACES.value,
        "oklika": f"{DETOUR:g}",
        "rychlost": f"{SPEED:g}",
        "rok": "0",
    }
    for name, value in usual_values.items():
        if not filled.get(name):
            filled[name] = value
    return filled


def stored_question(query: str, here: Land) -> Question:
    """The question of a stored address. Raises ValidationError when the data no longer know what it asks for."""
    form = StudyForm(QueryDict(query), kinds=here.kinds, land=here, units=here.units)
    if not form.is_valid():
        raise forms.ValidationError(_("Dnešní data už tuhle otázku neznají. Položte ji znovu."))
    return form.question()


class ReferenceForm(forms.ModelForm[ReferenceValue]):
    class Meta:
        model = ReferenceValue
        fields = ("name", "kinds", "unit", "measure", "amount", "year", "source", "note")
        help_texts = {
            "name": _("Například: lůžka v domovech na 1 000 lidí od 65 let."),
            "kinds": _("Zařízení všech vybraných druhů se počítají dohromady."),
            "source": _("Kdo hodnotu spočítal a kde ji najdeme. Bez zdroje se s ní nedá srovnávat."),
            "note": _("K čemu se hodnota hodí a k čemu ne."),
        }

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        cast(forms.ChoiceField, self.fields["measure"]).choices = [
            (one.value, one.label) for one in Statistic.Measure if one in PEOPLE
        ]
        cast(forms.ModelChoiceField[Any], self.fields["unit"]).empty_label = str(_("počet zařízení"))
