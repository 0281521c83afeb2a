from __future__ import annotations

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, Service, Unit
from indgang.core.clock import day_of
from indgang.core.ids import uuid7
from indgang.enquiries.models import Enquiry
from indgang.handover import escalation
from indgang.workforce.models import Group, GroupMember


class HandoverQuerySet(models.QuerySet["Handover"]):
    def unsettled(self) -> Self:
        """Hand-overs that somebody still has to act on."""
        return self.filter(state__in=Handover.OPEN)

    def with_names(self) -> Self:
        """With the rows whose names lists and cards show."""
        return self.select_related("unit", "group", "person", "service__unit", "sent_by", "centre", "from_unit")

    def lying_with(self, person: Person, at: datetime) -> Self:
        """What this person is to act on: addressed to them or a group of theirs, or returned to them as its sender."""
        return self.lying_with_on(person.pk, day_of(at))

    def lying_with_on(self, person: int, day: date) -> Self:
        """The same on a day in Copenhagen, by the person's id."""
        groups = GroupMember.objects.valid_on(day).filter(person=person).values("group")
        with_second_level = Q(state__in=(Handover.State.WAITING, Handover.State.ACCEPTED))
        theirs = Q(person=person) | Q(person=None, group__in=groups)
        return self.filter((with_second_level & theirs) | Q(state=Handover.State.RETURNED, sent_by=person))


