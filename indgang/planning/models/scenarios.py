"""Saved what-ifs: the centre that they begin from, and each run with its changes and results."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre

LONGEST_NAME, LONGEST_NOTE = 120, 2_000


class Scenario(models.Model):
    """A centre as it was when the scenario was made (`base`, as `storing` writes it), so that a result can be repeated.

    `is_measured`: it holds what was counted in the centre (all that the owner saw when there is none), and is for those
    who see that centre. The others hold published numbers.
    """

    PERSONAL = ("owner", "note")
    IMPERSONAL = (
        "id", "name", "centre", "is_measured", "source", "first_day", "last_day", "base", "fits", "made_at",
        "closed_at",
    )  # fmt: skip

    name = models.CharField(max_length=LONGEST_NAME)
    note = models.TextField(max_length=LONGEST_NOTE, blank=True, default="")
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    centre = models.ForeignKey(ContactCentre, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_measured = models.BooleanField(default=False)
    source = models.CharField(max_length=40, help_text="a preset's code, or `measured`")
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    base = models.JSONField()
    fits = models.JSONField(default=dict, help_text="by queue: seen beside the model")
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.name


class ScenarioRun(models.Model):
    """What was changed, and what came out. `simulated` follows when the simulation is over."""

    class Simulation(models.TextChoices):
        NONE = "none", _("Ikke simuleret")
        WAITING = "waiting", _("Simuleringen er i gang")
        DONE = "done", _("Simuleret")
        FAILED = "failed", _("Simuleringen mislykkedes")

    class Fault(models.TextChoices):
        """Why a simulation failed. The log has the rest."""

        UNUSABLE = "unusable", _("Tallene kan ikke simuleres. Lav en beregning med andre tal.")
        BROKEN = "broken", _("Der skete en fejl i programmet. Prøv igen, eller spørg den, der driver systemet.")
        LOST = "lost", _("Simuleringen blev afbrudt. Prøv igen.")

    PERSONAL = ("made_by",)
    IMPERSONAL = (
        "id", "scenario", "number", "changes", "result", "simulation", "attempt", "played", "simulated", "fault",
        "made_at",
    )  # fmt: skip

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="runs")
    number = models.PositiveIntegerField()
    changes = models.JSONField()
    result = models.JSONField()
    simulation = models.CharField(max_length=10, choices=Simulation.choices, default=Simulation.NONE)
    attempt = models.PositiveIntegerField(
        default=0, db_default=0, help_text="how often a simulation has begun; only the latest goes on"
    )
    played = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="days simulated, of both centres together"
    )
    simulated = models.JSONField(null=True, blank=True)
    fault = models.CharField(max_length=300, blank=True, default="")
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["scenario", "number"], name="planning_scenariorun_number")]

    def __str__(self) -> str:
        return f"{self.scenario} {self.number}"
