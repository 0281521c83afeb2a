"""Plans whom to ask: follows the log, and decides once about each part of an enquiry that has ended.

The reader's position and the invitations change in one transaction, and a part has one invitation: a worker that is
killed has changed nothing, and what is read again invites nobody twice.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import inf
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, Q

from indgang.core import phone_numbers
from indgang.core.clock import day_of
from indgang.correspondence.models import Thread
from indgang.enquiries import parties
from indgang.enquiries.event_kinds import EnquiryKind
from indgang.enquiries.models import Enquiry, Party
from indgang.entry.event_kinds import Kind
from indgang.entry.models import EntryPoint
from indgang.events import cursor
from indgang.events.models import StoredEvent
from indgang.feedback import addresses, announcing, invitations, opting_out, parts, questionnaires, sampling, stream
from indgang.feedback.event_kinds import FeedbackKind
from indgang.feedback.models import AskingRule, QuestionnaireVersion, Response, SurveyInvitation, SurveyKind
from indgang.feedback.parts import EndedPart
from indgang.feedback.sampling import Asking, SurveyCandidate, SurveyDecision
from indgang.handover.event_kinds import HandoverKind
from indgang.handover.models import Handover
from indgang.live import stale

READER = "feedback"
AT_A_TIME = 5_000
Way, State = AskingRule.Way, SurveyInvitation.State
#: ways on the telephone, whose questions are answered by keys
BY_KEYS = (Way.ROBOT, Way.END_OF_CALL)
_OF_CALLS = frozenset({Kind.ENDED, EnquiryKind.REGISTERED})
_OF_HANDOVERS = frozenset({HandoverKind.HANDED_OVER, HandoverKind.CLOSED})
_OF_THREADS = frozenset({Kind.WORK_OVER, EnquiryKind.REPLIED, EnquiryKind.REGISTERED})


def follow(*, at: datetime, most: int = AT_A_TIME, seconds: float = inf) -> int:
    """Decide about what has ended since the last time. Returns the number of events read."""
    return cursor.repeat(lambda: step(at=at, most=most), seconds=seconds)


@transaction.atomic
def step(*, at: datetime, most: int = AT_A_TIME) -> int:
    """Decide about the next events, at most `most`; returns how many."""
    if cursor.is_busy(READER):
        return 0
    batch = cursor.read_keys(READER, most=most)
    calls = {key for key, _position, kind in batch if kind in _OF_CALLS}
    handed = {key for key, _position, kind in batch if kind in _OF_HANDOVERS}
    written = {key for key, _position, kind in batch if kind in _OF_THREADS}
    announcing.keep_no({key for key, _position, kind in batch if kind == Kind.SURVEY_DECLINED}, at=at)
    for part in [*ended_parts(calls, handed), *written_parts(written)]:
        plan(part, at=at)
    return len(batch)


def expire(*, at: datetime) -> int:
    """End the invitations whose time to answer is over. Returns how many."""
    late = SurveyInvitation.objects.filter(state__in=SurveyInvitation.OPEN, ended_at=None, due_at__lte=at)
    found = list(late.order_by("due_at")[:AT_A_TIME])
    for each in found:
        invitations.end(each, state=State.EXPIRED, at=at)
    return len(found)


def ended_parts(calls: set[UUID], handed: set[UUID]) -> list[EndedPart]:
    """The parts that are over of these enquiries and hand-overs; of a hand-over also those of its call."""
    handovers = list(
        Handover.objects.filter(pk__in=handed).select_related("enquiry__party", "enquiry__centre", "enquiry__queue",
                                                              "unit", "service")
    )  # fmt: skip
    about = calls | {each.enquiry_id for each in handovers}
    rows = Enquiry.objects.filter(pk__in=about).select_related("party", "centre", "queue")
    enquiries = list(rows.prefetch_related("questions__service__unit"))
    return [*parts.of_calls(enquiries), *parts.of_handovers(handovers)]


def written_parts(enquiries: set[UUID]) -> list[EndedPart]:
    """The parts that are over of what people wrote."""
    rows = Thread.objects.filter(pk__in=enquiries, state=Thread.State.OVER)
    related = rows.select_related("enquiry__party", "enquiry__centre", "enquiry__queue")
    return parts.of_threads(related.prefetch_related("enquiry__questions__service__unit"))


@transaction.atomic
def plan(part: EndedPart, *, on_line: bool = False, at: datetime) -> SurveyInvitation | None:
    """Decide about one part; `on_line` says that the caller has stayed on the line. What was decided before what it is
    about was known is decided again, until they are asked. None when no rule is about it."""
    existing = SurveyInvitation.objects.select_for_update(of=("self",)).filter(part=part.key).first()
    if existing is not None and (existing.asked_at or existing.state not in (State.PLANNED, State.NOT_ASKED)):
        return _placed(existing, part, at)
    found = _rule(part)
    if found is None:
        return existing
    rule, version = found
    person = _person(part.enquiry, part.address)
    candidate = _candidate(part, person, on_line=on_line)
    decision = sampling.decide(_asking(rule, version), candidate, key=settings.SECRET_KEY.encode(), now=at)
    is_same = existing is not None and (existing.state == State.PLANNED) == (decision.why_not is None)
    if existing is not None and is_same and existing.rule_id == rule.pk:
        return _placed(existing, part, at)
    return _written(existing, part, rule, person, decision, at)


def rule_of(
    kind: str, *, on: date, centre: int | None, service: int | None, unit: int | None, level: int
) -> AskingRule | None:
    """The rule that holds: of those that fit, the one that names most."""
    rules = AskingRule.objects.valid_on(on).filter(questionnaire__kind=kind).select_related("questionnaire")
    for name, key in (("centre", centre), ("service", service), ("unit", unit), ("level", level)):
        rules = rules.filter(Q(**{name: None}) | Q(**{name: key}))
    found: AskingRule | None = max(rules, key=_closeness, default=None)
    return found


def _closeness(rule: AskingRule) -> tuple[bool, bool, bool, bool, int]:
    return (
        rule.service_id is not None, rule.unit_id is not None, rule.centre_id is not None, rule.level is not None,
        rule.pk,
    )  # fmt: skip


def version_for(rule: AskingRule, way: str, on: date) -> QuestionnaireVersion | None:
    """The questions for a way: by keys on the telephone, else on the web's scale where there are any."""
    keys = way in BY_KEYS
    own = QuestionnaireVersion.objects.in_use(on).filter(questionnaire=rule.questionnaire).first()
    other = questionnaires.in_use(rule.questionnaire.kind, on, keys=keys)
    if own is None or (other and questionnaires.is_by_keys(own) is not keys):
        return other
    return own


