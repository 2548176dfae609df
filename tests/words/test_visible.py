"""Texts of strangers lose what nobody sees and nothing else."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from words.visible import visible, visible_line


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Chybí nám \u202ečitad\u202c lavička.", "Chybí nám čitad lavička."),
        ("a\u200bb\u200d\ufeffc\xad", "abc"),
        ("první\r\ndruhý\rtřetí\u2028čtvrtý", "první\ndruhý\ntřetí\nčtvrtý"),
        ("nula\x00 konec\x1b[31m", "nula konec[31m"),
        ("odstavec  \n\n\n\n\nodstavec\n", "odstavec\n\nodstavec"),
        ("půlka \ud83d konec", "půlka  konec"),
        ("z" + "\u0335" * 50, "z" + "\u0335" * 3),
        ("C\u030c\u00e1p", "Čáp"),
        ("Žluťoučký kůň – „úpěl“ 😀 1 000 Kč", "Žluťoučký kůň – „úpěl“ 😀 1 000 Kč"),
    ],
)
def test_what_is_left(typed: str, kept: str) -> None:
    assert visible(typed) == kept


def test_a_line_is_one() -> None:
    assert visible_line(" Jana\n\u202e Nová\t ková ") == "Jana Nová ková"


@given(st.text(st.characters(codec=None)))
def test_whatever_is_typed_comes_out_seen_and_cannot_be_cleaned_more(typed: str) -> None:
    once = visible(typed)
    assert visible(once) == once
    assert all(unicodedata.category(sign)[0] != "C" for sign in once if sign != "\n")
    once.encode()
