from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, LocalPurpose, Purpose, Service
from indgang.core.clock import COPENHAGEN
from indgang.core.ids import uuid7
from indgang.entry.models import EntryPoint, Queue, RecordingPurpose
from indgang.knowledge.models import ArticleVersion, GuideVersion


class Channel(models.TextChoices):
    PHONE = "phone", _("Telefon")
    DIRECT = "direct", _("Direkte opkald")
    WALK_IN = "walk_in", _("Fremmøde")
    MAIL = "mail", _("Mail")
    WEB = "web", _("Hjemmesiden")
    FORM = "form", _("Formular")
    CHAT = "chat", _("Chat")
    SMS = "sms", _("SMS")
    SECURE_POST = "post", _("Digital Post")


#: channels on which people write; the others are conversations
WRITTEN_CHANNELS = frozenset({Channel.MAIL, Channel.FORM, Channel.CHAT, Channel.SMS, Channel.SECURE_POST})


class State(models.TextChoices):
    """The state of an enquiry. Live states come first; `UNREGISTERED` waits for the agent's registration."""

    IN_MENU = "in_menu", _("I menuen")
    WAITING = "waiting", _("I kø")
    RINGING = "ringing", _("Ringer hos en medarbejder")
    TALKING = "talking", _("I samtale")
    IN_WORK = "in_work", _("Bliver besvaret")
    UNREGISTERED = "unregistered", _("Mangler registrering")
    REGISTERED = "registered", _("Registreret")
    ABANDONED = "abandoned", _("Lagt på i køen")
    LEFT = "left", _("Slut uden samtale")
    MESSAGE = "message", _("Besked indtalt")
    CALLBACK = "callback", _("Bliver ringet op")
    NOT_REACHED = "not_reached", _("Ikke truffet")
    PASSED_ON = "passed_on", _("Stillet videre ud af huset")


LIVE_STATES = (State.IN_MENU, State.WAITING, State.RINGING, State.TALKING, State.IN_WORK)


class Party(models.Model):
    """A business or a citizen that we know."""

    PERSONAL = ("name", "cvr", "email")
    IMPERSONAL = ("id", "kind", "protected", "created_at")

    class Kind(models.TextChoices):
        BUSINESS = "business", _("Virksomhed")
        CITIZEN = "citizen", _("Borger")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=200)
    cvr = models.CharField(max_length=8, blank=True, default="", db_index=True)
    email = models.EmailField(blank=True, default="")
    protected = models.BooleanField(default=False, help_text="name and address protection: shown only on purpose")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        indexes = [
            models.Index(fields=["name"]),
            models.Index(Lower("email"), condition=~Q(email=""), name="enquiries_party_by_email"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["cvr"], condition=~models.Q(cvr=""), name="enquiries_party_one_per_cvr")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def trail_label(self) -> str:
        """The key of the party without its name, because the audit trail keeps it for five years."""
        return f"Part {self.pk}"


class PartyNumber(models.Model):
    """A telephone number a party uses. One number may belong to several parties (a switchboard, a family)."""

    PERSONAL = ("party", "number")
    IMPERSONAL = ("id", "learnt_from")

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="numbers")
    number = models.CharField(max_length=30, db_index=True, help_text="E.164")
    learnt_from = models.ForeignKey(
        "Enquiry", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="empty: known before"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "number"], name="enquiries_partynumber_once")]

    def __str__(self) -> str:
        return self.number


