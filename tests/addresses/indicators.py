"""Addresses of `indicators`."""

from .table import Address

ADDRESSES: dict[str, Address] = {}
