from __future__ import annotations

from datetime import date, time
from typing import Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Expression, F, Func, Q, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from indgang.catalogue.folding import folded_fields


def not_ended(day: date | Expression | F, of: str = "") -> Q:
    """The condition on `Dated` rows that they are valid on the day or later. `of` is the field that leads to them."""
    path = f"{of}__" if of else ""
    return Q((f"{path}valid_to", None)) | Q((f"{path}valid_to__gt", day))


def in_force(day: date | Expression | F, of: str = "") -> Q:
    """The condition on `Dated` rows that they are valid on the day. `of` is the field that leads to them."""
    path = f"{of}__" if of else ""
    return Q((f"{path}valid_from__lte", day)) & not_ended(day, of)


class DatedQuerySet(models.QuerySet[Any]):
    """Rows with a validity period, half-open: valid_from <= day < valid_to."""

    def valid_on(self, day: date) -> Self:
        return self.filter(in_force(day))


class Dated(models.Model):
    """A row that holds from a day until (not including) another; an open end means until further notice."""

    valid_from = models.DateField(default=date(2020, 1, 1))
    valid_to = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="%(app_label)s_%(class)s_valid_forwards",
            )
        ]

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def one_at_a_time(name: str, *what: str | Expression, condition: Q | None = None) -> ExclusionConstraint:
    """Of rows that agree in `what` (columns with whole numbers, or expressions) and meet the condition only one is
    valid on any day.

    Equality is written as an overlap of ranges of one number each: PostgreSQL supports that without the extension
    btree_gist.
    """
    same = [(Func(each, each, Value("[]"), function="int8range"), RangeOperators.OVERLAPS) for each in what]
    period = Func("valid_from", "valid_to", function="daterange")
    return ExclusionConstraint(name=name, expressions=[*same, (period, RangeOperators.OVERLAPS)], condition=condition)


def text_number(column: str) -> Func:
    """A text as a number for `one_at_a_time`. Two texts share a number once in nine quintillion pairs."""
    return Func(Cast(column, models.TextField()), Value(0), function="hashtextextended", template=_HALF)


#: half of 64 bits, so that the end of the range does not overflow
_HALF = "(%(function)s(%(expressions)s) / 2)"


class Unit(Dated):
    """A node of the organisation: administration, centre or unit. `path` holds the codes from the root down."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "parent", "kind", "code", "name", "name_en", "path", "phone", "email")

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", "Kommune"
        ADMINISTRATION = "administration", "Forvaltning"
        CENTRE = "centre", "Center"
        UNIT = "unit", "Enhed"

    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True, default="")
    path = models.CharField(max_length=500, unique=True, help_text="codes from the root, e.g. kk/tmf/cmb/")
    phone = models.CharField(max_length=30, blank=True, default="")
    email = models.EmailField(blank=True, default="")

    class Meta(Dated.Meta):
        ordering = ["path"]

    def __str__(self) -> str:
        return self.name

    def contains(self, other: Unit) -> bool:
        """Whether `other` is this unit or lies below it."""
        return other.path.startswith(self.path)


class Schedule(Dated):
    """Named opening hours; its spans and exceptions refer to it. `hours.py` turns it into a `core.schedule` value."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "code", "name", "closed_on_holidays", "closed_on_optional_holidays")

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    closed_on_holidays = models.BooleanField(default=True)
    closed_on_optional_holidays = models.BooleanField(
        default=True, help_text="Constitution Day, Christmas Eve and New Year's Eve"
    )

    class Meta(Dated.Meta):
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class OpenSpan(Dated):
    """Open every week on `weekday` (0 is Monday) from `opens` until `closes` (00:00 is midnight); two spans a day make
    a break.
    """

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "schedule", "weekday", "opens", "closes")

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="weekly")
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta(Dated.Meta):
        ordering = ["weekday", "opens"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")) | Q(closes=time(0)), name="catalogue_openspan_forwards"
            ),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="catalogue_openspan_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M}-{self.closes:%H:%M}"


