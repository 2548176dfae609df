"""Addresses of `upkeep`."""

from .table import Address

ADDRESSES: dict[str, Address] = {}
