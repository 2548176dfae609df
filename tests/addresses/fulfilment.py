"""Addresses of `fulfilment`."""

from .table import Address

ADDRESSES: dict[str, Address] = {}
