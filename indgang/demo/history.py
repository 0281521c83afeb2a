"""Past enquiries for the demo, so that histories, searches and figures are not empty.

They are drawn like the live day, played by the simulation twin, and written as the event streams of real enquiries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from indgang.accounts.models import Person
from indgang.catalogue import hours
from indgang.catalogue.models import ContactCentre, LocalPurpose, Purpose, Service
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.core.ids import uuid7
from indgang.core.schedule import Schedule
from indgang.demo import past_day, people
from indgang.demo.day import Caller, DayOfCalls
from indgang.enquiries import circumstances
from indgang.enquiries.circumstances import Circumstances
from indgang.enquiries.event_kinds import EnquiryKind
from indgang.enquiries.models import Channel, Character, Enquiry, PartyNumber, Question
from indgang.entry.event_kinds import Kind
from indgang.entry.models import EntryPoint
from indgang.events import log, months
from indgang.events.event import Event, EventKind

#: a caller who has waited so long flows over to the queue of another centre, when somebody there is free
_OVERFLOW = timedelta(seconds=45)
#: by centre, the queue of the centre that helps it
_HELPING_QUEUES = {"tmf": "kff-hovednummer", "bif": "tmf-oevrige", "kff": "tmf-oevrige"}
#: working days of history in the month before, so that a closed settlement has calls
_DAYS_OF_LAST_MONTH = 3
#: working days of history, and calls a minute in them (fewer than in the live demo, which must show activity)
DAYS = 20
_PER_MINUTE = 0.55
_SEED = 2020

_MENU = timedelta(seconds=22)
_RING = timedelta(seconds=6)
_WRAP_UP = 35.0
#: colleagues on duty in the past, per centre: enough for most callers, with a queue at the peak
_ON_DUTY = {"tmf": 3, "bif": 1, "yds": 1, "kff": 1}


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows that history refers to, by code."""

    around: Circumstances
    centres: Mapping[str, ContactCentre]
    entries: Mapping[str, int]
    services: Mapping[str, Service]
    purposes: Mapping[str, Purpose]
    local: Mapping[tuple[int, str], LocalPurpose]
    parties: Mapping[str, int]
    colleagues: Mapping[str, list[Person]]


def write(*, until: datetime, say: Callable[[str], None] = lambda line: None) -> int:
    """Add the working days before `until` unless somebody has called. Returns the number added."""
    if Enquiry.objects.filter(channel=Channel.PHONE).exists():
        return 0
    say("History: making the past weeks ...")
    rows = _read(day_of(until))
    schedule = hours.schedule_of("tmf-9-16")
    today = day_of(until)
    days = _working_days(schedule, today, DAYS)
    last_month = [day for day in _working_days(schedule, today.replace(day=1), _DAYS_OF_LAST_MONTH) if day < days[0]]
    days = last_month + days
    with transaction.atomic():
        for month in sorted({day.replace(day=1) for day in [*days, today]}):
            months.ensure(datetime.combine(month, time(0), UTC))
        day = DayOfCalls(Random(_SEED), _PER_MINUTE, tuple(rows.parties))  # noqa: S311  # a demo, not a secret
        calls = [call for each in [*days, today] for call in _calls_of(day, each, schedule, rows)]
        # of today only the calls that have ended
        calls = [call for call in calls if call.events[-1].at < until]
        _copy(calls, rows)
    return len(calls)


def _working_days(schedule: Schedule, before: date, count: int) -> list[date]:
    found: list[date] = []
    day = before
    while len(found) < count:
        day -= timedelta(days=1)
        if schedule.spans(day):
            found.append(day)
    return found[::-1]


@dataclass(frozen=True, slots=True)
class _Call:
    """One past enquiry: its events, and its question if somebody answered."""

    caller: Caller
    events: list[Event[Any]]
    agent: Person | None


