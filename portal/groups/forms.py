"""Forms of the desk of groups and of the page where somebody asks to join."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.forms import ModelChoiceField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts import spans
from portal.accounts.rules import Range, held
from portal.catalogue.desk_forms import LinesField
from portal.catalogue.models import Provider, TargetGroup
from portal.territory.asking import meant

from . import rules
from .actions import OF_GROUP, OF_PROCEDURE, column
from .models import Application, Group, Membership, Procedure, Side


def day(label: str, *, required: bool = False, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Napište den.", "invalid": "Napište den jako 31. 12. 2028."},
    )


def text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def telephone() -> forms.TextInput:
    return forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})


class VersionedForm(forms.Form):
    """Carries the version that the person looked at."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


# --- a group ---------------------------------------------------------------------------------------------------


class GroupForm(VersionedForm):
    name = forms.CharField(
        label="Název", max_length=150, error_messages={"required": "Napište, jak se skupina jmenuje."}
    )
    abbreviation = forms.CharField(
        label="Zkratka", max_length=30, required=False, help_text="Jak ji píšete v zápisech, třeba PS OZP SE."
    )
    sort = forms.ChoiceField(label="Druh", choices=Group.Sort.choices, initial=Group.Sort.WORKING)
    where = forms.CharField(
        label="Pro které území",
        max_length=120,
        help_text="Obec, „ORP Svornov“ nebo kraj.",
        error_messages={"required": "Napište, pro které území skupina je."},
    )
    above = forms.ModelChoiceField(
        Group.objects.none(), label="Komu předkládá svou práci", required=False, empty_label="nikomu"
    )
    target_groups = forms.ModelMultipleChoiceField(
        TargetGroup.objects.none(),
        label="Pro které lidi",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Skupina pro území nemusí mít žádnou.",
    )
    about = LinesField(
        label="Čím se zabývá",
        required=False,
        max_length=3000,
        widget=text_area(4),
        help_text="Dvě tři věty pro veřejnost.",
    )
    mandate = LinesField(
        label="Pověření",
        required=False,
        max_length=3000,
        widget=text_area(3),
        help_text="Kdo skupinu zřídil, kdy a čím, třeba usnesením rady.",
    )
    since = day("Funkční období od")
    until = day("do", hint="Nechte prázdné, když konec není určený.")
    contact_name = forms.CharField(label="Na koho se obrátit", max_length=150, required=False)
    contact_email = forms.EmailField(
        label="E-mail pro veřejnost",
        required=False,
        help_text="Na webu ho lidé přečtou, roboti ne. Chodí na něj přihlášky do skupiny.",
        error_messages={"invalid": "E-mail má vypadat třeba takhle: jana@priklad.cz."},
    )
    contact_phone = forms.CharField(label="Telefon pro veřejnost", max_length=30, required=False, widget=telephone())
    open_to_public = forms.BooleanField(label="Na jednání může přijít kdokoli", required=False, initial=True)
    accepts = forms.BooleanField(
        label="Přijímá nové členy", required=False, initial=True, help_text="Na stránce skupiny bude „Chci se zapojit“."
    )
    shown = forms.BooleanField(label="Skupina je vidět na webu", required=False)
    closed_on = day("Skupina skončila dne", hint="Vyplňte, až práci ukončí. Zůstane mezi skončenými.")

    def __init__(self, person: Any, data: Any = None, *, group: Group | None = None) -> None:
        initial: dict[str, Any] = {}
        if group is not None:
            initial = {name: getattr(group, name) for name in OF_GROUP} | {"seen": group.version}
            initial["target_groups"] = group.target_groups.all()
        super().__init__(data, initial=initial)
        self.person = person
        others = rules.readable_groups(person).working_now()
        if group is not None:
            others = others.exclude(pk=group.pk)
            del self.fields["where"]
        else:
            del self.fields["closed_on"]
            mine = {(one.kind, one.code) for one in held(person, *rules.STAFF)}
            if len(mine) == 1 and next(iter(mine))[0] != Range.SITE:
                self.fields["where"].initial = spans.name(*next(iter(mine)))
        cast(ModelChoiceField[Group], self.fields["above"]).queryset = others.distinct()
        cast(ModelChoiceField[TargetGroup], self.fields["target_groups"]).queryset = TargetGroup.objects.all()

    def clean_where(self) -> tuple[str, str, str]:
        return meant(self.cleaned_data["where"], held(self.person, *rules.STAFF))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("since") and cleaned.get("until") and cleaned["until"] < cleaned["since"]:
            self.add_error("until", "Funkční období nemůže skončit dřív, než začne.")
        return cleaned

    def wanted(self) -> dict[str, Any]:
        """What the actions take."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        if "where" in said:
            kind, code, name = said.pop("where")
            said |= {"span_kind": kind, "span_code": code, "span_name": name}
        return said


# What each rule means and what bodies usually have (statutes of steering and working groups).
EXPLAINED = {
    "invitation_days": "Kolik dní před jednáním odejde pozvánka. Obvykle 7, někde 3 pracovní dny nebo 10 dní.",
    "web_days": "Kolik dní předem je termín a program na webu. Obvykle 7.",
    "agenda_days": "Do kdy před jednáním může člen navrhnout bod programu. Obvykle 3 dny.",
    "excuse_days": "Do kdy se člen omlouvá. Obvykle 3 dny.",
    "working_days": "Zaškrtněte, když váš jednací řád mluví o pracovních dnech.",
    "meetings_a_year": "Obvykle 4, řídící skupina někde 6.",
    "quorum": "Kdo musí přijít, aby se mohlo rozhodovat. Nejčastěji většina členů.",
    "majority": "Kolik hlasů stačí. Pracovní skupiny často hledají shodu.",
    "counted": "Když má organizace ve skupině víc lidí.",
    "by_letter": "Hlasování e-mailem, když věc nepočká do příštího jednání.",
    "by_letter_days": "Kolik dní mají členové na odpověď. Obvykle 7.",
    "admission": "Kdo rozhoduje o novém členovi. Do řídící skupiny často jmenuje rada.",
    "guest_meetings": "Na kolika jednáních je zájemce nejdřív hostem. Obvykle na jednom, 0 znamená na žádném.",
    "admission_days": "Do kdy od přihlášky se rozhodne. Obvykle do tří měsíců, tedy 90 dní.",
    "absences": "Obvykle po 3. Nechte prázdné, když to jednací řád neřeší.",
    "minutes_days": "Za kolik dní po jednání odejde zápis. Obvykle 7 až 14.",
    "objection_days": "Kolik dní je na námitky proti zápisu. Obvykle 7.",
    "approval": "Kdy zápis platí a může na web.",
}
PARTS = (
    ("Jednání", ("meetings_a_year", "invitation_days", "web_days", "agenda_days", "excuse_days", "working_days")),
    ("Rozhodování", ("quorum", "majority", "counted", "by_letter", "by_letter_days")),
    ("Členství", ("admission", "guest_meetings", "admission_days", "absences")),
    ("Zápis", ("minutes_days", "objection_days", "approval")),
)
LONGEST = 365


class ProcedureForm(VersionedForm):
    """Every rule of procedure with what it means; the fields follow the table."""

    def __init__(self, data: Any = None, *, procedure: Procedure) -> None:
        initial = {name: getattr(procedure, name) for name in OF_PROCEDURE} | {"seen": procedure.group.version}
        super().__init__(data, initial=initial)
        for name in OF_PROCEDURE:
            self.fields[name] = self._field(name)

    @staticmethod
    def _field(name: str) -> forms.Field:
        of = column(Procedure, name)
        label, hint = str(of.verbose_name).capitalize(), EXPLAINED[name]
        if of.choices:
            return forms.ChoiceField(label=label, choices=of.choices, help_text=hint)
        if of.get_internal_type() == "BooleanField":
            return forms.BooleanField(label=label, required=False, help_text=hint)
        return forms.IntegerField(
            label=label,
            required=not of.null,
            min_value=0,
            max_value=LONGEST,
            help_text=hint,
            error_messages={
                "required": "Napište číslo.",
                "invalid": "Napište celé číslo.",
                "min_value": "Číslo nemůže být záporné.",
                "max_value": f"Víc než {LONGEST} sem napsat nejde.",
            },
        )

    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in PARTS]

    def wanted(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in OF_PROCEDURE}


# --- members -----------------------------------------------------------------------------------------------------


class MemberForm(VersionedForm):
    name = forms.CharField(label="Jméno a příjmení", max_length=150, error_messages={"required": "Napište jméno."})
    side = forms.ChoiceField(
        label="Za koho je ve skupině",
        choices=Side.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Vyberte, za koho je."},
    )
    organisation = forms.CharField(
        label="Organizace",
        max_length=200,
        required=False,
        help_text="Když se jmenuje stejně jako poskytovatel v katalogu, spojí se s ním.",
    )
    role = forms.ChoiceField(label="Role", choices=Membership.Role.choices, initial=Membership.Role.MEMBER)
    votes = forms.BooleanField(label="Hlasuje", required=False, initial=True, help_text="Host nehlasuje nikdy.")
    substitutes = forms.ModelChoiceField(
        Membership.objects.none(),
        label="Zastupuje člena",
        required=False,
        empty_label="nikoho, je řádným členem",
        help_text="Náhradník přijde a hlasuje, když jeho člen nemůže.",
    )
    email = forms.EmailField(
        label="E-mail",
        required=False,
        help_text="Na pozvánky. Na webu nikdy není.",
        error_messages={"invalid": "E-mail má vypadat třeba takhle: jana@priklad.cz."},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(label="Telefon", max_length=30, required=False, widget=telephone())
    name_public = forms.BooleanField(
        label="Jméno smí být na webu",
        required=False,
        help_text="U uživatelů služeb a veřejnosti jen s jejich souhlasem, jinak web ukáže „zástupce uživatelů“.",
    )
    joined_on = day("Ve skupině od", required=True)
    left_on = day("do")
    left_reason = forms.CharField(label="Proč skončil(a)", max_length=200, required=False)

    def __init__(self, data: Any = None, *, group: Group, membership: Membership | None = None) -> None:
        names = [name for name in self.base_fields if name != "seen"]
        initial: dict[str, Any] = {"joined_on": timezone.localdate()}
        if membership is not None:
            initial = {name: getattr(membership, name) for name in names} | {"seen": membership.version}
        super().__init__(data, initial=initial)
        members = Membership.objects.current().filter(group=group, substitutes=None).order_by("name")
        if membership is not None:
            members = members.exclude(pk=membership.pk)
        if membership is None or membership.left_on is None:
            del self.fields["left_on"], self.fields["left_reason"]
        cast(ModelChoiceField[Membership], self.fields["substitutes"]).queryset = members

    def wanted(self) -> dict[str, Any]:
        """What the actions take; the provider is the one called exactly as the organisation."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        called = list(Provider.objects.filter(name=said["organisation"] or None)[:2])
        return said | {"provider": called[0] if len(called) == 1 else None}


