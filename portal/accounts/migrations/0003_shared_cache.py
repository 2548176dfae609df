"""The table of the shared cache: it counts tries at signing in over all processes and machines."""

from django.core.management import call_command
from django.db import migrations


def create(apps, schema_editor):
    call_command("createcachetable", "shared_cache", database=schema_editor.connection.alias, verbosity=0)


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE shared_cache")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_roles_of_providers")]
    operations = [migrations.RunPython(create, drop)]
