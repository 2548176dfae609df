"""Addresses of `plan`."""

from .table import Address

ADDRESSES: dict[str, Address] = {}
