"""Who serves which queue."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q

from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.permissions import Permission
from indgang.accounts.roles import ROLES
from indgang.catalogue.models import Dated, DatedQuerySet, one_at_a_time
from indgang.entry.models.queues import Queue

#: roles that take work from queues
SERVING_ROLES = tuple(
    code for code, role in ROLES.items() if role.permissions & {Permission.TAKE_CALLS, Permission.TAKE_HANDOVERS}
)


class MembershipQuerySet(DatedQuerySet):
    def serving_on(self, day: date) -> Self:
        """Those of the day whose person may take calls there that day, also the ones that are switched off.

        The role is one for the centre's owner or operator, for the queue's unit, or for a unit above them.
        """
        owner, operator, unit = (ExpressionWrapper(OuterRef(path), models.CharField()) for path in _PLACES_OF_QUEUE)
        roles = RoleAssignment.objects.valid_on(day).filter(person=OuterRef("person"), role__in=SERVING_ROLES)
        above = Q(unit=None)
        for place in ("owner", "operator", "at"):
            above |= Q(**{f"{place}__startswith": F("unit__path")})
        holding = roles.alias(owner=owner, operator=operator, at=unit).filter(above)
        return self.valid_on(day).filter(Exists(holding), person__is_active=True)


_PLACES_OF_QUEUE = ("queue__centre__owner__path", "queue__centre__operator__path", "queue__unit__path")


class QueueMembership(Dated):
    """A person serves a queue. `active` is the team leader's switch of the day."""

    PERSONAL = ("person",)
    IMPERSONAL = ("id", "valid_from", "valid_to", "queue", "active")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="queue_memberships")
    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="memberships")
    active = models.BooleanField(default=True)

    objects = MembershipQuerySet.as_manager()  # type: ignore[misc]  # instead of the one every dated row has

    class Meta(Dated.Meta):
        ordering = ["person", "queue"]
        constraints = [
            *Dated.Meta.constraints,
            one_at_a_time("entry_queuemembership_one", "person", "queue"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.queue}"
