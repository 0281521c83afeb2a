"""Reads the plan of the board from the database in a few queries."""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db.models import Prefetch, Q

from indgang.accounts.access import OF_BOTH_SIDES, holders, people_who_may
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.hours import all_schedules
from indgang.catalogue.models import ContactCentre, Unit, not_ended
from indgang.core import phone_numbers
from indgang.core.clock import day_of
from indgang.core.dial_rules import DialRule, Refusal, decide
from indgang.core.number_series import NumberSeries
from indgang.entry.board import kept_desks
from indgang.entry.board.agent_legs import ANY_QUEUE_LINE, LINES, queue_line
from indgang.entry.board.call import UNREADABLE, LegRole, Phone
from indgang.entry.board.kept_desks import KeptDesk
from indgang.entry.board.number_trials import CODE_LINE, THANKS_LINE
from indgang.entry.board.phone_trust import BROKEN_OFF
from indgang.entry.journal import InHandStage
from indgang.entry.models import (
    Disturbance,
    ElsewhereSeries,
    EntryPoint,
    ExchangeStatus,
    Flow,
    FlowVersion,
    InHand,
    OwnNumber,
    PauseReason,
    Presence,
    Prompt,
    Queue,
    QueueMembership,
    QueueMessage,
    QueueTerms,
    RecordingPurpose,
)
from indgang.entry.setup import (
    announcements,
    barring,
    dial_rules,
    end_of_call,
    greetings,
    phases,
    queue_terms,
    spoken_texts,
)
from indgang.entry.setup.queues import steps_of
from indgang.entry.team import capacity, rotas
from indgang.entry.team.capacity import Load
from indgang.routing.centre.desk import Desk, Doing
from indgang.routing.centre.personal import WAITED_PROMPT, WAITS_PROMPT
from indgang.routing.centre.plan import (
    CallbackRule,
    DisturbancePlan,
    DutyTurn,
    EntryPlan,
    PersonPlan,
    Plan,
    QueuePlan,
)
from indgang.routing.centre.second_level import SecondLevel
from indgang.routing.distribution.requirement import Choose, QueueRule, Relaxation, Requirement, RuleError
from indgang.routing.flows import data
from indgang.routing.flows import steps as fsteps
from indgang.routing.flows.state import Notice, RecordingQuestion
from indgang.workforce import availability
from indgang.workforce.models import Competence

logger = logging.getLogger(__name__)

#: no call lasts longer, so earlier flow versions are not needed
OLDEST_VERSION_IN_USE = timedelta(days=2)
#: days of duty in the plan, which is read anew every day
DUTY_DAYS = 3


def phone_of(person: Person | int) -> str:
    """The name of a person's browser phone at the exchange."""
    return f"p{person.pk if isinstance(person, Person) else person}"


def read(at: datetime) -> Plan:
    """The plan in force at `at`. Invalid parts are left out and logged; their callers go to the safe queue."""
    day = day_of(at)
    rules = dial_rules.by_person(day)
    found = Queue.objects.valid_on(day).with_terms(day).select_related("centre__schedule", "schedule")
    queues = {queue.code: queue for queue in found}
    versions = dict(_versions(at))
    newest: dict[str, fsteps.Flow] = {}
    for (code, _number), flow in sorted(versions.items()):
        newest[code] = flow
    return Plan(
        entries=_entries(day),
        flows=newest,
        versions=versions,
        flow_centres=dict(Flow.objects.values_list("code", "centre__code")),
        queues=_queues(queues.values(), day),
        schedules=all_schedules(),
        people=_people(day, rules),
        leaders=_centres_by_holder(Permission.LEAD_TEAM, day),
        supervisors=_centres_by_holder(Permission.SUPERVISE_CALLS, day),
        safe_queue=next((code for code, queue in queues.items() if queue.is_safe), ""),
        prompts=frozenset(sound.name for sound in sounds(at)),
        disturbances=_disturbances(at),
        greetings=greetings.of_day(day),
        phase=phases.on(day),
        elsewhere=elsewhere_series(day),
        duty=_duty(at),
        barring=barring.configured(),
        dial_rules=rules,
        announcements=announcements.by_queue(at),
        asked_at_end=end_of_call.queues(at),
        unit_numbers={
            code: phone_numbers.from_exchange(phone)
            for code, phone in Unit.objects.values_list("code", "phone")
            if phone
        },
        second_level=second_level(at),
    )


def _duty(at: datetime) -> dict[str, tuple[DutyTurn, ...]]:
    """By rota, who is on duty until the plan is read again, which happens every day."""
    found: dict[str, list[DutyTurn]] = defaultdict(list)
    for each in rotas.coming(at, days=DUTY_DAYS):
        found[each.rota.code].append(DutyTurn(each.starts_at, each.ends_at, each.queue.code))
    return {code: tuple(turns) for code, turns in found.items()}


