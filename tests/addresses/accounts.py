"""Addresses of `accounts`. Those of signing in are called as allauth calls them.

Whoever has not shown lately who they are is sent to do so (302) before they get to a change of how they sign in;
tests/accounts/test_second_factor.py and the journey of signing in go through.
"""

from typing import Any

from .table import SIGNED_IN, Address, data


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
}
