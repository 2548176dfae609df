"""Addresses of `files`."""

from .table import Address

ADDRESSES: dict[str, Address] = {}
