"""What holds for every page of the portal, over the demo region: nobody is shut out, and nothing leaks out."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.addresses import ADDRESSES

from .checks import accessibility, html_errors, sideways
from .conftest import PATIENCE, ROOT, SignIn, Site

PAGES = sorted(name for name, row in ADDRESSES.items() if row.html and row.answer == 200)
DESKTOP, ZOOMED = ViewportSize(width=1280, height=900), ViewportSize(width=320, height=640)
# Full, empty and with an error: states that the address alone does not show.
QUESTIONS = {
    "results": "/sluzby/?q=babička+nezvládá+sama+doma&kde=Svornov",
    "filtered": "/sluzby/?forma=terenni&zdarma=1",
    "no result": "/sluzby/?q=xqzvwk",
    "unknown place": "/sluzby/?q=dluhy&kde=Nikdenice",
    "violence": "/sluzby/?q=manžel+mě+bije",
    "no page": "/sluzby/?strana=999",
    "text with changes": "/pripominky/uprava-komunitniho-planu-svornova/zmeny/?cele=1",
    "text with changes, further on": "/pripominky/uprava-komunitniho-planu-svornova/zmeny/?cele=1&strana=2",
}


@dataclass
class Room:
    """One person's browser: its only page, what the page complained of and what it asked of other sites."""

    context: BrowserContext
    page: Page
    said: list[str] = field(default_factory=list)
    abroad: list[str] = field(default_factory=list)


@dataclass
class Tour:
    addresses: dict[str, tuple[str, str]]
    rooms: dict[str, Room]

    def open(self, name: str) -> Room:
        role, path = self.addresses[name]
        room = self.rooms[role]
        room.said.clear()
        room.abroad.clear()
        room.page.emulate_media(color_scheme="light")
        room.page.set_viewport_size(DESKTOP)
        answer = room.page.goto(path)
        assert answer is not None
        assert answer.status == (404 if name == "no page" else 200), path
        return room


@pytest.fixture(scope="module")
def tour(browser: Browser, running_site: Site, sign_in: SignIn) -> Iterator[Tour]:
    told = subprocess.run(
        [sys.executable, "-m", "tests.journeys.samples"],
        cwd=ROOT,
        env=running_site.environment,
        check=True,
        stdout=subprocess.PIPE,
    )
    addresses = {name: (role, path) for name, (role, path) in json.loads(told.stdout).items()}
    addresses |= {name: ("visitor", path) for name, path in QUESTIONS.items()}
    rooms = {}
    for role in {role for role, _ in addresses.values()}:
        context = browser.new_context(base_url=running_site.address, locale="cs-CZ")
        context.set_default_timeout(PATIENCE)
        if role != "visitor":
            sign_in(context, role)
        rooms[role] = room(context, running_site.address)
    yield Tour(addresses, rooms)
    for one in rooms.values():
        one.context.close()


def room(context: BrowserContext, address: str) -> Room:
    made = Room(context, context.new_page())
    inside = (address, "data:", "blob:", "about:")
    made.page.on("console", lambda message: made.said.append(message.text) if message.type == "error" else None)
    made.page.on("pageerror", lambda error: made.said.append(str(error)))
    made.page.on("request", lambda asked: None if asked.url.startswith(inside) else made.abroad.append(asked.url))
    return made


@pytest.mark.parametrize("name", [*PAGES, *QUESTIONS])
def test_page_shuts_nobody_out_and_asks_nothing_of_other_sites(tour: Tour, name: str) -> None:
    room = tour.open(name)
    page = room.page
    found = {"light, 1280 px": accessibility(page)}
    # 1280 px at 400 % are 320 px.
    page.set_viewport_size(ZOOMED)
    page.emulate_media(color_scheme="dark")
    found["dark, 320 px"] = accessibility(page)
    assert {where: wrong for where, wrong in found.items() if wrong} == {}
    assert sideways(page) <= 0
    assert room.abroad == []
    # The browser itself reports the status of a page that is not there.
    assert [one for one in room.said if name != "no page" or "404" not in one] == []


def test_html_of_every_page_is_right(tour: Tour) -> None:
    pages = {
        name.replace(":", "-"): tour.rooms[role].context.request.get(path).text()
        for name, (role, path) in tour.addresses.items()
    }
    assert html_errors(pages) == ""


# Leaves out what only looks focusable: hidden parts of a folded menu, fields offered to machines.
WITHOUT_VISIBLE_FOCUS = """() => {
  const reach = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const drawn = (element) => {
    const style = getComputedStyle(element);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  };
  const hidden = [];
  for (const one of document.querySelectorAll(reach)) {
    if (!one.checkVisibility({ visibilityProperty: true }) || one.closest("[aria-hidden=true]")) continue;
    one.focus();
    if (document.activeElement !== one) continue;
    // A tick box lights up its label, a heading of a row the row.
    const near = [one, one.parentElement, one.nextElementSibling, one.closest(".row")].filter(Boolean);
    if (!near.some(drawn)) hidden.push(one.outerHTML.slice(0, 120));
  }
  return hidden;
}"""


@pytest.mark.parametrize(
    "name",
    ["home:landing", "results", "finding:map", "catalogue:service", "finding:guide", "register:upload", "access:study"],
)
def test_whoever_goes_by_keyboard_sees_where_they_are(tour: Tour, name: str) -> None:
    page = tour.open(name).page
    page.keyboard.press("Tab")
    assert page.evaluate(WITHOUT_VISIBLE_FOCUS) == []
