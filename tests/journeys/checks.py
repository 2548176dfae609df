"""What must hold for any page, asked of the page as a browser has it."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from playwright.sync_api import Page

PACKAGES = Path(__file__).resolve().parent.parent.parent / "node_modules"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def accessibility(page: Page) -> list[str]:
    """What axe finds on the page as it stands: rule, and the first of its elements."""
    # Before its styles have come a page has other sizes and colours than people see.
    page.wait_for_load_state("load")
    # Injected by the driver, not by the page: the content policy stays as strict as it is for people.
    page.evaluate((PACKAGES / "axe-core/axe.min.js").read_text(encoding="utf-8"))
    options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
    result = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{found['id']} ({len(found['nodes'])}×): {found['nodes'][0]['html'][:160]}" for found in result["violations"]
    ]


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def html_errors(pages: dict[str, str]) -> str:
    """What the HTML checker says of the pages (name -> HTML); Java starts once for all of them."""
    java, checker = shutil.which("java"), PACKAGES / "vnu-jar/build/dist/vnu.jar"
    if java is None or not checker.exists():
        pytest.skip("the HTML checker needs Java and node_modules/vnu-jar")
    with tempfile.TemporaryDirectory() as folder:
        for name, html in pages.items():
            (Path(folder) / f"{name}.html").write_text(html, encoding="utf-8")
        command = [java, "-Xmx512m", "-jar", str(checker), "--skip-non-html", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr.replace(folder, "")
