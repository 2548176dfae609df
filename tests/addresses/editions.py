"""Addresses of `editions`."""

from .table import Address

ADDRESSES: dict[str, Address] = {}
