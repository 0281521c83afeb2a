"""The agreements about reading in case systems."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from indgang.catalogue.models import Dated, Service, Unit


class CaseAgreement(Dated):
    """Which case system is read, how it is asked, what it gives, and to the agents of which units (aftale om
    læseadgang). What the agreement does not give is neither asked for nor shown.

    `searches`, `sources`, `given` and `statuses` are those of `contract.Terms`, by the names of its enums. `secret` is
    sealed. With `given_services`, only the cases of these services are given. With `asks_at_once` the cases of a known
    caller are fetched when the call is in hand, without a key press.
    """

    class Adapter(models.TextChoices):
        REST = "rest", _("JSON over HTTP")
        SQL_VIEW = "sql_view", _("Visning i en PostgreSQL-database")
        DEMO = "demo", _("Demosager")

    PERSONAL = ()
    IMPERSONAL = (
        "id", "valid_from", "valid_to", "name", "reference", "adapter", "address", "secret", "place", "searches",
        "sources", "given", "statuses", "asks_at_once", "units",
    )  # fmt: skip

    name = models.CharField(max_length=100)
    reference = models.CharField(max_length=200, blank=True, default="", help_text="where the signed agreement is")
    adapter = models.CharField(max_length=10, choices=Adapter.choices)
    address = models.CharField(max_length=500, blank=True, default="")
    secret = models.TextField(blank=True, default="")
    place = models.CharField(max_length=200, blank=True, default="")
    searches = models.JSONField(blank=True, default=dict)
    sources = models.JSONField(blank=True, default=dict)
    given = models.JSONField(blank=True, default=list)
    statuses = models.JSONField(blank=True, default=dict)
    asks_at_once = models.BooleanField(default=False)
    units = models.ManyToManyField(Unit, related_name="case_agreements")

    class Meta(Dated.Meta):
        ordering = ["name", "valid_from"]

    def __str__(self) -> str:
        return self.name


class GivenService(models.Model):
    """A service whose cases an agreement gives, and the word that the case system has for it. Several words may stand
    for one service."""

    PERSONAL = ()
    IMPERSONAL = ("id", "agreement", "service", "word")

    agreement = models.ForeignKey(CaseAgreement, on_delete=models.CASCADE, related_name="given_services")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    word = models.CharField(max_length=100)

    class Meta:
        ordering = ["word"]
        constraints = [models.UniqueConstraint(fields=["agreement", "word"], name="registers_givenservice_once")]

    def __str__(self) -> str:
        return f"{self.word}: {self.service}"
