"""Coming in, in a real browser: a code from an application, a passkey of the device (Chromium's virtual one), a
forgotten password, and ending sessions. Each journey has a person of its own, so that it disturbs no other."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Browser, BrowserContext, Page, expect

from .checks import accessibility, html_errors, sideways
from .conftest import PATIENCE, ROOT, Site

PASSWORD = "dlouhe-heslo-do-cesty"


@pytest.fixture
def person(running_site: Site, request: pytest.FixtureRequest) -> str:
    """The e-mail of an official with a role, who signs in with PASSWORD."""
    email = f"{request.node.originalname.replace('_', '-')}@svornov.example"
    code = (
        "import django; django.setup()\n"
        "from portal.accounts import actions\n"
        f"actions.add_person(email={email!r}, name='Ota Cestovatel', password={PASSWORD!r}, roles=['auditor'])"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=running_site.environment, check=True)
    return email


@pytest.fixture
def local(browser: Browser, site: str) -> Iterator[BrowserContext]:
    """Browsers give passkeys to names, not to numbers: the same site as localhost."""
    opened = browser.new_context(base_url=site.replace("127.0.0.1", "localhost"), locale="cs-CZ")
    opened.set_default_timeout(PATIENCE)
    yield opened
    opened.close()


def enter(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/prihlaseni/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Heslo").fill(password)
    page.get_by_role("button", name="Přihlásit se").click()


def leave(page: Page) -> None:
    page.goto("/ucet/")
    page.get_by_role("main").get_by_role("button", name="Odhlásit se").click()


def show_again(page: Page) -> None:
    """Before a change of how one signs in, the password is asked for once more."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Ještě jednou se ověřte")
    looks_right(page)
    page.get_by_label("Heslo").fill(PASSWORD)
    page.get_by_role("button", name="Pokračovat").click()


def looks_right(page: Page) -> None:
    """Pages that lie behind a proof of who one is; the tour of all pages cannot get to them."""
    assert accessibility(page) == []
    assert html_errors({"page": page.content()}) == ""
    size = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 640})
    assert sideways(page) <= 0
    if size:
        page.set_viewport_size(size)


def code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time()) + 1)))


def give_device_with_fingerprint(context: BrowserContext, page: Page) -> None:
    """A virtual device that keeps passkeys and whose owner always puts the finger on it."""
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_app_on_the_telephone(page: Page, context: BrowserContext, person: str) -> None:
    enter(page, person)
    page.wait_for_url("**/sprava/")
    page.goto("/ucet/")
    page.get_by_role("link", name="Nastavit přístupový klíč nebo aplikaci").click()
    page.get_by_role("link", name="Připojit aplikaci").click()
    show_again(page)
    expect(page.get_by_role("img", name="QR kód pro ověřovací aplikaci")).to_be_visible()
    assert page.evaluate("document.querySelector('.app-code img').naturalWidth") > 0  # the content policy lets it in
    looks_right(page)
    secret = page.locator(".app-secret").inner_text()
    page.get_by_label("Kód, který aplikace ukazuje").fill("000000")
    page.get_by_role("button", name="Připojit").click()
    expect(page.get_by_role("alert")).to_contain_text("Kód nesouhlasí")
    assert page.locator(".app-secret").inner_text() == secret
    shown = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    page.get_by_label("Kód, který aplikace ukazuje").fill(shown)
    page.get_by_role("button", name="Připojit").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    looks_right(page)
    saved = page.locator(".recovery-codes li").first.inner_text()
    page.get_by_role("link", name="Hotovo").click()
    expect(page.get_by_role("main")).to_contain_text("připojená")
    looks_right(page)
    with page.expect_navigation():
        page.get_by_role("link", name="Odpojit aplikaci").click()
    looks_right(page)

    leave(page)
    enter(page, person)
    page.wait_for_url("**/prihlaseni/druhy-krok/")
    looks_right(page)
    page.get_by_label("Kód z aplikace").fill(code(secret))  # the one of the next half minute: each counts once
    page.get_by_role("button", name="Pokračovat").click()
    page.wait_for_url("**/sprava/")

    leave(page)
    enter(page, person)
    page.get_by_label("Kód z aplikace").fill(saved)
    page.get_by_role("button", name="Pokračovat").click()
    page.wait_for_url("**/sprava/")


