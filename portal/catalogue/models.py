"""What help there is: code lists, providers, services, their facilities, forms and capacities.

Laws that the tables hold: capacity belongs to (service, form, unit) and is never summed over facilities;
unknown (NULL) is not zero; an ended service stays in the table and leaves the public; a facility with a secret
address has neither address nor point.
"""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from portal.territory.models import Municipality, Orp, Region

from .lists_models import (
    AccessDetail,
    AgeGroup,
    CapacityUnit,
    CodeListItem,
    Cost,
    Feature,
    Form,
    Kind,
    TargetGroup,
)
from .offer_models import (
    AccessGrade,
    FacilityAccess,
    Holidays,
    OpeningException,
    ServiceDocument,
    ServicePhoto,
    Vacancy,
)
from .report_models import Report

# Tables of this app that have files of their own are read from here like the rest.
__all__ = [
    "AccessDetail",
    "AccessGrade",
    "AgeGroup",
    "Capacity",
    "CapacityUnit",
    "CodeListItem",
    "Contact",
    "Cost",
    "DataVersion",
    "Facility",
    "FacilityAccess",
    "Feature",
    "Form",
    "Holidays",
    "Kind",
    "OpeningException",
    "OpeningHours",
    "Provider",
    "Report",
    "Service",
    "ServiceAgeGroup",
    "ServiceDocument",
    "ServiceForm",
    "ServicePhoto",
    "ServiceTargetGroup",
    "Source",
    "TargetGroup",
    "Vacancy",
]

# --- where a row comes from ------------------------------------------------------------------------------


class Source(models.TextChoices):
    NATIONAL = "mpsv", "registr poskytovatelů sociálních služeb (MPSV)"
    REGIONAL = "region", "otevřená data kraje"
    TABLE = "table", "tabulka"
    LOCAL = "local", "zapsáno ručně"
    DEMO = "demo", "ukázka"


# --- providers and services ------------------------------------------------------------------------------


class ProviderQuerySet(models.QuerySet["Provider"]):
    def public(self) -> ProviderQuerySet:
        """Providers with at least one service that the public may see."""
        return self.filter(models.Exists(Service.objects.public().filter(provider=models.OuterRef("pk"))))


class Provider(models.Model):
    ico = models.CharField("IČO", max_length=8, null=True, blank=True, unique=True)
    name = models.CharField("název", max_length=250)
    slug = models.SlugField(max_length=120, unique=True)
    legal_form = models.CharField("právní forma", max_length=120, blank=True)
    street = models.CharField("ulice a číslo", max_length=200, blank=True)
    postal_code = models.CharField("PSČ", max_length=5, blank=True)
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="obec"
    )
    about = models.TextField("o nás", blank=True)
    source = models.CharField("zdroj", max_length=10, choices=Source.choices, default=Source.LOCAL)

    objects = ProviderQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = "poskytovatel"
        verbose_name_plural = "poskytovatelé"

    def __str__(self) -> str:
        return self.name


class ServiceQuerySet(models.QuerySet["Service"]):
    def public(self) -> ServiceQuerySet:
        """Services that a visitor may see: published, not ended today, not struck from the register."""
        today = timezone.localdate()
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=today), published=True, vanished_at=None)


