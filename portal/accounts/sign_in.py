"""Pages of signing in: allauth's views with our templates. They are classes because allauth's are."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import auth as passkeys
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy

from . import second_factor
from .adapter import SecondFactorAdapter


class Unprocessable:
    """A form that is wrong answers 422, as everywhere in the portal."""

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        if response.status_code == 200:
            response.status_code = 422
        return response


# --- coming in -----------------------------------------------------------------------------------------------


class SignIn(Unprocessable, account.LoginView):  # type: ignore[misc]
    template_name = "accounts/sign_in.html"


class SignInByPasskey(webauthn.LoginWebAuthnView):  # type: ignore[misc]
    def form_valid(self, form: Any) -> HttpResponse:
        """As allauth's, only that it leads where one wanted to go."""
        passkey = form.cleaned_data["credential"]
        login = Login(user=passkey.user, redirect_url=get_next_redirect_url(self.request))
        response: HttpResponse = perform_passwordless_login(self.request, passkey, login)
        return response


class Inactive(account.AccountInactiveView):  # type: ignore[misc]
    template_name = "accounts/inactive.html"


class Authenticate(Unprocessable, factor.AuthenticateView):  # type: ignore[misc]
    template_name = "accounts/authenticate.html"


# --- passwords -----------------------------------------------------------------------------------------------


class ResetPassword(Unprocessable, account.PasswordResetView):  # type: ignore[misc]
    template_name = "accounts/reset_password.html"


class ResetPasswordDone(account.PasswordResetDoneView):  # type: ignore[misc]
    template_name = "accounts/reset_password_done.html"


class NewPassword(Unprocessable, account.PasswordResetFromKeyView):  # type: ignore[misc]
    template_name = "accounts/new_password.html"


class NewPasswordDone(account.PasswordResetFromKeyDoneView):  # type: ignore[misc]
    template_name = "accounts/new_password_done.html"


class ChangePassword(Unprocessable, account.PasswordChangeView):  # type: ignore[misc]
    template_name = "accounts/change_password.html"


class SetPassword(Unprocessable, account.PasswordSetView):  # type: ignore[misc]
    template_name = "accounts/change_password.html"


# --- proving once more who one is before a weighty change ----------------------------------------------------


class Reauthenticate(Unprocessable, account.ReauthenticateView):  # type: ignore[misc]
    template_name = "accounts/reauthenticate.html"


class ReauthenticateByCode(Unprocessable, factor.ReauthenticateView):  # type: ignore[misc]
    template_name = "accounts/reauthenticate.html"


class ReauthenticateByPasskey(webauthn.ReauthenticateWebAuthnView):  # type: ignore[misc]
    template_name = "accounts/reauthenticate_passkey.html"


# --- the second factor ---------------------------------------------------------------------------------------


class SecondFactor(factor.IndexView):  # type: ignore[misc]
    template_name = "accounts/second_factor.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"required": second_factor.required(self.request.user)}


class AddApp(Unprocessable, totp.ActivateTOTPView):  # type: ignore[misc]
    template_name = "accounts/app_add.html"


class RemoveApp(Unprocessable, totp.DeactivateTOTPView):  # type: ignore[misc]
    template_name = "accounts/app_remove.html"


class AddPasskey(Unprocessable, webauthn.AddWebAuthnView):  # type: ignore[misc]
    template_name = "accounts/passkey_add.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The challenge asks for a key that signs in by itself. allauth's view would lose a form with errors."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["form"] = kwargs.get("form", context["form"])
        context["js_data"] = {"creation_options": passkeys.begin_registration(self.request.user, True)}
        return context


class RemovePasskey(webauthn.RemoveWebAuthnView):  # type: ignore[misc]
    template_name = "accounts/passkey_remove.html"
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Any) -> HttpResponse:
        if not second_factor.may_be_removed(self.object):
            messages.error(self.request, str(SecondFactorAdapter.error_messages["cannot_delete_authenticator"]))
            return redirect("mfa_index")
        response: HttpResponse = super().form_valid(form)
        return response


class RecoveryCodes(codes.ViewRecoveryCodesView):  # type: ignore[misc]
    template_name = "accounts/recovery_codes.html"


class NewRecoveryCodes(Unprocessable, codes.GenerateRecoveryCodesView):  # type: ignore[misc]
    template_name = "accounts/recovery_codes_new.html"


class RecoveryCodesFile(codes.DownloadRecoveryCodesView):  # type: ignore[misc]
    template_name = "accounts/recovery_codes.txt"
