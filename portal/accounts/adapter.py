"""Where allauth asks the portal: its words in Czech, its letters through our outbox, nobody signs up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.mail import actions as mail
from portal.web.pace import visitor

from . import second_factor, sessions
from .models import Person

# What happened to the account, by the letter that allauth would send.
CHANGES = {
    "account/email/password_changed": _("Vaše heslo je změněné."),
    "account/email/password_reset": _("Někdo si přes odkaz v e-mailu nastavil k vašemu účtu nové heslo."),
    "account/email/password_set": _("K vašemu účtu je nastavené heslo."),
    "mfa/email/totp_activated": _("Při přihlášení teď budete opisovat kód z aplikace v telefonu."),
    "mfa/email/totp_deactivated": _("Při přihlášení už se nebudeme ptát na kód z aplikace v telefonu."),
    "mfa/email/webauthn_added": _("K vašemu účtu přibyl přístupový klíč."),
    "mfa/email/webauthn_removed": _("Od vašeho účtu je odebraný přístupový klíč."),
    "mfa/email/recovery_codes_generated": _("Máte nové záložní kódy, staré už neplatí."),
}
# What a page says after it was done, by the message that allauth would show; the others say nothing new.
SAID = {
    "account/messages/password_changed.txt": _("Heslo je změněné. Na ostatních zařízeních jsme vás odhlásili."),
    "account/messages/password_set.txt": _("Heslo je nastavené."),
    "mfa/messages/totp_activated.txt": _("Aplikace je připojená. Při příštím přihlášení si řekneme o kód z ní."),
    "mfa/messages/totp_deactivated.txt": _("Aplikace je odpojená."),
    "mfa/messages/webauthn_added.txt": _("Přístupový klíč je uložený."),
    "mfa/messages/webauthn_removed.txt": _("Přístupový klíč je odebraný."),
    "mfa/messages/recovery_codes_generated.txt": _("Záložní kódy jsou hotové. Uložte si je."),
}


class SignInAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("Tento účet je vypnutý. Ozvěte se koordinátorovi."),
        "email_password_mismatch": _("E-mail nebo heslo nesouhlasí. Zkuste to prosím znovu."),
        "enter_current_password": _("Tohle není vaše nynější heslo. Zkuste to prosím znovu."),
        "incorrect_code": _("Kód nesouhlasí. Opište prosím ten, který je vidět právě teď."),
        "incorrect_password": _("Heslo nesouhlasí. Zkuste to prosím znovu."),
        "invalid_password_reset": _("Odkaz už neplatí. Nechte si poslat nový."),
        "too_many_login_attempts": _("Příliš mnoho pokusů. Počkejte prosím čtvrt hodiny a zkuste to znovu."),
        "rate_limited": _("Příliš mnoho pokusů. Počkejte prosím chvíli a zkuste to znovu."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return visitor(request)

    def login(self, request: HttpRequest, user: Person) -> None:
        super().login(request, user)
        request.session[sessions.DEVICE] = sessions.device(request.headers.get("User-Agent", ""))

    def reauthenticate(self, user: Person, password: str) -> bool:
        """allauth would look for the e-mail in a table of its own, which we leave empty: a person has one e-mail."""
        found = self.authenticate(allauth_context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:account")

    def get_reset_password_from_key_url(self, key: str) -> str:
        uid, _dash, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
        return f"{settings.SITE_URL}{path}"

    def add_message(  # noqa: PLR0917 - the signature is theirs
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        said = message or SAID.get(message_template or "")
        if said:
            super().add_message(request, level, message=str(said), extra_tags=extra_tags)

    # --- letters ---------------------------------------------------------------------------------------------

    def send_password_reset_mail(self, user: Person, email: str, context: dict[str, Any]) -> None:
        mail.write(
            template="accounts/letters/password_reset.txt",
            to=user.email,
            name=user.name,
            context={"site_name": settings.SITE_NAME, "url": context["password_reset_url"]},
            about=user,
        )

    def send_notification_mail(
        self, template_prefix: str, user: Person, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        mail.write(
            template="accounts/letters/sign_in_changed.txt",
            to=user.email,
            name=user.name,
            context={
                "site_name": settings.SITE_NAME,
                "what": str(CHANGES[template_prefix]),
                "when": timezone.localtime(),
                "device": sessions.device(self.request.headers.get("User-Agent", "")),
                "url": settings.SITE_URL + reverse("account_reset_password"),
            },
            about=user,
        )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        raise NotImplementedError(f"The portal has no letter for {template_prefix}.")


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _(
            "Vaše role vyžaduje druhý krok přihlášení. Nejdřív si přidejte jiný, pak můžete odebrat tento."
        ),
        "cannot_generate_recovery_codes": _("Záložní kódy dostanete, až si nastavíte druhý krok přihlášení."),
        "incorrect_code": _("Kód nesouhlasí. Opište prosím ten, který je vidět právě teď."),
    }

    def encrypt(self, text: str) -> str:
        return second_factor.cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return second_factor.cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return second_factor.may_be_removed(authenticator)

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:
        """The device somebody sits at is most often the one that keeps the passkey."""
        name = sessions.device(allauth_context.request.headers.get("User-Agent", ""))
        return name[0].upper() + name[1:]
