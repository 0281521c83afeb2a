from __future__ import annotations

from datetime import date, datetime
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Exists, Expression, ExpressionWrapper, F, FilteredRelation, Func, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Lower
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.permissions import Permission
from indgang.accounts.roles import ROLES
from indgang.catalogue.models import ContactCentre, Dated, DatedQuerySet, Schedule, Unit, one_at_a_time, text_number
from indgang.entry.journal import InHandStage


class Prompt(models.Model):
    """What a caller hears: a text that is spoken, or an uploaded recording of it. One row per language."""

    PERSONAL = ("recording",)
    IMPERSONAL = ("id", "code", "language", "text", "recording_name", "updated_at", "unit")

    code = models.SlugField(max_length=80)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="prompts",
        help_text="whose it is to change, the same in all languages; empty: the whole municipality's",
    )  # fmt: skip
    language = models.CharField(max_length=5, default="da")
    text = models.TextField()
    recording = models.BinaryField(null=True, blank=True, help_text="8 kHz mono WAV; empty: the text is spoken")
    recording_name = models.CharField(max_length=200, blank=True, default="")
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["code", "language"]
        constraints = [models.UniqueConstraint(fields=["code", "language"], name="entry_prompt_one_per_language")]

    def __str__(self) -> str:
        return f"{self.code} ({self.language})"


class Flow(models.Model):
    """A named way through the house for callers; what it does is in its versions."""

    PERSONAL = ()
    IMPERSONAL = ("id", "code", "name", "centre", "revisions")

    code = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    centre = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="flows")
    revisions = models.PositiveIntegerField(default=0, help_text="the last one that a draft of it has had")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class FlowVersion(models.Model):
    """One version of a flow. A draft may change; a published one never does."""

    PERSONAL = ("created_by", "published_by")
    IMPERSONAL = ("id", "flow", "number", "definition", "note", "created_at", "published_at", "revision")

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField(help_text="see routing.flows.parse")
    note = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=200, blank=True, default="")
    revision = models.PositiveIntegerField(default=0, help_text="counts saves of a draft, so that two editors notice")

    class Meta:
        ordering = ["flow", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["flow", "number"], name="entry_flowversion_number"),
            models.UniqueConstraint(
                fields=["flow"], condition=Q(published_at__isnull=True), name="entry_flowversion_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, published_by="") | Q(published_at__isnull=False),
                name="entry_flowversion_published_pair",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.flow} v{self.number}"


