"""Code lists and places for tests of readers: the shipped lists and a few invented municipalities."""

import csv

from portal.catalogue.codelists import LISTS
from portal.register.codes import Code, CodeList, Codes, Place, Places


def code_list(name: str) -> CodeList:
    with (LISTS / f"{name}.csv").open(encoding="utf-8") as file:
        return CodeList(
            Code(row["key"], row["code"], row["name"], row.get("abbreviation", "")) for row in csv.DictReader(file)
        )


CODES = Codes(
    kinds=code_list("kinds"),
    target_groups=code_list("target_groups"),
    age_groups=code_list("age_groups"),
    forms=code_list("forms"),
    units=code_list("capacity_units"),
    places=Places(
        [
            Place("999001", "Lipov", "CZ0991", 50.0, 15.0),
            Place("999002", "Hájek", "CZ0991", 50.2, 15.2),
            Place("999003", "Hájek", "CZ0992", 49.0, 16.0),
        ]
    ),
    regions={"CZ041": "Karlovarský kraj", "CZ052": "Královéhradecký kraj"},
)
