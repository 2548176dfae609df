"""A person finds help: by words, by what has happened, on the map; on paper, on a phone, without script."""

import io
import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pypdf import PdfReader

from .checks import sideways
from .conftest import PATIENCE

A4_HEIGHT_PT = 842
# On a busy machine the whole guide may stand in the queue behind other work.
WORKER_PATIENCE = 90_000
CARD = re.compile(r"/sluzby/[a-z0-9-]+/$")


@pytest.fixture
def plain(browser: Browser, site: str) -> Iterator[Page]:
    """A page in a browser without script."""
    context = browser.new_context(
        base_url=site, locale="cs-CZ", java_script_enabled=False, viewport={"width": 360, "height": 740}
    )
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def results(question: str, **more: str) -> str:
    return "/sluzby/?" + urlencode({"q": question, **more})


def rows(page: Page) -> Locator:
    return page.locator("#results .split ol.rows > .row")


def link_of(row: Locator) -> Locator:
    return row.get_by_role("heading").get_by_role("link")


def expect_card_to_say_whom_to_call(page: Page, name: str) -> None:
    page.wait_for_url(CARD)
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    contact = page.get_by_role("region", name="Jak ji získat")
    expect(contact.locator("a[href^='tel:']").first).to_be_visible()


def choose_by_keyboard(field: Locator, text: str, option: str) -> None:
    field.press_sequentially(text)
    offered = field.page.get_by_role("option", name=option, exact=True)
    expect(offered).to_be_visible()
    # One step past the last option is the field itself, so this many always meet the one that is wanted.
    for _ in range(field.page.get_by_role("option").count()):
        field.press("ArrowDown")
        if offered.get_attribute("aria-selected") == "true":
            break
    field.press("Enter")


def test_help_is_found_in_own_words_by_keyboard_alone(page: Page) -> None:
    page.goto("/")
    question = page.get_by_role("combobox", name="Jakou pomoc hledáte?")
    question.focus()
    question.press("Tab")
    place = page.get_by_role("combobox", name="Kde?")
    expect(place).to_be_focused()
    choose_by_keyboard(place, "svor", "Svornov okres Svornov")
    expect(place).to_have_value("Svornov")
    place.press("Shift+Tab")
    # Whichever suggestion is taken, the place that was chosen before stays.
    choose_by_keyboard(question, "osobní asist", "osobní asistence druh služby")
    page.wait_for_url(re.compile(r"druh=oa.*kde=Svornov"))
    first = rows(page).first
    expect(first).to_contain_text("osobní asistence")
    expect(first.locator(".row-why")).to_contain_text("Proč je tu:")
    expect(first).to_contain_text("Svornov")
    link = link_of(first)
    name = link.inner_text()
    link.focus()
    link.press("Enter")
    expect_card_to_say_whom_to_call(page, name)


