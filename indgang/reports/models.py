"""Templates of reports with their blocks, milestones, and the reports themselves with who received them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre
from indgang.measures import channel_groups

LONGEST_TEXT = 10_000


class ReportTemplate(models.Model):
    """What a report of a centre holds, who gets it and when.

    It is made for each whole period (Monday to Sunday, a month ...) that begins on `starts_on` or later, so many days
    after the period's last day, and waits as a draft for `sending_days` for the notes of the responsible.
    """

    class Cadence(models.TextChoices):
        """Source: reporting_cadences.csv."""

        WEEKLY = "weekly", _("Hver uge")
        FORTNIGHTLY = "fortnightly", _("Hver anden uge")
        MONTHLY = "monthly", _("Hver måned")
        QUARTERLY = "quarterly", _("Hvert kvartal")
        YEARLY = "yearly", _("Hvert år")

    class Readers(models.TextChoices):
        """Who gets the report, besides the people who are named."""

        TEAM = "team", _("Teamet")
        LEADERS = "leaders", _("Ledelsesgruppen")
        OWNER = "owner", _("Ejeren")
        EMPLOYEES = "employees", _("Hver medarbejder, med egne tal alene")
        NAMED = "named", _("Kun dem, der er nævnt")

    PERSONAL = ("responsible",)
    IMPERSONAL = (
        "id", "centre", "title", "readers", "cadence", "starts_on", "days_after", "sending_days", "is_running", "code",
        "nobody_for",
    )  # fmt: skip

    centre = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="report_templates")
    title = models.CharField(max_length=200)
    readers = models.CharField(max_length=20, choices=Readers.choices)
    cadence = models.CharField(max_length=20, choices=Cadence.choices)
    starts_on = models.DateField()
    days_after = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(60)], help_text="after the last day"
    )
    sending_days = models.PositiveSmallIntegerField(default=2, validators=[MaxValueValidator(60)])
    responsible = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    is_running = models.BooleanField(default=True)
    code = models.SlugField(max_length=40, blank=True, default="", help_text="of the shipped template it began as")
    #: the first day of the latest period that was made for nobody: no employee served a queue of the centre
    nobody_for = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["centre__name", "title", "pk"]

    def __str__(self) -> str:
        return self.title


class ReportReader(models.Model):
    """A person who is named as a receiver."""

    PERSONAL = ("person",)
    IMPERSONAL = ("id", "template")

    template = models.ForeignKey(ReportTemplate, on_delete=models.CASCADE, related_name="named")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["person__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["template", "person"], name="reports_reader_once")]

    def __str__(self) -> str:
        return str(self.person)


class ReportBlock(models.Model):
    """A part of a template. `figures` are codes of definitions; `by` is what they are shown by, and `channel` of which
    channel or group of channels they are (`channel_groups`)."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Tekst")
        FIGURES = "figures", _("Tabel med nøgletal")
        PLOT = "plot", _("Figur")
        TOPICS = "topics", _("Emner, der burde løses digitalt")
        MILESTONES = "milestones", _("Milepæle")
        NOTES = "notes", _("Den ansvarliges bemærkninger")

    class By(models.TextChoices):
        """As `rollups.reading.GroupBy`. Months go a year back."""

        NOTHING = "nothing", _("i alt, mod perioden før")
        DAY = "day", _("hver dag")
        MONTH = "month", _("hver måned det seneste år")
        QUEUE = "queue", _("hver kø")
        SERVICE = "service", _("hver ydelse")
        CHANNEL = "channel", _("hver kanal")

    PERSONAL = ()
    IMPERSONAL = ("id", "template", "position", "kind", "heading", "text", "figures", "by", "channel")

    template = models.ForeignKey(ReportTemplate, on_delete=models.CASCADE, related_name="blocks")
    position = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(999)])
    kind = models.CharField(max_length=20, choices=Kind.choices)
    heading = models.CharField(max_length=200)
    text = models.TextField(max_length=LONGEST_TEXT, blank=True, default="")
    figures = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    by = models.CharField(max_length=10, choices=By.choices, default=By.NOTHING)
    channel = models.CharField(max_length=10, blank=True, default="", choices=channel_groups.CHOICES)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.heading


#: blocks that are always about the whole centre
OF_THE_CENTRE = frozenset({ReportBlock.Kind.PLOT, ReportBlock.Kind.TOPICS})


