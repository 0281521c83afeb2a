"""Who acts on feedback: the team leaders of a centre on its first level; on the second, those of the unit and its head,
who is also the one for pages.

A comment about somebody's conversation is their leader's and, among enough others, theirs; it is nobody else's. The
head of a unit reads and acts without being told whose conversation it was.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Case, DateTimeField, F, Q, QuerySet, Value, When

from indgang.accounts.access import centres_led, everywhere, may, units_led, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import Unit
from indgang.core.clock import day_of
from indgang.feedback import own_results
from indgang.feedback.follow_up_models import FollowUp, FollowUpCause, ImprovementItem
from indgang.feedback.models import Comment
from indgang.handover.reached import people_of
from indgang.measures.definitions import FEWEST
from indgang.measures.period import Period

#: leads the team of a centre; signs for a unit, as its head
LEAD, HEAD = Permission.LEAD_TEAM, Permission.SIGN_COOPERATION


def follow_ups_of(person: Person) -> QuerySet[FollowUp]:
    """The follow-ups that are for this person to act on."""
    own = Q(unit=None, centre__in=centres_led(person)) | Q(unit__in=units_of(person, HEAD))
    own |= Q(unit__in=units_led(person), response__level=2)
    if everywhere(person, LEAD):
        own |= Q(unit=None)
    return FollowUp.objects.filter(own).select_related(
        "response__service", "response__employee", "response__version__questionnaire", "centre", "unit", "owner",
        "cause", "closed_by",
    )  # fmt: skip


def waiting_for(person: Person) -> QuerySet[FollowUp]:
    """The open follow-ups that the person has, and those they can take. Whoever leads everywhere, such as an
    administrator, is waited for by their own."""
    own = Q(owner=person)
    if not everywhere(person, LEAD):
        own |= Q(owner=None)
    return follow_ups_of(person).exclude(state=FollowUp.State.DONE).filter(own)


def told_of(follow_up: FollowUp, on: date) -> list[Person]:
    """Who is told of a follow-up that nobody has: the team leaders of its centre or unit; where a unit has none, its
    nearest head. Administrators are told where there are no others."""
    if follow_up.unit is not None:
        leaders = people_of(follow_up.unit, LEAD, on) if follow_up.response.level == 2 else []
        own = [each for each in leaders if units_led(each).filter(pk=follow_up.unit.pk).exists()]
        return own or people_of(follow_up.unit, HEAD, on)
    centre = follow_up.centre
    units = [centre.owner, centre.operator] if centre is not None else []
    found = {person.pk: person for unit in units for person in people_of(unit, LEAD, on)}
    near = [person for person in found.values() if not everywhere(person, LEAD, on)]
    return near or list(found.values())


def names_employee(follow_up: FollowUp, person: Person) -> bool:
    """Whether its page names whose conversation it was: for those who lead the team, never for a unit's head."""
    return follow_up.unit_id is None or units_led(person).filter(pk=follow_up.unit_id).exists()


def comments_led(person: Person) -> QuerySet[Comment]:
    """The comments on the places that the person leads."""
    return _written().filter(on_places_led(person))


def comments_seen(person: Person, *, at: datetime) -> QuerySet[Comment]:
    """The comments on the places that the person leads and, after them and in no order of time, those about the
    person's own conversations until yesterday: `FEWEST` of them or none, `without_day`, so that no single comment can
    be told to be a single contact's."""
    led = on_places_led(person)
    own = _written().filter(response__employee=person, at__lt=Period.day(day_of(at)).start)
    seen = led | Q(pk__in=own.values("pk")) if own.count() >= FEWEST else led
    found = _written().filter(seen).annotate(
        without_day=Case(When(led, then=Value(False)), default=Value(True)),
        shown_at=Case(When(led, then=F("at")), output_field=DateTimeField()),
    )  # fmt: skip
    return found.order_by("without_day", "-shown_at", "text", "pk")


def _written() -> QuerySet[Comment]:
    found: QuerySet[Comment] = Comment.objects.exclude(text="")
    return found.select_related("response__service", "response__unit", "response__centre", "response__employee")


def on_places_led(person: Person) -> Q:
    """What belongs to a `response` (its comments, typed or spoken) about the places that the person leads."""
    units = units_of(person, HEAD)
    headed = (Q(response__level=2) | Q(response__level=None)) & (
        Q(response__unit__in=units) | Q(response__unit=None, response__service__unit__in=units)
    )
    return own_results.led_by(person, "response__") | headed


def may_decide_tags(person: Person, comment: Comment) -> bool:
    """Leaders decide, except about themselves; whoever it is about reads."""
    return comment.response.employee_id != person.pk and comments_led(person).filter(pk=comment.pk).exists()


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
