"""Addresses of `home`."""

from .table import SIGNED_IN, WITH_A_ROLE, Address, Role, data

ADDRESSES: dict[str, Address] = {
    "home:landing": Address(),
    "home:search": Address(),
    "home:contact": Address(),
    "home:help": Address(),
    "home:privacy": Address(),
    "home:accessibility": Address(),
    "home:open_data": Address(),
    "home:catalogue": data(),
    "home:robots": data(),
    "home:sitemap": data(),
    "home:desk": Address(who=WITH_A_ROLE),
    "home:my_data": Address(who=SIGNED_IN),
    "home:my_data_json": data(who=SIGNED_IN),
    "home:erase_me": Address(who=SIGNED_IN),
    "home:person_erase": Address(
        who=frozenset({Role.TECHNICAL}), arguments=lambda world: {"pk": world.more["editor"].pk}
    ),
}