class Service(models.Model):
    """One service: a registration in the register, or one accompanying service.

    The first block belongs to the source and is overwritten by every import; the second is ours (the provider's,
    the coordinator's) and no import ever touches it.
    """

    # What the source says.
    source = models.CharField("zdroj", max_length=10, choices=Source.choices, default=Source.LOCAL)
    source_id = models.CharField("číslo ve zdroji", max_length=80, blank=True)
    register_number = models.CharField("identifikátor v registru", max_length=20, blank=True)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="services")
    kind = models.ForeignKey(Kind, on_delete=models.PROTECT, related_name="services")
    name = models.CharField("název", max_length=250)
    started_on = models.DateField("poskytuje se od", null=True, blank=True)
    ended_on = models.DateField("poskytuje se do", null=True, blank=True)
    vanished_at = models.DateTimeField("zmizela ze zdroje", null=True, blank=True)
    target_note = models.TextField("upřesnění, komu slouží", blank=True)
    whole_region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="působí v celém kraji",
    )
    more_regions = models.ManyToManyField(
        Region, blank=True, related_name="+", verbose_name="a také v krajích", help_text="bez whole_region"
    )

    # What we add.
    slug = models.SlugField(max_length=150, unique=True)
    published = models.BooleanField("zveřejněno", default=True)
    plain_text = models.TextField("co služba dělá, jednoduše", blank=True)
    how_to_get = models.TextField("jak ji získat", blank=True, help_text="jeden krok na řádek")
    cost = models.CharField("cena", max_length=10, choices=Cost.choices, blank=True)
    cost_note = models.TextField("o ceně", blank=True)
    waiting = models.CharField("čekací doba", max_length=200, blank=True)
    easy_read = models.TextField("snadné čtení", blank=True, help_text="jedna myšlenka na řádek")
    verified_on = models.DateField("naposledy ověřeno", null=True, blank=True)
    verified_by = models.CharField("kdo ověřil", max_length=100, blank=True)
    # Set when the provider has not answered any letter for so long that the public is told.
    unconfirmed_since = models.DateField("poskytovatel nepotvrdil od", null=True, blank=True)
    served_municipalities = models.ManyToManyField(
        Municipality, blank=True, related_name="served_by", verbose_name="obce, kam dojíždí"
    )
    served_orps = models.ManyToManyField(Orp, blank=True, related_name="served_by", verbose_name="ORP, kam dojíždí")
    features = models.ManyToManyField(Feature, blank=True, related_name="services", verbose_name="vlastnosti")

    # Both may add; the source's rows are told apart by `source` of the row.
    target_groups = models.ManyToManyField(
        TargetGroup, through="ServiceTargetGroup", blank=True, related_name="services"
    )
    age_groups = models.ManyToManyField(AgeGroup, through="ServiceAgeGroup", blank=True, related_name="services")

    changed_at = models.DateTimeField(auto_now=True)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        verbose_name = "služba"
        verbose_name_plural = "služby"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id"], condition=~Q(source_id=""), name="service_source_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(started_on=None) | Q(ended_on__gte=F("started_on")),
                name="service_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_unconfirmed(self) -> bool:
        """Whether the public is told that the provider keeps silent; a later verification ends it."""
        since = self.unconfirmed_since
        return since is not None and (self.verified_on is None or self.verified_on <= since)

    @property
    def is_public(self) -> bool:
        """The same question as `objects.public()`, for a row at hand."""
        over = self.ended_on is not None and self.ended_on < timezone.localdate()
        return self.published and self.vanished_at is None and not over


class ServiceTargetGroup(models.Model):
    """Whom a service is for, and who says so: an import adds and takes away only the rows of its own source."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE)
    target_group = models.ForeignKey(TargetGroup, on_delete=models.PROTECT)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.LOCAL)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "target_group"], name="service_target_group_once")]

    def __str__(self) -> str:
        return f"{self.service_id}: {self.target_group_id}"


class ServiceAgeGroup(models.Model):
    """For people of what age a service is, and who says so."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE)
    age_group = models.ForeignKey(AgeGroup, on_delete=models.PROTECT)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.LOCAL)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "age_group"], name="service_age_group_once")]

    def __str__(self) -> str:
        return f"{self.service_id}: {self.age_group_id}"


