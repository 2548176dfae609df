"""Addresses of `accounts`."""

from .table import SIGNED_IN, Address, data

ADDRESSES: dict[str, Address] = {
    "accounts:sign_in": Address(),
    "accounts:sign_out": data(who=SIGNED_IN, answer=405),
}
