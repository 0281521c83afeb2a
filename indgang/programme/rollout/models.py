"""A rollout plan: its stages with their services, activities, milestones, risks, and who is told what.

Days follow from the grant and the go-lives (`timing`) until somebody chooses another; a change says why (audit trail).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, Service, Unit
from indgang.feedback.models import EarlierResult
from indgang.planning.models import MovedService
from indgang.programme.rollout.judging import HIGHEST, LOWEST, ActivityProgress
from indgang.programme.rollout.moved_volume import MovedPart
from indgang.programme.rollout.readiness import ReadinessPoint

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

#: stages of a plan, and months before or after a stage
MOST_STAGES, MOST_MONTHS = 9, 60
_MONTHS = [MinValueValidator(-MOST_MONTHS), MaxValueValidator(MOST_MONTHS)]
_SCALE = [MinValueValidator(LOWEST), MaxValueValidator(HIGHEST)]
#: letters of a long text
LONGEST = 5_000


class RolloutTrack(models.TextChoices):
    """The four tracks; source 001:2134-2175."""

    PROCESSES = "processes", _("Processer")
    SYSTEMS = "systems", _("Systemer")
    CAPABILITIES = "capabilities", _("Kapabiliteter")
    ORGANISATION = "organisation", _("Organisation")


class RolloutChange(models.TextChoices):
    """The larger change that an activity belongs to; source 001:2346, 2476 and 2614."""

    CENTRE = "centre", _("Kontaktcenter")
    WEBSITE = "website", _("Hjemmeside")
    FEEDBACK = "feedback", _("Feedback")
    OTHER = "other", _("Andet")


class RolloutPlan(models.Model):
    """How a centre takes over services. It starts on the day of the grant."""

    PERSONAL = ("created_by",)
    IMPERSONAL = ("id", "name", "centre", "granted_on", "created_at", "closed_at")

    name = models.CharField(max_length=200)
    centre = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="rollout_plans")
    granted_on = models.DateField()
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        stages: RelatedManager[RolloutStage]
        services: RelatedManager[RolloutService]
        moves: RelatedManager[RolloutMove]
        activities: RelatedManager[RolloutActivity]
        milestones: RelatedManager[RolloutMilestone]
        reports: RelatedManager[QuarterReport]
        risks: RelatedManager[RolloutRisk]
        messages: RelatedManager[PlannedMessage]
        old_places: RelatedManager[OldNumberPlace]
        statements: RelatedManager[ReadinessStatement]

    class Meta:
        ordering = ["-granted_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["centre"], condition=Q(closed_at__isnull=True), name="programme_rollout_one_open"
            )
        ]

    def __str__(self) -> str:
        return self.name


class RolloutStage(models.Model):
    """Goes live `after_months` after the stage before it (the first: after the grant), or on `moved_to`. `live_on` is
    the day on which it did; `latest_months` say how late it may be."""

    PERSONAL = ()
    IMPERSONAL = ("id", "plan", "number", "name", "after_months", "latest_months", "moved_to", "live_on")

    plan = models.ForeignKey(RolloutPlan, on_delete=models.CASCADE, related_name="stages")
    number = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MOST_STAGES)])
    name = models.CharField(max_length=200)
    after_months = models.PositiveSmallIntegerField(validators=[MaxValueValidator(MOST_MONTHS)])
    latest_months = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(MOST_MONTHS)])
    moved_to = models.DateField(null=True, blank=True)
    live_on = models.DateField(null=True, blank=True)

    if TYPE_CHECKING:
        services: RelatedManager[RolloutService]

    class Meta:
        ordering = ["plan", "number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="programme_rollout_stage_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def all_switched_on(self) -> date | None:
        """The day on which the last of its services was switched; None until all are."""
        days = list(self.services.values_list("switched_on", flat=True))
        known = [each for each in days if each is not None]
        return max(known) if known and len(known) == len(days) else None


class RolloutService(models.Model):
    """A service that moves in a stage; in a plan once. `switched_on` is the day of its switch (`switchover`)."""

    PERSONAL = ()
    IMPERSONAL = ("id", "plan", "stage", "service", "switched_on")

    plan = models.ForeignKey(RolloutPlan, on_delete=models.CASCADE, related_name="services")
    stage = models.ForeignKey(RolloutStage, on_delete=models.CASCADE, related_name="services")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="rollouts")
    switched_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["stage", "service__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "service"], name="programme_rollout_service_once")]

    def __str__(self) -> str:
        return str(self.service)


class RolloutMove(models.Model):
    """A service of a plan that a planner has taken into the forecast of a queue, where it is `moved`: which of its
    enquiries count there, and how many percent of them are calls (None: as counted, else all). It goes when a planner
    removes `moved`, and stays when the service is taken out of the plan."""

    PERSONAL = ()
    IMPERSONAL = ("id", "plan", "service", "moved", "counts", "by_phone")

    class Counts(models.TextChoices):
        ALL = MovedPart.ALL.value, _("alle, undtagen dem, der bliver digitale")
        RESOLVED = MovedPart.RESOLVED.value, _("kun dem, kontaktcentret selv kan besvare")

    plan = models.ForeignKey(RolloutPlan, on_delete=models.CASCADE, related_name="moves")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    moved = models.OneToOneField(MovedService, on_delete=models.CASCADE, related_name="+")
    counts = models.CharField(max_length=10, choices=Counts.choices, default=Counts.ALL)
    by_phone = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)], help_text="percent"
    )

    class Meta:
        ordering = ["plan", "service__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "service"], name="programme_rollout_move_once")]

    def __str__(self) -> str:
        return str(self.moved)

    @property
    def phone_share(self) -> float | None:
        """From 0 to 1."""
        return None if self.by_phone is None else self.by_phone / 100


class RolloutActivity(models.Model):
    """Something to be done, from `from_months` after the stage `from_stage` (0: the grant) to `until_months` after
    `until_stage`, or on the chosen days `starts_on` and `ends_on`. `code` and `source` are those of the documents."""

    PERSONAL = ("person", "note")
    IMPERSONAL = (
        "id", "plan", "code", "track", "part_of", "title", "responsible", "progress", "from_stage", "from_months",
        "starts_on", "until_stage", "until_months", "ends_on", "done_on", "source",
    )  # fmt: skip

    class State(models.TextChoices):
        WAITING = ActivityProgress.WAITING.value, _("Ikke begyndt")
        RUNNING = ActivityProgress.RUNNING.value, _("I gang")
        DONE = ActivityProgress.DONE.value, _("Færdig")
        DROPPED = ActivityProgress.DROPPED.value, _("Opgivet")

    plan = models.ForeignKey(RolloutPlan, on_delete=models.CASCADE, related_name="activities")
    code = models.CharField(max_length=10, blank=True, default="")
    track = models.CharField(max_length=20, choices=RolloutTrack.choices)
    part_of = models.CharField(max_length=10, choices=RolloutChange.choices, default=RolloutChange.OTHER)
    title = models.CharField(max_length=300)
    responsible = models.CharField(max_length=200, blank=True, default="", help_text="the organisation")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    progress = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    from_stage = models.PositiveSmallIntegerField(null=True, blank=True)
    from_months = models.SmallIntegerField(default=0, validators=_MONTHS)
    starts_on = models.DateField(null=True, blank=True)
    until_stage = models.PositiveSmallIntegerField(null=True, blank=True)
    until_months = models.SmallIntegerField(default=0, validators=_MONTHS)
    ends_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=LONGEST, blank=True, default="")
    source = models.CharField(max_length=100, blank=True, default="")

    if TYPE_CHECKING:
        needs: RelatedManager[ActivityNeed]

    class Meta:
        ordering = ["plan", "code", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "code"], condition=~Q(code=""), name="programme_rollout_activity_code"
            ),
            models.CheckConstraint(
                condition=Q(progress=ActivityProgress.DONE.value, done_on__isnull=False)
                | ~Q(progress=ActivityProgress.DONE.value) & Q(done_on__isnull=True),
                name="programme_rollout_activity_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}".strip()


class ActivityNeed(models.Model):
    """An activity waits for another."""

    PERSONAL = ()
    IMPERSONAL = ("id", "activity", "needs")

    activity = models.ForeignKey(RolloutActivity, on_delete=models.CASCADE, related_name="needs")
    needs = models.ForeignKey(RolloutActivity, on_delete=models.CASCADE, related_name="needed_by")

    class Meta:
        ordering = ["activity", "needs__code", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "needs"], name="programme_activity_need_once"),
            models.CheckConstraint(condition=~Q(activity=models.F("needs")), name="programme_activity_needs_another"),
        ]

    def __str__(self) -> str:
        return f"{self.activity} < {self.needs}"


class RolloutMilestone(models.Model):
    """Due `from_months` after the stage `from_stage` (0: the grant), or on `planned`."""

    PERSONAL = ()
    IMPERSONAL = (
        "id", "plan", "title", "measure", "responsible", "from_stage", "from_months", "planned", "reached", "source",
    )  # fmt: skip

    plan = models.ForeignKey(RolloutPlan, on_delete=models.CASCADE, related_name="milestones")
    title = models.CharField(max_length=200)
    measure = models.CharField(max_length=500, blank=True, default="", help_text="when it is reached, in words")
    responsible = models.CharField(max_length=200, blank=True, default="")
    from_stage = models.PositiveSmallIntegerField(null=True, blank=True)
    from_months = models.SmallIntegerField(default=0, validators=_MONTHS)
    planned = models.DateField(null=True, blank=True)
    reached = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        ordering = ["plan", "pk"]

    def __str__(self) -> str:
        return self.title


class QuarterReport(models.Model):
    """What is reported about a quarter. Text and `content` (how everything stood) never change once it is frozen."""

    PERSONAL = ("frozen_by", "text")
    IMPERSONAL = ("id", "plan", "first_day", "content", "frozen_at")

    plan = models.ForeignKey(RolloutPlan, on_delete=models.CASCADE, related_name="reports")
    first_day = models.DateField(help_text="of the quarter")
    text = models.TextField(max_length=LONGEST, blank=True, default="")
    content = models.JSONField(default=dict, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True)
    frozen_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["plan", "-first_day"]
        constraints = [models.UniqueConstraint(fields=["plan", "first_day"], name="programme_quarter_once")]

    def __str__(self) -> str:
        return f"{self.quarter} {self.plan}"

    @property
    def number(self) -> int:
        """Of the quarter in its year."""
        day: date = self.first_day
        return (day.month + 2) // 3

    @property
    def quarter(self) -> str:
        return gettext("%(number)s. kvartal %(year)s") % {"number": self.number, "year": self.first_day.year}


class RolloutRisk(models.Model):
    """`watched` is the figure that shows whether it comes true: it must not fall by more than `limit` points. Where
    nobody answered before, it is held against `past_series` of imported satisfaction (`history`), on `past_scale`."""

    PERSONAL = ("person",)
    IMPERSONAL = (
        "id", "plan", "title", "likelihood", "consequence", "measure", "responsible", "watched", "limit", "past_series",
        "past_scale", "closed_on", "source",
    )  # fmt: skip

    class Watched(models.TextChoices):
        """Indicators of what callers answer."""

        NOTHING = "", _("Intet tal")
        SATISFACTION = "satisfaction", _("Tilfredshed")
        WAITING = "waiting", _("Tilfredshed med ventetiden")
        RESOLUTION = "resolution", _("Svar på spørgsmålet")

    plan = models.ForeignKey(RolloutPlan, on_delete=models.CASCADE, related_name="risks")
    title = models.CharField(max_length=300)
    likelihood = models.PositiveSmallIntegerField(validators=_SCALE)
    consequence = models.PositiveSmallIntegerField(validators=_SCALE)
    measure = models.CharField(max_length=LONGEST, blank=True, default="", help_text="what is done about it")
    responsible = models.CharField(max_length=200, blank=True, default="")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    watched = models.CharField(max_length=20, choices=Watched.choices, blank=True, default="")
    limit = models.PositiveSmallIntegerField(default=5, validators=[MaxValueValidator(100)], help_text="points of 100")
    past_series = models.CharField(max_length=300, blank=True, default="", help_text="the subject of imported values")
    past_scale = models.CharField(max_length=12, choices=EarlierResult.MeasuredOn.choices, blank=True, default="")
    closed_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        ordering = ["plan", "pk"]

    def __str__(self) -> str:
        return self.title


class PlannedMessage(models.Model):
    """Something that somebody is told about the rollout."""

    PERSONAL = ("person",)
    IMPERSONAL = ("id", "plan", "told_to", "message", "channel", "responsible", "due_on", "done_on")

    class Audience(models.TextChoices):
        LEADERS = "leaders", _("Ledere")
        STAFF = "staff", _("Medarbejdere")
        BUSINESSES = "businesses", _("Virksomheder")
        CITIZENS = "citizens", _("Borgere")
        PARTNERS = "partners", _("Samarbejdspartnere")

    plan = models.ForeignKey(RolloutPlan, on_delete=models.CASCADE, related_name="messages")
    told_to = models.CharField(max_length=10, choices=Audience.choices)
    message = models.CharField(max_length=500)
    channel = models.CharField(max_length=200, blank=True, default="")
    responsible = models.CharField(max_length=200, blank=True, default="")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["plan", models.F("due_on").asc(nulls_last=True), "pk"]

    def __str__(self) -> str:
        return self.message


class OldNumberPlace(models.Model):
    """A place where an old number or mail address still stands."""

    PERSONAL = ("person",)
    IMPERSONAL = ("id", "plan", "kind", "place", "address", "old_contact", "responsible", "due_on", "done_on")

    class Kind(models.TextChoices):
        LETTER = "letter", _("Brevskabelon")
        PAGE = "page", _("Hjemmeside")
        PUBLICATION = "publication", _("Publikation")
        SIGN = "sign", _("Skilt")
        DIRECTORY = "directory", _("Telefonbog eller kort")
        OTHER = "other", _("Andet")

    plan = models.ForeignKey(RolloutPlan, on_delete=models.CASCADE, related_name="old_places")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    place = models.CharField(max_length=200)
    address = models.CharField(max_length=500, blank=True, default="", help_text="of a page, a street or a file")
    old_contact = models.CharField(max_length=100, help_text="the old number or mail address")
    responsible = models.CharField(max_length=200, blank=True, default="")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["plan", models.F("due_on").asc(nulls_last=True), "pk"]

    def __str__(self) -> str:
        return self.place


class ReadinessStatement(models.Model):
    """What a person said about a point of a unit that the product cannot see. The latest holds; earlier ones stay."""

    PERSONAL = ("stated_by", "note")
    IMPERSONAL = ("id", "plan", "unit", "point", "is_ready", "stated_at")

    class Point(models.TextChoices):
        MENTOR = ReadinessPoint.MENTOR.value, _("Mentorer er fundet")
        TRAINED = ReadinessPoint.TRAINED.value, _("Tre ugers oplæring er gennemført")

    plan = models.ForeignKey(RolloutPlan, on_delete=models.CASCADE, related_name="statements")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    point = models.CharField(max_length=10, choices=Point.choices)
    is_ready = models.BooleanField()
    note = models.CharField(max_length=500, blank=True, default="")
    stated_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()

    class Meta:
        ordering = ["-stated_at", "-pk"]
        indexes = [models.Index(fields=["plan", "unit", "point"], name="programme_readiness_latest")]

    def __str__(self) -> str:
        return f"{self.unit}: {self.get_point_display()}"
