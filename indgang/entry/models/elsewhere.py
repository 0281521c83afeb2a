"""Number series of other municipalities, by which their callers are recognised."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from indgang.catalogue.models import Dated, one_at_a_time, text_number


class ElsewhereSeries(Dated):
    """The numbers from `first` to `last` (E.164), or those that begin with `first`, belong to another municipality."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "first", "last", "municipality", "number")

    first = models.CharField(max_length=20, help_text="E.164, or how such a number begins")
    last = models.CharField(max_length=20, blank=True, default="", help_text="empty: all that begin with `first`")
    municipality = models.CharField(max_length=100)
    number = models.CharField(max_length=30, blank=True, default="", help_text="where that municipality is called")

    class Meta(Dated.Meta):
        ordering = ["municipality", "first", "last"]
        verbose_name_plural = "elsewhere series"
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=Q(last="") | Q(last__gte=F("first")), name="entry_elsewhereseries_up"),
            one_at_a_time("entry_elsewhereseries_once", text_number("first"), text_number("last")),
        ]

    def __str__(self) -> str:
        return f"{self.municipality} {self.first}{'-' if self.last else ''}{self.last}"
