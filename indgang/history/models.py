"""Imports of history, the parts of the log that each has written, the rows that it refused, and saved mappings."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person


class HistoryImportQuerySet(models.QuerySet["HistoryImport"]):
    def counting(self) -> Self:
        """Those whose rows count: they were not taken back, nor refused as a whole."""
        return self.exclude(state__in=HistoryImport.NOT_COUNTING)


class HistoryImport(models.Model):
    """One file that was imported, or is being. `digest` is the file's SHA-256, `mapping` a `ColumnMapping`.

    `done_until` is the last day whose rows are written: an import that was killed goes on after it. `known` rows were
    there already, and `left_out` ones hold a code that the mapping leaves out. `unit` is the code of the unit that
    values of periods belong to, and "" the whole municipality. Calls and registers belong to the centres of queues.
    `fault` is why the worker gave it up.
    """

    class Kind(models.TextChoices):
        """As `mapping.fields.SourceKind`."""

        CALLS = "calls", _("Opkald")
        REGISTER = "register", _("Henvendelsesregister")
        COUNTS = "counts", _("Optællinger")
        VISITS = "visits", _("Besøg på hjemmesiden")
        SATISFACTION = "satisfaction", _("Tilfredshed")

    class State(models.TextChoices):
        RUNNING = "running", _("Ikke færdig")
        DONE = "done", _("Importeret")
        WITHDRAWN = "withdrawn", _("Taget tilbage")
        REFUSED = "refused", _("Ikke importeret")

    class Fault(models.TextChoices):
        REJECTED = "rejected", _("Nogle rækker bliver afvist, og der skulle kun importeres, hvis ingen gør.")
        UNUSABLE = "unusable", _("Filen kan ikke læses på den måde, den er tilknyttet.")
        LOST = "lost", _("Importen blev ikke gjort færdig i baggrunden.")
        BROKEN = "broken", _("Der er en fejl i systemet. Driften kan se mere i loggen.")

    NOT_COUNTING = (State.WITHDRAWN, State.REFUSED)

    PERSONAL = ("made_by",)
    IMPERSONAL = (
        "id", "kind", "state", "name", "digest", "mapping", "made_at", "ended_at", "withdrawn_at", "done_until", "rows",
        "imported", "known", "left_out", "rejected", "first_day", "last_day", "unit", "fault",
    )  # fmt: skip

    kind = models.CharField(max_length=20, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    name = models.CharField(max_length=200, help_text="of the file")
    digest = models.CharField(max_length=64)
    mapping = models.JSONField()
    unit = models.CharField(max_length=60, blank=True, default="")
    made_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    done_until = models.DateField(null=True, blank=True)
    rows = models.PositiveIntegerField(default=0)
    imported = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    fault = models.CharField(max_length=10, choices=Fault.choices, blank=True, default="")

    objects = HistoryImportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "kind"],
                condition=~models.Q(state__in=["withdrawn", "refused"]),
                name="history_import_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.name}"


class WaitingImport(models.Model):
    """The rows of an import that the worker carries out: its mapped columns (`waiting`), until it is over.

    `is_whole`: all rows are imported, or none.
    """

    PERSONAL = ("by", "content")
    IMPERSONAL = ("source", "is_whole", "at")

    source = models.OneToOneField(HistoryImport, primary_key=True, on_delete=models.CASCADE, related_name="waiting")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    content = models.BinaryField()
    is_whole = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return str(self.source_id)


class ImportedPart(models.Model):
    """The contacts of one import in one queue, channel and day: a stream of the log with so many `events`.

    `keys` holds eight bytes for each contact (`day_contacts.key_of`), by which the same row is known in another file
    whose rows have the same `identity_digest` (`day_contacts.traits`; "" of an older release: none).
    Codes are kept as they were.
    """

    PERSONAL = ()
    IMPERSONAL = (
        "id", "source", "day", "queue", "channel", "centre", "stream", "events", "contacts", "keys", "identity_digest",
        "has_resolutions",
    )  # fmt: skip

    source = models.ForeignKey(HistoryImport, on_delete=models.CASCADE, related_name="parts")
    day = models.DateField()
    queue = models.CharField(max_length=60)
    channel = models.CharField(max_length=10)
    centre = models.CharField(max_length=60)
    stream = models.UUIDField(unique=True)
    events = models.PositiveIntegerField()
    contacts = models.PositiveIntegerField()
    keys = models.BinaryField()
    identity_digest = models.CharField(max_length=16, blank=True, default="")
    has_resolutions = models.BooleanField()

    class Meta:
        ordering = ["day", "queue", "channel"]
        indexes = [models.Index(fields=["day", "queue"], name="history_part_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.queue} {self.contacts}"


class PastValue(models.Model):
    """A value of a period, as `mapping.value_rows.PeriodValue`: a count, visits to a page, or a satisfaction.

    `unit` is that of its import: two units may count the same in the same month.
    """

    PERSONAL = ()
    IMPERSONAL = ("id", "source", "kind", "subject", "first_day", "last_day", "number", "value", "unit")

    source = models.ForeignKey(HistoryImport, on_delete=models.CASCADE, related_name="past_values")
    kind = models.CharField(max_length=20, choices=HistoryImport.Kind.choices)
    subject = models.CharField(max_length=300)
    unit = models.CharField(max_length=60, blank=True, default="")
    first_day = models.DateField()
    last_day = models.DateField()
    number = models.PositiveIntegerField(null=True, blank=True)
    value = models.FloatField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "subject", "first_day", "last_day"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "unit", "subject", "first_day", "last_day"], name="history_value_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.first_day}"


class RejectedRow(models.Model):
    """A row that an import refused: `fault` is `mapping.faults.CellFault`, `told` what stood there (`faults.shown`)."""

    PERSONAL = ()
    IMPERSONAL = ("id", "source", "line", "column", "fault", "told")

    source = models.ForeignKey(HistoryImport, on_delete=models.CASCADE, related_name="refused")
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=200, blank=True, default="")
    fault = models.CharField(max_length=20)
    told = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        ordering = ["source", "line", "id"]

    def __str__(self) -> str:
        return f"{self.line} {self.fault}"


class MappingProfile(models.Model):
    """A saved mapping, for the next file of the same system."""

    PERSONAL = ("changed_by",)
    IMPERSONAL = ("id", "name", "kind", "mapping", "changed_at")

    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=20, choices=HistoryImport.Kind.choices)
    mapping = models.JSONField()
    changed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
