"""What somebody typed outlives a lost connection, an expired session and a closed page."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .checks import accessibility, sideways
from .conftest import SignIn

FORM = "/sprava/krizova-cisla/"
KEPT = "Object.keys(localStorage).filter(key => key.startsWith('psano:')).length"
KEPT_FOR_TAB = KEPT.replace("localStorage", "sessionStorage")


@pytest.fixture
def desk(context: BrowserContext, sign_in: SignIn) -> Page:
    sign_in(context, "coordinator")
    return context.new_page()


def wait_until_kept(page: Page, kept: str = KEPT) -> None:
    """Written a moment after the last key."""
    for _ in range(50):
        if page.evaluate(kept):
            return
        page.wait_for_timeout(100)
    raise AssertionError("What was typed is not kept.")


def open_line(page: Page) -> str:
    """The form of the first crisis number; what its hours say."""
    page.goto(FORM)
    with page.expect_navigation():  # whole: what is typed before the script runs is not kept
        page.locator("main table a, main .row a").first.click()
    return page.get_by_label("Kdy").input_value()


def type_hours(page: Page, text: str) -> None:
    page.get_by_label("Kdy").fill(text)
    wait_until_kept(page)


def save(page: Page) -> None:
    page.get_by_role("button", name="Uložit").click()


def test_lost_connection_keeps_the_text_and_saves_it_later(desk: Page, context: BrowserContext) -> None:
    before = open_line(desk)
    type_hours(desk, "po–pá 9–17")
    context.set_offline(True)
    save(desk)
    expect(desk.get_by_text("Nejste připojeni")).to_be_visible()
    expect(desk.get_by_text("Text máme uložený v tomto prohlížeči.")).to_be_visible()
    assert desk.get_by_label("Kdy").input_value() == "po–pá 9–17"
    context.set_offline(False)
    expect(desk.get_by_text("Připojení je zpátky")).to_be_visible()
    assert accessibility(desk) == []
    save(desk)
    expect(desk.get_by_text("Číslo je uložené.")).to_be_visible()
    desk.wait_for_function(f"() => {KEPT} === 0")
    assert open_line(desk) == "po–pá 9–17"
    assert desk.get_by_role("button", name="Vrátit").count() == 0
    desk.get_by_label("Kdy").fill(before)
    save(desk)
    expect(desk.get_by_text("Číslo je uložené.")).to_be_visible()


def test_expired_session_offers_the_text_back_after_signing_in(
    desk: Page, context: BrowserContext, sign_in: SignIn
) -> None:
    open_line(desk)
    address = desk.url
    type_hours(desk, "jen večer")
    context.clear_cookies(name="sessionid")
    save(desk)
    desk.wait_for_url(re.compile("/prihlaseni/"))
    expect(desk.get_by_text("Po přihlášení vám ho nabídneme zpátky.")).to_be_visible()
    assert accessibility(desk) == []
    assert "krizova-cisla" in desk.url  # the way back
    sign_in(context, "coordinator")
    desk.goto(address)
    expect(desk.get_by_text(re.compile(r"Našli jsme neuložený text z \d"))).to_be_visible()
    expect(desk.get_by_text("Týká se to: Kdy.")).to_be_visible()
    assert desk.get_by_label("Kdy").input_value() != "jen večer"
    assert accessibility(desk) == []
    desk.get_by_role("button", name="Vrátit").click()
    assert desk.get_by_label("Kdy").input_value() == "jen večer"
    expect(desk.get_by_label("Kdy")).to_be_focused()
    # Not saved after all: thrown away, it is not offered again.
    desk.reload()
    desk.get_by_role("button", name="Zahodit").click()
    desk.wait_for_function(f"() => {KEPT} === 0")
    desk.reload()
    assert desk.get_by_role("button", name="Vrátit").count() == 0


def test_newer_words_of_somebody_else_are_shown_before_they_are_overwritten(
    desk: Page, context: BrowserContext
) -> None:
    stored = open_line(desk)
    address = desk.url
    type_hours(desk, "moje slova")
    other = context.new_page()
    other.goto(address)
    other.get_by_role("button", name="Zahodit").click()
    other.get_by_label("Kdy").fill("slova někoho jiného")
    save(other)
    expect(other.get_by_text("Číslo je uložené.")).to_be_visible()
    desk.get_by_label("Kdy").press("End")
    desk.get_by_label("Kdy").press_sequentially("!")
    wait_until_kept(desk)
    desk.reload()
    expect(desk.get_by_text("Od té doby se změnilo i to, co je uložené: Kdy („slova někoho jiného“).")).to_be_visible()
    desk.get_by_role("button", name="Zahodit").click()
    desk.get_by_label("Kdy").fill(stored)
    save(desk)
    expect(desk.get_by_text("Číslo je uložené.")).to_be_visible()


def test_refused_form_keeps_the_text_in_the_form_and_in_the_browser(desk: Page) -> None:
    open_line(desk)
    address = desk.url
    type_hours(desk, "napsáno")
    desk.get_by_label("Číslo").fill("není číslo")
    save(desk)
    expect(desk.locator("#error-summary")).to_be_visible()
    assert desk.get_by_label("Kdy").input_value() == "napsáno"
    desk.goto(FORM)
    desk.goto(address)
    expect(desk.get_by_text("Týká se to: Číslo, Kdy.")).to_be_visible()
    desk.get_by_role("button", name="Zahodit").click()


def test_signing_out_forgets_what_was_typed(desk: Page) -> None:
    open_line(desk)
    type_hours(desk, "cizí lidé tohle číst nemají")
    desk.get_by_role("button", name="Odhlásit se").click()
    desk.wait_for_load_state()
    desk.wait_for_function(f"() => {KEPT} === 0")


def test_visitor_leaves_nothing_behind_once_the_tab_is_closed(page: Page, context: BrowserContext) -> None:
    page.goto("/sluzby/")
    with page.expect_navigation():
        page.locator("ol.rows h3 a, ol.rows h2 a").first.click()
    page.goto(f"{page.url.split('?')[0]}nesedi/")
    page.locator("main textarea").first.fill("Telefon už neplatí.")
    wait_until_kept(page, KEPT_FOR_TAB)
    assert page.evaluate(KEPT) == 0
    page.reload()
    page.get_by_role("button", name="Vrátit").click()
    assert page.locator("main textarea").first.input_value() == "Telefon už neplatí."
    address = page.url
    page.close()
    again = context.new_page()
    again.goto(address)
    assert again.get_by_role("button", name="Vrátit").count() == 0


def test_offer_fits_a_small_phone(phone: Page) -> None:
    phone.goto("/sluzby/")
    with phone.expect_navigation():
        phone.locator("ol.rows h3 a, ol.rows h2 a").first.click()
    phone.goto(f"{phone.url.split('?')[0]}nesedi/")
    phone.locator("main textarea").first.fill("Telefon už neplatí.")
    wait_until_kept(phone, KEPT_FOR_TAB)
    phone.reload()
    expect(phone.get_by_role("button", name="Vrátit")).to_be_visible()
    assert sideways(phone) <= 0
    assert accessibility(phone) == []
