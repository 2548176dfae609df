"""Budgets of public pages over a register of national size: SQL queries, server time, weight, first view, memory.

python -m benchmarks pages
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from benchmarks.measure import Row, best_of, report  # noqa: E402
from portal.catalogue.models import Service  # noqa: E402
from portal.territory.models import Municipality  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Request

ROOT = Path(__file__).resolve().parent.parent
WORKERS = 2


def addresses() -> dict[str, str]:
    """Public pages by what they are, at their heaviest: the busiest town, kind and provider."""
    busy = Service.objects.public().filter(facilities__municipality__isnull=False).select_related("provider").first()
    if busy is None:
        raise SystemExit("The benchmark database holds no service.")
    town = Municipality.objects.order_by("-people").first()
    return {
        "home": "/",
        "search, everything": "/sluzby/",
        "search, words and place": "/sluzby/?q=babička+nezvládá+sama+doma&kde=Jičín",
        "search, kind and group": "/sluzby/?druh=ps&pro=seniori",
        "service": f"/sluzby/{busy.slug}/",
        "provider": f"/poskytovatele/{busy.provider.slug}/",
        "providers": "/poskytovatele/",
        "municipality": f"/obce/{town.slug if town else ''}/",
        "kinds": "/druhy/",
        "situations": "/situace/",
        "map": "/mapa/",
        "help now": "/pomoc-hned/",
        "availability": "/dostupnost/?druh=dps&uzemi=cr",
        "availability, expert": "/dostupnost/?druh=dps&uzemi=cr&metoda=e2sfca",
        "white spots": "/dostupnost/bila-mista/?uzemi=cr",
    }


def server(rows: list[Row], pages: dict[str, str]) -> None:
    """Queries, best of 20 and bytes of each page, in this process, index and templates warm."""
    client = Client(SERVER_NAME="127.0.0.1")
    for name, address in pages.items():
        answer = client.get(address)
        if answer.status_code != 200:
            raise SystemExit(f"{address} answered {answer.status_code}")
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        asked = len(queries)  # the log is emptied by the next request
        spent = best_of(partial(client.get, address), rounds=20).seconds * 1e3
        size = len(answer.content) / 1024
        limit = 5 if name.startswith("search") else 10
        time_limit = {"map": 150, "search": 50}.get(name.split(",")[0], 40)
        rows += [
            Row(f"{name}: SQL", asked, "queries", reach=f"<= {limit}", ok=asked <= limit),
            Row(f"{name}: server time", spent, "ms", reach=f"<= {time_limit} ms", ok=spent <= time_limit),
            Row(f"{name}: HTML", size, "KiB", reach="<= 60 KiB", ok=size <= 60),
        ]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def memory_of(pid: int) -> float:
    """Proportional set size of a process and its children, in MB."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    own = next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    return own + sum(memory_of(int(child)) for child in children)


def served(rows: list[Row], pages: dict[str, str]) -> None:
    """First view in a real browser and memory of the workers, served as in production."""
    port = free_port()
    environment = {**os.environ, "ALLOWED_HOSTS": "127.0.0.1", "SITE_URL": f"http://127.0.0.1:{port}"}
    gunicorn = [sys.executable, "-m", "gunicorn", "portal.wsgi", "-b", f"127.0.0.1:{port}", "-w", str(WORKERS)]
    with subprocess.Popen([*gunicorn, "--preload"], env=environment, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
        try:
            site = f"http://127.0.0.1:{port}"
            wait_for(site)
            # A first view of a page, not of a process that has just been born.
            for address in [*pages.values()] * 2 * WORKERS:
                fetch(site + address)
            views(rows, {name: site + address for name, address in pages.items()}, site)
            memory(
                rows,
                process.pid,
                "after the pages of finding help",
                [site + pages[name] for name in pages if not is_study(name)],
            )
            memory(rows, process.pid, "after studies of availability too", [site + one for one in pages.values()])
        finally:
            process.terminate()


def is_study(name: str) -> bool:
    return name.startswith(("availability", "white spots"))


def memory(rows: list[Row], pid: int, when: str, addresses: list[str]) -> None:
    """What the workers hold after each address was asked four times."""
    for address in addresses * 4:
        fetch(address)
    used = memory_of(pid)
    rows.append(Row(f"memory of {WORKERS} workers (PSS) {when}", used, "MB", reach="<= 250 MB", ok=used <= 250))


def wait_for(site: str) -> None:
    for _ in range(600):  # a minute: the first start makes the index
        try:
            fetch(site + "/")
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The server did not come up.")


def fetch(address: str) -> bytes:
    quoted = urllib.parse.quote(address, safe=":/?=&+%")
    with urllib.request.urlopen(quoted, timeout=30) as answer:
        return bytes(answer.read())


def remember(seen: list[str], request: "Request") -> None:
    seen.append(request.url)


def views(rows: list[Row], pages: dict[str, str], site: str) -> None:
    from playwright.sync_api import sync_playwright

    from tests.conftest import CHROMIUM

    if CHROMIUM is None:
        print("First view: not measured, Chromium is not installed.")
        return
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        for name in ("home", "search, words and place", "service", "map"):
            paints = []
            for _ in range(3):
                page = browser.new_context().new_page()
                seen: list[str] = []
                page.on("request", partial(remember, seen))
                page.goto(pages[name], wait_until="networkidle")
                paints.append(
                    page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")
                )
            weight = page.evaluate(
                "performance.getEntries().reduce((sum, one) => sum + (one.transferSize || 0), 0) / 1024"
            )
            paint = min(paints)
            outside = [url for url in seen if not url.startswith((site, "data:"))]
            rows += [
                Row(f"{name}: requests", len(seen), "", reach="<= 12", ok=len(seen) <= 12),
                Row(f"{name}: weight", weight, "KB", reach="<= 400 KB", ok=weight <= 400),
                Row(f"{name}: first paint, best of 3", paint, "ms", reach="<= 500 ms", ok=0 < paint <= 500),
                Row(f"{name}: requests elsewhere", len(outside), "", reach="0", ok=not outside),
            ]
        browser.close()


def main() -> int:
    settings.ALLOWED_HOSTS = ["*"]
    rows: list[Row] = []
    pages = addresses()
    server(rows, pages)
    connection.close()
    served(rows, pages)
    return 0 if report("pages", rows, packages=("django", "gunicorn")) else 1


if __name__ == "__main__":
    sys.exit(main())
