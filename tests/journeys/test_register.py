"""People who keep the catalogue true: a file of a register comes in, a card is put right, a visitor is answered."""

import json
import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.register.samples import feature, regional

from .conftest import PATIENCE, SignIn

WORKER_PATIENCE = 90_000


def desk_of(browser: Browser, site: str, sign_in: SignIn, role: str) -> Iterator[Page]:
    context = browser.new_context(base_url=site, locale="cs-CZ", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    sign_in(context, role)
    yield context.new_page()
    context.close()


@pytest.fixture
def administrator(browser: Browser, site: str, sign_in: SignIn) -> Iterator[Page]:
    yield from desk_of(browser, site, sign_in, "region")


@pytest.fixture
def coordinator(browser: Browser, site: str, sign_in: SignIn) -> Iterator[Page]:
    yield from desk_of(browser, site, sign_in, "coordinator")


def rows_of_a_region() -> str:
    """Open data of a region as it publishes them: two services in Lávky and one row nobody can place."""
    lavky = {"nazev_obce": "Lávky", "kod_obce": "990027", "kod_okresu": "XX001", "kod_vusc": "XX0", "psc": "99912"}
    provider = {"nazev_poskytovatele": "Pomoc na Lávkách", "ico": "25596641", "nazev_ulice": "U Potoka"}
    known = lavky | provider
    point = (4.05598, 55.29789)
    rows = regional(
        feature(1, point, **known, typ_soc_sluzby="pečovatelská služba", nazev_zarizeni="Pečovatelky na Lávkách"),
        feature(2, point, **known, typ_soc_sluzby="denní stacionáře", nazev_zarizeni="Stacionář na Lávkách"),
        feature(3, point, **known, typ_soc_sluzby="létání balónem", nazev_zarizeni="Balón"),
    )
    return json.dumps(rows, ensure_ascii=False)


def reload_until(page: Page, text: str) -> None:
    """The index of the search is renewed behind people's backs: what is new is found a moment later."""
    deadline = time.monotonic() + WORKER_PATIENCE / 1000
    while text not in page.locator("#results").inner_text():
        assert time.monotonic() < deadline, f"“{text}” is still not found"
        page.reload()


def test_a_file_of_the_region_is_read_looked_through_and_found_in_the_catalogue(
    administrator: Page, page: Page
) -> None:
    desk = administrator
    desk.goto("/sprava/registr/")
    desk.get_by_role("link", name="Nahrát soubor").click()
    desk.get_by_label("Soubor").set_input_files(
        {"name": "kraj.geojson", "mimeType": "application/geo+json", "buffer": rows_of_a_region().encode()}
    )
    desk.get_by_role("button", name="Prohlédnout").click()
    desk.wait_for_url("**/ukoly/**")
    # The page of progress goes on by itself.
    expect(desk.get_by_role("heading", name="Co by se změnilo")).to_be_visible(timeout=WORKER_PATIENCE)
    lines = desk.get_by_role("table")
    expect(lines).to_contain_text("Pomoc na Lávkách")
    expect(lines).to_contain_text("neznámý druh služby „létání balónem“")
    with desk.expect_download() as table:
        desk.get_by_role("link", name="Stáhnout rozdíly (CSV)").click()
    assert "létání balónem" in table.value.path().read_text(encoding="utf-8-sig")
    # Nothing is public before somebody has said yes.
    page.goto("/poskytovatele/?q=Lávkách")
    expect(page.get_by_role("link", name="Pomoc na Lávkách")).to_have_count(0)

    agreed = desk.get_by_label("Rozumím a chci to zapsat")
    if agreed.count():
        agreed.check()
    desk.get_by_role("button", name="Zapsat do katalogu").click()
    expect(desk.get_by_text("Zapsáno do katalogu")).to_be_visible(timeout=WORKER_PATIENCE)

    page.goto("/obce/lavky/")
    page.get_by_role("link", name=re.compile("na Lávkách")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Lávkách")
    expect(page.locator("dl.facts").first).to_contain_text("Pomoc na Lávkách")
    page.goto("/sluzby/?q=pečovatelka&kde=Lávky")
    reload_until(page, "Pomoc na Lávkách")


def test_a_card_put_right_by_a_coordinator_is_public_at_once(coordinator: Page, page: Page) -> None:
    desk = coordinator
    desk.goto("/sprava/sluzby/?q=Byty+Kolovrat")
    desk.get_by_role("link", name="Byty Kolovrat").click()
    waiting = desk.get_by_label("Čekací doba")
    waiting.fill("v listopadu asi 7 týdnů")
    with desk.expect_navigation():
        desk.get_by_role("button", name="Uložit", exact=True).click()
    expect(desk.get_by_label("Čekací doba")).to_have_value("v listopadu asi 7 týdnů")
    page.goto("/sluzby/byty-kolovrat/")
    expect(page.locator("main")).to_contain_text("v listopadu asi 7 týdnů")


def test_whoever_says_that_something_is_wrong_is_heard(coordinator: Page, page: Page) -> None:
    told = "Od října mají otevřeno jen dopoledne."
    page.goto("/sluzby/dilna-kolovrat-lipohrad/")
    page.get_by_role("link", name="Něco tu nesedí? Napište nám to.").click()
    page.get_by_role("button", name="Odeslat").click()
    # An empty report is refused kindly, with the way to the field.
    expect(page.get_by_role("alert").or_(page.locator(".error-summary")).first).to_be_visible()
    page.get_by_label("Co je špatně?").fill(told)
    page.get_by_label("Váš e-mail").fill("jana@example.org")
    page.locator("main").get_by_role("button", name="Odeslat").click()
    page.wait_for_url("**/diky/")

    desk = coordinator
    desk.goto("/sprava/hlaseni/")
    desk.locator(".row", has_text=told).get_by_role("link").click()
    expect(desk.locator("blockquote")).to_have_text(told)
    expect(desk.get_by_role("link", name="jana@example.org")).to_be_visible()
    desk.get_by_label("Jak to dopadlo").fill("Otevírací dobu jsme opravili.")
    with desk.expect_navigation():
        desk.get_by_role("button", name="Vyřízeno").click()
    desk.goto("/sprava/hlaseni/?stav=vyrizene")
    expect(desk.locator(".row", has_text=told)).to_be_visible()
    # The e-mail served its purpose and is gone.
    desk.locator(".row", has_text=told).get_by_role("link").click()
    expect(desk.get_by_role("link", name="jana@example.org")).to_have_count(0)
