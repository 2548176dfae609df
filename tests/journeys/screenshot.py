"""Picture for the README: results of a search in the demo region that `make run` serves (`make screenshot`)."""

import shutil
import sys
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import ViewportSize, sync_playwright

from .conftest import BROWSER_ARGS, PATIENCE, ROOT

PICTURE = ROOT / "docs/screenshot.png"
QUESTION = {"q": "babička nezvládá sama doma", "kde": "Svornov"}
# 1280×900 points of the picture, drawn a little smaller so that a whole result and the map are in it.
WINDOW, SCALE = ViewportSize(width=1600, height=1125), 0.8


def take(address: str, picture: Path) -> None:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=BROWSER_ARGS)
        context = browser.new_context(viewport=WINDOW, device_scale_factor=SCALE, locale="cs-CZ")
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(f"{address}/sluzby/?{urlencode(QUESTION)}")
        page.locator(".leaflet-marker-icon").first.wait_for()
        page.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    take(sys.argv[1], PICTURE)