class ScheduleException(models.Model):
    """One day that differs. Without `opens` the day is closed; several rows make several spans."""

    PERSONAL = ()
    IMPERSONAL = ("id", "schedule", "day", "opens", "closes", "reason")

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="exceptions")
    day = models.DateField()
    opens = models.TimeField(null=True, blank=True)
    closes = models.TimeField(null=True, blank=True)
    reason = models.CharField(max_length=200)

    class Meta:
        ordering = ["day", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens__isnull=True, closes__isnull=True) | Q(closes__gt=F("opens")) | Q(closes=time(0)),
                name="catalogue_scheduleexception_forwards",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.reason}"


class ContactCentre(Dated):
    """A contact centre: who owns the task, who operates the centre, where it is, and when it is open."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "code", "name", "owner", "operator", "site", "schedule")

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    owner = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="centres_owned")
    operator = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="centres_operated")
    site = models.CharField(max_length=200, blank=True, default="")
    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="centres")

    class Meta(Dated.Meta):
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Service(Dated):
    """A service (ydelse) that businesses or citizens ask about. Follows the subject, not the organisation.

    `name` is the administration's name for it. The public site shows `public_name`, under a situation.
    """

    class Situation(models.TextChoices):
        """What a citizen is about to do, or has trouble with; in the order of the public page."""

        BUILD = "build", _("Bygge og bo")
        STREET = "street", _("Bruge vej, fortov og plads")
        EVENT = "event", _("Holde et arrangement")
        SERVE = "serve", _("Servere og sælge")
        START = "start", _("Starte og drive virksomhed")
        HIRE = "hire", _("Ansætte og oplære")
        SICK = "sick", _("Når en medarbejder er syg")
        SOIL = "soil", _("Jord og forurening")
        WASTE = "waste", _("Affald og miljø")
        WATER = "water", _("Vand og spildevand")
        FIRE = "fire", _("Brand og beredskab")
        TROUBLE = "trouble", _("Støj, skadedyr og andet, der generer")
        TRAFFIC = "traffic", _("Parkering og trafik")
        PAPERS = "papers", _("Pas, kørekort og flytning")
        CASE = "case", _("Din sag hos kommunen")

    PERSONAL = ()
    IMPERSONAL = (
        "id", "valid_from", "valid_to", "code", "name", "name_en", "public_name", "public_name_en", "situation", "unit",
        "keywords", "cases_per_year", "volume", "complexity",
    )  # fmt: skip

    code = models.SlugField(max_length=100, unique=True)
    name = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True, default="")
    public_name = models.CharField(max_length=100, blank=True, default="", help_text="what the public calls it")
    public_name_en = models.CharField(max_length=100, blank=True, default="")
    situation = models.CharField(max_length=10, blank=True, default="", choices=Situation.choices)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="services")
    keywords = models.TextField(blank=True, default="", help_text="words people use for it, comma separated")
    cases_per_year = models.PositiveIntegerField(null=True, blank=True)
    volume = models.CharField(max_length=10, blank=True, default="", help_text="small or large (1,500 a year or more)")
    complexity = models.CharField(max_length=10, blank=True, default="", help_text="low or high (score 9 or more)")

    class Meta(Dated.Meta):
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def for_public(self, language: str) -> str:
        """The name on the public site; the administration's name where there is no other."""
        danish = self.public_name or self.name
        return (self.public_name_en or self.name_en or danish) if language == "en" else danish


