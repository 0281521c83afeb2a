"""Alerts, and the state of the telephone system and of its lines."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models

from indgang.catalogue.models import ContactCentre

#: the switchboard renews the state of telephone systems and lines every five seconds; after this time without a
#: heartbeat the state is unknown, whatever the row says
HEARD_WITHIN = timedelta(seconds=20)


class Alert(models.Model):
    """An alert for a person: a flow that failed, an exchange that is away, a queue nobody serves."""

    PERSONAL = ("seen_by", "text")
    IMPERSONAL = ("id", "at", "code", "centre", "enquiry", "seen_at", "over_at")

    at = models.DateTimeField()
    code = models.CharField(max_length=60)
    #: the subject; the code says what has happened
    text = models.TextField()
    centre = models.ForeignKey(ContactCentre, null=True, blank=True, on_delete=models.CASCADE, related_name="alerts")
    enquiry = models.UUIDField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.CharField(max_length=200, blank=True, default="")
    over_at = models.DateTimeField(null=True, blank=True, help_text="when the cause went away by itself")

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.code}: {self.text[:60]}"


class ExchangeStatusQuerySet(models.QuerySet[Any]):
    """Rows that the switchboard keeps."""

    def heard_of(self, at: datetime) -> ExchangeStatusQuerySet:
        return self.filter(heartbeat__gte=at - HEARD_WITHIN)


class ExchangeStatus(models.Model):
    """Whether an exchange is reachable. Written by the switchboard with a heartbeat, read by the desk."""

    PERSONAL = ()
    IMPERSONAL = ("name", "up", "since", "heartbeat", "detail")

    name = models.CharField(max_length=40, primary_key=True)
    up = models.BooleanField(default=False)
    since = models.DateTimeField()
    heartbeat = models.DateTimeField()
    detail = models.TextField(blank=True, default="")

    objects = models.Manager.from_queryset(ExchangeStatusQuerySet)()

    def __str__(self) -> str:
        return f"{self.name}: {'up' if self.up else 'down'}"


class TrunkStatus(models.Model):
    """How a line to the telephone network is; written by the switchboard with a heartbeat, read by the operations page.

    `registered` and `reachable` are empty where the line does not sign in or is not asked. `sip` is the status of the
    latest refusal, 0 when it is not known, empty when there is none.
    """

    PERSONAL = ("trial_number", "trial_by")
    IMPERSONAL = (
        "id", "exchange", "name", "up", "since", "heartbeat", "registered", "reachable", "calls", "sip", "failed_at",
        "certificate_ends", "test_number", "trial_at", "trial_outcome", "trial_sip",
    )  # fmt: skip

    exchange = models.CharField(max_length=40)
    name = models.CharField(max_length=40)
    up = models.BooleanField()
    since = models.DateTimeField()
    heartbeat = models.DateTimeField()
    registered = models.BooleanField(null=True)
    reachable = models.BooleanField(null=True)
    calls = models.PositiveIntegerField(default=0)
    sip = models.PositiveSmallIntegerField(null=True)
    failed_at = models.DateTimeField(null=True)
    certificate_ends = models.DateTimeField(null=True)
    test_number = models.CharField(max_length=40, blank=True, default="")
    trial_at = models.DateTimeField(null=True)
    trial_by = models.CharField(max_length=200, blank=True, default="")
    trial_number = models.CharField(max_length=40, blank=True, default="")
    trial_outcome = models.CharField(max_length=20, blank=True, default="")
    trial_sip = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["exchange", "name"]
        constraints = [models.UniqueConstraint(fields=["exchange", "name"], name="entry_trunk_once")]

    def __str__(self) -> str:
        return f"{self.exchange} {self.name}: {'up' if self.up else 'down'}"
