"""Who acts on feedback: the team leaders of a centre on its first level, the head of a unit on the second and on pages.

A comment about somebody's conversation is theirs and their leader's, and nobody else's.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from indgang.accounts.access import everywhere, may, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre, Unit
from indgang.feedback.follow_up_models import FollowUp, FollowUpCause, ImprovementItem
from indgang.feedback.models import Comment

#: leads the team of a centre; signs for a unit, as its head
LEAD, HEAD = Permission.LEAD_TEAM, Permission.SIGN_COOPERATION


def centres_led(person: Person) -> QuerySet[ContactCentre]:
    """The centres whose teams the person leads, for the owner or the operator."""
    units = units_of(person, LEAD)
    found: QuerySet[ContactCentre] = ContactCentre.objects.filter(Q(owner__in=units) | Q(operator__in=units))
    return found


def follow_ups_of(person: Person) -> QuerySet[FollowUp]:
    """The follow-ups that are for this person to act on."""
    own = Q(unit=None, centre__in=centres_led(person)) | Q(unit__in=units_of(person, HEAD))
    if everywhere(person, LEAD):
        own |= Q(unit=None)
    return FollowUp.objects.filter(own).select_related(
        "response__service", "response__employee", "response__version__questionnaire", "centre", "unit", "owner",
        "cause", "closed_by",
    )  # fmt: skip


def may_see_employee(person: Person, follow_up: FollowUp) -> bool:
    """Whether the page names whose conversation it was: for those who lead the team alone."""
    return follow_up.unit_id is None and follow_ups_of(person).filter(pk=follow_up.pk).exists()


def comments_seen(person: Person) -> QuerySet[Comment]:
    """The comments about the person's own conversations, and those of the places that they lead."""
    units = units_of(person, HEAD)
    led = Q(response__level=1, response__centre__in=centres_led(person))
    headed = (Q(response__level=2) | Q(response__level=None)) & (
        Q(response__unit__in=units) | Q(response__unit=None, response__service__unit__in=units)
    )
    found = Comment.objects.exclude(text="").filter(Q(response__employee=person) | led | headed)
    return found.select_related("response__service", "response__unit", "response__centre", "response__employee")


def may_decide_tags(person: Person, comment: Comment) -> bool:
    """Leaders decide; whoever it is about reads."""
    return comment.response.employee_id != person.pk and comments_seen(person).filter(pk=comment.pk).exists()


def causes_kept(person: Person) -> QuerySet[FollowUpCause]:
    return FollowUpCause.objects.filter(centre__in=centres_led(person)).select_related("centre")


def units_improved(person: Person) -> QuerySet[Unit]:
    """The units for which the person suggests improvements: their own, and those whose calls their centre takes."""
    found = units_of(person, LEAD) | units_of(person, HEAD)
    for path in set(centres_led(person).values_list("owner__path", flat=True)):
        found = found | Unit.objects.filter(path__startswith=path)
    return found


def improvements_of(person: Person) -> QuerySet[ImprovementItem]:
    own = Q(unit__in=units_improved(person)) | Q(owner=person) | Q(created_by=person)
    return ImprovementItem.objects.filter(own).select_related("unit", "service", "owner", "created_by", "decided_by")


def may_approve(person: Person, item: ImprovementItem) -> bool:
    """Whether the person is the head of the item's unit, or of one above it."""
    return may(person, HEAD, item.unit)