class ServiceForm(models.Model):
    """A form in which the service is provided, with the time it says of itself."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="forms")
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+")
    nonstop = models.BooleanField("nepřetržitě", null=True)
    hours_note = models.TextField("časový rozsah slovy", blank=True)

    class Meta:
        ordering = ["form__order"]
        constraints = [models.UniqueConstraint(fields=["service", "form"], name="service_form_once")]

    def __str__(self) -> str:
        return f"{self.service} ({self.form})"


class Capacity(models.Model):
    """Registered maximum of a service in a form, in a unit. Never vacancies, never summed over facilities.
    The same unit may come more than once for one form (day and immediate capacity): `note` tells them apart."""

    service_form = models.ForeignKey(ServiceForm, on_delete=models.CASCADE, related_name="capacities")
    unit = models.ForeignKey(CapacityUnit, on_delete=models.PROTECT, related_name="+")
    amount = models.PositiveIntegerField("počet", null=True, help_text="prázdné = neznámé")
    note = models.TextField("úřední popis", blank=True)

    def __str__(self) -> str:
        return f"{self.service_form}: {self.amount} {self.unit.key}"


class FacilityQuerySet(models.QuerySet["Facility"]):
    def public(self) -> FacilityQuerySet:
        today = timezone.localdate()
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=today), vanished_at=None)


class Facility(models.Model):
    """A place where a service is provided. A secret one keeps only its municipality's region-wide existence:
    no address, no point, no municipality (the database refuses them)."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="facilities")
    # An import changes only the facilities of its own source; one that left the source keeps its row.
    source = models.CharField("zdroj", max_length=10, choices=Source.choices, default=Source.LOCAL)
    source_id = models.CharField("číslo ve zdroji", max_length=80, blank=True)
    vanished_at = models.DateTimeField("zmizelo ze zdroje", null=True, blank=True)
    name = models.CharField("název", max_length=250, blank=True)
    secret = models.BooleanField("utajená adresa", default=False)
    street = models.CharField("ulice a číslo", max_length=200, blank=True)
    postal_code = models.CharField("PSČ", max_length=5, blank=True)
    municipality = models.ForeignKey(
        Municipality,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="facilities",
        verbose_name="obec",
    )
    municipality_name = models.CharField("obec podle zdroje", max_length=100, blank=True)
    address_point = models.PositiveIntegerField("kód adresního místa RÚIAN", null=True, blank=True)
    lat = models.FloatField("zeměpisná šířka", null=True, blank=True)
    lon = models.FloatField("zeměpisná délka", null=True, blank=True)
    started_on = models.DateField("od", null=True, blank=True)
    ended_on = models.DateField("do", null=True, blank=True)

    # Ours. NULL is "we do not know".
    step_free = models.BooleanField("vchod bez schodů", null=True, blank=True)
    lift = models.BooleanField("výtah", null=True, blank=True)
    accessible_toilet = models.BooleanField("bezbariérová toaleta", null=True, blank=True)
    reserved_parking = models.BooleanField("vyhrazené parkování", null=True, blank=True)
    guide_dog = models.BooleanField("vstup s vodicím psem", null=True, blank=True)
    access_note = models.CharField("jak se k nám dostanete", max_length=300, blank=True)
    access_grade = models.CharField("pro lidi na vozíku", max_length=10, choices=AccessGrade.choices, blank=True)
    entrance_steps = models.PositiveSmallIntegerField("schodů u vchodu", null=True, blank=True)
    inside_steps = models.PositiveSmallIntegerField("schodů uvnitř", null=True, blank=True)
    access_checked_on = models.DateField("bariéry zjišťovány", null=True, blank=True)
    holidays = models.CharField("o svátcích", max_length=10, choices=Holidays.choices, blank=True)

    objects = FacilityQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = "zařízení"
        verbose_name_plural = "zařízení"
        constraints = [
            models.CheckConstraint(
                condition=Q(secret=False)
                | Q(
                    street="",
                    postal_code="",
                    municipality=None,
                    municipality_name="",
                    address_point=None,
                    lat=None,
                    lon=None,
                ),
                name="secret_facility_has_no_address",
            )
        ]

    def __str__(self) -> str:
        return self.name or str(self.service)


class OpeningHours(models.Model):
    """One stretch of time in a week when a facility is open (ISO weekday, 1 = Monday)."""

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField(help_text="00.00 znamená půlnoc na konci dne")
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__gte=1, weekday__lte=7), name="weekday_1_to_7"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday}: {self.opens}–{self.closes}"


class Contact(models.Model):
    """Phone, e-mail or web of a service or of its provider (the fallback)."""

    class Channel(models.TextChoices):
        PHONE = "phone", "telefon"
        EMAIL = "email", "e-mail"
        WEB = "web", "web"

    service = models.ForeignKey(Service, on_delete=models.CASCADE, null=True, blank=True, related_name="contacts")
    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, null=True, blank=True, related_name="contacts")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    value = models.CharField(max_length=250)
    note = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.LOCAL)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(service=None, provider__isnull=False) | Q(service__isnull=False, provider=None),
                name="contact_of_one_owner",
            )
        ]

    def __str__(self) -> str:
        return self.value


# --- the clock of the data -------------------------------------------------------------------------------------


class DataVersionQuerySet(models.QuerySet["DataVersion"]):
    def now(self) -> tuple[int, datetime | None]:
        """The number and since when it holds; the time tells apart databases that count from one again."""
        row = self.order_by("-number").values_list("number", "changed_at").first()
        return row or (0, None)


class DataVersion(models.Model):
    """A single row whose number grows with every change of public data. Whatever is derived from the tables
    (search index, cached figures) compares it with the number it was built from."""

    number = models.PositiveBigIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)

    objects = DataVersionQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.number)
