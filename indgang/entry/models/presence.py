"""What agents are doing, and what they have in hand."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.catalogue.models import Dated
from indgang.entry.journal import InHandStage


class PauseReason(Dated):
    """Why somebody takes a break. One that has ended is not offered any more; what it was given for keeps it."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "code", "name", "name_en", "order", "reachable")

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True, default="")
    order = models.PositiveSmallIntegerField(default=0)
    reachable = models.BooleanField(default=True, help_text="colleagues may ask and put callers through meanwhile")

    class Meta(Dated.Meta):
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name


class AgentState(models.TextChoices):
    """What an agent is doing, as the distributor sees it."""

    SIGNED_OUT = "signed_out", _("Logget ud")
    READY = "ready", _("Klar")
    RINGING = "ringing", _("Ringer")
    TALKING = "talking", _("I samtale")
    WORKING = "working", _("Arbejder")
    WRAP_UP = "wrap_up", _("Efterbehandling")
    PAUSED = "paused", _("Pause")
    NOT_RESPONDING = "not_responding", _("Svarede ikke")


class PhoneKind(models.TextChoices):
    BROWSER = "browser", _("Telefon i browseren")
    SIP = "sip", _("Bordtelefon")
    NUMBER = "number", _("Eget telefonnummer")


class Presence(models.Model):
    """What one person is doing now; derived from presence events by the switchboard, read by the screens."""

    PERSONAL = (
        "person",
        "state",
        "reason",
        "since",
        "wrap_up_until",
        "signed_in_at",
        "phone_address",
        "kept",
    )
    IMPERSONAL = ("phone_kind", "phone_on", "phone_fault", "monitored")

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.CASCADE, related_name="presence")
    state = models.CharField(max_length=20, choices=AgentState.choices, default=AgentState.SIGNED_OUT)
    reason = models.ForeignKey(PauseReason, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    since = models.DateTimeField()
    wrap_up_until = models.DateTimeField(null=True, blank=True)
    signed_in_at = models.DateTimeField(null=True, blank=True)
    phone_kind = models.CharField(max_length=10, choices=PhoneKind.choices, default=PhoneKind.BROWSER)
    phone_address = models.CharField(
        max_length=200, blank=True, default="", help_text="SIP address of a desk phone, or own number"
    )
    phone_on = models.BooleanField(default=False, help_text="the phone is registered at the exchange")
    phone_fault = models.CharField(
        max_length=30, blank=True, default="", help_text="why the last call to their own number was not taken"
    )
    monitored = models.UUIDField(null=True, blank=True)
    kept = models.JSONField(
        default=dict, db_default={}, help_text="what a restart needs besides, as entry.board.kept_desks writes it"
    )

    def __str__(self) -> str:
        return f"{self.person}: {self.state}"


class InHand(models.Model):
    """An item in hand: offered, in conversation, open or in wrap-up.

    The switchboard keeps these rows beside the person's presence and puts the conversation first.
    """

    PERSONAL = ("person", "enquiry", "stage", "consult_name", "offered_until", "reasons", "search")
    IMPERSONAL = (
        "id", "place", "kind", "held", "muted", "consult_state", "attempts", "recording", "task", "promised_at",
    )  # fmt: skip

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="in_hand", db_index=False)
    place = models.PositiveSmallIntegerField(default=0, help_text="the order on the desk; 0 comes first")
    enquiry = models.UUIDField()
    kind = models.CharField(max_length=20, help_text="kind of work, as in routing.distribution.requirement")
    stage = models.CharField(max_length=20, choices=[(stage.value, stage.value) for stage in InHandStage])
    offered_until = models.DateTimeField(null=True, blank=True)
    reasons = models.JSONField(default=list, help_text="why it is offered to this person: pairs of code and value")
    held = models.BooleanField(default=False)
    muted = models.BooleanField(default=False)
    consult_name = models.CharField(max_length=200, blank=True, default="")
    consult_state = models.CharField(max_length=20, blank=True, default="")
    task = models.UUIDField(null=True, blank=True, help_text="of an item of the kind task")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="how often the contact was rung in vain")
    promised_at = models.DateTimeField(null=True, blank=True, help_text="when a callback was promised or ordered")
    recording = models.CharField(
        max_length=10, blank=True, default="", db_default="", help_text="entry.journal.RecordingState"
    )
    search = models.JSONField(
        default=dict, db_default={}, help_text="who is asked about a subject, or was in vain: board.subjects.as_shown"
    )

    class Meta:
        ordering = ["person", "place"]
        constraints = [
            models.UniqueConstraint(fields=["person", "place"], name="entry_in_hand_place"),
            models.UniqueConstraint(fields=["enquiry", "person"], name="entry_in_hand_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.kind} {self.stage}"


class PresenceEvent(models.Model):
    """The time line of agents; append-only."""

    APPEND_ONLY = True
    PERSONAL = ("person", "state", "reason", "at")
    IMPERSONAL = ("id", "enquiry")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="presence_events", db_index=False)
    at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=AgentState.choices)
    reason = models.CharField(max_length=40, blank=True, default="")
    enquiry = models.UUIDField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["person", "at"])]

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} {self.person_id}: {self.state}"