class Handover(models.Model):
    """A question that was handed over to the second level, with its card.

    `unit` owns it, also while a group or person of the unit is to act. `number` and `code` let the contact follow it
    on the public site. `events` is how many events its stream has, and the revision that forms read.
    """

    class Kind(models.TextChoices):
        """How it was handed over. Warm and cold are telephone transfers; the others are work for later."""

        WARM = "warm", _("Viderestillet efter aftale")
        COLD = "cold", _("Viderestillet")
        MESSAGE = "message", _("Besked")
        TASK = "task", _("Opgave")
        CALLBACK = "callback", _("Ring tilbage")

    class State(models.TextChoices):
        WAITING = "waiting", _("Ikke taget endnu")
        ACCEPTED = "accepted", _("I gang")
        RETURNED = "returned", _("Sendt tilbage")
        CLOSED = "closed", _("Afsluttet")
        CANCELLED = "cancelled", _("Trukket tilbage")

    class Outcome(models.TextChoices):
        ANSWERED = "answered", _("Besvaret")
        IN_CASE = "in_case", _("Går videre i sagen")
        ANSWERED_BEFORE = "answered_before", _("Var besvaret i forvejen")
        NOT_REACHED = "not_reached", _("Kunne ikke træffes")
        NOTHING_TO_DO = "nothing_to_do", _("Der var ikke noget at gøre")

    class Return(models.TextChoices):
        """Why a hand-over comes back."""

        WRONG_PLACE = "wrong_place", _("Forkert sted")
        LACKS_INFORMATION = "lacks_information", _("Mangler oplysninger")
        NOT_OURS = "not_ours", _("Ikke vores opgave")

    OPEN = (State.WAITING, State.ACCEPTED, State.RETURNED)
    #: kinds that wait for somebody, and so need a promise
    FOR_LATER = (Kind.MESSAGE, Kind.TASK, Kind.CALLBACK)

    PERSONAL = (
        "person", "sent_by", "question", "told", "expected", "promised", "case_number", "contact_name",
        "contact_number", "contact_email", "code", "first_level_answer",
    )  # fmt: skip
    IMPERSONAL = (
        "id", "number", "kind", "state", "enquiry", "service", "unit", "group", "centre", "sent_at", "consent",
        "tells_contact", "placed_at", "accepted_at", "closed_at", "outcome", "first_level", "told_again", "returns",
        "step", "events", "contact_wrote_at", "from_unit",
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.PositiveIntegerField(unique=True, editable=False)
    code = models.CharField(max_length=6, help_text="with the number it opens the page of the contact")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="handovers")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="handovers")
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="handovers")
    centre = models.ForeignKey(ContactCentre, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sent_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="handovers_sent")
    from_unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="the unit of whoever sent what came to no centre; it comes back there",
    )  # fmt: skip
    sent_at = models.DateTimeField()
    placed_at = models.DateTimeField(help_text="since when its unit has it, or the contact centre again")

    question = models.TextField(help_text="what the contact asks")
    told = models.TextField(blank=True, default="", help_text="what was said and looked up")
    expected = models.TextField(blank=True, default="", help_text="what the receiver is expected to do")
    promised = models.TextField(blank=True, default="", help_text="what the contact was promised, in words")
    case_number = models.CharField(max_length=60, blank=True, default="")
    consent = models.BooleanField(null=True, help_text="that the question is shared with the unit; empty: not asked")
    contact_name = models.CharField(max_length=200, blank=True, default="")
    contact_number = models.CharField(max_length=30, blank=True, default="", help_text="E.164")
    contact_email = models.EmailField(blank=True, default="")
    tells_contact = models.BooleanField(default=False, help_text="the contact gets a mail about what happens")

    accepted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True, default="", choices=Outcome.choices)
    first_level = models.BooleanField(null=True, help_text="the first level could have answered; empty: nobody said")
    first_level_answer = models.TextField(blank=True, default="", help_text="with what")
    told_again = models.BooleanField(null=True, help_text="the contact had to tell the story again; empty: nobody said")
    returns = models.PositiveSmallIntegerField(default=0, help_text="how often it was sent back")
    step = models.PositiveSmallIntegerField(default=0, help_text="how many steps its escalation has taken")
    events = models.PositiveIntegerField(default=0)
    contact_wrote_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="when the contact added something; empty once a colleague has acted on it since",
    )

    #: of what `sending.send` returns: the same question had been sent before, and this is that row
    was_sent_before = False

    objects = HandoverQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at"]
        indexes = [
            models.Index(fields=["enquiry"], name="handover_enquiry"),
            models.Index(
                fields=["unit", "sent_at"], condition=Q(state__in=["waiting", "accepted", "returned"]),
                name="handover_open_of_unit",
            ),
            models.Index(
                fields=["person"], condition=Q(state__in=["waiting", "accepted", "returned"]), name="handover_open_of"
            ),
            models.Index(
                fields=["sent_by"], condition=Q(state__in=["waiting", "accepted", "returned"]), name="handover_open_by"
            ),
            models.Index(
                fields=["unit", "closed_at"], condition=Q(closed_at__isnull=False), include=["service", "told_again"],
                name="handover_told_again",
            ),
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, state__in=["waiting", "accepted", "returned"])
                | Q(closed_at__isnull=False, state__in=["closed", "cancelled"]),
                name="handover_closed_when_over",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(accepted_at__isnull=False), name="handover_accepted_then"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    @property
    def trail_label(self) -> str:
        """The number, because the audit trail outlives the card."""
        return f"Overlevering {self.number}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def state_in_words(self) -> str:
        """Its state, with the outcome once it is closed."""
        state = str(self.get_state_display())
        return f"{state}: {self.get_outcome_display()}" if self.outcome else state


class EscalationRule(models.Model):
    """A step of a unit's escalation: whom it turns to, and how many open minutes after the due time (negative: before).

    A unit without rules has those of the unit above it.
    """

    PERSONAL = ()
    IMPERSONAL = ("id", "unit", "rung", "minutes")

    class Rung(models.TextChoices):
        OWNER = escalation.Rung.OWNER, _("Den, der har den")
        GROUP = escalation.Rung.GROUP, _("Faggruppen eller enheden")
        CONTACT = escalation.Rung.CONTACT, _("Enhedens kontaktperson")
        LEADER = escalation.Rung.LEADER, _("Teamlederen")

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="escalation_rules")
    rung = models.CharField(max_length=10, choices=Rung.choices)
    minutes = models.SmallIntegerField()

    class Meta:
        ordering = ["unit", "minutes"]
        constraints = [models.UniqueConstraint(fields=["unit", "rung"], name="handover_rule_once")]

    def __str__(self) -> str:
        return f"{self.unit}: {self.rung} {self.minutes:+}"


