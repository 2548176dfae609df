"""Two daily letters to coordinators became one: whoever was rid of either is rid of it."""

from typing import Any

from django.db import migrations

FORMER = ("freshness-digest", "upkeep.digest")


def merge(apps: Any, _schema: Any) -> None:
    unsubscriptions = apps.get_model("mail", "Unsubscription").objects
    former = unsubscriptions.filter(topic__in=FORMER)
    for email in set(former.values_list("email", flat=True)):
        unsubscriptions.get_or_create(email=email, topic="digest")
    former.delete()
    # What already waits can still be cancelled by its topic.
    apps.get_model("mail", "Letter").objects.filter(topic__in=FORMER).update(topic="digest")


class Migration(migrations.Migration):
    dependencies = [("mail", "0002_letter_with_calendar")]
    operations = [migrations.RunPython(merge, migrations.RunPython.noop)]
