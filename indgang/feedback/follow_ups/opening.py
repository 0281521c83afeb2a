"""Opens follow-ups: follows the answers in the log, and decides by rule. A response has one follow-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import inf
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from indgang.audit import trail
from indgang.catalogue import hours
from indgang.catalogue.models import ContactCentre, Unit
from indgang.core.clock import day_of
from indgang.core.schedule import Schedule
from indgang.events import cursor
from indgang.feedback.event_kinds import FeedbackKind
from indgang.feedback.follow_up_models import LOW_INDEX, WORKING_DAYS, FollowUp, FollowUpRule
from indgang.feedback.follow_ups import tagging, working_days
from indgang.feedback.models import Rating, Response, SpokenComment
from indgang.handover import counted_hours
from indgang.handover.counted_hours import OFFICE_HOURS

READER = "follow_ups"
AT_A_TIME = 1_000
Reason = FollowUp.Reason
_ROUTINE = trail.System("follow-ups")
#: the indicator that decides where it is asked; otherwise the mean of the others does
_OVERALL = "satisfaction"


@dataclass(frozen=True, slots=True)
class FollowUpTerms:
    """What opens a follow-up, and how many working days it has. `low_index` None: no score does."""

    low_index: float | None = LOW_INDEX
    on_comment: bool = True
    working_days: int = WORKING_DAYS


def judged_index(indexes: Mapping[str, float]) -> float | None:
    """The index by which an answer is low or not."""
    if _OVERALL in indexes or not indexes:
        return indexes.get(_OVERALL)
    return sum(indexes.values()) / len(indexes)


def reasons(terms: FollowUpTerms, *, index: float | None, has_comment: bool) -> list[str]:
    """Why a follow-up is opened; nothing: it is not."""
    found = []
    if terms.low_index is not None and index is not None and index <= terms.low_index:
        found.append(str(Reason.SCORE))
    if terms.on_comment and has_comment:
        found.append(str(Reason.COMMENT))
    return found


def follow(*, at: datetime, seconds: float = inf) -> int:
    """Look at what has been answered since the last time. Returns the number of events read."""
    return cursor.repeat(lambda: step(at=at), seconds=seconds)


@transaction.atomic
def step(*, at: datetime, most: int = AT_A_TIME) -> int:
    """Look at the answers among the next events; returns how many events were read."""
    if cursor.is_busy(READER):
        return 0
    batch = cursor.read_keys(READER, most=most)
    streams = {key for key, _position, kind in batch if kind == FeedbackKind.ANSWERED}
    look_at_streams(streams, at=at)
    return len(batch)


def look_at_streams(streams: set[UUID], *, at: datetime) -> None:
    """Look at the responses of these streams: of an invitation, or of a page's own."""
    for response in _responses(streams):
        look_at(response, at=at)


@transaction.atomic
def look_at(response: Response, *, at: datetime) -> FollowUp | None:
    """Open what the rule opens, add the reasons of a later part of the answer, and propose tags."""
    comments = list(response.comments.all())
    for comment in comments:
        tagging.propose(comment)
    index = judged_index({str(each.question.indicator): each.index for each in _ratings(response)})
    found = reasons(terms_of(response), index=index, has_comment=bool(comments))
    return open_for(response, found, index=index, at=at) if found else None


@transaction.atomic
def open_for(response: Response, why: list[str], *, index: float | None = None, at: datetime) -> FollowUp:
    """The follow-up of the response, opened unless it was; an open one gets the reasons that it lacks. A closed one is
    opened again for a spoken comment that was written down after it was closed."""
    centre, unit = place_of(response)
    written = _written_down_at(response) if Reason.COMMENT in why else None
    since = written if written and why == [Reason.COMMENT] else response.answered_at
    due = _due(response, centre, since)
    opened, is_new = FollowUp.objects.select_for_update(of=("self",)).get_or_create(
        response=response,
        defaults={"centre": centre, "unit": unit, "reasons": why, "index": index, "opened_at": at, "due_at": due},
    )
    if written and opened.closed_at and opened.closed_at < written:
        _open_again(opened, due_at=_due(response, centre, written), at=at)
    if not is_new and opened.state != FollowUp.State.DONE:
        opened.reasons = [each for each in Reason.values if each in {*opened.reasons, *why}]
        opened.index = opened.index if index is None else index
        opened.save(update_fields=["reasons", "index"])
    return opened


def _written_down_at(response: Response) -> datetime | None:
    """When somebody wrote down what was said after the answer: nobody could act on it before."""
    rows = SpokenComment.objects.filter(response=response, state=SpokenComment.State.WRITTEN)
    return rows.values_list("settled_at", flat=True).first()


def _due(response: Response, centre: ContactCentre | None, since: datetime) -> datetime:
    return working_days.end_of(schedule_of(centre), since, terms_of(response).working_days)


def _open_again(closed: FollowUp, *, due_at: datetime, at: datetime) -> None:
    """It waits as if it were new, and people are told of it. What was done until now stays."""
    before = trail.values_of(closed, ("state",))
    closed.state, closed.due_at, closed.told_at = FollowUp.State.WAITING, due_at, None
    closed.owner = closed.taken_at = closed.closed_at = closed.closed_by = None
    closed.save(update_fields=["state", "due_at", "told_at", "owner", "taken_at", "closed_at", "closed_by"])
    after = trail.values_of(closed, ("state",))
    trail.record(by=_ROUTINE, at=at, action="followup.reactivate", target=closed, before=before, after=after)


def schedule_of(centre: ContactCentre | None) -> Schedule:
    """The hours whose days are the working days of a follow-up."""
    return hours.schedule_of(centre.schedule) if centre else OFFICE_HOURS


def terms_of(response: Response) -> FollowUpTerms:
    rule = FollowUpRule.objects.filter(questionnaire__versions=response.version_id).first()
    if rule is None:
        return FollowUpTerms()
    return FollowUpTerms(rule.low_index if rule.on_score else None, rule.on_comment, rule.working_days)


def place_of(response: Response) -> tuple[ContactCentre | None, Unit | None]:
    """The centre whose causes and hours count, and the unit whose head has it; the centre's leaders where it is None.

    The first level is the centre's. The second level, and pages, are the unit's.
    """
    unit = response.unit or (response.service.unit if response.service else None)
    if response.level == 1 and response.centre is not None:
        return response.centre, None
    centre = response.centre or counted_hours.centre_for(None, unit, day_of(response.answered_at))
    return centre, unit


def _ratings(response: Response) -> list[Rating]:
    return list(response.ratings.select_related("question"))


def _responses(streams: set[UUID]) -> list[Response]:
    rows = Response.objects.filter(Q(pk__in=streams) | Q(invitation__in=streams))
    return list(rows.select_related("version", "centre__schedule", "unit", "service__unit").order_by("answered_at"))
