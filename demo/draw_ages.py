"""Draw the invented people by sex and age, and the rates by which they die, are born and move.

Reads ``territory/municipalities.csv``, writes ``territory/ages.csv`` (groups of five years, which add up to the three
age groups of the table) and ``territory/rates.csv``. Nothing in them is a fact about anybody: the shapes are smooth
curves with one strong and one weak generation. The same table always gives the same files:

    python demo/draw_ages.py
"""

import csv
import math
from pathlib import Path

TERRITORY = Path(__file__).parent / "territory"
YEAR = 2023
GROUPS = [(first, first + 4) for first in range(0, 95, 5)] + [(95, 100)]
BROAD = (("ob0_14_2023", 0, 14), ("ob15_64_2023", 15, 64), ("ob65plus_2023", 65, 100))
SEXES = ("m", "z")
# How likely a man or a woman of no age at all is to die in a year, and how quickly it grows with age.
DEATH = {"m": (0.000036, 0.0945), "z": (0.000011, 0.1035)}
INFANTS = {"m": 0.9977, "z": 0.9981}


def death(sex: str, age: int) -> float:
    least, growth = DEATH[sex]
    return min(0.6, 0.0002 + least * math.exp(growth * age))


def weight(sex: str, age: int) -> float:
    """How many there are of an age beside others: those born by generations, those left of them."""
    born = 1 + 0.45 * math.exp(-(((age - 50) / 9) ** 2)) - 0.2 * math.exp(-(((age - 24) / 6) ** 2))
    left = math.exp(-sum(death(sex, younger) for younger in range(age)))
    return (1.05 if sex == "m" else 1.0) * born * left


def shared(total: int, weights: list[float]) -> list[int]:
    """Whole people by weight; the largest remainders get those left over."""
    exact = [total * one / sum(weights) for one in weights]
    found = [int(one) for one in exact]
    order = sorted(range(len(exact)), key=lambda at: found[at] - exact[at])
    for at in order[: total - sum(found)]:
        found[at] += 1
    return found


def draw_ages() -> None:
    with (TERRITORY / "municipalities.csv").open(encoding="utf-8", newline="") as lines:
        places = list(csv.DictReader(lines))
    with (TERRITORY / "ages.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("kod_obce", "rok", "pohlavi", "vek", "pocet"))
        for place in places:
            for column, first, last in BROAD:
                cells = [(sex, a, b) for sex in SEXES for a, b in GROUPS if first <= a and b <= last]
                weights = [sum(weight(sex, age) for age in range(a, b + 1)) for sex, a, b in cells]
                for (sex, a, b), people in zip(cells, shared(int(place[column]), weights), strict=True):
                    writer.writerow((place["kod_obce"], YEAR, sex, "95+" if b == 100 else f"{a}-{b}", people))


def draw_rates() -> None:
    with (TERRITORY / "rates.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("ukazatel", "pohlavi", "vek", "hodnota"))
        for sex in SEXES:
            writer.writerow(("preziti_narozenych", sex, "", INFANTS[sex]))
            for age in range(101):
                writer.writerow(("preziti", sex, age if age < 100 else "100+", f"{1 - death(sex, age):.5f}"))
            for ages, moves in (("15-19", -0.002), ("20-24", -0.006), ("25-29", -0.003), ("30-39", 0.002)):
                writer.writerow(("stehovani", sex, ages, moves))
        for age in range(15, 50):
            writer.writerow(("plodnost", "", age, f"{0.118 * math.exp(-(((age - 30.5) / 7.2) ** 2)):.4f}"))
        for name, value in (
            ("divky", 0.487),
            ("rozpeti_umrti", 0.1),
            ("rozpeti_narozeni", 0.15),
            ("rozpeti_stehovani", 0.001),
        ):
            writer.writerow((name, "", "", value))


if __name__ == "__main__":
    draw_ages()
    draw_rates()
