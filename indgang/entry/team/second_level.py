"""Who at the second level can be asked about a service now: agreements, own days, and what people do at their desks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import Exists, OuterRef

from indgang.entry.journal import InHandStage
from indgang.entry.models import AgentState, InHand, Presence
from indgang.prepared.query import Query
from indgang.routing.availability.reachability import Reachability, who_can_take
from indgang.routing.availability.windows import AtDesk, Availability, Medium
from indgang.routing.distribution.requirement import CALL
from indgang.workforce import availability

_RINGS = Exists(InHand.objects.filter(person=OuterRef("person"), kind=CALL, stage=InHandStage.RINGING))
_SIGNED_IN = Query(
    lambda people: (
        Presence.objects.filter(person__in=people)
        .exclude(state=AgentState.SIGNED_OUT)
        .annotate(rings=_RINGS)
        .values_list("person", "state", "reason__reachable", "rings")
    ),
    people=list[int],
)
#: work without a conversation may be interrupted by a question
_FREE = frozenset((AgentState.READY, AgentState.NOT_RESPONDING, AgentState.WORKING))


def who_can_be_asked(services: Iterable[str], *, medium: Medium, at: datetime) -> dict[str, Reachability]:
    """The answer for each service (codes). A few queries for any number of services."""
    codes = list(dict.fromkeys(services))
    facts = availability.facts(at, services=codes, desks=_desks)
    return {code: who_can_take(facts, code, medium, at) for code in codes}


def facts_of(people: Collection[int], *, at: datetime) -> Availability:
    """The facts about these people, whatever the subject, with what they are doing at their desks."""
    return availability.facts_of(people, at, desks=_desks)


def _desks(people: Collection[int]) -> Mapping[int, AtDesk]:
    """What those of the people are doing who are signed in at a desk."""
    rows = _SIGNED_IN.rows(people=list(people))
    return {person: at_desk(state, reachable, rings=rings) for person, state, reachable, rings in rows}


def at_desk(state: str, may_be_asked: bool | None, *, rings: bool = True) -> AtDesk:
    """What an agent state means for whoever wants to ask; `may_be_asked` is of the reason of a pause, if it has one.
    An offer that is only on the screen (not `rings`) may be interrupted as well."""
    if state in _FREE or (state == AgentState.RINGING and not rings):
        return AtDesk.FREE
    if state == AgentState.SIGNED_OUT:
        return AtDesk.SIGNED_OUT
    if state == AgentState.PAUSED:
        return AtDesk.PAUSED if may_be_asked is False else AtDesk.FREE
    return AtDesk.BUSY