@dataclass(frozen=True, slots=True)
class _Person:
    """Who turned to us, by all that is known of them."""

    number: str
    mail: str
    party: Party | None
    digests: frozenset[str]


def _person(enquiry: Enquiry, wrote_from: str) -> _Person:
    number = "" if phone_numbers.is_anonymous(enquiry.caller_number) else enquiry.caller_number
    party = enquiry.party or parties.only_of_number(number)
    mail = wrote_from if "@" in wrote_from else party.email if party else ""
    return _Person(number, mail, party, frozenset(addresses.of_person(number, mail, party=party)))


def _rule(part: EndedPart) -> tuple[AskingRule, QuestionnaireVersion] | None:
    day = day_of(part.ended_at)
    rule = rule_of(
        part.kind, on=day, centre=part.enquiry.centre_id, service=part.service.pk if part.service else None,
        unit=part.unit.pk if part.unit else None, level=part.level,
    )  # fmt: skip
    version = version_for(rule, _ways(rule)[0], day) if rule else None
    return (rule, version) if rule and version else None


def _ways(rule: AskingRule) -> list[str]:
    return (list(rule.turn) or [Way.ROBOT]) if rule.way == Way.IN_TURN else [rule.way]


def _asking(rule: AskingRule, version: QuestionnaireVersion) -> Asking:
    return Asking(
        share=rule.share, ways=_ways(rule), delay=timedelta(minutes=rule.delay_minutes), asks_from=rule.asks_from,
        asks_until=rule.asks_until, quarantine=timedelta(days=rule.quarantine_days),
        deadline=timedelta(hours=version.deadline_hours), on_line=rule.way == Way.END_OF_CALL,
    )  # fmt: skip