class EndForm(VersionedForm):
    on = day("Poslední den ve skupině", required=True)
    reason = forms.CharField(
        label="Proč",
        max_length=200,
        help_text="Třeba: odešla na jiné pracoviště. Čtou to jen členové skupiny a koordinátoři.",
        error_messages={"required": "Napište, proč členství končí."},
    )

    def __init__(self, data: Any = None, *, membership: Membership) -> None:
        super().__init__(data, initial={"on": timezone.localdate(), "seen": membership.version})


# --- applications ------------------------------------------------------------------------------------------------

STEPS = {
    Application.State.GUEST: "Pozvat jako hosta na jednání",
    Application.State.PUT: "Předložit k rozhodnutí",
    Application.State.ACCEPTED: "Je přijatý: zapsat mezi členy",
    Application.State.DECLINED: "Nepřijmout",
    Application.State.WITHDRAWN: "Vzít zpět, zájemce si to rozmyslel",
}


class MoveForm(forms.Form):
    to = forms.ChoiceField(
        label="Co dál",
        widget=forms.RadioSelect,
        error_messages={"required": "Vyberte, co se má s přihláškou stát."},
    )
    answer = LinesField(
        label="Co zájemci napíšeme",
        required=False,
        max_length=3000,
        widget=text_area(4),
        help_text="Bude to v dopise. U pozvání napište kdy a kde, při nepřijetí laskavě proč.",
    )
    joined_on = day("Členem od", hint="Jen když je přijatý.")

    def __init__(self, data: Any = None, *, application: Application) -> None:
        super().__init__(data, initial={"joined_on": timezone.localdate()})
        moves = Application.MOVES[Application.State(application.state)]
        field = cast(forms.ChoiceField, self.fields["to"])
        field.choices = [(str(state), word) for state, word in STEPS.items() if state in moves]

    @property
    def joined(self) -> date | None:
        day: date | None = self.cleaned_data["joined_on"]
        return day