class EntryPoint(Dated):
    """A number that can be dialled, and the flow that meets the caller."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "number", "name", "centre", "flow", "language")

    number = models.CharField(max_length=30, help_text="as dialled: E.164 or a short number")
    name = models.CharField(max_length=200)
    centre = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="entry_points")
    flow = models.ForeignKey(Flow, on_delete=models.PROTECT, related_name="entry_points")
    language = models.CharField(max_length=5, default="da")

    class Meta(Dated.Meta):
        ordering = ["number"]
        constraints = [
            *Dated.Meta.constraints,
            one_at_a_time("entry_entrypoint_one_flow", text_number("number")),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class QueueQuerySet(DatedQuerySet):
    def with_terms(self, day: date) -> Self:
        """Each with the terms of that day as `terms_then`, in the same query; None where none were set."""
        holds = Q(terms__valid_from__lte=day) & (Q(terms__valid_to=None) | Q(terms__valid_to__gt=day))
        return self.annotate(terms_then=FilteredRelation("terms", condition=holds)).select_related("terms_then")


class Queue(Dated):
    """A queue of one centre: what an agent must be able to do, and how long to ring. `terms` hold by the day."""

    PERSONAL = ("closed_by",)
    IMPERSONAL = (
        "id", "valid_from", "valid_to", "code", "name", "name_en", "centre", "unit", "schedule", "priority", "ageing",
        "steps", "ring_seconds", "choose", "last_agent_seconds", "min_reoffer_seconds", "is_safe", "closed_at",
        "closed_until", "closed_reason",
    )  # fmt: skip

    class Choose(models.TextChoices):
        LONGEST_IDLE = "longest_idle", _("Længst ledig")
        BEST_SKILLED = "best_skilled", _("Bedst kvalificeret")

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True, default="")
    centre = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="queues")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="queues")
    schedule = models.ForeignKey(Schedule, null=True, blank=True, on_delete=models.PROTECT, related_name="queues")
    priority = models.IntegerField(default=0)
    ageing = models.FloatField(default=0.0, help_text="priority points gained per second of waiting")
    steps = models.JSONField(
        default=list, help_text='[{"after": 0, "skills": {"byggesag": 2}, "also_queues": ["tmf-oevrige"]}]'
    )
    ring_seconds = models.PositiveSmallIntegerField(default=20)
    choose = models.CharField(max_length=20, choices=Choose.choices, default=Choose.LONGEST_IDLE)
    last_agent_seconds = models.PositiveSmallIntegerField(
        default=0, help_text="how long to wait for the agent the caller spoke with last; 0 is not at all"
    )
    min_reoffer_seconds = models.PositiveSmallIntegerField(
        default=15, help_text="how long a call that was refused or not answered does not ring at the same agent again"
    )
    is_safe = models.BooleanField(default=False, help_text="where a call goes that no rule covers")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=200, blank=True, default="")
    closed_reason = models.CharField(max_length=200, blank=True, default="")
    closed_until = models.DateTimeField(null=True, blank=True, help_text="empty: until somebody opens it again")

    objects = QueueQuerySet.as_manager()  # type: ignore[misc]  # instead of the one every dated row has

    class Meta(Dated.Meta):
        ordering = ["centre", "name"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["is_safe"], condition=Q(is_safe=True), name="entry_queue_one_safe"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by="") | Q(closed_at__isnull=False),
                name="entry_queue_closed_pair",
            ),
            models.CheckConstraint(
                condition=Q(closed_until__isnull=True) | Q(closed_until__gt=F("closed_at")),
                name="entry_queue_closed_forwards",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_closed_at(self, at: datetime) -> bool:
        """Whether somebody has closed it, and the time until which it was closed has not come."""
        return self.closed_at is not None and (self.closed_until is None or at < self.closed_until)


#: the day from which the first terms of a queue hold
SINCE_EVER = date(1900, 1, 1)


class QueueTerms(Dated):
    """What a queue promises, how it is staffed and how it calls back, in a period. One row holds on any day; the past
    is never rewritten, so a figure of last year is computed from what was promised then."""

    PERSONAL = ()
    IMPERSONAL = (
        "id", "valid_from", "valid_to", "queue", "service_level_seconds", "service_level_percent", "wrap_up_seconds",
        "reserved", "callback_attempts", "callback_pause_minutes", "callback_from_hour", "callback_until_hour",
    )  # fmt: skip

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="terms")
    service_level_seconds = models.PositiveSmallIntegerField(default=100, help_text="promised: answered within these")
    service_level_percent = models.PositiveSmallIntegerField(default=80, help_text="the target: so many in time")
    wrap_up_seconds = models.PositiveSmallIntegerField(default=60)
    reserved = models.PositiveSmallIntegerField(default=0, help_text="free agents kept back for this queue")
    callback_attempts = models.PositiveSmallIntegerField(
        default=3,
        db_default=3,
        help_text="how often a promised call is tried in vain at most",
    )
    callback_pause_minutes = models.PositiveSmallIntegerField(default=15, db_default=15, help_text="between attempts")
    callback_from_hour = models.PositiveSmallIntegerField(
        default=8, db_default=8, help_text="nobody is rung earlier, by the clock in Copenhagen"
    )
    callback_until_hour = models.PositiveSmallIntegerField(default=20, db_default=20, help_text="nor from then on")

    class Meta(Dated.Meta):
        ordering = ["queue", "valid_from"]
        constraints = [*Dated.Meta.constraints, one_at_a_time("entry_queueterms_one", "queue")]

    def __str__(self) -> str:
        return f"{self.queue} {self.valid_from:%d.%m.%Y}"


class RolloutPhase(Dated):
    """The phase of the roll-out that holds in a period: what flows ask by `phase`. One on any day, or none."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "word")

    word = models.CharField(max_length=40, help_text="as conditions and messages of flows name it")

    class Meta(Dated.Meta):
        ordering = ["valid_from"]
        constraints = [*Dated.Meta.constraints, one_at_a_time("entry_rolloutphase_one")]

    def __str__(self) -> str:
        return self.word


