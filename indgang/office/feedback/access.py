"""Whose results a person may see, and who decides what is asked.

Results are of the person's centres and units. Those of employees are for whoever leads the team, and at the desk for
the employee; nobody else sees them.
"""

from __future__ import annotations

from django.db.models import BooleanField, Case, ExpressionWrapper, F, Q, QuerySet, Value, When
from django.http import Http404

from indgang.accounts.access import centres_led, everywhere, holders, units_led
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import DatedQuerySet
from indgang.core import clock
from indgang.core.text import whole_number
from indgang.feedback import spoken_comments
from indgang.feedback.follow_ups import rights
from indgang.feedback.models import AskingRule, EarlierResult, Questionnaire, SpokenComment
from indgang.office.access import centres_of, units_for
from indgang.office.team.access import agents_of
from indgang.ui.missing import not_found

SEE, SET, LEAD = Permission.SEE_FIGURES, Permission.SET_FEEDBACK, Permission.LEAD_TEAM
#: who hears spoken comments: whoever follows up on the answers
HEAR = (rights.LEAD, rights.HEAD)


def scope(person: Person) -> Q:
    """The responses and invitations of the person's centres and units."""
    if everywhere(person, SEE):
        return Q()
    centres, units = centres_of(person, SEE), units_for(person, SEE)
    return Q(centre__in=centres) | Q(unit__in=units) | Q(service__unit__in=units)


def leads(person: Person) -> bool:
    return _centres_led(person).exists() or units_led(person).exists()


def team(person: Person) -> QuerySet[Person]:
    """Everybody whom the person leads: who serves a queue today of a centre, and the case workers of a unit."""
    led = {each.pk for centre in _centres_led(person) for each in agents_of(centre)}
    units = set(units_led(person).values_list("path", flat=True))
    if units:
        case_workers = holders(Permission.TAKE_HANDOVERS, clock.today())
        led |= {pk for pk, paths in case_workers.items() if paths & units and pk != person.pk}
    found: QuerySet[Person] = Person.objects.filter(pk__in=led).order_by("name")
    return found


def _centres_led(person: Person) -> DatedQuerySet:
    return centres_led(person).valid_on(clock.today())


def earlier_results(person: Person) -> QuerySet[EarlierResult]:
    """Results of the person's units; those of no unit for whoever sees all figures."""
    rows: QuerySet[EarlierResult] = EarlierResult.objects.select_related("unit").order_by("-last_day", "series", "pk")
    return rows if everywhere(person, SEE) else rows.filter(unit__in=units_for(person, SEE))


def spoken(person: Person) -> QuerySet[SpokenComment]:
    """The spoken comments that the person may hear: those that wait, the oldest first, and then the others. Each with
    whether it still `has_sound`."""
    kept = ExpressionWrapper(Q(sound__isnull=False), output_field=BooleanField())
    rows = spoken_comments.heard_by(person).annotate(has_sound=kept)
    waits_first = Case(When(state=SpokenComment.State.TO_WRITE, then=Value(0)), default=Value(1))
    oldest_first = Case(When(state=SpokenComment.State.TO_WRITE, then=F("at")))
    found: QuerySet[SpokenComment] = rows.order_by(waits_first, oldest_first, "-at", "-pk")
    return found


def spoken_comment(person: Person, pk: int) -> SpokenComment:
    """Raises Http404 when the person may hear no such comment."""
    found = spoken_comments.heard_by(person).filter(pk=pk).first() if whole_number(str(pk)) is not None else None
    if found is None:
        raise not_found(SpokenComment, pk)
    return found


def rules() -> QuerySet[AskingRule]:
    found: QuerySet[AskingRule] = AskingRule.objects.select_related("questionnaire", "centre", "service", "unit")
    return found.order_by("questionnaire__kind", "-valid_from", "-pk")


def rule(pk: int) -> AskingRule:
    """Raises Http404 when there is none."""
    found = rules().filter(pk=pk).first() if whole_number(str(pk)) is not None else None
    if found is None:
        raise not_found(AskingRule, pk)
    return found


def questionnaire(code: str) -> Questionnaire:
    """Raises Http404 when there is none."""
    found = Questionnaire.objects.filter(code=code).first()
    if found is None:
        raise Http404
    return found
