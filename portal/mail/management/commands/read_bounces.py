"""`manage.py read_bounces`: what came back to MAIL_BOUNCES, from a pipe of the mail server or from a Maildir."""

import mailbox
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.mail import bounces


class Command(BaseCommand):
    help = "Record letters that came back: one report from the standard input, or the new ones of a Maildir."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--maildir", type=Path, help="folder with cur, new and tmp; read messages move to cur")

    def handle(self, *_: Any, maildir: Path | None, **options: Any) -> None:
        if maildir is None:
            count = self._put(sys.stdin.buffer.read())
        elif (maildir / "new").is_dir():
            count = self._read_folder(mailbox.Maildir(maildir, create=False))
        else:
            raise CommandError(f"{maildir} is not a Maildir.")
        if options["verbosity"] > 0:
            self.stdout.write(f"{count} letters came back.")

    def _read_folder(self, folder: "mailbox.Maildir") -> int:
        count = 0
        for key in list(folder.iterkeys()):
            message = folder[key]
            if message.get_subdir() != "new":
                continue
            count += self._put(folder.get_bytes(key))
            message.set_subdir("cur")
            message.add_flag("S")
            folder[key] = message
        return count

    @staticmethod
    def _put(raw: bytes) -> int:
        bounce = bounces.read(raw)
        return 1 if bounce is not None and bounces.put(bounce) is not None else 0
