"""How people are greeted; where there is a doubt, plainly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from words.salutation import greeting

MEN = """
Petr Svoboda: Svobodo; Jan Novák: Nováku; Josef Dvořák: Dvořáku; Jiří Novotný: Novotný; Karel Černý: Černý;
Tomáš Procházka: Procházko; Pavel Kučera: Kučero; Martin Veselý: Veselý; Jaroslav Horák: Horáku; Miroslav Němec: Němče;
Ondřej Marek: Marku; Lukáš Pospíšil: Pospíšile; Jakub Hájek: Hájku; David Král: Králi; Milan Jelínek: Jelínku;
Michal Růžička: Růžičko; Zdeněk Beneš: Beneši; Václav Fiala: Fialo; Marek Sedláček: Sedláčku; Daniel Doležal: Doležale;
Vojtěch Zeman: Zemane; Filip Kolář: Koláři; Adam Navrátil: Navrátile; Roman Čermák: Čermáku; Aleš Vaněk: Vaňku;
Radek Urban: Urbane; Libor Blažek: Blažku; Vladimír Kříž: Kříži; Stanislav Kovář: Kováři; Ladislav Bartoš: Bartoši;
Antonín Vlček: Vlčku; Bohumil Polák: Poláku; Luboš Musil: Musile; Ivan Kopecký: Kopecký; Robert Konečný: Konečný;
Oldřich Malý: Malý; Richard Holub: Holube; Hynek Staněk: Staňku; Přemysl Čech: Čechu; Rudolf Štěpánek: Štěpánku;
Vít Havel: Havle; Igor Kadlec: Kadlče; Otakar Bureš: Bureši; Dalibor Ševčík: Ševčíku; Emil Hrubý: Hrubý;
Viktor Petrů: Petrů; Leoš Janů: Janů; Ivo Krejčí: Krejčí; Jáchym Purkyně: Purkyně; Matěj Kubát: Kubáte;
Alexandr Hasman: Hasmane; Vratislav Matoušek: Matoušku; Kryštof Luděk: Luďku; Mikuláš Hanák: Hanáku; Emanuel Švec: Ševče
"""
WOMEN = """
Jana Nováková; Marie Svobodová; Eva Novotná; Hana Dvořáková; Anna Černá; Lenka Krejčí; Kateřina Malá; Lucie Tichá;
Věra Petrů; Alena Dolejší; Petra Veselá; Žaneta Bílá; Božena Němcová; Markéta Janů; Zdeňka Hrubá
"""


@pytest.mark.parametrize("line", [one.strip() for one in MEN.replace("\n", " ").split(";") if one.strip()])
def test_men_by_their_surname(line: str) -> None:
    name, _, vocative = line.partition(":")
    assert greeting(name) == (f"Dobrý den, pane {vocative.strip()}" if vocative.strip() else "Dobrý den")


@pytest.mark.parametrize("name", [one.strip() for one in WOMEN.replace("\n", " ").split(";") if one.strip()])
def test_women_by_their_surname_as_it_stands(name: str) -> None:
    assert greeting(name) == f"Dobrý den, paní {name.split()[1]}"


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Jana", "Jano"), ("Marie", "Marie"), ("Petr", "Petře"), ("Tomáš", "Tomáši"), ("Zdeněk", "Zdeňku"),
        ("Ester", "Ester"), ("Jiří", "Jiří"), ("Pavel", "Pavle"), ("Michal", "Michale"), ("Ondřej", "Ondřeji"),
    ],
)  # fmt: skip
def test_a_first_name_alone(name: str, called: str) -> None:
    assert greeting(name) == f"Dobrý den, {called}"


@pytest.mark.parametrize(
    "name",
    [
        "Ing. Petr Svoboda, Ph.D.", "Bc. Petr Svoboda DiS.", "prof. MUDr. Petr Svoboda, DrSc., MBA",
        "  Petr   Svoboda ",
    ],
)  # fmt: skip
def test_titles_and_spaces_are_left_out(name: str) -> None:
    assert greeting(name) == "Dobrý den, pane Svobodo"


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Jana Nováková-Svobodová", "paní Nováková-Svobodová"),
        ("Jana Nováková Svobodová", "paní Svobodová"),
        ("Anna Marie Tichá", "paní Tichá"),
        ("Jan Maria Novák", ""),
    ],
)  # fmt: skip
def test_more_names(name: str, called: str) -> None:
    assert greeting(name) == (f"Dobrý den, {called}" if called else "Dobrý den")


@pytest.mark.parametrize(
    "name",
    [
        "", "   ", "?", "Obec Konice", "Městský úřad Svornov", "Charita Olomouc", "Domov pod lipami, p. o.", "Nováková",
        "John Smith", "Nguyen Van Anh", "Олена Шевченко", "Olena Ševčenko", "Jan Wessel", "Josef Klaus", "Jan O'Neill",
        "Karel Novák (ředitel)", "jana@example.org", "JANA NOVÁKOVÁ", "jana nováková", "Jana N.", "Jana Smith",
        "Petr Nováková", "Jan Bednár", "Svoboda Petr", "Martin Garcia", "Jan van Gogh", "Nela Schmidt", "Pan ředitel",
    ],
)  # fmt: skip
def test_where_there_is_a_doubt_the_greeting_is_plain(name: str) -> None:
    assert greeting(name) == "Dobrý den"


@given(st.text(max_size=60))
def test_any_text_is_greeted_in_one_short_line(name: str) -> None:
    said = greeting(name)
    assert said == "Dobrý den" or said.startswith("Dobrý den, ")
    assert len(said.splitlines()) == 1
    assert "," not in said.removeprefix("Dobrý den,")
