"""Addresses of `home`."""

from .table import WITH_A_ROLE, Address, data

ADDRESSES: dict[str, Address] = {
    "home:landing": Address(),
    "home:contact": Address(),
    "home:help": Address(),
    "home:privacy": Address(),
    "home:accessibility": Address(),
    "home:open_data": Address(),
    "home:catalogue": data(),
    "home:robots": data(),
    "home:sitemap": data(),
    "home:desk": Address(who=WITH_A_ROLE),
}
