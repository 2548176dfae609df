"""Addresses of `tables`."""

from .table import Address

ADDRESSES: dict[str, Address] = {}
