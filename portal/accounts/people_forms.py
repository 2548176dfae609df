"""Forms of the people desk: who is invited to what, which role is added, whom the list shows, how one comes in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from . import rules, spans
from .models import Grant, Held, Person
from .spans import Pair

Range = Grant.Range
NOBODY_SUCH = _("Nikoho ani nic takového ve vašem území neznáme. Napište celý název, IČO nebo úřední kód.")


class RoleForm(forms.Form):
    """A role and over what; both only of what the giver may give."""

    role = forms.ChoiceField(label=_("Role"))
    where = forms.CharField(
        label=_("Za koho nebo kde"),
        max_length=250,
        required=False,
        help_text=_("Název nebo IČO poskytovatele, obec, „ORP Svornov“ nebo kraj. Prázdné znamená celý web."),
    )

    def __init__(self, giver: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.giver = giver
        given = rules.roles_given_by(giver)
        self.fields["role"].choices = [(role, Grant.Role(role).label) for role in given]  # type: ignore[attr-defined]
        own = {(one.kind, one.code) for one in rules.held(giver, *rules.GIVES)}
        # Who answers for one thing only (the head of one provider) need not name it.
        self.only: Pair | None = own.pop() if len(own) == 1 and given == [Grant.Role.PROVIDER_EDITOR] else None
        if self.only and not self.is_bound:
            self.fields["where"].initial = spans.name(*self.only)
        if self.only:
            self.fields["where"].help_text = _("Název nebo IČO poskytovatele.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "role" in cleaned and "where" in cleaned:
            try:
                cleaned["range"] = self._range(cleaned["role"], cleaned["where"])
            except ValidationError as fault:
                self.add_error("where", fault)
        return cleaned

    def _range(self, role: str, text: str) -> Pair:
        kinds = Grant.RANGES[Grant.Role(role)]
        if not text:
            return self._unnamed(role, kinds)
        found = spans.named(text, kinds)
        allowed = rules.given_among(self.giver, [Held(role, kind, code) for kind, code in found])
        mine = {(one.kind, one.code): found[one.kind, one.code] for one in allowed}
        if len(mine) > 1:
            choices = "; ".join(sorted(f"{called} ({code})" for (_kind, code), called in mine.items()))
            raise ValidationError(
                _("Tomu odpovídá víc možností: %(choices)s. Napište jednu z nich přesněji."),
                params={"choices": choices},
            )
        if not mine:
            raise ValidationError(NOBODY_SUCH)
        return next(iter(mine))

    def _unnamed(self, role: str, kinds: tuple[Grant.Range, ...]) -> Pair:
        if self.only:
            return self.only
        if Range.SITE in kinds and rules.may_give(self.giver, role, *spans.SITE):
            return spans.SITE
        raise ValidationError(_("Napište, za koho nebo kde má role platit."))


class InviteForm(RoleForm):
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(label=_("Jméno a příjmení"), max_length=150, required=False)

    field_order = ["email", "name", "role", "where"]


class PeopleFilter(forms.Form):
    q = forms.CharField(label=_("Jméno nebo e-mail"), max_length=100, required=False)
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("všechny")), *Grant.Role.choices])
    kde = forms.CharField(label=_("Za koho nebo kde"), max_length=250, required=False)
    stav = forms.ChoiceField(
        label=_("Účet"),
        required=False,
        choices=[("", _("všechny")), ("on", _("zapnutý")), ("off", _("vypnutý"))],
    )

    def asked(self) -> dict[str, str]:
        """What was asked for and makes sense; the rest is as if it was not asked."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class WelcomeForm(forms.Form):
    """Somebody new says what they are called and chooses a password."""

    name = forms.CharField(
        label=_("Jméno a příjmení"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Heslo"),
        strip=False,
        help_text=_("Aspoň 12 znaků. Nejlíp se pamatuje pár slov za sebou."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Heslo ještě jednou"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, email: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        password, again = cleaned.get("password"), cleaned.get("again")
        if password:
            try:
                validate_password(password, Person(email=self.email, name=cleaned.get("name", "")))
            except ValidationError as fault:
                self.add_error("password", fault)
        if password and again and password != again:
            self.add_error("again", _("Hesla se liší. Napište je prosím obě znovu."))
        return cleaned
