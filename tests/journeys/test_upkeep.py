"""A provider's year begins: invited, at home, a card changed, approved, public."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from .checks import accessibility, sideways
from .conftest import PATIENCE, SignIn, Site
from .pictures import picture

PROVIDER = "Kruh pečujících"
EMAIL = "vedouci@kruh-pecujicich.example"
PASSWORD = "lipa-potok-hora-2026"
WORDS = "Přijedeme k vám domů a pár hodin se o vašeho blízkého postaráme."


@pytest.fixture
def desk(browser: Browser, site: str, sign_in: SignIn) -> Iterator[Page]:
    context = browser.new_context(base_url=site, locale="cs-CZ", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    sign_in(context, "coordinator")
    yield context.new_page()
    context.close()


def letter_to(site: Site, email: str) -> str:
    """Text of the newest letter in the outbox."""
    path = site.environment["DATABASE_URL"].removeprefix("sqlite:///")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30) as database:
        rows = database.execute('SELECT text FROM mail_letter WHERE "to" = ? ORDER BY id DESC', [email]).fetchall()
    assert rows, f"no letter to {email}"
    return str(rows[0][0])


def looks_right(page: Page) -> None:
    """Nobody is shut out, on a wide screen and on a phone."""
    assert accessibility(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert sideways(page) <= 0
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_provider_is_invited_changes_a_card_and_the_coordinator_approves(
    running_site: Site, desk: Page, context: BrowserContext, page: Page
) -> None:
    # The coordinator finds the provider and invites its head.
    desk.goto("/sprava/poskytovatele/")
    desk.get_by_label("Název nebo IČO").fill(PROVIDER)
    desk.get_by_role("button", name="Najít", exact=True).click()
    with desk.expect_navigation():
        desk.get_by_role("link", name=PROVIDER, exact=True).click()
    looks_right(desk)
    desk.get_by_label("Jméno a příjmení").fill("Olga Kruhová")
    desk.get_by_label("E-mail", exact=True).fill(EMAIL)
    desk.get_by_label("vedoucí: upravuje karty a zve editory").check()
    desk.get_by_role("button", name="Poslat pozvánku").click()
    expect(desk.get_by_text(f"Pozvánka odešla na {EMAIL}.")).to_be_visible()
    expect(desk.get_by_role("row", name=re.compile("Olga Kruhová"))).to_contain_text("čeká na odpověď")

    # The head accepts by the link from the letter.
    link = re.search(r"http\S+/pozvanka/\S+", letter_to(running_site, EMAIL))
    assert link is not None
    page.goto(link[0])
    picture(page, "pozvanka")
    page.get_by_label("Heslo", exact=True).fill(PASSWORD)
    page.get_by_label(re.compile("znovu|ještě jednou", re.I)).fill(PASSWORD)
    page.get_by_role("button", name="Přijmout a přihlásit se").click()
    expect(
        page.get_by_role("link", name="Odhlásit se").or_(page.get_by_role("button", name="Odhlásit se"))
    ).to_be_visible()

    # At home: one organisation, its cards, one thing to do with each.
    page.goto("/moje/")
    expect(page.get_by_role("heading", name=PROVIDER, exact=True)).to_be_visible()
    picture(page, "moje-sluzby")
    looks_right(page)
    card = page.locator(".row", has_text=re.compile("poradenství", re.I)).first
    name = card.get_by_role("heading").inner_text()
    card.get_by_role("link", name=re.compile("Upravit")).click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    picture(page, "karta")
    looks_right(page)
    public = page.get_by_role("link", name="ukázat kartu").get_attribute("href")
    assert public is not None
    page.get_by_label("Co služba dělá, jednoduše").fill(WORDS)
    page.get_by_label("Čekací doba").fill("asi tři týdny")
    page.get_by_role("button", name="Uložit", exact=True).click()
    expect(page.get_by_text("Hned platí: čekací doba.")).to_be_visible()
    expect(page.locator(".row", has_text=name)).to_contain_text("čeká na schválení")
    picture(page, "ceka-na-schvaleni")

    # The public still reads the last approved words, and already the new waiting time.
    visitor = context.new_page()
    visitor.goto(public)
    expect(visitor.locator("main")).to_contain_text("asi tři týdny")
    expect(visitor.locator("main")).not_to_contain_text(WORDS)

    # The head looks after its people.
    page.goto("/moje/")
    with page.expect_navigation():
        page.get_by_role("link", name="Lidé", exact=True).click()
    picture(page, "lide")
    looks_right(page)

    # The coordinator reads old and new side by side and approves.
    desk.goto("/sprava/")
    with desk.expect_navigation():
        desk.get_by_role("link", name="Podívat se na návrhy").click()
    looks_right(desk)
    desk.get_by_role("link", name=name, exact=True).click()
    expect(desk.get_by_role("heading", name="Co služba dělá")).to_be_visible()
    expect(desk.locator("ins").first).to_be_visible()
    looks_right(desk)
    desk.get_by_role("button", name="Schválit zaškrtnuté").click()
    expect(desk.get_by_text("Schváleno. Autor dostane dopis.")).to_be_visible()

    visitor.goto(public)
    expect(visitor.locator("main")).to_contain_text(WORDS)
    assert "schválené" in letter_to(running_site, EMAIL)
    page.goto("/moje/")
    expect(page.locator(".row", has_text=name)).to_contain_text("v katalogu")
