"""Addresses of `web`."""

from .table import Address, data

ADDRESSES: dict[str, Address] = {
    "web:ui": Address(),
    "web:ui_places": data(),
    "web:ui_suggest": data(),
    "web:set_language": data(answer=302),
}
