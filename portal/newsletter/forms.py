"""Forms of the newsletter: for visitors, and for its editors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts import spans
from portal.accounts.rules import Range
from portal.pages.forms import TERRITORIES, TerritoryForm
from portal.pages.models import ArticleCategory
from portal.plan.forms import day

from .actions import Wish
from .models import MEETINGS, Issue


class SubscribeForm(forms.Form):
    email = forms.EmailField(
        label=_("Váš e-mail"),
        max_length=254,
        help_text=_("Pošleme vám odkaz na potvrzení. Nikomu e-mail neukážeme."),
        error_messages={
            "required": _("Napište prosím e-mail, kam máme psát."),
            "invalid": _("Tohle nevypadá jako e-mail. Má být třeba jana@priklad.cz."),
        },
    )
    where = forms.CharField(
        label=_("Vaše obec"),
        max_length=120,
        required=False,
        help_text=_("Budeme psát jen o tom, co se týká vás. Prázdné pole znamená celý kraj."),
    )
    topics = forms.MultipleChoiceField(
        label=_("O čem chcete vědět?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Vyberte aspoň jedno.")},
    )
    # People do not see this field; machines that fill in everything do.
    website = forms.CharField(
        label=_("Tohle pole nevyplňujte"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [*ArticleCategory.objects.values_list("key", "name"), (MEETINGS, _("jednání skupin"))]
        cast(forms.MultipleChoiceField, self.fields["topics"]).choices = choices
        self.all_topics = {key for key, _name in choices}
        self.initial.setdefault("topics", sorted(self.all_topics))

    def clean_where(self) -> tuple[str, str, str]:
        said = self.cleaned_data["where"].strip()
        if not said:
            return Range.SITE, "", ""
        found = spans.named(said, TERRITORIES)
        if not found:
            raise ValidationError(_("Takovou obec neznáme. Zkuste ji napsat celou, nebo pole nechte prázdné."))
        if len(found) > 1:
            choices = "; ".join(sorted(f"{name} ({code})" for (_kind, code), name in found.items()))
            raise ValidationError(_("Je jich víc: %(choices)s. Napište číslo v závorce.") % {"choices": choices})
        (kind, code), name = next(iter(found.items()))
        return kind, code, name

    def wish(self) -> Wish:
        said = self.cleaned_data
        topics = set(said["topics"])
        chosen = () if topics >= self.all_topics else tuple(sorted(topics))
        kind, code, name = said["where"]
        return Wish(said["email"].lower(), kind, code, name, chosen)

    @property
    def from_machine(self) -> bool:
        return bool(self.data.get("website"))


class IssueForm(TerritoryForm):
    title = forms.CharField(
        label="Název", max_length=150, help_text="Bude to předmět dopisu.",
        error_messages={"required": "Zpravodaj musí mít název."},
    )  # fmt: skip
    since = day("Novinky od")
    until = day("Do")
    foreword = forms.CharField(
        label="Úvodní slovo", required=False,
        help_text="Pár vět od vás. Oslovení přidáme. Odstavce oddělte prázdným řádkem.",
        widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip

    field_order = ("title", "since", "until", "where", "foreword")

    def __init__(self, person: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(person, *args, **kwargs)
        today = timezone.localdate()
        self.initial.setdefault("since", today - timedelta(days=31))
        self.initial.setdefault("until", today)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "Období nemůže skončit dřív, než začne.")
        return cleaned

    @staticmethod
    def of(issue: Issue) -> dict[str, Any]:
        names = ("title", "since", "until", "foreword")
        return {name: getattr(issue, name) for name in names} | {"where": issue.span_name}