def second_level(at: datetime) -> SecondLevel:
    """Who has promised to answer what, for all services. A change of these alone is read alone: it comes often."""
    facts = availability.facts(at)
    people = {person for window in facts.windows for person in window.people}
    people |= {each.substitute for each in facts.substitutions}
    names, numbers = {}, {}
    rows = Person.objects.filter(pk__in=people).values_list("pk", "name", "entry__phone", "entry__mobile")
    for person, name, phone, mobile in rows:
        names[person] = name
        if number := phone or mobile:
            numbers[person] = phone_numbers.from_exchange(number)
    closed = PauseReason.objects.filter(reachable=False).values_list("code", flat=True)
    return SecondLevel(facts, names, numbers, frozenset(closed))


def elsewhere_series(day: date) -> tuple[NumberSeries, ...]:
    """The number series of other municipalities."""
    rows = ElsewhereSeries.objects.valid_on(day).values_list("first", "last", "municipality", "number")
    return tuple(NumberSeries(*row) for row in rows)


def _entries(day: date) -> dict[str, EntryPlan]:
    points = EntryPoint.objects.valid_on(day).select_related("centre", "flow")
    return {
        point.number: EntryPlan(point.pk, point.number, point.name, point.centre.code, point.flow.code, point.language)
        for point in points
    }


def _versions(at: datetime) -> Iterator[tuple[tuple[str, int], fsteps.Flow]]:
    """The version in force of each flow, and the versions that calls of the last days may still use."""
    seen: dict[int, datetime] = {}
    published = FlowVersion.objects.filter(published_at__lte=at).select_related("flow").order_by("flow", "-number")
    for version in published:
        followed_at = seen.get(version.flow_id)
        if followed_at is not None and followed_at < at - OLDEST_VERSION_IN_USE:
            continue
        assert version.published_at is not None
        seen[version.flow_id] = version.published_at
        try:
            flow = data.parse({**version.definition, "code": version.flow.code, "version": version.number})
        except data.FlowError:
            logger.exception("%s cannot be run and is left out", version)
            continue
        yield (version.flow.code, version.number), flow


def notices(day: date) -> dict[str, tuple[Notice, ...]]:
    """The active queue messages by queue, in order."""
    found: dict[str, list[Notice]] = defaultdict(list)
    for message in QueueMessage.objects.valid_on(day).filter(active=True).select_related("queue"):
        found[message.queue.code].append(Notice((message.prompt_code,), float(message.every_seconds)))
    return {code: tuple(plans) for code, plans in found.items()}


def _queues(queues: Iterable[Queue], day: date) -> dict[str, QueuePlan]:
    switched_on, asked = notices(day), recording_questions(day)
    return {
        queue.code: replace(_queue(queue, switched_on.get(queue.code, ())), recording=asked.get(queue.code))
        for queue in queues
    }


def recording_questions(day: date) -> dict[str, RecordingQuestion]:
    """By queue, what its callers are asked before their conversation is recorded; most queues record nothing."""
    rows = RecordingPurpose.objects.in_force(day).select_related("queue")
    return {row.queue.code: RecordingQuestion(row.pk, (row.prompt_code,)) for row in rows}


def _queue(queue: Queue, notices: tuple[Notice, ...]) -> QueuePlan:
    return QueuePlan(
        rule=_rule(queue),
        name=queue.name,
        centre=queue.centre.code,
        schedule=queue.schedule.code if queue.schedule else "",
        callback_hours=queue.opening_hours.code,
        closed=queue.closed_at is not None,
        closed_until=queue.closed_until,
        last_agent_seconds=float(queue.last_agent_seconds),
        notices=notices,
        callbacks=callback_rule(queue_terms.then(queue)),
    )


def callback_rule(terms: QueueTerms) -> CallbackRule:
    """The rule for attempts at callbacks under these terms."""
    latest = terms.callback_until_hour
    return CallbackRule(
        attempts=terms.callback_attempts,
        pause_seconds=terms.callback_pause_minutes * 60.0,
        earliest=time(terms.callback_from_hour),
        latest=time.max if latest == 24 else time(latest),
    )


def _rule(queue: Queue) -> QueueRule:
    """The distributor's rule; invalid steps fall back to everybody who serves the queue."""
    steps = tuple(
        Relaxation(float(step["after"]), Requirement.of(step["skills"]), tuple(step["also_queues"]))
        for step in steps_of(queue.steps)
    )
    try:
        return _with_steps(queue, steps or (Relaxation(0.0),))
    except RuleError:
        logger.exception("the steps of %s cannot be used", queue)
        return _with_steps(queue, (Relaxation(0.0),))


