"""`manage.py db_worker` of django-tasks-db, which also keeps the clock and starts again the jobs that a killed worker
left behind."""

import logging
import threading
import time
from typing import Any

from django.db import DatabaseError, close_old_connections
from django_tasks_db.management.commands.db_worker import Command as Worker

from portal.jobs import actions, clock

LOOK_SECONDS = 30
logger = logging.getLogger("portal.jobs")


class Command(Worker):
    def handle(self, **options: Any) -> None:
        threading.Thread(target=_keep_rescuing, daemon=True).start()
        clock.start()
        super().handle(**options)


def _keep_rescuing() -> None:
    while True:
        close_old_connections()
        try:
            for job in actions.rescue():
                logger.warning("Job %s (%s) starts again after its worker fell silent", job.kind, job.pk)
        except DatabaseError as problem:
            logger.info("Could not look for silent jobs: %s", problem)
        time.sleep(LOOK_SECONDS)
