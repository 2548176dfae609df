"""Every write about people."""

from django.db import transaction

from .models import Grant, Person


@transaction.atomic
def add_person(*, email: str, name: str, password: str | None, roles: list[str]) -> Person:
    """A person with roles over the whole site. Running it again changes nothing but missing roles and the name."""
    person = Person.objects.filter(email=email.lower()).first()
    if person is None:
        person = Person.objects.create_user(email, name, password)
    for role in roles:
        Grant.objects.get_or_create(person=person, role=Grant.Role(role), range_kind=Grant.Range.SITE)
    return person
