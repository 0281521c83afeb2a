"""What the people of the contact centres tell each other: news with read marks, and each centre's log of the day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, Model, OuterRef, Q

from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.permissions import Permission
from indgang.accounts.roles import ROLES
from indgang.catalogue.models import ContactCentre, Service, Unit
from indgang.entry.models.disturbances import Disturbance
from indgang.entry.models.memberships import QueueMembership
from indgang.entry.models.queues import Queue
from indgang.workforce.models import Competence, Skill

#: the roles with a desk, where news is read
DESK_ROLES = tuple(code for code, role in ROLES.items() if Permission.REGISTER_ENQUIRIES in role.permissions)


class StaffNewsQuerySet(models.QuerySet["StaffNews"]):
    def shown_at(self, at: datetime) -> Self:
        return self.filter(shown_from__lte=at, shown_until__gt=at)

    def for_person(self, person: int, day: date) -> Self:
        """News whose recipients on that day include the person (id); `staff_news.recipients` says the same of one
        piece of news."""
        roles = RoleAssignment.objects.valid_on(day).filter(person=person, role__in=DESK_ROLES)
        serves = QueueMembership.objects.serving_on(day).filter(person=person)
        has = Competence.objects.valid_on(day).filter(person=person, skill=OuterRef("skill"))
        in_unit = Q(Exists(roles.filter(unit__path__startswith=OuterRef("unit__path")))) | Q(
            Exists(serves.filter(queue__unit__path__startswith=OuterRef("unit__path")))
        )
        return self.filter(
            Q(Exists(roles)),
            Q(unit=None) | in_unit,
            Q(centre=None) | Q(Exists(serves.filter(queue__centre=OuterRef("centre")))),
            Q(skill=None) | Q(Exists(has)),
        )

    def with_read_by(self, person: int) -> models.QuerySet[Any, Any]:
        """Each with `is_read`: whether the person (id) has read its present edition."""
        reads = StaffNewsRead.objects.filter(news=OuterRef("pk"), person=person, edition=OuterRef("edition"))
        return self.annotate(is_read=Exists(reads))


class StaffNews(models.Model):
    """News for staff from `shown_from` until `shown_until`: for a unit with everything below it, or a centre, or
    everybody; with a `skill` only those of them who have it. A new `edition` must be read again."""

    PERSONAL = ("title", "text", "written_by")
    IMPERSONAL = (
        "id", "unit", "centre", "skill", "must_read", "shown_from", "shown_until", "written_at", "edition",
    )  # fmt: skip

    title = models.CharField(max_length=200)
    text = models.TextField()
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.CASCADE, related_name="staff_news")
    centre = models.ForeignKey(
        ContactCentre, null=True, blank=True, on_delete=models.CASCADE, related_name="staff_news"
    )
    skill = models.ForeignKey(Skill, null=True, blank=True, on_delete=models.CASCADE, related_name="staff_news")
    must_read = models.BooleanField(default=False)
    shown_from = models.DateTimeField()
    shown_until = models.DateTimeField()
    written_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    written_at = models.DateTimeField()
    edition = models.PositiveIntegerField(default=1)

    objects = StaffNewsQuerySet.as_manager()

    class Meta:
        ordering = ["-must_read", "-shown_from", "-pk"]
        verbose_name_plural = "staff news"
        constraints = [
            models.CheckConstraint(condition=Q(shown_until__gt=F("shown_from")), name="entry_staffnews_period"),
            models.CheckConstraint(condition=Q(unit=None) | Q(centre=None), name="entry_staffnews_one_place"),
        ]

    def __str__(self) -> str:
        return self.title


class StaffNewsRead(models.Model):
    """A person has read an edition of a piece of news."""

    PERSONAL = ("person", "read_at")
    IMPERSONAL = ("id", "news", "edition")

    news = models.ForeignKey(StaffNews, on_delete=models.CASCADE, related_name="reads")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    edition = models.PositiveIntegerField()
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["news", "read_at"]
        constraints = [models.UniqueConstraint(fields=["news", "person"], name="entry_staffnewsread_once")]

    def __str__(self) -> str:
        return f"{self.person}: {self.news}"


class DayLogEntry(models.Model):
    """A line of a centre's log: what happened at `at`, and what it is about."""

    ABOUT = ("queue", "service", "disturbance")

    PERSONAL = ("text", "written_by")
    IMPERSONAL = ("id", "centre", "at", "queue", "service", "disturbance")

    centre = models.ForeignKey(ContactCentre, on_delete=models.CASCADE, related_name="day_log")
    at = models.DateTimeField()
    text = models.TextField()
    written_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    queue = models.ForeignKey(Queue, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    disturbance = models.ForeignKey(Disturbance, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "day log entries"
        indexes = [models.Index(fields=["centre", "at"], name="entry_daylogentry_day")]

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def about(self) -> Model | None:
        return self.queue or self.service or self.disturbance
