"""Many cards at once: three cells by keyboard hold; a list goes out, comes back changed, is let in and taken back."""

import csv
import io
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from .checks import accessibility, sideways
from .conftest import SignIn
from .test_register import desk_of

GRID = "/sprava/tabulky/sluzby/?q=Asistence&sloupce=waiting&sloupce=phone&sloupce=cost"


@pytest.fixture
def coordinator(browser: Browser, site: str, sign_in: SignIn) -> Iterator[Page]:
    yield from desk_of(browser, site, sign_in, "coordinator")


# Not "neuloženo", which holds the same letters.
SAVED = re.compile(r"^uloženo")


def cell(page: Page, row: int, heading: str) -> Locator:
    column = page.locator("thead th", has_text=heading).first.evaluate("cell => cell.cellIndex")
    return page.locator("tbody tr").nth(row).locator("td, th").nth(column).locator("textarea, select")


def said(page: Page, row: int) -> Locator:
    return page.locator("tbody tr").nth(row).locator("[data-said]")


def test_cells_are_written_by_keyboard_and_hold(coordinator: Page) -> None:
    page = coordinator
    page.goto(GRID)
    before = [cell(page, row, "čekací doba").input_value() for row in range(3)]
    cell(page, 0, "čekací doba").focus()
    for text in ("jeden den", "dva dny", "tři dny"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    for row in range(3):
        expect(said(page, row)).to_contain_text(SAVED)
    assert accessibility(page) == []
    page.reload()
    assert [cell(page, row, "čekací doba").input_value() for row in range(3)] == ["jeden den", "dva dny", "tři dny"]

    # Escape gives back what stood there, Ctrl+Z takes back the last change.
    first = cell(page, 0, "čekací doba")
    first.focus()
    page.keyboard.type("omyl")
    page.keyboard.press("Escape")
    expect(first).to_have_value("jeden den")
    page.keyboard.type("druhý omyl")
    page.keyboard.press("ArrowDown")  # still in the cell: the text is being written
    page.keyboard.press("Enter")
    expect(said(page, 0)).to_contain_text(SAVED)
    page.keyboard.press("Control+z")
    expect(first).to_have_value("jeden den")
    expect(said(page, 0)).to_contain_text(SAVED)

    # A block from a spreadsheet goes over more cells.
    first.focus()
    paste(page, "\n".join(before))
    for row, text in enumerate(before):
        expect(cell(page, row, "čekací doba")).to_have_value(text)
        expect(said(page, row)).to_contain_text(SAVED)
    page.reload()
    assert [cell(page, row, "čekací doba").input_value() for row in range(3)] == before


def paste(page: Page, text: str) -> None:
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
            document.activeElement.dispatchEvent(paste);
        }""",
        text,
    )


def test_an_error_stays_at_its_cell_and_a_lost_connection_loses_nothing(coordinator: Page) -> None:
    page = coordinator
    page.goto(GRID)
    phone = cell(page, 3, "telefon")
    before = phone.input_value()
    phone.focus()
    page.keyboard.type("nemá")
    page.keyboard.press("Enter")
    expect(page.locator(".cell-error")).to_have_text("„nemá“ nevypadá jako telefonní číslo.")
    expect(phone).to_have_attribute("aria-invalid", "true")
    assert accessibility(page) == []

    def lost(route: Route) -> None:
        route.abort()

    page.route("**/radek/**", lost)
    phone.focus()
    page.keyboard.type("999 111 222")
    page.keyboard.press("Enter")
    expect(said(page, 3)).to_contain_text("Spojení vypadlo")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(cell(page, 3, "telefon")).to_have_value("999 111 222")
    page.unroute("**/radek/**")
    cell(page, 3, "telefon").focus()
    page.keyboard.press("Enter")
    expect(said(page, 3)).to_contain_text(SAVED)
    cell(page, 3, "telefon").fill(before)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(said(page, 3)).to_contain_text(SAVED)


def test_somebody_elses_change_is_shown_and_not_overwritten(coordinator: Page) -> None:
    page = coordinator
    page.goto(GRID)
    other = page.context.new_page()
    other.goto(GRID)
    before = cell(page, 4, "čekací doba").input_value()
    for one, text in ((other, "napsal druhý"), (page, "napsal první")):
        cell(one, 4, "čekací doba").focus()
        one.keyboard.type(text)
        one.keyboard.press("Enter")
        one.keyboard.press("ArrowUp")
        one.keyboard.press("ArrowUp")
        if one is other:
            expect(said(one, 4)).to_contain_text(SAVED)
    expect(said(page, 4)).to_contain_text("změnil někdo jiný")
    expect(page.locator(".cell-stored")).to_have_text("Teď tu je: napsal druhý")
    expect(cell(page, 4, "čekací doba")).to_have_value("napsal první")
    cell(page, 4, "čekací doba").fill(before)
    page.keyboard.press("Enter")
    expect(said(page, 4)).to_contain_text(SAVED)
    other.close()


def test_a_list_goes_out_comes_back_is_let_in_and_taken_back(coordinator: Page) -> None:
    page = coordinator
    page.goto("/sprava/sluzby/?q=Asistence")
    page.get_by_role("link", name="Upravovat v tabulce").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    waiting = rows[0].index("čekací doba")
    assert len(rows) > 3
    rows[1][waiting], rows[2][rows[0].index("cena")] = "=po domluvě", "levné"
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(rows)

    page.get_by_role("link", name="Nahrát soubor").click()
    page.get_by_label("Soubor").set_input_files(
        {"name": "asistence.csv", "mimeType": "text/csv", "buffer": out.getvalue().encode("cp1250")}
    )
    page.get_by_role("button", name="Prohlédnout rozdíly").click()
    expect(page.get_by_role("heading", name="Co by se změnilo")).to_be_visible()
    expect(page.locator("tbody ins")).to_have_text("=po domluvě")
    expect(page.locator("tbody")).to_contain_text("cena: „levné“ v číselníku není")
    assert accessibility(page) == []
    page.get_by_role("button", name="Zapsat 1 řádek").click()
    expect(page.get_by_role("heading", name="Zapsáno")).to_be_visible()
    assert accessibility(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert sideways(page) == 0
    page.set_viewport_size({"width": 1280, "height": 900})
    card = f"/sprava/sluzby/{rows[1][0]}/"
    other = page.context.new_page()
    other.goto(card)
    expect(other.get_by_label("Čekací doba")).to_have_value("=po domluvě")

    page.get_by_role("button", name="Vrátit zpět").click()
    expect(page.get_by_role("heading", name="Vráceno zpět")).to_be_visible()
    other.goto(card)
    expect(other.get_by_label("Čekací doba")).not_to_have_value("=po domluvě")
    other.close()
