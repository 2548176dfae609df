"""What people type into the pages of upkeep beside the card itself."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms

from portal.accounts.models import Grant
from portal.catalogue.desk_forms import ContactRows, LinesField
from portal.catalogue.drafts import ContactDraft
from portal.catalogue.provider_actions import ProviderDraft

from . import policy
from .models import Proposal, Standing

LEVEL_HINTS: dict[str, str] = {
    Standing.Level.TRUSTED: "Co napíše, skoro všechno hned platí.",
    Standing.Level.USUAL: "Co rychle stárne, platí hned. Ostatní čeká na schválení.",
    Standing.Level.WATCHED: "Všechno čeká na schválení.",
}


class NoteForm(forms.Form):
    note = LinesField(
        label="Vzkaz pro koordinátora",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Třeba proč se to mění. Na kartě nebude.",
    )


class EndForm(NoteForm):
    day = forms.DateField(
        label="Poslední den",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="Poslední den, kdy službu poskytujete.",
        error_messages={"required": "Napište den, kdy služba končí.", "invalid": "Napište den jako 31. 12. 2026."},
    )
    field_order = ["day", "note"]


class DecisionForm(forms.Form):
    """What the approver says: which fields, and why not the others."""

    names = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    reason = LinesField(
        label="Důvod",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Povinný, když něco vracíte. Dostane ho ten, kdo návrh napsal.",
    )

    def __init__(self, proposal: Proposal, data: Any = None) -> None:
        super().__init__(data, initial={"names": proposal.fields})
        self.fields["names"].choices = [(name, name) for name in proposal.fields]  # type: ignore[attr-defined]


class ManyForm(forms.Form):
    """Proposals ticked in the queue."""

    proposals = forms.ModelMultipleChoiceField(
        Proposal.objects.none(), error_messages={"required": "Zaškrtněte aspoň jeden návrh."}
    )

    def __init__(self, data: Any, proposals: Any) -> None:
        super().__init__(data)
        self.fields["proposals"].queryset = proposals  # type: ignore[attr-defined]


class QueueFilter(forms.Form):
    STATES = [("", "čekají"), ("vyrizene", "vyřízené")]
    q = forms.CharField(label="Služba nebo poskytovatel", required=False, max_length=100)
    stav = forms.ChoiceField(label="Stav", choices=STATES, required=False)

    def asked(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


class StandingForm(forms.Form):
    level = forms.ChoiceField(
        label="Jak moc poskytovateli věříme",
        choices=[(level, f"{level.label}. {LEVEL_HINTS[level]}") for level in Standing.Level],
        widget=forms.RadioSelect,
    )


class RulesForm(forms.Form):
    """A tick for each standing and field: does its change wait for approval?"""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.pairs = policy.table()
        for (level, name), waits in self.pairs.items():
            label = f"{policy.fields()[name]}, {Standing.Level(level).label}: čeká na schválení"
            self.fields[f"{level}-{name}"] = forms.BooleanField(label=label, required=False, initial=waits)

    @property
    def rows(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [
            (label, [self[f"{level}-{name}"] for level in Standing.Level.values])
            for name, label in policy.fields().items()
        ]

    def waits(self) -> dict[tuple[str, str], bool]:
        return {(level, name): self.cleaned_data[f"{level}-{name}"] for level, name in self.pairs}


# --- keys --------------------------------------------------------------------------------------------------------


class ProviderSearch(forms.Form):
    q = forms.CharField(label="Název nebo IČO", required=False, max_length=100)

    def words(self) -> str:
        return str(self.cleaned_data.get("q", "")) if self.is_valid() else ""


class InviteForm(forms.Form):
    email = forms.EmailField(
        label="E-mail",
        help_text="Pošleme na něj odkaz, kterým si člověk nastaví heslo.",
        error_messages={"required": "Napište e-mail.", "invalid": "Napište e-mail, třeba jana@priklad.cz."},
    )
    name = forms.CharField(
        label="Jméno a příjmení", max_length=150, error_messages={"required": "Napište, jak se člověk jmenuje."}
    )
    role = forms.ChoiceField(
        label="Co bude smět", widget=forms.RadioSelect, error_messages={"required": "Vyberte, co bude smět."}
    )

    def __init__(self, data: Any = None, *, roles: Collection[str]) -> None:
        super().__init__(data, initial={"role": next(iter(roles))})
        self.fields["role"].choices = [(role, ROLE_HINTS[role]) for role in roles]  # type: ignore[attr-defined]
        if len(roles) == 1:
            self.fields["role"].widget = forms.HiddenInput()


ROLE_HINTS: dict[str, str] = {
    Grant.Role.PROVIDER_EDITOR: "editor: upravuje karty",
    Grant.Role.PROVIDER_HEAD: "vedoucí: upravuje karty a zve editory",
}


class TableForm(forms.Form):
    file = forms.FileField(
        label="Tabulka",
        help_text="CSV nebo XLSX se sloupci IČO, e-mail, jméno a role (editor, nebo vedoucí).",
        error_messages={"required": "Vyberte soubor s tabulkou."},
    )


# --- a provider of itself ----------------------------------------------------------------------------------------


class ProviderFields(forms.Form):
    about = LinesField(
        label="O nás",
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Kdo jste a komu pomáháte, pár vět. Bude na stránce organizace.",
    )


class ProviderEdit:
    """The page of a provider's own data: words and rows of contacts."""

    def __init__(self, stored: ProviderDraft, data: Any = None) -> None:
        self.form = ProviderFields(data, initial={"about": stored.about})
        rows = [{"channel": one.channel, "value": one.value, "note": one.note} for one in stored.contacts]
        self.contacts = ContactRows(data, prefix="kontakt", initial=rows)

    def is_valid(self) -> bool:
        return self.form.is_valid() & self.contacts.is_valid()

    @property
    def row_errors(self) -> list[str]:
        return [str(error) for row in self.contacts.forms for errors in row.errors.values() for error in errors]

    def draft(self) -> ProviderDraft:
        rows = (row for row in self.contacts.cleaned_data if row.get("value") and not row.get("DELETE"))
        contacts = (ContactDraft(row["channel"], row["value"].strip(), row["note"].strip()) for row in rows)
        return ProviderDraft(self.form.cleaned_data["about"], tuple(contacts))
