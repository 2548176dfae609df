"""Addresses of `chapters`."""

from .table import Address

ADDRESSES: dict[str, Address] = {}
