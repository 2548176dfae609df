"""People and their roles. A row without a number is an invitation: the person sets the account up by the letter."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from portal.accounts import actions, people, rules, spans
from portal.accounts.models import Grant, Held, Invitation, Person
from portal.accounts.people_forms import PeopleFilter
from words.fold import fold

from ..columns import JOINED, Column, Line, Sort
from ..table import WrittenTable, number_column

SEPARATOR = ": "
NOT_TO_GIVE = "Tuhle roli dát ani vzít nemůžete: „{}“."


class Email(Sort):
    def clean(self, text: str) -> str:
        text = super().clean(text).lower()
        try:
            validate_email(text)
        except ValidationError:
            raise ValidationError(f"„{text[:60]}“ nevypadá jako e-mail.") from None
        return str(text)


class Roles(Sort):
    """Roles with their ranges: "koordinátor: ORP Svornov; auditor". The value is a set of Held."""

    def __init__(self, giver: Person) -> None:
        super().__init__(2000, required=True)
        self.giver = giver
        self.words = {role: re.sub(r"\s*\(.*\)", "", str(Grant.Role(role).label)) for role in Grant.Role.values}
        # What is held by the people shown, in words: read back without asking whom a name means.
        self.known: dict[str, Held] = {}
        self.told: dict[Held, str] = {}

    def learn(self, held: Iterable[Held]) -> None:
        missing = set(held) - self.told.keys()
        names = spans.names((one.kind, one.code) for one in missing)
        for one in sorted(missing):
            words = self.words[one.role]
            if one.kind != Grant.Range.SITE:
                words += SEPARATOR + names[one.kind, one.code].replace(";", ",")
            if self.known.get(_key(words), one) != one:
                words = f"{self.words[one.role]}{SEPARATOR}{one.code}"
            self.told[one], self.known[_key(words)] = words, one

    def show(self, value: Iterable[Held]) -> str:
        held = sorted(value)
        self.learn(held)
        return JOINED.join(self.told[one] for one in held)

    def clean(self, text: str) -> frozenset[Held]:
        parts = [" ".join(part.split()) for part in re.split(r"[;\n]", text) if part.strip()]
        return frozenset(self.known.get(_key(part)) or self._held(part) for part in parts)

    def _held(self, part: str) -> Held:
        word, _, where = part.partition(SEPARATOR.strip())
        roles = {_key(words): role for role, words in self.words.items()} | {role: role for role in self.words}
        role = roles.get(_key(word)) or roles.get(word.strip())
        if role is None:
            raise ValidationError(f"Roli „{word.strip()[:60]}“ neznáme. Jsou tu: {', '.join(self.words.values())}.")
        kinds = Grant.RANGES[Grant.Role(role)]
        found = spans.named(where.strip(), kinds) if where.strip() else {spans.SITE: ""}
        given = rules.given_among(self.giver, [Held(role, *pair) for pair in found])
        if len(given) > 1:
            choices = ", ".join(sorted(f"{found[one.kind, one.code]} ({one.code})" for one in given))
            raise ValidationError(f"„{part[:80]}“ může znamenat víc míst: {choices}. Napište číslo ze závorky.")
        if not given:
            raise ValidationError(NOT_TO_GIVE.format(part[:80]))
        return given.pop()


def _key(words: str) -> str:
    return re.sub(r"\s+", " ", fold(words)).strip()


class People(WrittenTable):
    slug = "lide"
    title = "Lidé a jejich role"
    about = "Kdo se přihlašuje a co smí. Nový řádek s e-mailem a rolí pošle pozvánku."
    noun = "člověk,lidé,lidí"
    home = "accounts:people"
    may_add = True
    orders = {"name": "name"}

    def may_read(self) -> bool:
        return rules.may_see_people(self.person)

    def may_write(self) -> bool:
        return rules.may_invite(self.person)

    def filters(self, asked: QueryDict) -> PeopleFilter:
        return PeopleFilter(asked)

    def rows(self, asked: QueryDict) -> QuerySet[Person]:
        return people.people(self.person, self.filters(asked).asked())

    def open_rows(self, asked: QueryDict) -> QuerySet[Person]:
        rows = self.rows(asked)
        return rows.order_by("-name", "pk") if asked.get("razeni") == "-name" else rows

    def writable(self) -> QuerySet[Person]:
        return rules.seen_people(self.person)

    @cached_property
    def roles(self) -> Roles:
        return Roles(self.person)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        once = "Vyplňte jen u nového řádku; kdo už účet má, mění si ho sám."
        return (
            number_column(),
            Column("email", "e-mail", Email(254, required=True), once, width=30),
            Column("name", "jméno", Sort(150), once, width=26),
            Column(
                "roles",
                "role",
                self.roles,
                "Role a po dvojtečce za koho nebo kde, třeba „koordinátor: ORP Svornov“. Víc rolí oddělte středníkem.",
                width=60,
                usual=True,
            ),
            Column("state", "účet", Sort(), "Zapnutý, nebo vypnutý.", locked=True, width=12),
            Column("seen", "naposledy přihlášen", Sort(), locked=True),
        )

    def lines(self, rows: list[Person]) -> list[Line]:
        held: dict[int, list[Held]] = {row.pk: [] for row in rows}
        for grant in rules.seen_grants(self.person).filter(person__in=rows):
            held[grant.person_id].append(Held(grant.role, grant.range_kind, grant.range_code))
        self.roles.learn(one for roles in held.values() for one in roles)
        return [self._line(row, held[row.pk]) for row in rows]

    def _line(self, row: Person, held: list[Held]) -> Line:
        seen = timezone.localtime(row.last_login) if row.last_login else None
        cells = {
            "number": str(row.pk),
            "email": row.email,
            "name": row.name,
            "roles": self.roles.show(held),
            "state": "zapnutý" if row.is_active else "vypnutý",
            "seen": f"{seen.day}. {seen.month}. {seen.year}" if seen else "",
        }
        closed = frozenset({"email", "name"})
        return Line(str(row.pk), row.name, cells, closed, reverse("accounts:person", args=[row.pk]))

    def write(self, number: str, values: dict[str, Any]) -> None:
        if "roles" not in values:
            return
        person = Person.objects.get_queryset().get(pk=number)
        grants = {
            Held(one.role, one.range_kind, one.range_code): one
            for one in rules.seen_grants(self.person).filter(person=person)
        }
        self.roles.learn(values["roles"] | grants.keys())
        for held in sorted(values["roles"] - grants.keys()):
            self._may(held)
            actions.give_role(
                person=person, role=held.role, range_kind=held.kind, range_code=held.code, actor=self.person
            )
        for held in sorted(grants.keys() - values["roles"]):
            self._may(held)
            actions.take_role(grant=grants[held], actor=self.person)

    def _may(self, held: Held) -> None:
        if not rules.may_give(self.person, held.role, held.kind, held.code):
            raise ValidationError({"roles": NOT_TO_GIVE.format(self.roles.show([held]))})

    def missing(self, cells: dict[str, str]) -> list[str]:
        wanted = {"email": "Novému člověku chybí e-mail.", "roles": "Novému člověku chybí role."}
        return [said for key, said in wanted.items() if not cells.get(key)]

    def add(self, values: dict[str, Any]) -> str:
        """An invitation for each role; their numbers stand for the row, until there is a person."""
        try:
            sent = [
                actions.invite(
                    email=values["email"],
                    name=values.get("name", ""),
                    role=held.role,
                    range_kind=held.kind,
                    range_code=held.code,
                    actor=self.person,
                )
                for held in sorted(values["roles"])
            ]
        except PermissionDenied:
            raise ValidationError("Pozvat někoho do téhle role nemůžete.") from None
        return "pozvánka " + ", ".join(str(one.pk) for one in sent)

    def take_back(self, number: str) -> None:
        """Invitations that nobody has accepted are withdrawn; an accepted one is a person by now."""
        keys = re.findall(r"\d+", number)
        waiting = Invitation.objects.waiting().filter(pk__in=keys)
        if waiting.count() < len(keys):
            raise ValidationError("Pozvánku už někdo přijal nebo zrušil. Role odeberete u člověka.")
        for one in waiting:
            actions.withdraw(invitation=one, actor=self.person)
