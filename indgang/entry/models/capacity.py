"""How much work of each kind a person takes at once."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, Dated, one_at_a_time


class CapacityProfile(models.Model):
    """A named profile of a centre. `terms` hold its capacity by the day."""

    PERSONAL = ()
    IMPERSONAL = ("id", "centre", "name")

    centre = models.ForeignKey(ContactCentre, on_delete=models.CASCADE, related_name="capacity_profiles")
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("centre", Lower("name"), name="entry_capacityprofile_name"),
        ]

    def __str__(self) -> str:
        return self.name


class CapacityTerms(Dated):
    """The capacity of a profile in a period. The past is never rewritten."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "profile", "capacity", "interrupts")

    profile = models.ForeignKey(CapacityProfile, on_delete=models.CASCADE, related_name="terms")
    capacity = models.JSONField(help_text='how many at once, by kind of work: {"call": 1, "callback": 2}')
    interrupts = models.JSONField(default=list, help_text='kinds that may be offered beside other work: ["call"]')

    class Meta(Dated.Meta):
        ordering = ["profile", "valid_from"]
        constraints = [*Dated.Meta.constraints, one_at_a_time("entry_capacityterms_one", "profile")]

    def __str__(self) -> str:
        return f"{self.profile} {self.valid_from:%d.%m.%Y}"


class CapacityChoice(Dated):
    """A person's profile in a period. A person without one takes one conversation at a time."""

    PERSONAL = ("person",)
    IMPERSONAL = ("id", "valid_from", "valid_to", "profile")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="capacity_choices")
    profile = models.ForeignKey(CapacityProfile, on_delete=models.PROTECT, related_name="choices")

    class Meta(Dated.Meta):
        ordering = ["person", "valid_from"]
        constraints = [*Dated.Meta.constraints, one_at_a_time("entry_capacitychoice_one", "person")]

    def __str__(self) -> str:
        return f"{self.person}: {self.profile}"
