"""A coordinator closes a home in a scenario, reads who loses, and asks where a new one would help most."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.checks import accessibility, html_errors, sideways


def sign_in(page: Page, email: str = "koordinatorka@svornov.example") -> None:
    page.goto("/prihlaseni/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Heslo").fill("ukazka-pospolu")
    page.get_by_role("button", name="Přihlásit").click()
    page.wait_for_url(lambda url: "prihlaseni" not in url)


@pytest.fixture
def planner(page: Page) -> Page:
    sign_in(page)
    return page


def new_scenario(page: Page, name: str) -> None:
    """Over the care service and a short way, so that one closing is felt."""
    page.goto("/dostupnost/scenare/novy/?druh=ps&limit=5&v=km")
    page.get_by_label("Jak se má scénář jmenovat").fill(name)
    page.get_by_role("button", name="Založit scénář").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_closing_a_service_is_read_at_once_shared_and_taken_back(planner: Page, browser: Browser, site: str) -> None:
    new_scenario(planner, "Bez první služby")
    planner.get_by_role("button", name=re.compile("^Zavřít")).first.click()
    result = planner.locator("#vysledek")
    expect(planner.get_by_text("ve scénáři zavřená")).to_be_visible()
    expect(result).to_contain_text(re.compile("ztratí pomoc do 5 km|bude mít dál než dnes|nic znatelného nezmění"))
    planner.get_by_text("Přejmenovat, sdílet, smazat").click()
    planner.get_by_label("Výsledek může číst každý, kdo má odkaz").check()
    planner.get_by_role("button", name="Uložit").click()
    planner.get_by_text("Přejmenovat, sdílet, smazat").click()
    link = planner.locator("#nastaveni a").first.get_attribute("href") or ""
    visitor = browser.new_context(base_url=site, locale="cs-CZ", java_script_enabled=False).new_page()
    visitor.goto(link)
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Bez první služby")
    expect(visitor.get_by_role("button", name=re.compile("^Zavřít"))).to_have_count(0)
    visitor.context.close()
    planner.get_by_role("button", name="Vzít poslední změnu zpět").click()
    expect(result).to_contain_text("Zatím se nic nemění.")


def test_the_best_place_is_proposed_and_tried(planner: Page) -> None:
    planner.goto("/dostupnost/kam-s-novou-sluzbou/?druh=ps&limit=5&v=km")
    planner.get_by_label("aby průměrná cesta byla co nejkratší").check()
    planner.get_by_role("button", name="Najít místa").click()
    expect(planner.get_by_text("Nejvíc pomůže")).to_be_visible(timeout=60_000)
    expect(planner.get_by_text("dokázané výpočtem")).to_be_visible()
    planner.get_by_role("button", name="Vyzkoušet ve scénáři").click()
    expect(planner.get_by_text("Otevřít novou službu:")).to_be_visible()


def test_pages_are_accessible_right_and_fit_a_phone(planner: Page, phone: Page) -> None:
    new_scenario(planner, "Přístupný scénář")
    planner.locator("#nova-obec").fill("Nikdeves")
    planner.get_by_role("button", name="Otevřít", exact=True).click()
    expect(planner.get_by_text("Obec „Nikdeves“ neznáme.")).to_be_visible()
    assert accessibility(planner) == []
    number = re.findall(r"/(\d+)/", planner.url)[0]
    sign_in(phone)
    addresses = {
        "scenario": f"/dostupnost/scenare/{number}/",
        "scenarios": "/dostupnost/scenare/",
        "new": "/dostupnost/scenare/novy/",
        "compare": f"/dostupnost/scenare/srovnani/?s={number}",
        "costs": "/dostupnost/jednotkove-naklady/",
        "cost": "/dostupnost/jednotkove-naklady/novy/",
        "placement": "/dostupnost/kam-s-novou-sluzbou/",
        "outlook": "/dostupnost/vyhled/",
    }
    for address in addresses.values():
        planner.goto(address)
        assert accessibility(planner) == [], address
        phone.goto(address)
        assert sideways(phone) <= 0, address
    assert html_errors({name: planner.request.get(address).text() for name, address in addresses.items()}) == ""
