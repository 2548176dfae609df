"""`manage.py demo_signins`: who can sign in to the demo and with what password."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.accounts.models import Person
from portal.home import demo


class Command(BaseCommand):
    help = "Vypíše přihlášení do ukázky."

    def handle(self, *args: Any, **options: Any) -> None:
        accounts = demo.read_people()
        here = set(Person.objects.values_list("email", flat=True))
        shown = [account for account in accounts if account.email in here]
        if not shown:
            self.stdout.write("Do ukázky se tu nikdo nepřihlásí (lidé se zakládají jen s DEBUG=1).")
            return
        self.stdout.write(f"Přihlášení do ukázky, heslo všech je {shown[0].password}")
        width = max(len(account.email) for account in shown)
        for account in shown:
            self.stdout.write(f"  {account.email:<{width}}  {account.name}, {account.says}")