def test_a_lay_question_is_understood_and_says_how(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Jakou pomoc hledáte?").fill("babička nezvládá sama doma")
    page.get_by_label("Kde?").fill("svornov")
    page.get_by_role("button", name="Najít", exact=True).click()
    expect(page.locator("#results")).to_contain_text("Rozuměli jsme: babička nezvládá sama doma → pečovatelská služba")
    expect(rows(page).first).to_contain_text("pečovatelská služba")
    expect(rows(page).first.locator("a[href^='tel:']")).to_be_visible()


def test_help_is_found_by_what_has_happened(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Starám se o stárnoucího rodiče").click()
    expect(page.get_by_role("heading", name="První kroky")).to_be_visible()
    page.get_by_label("Kde bydlíte?").fill("Svornov")
    page.get_by_role("button", name="Seřadit podle vzdálenosti").click()
    page.wait_for_url(re.compile("kde=Svornov"))
    first = link_of(page.locator("main ol.rows > .row").first)
    name = first.inner_text()
    first.click()
    expect_card_to_say_whom_to_call(page, name)


def test_the_map_is_walked_by_keyboard_and_the_list_says_the_same(page: Page) -> None:
    page.goto("/mapa/")
    expect(page.get_by_role("heading", name="Totéž v seznamu")).to_be_visible()
    expect(page.locator(".leaflet-marker-icon").first).to_be_visible()
    # Clusters open one after another until a single place is in sight.
    for _ in range(12):
        if page.locator(".map-place").count():
            break
        inside = page.locator(".leaflet-marker-icon").first
        before = page.locator(".leaflet-marker-icon").evaluate_all("all => all.map(one => one.outerHTML).join()")
        inside.focus()
        inside.press("Enter")
        page.wait_for_function(
            "before => [...document.querySelectorAll('.leaflet-marker-icon')]"
            ".map(one => one.outerHTML).join() !== before",
            arg=before,
        )
    point = page.locator(".map-place").first
    point.focus()
    point.press("Enter")
    link = page.locator(".leaflet-popup").get_by_role("link").first
    expect(link).to_be_focused()
    name = link.inner_text()
    link.press("Enter")
    page.wait_for_url(CARD)
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_filters_narrow_the_list_and_the_way_back_widens_it(page: Page) -> None:
    page.goto(results("dluhy"))
    status = page.locator("#results").get_by_role("status").first
    before = status.inner_text()
    free = page.locator("input[name=zdarma]")
    page.locator(".filter-group", has=free).evaluate("group => group.open = true")
    free.focus()
    free.press("Space")
    page.wait_for_url(re.compile("zdarma=1"))
    expect(page.locator("#results .tags").first).to_contain_text("zdarma")
    expect(page.locator("input[name=zdarma]")).to_be_focused()
    narrowed = page.url
    page.go_back()
    expect(page).not_to_have_url(narrowed)
    expect(status).to_have_text(before)
    page.goto(narrowed)
    expect(page.locator("#results .tags").first).to_contain_text("zdarma")


def test_a_question_nobody_understands_leads_to_people_and_to_saying_what_is_missing(page: Page) -> None:
    page.goto(results("xqzvwk brmlfk"))
    expect(page.locator("#results")).to_contain_text("Tomuhle jsme nerozuměli")
    expect(rows(page).first.locator("a[href^='tel:']")).to_be_visible()
    page.get_by_role("link", name="Řekněte nám, co vám chybí").first.click()
    missing = page.get_by_role("heading", level=1)
    expect(missing).to_have_text("Řekněte nám, co vám chybí")
    expect(page.locator("form textarea, form input[type=text]").last).to_have_value("xqzvwk brmlfk")
    page.locator("main").get_by_role("button", name="Odeslat").click()
    expect(page.locator("main")).to_contain_text("Děkujeme")


def test_filters_that_leave_nothing_say_so_and_offer_what_is_near(page: Page) -> None:
    page.goto("/sluzby/?druh=noc&kde=Svornov&pro=zrakove&zdarma=1&bezbarier=1")
    empty = page.locator("#results .empty")
    expect(empty).to_contain_text("Nic takového tu nemáme")
    expect(empty.get_by_role("heading", name="Zavolejte člověku")).to_be_visible()
    empty.get_by_role("link", name="totéž bez filtrů").click()
    expect(rows(page).first).to_be_visible()


def test_whoever_reads_about_violence_can_leave_at_once(page: Page) -> None:
    page.route("https://www.seznam.cz/**", lambda route: route.fulfill(body="jinde", content_type="text/html"))
    page.goto("/napoveda/")
    page.goto("/situace/nasili-doma/")
    expect(page.get_by_role("region", name="Jste v nebezpečí?").locator("a[href='tel:158']")).to_be_visible()
    page.get_by_role("link", name="Rychle odejít").click()
    page.wait_for_url("https://www.seznam.cz/")
    page.go_back()
    assert page.url.endswith("/napoveda/")


def test_a_selection_is_shared_by_its_link(page: Page, browser: Browser, site: str) -> None:
    page.goto(results("dluhy", kde="Svornov"))
    chosen = [link_of(rows(page).nth(place)).inner_text() for place in (0, 1)]
    for place in (0, 1):
        rows(page).nth(place).get_by_role("button", name="Přidat do výběru").click()
    bar = page.locator("selection-bar")
    expect(bar).to_contain_text("Ve výběru: 2 služby")
    bar.get_by_role("link", name="Otevřít můj výběr").click()
    link = page.locator("main p a[href*='/vyber/?s=']")
    shared = link.get_attribute("href") or ""
    assert shared.startswith(site)
    other = browser.new_context(locale="cs-CZ")
    theirs = other.new_page()
    theirs.goto(shared, timeout=PATIENCE)
    expect(theirs.locator("main ol.rows .row-title")).to_have_text(chosen)
    assert [one["name"] for one in other.cookies()] == []
    other.close()


def test_a_card_is_printed_on_one_sheet_with_the_way_back(page: Page) -> None:
    page.goto(results("babička nezvládá sama doma", kde="Svornov"))
    name = link_of(rows(page).first).inner_text()
    link_of(rows(page).first).click()
    page.wait_for_url(CARD)
    page.emulate_media(media="print")
    for left_out in ("nav", "selection-toggle", "form"):
        assert page.locator(left_out).evaluate_all("all => all.filter(one => one.checkVisibility())") == [], left_out
    expect(page.locator(".print-foot svg")).to_be_visible()
    paper = PdfReader(io.BytesIO(page.pdf(format="A4")))
    assert len(paper.pages) == 1
    # Chromium sets accented letters apart; what matters is which letters are on the paper.
    text = re.sub(r"\s", "", paper.pages[0].extract_text())
    assert re.sub(r"\s", "", name) in text
    assert page.url in text


def test_a_guide_is_ordered_watched_and_downloaded(page: Page) -> None:
    page.goto(results("dluhy", kde="Svornov"))
    page.get_by_role("link", name="vytisknout jako průvodce").click()
    page.get_by_label("A4 velkým písmem").check()
    page.get_by_role("button", name="Připravit průvodce").click()
    page.wait_for_url("**/ukoly/**")
    ready = page.get_by_role("link", name="Stáhnout")
    expect(ready).to_be_visible(timeout=WORKER_PATIENCE)
    with page.expect_download() as waiting:
        ready.click()
    assert waiting.value.suggested_filename.endswith(".pdf")
    guide = PdfReader(waiting.value.path())
    assert guide.metadata is not None
    assert "růvodce" in (guide.metadata.title or "")
    assert round(float(guide.pages[0].mediabox.height)) == A4_HEIGHT_PT
    assert guide.root_object.get("/StructTreeRoot") is not None


def test_help_is_found_on_a_phone(phone: Page) -> None:
    phone.goto("/")
    phone.get_by_label("Jakou pomoc hledáte?").tap()
    phone.get_by_label("Jakou pomoc hledáte?").fill("babička nezvládá sama doma")
    phone.get_by_label("Kde?").fill("svor")
    phone.get_by_role("option", name="Svornov okres Svornov").tap()
    phone.get_by_role("button", name="Najít", exact=True).tap()
    phone.wait_for_url(re.compile("kde=Svornov"))
    expect(phone.get_by_text("Zúžit výběr")).to_be_visible()
    expect(phone.locator("place-map")).to_be_hidden()
    assert sideways(phone) <= 0
    first = link_of(rows(phone).first)
    name = first.inner_text()
    first.tap()
    expect_card_to_say_whom_to_call(phone, name)
    number = phone.locator("a[href^='tel:']").first.bounding_box()
    assert number is not None
    assert number["height"] >= 44
    assert sideways(phone) <= 0


def test_help_is_found_without_script(plain: Page) -> None:
    plain.goto("/")
    plain.get_by_label("Jakou pomoc hledáte?").fill("babička nezvládá sama doma")
    plain.get_by_label("Kde?").fill("Svornov")
    plain.get_by_role("button", name="Najít", exact=True).click()
    expect(rows(plain).first).to_contain_text("pečovatelská služba")
    plain.get_by_text("Zúžit výběr").click()
    plain.locator("input[name=zdarma]").check()
    plain.get_by_role("button", name="Použít", exact=True).click()
    plain.wait_for_url(re.compile("zdarma=1"))
    with plain.expect_navigation():
        rows(plain).first.get_by_role("button", name="Přidat do výběru").click()
    plain.goto("/vyber/")
    row = plain.locator("main ol.rows > .row").first
    name = link_of(row).inner_text()
    link_of(row).click()
    expect_card_to_say_whom_to_call(plain, name)
