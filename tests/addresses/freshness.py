"""Addresses of `freshness`."""

from .table import Address

ADDRESSES: dict[str, Address] = {}
