"""A real browser over a real server: gunicorn and the worker over a database with the demo region, started once.

All journeys share one site, so a journey leaves behind nothing that would disturb another.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
BROWSER_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One process drives the browser; the others go on with the rest of the suite."""
    for item in items:
        if Path(item.path).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="session")
def site(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a running site with the demo region."""
    home = tmp_path_factory.mktemp("site")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "DEBUG": "1",
        "VAR_DIR": str(home),
        "DATABASE_URL": f"sqlite:///{home / 'site.sqlite3'}",
        "SITE_URL": address,
        "ALLOWED_HOSTS": "127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }
    manage = [sys.executable, "manage.py"]
    for command in (["migrate", "-v0"], ["load_lists"], ["load_words"], ["load_demo"]):
        subprocess.run([*manage, *command], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    # In DEBUG, as `make run`, so that whitenoise serves static files from where they are.
    gunicorn = [sys.executable, "-m", "gunicorn", "portal.wsgi", "-b", f"127.0.0.1:{port}", "--threads", "4"]
    log = (home / "log").open("w")
    running = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        for command in (gunicorn, [*manage, "db_worker", "--interval", "0.3"])
    ]
    try:
        wait_for(address)
        yield address
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=15)
        log.close()


def wait_for(address: str) -> None:
    for _ in range(150):
        try:
            urllib.request.urlopen(address, timeout=20).close()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The site did not come up.")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=chromium, args=BROWSER_ARGS)
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser, site: str) -> Iterator[BrowserContext]:
    opened = browser.new_context(base_url=site, locale="cs-CZ", viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(10_000)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def phone(browser: Browser, site: str) -> Iterator[Page]:
    """A page on a small phone."""
    opened = browser.new_context(
        base_url=site, locale="cs-CZ", viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
    )
    opened.set_default_timeout(10_000)
    yield opened.new_page()
    opened.close()
