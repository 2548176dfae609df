"""The page of components, which shows every shape there is: what holds here holds for the shapes everywhere."""

import re
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from .checks import accessibility, html_errors, sideways


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_stands_in_the_way_of_anybody(
    browser: Browser, site: str, scheme: Literal["light", "dark"], width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, locale="cs-CZ")
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{site}/ui/", wait_until="networkidle")
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    page.locator("place-map").scroll_into_view_if_needed()
    expect(page.locator(".map-place").first).to_be_visible()
    assert accessibility(page) == []
    assert sideways(page) <= 0
    assert said == []
    context.close()


def test_html_is_right(page: Page) -> None:
    answer = page.request.get("/ui/")
    assert html_errors({"ui": answer.text()}) == ""


def test_first_view_is_small(page: Page) -> None:
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.goto("/ui/", wait_until="networkidle")
    assert len(sizes) <= 12
    assert sum(sizes) <= 400_000


def test_suggestions_are_chosen_by_keyboard(page: Page) -> None:
    page.goto("/ui/")
    question = page.get_by_role("combobox", name="Jakou pomoc hledáte?")
    question.press_sequentially("pé")
    options = page.get_by_role("listbox", name="Návrhy").get_by_role("option")
    expect(options).to_have_text(["péče o seniory doma", "péče o děti"])
    question.press("ArrowDown")
    question.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    question.press("Enter")
    expect(question).to_have_value("péče o děti")
    expect(question).to_have_attribute("aria-expanded", "false")


def test_refused_position_is_said_in_words(page: Page) -> None:
    page.goto("/ui/")
    page.get_by_role("button", name="Kde jsem teď").click()
    expect(page.get_by_text("Polohu se nepodařilo zjistit. Napište prosím obec.")).to_be_visible()


def test_filter_keeps_the_focus_and_the_address(page: Page) -> None:
    page.goto("/ui/")
    box = page.get_by_role("checkbox", name="pečovatelská služba")
    box.focus()
    box.press("Space")
    page.wait_for_url("**/ui/?druh=ps&druh=os")
    assert page.evaluate("document.activeElement.value") == "ps"
    page.go_back()
    page.wait_for_url("**/ui/")


def test_point_of_the_map_opens_by_keyboard_and_gives_the_focus_back(page: Page) -> None:
    page.goto("/ui/")
    page.locator("place-map").scroll_into_view_if_needed()
    point = page.get_by_role("button", name="Poradna Krok")
    point.focus()
    point.press("Enter")
    link = page.locator(".leaflet-popup").get_by_role("link", name="Poradna Krok")
    expect(link).to_be_focused()
    expect(page.locator("#place-4")).to_have_class("row is-current")
    link.press("Escape")
    expect(point).to_be_focused()


def test_selection_stays_in_the_browser_and_is_shared_by_its_link(page: Page) -> None:
    page.goto("/ui/")
    page.get_by_role("button", name="Přidat do výběru").click()
    page.reload()
    bar = page.locator("selection-bar")
    expect(bar).to_contain_text("Ve výběru: 1 služba")
    expect(bar.get_by_role("link", name="Otevřít můj výběr")).to_have_attribute("href", re.compile(r"\?s=1$"))
    bar.get_by_role("button", name="Zahodit výběr").click()
    expect(bar).to_be_hidden()


def test_quick_exit_leaves_by_three_escapes_and_back_does_not_return(page: Page) -> None:
    page.route("https://www.seznam.cz/**", lambda route: route.fulfill(body="jinde", content_type="text/html"))
    page.goto("/prihlaseni/")
    page.goto("/ui/")
    for _ in range(3):
        page.keyboard.press("Escape")
    page.wait_for_url("https://www.seznam.cz/")
    page.go_back()
    assert page.url.endswith("/prihlaseni/")


def test_without_script_everything_is_still_there(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=site, locale="cs-CZ")
    page = context.new_page()
    page.goto("/ui/")
    expect(page.get_by_role("button", name="Použít filtry")).to_be_visible()
    expect(page.get_by_text("Mapa potřebuje skript. Totéž najdete v seznamu.")).to_be_visible()
    expect(page.get_by_role("button", name="Kde jsem teď")).to_be_hidden()
    context.close()


def test_menu_of_a_phone_opens_and_closes_by_keyboard(phone: Page) -> None:
    phone.goto("/ui/")
    menu = phone.get_by_role("navigation", name="Hlavní nabídka")
    expect(menu).to_be_hidden()
    phone.get_by_role("button", name="Menu").press("Enter")
    expect(menu).to_be_visible()
    phone.keyboard.press("Escape")
    expect(menu).to_be_hidden()
