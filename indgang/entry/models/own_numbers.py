"""Telephone numbers of people's own, at which they may take calls."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.catalogue.models import Dated, DatedQuerySet, one_at_a_time, text_number


class TrialOutcome(models.TextChoices):
    """What became of the last test ring of a number."""

    RINGING = "ringing", _("Vi ringer til nummeret nu.")
    CONFIRMED = "confirmed", _("Nummeret er bekræftet.")
    WRONG_CODE = "wrong_code", _("Der blev tastet en forkert kode. Prøv igen.")
    NO_CODE = "no_code", _("Der blev ikke tastet en kode. Prøv igen, og tast koden, når du har taget telefonen.")
    BUSY = "busy", _("Nummeret var optaget. Prøv igen om lidt.")
    NO_ANSWER = "no_answer", _("Ingen tog telefonen. Prøv igen.")
    REFUSED = "refused", _("Opkaldet blev afvist. Prøv igen.")
    UNREACHABLE = "unreachable", _("Nummeret kunne ikke ringes op. Tjek cifrene, eller prøv igen om lidt.")


class OwnNumberQuerySet(DatedQuerySet):
    def confirmed_on(self, day: date) -> Self:
        """Those that count on the day: somebody at the number has confirmed them."""
        return self.valid_on(day).filter(confirmed_at__isnull=False)


class OwnNumber(Dated):
    """A mobile or landline number of a person, in E.164. It counts when the person has confirmed it: they key in a
    code, which only their own screen shows, on the telephone that we ring.

    The last test ring began at `tried_at`.
    """

    PERSONAL = ("person", "number", "code")
    IMPERSONAL = ("id", "valid_from", "valid_to", "confirmed_at", "tried_at", "outcome")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="own_numbers")
    number = models.CharField(max_length=20)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    code = models.CharField(max_length=6, blank=True, default="")
    tried_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, choices=TrialOutcome.choices, blank=True, default="")

    objects = OwnNumberQuerySet.as_manager()  # type: ignore[misc]  # instead of the one every dated row has

    class Meta(Dated.Meta):
        ordering = ["person", "number"]
        constraints = [*Dated.Meta.constraints, one_at_a_time("entry_ownnumber_one", text_number("number"))]

    def __str__(self) -> str:
        return f"{self.person}: {self.number}"