class Enquiry(models.Model):
    """One enquiry, derived from its events. Times are UTC; seconds are measured sums over the whole enquiry."""

    PERSONAL = (
        "caller_number", "caller_name", "dialled", "party", "agent", "first_agent", "dialled_by", "transferred_to",
        "waits_for", "waits_by",
    )  # fmt: skip
    IMPERSONAL = (
        "id", "channel", "state", "entry_point", "centre", "queue", "menu", "menu_keys", "arrived_at",
        "queued_at", "answered_at", "ended_at", "wait_seconds", "menu_seconds", "ring_seconds", "talk_seconds",
        "hold_seconds", "wrap_up_seconds", "transfers", "events", "follows", "language", "phase",
        "phase_since", "outside_seconds", "callback_seconds", "callback_place", "callback_due", "registered_at",
        "waits_until",
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    state = models.CharField(max_length=15, choices=State.choices)
    language = models.CharField(max_length=5, default="da")
    entry_point = models.ForeignKey(EntryPoint, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    dialled = models.CharField(max_length=30, blank=True, default="")
    caller_number = models.CharField(max_length=30, blank=True, default="", help_text="E.164; empty: withheld")
    caller_name = models.CharField(max_length=100, blank=True, default="")
    # no index of their own: the indexes below begin with them, or no query needs one; every call updates each index
    # five times
    party = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.SET_NULL, related_name="enquiries", db_index=False
    )
    centre = models.ForeignKey(
        ContactCentre, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    queue = models.ForeignKey(Queue, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    agent = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="enquiries", db_index=False
    )
    first_agent = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="enquiries_answered",
        help_text="who answered first, and owes the registration until somebody has made it",
    )  # fmt: skip
    menu = models.CharField(max_length=300, blank=True, default="", help_text="the choices made, in words")
    menu_keys = models.CharField(max_length=60, blank=True, default="")
    follows = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="followed_by")
    dialled_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="we rang: who did"
    )
    transferred_to = models.CharField(max_length=200, blank=True, default="")

    phase = models.CharField(
        max_length=10,
        blank=True,
        default="",
        help_text="menu, wait, callback (until we dial), ring (we dial), talk, hold or out; empty: over",
    )
    phase_since = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    registered_at = models.DateTimeField(null=True, blank=True)
    menu_seconds = models.FloatField(default=0)
    wait_seconds = models.FloatField(default=0)
    ring_seconds = models.FloatField(default=0)
    talk_seconds = models.FloatField(default=0)
    hold_seconds = models.FloatField(default=0)
    wrap_up_seconds = models.FloatField(default=0)
    outside_seconds = models.FloatField(default=0, help_text="talked on with somebody outside after being passed on")
    callback_seconds = models.FloatField(default=0, db_default=0, help_text="waited, off the line, to be rung")
    callback_place = models.DateTimeField(null=True, blank=True, help_text="by which the promised call's turn comes")
    callback_due = models.DateTimeField(null=True, blank=True, help_text="the time that was chosen for it")
    waits_for = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False,
        help_text="in the queue the caller waits for this person alone",
    )  # fmt: skip
    waits_until = models.DateTimeField(null=True, blank=True, help_text="so long; then for anybody")
    waits_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False,
        help_text="who let them wait",
    )  # fmt: skip
    transfers = models.PositiveSmallIntegerField(default=0)
    events = models.PositiveIntegerField(default=0, help_text="how many events it has; the next one's number")

    class Meta:
        ordering = ["-arrived_at"]
        indexes = [
            models.Index(fields=["arrived_at"]),
            models.Index(fields=["caller_number", "-arrived_at"], condition=~Q(caller_number=""), name="enq_caller"),
            models.Index(fields=["party", "-arrived_at"]),
            models.Index(fields=["agent", "-arrived_at"]),
            models.Index(fields=["agent", "registered_at"], name="enq_agent_registered"),
            models.Index(fields=["queue", "-queued_at"]),
            models.Index(
                fields=["state"],
                condition=Q(state__in=["in_menu", "waiting", "ringing", "talking", "in_work"]),
                name="enq_live",
            ),
            models.Index(fields=["queue"], condition=Q(state="callback"), name="enq_promised"),
            models.Index(fields=["agent", "-arrived_at"], condition=Q(state="unregistered"), name="enq_unregistered"),
            models.Index(fields=["waits_for"], condition=Q(waits_for__isnull=False), name="enq_waits_for"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.arrived_at.astimezone(COPENHAGEN):%d.%m.%Y %H:%M}"


class Outcome(models.TextChoices):
    RESOLVED = "resolved", _("Straksafklaret")
    TRANSFERRED = "transferred", _("Viderestillet")
    MESSAGE = "message", _("Besked til sagsbehandler")
    CALLBACK = "callback", _("Aftalt at ringe tilbage")
    DIRECTED = "directed", _("Henvist til selvbetjening eller hjemmeside")
    OTHER = "other", _("Andet")


class Character(models.TextChoices):
    GENERAL = "general", _("Generel")
    CASE_SPECIFIC = "case_specific", _("Sagsspecifik")


class Question(models.Model):
    """One question of an enquiry: its subject and its outcome. A call may hold several."""

    PERSONAL = ("note", "registered_by")
    IMPERSONAL = (
        "id", "enquiry", "order", "service", "purpose", "local_purpose", "character", "outcome", "registered_at",
        "should_be_digital", "in_knowledge",
    )  # fmt: skip

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="questions")
    order = models.PositiveSmallIntegerField()
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="+")
    local_purpose = models.ForeignKey(LocalPurpose, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    character = models.CharField(max_length=15, choices=Character.choices)
    outcome = models.CharField(max_length=15, choices=Outcome.choices)
    should_be_digital = models.BooleanField(default=False, help_text="could have been solved on the website")
    in_knowledge = models.BooleanField(null=True, blank=True, help_text="was the answer there? empty: nobody said")
    note = models.TextField(blank=True, default="")
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["enquiry", "order"]
        constraints = [models.UniqueConstraint(fields=["enquiry", "order"], name="enquiries_question_order")]
        indexes = [models.Index(fields=["registered_at"])]

    def __str__(self) -> str:
        return f"{self.service} / {self.purpose}"


class ArticleUse(models.Model):
    """An article that was opened while the enquiry was in hand, and whether the agent answered from it."""

    PERSONAL = ("shown_to",)
    IMPERSONAL = ("id", "enquiry", "version", "shown_at", "used_at")

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="article_uses")
    version = models.ForeignKey(ArticleVersion, on_delete=models.CASCADE, related_name="uses")
    shown_to = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    shown_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True, help_text="when the agent said so; empty: not used")

    class Meta:
        ordering = ["shown_at"]
        constraints = [models.UniqueConstraint(fields=["enquiry", "version"], name="enquiries_articleuse_once")]
        indexes = [models.Index(fields=["shown_at"])]

    def __str__(self) -> str:
        return f"{self.enquiry_id}: {self.version_id}"

    @property
    def used(self) -> bool:
        return self.used_at is not None


