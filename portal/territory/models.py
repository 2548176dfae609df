"""Regions, districts, municipalities with extended powers (ORP), their delegated offices (POU), municipalities.

Official codes are primary keys: they are stable, come with every data source and make imports idempotent.
Region: NUTS3 (CZ052), district: LAU1 (CZ0522), ORP: four digits, POU: five, municipality: six.
"""

from django.db import models


class Region(models.Model):
    code = models.CharField("kód NUTS3", max_length=6, primary_key=True)
    name = models.CharField("název", max_length=100)
    demo = models.BooleanField("vymyšlený kraj pro ukázku", default=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class District(models.Model):
    code = models.CharField("kód LAU1", max_length=8, primary_key=True)
    name = models.CharField("název", max_length=100)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="districts")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Orp(models.Model):
    """The district of a municipality with extended powers: the usual area of one community plan."""

    code = models.CharField("kód ORP", max_length=4, primary_key=True)
    name = models.CharField("název", max_length=100)
    slug = models.SlugField(max_length=110, unique=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="orps")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Pou(models.Model):
    code = models.CharField("kód POÚ", max_length=5, primary_key=True)
    name = models.CharField("název", max_length=100)
    orp = models.ForeignKey(Orp, on_delete=models.PROTECT, related_name="pous")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Municipality(models.Model):
    class Status(models.TextChoices):
        VILLAGE = "O", "obec"
        MARKET_TOWN = "T", "městys"
        TOWN = "M", "město"
        STATUTORY_TOWN = "S", "statutární město"
        CAPITAL = "H", "hlavní město"
        MILITARY = "U", "vojenský újezd"

    code = models.CharField("kód obce", max_length=6, primary_key=True)
    name = models.CharField("název", max_length=100)
    slug = models.SlugField(max_length=120, unique=True)
    status = models.CharField("status", max_length=1, choices=Status.choices, default=Status.VILLAGE)
    pou = models.ForeignKey(Pou, on_delete=models.PROTECT, related_name="municipalities")
    orp = models.ForeignKey(Orp, on_delete=models.PROTECT, related_name="municipalities")
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="municipalities")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="municipalities")
    postal_code = models.CharField("PSČ", max_length=5, blank=True)
    lat = models.FloatField("zeměpisná šířka", null=True, blank=True)
    lon = models.FloatField("zeměpisná délka", null=True, blank=True)
    area_km2 = models.FloatField("rozloha (km²)", null=True, blank=True)
    # The newest total, repeated here from Statistic because every list and every namesake question needs it.
    people = models.PositiveIntegerField("obyvatel", null=True, blank=True)

    class Meta:
        ordering = ["name", "code"]
        verbose_name = "obec"
        verbose_name_plural = "obce"

    def __str__(self) -> str:
        return self.name


class Statistic(models.Model):
    """One figure of one municipality in one year (people by age group, people in execution, …)."""

    class Measure(models.TextChoices):
        PEOPLE = "people", "obyvatel celkem"
        AGE_0_14 = "age_0_14", "obyvatel do 14 let"
        AGE_15_64 = "age_15_64", "obyvatel 15–64 let"
        AGE_15_PLUS = "age_15_plus", "obyvatel od 15 let"
        AGE_65_PLUS = "age_65_plus", "obyvatel od 65 let"
        IN_EXECUTION = "in_execution", "lidí v exekuci"
        HOUSING_BENEFIT = "housing_benefit", "příspěvků na bydlení (měsíční průměr)"
        LIVING_BENEFIT = "living_benefit", "příspěvků na živobytí (měsíční průměr)"
        UNEMPLOYED_6M = "unemployed_6m", "lidí hledajících práci déle než 6 měsíců"
        EXCLUSION_INDEX = "exclusion_index", "index sociálního vyloučení (0–30)"

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="statistics")
    measure = models.CharField(max_length=20, choices=Measure.choices)
    year = models.PositiveSmallIntegerField()
    value = models.FloatField()
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["municipality", "measure", "year"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "measure", "year"], name="statistic_once_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.measure} {self.year}: {self.value}"


class Boundary(models.Model):
    """Outline of a municipality, ORP, district or region as a GeoJSON geometry (WGS84, lon-lat).
    Kept apart from the rows themselves, so that no list ever carries it along."""

    class Level(models.TextChoices):
        MUNICIPALITY = "municipality", "obec"
        ORP = "orp", "ORP"
        DISTRICT = "district", "okres"
        REGION = "region", "kraj"

    level = models.CharField(max_length=12, choices=Level.choices)
    code = models.CharField(max_length=8)
    geometry = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "code"], name="boundary_once")]

    def __str__(self) -> str:
        return f"{self.level} {self.code}"


OLDEST = 100  # the last age, open: 100 and more
AGES = OLDEST + 1


class AgeProfile(models.Model):
    """People of one municipality by sex and single year of age at the end of a year: one row, not one for each age.

    `men`, `women`: AGES numbers each. `is_split`: the source had groups of ages, divided evenly into years."""

    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="age_profiles")
    year = models.PositiveSmallIntegerField()
    men = models.JSONField()
    women = models.JSONField()
    is_split = models.BooleanField(default=False)
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["municipality", "year"]
        constraints = [models.UniqueConstraint(fields=["municipality", "year"], name="age_profile_once_a_year")]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.year}"


class VitalRates(models.Model):
    """How people of a region (None: of the country) die, are born and move in a year, by sex and age.

    `survival`: [men, women], share living on to the next age. `fertility`: births per woman of an age.
    `birth_survival`: [boys, girls], share of those born living at the end of the year. `moves`: [men, women], people
    who come less those who leave, per person of an age living there at the start of the year; [] unknown.
    The three spreads say how far a low and a high scenario lie: shares of deaths and of births, moves per person."""

    name = models.CharField(max_length=200)
    region = models.ForeignKey(Region, on_delete=models.CASCADE, null=True, blank=True, related_name="vital_rates")
    year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200)
    survival = models.JSONField()
    fertility = models.JSONField()
    birth_survival = models.JSONField()
    girls = models.FloatField()
    moves = models.JSONField(default=list, blank=True)
    deaths_spread = models.FloatField()
    births_spread = models.FloatField()
    moves_spread = models.FloatField()

    class Meta:
        ordering = ["-year", "name"]
        constraints = [
            models.UniqueConstraint(fields=["region", "year"], name="vital_rates_once_a_year"),
            models.UniqueConstraint(
                fields=["year"], condition=models.Q(region=None), name="vital_rates_of_the_country_once_a_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.year})"