class Promise(models.Model):
    """What a contact was promised: an answer by `due_at`, or a call between `starts_at` and `due_at`.

    `unit` and `service` are those that owe it now, so that the month's proof is read from this table alone.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Åbent")
        KEPT = "kept", _("Holdt")
        LATE = "late", _("Holdt for sent")
        MISSED = "missed", _("Ikke holdt")
        MOVED = "moved", _("Flyttet efter aftale")
        CANCELLED = "cancelled", _("Trukket tilbage")

    PERSONAL = ("made_by",)
    IMPERSONAL = (
        "id", "handover", "unit", "service", "made_at", "starts_at", "due_at", "state", "settled_at", "attempts",
        "first_attempt_at", "in_window",
    )  # fmt: skip

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="promises")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    service = models.ForeignKey(
        Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    starts_at = models.DateTimeField(null=True, blank=True, help_text="a call is promised, not before this time")
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    settled_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    first_attempt_at = models.DateTimeField(null=True, blank=True)
    in_window = models.BooleanField(
        default=False, help_text="a call for which a window of its service was agreed when it was promised"
    )

    class Meta:
        ordering = ["due_at"]
        indexes = [
            models.Index(fields=["unit", "due_at"], include=["service", "state", "attempts"], name="handover_proof"),
            models.Index(fields=["due_at"], condition=Q(state="open"), name="handover_promises_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["handover"], condition=Q(state="open"), name="handover_one_open_promise"
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(due_at__gt=F("starts_at")), name="handover_promise_forwards"
            ),
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True) | (~Q(state="open") & Q(settled_at__isnull=False)),
                name="handover_settled_when_over",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.handover_id}: {self.due_at:%Y-%m-%d %H:%M}"


class Addition(models.Model):
    """Something written about a hand-over after it was sent, by a colleague or by the contact (without `by`)."""

    PERSONAL = ("by", "text")
    IMPERSONAL = ("id", "handover", "at", "for_contact")

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="additions")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField()
    for_contact = models.BooleanField(default=False, help_text="the contact can read it on the public site")

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.handover_id} {self.at:%Y-%m-%d %H:%M}"


class Participant(models.Model):
    """Somebody who takes part in a hand-over that another has, as long as they work for `unit`; without one, as long as
    it leads to them (`recipients.still_taking_part`)."""

    PERSONAL = ("person",)
    IMPERSONAL = ("id", "handover", "since", "unit")

    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="participants")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="for which they could read it when they joined; empty: as member of a group, or by a promised window",
    )  # fmt: skip

    class Meta:
        ordering = ["since", "pk"]
        constraints = [models.UniqueConstraint(fields=["handover", "person"], name="handover_participant_once")]

    def __str__(self) -> str:
        return f"{self.person}: {self.handover_id}"


class ArrivalMail(models.Model):
    """When somebody was last told by mail that a hand-over had come to them, so that many at once are one mail."""

    PERSONAL = ("person",)
    IMPERSONAL = ("at",)

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person_id} {self.at:%Y-%m-%d %H:%M}"


class HandoverDraft(models.Model):
    """What somebody has typed of a hand-over that is not sent; kept through reloads and sign-outs."""

    PERSONAL = ("person", "fields")
    IMPERSONAL = ("id", "enquiry", "updated_at")

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="handover_drafts")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    fields = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enquiry", "person"], name="handover_draft_once")]

    def __str__(self) -> str:
        return f"{self.person}: {self.enquiry_id}"
