"""Forms of signing in: allauth's, in our words and without the grey text inside fields."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as factor
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

HOW_LONG = _("Aspoň %(count)d znaků. Dobře se pamatuje věta nebo čtyři slova za sebou.") % {
    "count": settings.SHORTEST_PASSWORD
}
REQUIRED = {
    "login": _("Napište svůj e-mail."),
    "email": _("Napište svůj e-mail."),
    "password": _("Napište své heslo."),
    "oldpassword": _("Napište své nynější heslo."),
    "password1": _("Napište nové heslo."),
    "password2": _("Napište nové heslo ještě jednou."),
    "code": _("Opište kód."),
}


def dress(form: forms.Form, **labels: Any) -> None:
    """Our labels on the fields of a form of allauth; its placeholders and hints go."""
    for name, label in labels.items():
        field = form.fields[name]
        field.label, field.help_text = label, ""
        field.widget.attrs.pop("placeholder", None)
        if name in REQUIRED:
            field.error_messages["required"] = REQUIRED[name]
        if name in {"login", "email"}:
            field.error_messages["invalid"] = _("Napište celý e-mail, třeba jana@priklad.cz.")


class SignIn(account.LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(
            self,
            login=_("E-mail"),
            password=_("Heslo"),
            remember=_("Zapamatovat si mě na tomto zařízení na 14 dní"),
        )
        self.fields["login"].widget.attrs.update(autocomplete="username", autofocus=True)


class Reauthenticate(account.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self, password=_("Heslo"))


class ResetPassword(account.ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self, email=_("E-mail"))
        self.fields["email"].widget.attrs["autocomplete"] = "username"


class NewPassword(account.ResetPasswordKeyForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress_new_password(self)


class SetPassword(account.SetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress_new_password(self)


class ChangePassword(account.ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress(self, oldpassword=_("Nynější heslo"))
        dress_new_password(self)


def dress_new_password(form: forms.Form) -> None:
    dress(form, password1=_("Nové heslo"), password2=_("Nové heslo ještě jednou"))
    form.fields["password1"].help_text = HOW_LONG


# --- the second factor ---------------------------------------------------------------------------------------


def dress_code(form: forms.Form, label: Any, numeric: bool) -> None:
    dress(form, code=label)
    form.fields["code"].widget.attrs |= {"autocomplete": "one-time-code", "autofocus": True}
    if numeric:
        form.fields["code"].widget.attrs["inputmode"] = "numeric"


class SecondFactor(factor.AuthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress_code(self, _("Kód z aplikace, nebo záložní kód"), numeric=True)


class ReauthenticateByCode(factor.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress_code(self, _("Kód z aplikace, nebo záložní kód"), numeric=True)


class ActivateApp(ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dress_code(self, _("Kód, který aplikace ukazuje"), numeric=True)


@contextmanager
def well_formed() -> Iterator[None]:
    """What a browser says of a passkey comes from outside; what cannot even be read is as wrong as a wrong key."""
    try:
        yield
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as unreadable:
        raise forms.ValidationError(_("Klíč se nepodařilo ověřit. Zkuste to prosím znovu.")) from unreadable


class SignInByPasskey(webauthn.LoginWebAuthnForm):  # type: ignore[misc]
    def clean_credential(self) -> Authenticator:
        with well_formed():
            return super().clean_credential()


class PasskeyAsSecondFactor(webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]
    def clean_credential(self) -> Authenticator:
        with well_formed():
            return super().clean_credential()


class ReauthenticateByPasskey(webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    def clean_credential(self) -> Authenticator:
        with well_formed():
            return super().clean_credential()


class AddPasskey(webauthn.AddWebAuthnForm):  # type: ignore[misc]
    """Our passkeys always sign in by themselves and always ask for a fingerprint, a face or a PIN: one sort of key
    that people need not choose from."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["passwordless"]
        dress(self, name=_("Jak klíči budete říkat"))
        self.fields["name"].max_length = 60
        self.fields["credential"].error_messages["required"] = _(
            "Klíč se nepodařilo vytvořit. Potřebuje skript a prohlížeč, který přístupové klíče umí."
        )

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["passwordless"] = True
        with well_formed():
            cleaned: dict[str, Any] = super().clean()
        return cleaned
