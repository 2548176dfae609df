"""Pictures of the manual, taken by the journeys so that they cannot grow old (`make manual`)."""

from __future__ import annotations

import io
import os

from PIL import Image
from playwright.sync_api import Page

from .conftest import ROOT

FOLDER = ROOT / "docs/manual/obrazky"
LARGEST = 60 * 1024  # bytes


def picture(page: Page, name: str) -> None:
    """Keep what the window shows as `<name>.png` when MANUAL is set; in few colours, a form needs no more."""
    if not os.environ.get("MANUAL"):
        return
    shot = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    shot.thumbnail((960, 1600))
    for colours in (200, 128, 64, 32):
        kept = io.BytesIO()
        shot.quantize(colours).save(kept, "PNG", optimize=True)
        if kept.tell() <= LARGEST:
            break
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.png").write_bytes(kept.getvalue())
