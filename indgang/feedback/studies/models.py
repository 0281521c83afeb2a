"""Studies of packages 2 to 4: plan, team, participants, results, recommendations, and crowdsourcing sessions."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.catalogue.models import Service, Unit
from indgang.core.clock import day_of

#: characters of an answer, a finding or a recommendation
LONGEST = 5_000
#: stored as how consent was given by whoever takes part in a session
GIVEN_ON_THE_PAGE = "på siden"


class PackageDecision(models.Model):
    """What the owner of a service decided about its packages. The latest holds; earlier ones stay."""

    PERSONAL = ("decided_by",)
    IMPERSONAL = (
        "id", "service", "interviews", "user_tests", "is_critical", "is_most_important", "times_a_year", "reason",
        "decided_at",
    )  # fmt: skip

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="package_decisions")
    interviews = models.BooleanField(default=False)
    user_tests = models.BooleanField(default=False)
    is_critical = models.BooleanField(default=False)
    is_most_important = models.BooleanField(default=False)
    times_a_year = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(2)],
        help_text="interviews",
    )
    reason = models.CharField(max_length=500)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["-decided_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.service} {day_of(self.decided_at):%d.%m.%Y}"


class Study(models.Model):
    """One study. Its times say how far it has come; `StudyStep` holds who took it there."""

    class Kind(models.TextChoices):
        INTERVIEW = "interview", _("Interview om brugerrejsen")
        USER_TEST = "user_test", _("Brugertest")
        CROWDSOURCING = "crowdsourcing", _("Crowdsourcing")

    class Size(models.TextChoices):
        THREE_DAYS = "three_days", _("Tre dage")
        WEEK = "week", _("En uge")
        THREE_WEEKS = "three_weeks", _("Tre uger")

    class State(models.TextChoices):
        PLANNED = "planned", _("Planlagt")
        RUNNING = "running", _("I gang")
        REPORTED = "reported", _("Fremlagt")
        DECIDED = "decided", _("Besluttet")
        CLOSED = "closed", _("Fulgt op")
        CANCELLED = "cancelled", _("Aflyst")

    PERSONAL = ("created_by", "decided_by")
    IMPERSONAL = (
        "id", "kind", "title", "service", "unit", "sprint", "target_group", "plan", "starts_on", "ends_on", "state",
        "created_at", "reported_at", "decided_at", "decision", "session_began_at", "session_ended_at",
    )  # fmt: skip

    kind = models.CharField(max_length=20, choices=Kind.choices)
    title = models.CharField(max_length=200)
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="studies")
    #: whose owner decides what happens with the recommendations
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    sprint = models.CharField(max_length=20, choices=Size.choices, blank=True, default="")
    target_group = models.CharField(max_length=200, blank=True, default="")
    plan = models.TextField(max_length=LONGEST, blank=True, default="")
    starts_on = models.DateField()
    ends_on = models.DateField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.PLANNED)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    reported_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.TextField(max_length=LONGEST, blank=True, default="")
    session_began_at = models.DateTimeField(null=True, blank=True)
    session_ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="feedback_study_forwards")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.CLOSED, self.State.CANCELLED)


class StudyStep(models.Model):
    """A state that a study came to: when, by whom, and what was said. The first is the plan."""

    PERSONAL = ("taken_by",)
    IMPERSONAL = ("id", "study", "state", "at", "remark")

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="steps")
    state = models.CharField(max_length=20, choices=Study.State.choices)
    at = models.DateTimeField()
    taken_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    remark = models.TextField(max_length=LONGEST, blank=True, default="")

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.study}: {self.get_state_display()}"


class StudyMember(models.Model):
    """A colleague in the team of a study."""

    class Role(models.TextChoices):
        """Source R-218, R-204."""

        SPRINT_LEADER = "sprint_leader", _("Sprintleder")
        TEST_LEADER = "test_leader", _("Testleder")
        SESSION_LEADER = "session_leader", _("Sessionsleder")
        FACILITATOR = "facilitator", _("Facilitator")
        WEB_PROFILE = "web_profile", _("Webprofil")
        BUSINESS = "business", _("Deltager fra forretningen")

    PERSONAL = ("person",)
    IMPERSONAL = ("id", "study", "role")

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="team")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["study", "person"], name="feedback_studymember_once")]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}"


class StudyParticipant(models.Model):
    """A user who takes part. Name and address are optional; the row is deleted at `delete_at`.

    `number` is how results name the participant. `link` makes the participant's personal link; a new one ends the old.
    """

    PERSONAL = ("name", "organisation", "email", "phone", "consent", "link")
    IMPERSONAL = ("id", "study", "number", "target_group", "consented_at", "delete_at", "joined_at", "mailed_at")

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="participants")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=100, blank=True, default="")
    organisation = models.CharField(max_length=200, blank=True, default="")
    email = models.CharField(max_length=254, blank=True, default="")
    phone = models.CharField(max_length=20, blank=True, default="")
    target_group = models.CharField(max_length=200, blank=True, default="")
    consent = models.CharField(max_length=300, blank=True, default="", help_text="how it was given")
    consented_at = models.DateTimeField(null=True, blank=True)
    delete_at = models.DateTimeField()
    link = models.CharField(max_length=40, blank=True, default="")
    mailed_at = models.DateTimeField(null=True, blank=True)
    joined_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["study", "number"], name="feedback_studyparticipant_once")]

    def __str__(self) -> str:
        return self.name or self.trail_label

    @property
    def consent_in_words(self) -> str:
        """How it was given: as somebody wrote it down, or on the page of the session."""
        return str(_("på siden")) if self.consent == GIVEN_ON_THE_PAGE else self.consent

    @property
    def trail_label(self) -> str:
        return str(_("Deltager %(number)s")) % {"number": self.number}


class StudyFinding(models.Model):
    """Something that the study found, under one of the three questions of its package."""

    class Topic(models.TextChoices):
        """Sources 001:5330-5332, 001:5406-5408, 001:5532-5534."""

        NEEDS = "needs", _("Behov")
        EXPERIENCES = "experiences", _("Oplevelser")
        CHALLENGES = "challenges", _("Udfordringer")
        UNDERSTANDING = "understanding", _("Forståelse")
        ERRORS = "errors", _("Fejl")
        SATISFACTION = "satisfaction", _("Tilfredshed")
        INTEREST = "interest", _("Interesse")
        ATTITUDES = "attitudes", _("Holdninger")
        IDEAS = "ideas", _("Ideer")

    class Severity(models.TextChoices):
        GOOD = "good", _("Fungerer godt")
        MINOR = "minor", _("Mindre problem")
        SERIOUS = "serious", _("Alvorligt problem")
        CRITICAL = "critical", _("Kritisk fejl")

    PERSONAL = ()
    IMPERSONAL = ("id", "study", "topic", "severity", "seen_by_many", "text")

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="findings")
    topic = models.CharField(max_length=20, choices=Topic.choices)
    severity = models.CharField(max_length=20, choices=Severity.choices)
    seen_by_many = models.PositiveSmallIntegerField(default=1, help_text="participants")
    text = models.TextField(max_length=LONGEST)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:80]


class TestTask(models.Model):
    """A task that the users of a user test are to carry out."""

    __test__ = False  # no test of ours

    PERSONAL = ()
    IMPERSONAL = ("id", "study", "text")

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="tasks")
    text = models.CharField(max_length=500)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:80]


class TestOutcome(models.Model):
    """How one participant carried out one task: understanding, errors, satisfaction (R-206)."""

    __test__ = False

    class Completed(models.TextChoices):
        YES = "yes", _("Ja")
        WITH_HELP = "with_help", _("Med hjælp")
        NO = "no", _("Nej")

    PERSONAL = ()
    IMPERSONAL = ("id", "task", "tester", "completed", "critical_errors", "other_errors", "satisfaction")

    task = models.ForeignKey(TestTask, on_delete=models.CASCADE, related_name="outcomes")
    #: the number of the participant: the result outlives the row of the person
    tester = models.PositiveSmallIntegerField()
    completed = models.CharField(max_length=20, choices=Completed.choices)
    critical_errors = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(99)])
    other_errors = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(99)])
    satisfaction = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])

    class Meta:
        ordering = ["task", "tester"]
        constraints = [models.UniqueConstraint(fields=["task", "tester"], name="feedback_testoutcome_once")]

    def __str__(self) -> str:
        return f"{self.task} {self.tester}"


class StudyRecommendation(models.Model):
    """What the study recommends, what was decided about it, and what came of it."""

    class Way(models.TextChoices):
        """Source R-211."""

        JUST_DO_IT = "just_do_it", _("Gør det bare")
        PROJECT = "project", _("Projekt, som enhedens leder godkender")

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", _("Skal gennemføres")
        REJECTED = "rejected", _("Skal ikke gennemføres")

    PERSONAL = ("responsible", "decided_by")
    IMPERSONAL = (
        "id", "study", "text", "way", "due_on", "verdict", "decided_at", "because", "done_on", "measured",
        "measured_before", "measured_after", "result",
    )  # fmt: skip

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="recommendations")
    text = models.TextField(max_length=LONGEST)
    way = models.CharField(max_length=20, choices=Way.choices)
    responsible = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    verdict = models.CharField(max_length=20, choices=Verdict.choices, blank=True, default="")
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    because = models.CharField(max_length=500, blank=True, default="")
    done_on = models.DateField(null=True, blank=True)
    #: what was measured, and its value before and after the change
    measured = models.CharField(max_length=200, blank=True, default="")
    measured_before = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    measured_after = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    result = models.TextField(max_length=LONGEST, blank=True, default="")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def effect(self) -> Decimal | None:
        """After less before; None when one of them was not measured."""
        before, after = self.measured_before, self.measured_after
        return None if before is None or after is None else after - before


class FeedbackEvaluation(models.Model):
    """What the value of the feedback was found to be, six to nine months after its beginning (R-212)."""

    PERSONAL = ("evaluated_by",)
    IMPERSONAL = ("id", "evaluated_on", "text", "goes_on")

    evaluated_on = models.DateField()
    text = models.TextField(max_length=LONGEST)
    goes_on = models.BooleanField(default=True)
    evaluated_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-evaluated_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.evaluated_on:%d.%m.%Y}"


class CrowdQuestion(models.Model):
    """A question of a session: from the guide, or added on the way. The timer of `seconds` closes nothing: a leader
    does."""

    class Form(models.TextChoices):
        OPEN = "open", _("Åbent spørgsmål")
        POLL = "poll", _("Afstemning")

    PERSONAL = ()
    IMPERSONAL = ("id", "study", "position", "form", "text", "options", "seconds", "is_added", "opened_at", "closed_at")

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="crowd_questions")
    position = models.PositiveSmallIntegerField()
    form = models.CharField(max_length=10, choices=Form.choices)
    text = models.CharField(max_length=500)
    options = models.JSONField(default=list, blank=True)
    seconds = models.PositiveSmallIntegerField(validators=[MinValueValidator(10), MaxValueValidator(1_800)])
    is_added = models.BooleanField(default=False)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["study", "position"], name="feedback_crowdquestion_place")]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None and self.closed_at is None


class CrowdAnswer(models.Model):
    """What a participant answered. `is_late`: it came after the question had been closed."""

    PERSONAL = ("participant", "text", "digest")
    IMPERSONAL = ("id", "asked", "option", "at", "is_late")

    asked = models.ForeignKey(CrowdQuestion, on_delete=models.CASCADE, related_name="answers")
    participant = models.ForeignKey(StudyParticipant, null=True, on_delete=models.SET_NULL, related_name="answers")
    text = models.TextField(max_length=LONGEST, blank=True, default="")
    option = models.PositiveSmallIntegerField(null=True, blank=True)
    at = models.DateTimeField()
    is_late = models.BooleanField(default=False)
    #: of the words of an open answer, so that the same answer of one participant counts once; empty for a poll
    digest = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["asked", "participant", "digest"], name="feedback_crowdanswer_once")
        ]

    def __str__(self) -> str:
        return f"{self.asked_id}/{self.pk}"


class CrowdRating(models.Model):
    """How much one participant agrees with the answer of another, from 1 to 5."""

    PERSONAL = ("participant",)
    IMPERSONAL = ("id", "answer", "value")

    answer = models.ForeignKey(CrowdAnswer, on_delete=models.CASCADE, related_name="ratings")
    participant = models.ForeignKey(StudyParticipant, null=True, on_delete=models.SET_NULL, related_name="+")
    value = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["answer", "participant"], name="feedback_crowdrating_once")]

    def __str__(self) -> str:
        return f"{self.answer_id}: {self.value}"
