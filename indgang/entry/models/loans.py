"""People whom one centre lends to another for some hours of a day."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre


class AgentLoan(models.Model):
    """A centre asks another for somebody between two times; a leader there says who, or no.

    While it lasts, the person serves the queues of the borrower, by memberships of that day alone, and not those of the
    lender. At its end the memberships that it has `made` are taken away, and those it has `switched_off` are on again.
    """

    class State(models.TextChoices):
        ASKED = "asked"
        ACCEPTED = "accepted"
        GOING = "going"
        OVER = "over"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"
        LAPSED = "lapsed"
        """Nobody answered before its time was over."""

    PERSONAL = ("person", "asked_by", "decided_by")
    IMPERSONAL = (
        "id", "borrower", "lender", "starts_at", "ends_at", "state", "asked_at", "decided_at", "made", "switched_off",
    )  # fmt: skip

    borrower = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="loans_asked")
    lender = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="loans_given")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="agent_loans")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    made = ArrayField(models.BigIntegerField(), default=list)
    switched_off = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["state", "ends_at"], name="entry_agentloan_state")]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="entry_agentloan_forwards")]

    def __str__(self) -> str:
        return f"{self.lender} -> {self.borrower} {self.starts_at:%Y-%m-%d %H:%M} {self.state}"
