"""A comment is found in the register, settled, and its change seen in the text; of two windows the second is told."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from .checks import accessibility, sideways
from .conftest import PATIENCE, SignIn

OPEN = "komunitni-plan-svornova-2028-2031"
DESK = f"/sprava/pripominky/{OPEN}"


@pytest.fixture
def desk(browser: Browser, site: str, sign_in: SignIn) -> Iterator[Page]:
    context = browser.new_context(base_url=site, locale="cs-CZ", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    sign_in(context, "coordinator")
    yield context.new_page()
    context.close()


def test_a_comment_is_found_settled_and_seen_in_the_text(desk: Page) -> None:
    desk.goto(f"{DESK}/zapis/")
    desk.get_by_label("Čeho se připomínka týká").fill("2")
    desk.get_by_label("Navrhované znění").fill("Opravit jméno starosty Zrzounka.")
    desk.get_by_label("Zdůvodnění").fill("Je to překlep.")
    desk.get_by_label("Druh připomínky").select_option(label="formální")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_role("status").filter(has_text="je zapsaná")).to_be_visible()

    desk.goto(f"{DESK}/registr/")
    assert accessibility(desk) == []
    desk.get_by_label("Číslo nebo slova").fill("Zrzounka")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("link", name=re.compile(r"^Č\. \d+"))).to_have_count(1)
    desk.get_by_role("link", name=re.compile(r"^Č\. \d+")).click()
    expect(desk.get_by_role("heading", name="Vypořádat", exact=True)).to_be_visible()
    assert accessibility(desk) == []
    desk.set_viewport_size({"width": 360, "height": 800})
    assert sideways(desk) == 0
    desk.set_viewport_size({"width": 1280, "height": 900})

    other = desk.context.new_page()
    other.goto(desk.url)
    form = desk.locator("#vyporadani")
    form.get_by_label("akceptováno", exact=True).check()
    form.get_by_label("Odůvodnění").fill("Děkujeme, opravíme to.")
    words = form.get_by_label("Nové znění odstavce")
    words.fill(f"{words.input_value()} Starosta Zrzounek.")
    form.get_by_role("button", name="Vypořádat", exact=True).click()
    expect(desk.get_by_role("status").filter(has_text="Vypořádáno.")).to_be_visible()

    late = other.locator("#vyporadani")
    late.get_by_label("vysvětleno").check()
    late.get_by_label("Odůvodnění").fill("Moje odpověď přišla pozdě.")
    late.get_by_role("button", name="Vypořádat", exact=True).click()
    expect(other.get_by_role("heading", name="Mezitím na připomínce pracoval někdo jiný")).to_be_visible()
    expect(other.get_by_text("Moje odpověď přišla pozdě.").first).to_be_visible()
    expect(other.get_by_text("Děkujeme, opravíme to.").first).to_be_visible()

    desk.goto(f"/pripominky/{OPEN}/zmeny/")
    expect(desk.locator("ins").filter(has_text="Starosta Zrzounek.")).to_be_visible()
    assert accessibility(desk) == []
    desk.goto(other.url)
    desk.get_by_text("Otevřít vypořádání znovu").click()
    desk.get_by_label("Proč vypořádání otevíráte").fill("Zkouška.")
    desk.get_by_role("button", name="Otevřít znovu").click()
    expect(desk.get_by_role("status").filter(has_text="zase otevřené")).to_be_visible()
    desk.goto(f"/pripominky/{OPEN}/zmeny/")
    expect(desk.locator("ins").filter(has_text="Starosta Zrzounek.")).to_have_count(0)