def _with_steps(queue: Queue, steps: tuple[Relaxation, ...]) -> QueueRule:
    terms = queue_terms.then(queue)
    return QueueRule(
        queue=queue.code,
        priority=queue.priority,
        ageing=queue.ageing,
        steps=steps,
        ring_seconds=float(queue.ring_seconds),
        wrap_up_seconds=float(terms.wrap_up_seconds),
        reserved=terms.reserved,
        choose=Choose(queue.choose),
        min_reoffer_seconds=float(queue.min_reoffer_seconds),
        rings=queue.work == Queue.Work.CALL,
    )


def _people(day: date, rules: Mapping[int, tuple[DialRule, ...]]) -> dict[int, PersonPlan]:
    """Everybody who can have a phone at a desk: people who take calls or hand-overs, and supervisors."""
    queues: dict[int, set[str]] = defaultdict(set)
    centres: dict[int, set[str]] = defaultdict(set)
    serving = QueueMembership.objects.serving_on(day)
    for person, code, centre, active in serving.values_list("person", "queue__code", "queue__centre__code", "active"):
        centres[person].add(centre)
        if active:
            queues[person].add(code)
    skills: dict[int, dict[str, int]] = defaultdict(dict)
    for person, code, level in Competence.objects.valid_on(day).values_list("person", "skill__code", "level"):
        skills[person][code] = level
    permissions = (Permission.TAKE_CALLS, Permission.TAKE_HANDOVERS, Permission.SUPERVISE_CALLS)
    loads, numbers = capacity.loads_on(day), _own_numbers(day, rules)
    return {
        person.pk: PersonPlan(
            person.pk, person.name, phone_of(person), frozenset(queues[person.pk]), skills[person.pk],
            frozenset(centres[person.pk]), *_at_once(loads.get(person.pk, capacity.USUAL)),
            frozenset(numbers.get(person.pk, ())),
        )
        for person in people_who_may(permissions, on=day)
    }  # fmt: skip


def _own_numbers(day: date, rules: Mapping[int, tuple[DialRule, ...]]) -> dict[int, set[str]]:
    """Of each person the confirmed numbers that the barring and the rules of their roles allow."""
    found: dict[int, set[str]] = defaultdict(set)
    barred = barring.configured()
    for person, number in OwnNumber.objects.confirmed_on(day).values_list("person", "number"):
        if barred.number(number) is None and decide(rules.get(person, ()), number, {}).allowed:
            found[person].add(number)
    return found


def _at_once(load: Load) -> tuple[Mapping[str, int], frozenset[str]]:
    return load.capacity, load.interrupts


def _centres_by_holder(permission: Permission, day: date) -> dict[int, frozenset[str]]:
    """The centres in which each person has `permission` on the day (`may_in`); "" stands for all centres."""
    sides = ("owner__path", "operator__path") if permission in OF_BOTH_SIDES else ("owner__path",)
    centres = [*ContactCentre.objects.values_list("code", *sides), ("", "")]
    return {
        person: frozenset(code for code, *of in centres if any(side.startswith(tuple(paths)) for side in of))
        for person, paths in holders(permission, day).items()
    }


def _disturbances(at: datetime) -> tuple[DisturbancePlan, ...]:
    """Current and coming messages; the board checks the time."""
    coming = Disturbance.objects.filter(ends_at__gt=at).select_related("centre").order_by("starts_at")
    return tuple(
        DisturbancePlan(disturbance_prompt(each), each.centre.code if each.centre else "", each.starts_at, each.ends_at)
        for each in coming
    )


