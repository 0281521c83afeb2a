"""Follow-ups of low scores and comments with their rules and causes, tags of comments, and improvements."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, Dated, Service, Unit

#: characters of what was done, and of an improvement
LONGEST = 4_000
#: index points at or below which an answer is low, where no rule says otherwise
LOW_INDEX = 50
WORKING_DAYS = 5


class FollowUpRule(models.Model):
    """What opens a follow-up of a questionnaire's answers. Without a row the defaults hold."""

    PERSONAL = ()
    IMPERSONAL = ("id", "questionnaire", "on_score", "low_index", "on_comment", "working_days")

    questionnaire = models.OneToOneField(
        "feedback.Questionnaire", on_delete=models.CASCADE, related_name="follow_up_rule"
    )
    on_score = models.BooleanField(default=True)
    low_index = models.PositiveSmallIntegerField(
        default=LOW_INDEX, validators=[MaxValueValidator(100)], help_text="0 to 100; at or below it is low"
    )
    on_comment = models.BooleanField(default=True)
    working_days = models.PositiveSmallIntegerField(
        default=WORKING_DAYS, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )

    def __str__(self) -> str:
        return str(self.questionnaire)


class FollowUpCause(Dated):
    """A cause that the follow-ups of a centre name. It is ended, never deleted."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "centre", "name", "name_en")

    centre = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="follow_up_causes")
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True, default="")

    class Meta(Dated.Meta):
        ordering = ["centre", "name"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(fields=["centre", "name"], name="feedback_followupcause_name"),
        ]

    def __str__(self) -> str:
        return (self.name_en if get_language() == "en" else "") or self.name


class FollowUp(models.Model):
    """What is done about one response. `unit` is the one whose head has it; None: the team leaders of `centre`.

    `centre` is also whose causes and opening hours count. `phone` is kept with the person's consent until it is closed.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Venter")
        IN_HAND = "in_hand", _("I gang")
        DONE = "followed_up", _("Fulgt op")

    class Reason(models.TextChoices):
        SCORE = "score", _("Lav vurdering")
        COMMENT = "comment", _("Kommentar")
        CALL_BACK = "call_back", _("Vil ringes op")

    PERSONAL = ("owner", "closed_by", "done", "phone")
    IMPERSONAL = (
        "id", "response", "centre", "unit", "reasons", "index", "state", "opened_at", "due_at", "taken_at", "cause",
        "called", "closed_at", "consented_at", "told_at",
    )  # fmt: skip

    response = models.OneToOneField("feedback.Response", on_delete=models.PROTECT, related_name="follow_up")
    centre = models.ForeignKey(ContactCentre, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reasons = ArrayField(models.CharField(max_length=10, choices=Reason.choices), default=list)
    index = models.FloatField(null=True, blank=True, help_text="0 to 100, by which it was judged")
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True, help_text="whoever can take it has been told by mail")
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    cause = models.ForeignKey(FollowUpCause, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    done = models.TextField(blank=True, default="", max_length=LONGEST)
    phone = models.CharField(max_length=30, blank=True, default="", help_text="E.164; empty: no consent, or closed")
    consented_at = models.DateTimeField(null=True, blank=True)
    called = models.BooleanField(default=False, help_text="the person was called back")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(closed_at=None), name="feedback_followup_open"),
            models.Index(fields=["opened_at"], name="feedback_followup_opened"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(phone="") | Q(consented_at__isnull=False, closed_at=None), name="feedback_followup_phone"
            ),
        ]

    def __str__(self) -> str:
        return f"{_('Opfølgning')} {self.pk}"

    @property
    def reason_words(self) -> list[str]:
        return [str(self.Reason(each).label) for each in self.reasons]


class CommentTag(models.Model):
    """A service that a comment is about: proposed by its words, until a person confirms or rejects it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Foreslået")
        CONFIRMED = "confirmed", _("Bekræftet")
        REJECTED = "rejected", _("Afvist")

    PERSONAL = ("decided_by",)
    IMPERSONAL = ("id", "comment", "service", "state", "decided_at")

    comment = models.ForeignKey("feedback.Comment", on_delete=models.CASCADE, related_name="tags")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["comment", "service"], name="feedback_commenttag_once")]

    def __str__(self) -> str:
        return str(self.service)


class ImprovementItem(models.Model):
    """Something to do better: at once, or when the head of its unit approves (001:5284). Its kind never changes."""

    class Kind(models.TextChoices):
        JUST_DO_IT = "just_do_it", _("Gør det bare")
        NEEDS_APPROVAL = "needs_approval", _("Kræver godkendelse af enhedens leder")

    class State(models.TextChoices):
        SUGGESTED = "suggested", _("Venter på godkendelse")
        UNDER_WAY = "under_way", _("På vej")
        CARRIED_OUT = "carried_out", _("Gennemført")
        TURNED_DOWN = "turned_down", _("Afvist")
        DROPPED = "dropped", _("Opgivet")

    OPEN = (State.SUGGESTED, State.UNDER_WAY)

    PERSONAL = ("owner", "created_by", "decided_by")
    IMPERSONAL = (
        "id", "title", "text", "kind", "state", "unit", "service", "follow_up", "created_at", "decided_at", "decision",
        "target_day", "works_from",
    )  # fmt: skip

    title = models.CharField(max_length=200)
    text = models.TextField(blank=True, default="", max_length=LONGEST)
    kind = models.CharField(max_length=15, choices=Kind.choices)
    state = models.CharField(max_length=12, choices=State.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    follow_up = models.ForeignKey(FollowUp, null=True, blank=True, on_delete=models.SET_NULL, related_name="items")
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.TextField(blank=True, default="", max_length=LONGEST, help_text="why, in the decider's words")
    target_day = models.DateField(null=True, blank=True)
    works_from = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="carried_out") | Q(works_from__isnull=False), name="feedback_improvementitem_day"
            ),
            models.CheckConstraint(
                condition=~Q(kind="needs_approval", state__in=["under_way", "carried_out"])
                | Q(decided_at__isnull=False),
                name="feedback_improvementitem_approved",
            ),
        ]

    def __str__(self) -> str:
        return self.title
