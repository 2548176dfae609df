"""Addresses of `mail`."""

from .table import Address

ADDRESSES: dict[str, Address] = {}
