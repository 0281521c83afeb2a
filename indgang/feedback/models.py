"""Questionnaires and their versions, rules for asking, invitations, responses, and who does not want to be asked."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, Dated, Service, Unit
from indgang.core.clock import day_of
from indgang.core.ids import uuid7
from indgang.enquiries.models import Channel, Enquiry
from indgang.entry.models import Queue
from indgang.feedback import follow_up_models as follow_ups  # noqa: F401  # Django finds models through this module
from indgang.feedback import scales
from indgang.feedback.studies import models as studies  # noqa: F401  # Django finds models through this module
from indgang.handover.models import Handover

#: pages of a visit that are kept with an answer on a page (001:2736)
MOST_VISITED = 10
LEVELS = ((1, _("Kontaktcentret")), (2, _("Fagenhederne")))


class SurveyKind(models.TextChoices):
    """What people are asked about, and with that where."""

    AFTER_CALL = "after_call", _("Efter et opkald")
    ARTICLE = "article", _("Sider med viden")
    SELF_SERVICE = "self_service", _("Selvbetjening")
    MAIL = "mail", _("Efter en mail")
    FORM = "form", _("Efter en formular")
    CHAT = "chat", _("Efter en chat")
    APPOINTMENT = "appointment", _("Efter et møde")
    SESSION = "session", _("Gruppe på nettet")


#: kinds that are asked on a page of the site, without an invitation
PAGE_KINDS = (SurveyKind.ARTICLE, SurveyKind.SELF_SERVICE)
#: kinds that rules ask about, by an invitation
ASKED_BY_RULE = (SurveyKind.AFTER_CALL, SurveyKind.MAIL, SurveyKind.FORM, SurveyKind.CHAT)


class Questionnaire(models.Model):
    """A set of questions of one kind, in versions."""

    PERSONAL = ()
    IMPERSONAL = ("id", "code", "kind", "name", "name_en")

    code = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=15, choices=SurveyKind.choices)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        ordering = ["kind", "code"]

    def __str__(self) -> str:
        return (self.name_en if get_language() == "en" else "") or self.name


class QuestionnaireVersionQuerySet(models.QuerySet["QuestionnaireVersion"]):
    def in_use(self, day: date) -> Self:
        """The published versions that hold on the day: the latest of each questionnaire."""
        held = self.filter(published_at__isnull=False, valid_from__lte=day)
        return held.order_by("questionnaire_id", "-valid_from", "-number").distinct("questionnaire_id")


class QuestionnaireVersion(models.Model):
    """The questions as they are asked from a day. What is published never changes; `revision` is for drafts."""

    PERSONAL = ("published_by",)
    IMPERSONAL = (
        "id", "questionnaire", "number", "valid_from", "published_at", "deadline_hours", "opening", "opening_en",
        "closing", "closing_en", "revision",
    )  # fmt: skip

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    valid_from = models.DateField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    deadline_hours = models.PositiveSmallIntegerField(default=72, help_text="answers count for so long")
    opening = models.TextField(blank=True, default="", help_text="said or shown before the questions")
    opening_en = models.TextField(blank=True, default="")
    closing = models.TextField(blank=True, default="", help_text="said or shown after them")
    closing_en = models.TextField(blank=True, default="")
    revision = models.PositiveIntegerField(default=0)

    objects = QuestionnaireVersionQuerySet.as_manager()

    class Meta:
        ordering = ["questionnaire", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "number"], name="feedback_questionnaireversion_number"),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(valid_from__isnull=False),
                name="feedback_questionnaireversion_from_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire} v{self.number}"

    def opening_in(self, language: str) -> str:
        return (self.opening_en if language == "en" else "") or self.opening

    def closing_in(self, language: str) -> str:
        return (self.closing_en if language == "en" else "") or self.closing


class SurveyQuestionQuerySet(models.QuerySet["SurveyQuestion"]):
    def asked_at(self, level: int) -> Self:
        """What people are asked about their conversation at this level, in order."""
        return self.filter(Q(level=None) | Q(level=level)).order_by("position")


class SurveyQuestion(models.Model):
    """One question of a version. `level` is the only level it is asked at; None: both."""

    class Indicator(models.TextChoices):
        """What it measures: the figure it counts in, whatever its words are."""

        SATISFACTION = "satisfaction", _("Tilfredshed")
        COURTESY = "courtesy", _("Imødekommenhed")
        WAITING = "waiting", _("Ventetid")
        RESOLUTION = "resolution", _("Afklaring")
        NAVIGATION = "navigation", _("At finde rundt")
        INFORMATION = "information", _("At finde oplysninger")
        LANGUAGE = "language", _("Sprog")
        USABILITY = "usability", _("Brugervenlighed")
        PREPARATION = "preparation", _("At vide, hvad det kræver")
        OPEN = "open", _("Med egne ord")

    class AskedOn(models.TextChoices):
        """As `scales.Scale`."""

        KEYS_1_9 = scales.Scale.KEYS_1_9.value, _("Tasterne 1 til 9")
        WEB_1_10 = scales.Scale.WEB_1_10.value, _("1 til 10")
        OPEN = scales.Scale.OPEN.value, _("Egne ord")

    PERSONAL = ()
    IMPERSONAL = ("id", "version", "position", "indicator", "scale", "level", "text_da", "text_en")

    version = models.ForeignKey(QuestionnaireVersion, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(help_text="from 1; answers name the question by it")
    indicator = models.CharField(max_length=15, choices=Indicator.choices)
    scale = models.CharField(max_length=10, choices=AskedOn.choices)
    level = models.PositiveSmallIntegerField(null=True, blank=True, choices=LEVELS)
    text_da = models.CharField(max_length=300)
    text_en = models.CharField(max_length=300, blank=True, default="")

    objects = SurveyQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="feedback_surveyquestion_position"),
            models.UniqueConstraint(
                fields=["version", "indicator", "level"], condition=~Q(indicator="open"), nulls_distinct=False,
                name="feedback_surveyquestion_once",
            ),
            models.CheckConstraint(
                condition=Q(indicator="open", scale="open") | (~Q(indicator="open") & ~Q(scale="open")),
                name="feedback_surveyquestion_open_is_text",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.text_da

    def text_in(self, language: str) -> str:
        return (self.text_en if language == "en" else "") or self.text_da

    @property
    def is_rated(self) -> bool:
        return scales.is_rated(self.scale)


class AskingRule(Dated):
    """Who is asked, how, and when. Of several that fit, the one that names most (service, unit, centre) holds.

    `share` is per cent of those who may be asked. `way` in_turn goes through `turn` from one time a person is asked to
    the next. Nobody is asked outside `asks_from` to `asks_until`, nor anew within `quarantine_days`, on any channel.
    """

    class Way(models.TextChoices):
        ROBOT = "robot", _("Opkald fra telefonrobot")
        END_OF_CALL = "end_of_call", _("Sidst i opkaldet")
        SMS = "sms", _("Link på SMS")
        MAIL = "mail", _("Link på mail")
        PAGE = "page", _("På siden, når chatten er slut")
        IN_TURN = "in_turn", _("Skiftevis")

    PERSONAL = ()
    IMPERSONAL = (
        "id", "valid_from", "valid_to", "questionnaire", "centre", "service", "unit", "level", "way", "turn", "share",
        "delay_minutes", "asks_from", "asks_until", "attempts", "pause_minutes", "quarantine_days", "announced",
        "revision",
    )  # fmt: skip

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="rules")
    centre = models.ForeignKey(ContactCentre, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(null=True, blank=True, choices=LEVELS, help_text="empty: both")
    way = models.CharField(max_length=12, choices=Way.choices, default=Way.ROBOT)
    turn = ArrayField(models.CharField(max_length=12), default=list, blank=True, help_text="ways, for in_turn")
    share = models.PositiveSmallIntegerField(default=100, validators=[MaxValueValidator(100)], help_text="per cent")
    delay_minutes = models.PositiveSmallIntegerField(default=5)
    asks_from = models.TimeField(default=time(9))
    asks_until = models.TimeField(default=time(20))
    attempts = models.PositiveSmallIntegerField(default=2)
    pause_minutes = models.PositiveSmallIntegerField(default=60, help_text="between two attempts")
    quarantine_days = models.PositiveSmallIntegerField(default=30)
    announced = models.BooleanField(default=True, help_text="callers are told before the conversation")
    revision = models.PositiveIntegerField(default=0)

    class Meta(Dated.Meta):
        ordering = ["questionnaire", "valid_from", "pk"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=Q(share__lte=100), name="feedback_askingrule_share"),
            models.CheckConstraint(
                condition=Q(asks_from__lt=models.F("asks_until")), name="feedback_askingrule_hours_forwards"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire}: {self.get_way_display()} {self.share} %"


class SurveyInvitationQuerySet(models.QuerySet["SurveyInvitation"]):
    def due(self, at: datetime) -> Self:
        """Those whose time to be asked has come, the earliest first."""
        return self.filter(state=SurveyInvitation.State.PLANNED, planned_at__lte=at).order_by("planned_at")

    def taking_answers(self, at: datetime) -> Self:
        """As `SurveyInvitation.takes_answers`."""
        return self.filter(state__in=SurveyInvitation.OPEN, due_at__gt=at)

    def asked(self) -> Self:
        """Those who were disturbed, or will be."""
        waiting = (SurveyInvitation.State.PLANNED, SurveyInvitation.State.ASKING)
        return self.filter(self.was_asked() | Q(state__in=waiting))

    @staticmethod
    def was_asked() -> Q:
        """Somebody was rung or written to, was shown the questions when the chat was over, or has answered."""
        answered = Q(state__in=SurveyInvitation.WITH_ANSWER)
        on_page = Q(way=AskingRule.Way.PAGE) & ~Q(state__in=SurveyInvitation.NEVER_ASKED)
        return Q(asked_at__isnull=False) | answered | on_page

    def with_names(self) -> Self:
        return self.select_related(
            "version__questionnaire", "rule", "enquiry", "service", "unit", "queue", "centre", "employee"
        )


class SurveyInvitation(models.Model):
    """One ended part of an enquiry (first or second level) about which somebody was to be asked, or was not and why.

    `part` names what it is about, so that nobody is asked twice. `address` (number or mail address) is emptied when
    it is over; the digests are keyed hashes (`addresses`) and say who is in quarantine. `events` counts its stream.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Skal spørges")
        ASKING = "asking", _("Bliver spurgt")
        ANSWERED = "answered", _("Har svaret")
        PARTLY = "partly", _("Har svaret på noget")
        NOT_REACHED = "not_reached", _("Ikke truffet")
        MACHINE = "machine", _("Telefonsvarer")
        REFUSED = "refused", _("Ville ikke svare")
        EXPIRED = "expired", _("Svarede ikke i tide")
        CANCELLED = "cancelled", _("Blev ikke spurgt alligevel")
        NOT_ASKED = "not_asked", _("Skulle ikke spørges")

    OPEN = (State.PLANNED, State.ASKING, State.PARTLY)
    NEVER_ASKED = (State.CANCELLED, State.NOT_ASKED)
    WITH_ANSWER = (State.ANSWERED, State.PARTLY)

    PERSONAL = ("token", "employee", "address", "address_digest", "party_digest")
    IMPERSONAL = (
        "id", "part", "version", "rule", "enquiry", "handover", "centre", "service", "unit", "queue", "channel",
        "level", "way", "language", "state", "reason", "part_ended_at", "wait_seconds", "planned_at", "due_at",
        "asked_at", "attempts", "ended_at", "events",
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    token = models.CharField(max_length=43, unique=True, null=True, help_text="opens the form; empty: not any more")
    part = models.CharField(max_length=60, unique=True)
    version = models.ForeignKey(QuestionnaireVersion, on_delete=models.PROTECT, related_name="invitations")
    rule = models.ForeignKey(AskingRule, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    enquiry = models.ForeignKey(Enquiry, null=True, blank=True, on_delete=models.PROTECT, related_name="invitations")
    handover = models.ForeignKey(Handover, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    centre = models.ForeignKey(ContactCentre, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    queue = models.ForeignKey(Queue, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    employee = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="whose part it is"
    )
    channel = models.CharField(max_length=10, blank=True, default="", choices=Channel.choices)
    level = models.PositiveSmallIntegerField(default=1, choices=LEVELS)
    way = models.CharField(max_length=12, blank=True, default="", choices=AskingRule.Way.choices)
    language = models.CharField(max_length=5, default="da")
    address = models.CharField(max_length=254, blank=True, default="")
    address_digest = models.CharField(max_length=64, blank=True, default="")
    party_digest = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(max_length=12, choices=State.choices, default=State.PLANNED)
    reason = models.CharField(max_length=20, blank=True, default="", help_text="sampling.WhyNot, or of the way")
    part_ended_at = models.DateTimeField()
    wait_seconds = models.FloatField(default=0)
    planned_at = models.DateTimeField(help_text="when to ask, or to try again")
    due_at = models.DateTimeField(help_text="answers count until then")
    asked_at = models.DateTimeField(null=True, blank=True, help_text="the first time")
    attempts = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    events = models.PositiveIntegerField(default=0)

    objects = SurveyInvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-part_ended_at"]
        indexes = [
            models.Index(fields=["planned_at"], condition=Q(state="planned"), name="feedback_inv_planned"),
            models.Index(fields=["due_at"], condition=Q(state__in=["planned", "asking", "partly"]),
                         name="feedback_inv_open"),
            models.Index(fields=["part_ended_at"]),
            models.Index(fields=["address_digest"], condition=~Q(address_digest=""), name="feedback_inv_address"),
            models.Index(fields=["party_digest"], condition=~Q(party_digest=""), name="feedback_inv_party"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.part}: {self.state}"

    def takes_answers(self, at: datetime) -> bool:
        """Whether what its person answers now counts: it is not complete, not too late, and they may be asked."""
        return self.state in self.OPEN and at < self.due_at


class Response(models.Model):
    """What one person answered: to an invitation, or on a page. Kept without who they are.

    `key` is of the form that was sent, so that sending it twice counts once. `visited` are the first pages of the
    visit (paths without query).
    """

    PERSONAL = ("employee",)
    IMPERSONAL = (
        "id", "key", "version", "invitation", "kind", "level", "centre", "service", "unit", "queue", "channel",
        "language", "page_kind", "page_ref", "page_version", "visited", "answered_at", "complete", "events",
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=64, blank=True, default="")
    version = models.ForeignKey(QuestionnaireVersion, on_delete=models.PROTECT, related_name="responses")
    invitation = models.OneToOneField(
        SurveyInvitation, null=True, blank=True, on_delete=models.PROTECT, related_name="response"
    )
    kind = models.CharField(max_length=15, choices=SurveyKind.choices)
    level = models.PositiveSmallIntegerField(null=True, blank=True, choices=LEVELS, help_text="empty: a page")
    centre = models.ForeignKey(ContactCentre, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    queue = models.ForeignKey(Queue, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    employee = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    channel = models.CharField(max_length=10, blank=True, default="", choices=Channel.choices)
    language = models.CharField(max_length=5, default="da")
    page_kind = models.CharField(max_length=20, blank=True, default="")
    page_ref = models.CharField(max_length=300, blank=True, default="")
    page_version = models.CharField(max_length=40, blank=True, default="")
    visited = ArrayField(models.CharField(max_length=300), default=list, blank=True, size=MOST_VISITED)
    answered_at = models.DateTimeField()
    complete = models.BooleanField(default=False, help_text="they came to the end")
    events = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-answered_at"]
        indexes = [
            models.Index(fields=["answered_at"]),
            models.Index(fields=["employee", "answered_at"], condition=Q(employee__isnull=False),
                         name="feedback_response_employee"),
            models.Index(fields=["page_kind", "page_ref", "answered_at"], condition=~Q(page_kind=""),
                         name="feedback_response_page"),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="feedback_response_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.answered_at:%d.%m.%Y %H:%M}"


class Rating(models.Model):
    """One answer with a number, on the scale of its question."""

    PERSONAL = ()
    IMPERSONAL = ("id", "response", "question", "value")

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="ratings")
    question = models.ForeignKey(SurveyQuestion, on_delete=models.PROTECT, related_name="ratings")
    value = models.SmallIntegerField()

    class Meta:
        ordering = ["response", "question__position"]
        constraints = [models.UniqueConstraint(fields=["response", "question"], name="feedback_rating_once")]

    def __str__(self) -> str:
        return str(self.value)

    @property
    def index(self) -> float:
        return scales.index(self.question.scale, self.value)


class Comment(models.Model):
    """What somebody said in their own words, masked."""

    PERSONAL = ("text",)
    IMPERSONAL = ("id", "response", "question", "at")

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="comments")
    question = models.ForeignKey(SurveyQuestion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["at"]),
            GinIndex(SearchVector("text", config="danish"), name="feedback_comment_words"),
        ]

    def __str__(self) -> str:
        return f"{self.response_id} {self.at:%d.%m.%Y}"


class SpokenCommentManager(models.Manager["SpokenComment"]):
    def get_queryset(self) -> models.QuerySet[SpokenComment]:
        return super().get_queryset().defer("sound")


class SpokenCommentQuerySet(models.QuerySet["SpokenComment"]):
    def to_write(self) -> Self:
        """Those that somebody is to write down, the oldest first."""
        return self.filter(state=SpokenComment.State.TO_WRITE).order_by("at", "pk")

    def with_names(self) -> Self:
        return self.select_related(
            "response__centre", "response__unit", "response__service", "response__queue", "response__employee",
            "question", "settled_by", "comment",
        )  # fmt: skip


class SpokenComment(models.Model):
    """What somebody said after the questions of a robot call. A person hears it and writes it down: then it is a
    `Comment` like others. `delete_at` is the date that was promised before they spoke.

    The sound is not read with the row. `draft` is what a program has heard, masked, and is a proposal only.
    """

    class State(models.TextChoices):
        TO_WRITE = "to_write", _("Skal skrives ned")
        WRITTEN = "written", _("Skrevet ned")
        UNUSABLE = "unusable", _("Kan ikke bruges")
        EXPIRED = "expired", _("Slettet, før den blev skrevet ned")

    PERSONAL = ("sound", "draft", "settled_by")
    IMPERSONAL = (
        "id", "response", "question", "call", "at", "seconds", "delete_at", "state", "transcribed_at", "settled_at",
        "comment",
    )  # fmt: skip

    response = models.OneToOneField(Response, on_delete=models.CASCADE, related_name="spoken")
    question = models.ForeignKey(SurveyQuestion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    call = models.UUIDField(unique=True, help_text="the robot call")
    at = models.DateTimeField()
    seconds = models.FloatField()
    sound = models.BinaryField(null=True, blank=True, help_text="WAV; empty: deleted")
    delete_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.TO_WRITE)
    draft = models.TextField(blank=True, default="")
    transcribed_at = models.DateTimeField(null=True, blank=True, help_text="when a program has tried")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    comment = models.OneToOneField(
        Comment, null=True, blank=True, on_delete=models.SET_NULL, related_name="spoken", help_text="as written down"
    )

    objects = SpokenCommentManager.from_queryset(SpokenCommentQuerySet)()

    class Meta:
        ordering = ["-at"]
        base_manager_name = "objects"
        indexes = [
            models.Index(fields=["at"], condition=Q(state="to_write"), name="feedback_spoken_to_write"),
            models.Index(fields=["delete_at"], name="feedback_spoken_until"),
        ]

    def __str__(self) -> str:
        return self.trail_label

    @property
    def trail_label(self) -> str:
        """Its number, because the audit trail keeps it for five years."""
        return f"Indtalt kommentar {self.pk}"

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.TO_WRITE


class OptOut(models.Model):
    """Somebody who does not want to be asked any more, as a keyed hash of their address or party."""

    class How(models.TextChoices):
        KEY = "key", _("Tast i telefonen")
        LINK = "link", _("Link")
        SAID = "said", _("Sagt til en medarbejder")

    PERSONAL = ("digest",)
    IMPERSONAL = ("id", "how", "at")

    digest = models.CharField(max_length=64, unique=True)
    how = models.CharField(max_length=10, choices=How.choices)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.how} {day_of(self.at):%d.%m.%Y}"

    @property
    def trail_label(self) -> str:
        """The day, because nobody can tell who it is."""
        return f"{day_of(self.at):%d.%m.%Y}"


class PageForm(models.Model):
    """Whether the pages of a kind that a unit and those below it own ask their readers. The nearest unit's row holds.

    `with_visit`: the first pages of the visit come with an answer.
    """

    PERSONAL = ()
    IMPERSONAL = ("id", "kind", "unit", "on", "with_visit", "changed_at")

    kind = models.CharField(max_length=15, choices=[(each.value, each.label) for each in PAGE_KINDS])
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="page_forms")
    on = models.BooleanField(default=False)
    with_visit = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["unit__path", "kind"]
        constraints = [models.UniqueConstraint(fields=["kind", "unit"], name="feedback_pageform_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.unit}"


class EarlierResult(models.Model):
    """A result of an earlier measurement (smileys at the door, straksmåling, a survey): a mean on its own scale.

    Only the mean and the number are known, so it has no interval, and stands beside our own results, never in them.
    """

    class MeasuredOn(models.TextChoices):
        """As `scales.Scale`."""

        KEYS_1_9 = scales.Scale.KEYS_1_9.value, _("1 til 9")
        WEB_1_10 = scales.Scale.WEB_1_10.value, _("1 til 10")
        SMILEYS_1_4 = scales.Scale.SMILEYS_1_4.value, _("Fire smileyer")
        SMILEYS_1_5 = scales.Scale.SMILEYS_1_5.value, _("Fem smileyer")
        GRADES_1_7 = scales.Scale.GRADES_1_7.value, _("1 til 7")
        PERCENT = scales.Scale.PERCENT.value, _("0 til 100")

    PERSONAL = ("imported_by",)
    IMPERSONAL = (
        "id", "series", "scale", "first_day", "last_day", "indicator", "unit", "answers", "mean", "imported_at",
    )  # fmt: skip

    series = models.CharField(max_length=100)
    scale = models.CharField(max_length=12, choices=MeasuredOn.choices)
    first_day = models.DateField()
    last_day = models.DateField()
    indicator = models.CharField(max_length=15, choices=SurveyQuestion.Indicator.choices)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answers = models.PositiveIntegerField()
    mean = models.DecimalField(max_digits=6, decimal_places=2, help_text="on its own scale")
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["series", "first_day", "indicator"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "first_day", "last_day", "indicator", "unit"], nulls_distinct=False,
                name="feedback_earlierresult_once",
            ),
            models.CheckConstraint(
                condition=Q(last_day__gte=models.F("first_day")), name="feedback_earlierresult_forwards"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.series} {self.first_day:%d.%m.%Y} {self.indicator}"

    @property
    def index(self) -> float:
        return scales.index(self.scale, float(self.mean))