class QueueMessage(Dated):
    """A short message to those who wait, switched by phase (its validity) or by hand (`active`)."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "queue", "prompt_code", "phase", "every_seconds", "order", "active")

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="messages")
    prompt_code = models.SlugField(max_length=80)
    phase = models.CharField(max_length=100, blank=True, default="")
    every_seconds = models.PositiveSmallIntegerField(default=45)
    order = models.PositiveSmallIntegerField(default=0)
    active = models.BooleanField(default=True)

    class Meta(Dated.Meta):
        ordering = ["queue", "order"]

    def __str__(self) -> str:
        return f"{self.queue}: {self.prompt_code}"


#: who takes what comes from a queue
SERVING_ROLES = tuple(
    code for code, role in ROLES.items() if role.permissions & {Permission.TAKE_CALLS, Permission.TAKE_HANDOVERS}
)


class MembershipQuerySet(DatedQuerySet):
    def serving_on(self, day: date) -> Self:
        """Those of the day whose person may take calls there that day, also the ones that are switched off.

        The role is one for the centre's owner, for the queue's unit, or for a unit above them.
        """
        owner, unit = (ExpressionWrapper(OuterRef(path), models.CharField()) for path in _PLACES_OF_QUEUE)
        roles = RoleAssignment.objects.valid_on(day).filter(person=OuterRef("person"), role__in=SERVING_ROLES)
        above = Q(unit=None) | Q(owner__startswith=F("unit__path")) | Q(at__startswith=F("unit__path"))
        holding = roles.alias(owner=owner, at=unit).filter(above)
        return self.valid_on(day).filter(Exists(holding), person__is_active=True)


_PLACES_OF_QUEUE = ("queue__centre__owner__path", "queue__unit__path")


class QueueMembership(Dated):
    """A person serves a queue. `active` is the team leader's switch of the day."""

    PERSONAL = ("person",)
    IMPERSONAL = ("id", "valid_from", "valid_to", "queue", "active")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="queue_memberships")
    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="memberships")
    active = models.BooleanField(default=True)

    objects = MembershipQuerySet.as_manager()  # type: ignore[misc]  # instead of the one every dated row has

    class Meta(Dated.Meta):
        ordering = ["person", "queue"]
        constraints = [
            *Dated.Meta.constraints,
            one_at_a_time("entry_queuemembership_one", "person", "queue"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.queue}"


class CapacityProfile(models.Model):
    """How much at once, under a name that a centre has given it. What it says is in `terms`, by the day."""

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
    """What a profile says in a period, of any kinds of work. The past is never rewritten."""

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
    """A person has a profile; whoever has none takes one conversation at a time."""

    PERSONAL = ("person",)
    IMPERSONAL = ("id", "valid_from", "valid_to", "profile")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="capacity_choices")
    profile = models.ForeignKey(CapacityProfile, on_delete=models.PROTECT, related_name="choices")

    class Meta(Dated.Meta):
        ordering = ["person", "valid_from"]
        constraints = [*Dated.Meta.constraints, one_at_a_time("entry_capacitychoice_one", "person")]

    def __str__(self) -> str:
        return f"{self.person}: {self.profile}"


class PauseReason(models.Model):
    PERSONAL = ()
    IMPERSONAL = ("id", "code", "name", "name_en", "order")

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True, default="")
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]

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
    )
    IMPERSONAL = ("phone_kind", "phone_on", "monitored")

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.CASCADE, related_name="presence")
    state = models.CharField(max_length=20, choices=AgentState.choices, default=AgentState.SIGNED_OUT)
    reason = models.ForeignKey(PauseReason, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    since = models.DateTimeField()
    wrap_up_until = models.DateTimeField(null=True, blank=True)
    signed_in_at = models.DateTimeField(null=True, blank=True)
    phone_kind = models.CharField(max_length=10, choices=PhoneKind.choices, default=PhoneKind.BROWSER)
    phone_address = models.CharField(max_length=200, blank=True, default="", help_text="SIP address of a desk phone")
    phone_on = models.BooleanField(default=False, help_text="the phone is registered at the exchange")
    monitored = models.UUIDField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.person}: {self.state}"


