"""What the units of the second level promise: who can be asked about what, and when."""

from __future__ import annotations

from datetime import date, time
from typing import Self

from django.db import models
from django.db.models import F, Q

from indgang.accounts.models import Person
from indgang.accounts.two_parties import SignedByTwo
from indgang.catalogue.models import Dated, Service, Unit, not_ended, one_at_a_time

#: seven letters, one for each weekday from Monday; "-" for a day without the window
NO_DAYS, EVERY_DAY = "-------", "MTOTFLS"
_WEEKDAYS = r"^[M-][T-][O-][T-][F-][L-][S-]$"


class Group(Dated):
    """People of a unit who are asked as one (faggruppe)."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "unit", "name")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(max_length=100)

    class Meta(Dated.Meta):
        ordering = ["unit", "name"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["unit", "name"], name="workforce_group_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class GroupMember(Dated):
    PERSONAL = ("person",)
    IMPERSONAL = ("id", "valid_from", "valid_to", "group")

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="groups")

    class Meta(Dated.Meta):
        ordering = ["group", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            one_at_a_time("workforce_groupmember_one", "group", "person"),
        ]

    def __str__(self) -> str:
        return f"{self.group}: {self.person}"


class AvailabilityAgreement(SignedByTwo):
    """What a unit promises the contact centre (træffetidsaftale). It is a draft until both have signed, and is never
    changed afterwards: a new one takes over on its first day.

    `contact` signs for the unit, `coordinator` for the contact centre.
    """

    PARTIES = ("contact", "coordinator")
    SUBJECT = "unit"

    PERSONAL = ("contact", "coordinator")
    IMPERSONAL = (
        "id", "valid_from", "valid_to", "unit", "procedure", "contact_signed_at", "coordinator_signed_at", "revision",
        "took_over_from", "former_end",
    )  # fmt: skip

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="availability_agreements")
    contact = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="agreements_as_contact")
    coordinator = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="agreements_as_coordinator")
    procedure = models.TextField(blank=True, default="", help_text="how to hand over to this unit")
    contact_signed_at = models.DateTimeField(null=True, blank=True)
    coordinator_signed_at = models.DateTimeField(null=True, blank=True)

    class Meta(SignedByTwo.Meta):
        ordering = ["unit", "-valid_from", "-pk"]
        constraints = [
            *Dated.Meta.constraints,
            one_at_a_time(
                "workforce_agreement_one",
                "unit",
                condition=Q(contact_signed_at__isnull=False, coordinator_signed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.valid_from}"


class WindowQuerySet(models.QuerySet["PromisedWindow"]):
    def in_force(self, day: date) -> Self:
        """The lines of signed agreements that hold on a day."""
        return self.between(day, day)

    def between(self, first: date, last: date) -> Self:
        """The lines of signed agreements that hold on some day from `first` to `last`."""
        return self.filter(
            not_ended(first, "agreement"),
            agreement__valid_from__lte=last,
            agreement__contact_signed_at__isnull=False,
            agreement__coordinator_signed_at__isnull=False,
        )


class PromisedWindow(models.Model):
    """A line of an agreement: on these weekdays, from `opens` to `closes`, these people answer questions about a
    service, or about all services of the unit. `closes` that is not after `opens` is on the day after.
    """

    PERSONAL = ()
    IMPERSONAL = (
        "id", "agreement", "service", "group", "weekdays", "opens", "closes", "by_phone", "by_chat", "is_back_up",
        "on_holidays",
    )  # fmt: skip

    agreement = models.ForeignKey(AvailabilityAgreement, on_delete=models.CASCADE, related_name="windows")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="windows")
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.PROTECT, related_name="windows")
    weekdays = models.CharField(max_length=7, help_text="MTOTF--: the letter of the day, or a dash")
    opens = models.TimeField()
    closes = models.TimeField()
    by_phone = models.BooleanField(default=True)
    by_chat = models.BooleanField(default=False)
    is_back_up = models.BooleanField(default=False, help_text="asked when nobody of the others can be")
    on_holidays = models.BooleanField(default=False)

    objects = WindowQuerySet.as_manager()

    class Meta:
        ordering = ["is_back_up", "opens", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(weekdays__regex=_WEEKDAYS), name="workforce_window_days"),
            models.CheckConstraint(condition=~Q(weekdays=NO_DAYS), name="workforce_window_some_day"),
            models.CheckConstraint(condition=Q(by_phone=True) | Q(by_chat=True), name="workforce_window_medium"),
            models.CheckConstraint(condition=~Q(opens=F("closes")) | Q(opens=time(0)), name="workforce_window_long"),
        ]

    def __str__(self) -> str:
        return f"{self.weekdays} {self.opens:%H:%M}-{self.closes:%H:%M}"

    @property
    def days(self) -> list[int]:
        """The weekdays, 0 for Monday."""
        return [number for number, letter in enumerate(self.weekdays) if letter != "-"]


class WindowPerson(models.Model):
    """A person of a window; those with a lower `place` are asked first."""

    PERSONAL = ("person",)
    IMPERSONAL = ("id", "window", "place")

    window = models.ForeignKey(PromisedWindow, on_delete=models.CASCADE, related_name="people")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="windows")
    place = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["window", "place"]
        constraints = [models.UniqueConstraint(fields=["window", "person"], name="workforce_windowperson_once")]

    def __str__(self) -> str:
        return f"{self.window}: {self.person}"


class Substitute(Dated):
    """`substitute` is asked instead of `person` whenever `person` is absent."""

    PERSONAL = ("person", "substitute")
    IMPERSONAL = ("id", "valid_from", "valid_to")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="substitutes")
    substitute = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="stands_in_for")

    class Meta(Dated.Meta):
        ordering = ["person", "valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=~Q(person=F("substitute")), name="workforce_substitute_other"),
            one_at_a_time("workforce_substitute_one", "person"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.substitute}"


class AgreedVersion(models.Model):
    """The version of all that `workforce.agreed` keeps in memory: the tokens of all rows. Triggers write them, so that
    nothing can change without (migration 0010). There is more than one row only after changes at the same time, because
    none waits for another."""

    PERSONAL = ()
    IMPERSONAL = ("id", "token")

    token = models.UUIDField()

    def __str__(self) -> str:
        return str(self.token)
