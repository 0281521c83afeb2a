"""A planned switch of a service to a contact centre, with what it found before it changed anything."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, Service
from indgang.core.ids import uuid7
from indgang.correspondence.models import Mailbox
from indgang.entry.models import EntryPoint, Flow
from indgang.feedback.models import AskingRule, Questionnaire
from indgang.knowledge.models import ArticleVersion
from indgang.programme.switchover import change
from indgang.programme.switchover.change import Plan


class Switchover(models.Model):
    """The switch of one service at a moment. Until somebody decides it, it may be changed.

    `changes` is the plan that was decided (`change.as_data`): carrying out and taking back follow it, and refuse when
    somebody has changed what it found.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Under forberedelse")
        DECIDED = "decided", _("Besluttet")
        STOPPED = "stopped", _("Standset")
        DONE = "done", _("Gennemført")
        TAKEN_BACK = "taken_back", _("Taget tilbage")
        CALLED_OFF = "called_off", _("Opgivet")

    #: states in which it may be changed
    OPEN = (State.PLANNED, State.STOPPED)

    PERSONAL = ("created_by", "decided_by", "taken_back_by", "stopped")
    IMPERSONAL = (
        "id", "service", "centre", "planned_at", "state", "flow", "numbers", "leads_to", "addresses", "mail_to",
        "versions", "ends_contact", "questionnaire", "way", "share", "starts_targets",
        "created_at", "decided_at", "reason", "changes",
        "carried_out_at", "taken_back_at", "taken_back_because", "events",
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="switchovers")
    centre = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="switchovers")
    planned_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    flow = models.ForeignKey(Flow, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    numbers = ArrayField(models.CharField(max_length=30), default=list, blank=True, help_text="old numbers, E.164")
    leads_to = models.ForeignKey(EntryPoint, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    addresses = ArrayField(models.EmailField(), default=list, blank=True, help_text="old mail addresses")
    mail_to = models.ForeignKey(Mailbox, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    versions = models.ManyToManyField(ArticleVersion, blank=True, related_name="+")
    ends_contact = models.BooleanField(default=False, help_text="of the service itself, on the public site")
    questionnaire = models.ForeignKey(Questionnaire, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=12, choices=AskingRule.Way.choices, default=AskingRule.Way.ROBOT)
    share = models.PositiveSmallIntegerField(
        default=100, validators=[MinValueValidator(1), MaxValueValidator(100)], help_text="per cent of callers asked"
    )
    starts_targets = models.BooleanField(default=False)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=500, blank=True, default="", help_text="why in spite of what was found")
    changes = models.JSONField(default=list, blank=True)
    stopped = models.CharField(max_length=1000, blank=True, default="", help_text="why it was not carried out")
    carried_out_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_because = models.CharField(max_length=500, blank=True, default="")
    events = models.PositiveIntegerField(default=0, help_text="how many events it has; the next one's number")

    class Meta:
        ordering = ["-planned_at", "-id"]
        indexes = [
            models.Index(fields=["planned_at"], condition=Q(state="decided"), name="programme_switch_waits"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["service"], condition=Q(state__in=["planned", "decided", "stopped"]),
                name="programme_switch_one",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.service}: {self.centre}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def plan(self) -> Plan:
        """What was decided."""
        return change.from_data(self.changes)
