"""From a mistake to its undoing: somebody changes a value, the journal shows it, the former value comes back."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .checks import accessibility, sideways
from .conftest import SignIn
from .test_keep_typed import open_line, save, type_hours


@pytest.fixture
def desk(context: BrowserContext, sign_in: SignIn) -> Page:
    sign_in(context, "coordinator")
    return context.new_page()


def test_a_changed_value_is_found_in_the_journal_and_brought_back(desk: Page) -> None:
    desk.goto("/sprava/krizova-cisla/")
    with desk.expect_navigation():
        desk.locator("main table a, main .row a").first.click()
    address, name = desk.url, desk.get_by_label("Název").input_value()
    about = desk.get_by_label("S čím pomůže")
    before = about.input_value()
    about.fill("Omylem přepsaný popis.")
    desk.get_by_role("button", name="Uložit").click()
    expect(desk.get_by_text("Číslo je uložené.")).to_be_visible()

    desk.goto(address)
    desk.get_by_role("link", name="Historie změn").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text(name)
    assert accessibility(desk) == []
    desk.get_by_role("link", name=re.compile("změna krizové linky")).first.click()
    expect(desk.get_by_role("cell", name="Omylem přepsaný popis.")).to_be_visible()
    assert accessibility(desk) == []

    desk.get_by_role("link", name="Obnovit hodnoty před změnou").click()
    expect(desk.get_by_role("table", name="Co se změní")).to_be_visible()
    assert accessibility(desk) == []
    desk.set_viewport_size({"width": 360, "height": 740})
    assert sideways(desk) <= 0
    desk.set_viewport_size({"width": 1280, "height": 900})
    desk.get_by_role("button", name="Obnovit").click()
    expect(desk.get_by_text("Hodnoty jsou obnovené.")).to_be_visible()
    assert desk.get_by_label("S čím pomůže").input_value() == before

    # The restoring is a deed of its own and leads to the one it took back.
    desk.get_by_role("link", name="Historie změn").click()
    desk.get_by_role("link", name=re.compile("změna krizové linky")).first.click()
    expect(desk.get_by_role("link", name=re.compile("hodnoty před zápisem"))).to_be_visible()


def test_the_whole_journal_is_filtered_and_taken_away(desk: Page) -> None:
    before = open_line(desk)
    for text in ("jen v noci", before):  # something to be told of, and back
        type_hours(desk, text)
        save(desk)
        expect(desk.get_by_text("Číslo je uložené.")).to_be_visible()
        open_line(desk)
    desk.goto("/sprava/denik/")
    assert accessibility(desk) == []
    desk.get_by_label("Druh věci").select_option("krizové číslo")
    desk.get_by_role("button", name="Vybrat").click()
    expect(desk.get_by_role("link", name="ukázat celý deník")).to_be_visible()
    with desk.expect_download() as download:
        desk.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == "denik.csv"
    desk.set_viewport_size({"width": 360, "height": 740})
    assert sideways(desk) <= 0
