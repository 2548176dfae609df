"""A planner finds who has it furthest, with the map and without it."""

from playwright.sync_api import Page, expect

from tests.journeys.checks import accessibility, html_errors, sideways


def test_the_worst_off_municipality_is_found_by_asking(page: Page) -> None:
    page.goto("/dostupnost/")
    page.get_by_label("Jaká pomoc").select_option("ps")
    page.get_by_label("Limit je v").select_option("km")
    page.get_by_label("Za jak dlouho nebo jak daleko").fill("5")
    page.get_by_role("button", name="Spočítat").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("k pečovatelské službě?")
    expect(page.locator(".answer")).to_contain_text("Do 5 km to má")
    worst = page.locator("table").first.locator("tbody tr").first.get_by_role("link")
    name = worst.inner_text()
    worst.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_the_map_leads_to_a_municipality(page: Page) -> None:
    page.goto("/dostupnost/")
    frame = page.frame_locator("iframe")
    link = frame.locator("a").first
    name = (link.get_attribute("aria-label") or "").split(":")[0]
    link.dispatch_event("click")
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_white_spots_are_found(page: Page) -> None:
    page.goto("/dostupnost/")
    page.get_by_role("link", name="Bílá místa: co v které obci chybí").click()
    page.get_by_label("Jen obce, kde je aspoň jednou").select_option("neni")
    page.get_by_role("button", name="Ukázat").click()
    expect(page.locator(".matrix tbody tr").first).to_contain_text("– není")


def test_pages_are_accessible_and_fit_a_phone(page: Page, phone: Page) -> None:
    addresses = {
        "study": "/dostupnost/",
        "expert": "/dostupnost/?metoda=e2sfca&srovnat=rok-2020",
        "wrong": "/dostupnost/?limit=0",
        "matrix": "/dostupnost/bila-mista/",
    }
    for address in addresses.values():
        page.goto(address)
        assert accessibility(page) == [], address
        phone.goto(address)
        assert sideways(phone) == 0, address
    assert html_errors({name: page.request.get(address).text() for name, address in addresses.items()}) == ""