def _candidate(part: EndedPart, person: _Person, *, on_line: bool) -> SurveyCandidate:
    earlier = SurveyInvitation.objects.asked().exclude(part=part.key)
    earlier = earlier.filter(Q(address_digest__in=person.digests) | Q(party_digest__in=person.digests))
    asked = earlier.aggregate(last=Max("planned_at"), times=Count("pk")) if person.digests else {}
    return SurveyCandidate(
        part=part.key, parts=part.keys, ended_at=part.ended_at, ways=_reachable(person, part),
        is_ours=EntryPoint.objects.valid_on(day_of(part.ended_at)).filter(number=person.number).exists(),
        opted_out=opting_out.is_out(person.digests) or _said_no(part.enquiry), asked_at=asked.get("last"),
        asked=asked.get("times") or 0, on_line=on_line,
    )  # fmt: skip


def _said_no(enquiry: Enquiry) -> bool:
    """Whether they said no in the queue: also whom nothing is known of by which the no could be kept."""
    return StoredEvent.objects.filter(stream=enquiry.pk, kind=str(Kind.SURVEY_DECLINED)).exists()


def _reachable(person: _Person, part: EndedPart) -> set[str]:
    ways: set[str] = {Way.END_OF_CALL} if part.kind == SurveyKind.AFTER_CALL else set()
    if part.kind == SurveyKind.CHAT and part.handover is None:  # who is answered later has left the page
        ways.add(Way.PAGE)
    if person.number:
        ways.add(Way.ROBOT)
    if phone_numbers.can_receive_sms(person.number):
        ways.add(Way.SMS)
    if person.mail:
        ways.add(Way.MAIL)
    return ways


def _written(
    existing: SurveyInvitation | None, part: EndedPart, rule: AskingRule, person: _Person, decision: SurveyDecision,
    at: datetime,
) -> SurveyInvitation | None:  # fmt: skip
    version = version_for(rule, decision.way or _ways(rule)[0], day_of(part.ended_at))
    if version is None:
        return existing
    made = existing or SurveyInvitation(part=part.key, part_ended_at=part.ended_at)
    made.version, made.rule, made.way = version, rule, decision.way
    made.planned_at, made.reason = decision.at, decision.why_not or ""
    made.due_at = decision.at + timedelta(hours=version.deadline_hours)
    made.state = State.NOT_ASKED if decision.why_not else State.PLANNED
    made.handover, made.employee_id, made.level = part.handover, part.employee, part.level
    _set_place(made, part)
    _set_address(made, person if decision.why_not is None else None)
    if decision.why_not is None:
        stream.append(
            made, FeedbackKind.PLANNED, at=at, questionnaire=version.questionnaire.code, number=version.number,
            way=made.way, enquiry=str(part.enquiry.pk), **stream.place(made),
        )  # fmt: skip
    elif existing is not None:
        stream.append(made, FeedbackKind.ENDED, at=at, state=made.state, reason=made.reason, **stream.place(made))
    made.save()
    if made.way == Way.PAGE:
        # the link stands beside how the chat stands; its lines are as they were, and are not sent again
        stale.mark(f"thread-{made.enquiry_id}/centre-read")
    return made


def _set_place(made: SurveyInvitation, part: EndedPart) -> None:
    enquiry = part.enquiry
    made.enquiry, made.channel, made.language = enquiry, enquiry.channel, enquiry.language
    made.centre, made.queue, made.wait_seconds = enquiry.centre, enquiry.queue, enquiry.wait_seconds
    made.service, made.unit = part.service, part.unit


def _set_address(made: SurveyInvitation, person: _Person | None) -> None:
    if person is None:
        made.token, made.address, made.address_digest, made.party_digest = None, "", "", ""
        return
    made.token = secrets.token_urlsafe(32)
    made.address = {Way.MAIL: person.mail, Way.PAGE: ""}.get(Way(made.way), person.number)
    made.address_digest = addresses.digest(made.address or person.mail or person.number)
    made.party_digest = addresses.party_digest(person.party.pk if person.party else None)


def _placed(existing: SurveyInvitation, part: EndedPart, at: datetime) -> SurveyInvitation:
    """What it was about became known after the decision: the invitation and its answer say so from then on."""
    if part.service is None or existing.service_id:
        return existing
    existing.service, existing.unit = part.service, existing.unit or part.unit
    response = Response.objects.select_related("version__questionnaire").filter(invitation=existing).first()
    if response is not None:
        response.service, response.unit, response.invitation = existing.service, existing.unit, existing
        response.save(update_fields=["service", "unit"])
        stream.append_answer(existing, response, at=at)
    existing.save()
    return existing