class GuideWalk(models.Model):
    """The path of an agent and a caller through a guide."""

    PERSONAL = ("path",)
    IMPERSONAL = ("id", "enquiry", "version", "began_at", "result")

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="guide_walks")
    version = models.ForeignKey(GuideVersion, on_delete=models.CASCADE, related_name="walks")
    path = models.JSONField(default=list, help_text='[{"step": id, "answer": number or null}], in order')
    result = models.CharField(max_length=80, blank=True, default="", help_text="id of the result that was reached")
    began_at = models.DateTimeField()

    class Meta:
        ordering = ["began_at"]
        constraints = [models.UniqueConstraint(fields=["enquiry", "version"], name="enquiries_guidewalk_once")]

    def __str__(self) -> str:
        return f"{self.enquiry_id}: {self.version_id}"


class CaseReference(models.Model):
    """A case in another system that the enquiry is about: the system's name at that time, and the number."""

    PERSONAL = ("number", "noted_by")
    IMPERSONAL = ("id", "enquiry", "system", "noted_at")

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="case_references")
    system = models.CharField(max_length=100)
    number = models.CharField(max_length=60)
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["noted_at"]
        constraints = [
            models.UniqueConstraint(fields=["enquiry", "system", "number"], name="enquiries_casereference_once")
        ]

    def __str__(self) -> str:
        return f"{self.enquiry_id}: {self.system}"


class Draft(models.Model):
    """The fields that an agent has typed but not registered; kept through reloads and sign-outs."""

    PERSONAL = ("person", "fields")
    IMPERSONAL = ("id", "enquiry", "updated_at", "revision")

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="drafts")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="drafts")
    fields = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enquiry", "person"], name="enquiries_draft_once")]

    def __str__(self) -> str:
        return f"{self.person}: {self.enquiry_id}"


class ReturnCall(models.Model):
    """A call owed to somebody who hung up in the queue, left a message, was promised a call, or did not answer the
    promised one. Closed with who and when."""

    PERSONAL = ("number", "recording", "done_by", "taken_by")
    IMPERSONAL = ("id", "enquiry", "kind", "queue", "created_at", "taken_at", "attempts", "done_at", "result")

    class Kind(models.TextChoices):
        ABANDONED = "abandoned", _("Lagde på i køen")
        MESSAGE = "message", _("Har indtalt en besked")
        CALLBACK = "callback", _("Er lovet at blive ringet op")
        NOT_REACHED = "not_reached", _("Ikke truffet, da vi ringede")

    class Result(models.TextChoices):
        REACHED = "reached", _("Talt med")
        GIVEN_UP = "given_up", _("Kunne ikke træffes")
        NOT_NEEDED = "not_needed", _("Ikke nødvendigt")
        QUEUED = "queued", _("Sat i kø til opkald")

    enquiry = models.OneToOneField(Enquiry, on_delete=models.CASCADE, related_name="return_call")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    number = models.CharField(max_length=30)
    queue = models.ForeignKey(Queue, null=True, blank=True, on_delete=models.PROTECT, related_name="return_calls")
    recording = models.BinaryField(null=True, blank=True, help_text="the spoken message, 8 kHz mono WAV")
    created_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    result = models.CharField(max_length=12, choices=Result.choices, blank=True, default="")

    class Meta:
        ordering = ["created_at"]
        indexes = [models.Index(fields=["queue", "created_at"], condition=Q(done_at__isnull=True), name="enq_to_ring")]

    def __str__(self) -> str:
        return f"{self.number} ({self.kind})"

    @property
    def trail_label(self) -> str:
        """The key of the return call without its number, because the audit trail keeps it for five years."""
        return f"Opkald {self.pk}"


class CallRecording(models.Model):
    """A recorded conversation, for a purpose that the caller has agreed to. It is deleted at `delete_at`, which was set
    when it began. `sound` comes when the conversation is over."""

    PERSONAL = ("agent", "sound")
    IMPERSONAL = ("id", "enquiry", "name", "purpose", "began_at", "ended_at", "seconds", "delete_at")

    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="recordings")
    name = models.CharField(max_length=100, unique=True, help_text="as the exchange knows it")
    purpose = models.ForeignKey(RecordingPurpose, on_delete=models.PROTECT, related_name="recordings")
    agent = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True, help_text="length of the sound, pauses left out")
    delete_at = models.DateTimeField()
    sound = models.BinaryField(null=True, blank=True, help_text="8 kHz mono WAV")

    class Meta:
        ordering = ["-began_at"]

    def __str__(self) -> str:
        return self.trail_label

    @property
    def trail_label(self) -> str:
        """Its number, because the audit trail keeps it for five years."""
        return f"Optagelse {self.pk}"