def _calls_of(day: DayOfCalls, date: date, schedule: Schedule, rows: _Rows) -> Iterator[_Call]:
    """The calls of one day, answered as the twin plays them."""
    staff = past_day.Staff(rows.around.places.centre_of_queue, _ON_DUTY, _HELPING_QUEUES)
    for span in schedule.spans(date):
        opens, closes = span
        assert opens is not None
        assert closes is not None
        callers = list(day.callers(opens, closes))
        answered = past_day.play(
            callers, opens, closes, staff, menu=_MENU, rings=_RING, wrap_up=_WRAP_UP, helps_after=_OVERFLOW
        )
        for caller, found in zip(callers, answered, strict=True):
            yield _call(caller, found, rows)


def _call(caller: Caller, answered: past_day.PastAnswer | None, rows: _Rows) -> _Call:
    """The call of one caller, who hung up or was answered, perhaps by the helping centre."""
    centre, queued = rows.around.places.centre_of_queue[caller.queue], caller.at + _MENU
    if answered is None:
        return _Call(caller, _given_up(caller, centre, queued, rows), None)
    agent = rows.colleagues[answered.centre][answered.person]
    queue = caller.queue if answered.centre == centre else _HELPING_QUEUES[centre]
    begins = queued + timedelta(seconds=answered.after)
    story = _begun(caller, centre, queued, rows)
    if queue != caller.queue:
        story += _flowed_over(story, caller.queue, queue, queued + _OVERFLOW)
    return _Call(caller, _talked(caller, story, queue, begins, begins + timedelta(seconds=caller.talk), agent), agent)


def _flowed_over(made: list[Event[Any]], queue: str, to: str, at: datetime) -> list[Event[Any]]:
    told = {"to": "", "to_queue": to, "reasons": []}
    return [
        _after(made, Kind.OVERFLOWED, at, queue=queue, data=told),
        _after(made, Kind.QUEUED, at, queue=to, data={"reasons": [], "priority": 0}),
    ]


def _begun(caller: Caller, centre: str, queued: datetime, rows: _Rows) -> list[Event[Any]]:
    with clock.frozen(caller.at):
        identity = str(uuid7())
    arrived = {
        "exchange": "simulator",
        "dialled": caller.dialled,
        "caller_number": caller.number,
        "entry_point": rows.entries.get(caller.dialled),
        "centre": centre,
        "language": "da",
    }
    made: list[Event[Any]] = [Kind.ARRIVED.event(identity, caller.at, data=arrived)]
    for place, keys in enumerate(caller.keys.values()):
        if place < 2:
            at = caller.at + timedelta(seconds=8 * (place + 1))
            made.append(Kind.MENU.event(identity, at, data={"key": keys[-1], "label": ""}))
    made.append(Kind.QUEUED.event(identity, queued, caller.queue, data={"reasons": [], "priority": 0}))
    return made


def _given_up(caller: Caller, centre: str, queued: datetime, rows: _Rows) -> list[Event[Any]]:
    made = _begun(caller, centre, queued, rows)
    at = queued + timedelta(seconds=caller.patience)
    made.append(_after(made, Kind.ABANDONED, at, queue=caller.queue, data={"waited": caller.patience}))
    return made


def _talked(
    caller: Caller, made: list[Event[Any]], queue: str, answered: datetime, ended: datetime, agent: Person
) -> list[Event[Any]]:
    """The story `made` so far, and the conversation in `queue` with what followed it."""
    rang = _RING.total_seconds()
    by = {"queue": queue, "person": agent.pk}
    made.append(_after(made, Kind.OFFERED, answered - _RING, **by, data={"reasons": []}))
    made.append(_after(made, Kind.ACCEPTED, answered, **by, data={"rang": rang}))
    made.append(_after(made, Kind.ANSWERED, answered, **by, data={"direction": "in"}))
    if caller.wish.outcome == "transferred":
        told = {"name": "Sagsbehandler", "address": "", "warm": True}
        made.append(_after(made, Kind.PASSED_ON, ended, **by, data=told))
        ended += timedelta(minutes=2)
    made.append(_after(made, Kind.ENDED, ended, **by, data={"by": "caller"}))
    over = ended + timedelta(seconds=_WRAP_UP)
    asked = [_told(caller)]
    made.append(
        _after(made, EnquiryKind.REGISTERED, over - timedelta(seconds=2), person=agent.pk, data={"questions": asked})
    )
    made.append(_after(made, Kind.WRAPPED_UP, over, **by, data={"seconds": _WRAP_UP}))
    return made


