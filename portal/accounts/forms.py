from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest

# So many wrong passwords for one e-mail before it has to wait.
TRIES, WAIT_SECONDS = 8, 15 * 60


class SignInForm(AuthenticationForm):
    """E-mail and password. Guessing is slowed by e-mail, whoever asks and from wherever."""

    username = forms.EmailField(
        label="E-mail", widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        label="Heslo", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    error_messages = {
        "invalid_login": "E-mail nebo heslo nesouhlasí. Zkuste to prosím znovu.",
        "inactive": "Tento účet je vypnutý. Ozvěte se koordinátorovi.",
        "too_many": "Příliš mnoho pokusů. Počkejte prosím čtvrt hodiny a zkuste to znovu.",
    }

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)

    def clean(self) -> dict[str, Any]:
        key = "sign-in:" + (self.cleaned_data.get("username") or "").lower()
        if cache.get(key, 0) >= TRIES:
            raise ValidationError(self.error_messages["too_many"], code="too_many")
        try:
            cleaned = super().clean()
        except ValidationError:
            cache.add(key, 0, WAIT_SECONDS)
            cache.incr(key)
            raise
        cache.delete(key)
        return cleaned