class InHand(models.Model):
    """One item that a person has in hand: offered, talked about, laid open or being wrapped up.

    The switchboard keeps these rows beside the person's presence and puts the conversation first.
    """

    PERSONAL = ("person", "enquiry", "stage", "consult_name", "offered_until", "reasons")
    IMPERSONAL = ("id", "place", "kind", "held", "muted", "consult_state", "attempts")

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
    attempts = models.PositiveSmallIntegerField(default=0, help_text="how often the contact was rung in vain")

    class Meta:
        ordering = ["person", "place"]
        constraints = [
            models.UniqueConstraint(fields=["person", "place"], name="entry_in_hand_place"),
            models.UniqueConstraint(fields=["enquiry", "person"], name="entry_in_hand_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.kind} {self.stage}"


class PresenceEvent(models.Model):
    """The agent's time line; append-only."""

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


class DisturbanceQuerySet(models.QuerySet["Disturbance"]):
    def on_at(self, at: datetime) -> Self:
        return self.filter(starts_at__lte=at, ends_at__gt=at)


def _one_number(what: Expression) -> Func:
    """A range of one number, for constraints: where two overlap they are the same."""
    return Func(what, what, Value("[]"), function="int8range")


class Disturbance(models.Model):
    """A message to everybody who calls, switched on in seconds, with an end."""

    PERSONAL = ("started_by", "ended_by")
    IMPERSONAL = ("id", "text", "text_en", "centre", "starts_at", "ends_at")

    text = models.TextField()
    text_en = models.TextField(blank=True, default="")
    centre = models.ForeignKey(
        ContactCentre, null=True, blank=True, on_delete=models.CASCADE, related_name="disturbances"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    started_by = models.CharField(max_length=200)
    ended_by = models.CharField(max_length=200, blank=True, default="")

    objects = DisturbanceQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="entry_disturbance_forwards"),
            ExclusionConstraint(
                name="entry_disturbance_once",
                expressions=[
                    (_one_number(Coalesce("centre", 0)), RangeOperators.OVERLAPS),
                    (_one_number(text_number("text")), RangeOperators.OVERLAPS),
                    (Func("starts_at", "ends_at", function="tstzrange"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Command(models.Model):
    """Something a person asks the switchboard to do; a row is the order and its outcome."""

    PERSONAL = ("person", "payload", "detail")
    IMPERSONAL = ("id", "kind", "at", "outcome", "finished_at", "trace")

    class Outcome(models.TextChoices):
        WAITING = "waiting", "waiting"
        DONE = "done", "done"
        REFUSED = "refused", "refused"

    kind = models.CharField(max_length=40)
    person = models.ForeignKey(
        Person, null=True, on_delete=models.CASCADE, related_name="+", help_text="nobody: ordered on the public site"
    )
    payload = models.JSONField(default=dict)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    detail = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True, blank=True)
    trace = models.CharField(max_length=60, blank=True, default="", help_text="the request's span (W3C traceparent)")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["id"], condition=Q(outcome="waiting"), name="entry_command_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.outcome})"


class Alert(models.Model):
    """Something a person must look at: a flow that failed, an exchange that is away, a queue nobody serves."""

    PERSONAL = ("seen_by", "text")
    IMPERSONAL = ("id", "at", "code", "centre", "enquiry", "seen_at", "over_at")

    at = models.DateTimeField()
    code = models.CharField(max_length=60)
    #: what it is about; what has happened is said by the code
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


class ExchangeStatus(models.Model):
    """Is an exchange reachable? Written by the switchboard with a heartbeat, read by the desk."""

    PERSONAL = ()
    IMPERSONAL = ("name", "up", "since", "heartbeat", "detail")

    name = models.CharField(max_length=40, primary_key=True)
    up = models.BooleanField(default=False)
    since = models.DateTimeField()
    heartbeat = models.DateTimeField()
    detail = models.TextField(blank=True, default="")

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


class LiveWork(models.Model):
    """What the switchboard needs to go on with an item of work after a restart; gone when the item is over."""

    PERSONAL = ("kept",)
    IMPERSONAL = ("item", "since")

    item = models.UUIDField(primary_key=True, help_text="of a call that begins an enquiry: the enquiry's id")
    since = models.DateTimeField()
    kept = models.JSONField()

    class Meta:
        ordering = ["since"]

    def __str__(self) -> str:
        return str(self.item)


class DeadLetter(models.Model):
    """What the switchboard could not write in the register, kept as text until somebody has looked into it."""

    PERSONAL = ("error", "content")
    IMPERSONAL = ("id", "at", "kind", "enquiries")

    at = models.DateTimeField()
    kind = models.CharField(max_length=100, help_text="the class of the error")
    error = models.TextField()
    enquiries = models.JSONField(default=list, help_text="ids of the enquiries it tells of")
    content = models.TextField(help_text="the batch of entry.journal as JSON; text, for the database took no other")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.kind}"
