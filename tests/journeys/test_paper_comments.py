"""A pile of paper typed in without a mouse; the hearing where what was said is read back; the settlement on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from .checks import accessibility, sideways
from .conftest import PATIENCE, SignIn

# The annex stands in the queue behind other work of a busy machine.
WORKER_PATIENCE = 90_000

OPEN, CLOSED = "komunitni-plan-svornova-2028-2031", "uprava-komunitniho-planu-svornova"


@pytest.fixture
def desk(browser: Browser, site: str, sign_in: SignIn) -> Iterator[Page]:
    context = browser.new_context(base_url=site, locale="cs-CZ", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    sign_in(context, "coordinator")
    yield context.new_page()
    context.close()


def test_two_papers_are_typed_in_by_keys_alone(desk: Page) -> None:
    desk.goto(f"/sprava/pripominky/{OPEN}/zapis/")
    expect(desk.get_by_label("Čeho se připomínka týká")).to_be_focused()
    for words in ("Jezdit i v sobotu.", "Jezdit i v neděli."):
        keys = desk.keyboard
        keys.type("1.1.1")
        keys.press("Tab")
        keys.press("Tab")
        keys.type(words)
        keys.press("Tab")
        keys.type("Ve všední den jsme v práci.")
        keys.press("Control+Enter")
        expect(desk.get_by_role("status").filter(has_text="je zapsaná")).to_be_visible()
        expect(desk.get_by_role("heading", name="opatření 1.1.1").or_(desk.get_by_text(words)).first).to_be_visible()
        expect(desk.get_by_label("Čeho se připomínka týká")).to_be_focused()
    assert accessibility(desk) == []


def test_what_is_said_at_the_hearing_is_read_back_and_then_public(desk: Page) -> None:
    desk.goto(f"/sprava/pripominky/{OPEN}/projednani/")
    desk.get_by_label("Navrhované znění").first.fill("Přidat lavičku u kostela.")
    desk.get_by_role("button", name="Zapsat a přečíst nahlas").click()
    waiting = desk.get_by_role("listitem").filter(has_text="Přidat lavičku u kostela.")
    expect(waiting).to_be_visible()
    assert accessibility(desk) == []
    waiting.get_by_role("button", name="Souhlasí").click()
    expect(desk.get_by_role("status").filter(has_text="je zveřejněná")).to_be_visible()
    desk.get_by_role("link", name="Promítat text").click()
    assert accessibility(desk) == []


def test_the_settlement_is_read_on_a_phone_and_taken_away(phone: Page) -> None:
    phone.goto(f"/pripominky/{CLOSED}/vyporadani/")
    assert sideways(phone) == 0
    assert accessibility(phone) == []
    phone.get_by_text("Připomínky v číslech").click()
    expect(phone.get_by_role("table").first).to_be_visible()
    assert sideways(phone) == 0
    phone.get_by_label("Jak dopadly").select_option(label="přesunuto do dalšího období")
    phone.get_by_role("button", name="Ukázat").click()
    expect(phone.get_by_role("heading", name="Připomínka č.")).to_have_count(2)
    phone.get_by_role("link", name="PDF").click()
    phone.get_by_role("button", name="Připravit PDF").click()
    ready = phone.get_by_role("link", name="Stáhnout")
    expect(ready).to_be_visible(timeout=WORKER_PATIENCE)
    with phone.expect_download() as download:
        ready.click()
    pages = PdfReader(BytesIO(download.value.path().read_bytes())).pages
    assert "Vypořádání připomínek" in pages[0].extract_text()
