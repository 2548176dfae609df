"""Loading the demo region into the tables, and taking it away."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from portal.accounts.models import Grant, Person
from portal.catalogue import codelists
from portal.catalogue.models import Contact, DataVersion, Facility, Provider, Service, ServiceForm, Source
from portal.home import demo
from portal.plan import codelists as plan_codelists
from portal.territory.models import Boundary, Municipality, Orp, Region
from tests import make

pytestmark = pytest.mark.django_db
PROVIDERS = demo.read_providers()
SERVICES = {service["key"]: service for provider in PROVIDERS.values() for service in provider["service"]}


@pytest.fixture
def lists() -> None:
    codelists.load()
    plan_codelists.load()


@pytest.fixture
def loaded(lists: None) -> demo.Added:
    return demo.load(people=True)


def counts() -> dict[str, int]:
    """Rows of all tables of ours but the code lists and the clock of the data."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("portal.")]
    return {model.__name__: model._default_manager.count() for model in ours if model is not DataVersion}


def service(key: str) -> Service:
    return Service.objects.get(source=Source.DEMO, source_id=key)


def keys(rows: "models.Manager[Any]") -> list[str]:
    return sorted(rows.values_list("key", flat=True))


def test_everything_that_is_written_is_loaded(loaded: demo.Added) -> None:
    assert loaded == demo.Added(
        municipalities=60, providers=len(PROVIDERS), services=len(SERVICES), people=len(demo.read_people()), groups=7
    )
    assert Region.objects.get(demo=True).name == "Pospolitý kraj"
    assert Boundary.objects.count() == 60 + 4 + 2 + 1
    for one in Service.objects.select_related("kind", "provider").prefetch_related("forms__form"):
        said = SERVICES[one.source_id]
        assert (one.kind.key, one.name) == (said["kind"], said["name"])
        assert one.provider.name == next(p["name"] for p in PROVIDERS.values() if said in p["service"])
        assert {form.form.key for form in one.forms.all()} == set(said["forms"])
    assert Facility.objects.filter(secret=False).count() == sum(len(one.get("places", [])) for one in SERVICES.values())


def test_a_service_whole(loaded: demo.Added) -> None:
    one = service("pecovatelska-sluzba-svornov")
    assert one.plain_text.startswith("Maminka se vrátila z nemocnice")
    assert "\n" not in one.plain_text
    assert len(one.how_to_get.splitlines()) == 3
    assert one.verified_on == timezone.localdate() - timedelta(days=12)
    assert one.cost == "paid"
    assert keys(one.target_groups) == ["chronicka-nemoc", "rodiny", "seniori", "zdravotni"]
    assert keys(one.features) == ["demence", "vozik"]
    assert one.served_municipalities.count() == 5
    capacities = {
        form.form.key: [(row.amount, row.unit.key) for row in form.capacities.all()] for form in one.forms.all()
    }
    assert capacities == {"ter": [(86, "klient")], "amb": [(6, "klient")]}
    facility = one.facilities.get()
    assert facility.municipality is not None
    assert (facility.street, facility.municipality_name) == ("Lipová 12", "Svornov")
    assert facility.hours.count() == 5
    assert one.contacts.filter(channel=Contact.Channel.PHONE).exists()


def test_time_is_told_by_the_form_it_belongs_to(loaded: demo.Added) -> None:
    def forms(key: str) -> dict[str, ServiceForm]:
        return {form.form.key: form for form in service(key).forms.all()}

    care = forms("pecovatelska-sluzba-svornov")
    assert (care["ter"].nonstop, care["amb"].nonstop) == (False, False)
    assert care["ter"].hours_note.startswith("každý den 6.30")
    assert forms("domov-pod-kastany")["pob"].nonstop is True
    assert forms("krajska-krizova-linka")["ter"].nonstop is True
    # The office has hours, the work in the field has told none.
    assert forms("klub-podzim")["ter"].nonstop is None


def test_unknown_capacity_is_no_capacity(loaded: demo.Added) -> None:
    form = service("hradilovsky-senior-taxik").forms.get()
    assert not form.capacities.exists()


def test_a_secret_address_is_nowhere(loaded: demo.Added) -> None:
    """Where the file keeps silent there is nothing to leak: no building, no point, no municipality."""
    one = service("azylovy-dum-vlidna-voda-pro-zeny-s-detmi")
    facility = one.facilities.get()
    assert (facility.secret, facility.street, facility.municipality_id, facility.lat) == (True, "", None, None)
    assert Facility.objects.filter(secret=True).count() >= 3


