"""Addresses of `accounts`. Those of signing in are called as allauth calls them.

Whoever has not shown lately who they are is sent to do so (302) before they get to a change of how they sign in;
tests/accounts/test_second_factor.py and the journey of signing in go through.
"""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from portal.accounts.actions import hash_of
from portal.accounts.models import Grant, Invitation
from tests import make
from tests.world import World

from .table import SIGNED_IN, Address, Role, data

TOKEN = "jen-pro-zkousku-adres"
# Who gives roles to somebody; an auditor looks on.
GIVERS = frozenset({Role.TECHNICAL, Role.REGION, Role.COORDINATOR, Role.PROVIDER_HEAD})
LOOKERS = GIVERS | {Role.AUDITOR}


def build(world: World) -> None:
    """An editor of the world's provider and an invitation to be another one."""
    editor = make.person(name="Editorka Poskytovatele")
    offer: dict[str, Any] = {
        "role": Role.PROVIDER_EDITOR,
        "range_kind": Grant.Range.PROVIDER,
        "range_code": str(world.service.provider_id),
    }
    world.more["editor"] = editor
    world.more["grant"] = Grant.objects.create(person=editor, **offer)
    now = timezone.now()
    world.more["invitation"] = Invitation.objects.create(
        email="pozvana@example.org",
        token_hash=hash_of(TOKEN),
        sent_at=now,
        expires_at=now + timedelta(days=14),
        **offer,
    )


def of_invitation(world: World) -> dict[str, Any]:
    return {"pk": world.more["invitation"].pk}


def of_editor(world: World) -> dict[str, Any]:
    return {"pk": world.more["editor"].pk}


def of_grant(world: World) -> dict[str, Any]:
    return {"pk": world.more["editor"].pk, "grant": world.more["grant"].pk}


def deed(**more: Any) -> Address:
    return data(who=GIVERS, answer=405, **more)


def mine(**more: Any) -> Address:
    return Address(who=SIGNED_IN, **more)


ADDRESSES: dict[str, Address] = {
    "accounts:sign_in": Address(),
    "accounts:sign_out": data(answer=405),
    "accounts:account": mine(),
    "accounts:session_end": data(who=SIGNED_IN, answer=405),
    "accounts:sessions_end": data(who=SIGNED_IN, answer=405),
    "account_login": data(),
    "account_inactive": Address(),
    "account_reset_password": Address(),
    "account_reset_password_done": Address(),
    "account_reset_password_from_key": Address(arguments=lambda _: {"uidb36": "1", "key": "stary-odkaz"}),
    "account_reset_password_from_key_done": Address(),
    "account_change_password": mine(),
    "account_set_password": data(who=SIGNED_IN, answer=302),
    "account_reauthenticate": mine(),
    "mfa_authenticate": data(answer=302),
    "mfa_login_webauthn": data(answer=302),
    "mfa_reauthenticate": data(who=SIGNED_IN, answer=302),
    "mfa_reauthenticate_webauthn": data(who=SIGNED_IN, answer=302),
    "mfa_index": mine(),
    "mfa_activate_totp": data(who=SIGNED_IN, answer=302),
    "mfa_deactivate_totp": data(who=SIGNED_IN, answer=404),
    "mfa_add_webauthn": data(who=SIGNED_IN, answer=302),
    "mfa_remove_webauthn": data(who=SIGNED_IN, answer=302, arguments=lambda _: {"pk": 1}),
    "mfa_view_recovery_codes": data(who=SIGNED_IN, answer=404),
    "mfa_generate_recovery_codes": data(who=SIGNED_IN, answer=302),
    "mfa_download_recovery_codes": data(who=SIGNED_IN, answer=404),
    "accounts:invitation": Address(arguments=lambda _: {"token": TOKEN}),
    "accounts:people": Address(who=LOOKERS),
    "accounts:invite": Address(who=GIVERS),
    "accounts:invitations": Address(who=LOOKERS),
    "accounts:invitation_again": deed(arguments=of_invitation),
    "accounts:invitation_withdraw": deed(arguments=of_invitation),
    "accounts:person": Address(who=LOOKERS, arguments=of_editor),
    "accounts:role_take": deed(arguments=of_grant),
    "accounts:person_off": deed(arguments=of_editor),
    "accounts:person_on": deed(arguments=of_editor),
    "accounts:second_factor_drop": deed(arguments=of_editor),
}
