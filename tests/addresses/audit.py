"""Addresses of `audit`."""

from .table import Address

ADDRESSES: dict[str, Address] = {}
