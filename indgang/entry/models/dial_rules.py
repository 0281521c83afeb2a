"""Rules about the numbers outside that people may call."""

from __future__ import annotations

from django.db import models


class RoleDialRule(models.Model):
    """What the holders of a role may call (`core.dial_rules.DialRule`). A role without a row is not limited."""

    PERSONAL = ()
    IMPERSONAL = ("id", "role", "kinds", "countries", "longest_minutes", "at_once", "own_numbers")

    role = models.CharField(max_length=40, unique=True)
    kinds = models.JSONField(default=list, help_text="of core.dial_rules.NumberKind")
    countries = models.JSONField(default=list, help_text="ISO codes of countries abroad; * is all of them")
    longest_minutes = models.PositiveSmallIntegerField(default=0, help_text="0: without an end")
    at_once = models.PositiveSmallIntegerField(default=0, help_text="0: any number")

    own_numbers = models.BooleanField(default=False, help_text="holders may add numbers of their own on the desk")

    class Meta:
        ordering = ["role"]

    def __str__(self) -> str:
        return self.role
