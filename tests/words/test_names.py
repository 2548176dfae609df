"""Names are known in all their cases."""

import re

import pytest

from words.names import inflected, parts

CASES = {
    "Dvořáková": ["Dvořákové", "Dvořákovou", "Dvorakova", "DVOŘÁKOVÁ"],
    "Dvořáček": ["Dvořáčka", "Dvořáčkovi", "Dvoracku"],
    "Němec": ["Němce", "Němcem", "Nemcovi"],
    "Novák": ["Nováka", "Novákem", "Nováci"],
    "Malý": ["Malého", "Malým", "Malemu"],
    "Vlk": ["Vlka", "Vlkovi"],
    "Ryba": ["Ryby", "Rybou"],
}


@pytest.mark.parametrize(("name", "words"), CASES.items())
def test_all_cases_are_found(name: str, words: list[str]) -> None:
    for word in (name, *words):
        assert re.fullmatch(inflected(name), word, re.I), word


def test_titles_and_initials_are_no_parts_of_a_name() -> None:
    assert parts("Mgr. Jana M. Malá, Ph.D.") == ["Jana", "Malá"]
