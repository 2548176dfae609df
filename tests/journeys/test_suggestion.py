"""Somebody tells the town what is missing: from a phone, warned in time, and follows it by an address of their own."""

import re

from playwright.sync_api import Page, expect

from portal.web.challenge import LEAST_SECONDS, NUMBERS

from .checks import accessibility, sideways

DIGITS = {str(word): number for number, word in NUMBERS.items()}


def answer_the_question(page: Page) -> None:
    asked = page.locator("label[for=id_question_answer]").inner_text()
    word = asked.partition(": ")[2].split()[0]
    page.get_by_label("Napište číslicí").fill(str(DIGITS[word]))


def test_a_suggestion_from_a_phone(phone: Page) -> None:
    phone.goto("/")
    phone.get_by_role("link", name="Chci něco navrhnout").first.click()
    phone.get_by_label("Chybí tu nějaká služba").check()
    phone.get_by_label("Stručně, jednou větou").fill("Večer k nám nikdo nejezdí")
    phone.get_by_label("O co jde").fill("Paní Nováková od vedle je večer sama, tel. 777 123 456.")
    answer_the_question(phone)
    phone.get_by_role("button", name="Odeslat podnět").click()
    warned = phone.get_by_role("alert")
    expect(warned).to_contain_text("Paní Nováková")
    expect(warned).to_contain_text("777 123 456")
    expect(warned).to_be_focused()
    assert accessibility(phone) == []
    assert sideways(phone) <= 0
    phone.get_by_label("O co jde").fill("Sousedka je večer sama a nikdo k ní nejezdí.")
    phone.wait_for_timeout(LEAST_SECONDS * 1000)
    phone.get_by_role("button", name="Odeslat podnět").click()
    expect(phone.get_by_role("heading", name="Děkujeme, podnět máme")).to_be_visible()
    phone.locator("main a[href*=sleduj]").click()
    expect(phone.get_by_text("Sousedka je večer sama")).to_be_visible()
    expect(phone.get_by_text("čeká na přečtení")).to_be_visible()
    assert accessibility(phone) == []


def test_a_place_is_marked_on_the_map_by_keyboard(page: Page) -> None:
    page.goto("/podnety/novy/")
    page.get_by_text("Označit místo na mapě").focus()
    page.keyboard.press("Enter")
    expect(page.locator("place-pick .leaflet-container")).to_be_visible()
    page.get_by_role("button", name="Označit střed mapy").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Místo je označené.")).to_be_visible()
    assert page.locator("#id_lat").input_value()
    assert accessibility(page) == []
    page.get_by_role("button", name="Zrušit značku").click()
    assert page.locator("#id_lat").input_value() == ""


def test_the_list_and_the_map_are_narrowed_without_loading_anew(page: Page) -> None:
    page.goto("/podnety/")
    page.evaluate("window.sameDocument = true")
    page.get_by_label("Co to je").select_option("idea")
    expect(page).to_have_url(re.compile("druh=idea"))
    assert page.evaluate("window.sameDocument")
    page.reload()
    expect(page.get_by_label("Co to je")).to_have_value("idea")