def disturbance_prompt(disturbance: Disturbance) -> str:
    """The prompt code of the disturbance's text."""
    return f"driftsmeddelelse-{disturbance.pk}"


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound for exchanges to play. `mark` changes with the sound."""

    name: str
    text: str
    language: str
    recording: bytes | None
    mark: str


#: the board's own texts by code and language; a prompt of the same code replaces one
BUILT_IN = {
    (BROKEN_OFF, "da"): "Forbindelsen til medarbejderen blev afbrudt. Bliv på linjen. Du er forrest i køen.",
    (BROKEN_OFF, "en"): "The connection to the agent was lost. Please stay on the line. You are first in the queue.",
    (WAITS_PROMPT, "da"): "Den medarbejder, du skal tale med, er optaget lige nu. Bliv på linjen.",
    (WAITS_PROMPT, "en"): "The colleague you are to talk with is busy right now. Please stay on the line.",
    (WAITED_PROMPT, "da"): "Medarbejderen er stadig optaget. Bliv på linjen. Nu får du den første, der bliver ledig.",
    (ANY_QUEUE_LINE, "da"): "Opkald fra kontaktcentret. Tryk 1 for at tage det.",
    (LINES[LegRole.CONSULT], "da"): "Kontaktcentret. En kollega vil tale med dig. Tryk 1 for at tage opkaldet.",
    (LINES[LegRole.AGENT], "da"): "Kontaktcentret. Tryk 1, så ringer vi op for dig.",
    (CODE_LINE, "da"): "Det er kontaktcentret. Indtast koden, som står på din skærm.",
    (THANKS_LINE, "da"): "Tak. Nummeret er bekræftet.",
    (LINES[LegRole.MONITOR], "da"): "Kontaktcentret. Tryk 1 for at høre med.",
    (WAITED_PROMPT, "en"): "The colleague is still busy. Please stay on the line for the first agent who is free.",
}


def sounds(at: datetime) -> list[Sound]:
    """All prompts and the current and coming disturbance messages."""
    found = [_sound(code, text, language, None) for (code, language), text in BUILT_IN.items()]
    found += [
        _sound(prompt.code, prompt.text, prompt.language, bytes(prompt.recording) if prompt.recording else None)
        for prompt in Prompt.objects.all()
    ]
    found += _queue_lines(day_of(at))
    for each in Disturbance.objects.filter(Q(ends_at__gt=at)):
        found.append(_sound(disturbance_prompt(each), each.text, "da", None))
        if each.text_en:
            found.append(_sound(disturbance_prompt(each), each.text_en, "en", None))
    found += [_sound(code, text, language, None) for code, language, text in spoken_texts.texts(at)]
    return found + list(_recording_sounds(at))


def _recording_sounds(at: datetime) -> Iterator[Sound]:
    """The questions about recording, of today and of later."""
    lasting = not_ended(day_of(at))
    for each in RecordingPurpose.objects.filter(lasting, stopped_at=None):
        yield from (_sound(each.prompt_code, text, code, None) for code, text in each.questions.items())


def _queue_lines(day: date) -> Iterator[Sound]:
    """What agents at numbers of their own hear before they accept a call, for each queue."""
    for queue in Queue.objects.valid_on(day).select_related("centre"):
        text = f"Opkald fra {queue.centre.name}, kø {queue.name}. Tryk 1 for at tage det."
        yield _sound(queue_line(queue.code), text, "da", None)


def _sound(code: str, text: str, language: str, recording: bytes | None) -> Sound:
    mark = hashlib.sha256(recording if recording else f"{language}:{text}".encode()).hexdigest()
    return Sound(f"{code}.{language}", text, language, recording, mark)


def spoken(name: str, text: str) -> Sound:
    """A sound that is not a row of its own, such as the words of numbers, in Danish."""
    return Sound(name, text, "da", None, hashlib.sha256(f"da:{text}".encode()).hexdigest())


_DOINGS = frozenset(doing.value for doing in Doing)


def exchanges_seen() -> dict[str, datetime]:
    """The time at which each exchange was last heard from, by name."""
    rows = ExchangeStatus.objects.all()
    return {row.name: row.heartbeat if row.up else row.since for row in rows}


def desks(at: datetime) -> list[KeptDesk]:
    """The desks and their telephones from the presence rows, for a restart."""
    over = Prefetch("person__in_hand", InHand.objects.filter(stage=InHandStage.AFTER))
    rows = Presence.objects.exclude(state="signed_out").select_related("person", "reason").prefetch_related(over)
    return [_kept_desk(row) for row in rows]


def _kept_desk(row: Presence) -> KeptDesk:
    """The desk of a row. Where what was kept besides cannot be read, the desk is what its columns say."""
    desk, phone = _desk(row), _phone(row)
    try:
        return kept_desks.put_back(desk, phone, row.kept)
    except UNREADABLE as error:
        logger.error("what was kept of a desk cannot be read (%s)", type(error).__name__)
        return KeptDesk(desk, phone)


def _phone(row: Presence) -> Phone:
    # the limit of calls at once is no fault of the number, and is looked at anew
    fault = "" if row.phone_fault == Refusal.AT_ONCE else row.phone_fault
    return Phone(row.person_id, row.phone_kind, row.phone_address, fault=fault)


def _desk(row: Presence) -> Desk:
    """What the columns say. Releases before `kept` had the wrap-up among what is in hand."""
    over = next(iter(row.person.in_hand.all()), None) if row.state == Doing.WRAP_UP else None
    return Desk(
        person=row.person_id,
        name=row.person.name,
        doing=Doing(row.state) if row.state in _DOINGS else Doing.PAUSED,
        reason=row.reason.code if row.reason else "",
        since=row.since,
        signed_in_at=row.signed_in_at,
        wrap_up_until=row.wrap_up_until,
        wrapping=str(over.enquiry) if over else None,
        wrapping_since=row.since if over else None,
    )
