"""Contacts and names that may not be public are found in whatever form people write them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.minutes.redaction import NO_EMAIL, NO_PHONE, Redactor

SAID = "zástupce uživatelů"
BY = Redactor({"Jana Růžičková": SAID, "Petr Dvořáček": SAID, "Karel Němec": SAID}, ["Alena Nová", "Jan Němcová"])


@pytest.mark.parametrize(
    "words",
    [
        "Jana Růžičková", "paní Růžičková", "paní Růžičkové", "Janou Růžičkovou", "Růžičková Jana", "RŮŽIČKOVÁ",
        "Ruzickova", "Jany Ruzickove", "Mgr. Jana Růžičková", "Dvořáček", "panem Dvořáčkem", "Petra Dvořáčka",
        "Dvoracka", "p. Dvořáček", "Dvořáčkovi", "Němce", "s Němcem",
    ],
)  # fmt: skip
def test_a_name_is_found_in_any_case(words: str) -> None:
    told = BY.text(f"Mluvila tam {words}, pak se šlo domů.")
    assert SAID in told
    assert not re.search(r"Růži|Ruzi|RŮŽI|Dvoř|Dvor|Němc|Němec", told)


@pytest.mark.parametrize(
    "words",
    [
        "Rozpočet je 250 000 000 Kč.", "Akční plán na roky 2027–2028, kód 1.2.3.", "Zákon č. 108/2006 Sb.",
        "Sejdeme se 15. 3. 2027 v 9.30.", "Alena Nová souhlasí.", "Nová služba pro 240 lidí.", "Němcová dodá čísla.",
        "dvořáček na dvoře",
    ],
)  # fmt: skip
def test_what_is_no_contact_and_no_hidden_name_stays(words: str) -> None:
    assert BY.text(words) == words


@pytest.mark.parametrize(
    "phone",
    ["605 123 456", "605123456", "+420 605 123 456", "+420605123456", "00420 493 000 111", "tel. 493 000 111",
     "605-123-456", "605 12 34 56", "+421 905 123 456", "tel: 605/123/456"],
)  # fmt: skip
def test_telephones_go(phone: str) -> None:
    told = BY.text(f"Volejte {phone}, děkujeme.")
    assert NO_PHONE in told
    assert not re.search(r"\d{3}", told)


@pytest.mark.parametrize("email", ["jana@example.org", "jana.mala@mail.example.org", "jana (zavináč) example.org"])
def test_emails_go(email: str) -> None:
    assert BY.text(f"Pište na {email}.") == f"Pište na {NO_EMAIL}."


def test_a_link_to_write_or_call_loses_its_address() -> None:
    told = BY.text("[Napište nám](mailto:jana@example.org) nebo [zavolejte](tel:605123456).")
    assert told == "Napište nám nebo zavolejte."


def test_places_are_marked_for_the_person_who_publishes() -> None:
    found = BY.found("Růžičková má jana@example.org a 605 123 456.")
    assert [(one.sort, one.original) for one in found] == [
        ("jméno", "Růžičková"), ("e-mail", "jana@example.org"), ("telefon", "605 123 456"),
    ]  # fmt: skip


@given(
    before=st.text(max_size=40), after=st.text(max_size=40),
    secret=st.sampled_from(["jana@example.org", " 605 123 456 ", " Růžičkovou ", " Petr Dvořáček "]),
)  # fmt: skip
def test_nothing_is_left_to_find_in_what_was_redacted(before: str, after: str, secret: str) -> None:
    told = BY.text(f"{before} {secret} {after}")
    assert BY.found(told) == []
    assert BY.text(told) == told


@given(st.text(max_size=200))
def test_runs_put_together_are_the_text(text: str) -> None:
    runs = BY.runs(text)
    if "](mailto:" not in text and "](tel:" not in text:
        assert "".join(run.text for run in runs if run.mark != "+") == text
