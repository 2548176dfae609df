"""A real browser over a real server: gunicorn and the worker over a database with the demo region, started once.

All journeys share one site, so a journey leaves behind nothing that would disturb another.
"""

import os
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
BROWSER_ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PATIENCE = 30_000  # ms; a busy machine is no fault of the page
expect.set_options(timeout=PATIENCE)


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


@dataclass(frozen=True)
class Site:
    """A running portal: where it listens and the environment that its commands run in."""

    address: str
    environment: dict[str, str]


@pytest.fixture(scope="session")
def site(running_site: Site) -> str:
    """Address of a running site with the demo region."""
    return running_site.address


@pytest.fixture(scope="session")
def running_site(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("site")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "DEBUG": "1",
        "VAR_DIR": str(home),
        "DATABASE_URL": f"sqlite:///{home / 'site.sqlite3'}",
        "SITE_URL": address,
        "ALLOWED_HOSTS": "127.0.0.1 localhost",
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
        yield Site(address, environment)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=15)
        log.close()


def wait_for(address: str) -> None:
    for _ in range(150):
        try:
            urllib.request.urlopen(address, timeout=60).close()
        except OSError:  # refused, reset or slow to answer
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
    opened.set_default_timeout(PATIENCE)
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
    opened.set_default_timeout(PATIENCE)
    yield opened.new_page()
    opened.close()


SignIn = Callable[[BrowserContext, str], None]


@pytest.fixture(scope="session")
def sign_in() -> SignIn:
    """Signs the person of the demo who holds the role in to a context."""
    people = tomllib.loads((ROOT / "demo/people.toml").read_text(encoding="utf-8"))

    def enter(context: BrowserContext, role: str) -> None:
        person = next(one for one in people["person"] if role in one["roles"])
        page = context.new_page()
        page.goto("/prihlaseni/")
        page.get_by_label("E-mail").fill(person["email"])
        page.get_by_label("Heslo").fill(people["password"])
        page.get_by_role("button", name="Přihlásit se").click()
        page.wait_for_url("**/sprava/")
        page.close()

    return enter
