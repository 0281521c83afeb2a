from __future__ import annotations

from django.db import models
from django.db.models import Q

from indgang.accounts.models import Person
from indgang.catalogue.models import Dated, one_at_a_time


class Skill(Dated):
    """Something a person can be good at: a subject area or a language. A skill that has ended can no longer be
    chosen."""

    PERSONAL = ()
    IMPERSONAL = ("id", "valid_from", "valid_to", "code", "name")

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)

    class Meta(Dated.Meta):
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Competence(Dated):
    """A person has a skill at a level, 1 (trained) to 5 (expert)."""

    PERSONAL = ("person", "level")
    IMPERSONAL = ("id", "valid_from", "valid_to", "skill")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="competences")
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE, related_name="competences")
    level = models.PositiveSmallIntegerField(default=1)

    class Meta(Dated.Meta):
        ordering = ["person", "skill"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="workforce_competence_level"),
            one_at_a_time("workforce_competence_one_level", "person", "skill"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.skill} {self.level}"