class ReportMilestone(models.Model):
    """A step of a centre's plan, which reports list and plots mark."""

    PERSONAL = ()
    IMPERSONAL = ("id", "centre", "title", "planned", "reached")

    centre = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="report_milestones")
    title = models.CharField(max_length=200)
    planned = models.DateField()
    reached = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["planned", "pk"]

    def __str__(self) -> str:
        return self.title


class Report(models.Model):
    """A report of one period. Its content (`content`) is frozen when it is made; only `notes` can be changed, until
    it is sent. `person` is the employee whose own figures it holds.
    """

    PERSONAL = ("person", "notes", "content", "pdf", "sent_by")
    IMPERSONAL = ("id", "template", "title", "first_day", "last_day", "made_at", "sends_on", "sent_at")

    template = models.ForeignKey(ReportTemplate, on_delete=models.PROTECT, related_name="reports")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    first_day = models.DateField()
    last_day = models.DateField()
    made_at = models.DateTimeField()
    sends_on = models.DateField()
    sent_at = models.DateTimeField(null=True, blank=True)
    #: None: by itself
    sent_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField()
    notes = models.TextField(max_length=LONGEST_TEXT, blank=True, default="")
    pdf = models.BinaryField(null=True)

    class Meta:
        ordering = ["-last_day", "title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "first_day", "person"], name="reports_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(sent_at__isnull=True) | models.Q(pdf__isnull=False), name="reports_sent_with_pdf"
            ),
        ]
        indexes = [models.Index(fields=["sends_on"], condition=models.Q(sent_at=None), name="reports_to_send")]

    def __str__(self) -> str:
        return f"{self.title} {self.first_day}"


class ReportReceipt(models.Model):
    """Whether a receiver got a report."""

    class State(models.TextChoices):
        MAILED = "mailed", _("Sendt")
        LEFT = "left", _("Er stoppet")
        NO_ADDRESS = "no_address", _("Har ingen mailadresse")

    PERSONAL = ("person",)
    IMPERSONAL = ("id", "report", "state")

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="receipts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=State.choices)

    class Meta:
        ordering = ["person__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["report", "person"], name="reports_receipt_once")]

    def __str__(self) -> str:
        return f"{self.person}: {self.state}"


class EarlyWarning(models.Model):
    """A figure of a centre that left its band on a day (`measures.early_warning`), with what moved most, in words.
    `is_run`: it stayed inside, but was on one side of the expectation for so many days that it is no chance.

    `is_false`: there was nothing, as the person says who answered it.
    """

    PERSONAL = ("answered_by", "done")
    IMPERSONAL = (
        "id", "centre", "day", "figure", "version", "value", "expected", "low", "high", "cause", "raised_at",
        "is_false", "is_run", "answered_at",
    )  # fmt: skip

    centre = models.ForeignKey(ContactCentre, on_delete=models.PROTECT, related_name="early_warnings")
    day = models.DateField()
    figure = models.CharField(max_length=60)
    version = models.PositiveSmallIntegerField()
    value = models.FloatField()
    expected = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    cause = models.CharField(max_length=700, blank=True, default="")
    is_run = models.BooleanField(default=False)
    raised_at = models.DateTimeField()
    done = models.TextField(max_length=2000, blank=True, default="")
    is_false = models.BooleanField(default=False)
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-day", "figure", "pk"]
        constraints = [models.UniqueConstraint(fields=["centre", "day", "figure"], name="reports_warning_once")]

    def __str__(self) -> str:
        return f"{self.figure} {self.day}"


class WatchedCentre(models.Model):
    """Up to which day a centre has been looked at for early warnings."""

    PERSONAL = ()
    IMPERSONAL = ("id", "centre", "until")

    centre = models.OneToOneField(ContactCentre, on_delete=models.PROTECT, related_name="+")
    until = models.DateField(help_text="included")

    class Meta:
        ordering = ["centre__name", "pk"]

    def __str__(self) -> str:
        return f"{self.centre} {self.until}"


class WarnedPerson(models.Model):
    """Somebody who was told of a warning by mail."""

    PERSONAL = ("person",)
    IMPERSONAL = ("id", "warning")

    warning = models.ForeignKey(EarlyWarning, on_delete=models.CASCADE, related_name="told")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["person__name", "pk"]
        constraints = [models.UniqueConstraint(fields=["warning", "person"], name="reports_warned_once")]

    def __str__(self) -> str:
        return str(self.person)