def test_ended_services_stay_and_are_not_public(loaded: demo.Added) -> None:
    over = Service.objects.exclude(ended_on=None)
    assert over.count() >= 3
    assert not Service.objects.public().filter(pk__in=over).exists()
    assert Service.objects.public().count() == len(SERVICES) - over.count()


def test_where_services_go(loaded: demo.Added) -> None:
    assert service("krajska-krizova-linka").whole_region == Region.objects.get(demo=True)
    orps = Orp.objects.filter(served_by=service("tisnove-tlacitko-hradilov"))
    assert [orp.name for orp in orps] == ["Hradilov"]
    # Of the two villages called Studýnky it is the one in the district of Svornov.
    served = service("pecovatelky-vliden").served_municipalities.get(name="Studýnky")
    assert served.district.name == "Svornov"


def test_a_second_run_writes_nothing(loaded: demo.Added) -> None:
    before = counts()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert demo.load(people=True) == demo.Added()
    writes = [one["sql"] for one in captured if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert not writes
    assert counts() == before


def test_what_people_changed_stays(loaded: demo.Added) -> None:
    Service.objects.filter(source_id="klub-podzim").update(plain_text="Nový text.")
    gone = service("klub-garaz")
    gone.delete()
    assert demo.load(people=False).services == 1
    assert service("klub-podzim").plain_text == "Nový text."
    assert service("klub-garaz").forms.count() == 2


def test_removal_leaves_what_was_there_before(lists: None) -> None:
    make.service(at=make.municipality(orp=make.orp(code="8801")))
    make.person("coordinator")
    before = counts()
    demo.load(people=True)
    assert demo.remove() == len(SERVICES)
    assert counts() == before


def test_removal_is_refused_whole_when_something_else_stands_there(loaded: demo.Added) -> None:
    mine = make.service(at=Municipality.objects.get(name="Svornov"))
    before = counts()
    with pytest.raises(ProtectedError):
        demo.remove()
    assert counts() == before
    with pytest.raises(CommandError, match="Nic se nezměnilo"):
        call_command("load_demo", "--remove", stdout=StringIO())
    assert Service.objects.filter(pk=mine.pk).exists()


def test_search_indexes_learn_of_it(lists: None) -> None:
    def number() -> int:
        return DataVersion.objects.filter(pk=1).values_list("number", flat=True).first() or 0

    start = number()
    demo.load(people=False)
    loaded = number()
    assert loaded > start
    demo.load(people=False)
    assert number() == loaded
    demo.remove()
    assert number() > loaded


def test_without_code_lists_it_says_what_to_do() -> None:
    with pytest.raises(CommandError, match="load_lists"):
        call_command("load_demo", stdout=StringIO())
    assert not Region.objects.exists()


def test_people_with_a_known_password_come_only_in_development(lists: None, settings: Any) -> None:
    settings.DEBUG = False
    call_command("load_demo", stdout=StringIO())
    assert not Person.objects.exists()
    out = StringIO()
    call_command("demo_signins", stdout=out)
    assert "@" not in out.getvalue()

    settings.DEBUG = True
    call_command("load_demo", stdout=StringIO())
    assert {(grant.person.name, grant.role) for grant in Grant.objects.select_related("person")} == {
        (account.name, role) for account in demo.read_people() for role in account.roles
    }
    out = StringIO()
    call_command("demo_signins", stdout=out)
    account = demo.read_people()[0]
    assert account.email in out.getvalue()
    assert Person.objects.get(email=account.email).check_password(account.password)
    assert account.password in out.getvalue()


def test_providers_carry_contacts_for_services_without_their_own(loaded: demo.Added) -> None:
    for provider in Provider.objects.filter(source=Source.DEMO):
        assert provider.contacts.filter(channel=Contact.Channel.PHONE).exists()
    assert Service.objects.public().filter(contacts=None).exists()


def test_people_of_the_demo_hold_their_roles_over_what_they_say(lists: None) -> None:
    demo.load(people=True)
    held = {
        grant.person.email: (grant.role, grant.range_kind, grant.range_code)
        for grant in Grant.objects.select_related("person")
    }
    provider = Provider.objects.get(slug="sluzby-svornov")
    assert held["orp@svornov.example"] == ("coordinator", "orp", Orp.objects.get(name="Svornov").pk)
    assert held["vedouci@sluzby-svornov.example"] == ("provider_head", "provider", str(provider.pk))
    assert held["kraj@pospolity-kraj.example"][1:] == ("region", Region.objects.get(demo=True).pk)
    assert held["obec@lavky.example"][1:] == ("municipality", Municipality.objects.get(name="Lávky").pk)
