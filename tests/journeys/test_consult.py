"""Somebody reads a draft on a phone, marks a few words and writes what to change; somebody else stands behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.web.challenge import LEAST_SECONDS

from .checks import accessibility, sideways
from .conftest import PATIENCE
from .test_suggestion import answer_the_question

OPEN, CLOSED = "komunitni-plan-svornova-2028-2031", "uprava-komunitniho-planu-svornova"
# Marks the first words of a paragraph as a finger does; the order of the paragraph and the words.
MARK = """() => {
  const text = document.querySelector(".passage:not(.is-heading) .passage-text p");
  const range = document.createRange();
  range.setStart(text.firstChild, 0);
  range.setEnd(text.firstChild, 12);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  return [text.closest(".passage").dataset.order, range.toString().trim()];
}"""


@pytest.fixture
def without_script(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context(
        base_url=site, locale="cs-CZ", viewport={"width": 360, "height": 740}, java_script_enabled=False
    )
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def write(page: Page, proposed: str) -> None:
    page.get_by_label("Navrhované znění").fill(proposed)
    page.get_by_label("Zdůvodnění").fill("V sobotu k nám nikdo nepřijde.")
    answer_the_question(page)
    page.wait_for_timeout(LEAST_SECONDS * 1000)
    page.get_by_role("button", name="Odeslat připomínku").click()
    expect(page.get_by_text("Děkujeme, připomínku máme")).to_be_visible()


def test_marked_words_are_commented_on_from_a_phone(phone: Page) -> None:
    phone.goto("/pripominky/")
    phone.locator(f"a[href='/pripominky/{OPEN}/']").click()
    expect(phone.get_by_role("link", name="Napsat k celému textu")).to_be_visible()
    order, words = phone.evaluate(MARK)
    phone.get_by_role("link", name="Připomínka k označenému").click()
    expect(phone).to_have_url(re.compile(rf"nova/\?odstavec={order}"))
    expect(phone.get_by_label("Původní znění")).to_have_value(words)
    assert accessibility(phone) == []
    assert sideways(phone) <= 0
    write(phone, "Přidat sobotu.")
    expect(phone.get_by_text("Přidat sobotu.")).to_be_visible()
    expect(phone.get_by_text(words, exact=True)).to_be_visible()
    assert accessibility(phone) == []


def test_comments_open_under_their_paragraph_and_can_be_supported(page: Page) -> None:
    page.goto(f"/pripominky/{OPEN}/")
    link = page.locator("a.passage-comments").first
    expect(link).to_have_attribute("aria-expanded", "false")
    link.focus()
    page.keyboard.press("Enter")
    opened = page.locator(".passage-opened").first
    expect(opened.get_by_role("link", name=re.compile("Připomínka č.")).first).to_be_visible()
    assert page.url.endswith(f"/pripominky/{OPEN}/")
    assert accessibility(page) == []
    opened.get_by_role("button", name=re.compile("Podporuji")).first.click()
    expect(page.get_by_role("heading", name=re.compile("Připomínka č.")).first).to_be_visible()
    expect(page.get_by_text(re.compile("podporuje|podporují"))).to_be_visible()
    assert accessibility(page) == []


def test_everything_works_without_script(without_script: Page) -> None:
    page = without_script
    page.goto(f"/pripominky/{OPEN}/")
    page.locator("a.passage-comments").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Připomínky:")
    page.get_by_role("link", name="Napsat připomínku").click()
    write(page, "Přidat neděli.")
    expect(page.get_by_text("Přidat neděli.")).to_be_visible()


def test_a_settled_text_shows_its_changes_on_a_phone(phone: Page) -> None:
    phone.goto(f"/pripominky/{CLOSED}/")
    expect(phone.get_by_role("heading", name="Připomínky jsou vypořádané")).to_be_visible()
    assert accessibility(phone) == []
    assert sideways(phone) <= 0
