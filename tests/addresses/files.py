"""Addresses of `files`."""

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from portal.files.actions import keep
from tests.world import World

from .table import Address, data


def build(world: World) -> None:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(out, "PNG")
    upload = SimpleUploadedFile("vchod.png", out.getvalue())
    world.more["file"] = keep(upload=upload, sort="image", actor=None, public=True, alt="Vchod do domu")


def of_file(world: World) -> dict[str, Any]:
    return {"key": world.more["file"].key, "name": world.more["file"].name}


ADDRESSES: dict[str, Address] = {
    "files:file": data(arguments=of_file),
    "files:small": data(arguments=of_file),
}
