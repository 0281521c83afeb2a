"""Numbers that people still call or find in old letters, and where they lead now."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from indgang.catalogue.models import Dated, Unit, one_at_a_time, text_number
from indgang.entry.models.flows import EntryPoint
from indgang.entry.models.queues import Queue

#: the fields that can name the place; at most one is set
LEADS_TO = ("entry_point", "queue", "unit")
_NONE = {f"{name}__isnull": True for name in LEADS_TO}


class FormerNumber(Dated):
    """An old main number. In its period it leads to an entry point, a queue or a unit, or `text` says what to do."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "number", "name", "entry_point", "queue", "unit", "text")

    number = models.CharField(max_length=30, help_text="E.164 or a short number")
    name = models.CharField(max_length=200, help_text="whose number it was")
    entry_point = models.ForeignKey(EntryPoint, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    queue = models.ForeignKey(Queue, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=300, blank=True, default="", help_text="what to tell the caller")

    class Meta(Dated.Meta):
        ordering = ["number", "valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            one_at_a_time("entry_formernumber_one_place", text_number("number")),
            models.CheckConstraint(
                condition=Q(**_NONE) & ~Q(text="")
                | Q(entry_point__isnull=False, queue__isnull=True, unit__isnull=True)
                | Q(entry_point__isnull=True, queue__isnull=False, unit__isnull=True)
                | Q(entry_point__isnull=True, queue__isnull=True, unit__isnull=False),
                name="entry_formernumber_leads_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