class ServiceUnit(Dated):
    """The unit that a service belonged to in a period. Rows are written when `Service.unit` changes
    (`catalogue.service_units`), so a service without rows has always had its present unit."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "service", "unit")

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="unit_periods")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")

    class Meta(Dated.Meta):
        ordering = ["service", "valid_from"]
        constraints = [*Dated.Meta.constraints, one_at_a_time("catalogue_serviceunit_one", "service")]

    def __str__(self) -> str:
        return f"{self.service}: {self.unit}"


class ServiceContact(Dated):
    """The number and mail address of a service itself, on its pages until it has moved to a contact centre (R-038)."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "service", "phone", "email")

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="contacts")
    phone = models.CharField(max_length=30, blank=True, default="")
    email = models.EmailField(blank=True, default="")

    class Meta(Dated.Meta):
        ordering = ["service", "valid_from"]
        constraints = [*Dated.Meta.constraints, one_at_a_time("catalogue_servicecontact_one", "service")]

    def __str__(self) -> str:
        return f"{self.service}: {self.phone or self.email}"


class Purpose(Dated):
    """One of the nine cross-cutting purposes (ærindekategorier)."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "code", "name", "name_en", "order")

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True, default="")
    order = models.PositiveSmallIntegerField()

    class Meta(Dated.Meta):
        ordering = ["order"]

    def __str__(self) -> str:
        return self.name


class CaseTopic(models.TextChoices):
    """Whether what a wording is about is case processing: the topics of the count in YDS (table 10-F)."""

    NO = "no", _("Ikke sagsbehandling")
    YES = "yes", _("Sagsbehandling")
    POSSIBLY = "possibly", _("Måske sagsbehandling")


class LocalPurpose(Dated):
    """The wording of a purpose for one service or unit, mapped to a cross-cutting purpose; and whether it is case
    processing, where somebody has said so."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "service", "name", "purpose", "topic", "order")

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="local_purposes")
    name = models.CharField(max_length=200)
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="local_purposes")
    topic = models.CharField(max_length=10, choices=CaseTopic.choices, blank=True, default="")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta(Dated.Meta):
        ordering = ["service", "order"]

    def __str__(self) -> str:
        return self.name


class DirectoryEntry(Dated):
    """A person or a desk that a call can be transferred to (telefonbog)."""

    PERSONAL = (
        "name", "title", "phone", "mobile", "email", "initials", "responsibilities", "knows", "services", "purposes",
        "verified_at", "verified_by", "searched",
    )  # fmt: skip
    IMPERSONAL = ("id", "valid_from", "valid_to", "unit")

    name = models.CharField(max_length=200)
    initials = models.CharField(max_length=20, blank=True, default="")
    title = models.CharField(max_length=200, blank=True, default="")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="directory")
    phone = models.CharField(max_length=30, blank=True, default="")
    mobile = models.CharField(max_length=30, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    responsibilities = models.TextField(blank=True, default="")
    knows = models.TextField(blank=True, default="", help_text="what colleagues ask this person about, in free words")
    services = models.ManyToManyField(Service, blank=True, related_name="known_by")
    purposes = models.ManyToManyField(Purpose, blank=True, related_name="known_by")
    verified_at = models.DateTimeField(null=True, blank=True, help_text="when somebody last said that it is right")
    verified_by = models.CharField(max_length=270, blank=True, default="")
    searched = models.GeneratedField(
        expression=folded_fields("name", "initials", "title", "phone", "mobile", "email", "responsibilities", "knows"),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta(Dated.Meta):
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PublicSite(models.Model):
    """The public site's name, contact lines and colour: a single row. Missing translations fall back to Danish."""

    PERSONAL = ()
    IMPERSONAL = ("id", "name", "name_en", "logo", "contact", "contact_en", "colour")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True, default="")
    logo = models.CharField(max_length=40, blank=True, default="", help_text="stands at the top; empty: the name")
    contact = models.TextField(blank=True, default="", help_text="one line each at the foot of every page")
    contact_en = models.TextField(blank=True, default="")
    colour = models.CharField(max_length=7, blank=True, default="", help_text="#rrggbb, dark enough for white text")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="catalogue_publicsite_one")]

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        return (self.name_en or self.name) if language == "en" else self.name

    def contact_in(self, language: str) -> list[str]:
        text = (self.contact_en or self.contact) if language == "en" else self.contact
        return [line.strip() for line in text.splitlines() if line.strip()]