class JoinForm(forms.Form):
    """What somebody who wants to join tells of themselves."""

    name = forms.CharField(
        label=_("Jméno a příjmení"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Napište prosím, jak se jmenujete.")},
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("Sem vám odpovíme."),
        error_messages={
            "required": _("Napište prosím e-mail, kam máme odpovědět."),
            "invalid": _("Tohle nevypadá jako e-mail. Má být třeba jana@priklad.cz."),
        },
    )
    phone = forms.CharField(
        label=_("Telefon"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    side = forms.ChoiceField(
        label=_("Za koho byste mluvili"),
        choices=[
            (Side.USER, _("za lidi, kteří služby potřebují, nebo za pečující")),
            (Side.PROVIDER, _("za službu nebo organizaci, která pomáhá")),
            (Side.COMMISSIONER, _("za obec, kraj nebo stát")),
            (Side.PUBLIC, _("za sebe, zajímá mě to")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Vyberte prosím, za koho byste mluvili.")},
    )
    organisation = forms.CharField(label=_("Organizace"), max_length=200, required=False)
    why = LinesField(
        label=_("Proč se chcete zapojit"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Stačí pár vět: co vás trápí, co umíte, co byste chtěli změnit. O svém zdraví psát nemusíte."),
    )
    # People do not see this field; machines that fill in everything do.
    website = forms.CharField(
        label=_("Tohle pole nevyplňujte"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    @property
    def from_machine(self) -> bool:
        return bool(self.data.get("website"))

    def wanted(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "website"}