def _after(made: list[Event[Any]], kind: EventKind[Any], at: datetime, **rest: Any) -> Event[Any]:
    return kind.event(made[0].stream, at, **rest)


def _told(caller: Caller) -> dict[str, Any]:
    wish = caller.wish
    return {
        "order": 0,
        "service": wish.service,
        "purpose": wish.purpose,
        "local_purpose": wish.local,
        "character": _character(caller),
        "outcome": wish.outcome,
        "should_be_digital": wish.should_be_digital,
    }


def _character(caller: Caller) -> str:
    return str(Character.CASE_SPECIFIC if caller.wish.case_specific else Character.GENERAL)


# --- Reading and writing -----------------------------------------------------------------------


def _read(day: date) -> _Rows:
    everybody = Person.objects.filter(username__startswith="kollega-").order_by("username")
    colleagues = {person.username: person for person in everybody}
    centres = {centre.code: centre for centre in ContactCentre.objects.all()}
    return _Rows(
        around=circumstances.read(day),
        centres=centres,
        entries=dict(EntryPoint.objects.values_list("number", "pk")),
        services={row.code: row for row in Service.objects.all()},
        purposes={row.code: row for row in Purpose.objects.all()},
        local={(row.service_id, row.name): row for row in LocalPurpose.objects.all()},
        parties=dict(PartyNumber.objects.order_by("pk").values_list("number", "party_id")),
        colleagues={
            code: [colleagues[people.colleague(code, number)] for number in range(1, _ON_DUTY[code] + 1)]
            for code in centres
        },
    )


def _copy(calls: list[_Call], rows: _Rows) -> None:
    """Write everything with COPY: rows, events and questions."""
    told = [(call, *rows.around.replay(call.events)) for call in calls]
    made = [(call, _with_party(row, call, rows)) for call, row, _ in told]
    names = [field.attname for field in Enquiry._meta.concrete_fields]
    _copy_in("enquiries_enquiry", names, ([getattr(row, name) for name in names] for _, row in made))
    _copy_in(log.TABLE, log.COLUMNS, (_line(each) for _, _, stored in told for each in stored))
    names = [field.attname for field in Question._meta.concrete_fields if field.name != "id"]
    questions = (_question(call, row, rows) for call, row in made if call.agent)
    _copy_in("enquiries_question", names, ([getattr(each, name) for name in names] for each in questions))


def _with_party(row: Enquiry, call: _Call, rows: _Rows) -> Enquiry:
    row.party_id = rows.parties.get(call.caller.number)
    return row


def _line(stored: Mapping[str, Any]) -> list[Any]:
    return [Jsonb(value) if column == "data" else value for column, value in stored.items()]


def _question(call: _Call, row: Enquiry, rows: _Rows) -> Question:
    wish = call.caller.wish
    service = rows.services[wish.service]
    return Question(
        enquiry=row,
        order=0,
        service=service,
        purpose=rows.purposes[wish.purpose],
        local_purpose=rows.local.get((service.pk, wish.local)),
        character=_character(call.caller),
        outcome=wish.outcome,
        should_be_digital=wish.should_be_digital,
        registered_at=call.events[-1].at,
        registered_by=call.agent,
    )


def _copy_in(table: str, columns: Iterable[str], lines: Iterable[list[Any]]) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for line in lines:
            copy.write_row(line)
