"""Addresses of `jobs`."""

from typing import Any

from tests.world import World

from .table import Address, data


def of_job(world: World) -> dict[str, Any]:
    return {"key": world.job.key}


ADDRESSES: dict[str, Address] = {
    "jobs:state": data(arguments=of_job),
    "jobs:progress": Address(arguments=of_job),
    "jobs:result": data(arguments=of_job),
}
