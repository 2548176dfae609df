"""`manage.py add_person jana@mesto.example "Jana Nováková" coordinator` – asks for the password."""

import getpass
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from portal.accounts import actions
from portal.accounts.models import Grant, Person


class Command(BaseCommand):
    help = "Založí člověka, který se může přihlásit."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("roles", nargs="+", choices=Grant.Role.values)
        parser.add_argument("--password", help="jinak se zeptá")

    def handle(self, *args: Any, **options: Any) -> None:
        password = options["password"] or getpass.getpass("Heslo (nejméně 12 znaků): ")
        try:
            validate_email(options["email"])
            validate_password(password, Person(email=options["email"], name=options["name"]))
        except ValidationError as fault:
            raise CommandError(" ".join(fault.messages)) from fault
        person = actions.add_person(
            email=options["email"], name=options["name"], password=password, roles=options["roles"]
        )
        self.stdout.write(f"{person} <{person.email}>: {', '.join(str(grant.role) for grant in person.grants.all())}")
