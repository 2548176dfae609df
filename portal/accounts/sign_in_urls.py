"""Addresses that allauth asks for by its own names, and no other of its addresses: there is no signing up, no second
e-mail and no signing in by other sites."""

from django.urls import path, re_path

from . import sign_in

urlpatterns = [
    path("prihlaseni/", sign_in.SignIn.as_view(), name="account_login"),
    path("prihlaseni/vypnuty-ucet/", sign_in.Inactive.as_view(), name="account_inactive"),
    path("prihlaseni/druhy-krok/", sign_in.Authenticate.as_view(), name="mfa_authenticate"),
    path("prihlaseni/klicem/", sign_in.SignInByPasskey.as_view(), name="mfa_login_webauthn"),
    path("zapomenute-heslo/", sign_in.ResetPassword.as_view(), name="account_reset_password"),
    path("zapomenute-heslo/odeslano/", sign_in.ResetPasswordDone.as_view(), name="account_reset_password_done"),
    path("zapomenute-heslo/hotovo/", sign_in.NewPasswordDone.as_view(), name="account_reset_password_from_key_done"),
    re_path(
        r"^zapomenute-heslo/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        sign_in.NewPassword.as_view(),
        name="account_reset_password_from_key",
    ),
    path("ucet/heslo/", sign_in.ChangePassword.as_view(), name="account_change_password"),
    path("ucet/heslo/prvni/", sign_in.SetPassword.as_view(), name="account_set_password"),
    path("ucet/overeni/", sign_in.Reauthenticate.as_view(), name="account_reauthenticate"),
    path("ucet/overeni/kodem/", sign_in.ReauthenticateByCode.as_view(), name="mfa_reauthenticate"),
    path("ucet/overeni/klicem/", sign_in.ReauthenticateByPasskey.as_view(), name="mfa_reauthenticate_webauthn"),
    path("ucet/druhy-krok/", sign_in.SecondFactor.as_view(), name="mfa_index"),
    path("ucet/druhy-krok/aplikace/", sign_in.AddApp.as_view(), name="mfa_activate_totp"),
    path("ucet/druhy-krok/aplikace/odpojit/", sign_in.RemoveApp.as_view(), name="mfa_deactivate_totp"),
    path("ucet/druhy-krok/klic/", sign_in.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("ucet/druhy-krok/klic/<int:pk>/odebrat/", sign_in.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("ucet/druhy-krok/kody/", sign_in.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("ucet/druhy-krok/kody/nove/", sign_in.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("ucet/druhy-krok/kody/soubor/", sign_in.RecoveryCodesFile.as_view(), name="mfa_download_recovery_codes"),
]