def test_passkey(local: BrowserContext, person: str) -> None:
    page = local.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    give_device_with_fingerprint(local, page)
    enter(page, person)
    page.wait_for_url("**/sprava/")
    page.goto("/ucet/druhy-krok/")
    page.get_by_role("link", name="Přidat přístupový klíč").click()
    show_again(page)
    looks_right(page)
    page.get_by_label("Jak klíči budete říkat").fill("Služební počítač")
    page.get_by_role("button", name="Vytvořit klíč").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    page.get_by_role("link", name="Hotovo").click()
    expect(page.get_by_role("heading", name="Služební počítač")).to_be_visible()
    looks_right(page)

    leave(page)
    page.goto("/ucet/heslo/")  # leads to signing in, and signing in leads back
    page.get_by_role("button", name="Použít přístupový klíč").click()
    page.wait_for_url(re.compile(r"^[^?]*/ucet/heslo/$"))  # not the page of signing in, which says where next

    # With the password, the passkey is the second step.
    leave(page)
    enter(page, person)
    page.wait_for_url("**/prihlaseni/druhy-krok/")
    looks_right(page)
    page.get_by_role("button", name="Použít přístupový klíč").click()
    page.wait_for_url("**/sprava/")

    page.goto("/ucet/druhy-krok/")
    page.get_by_role("link", name="Odebrat Služební počítač").click()
    show_again(page)
    looks_right(page)
    page.get_by_role("button", name="Odebrat klíč").click()
    expect(page.get_by_role("link", name="Přidat přístupový klíč")).to_be_visible()
    assert wrong == []


def test_passkey_that_the_device_does_not_have(local: BrowserContext, person: str) -> None:
    page = local.new_page()
    give_device_with_fingerprint(local, page)
    page.goto("/prihlaseni/")
    page.get_by_role("button", name="Použít přístupový klíč").click()
    expect(page.locator("pass-key")).to_contain_text("Klíč jsme nedostali")
    enter(page, person)  # the other way is still there
    page.wait_for_url("**/sprava/")


def test_forgotten_password(page: Page, running_site: Site, person: str) -> None:
    page.goto("/prihlaseni/")
    page.get_by_role("link", name="Nevím heslo").click()
    page.get_by_label("E-mail").fill(person)
    page.get_by_role("button", name="Poslat odkaz").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Podívejte se do pošty")
    code = (
        "import django; django.setup()\n"
        "from portal.mail.models import Letter\n"
        f"print(Letter.objects.filter(to={person!r}).latest('pk').text)"
    )
    letter = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=running_site.environment, check=True, stdout=subprocess.PIPE
    ).stdout.decode()
    link = re.search(r"https?://\S+/zapomenute-heslo/\S+", letter)
    assert link
    page.goto(link[0])
    looks_right(page)
    page.get_by_label("Nové heslo", exact=True).fill("jine-dlouhe-heslo")
    page.get_by_label("Nové heslo ještě jednou").fill("jine-dlouhe-heslo")
    page.get_by_role("button", name="Uložit nové heslo").click()
    page.get_by_role("link", name="Na přihlášení").click()
    enter(page, person, "jine-dlouhe-heslo")
    page.wait_for_url("**/sprava/")


def test_ending_another_device(page: Page, browser: Browser, site: str, person: str) -> None:
    other = browser.new_context(base_url=site, locale="cs-CZ")
    elsewhere = other.new_page()
    for one in (page, elsewhere):
        enter(one, person)
        one.wait_for_url("**/sprava/")
    page.goto("/ucet/")
    looks_right(page)
    page.get_by_role("button", name="Ukončit všechna ostatní").click()
    expect(page.get_by_text("Zůstali jste přihlášení jen tady.")).to_be_visible()
    elsewhere.goto("/ucet/")
    assert "/prihlaseni/" in elsewhere.url
    other.close()
