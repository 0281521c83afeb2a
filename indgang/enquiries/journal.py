"""The journal of enquiries: writes the event stream, the rows derived from it, and the marks of stale pages.

All batches of one call are written in one transaction. Frequent data of every call (events, derived columns, live
calls, presences) is sent as row sets (`rowsets`); everything rare goes through the models.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.enquiries import circumstances, recordings, robot_steps, rowsets, stream
from indgang.enquiries.circumstances import Circumstances
from indgang.enquiries.event_kinds import Begun, EnquiryKind, Received
from indgang.enquiries.models import Enquiry, PartyNumber, ReturnCall
from indgang.entry import robot_calls
from indgang.entry.event_kinds import CallbackOver, Kind
from indgang.entry.journal import SHORT_ABANDON_SECONDS, AlertNow, Batch, OrderAnswer, PresenceNow
from indgang.entry.models import Alert, ExchangeStatus, LiveWork, PauseReason, QueueMembership
from indgang.events import log
from indgang.events.event import Event
from indgang.events.models import StoredEvent
from indgang.live import stale
from indgang.telemetry.metrics import ANSWERED_AFTER, EVENTS, WRITES

V = TypeVar("V")
#: what a package above does when events are written
Follow = Callable[[Sequence[Event[Any]], Mapping[str, Enquiry]], None]

_INSERT_EVENTS = rowsets.insert(log.TABLE, log.COLUMNS)
_KEEP_ITEMS = """
    INSERT INTO entry_livework (item, since, kept) SELECT item, since, kept
    FROM json_to_recordset(%s) AS v(item uuid, since timestamptz, kept jsonb)
    ON CONFLICT (item) DO UPDATE SET kept = EXCLUDED.kept
"""
_FORGET_ITEMS = "DELETE FROM entry_livework WHERE item = ANY(%s::uuid[])"
_PRESENCE = {
    "person_id": "bigint", "state": "text", "reason_id": "bigint", "since": "timestamptz",
    "wrap_up_until": "timestamptz", "signed_in_at": "timestamptz", "phone_kind": "text", "phone_address": "text",
    "phone_on": "boolean", "phone_fault": "text", "monitored": "uuid", "kept": "jsonb",
}  # fmt: skip
_PUT_PRESENCES = rowsets.insert("entry_presence", _PRESENCE, key="person_id")
_IN_HAND = {
    "person_id": "bigint", "place": "smallint", "enquiry": "uuid", "kind": "text", "stage": "text",
    "offered_until": "timestamptz", "reasons": "jsonb", "held": "boolean", "muted": "boolean", "consult_name": "text",
    "consult_state": "text", "attempts": "smallint", "recording": "text", "search": "jsonb", "task": "uuid",
}  # fmt: skip
_OF_ITEM = [name for name in _IN_HAND if name not in ("person_id", "place")]
_EMPTY_HANDS = "DELETE FROM entry_inhand WHERE person_id = ANY(%s::bigint[])"
_INSERT_IN_HAND = rowsets.insert("entry_inhand", _IN_HAND)
_PRESENCE_EVENT = {
    "person_id": "bigint", "at": "timestamptz", "state": "text", "reason": "text", "enquiry": "uuid",
}  # fmt: skip
_INSERT_PRESENCE_EVENTS = rowsets.insert("entry_presenceevent", _PRESENCE_EVENT)
_ANSWER = "UPDATE entry_command SET outcome = %s, detail = %s, finished_at = %s WHERE id = %s"
_EXCHANGE = """
    INSERT INTO entry_exchangestatus (name, up, since, heartbeat, detail)
    VALUES (%(name)s, %(up)s, %(at)s, %(at)s, %(detail)s)
    ON CONFLICT (name) DO UPDATE SET heartbeat = EXCLUDED.heartbeat, detail = EXCLUDED.detail,
        since = CASE WHEN entry_exchangestatus.up = EXCLUDED.up THEN entry_exchangestatus.since ELSE EXCLUDED.since END,
        up = EXCLUDED.up
"""


#: the columns of an enquiry that are read before events are applied to it, in the model's order: all that events set,
#: because one that is left out costs a query of its own for each event
_KNOWN = [
    field.attname for field in Enquiry._meta.concrete_fields if field.attname in {*stream.BEGINNING, *stream.DERIVED}
]
# in a fixed order, so that two transactions that lock several rows do not deadlock
_LOCK = f"SELECT {', '.join(_KNOWN)} FROM enquiries_enquiry WHERE id = ANY(%s::uuid[]) ORDER BY id FOR UPDATE"  # noqa: S608  # our names


#: events that create or close a return call
_CHANGING_WHO_TO_RING = frozenset(
    {
        Kind.ABANDONED, Kind.MESSAGE, Kind.CALLBACK, Kind.CALLBACK_ORDERED, Kind.CALLBACK_QUEUED,
        Kind.CALLBACK_PARKED, Kind.CALLBACK_TAKEN, Kind.CALLED_BACK, Kind.CALLBACK_FAILED, Kind.CALLBACK_OVER,
    }
)  # fmt: skip


class UnknownEnquiry(LookupError):
    """An event of an enquiry that is not in the register."""


class DatabaseJournal:
    """The journal of `entry.journal`, in the database."""

    def __init__(self, follow: Follow | None = None) -> None:
        """`follow` is called with the events of each write and the enquiries after them, in its transaction."""
        self._follow = follow
        self._circumstances: Circumstances | None = None
        #: the transaction of a write whose commit is not confirmed yet; needed if the connection breaks
        self._unsure: str | None = None
        self._reasons: dict[str, int] = {}
        self._centres_of_person: dict[int, tuple[str, ...]] = {}

    def forget(self) -> None:
        """As `Journal.forget`."""
        self._circumstances = None

    def write(self, batches: Sequence[Batch]) -> None:
        """As `Journal.write`. A repeat after a broken connection first checks whether the first write was committed.

        Always three round trips: one reads the enquiries, one writes everything new, one commits.
        """
        if self._was_committed():
            return
        with WRITES.time():
            events, rows = self._write(batches)
        _measure(events, rows)

    def _write(self, batches: Sequence[Batch]) -> tuple[list[Event[Any]], dict[str, Enquiry]]:
        """Returns the events written, and the rows after them."""
        if not self._circumstances:
            self._load(day_of(batches[-1].at))
        events = [event for batch in batches for event in batch.events]
        presences = [now for batch in batches for now in batch.presences.values()]
        with transaction.atomic():
            self._unsure, known = _begin_with(events)
            rows, stored = self._apply(events, known)
            parts = self._parts(events, rows, presences) | _write_rare(batches, events, rows)
            with rowsets.together() as sending:
                _send_enquiries(sending, rows, known)
                steps = [step for batch in batches for step in batch.robot_steps]
                sending.rows(_INSERT_EVENTS, [*stored, *robot_steps.rows(steps)])
                robot_steps.send_results(sending, steps)
                _send_items(sending, batches)
                self._send_presences(sending, presences)
                for answer in (answer for batch in batches for answer in batch.answers):
                    _send_answer(sending, answer, batches[-1].at)
                if parts:
                    sending.send(stale.MARK, [sorted(parts)])
            if self._follow is not None:
                self._follow(events, rows)
        self._unsure = None
        return events, rows

    def _was_committed(self) -> bool:
        """Whether the last write, whose connection broke, was committed. Asks only once."""
        if self._unsure is None:
            return False
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_xact_status(%s::xid8)", [self._unsure])
            row = cursor.fetchone()
        self._unsure = None
        return row is not None and row[0] == "committed"

    def open_items(self) -> list[dict[str, Any]]:
        return [kept | {"item": str(pk)} for pk, kept in LiveWork.objects.values_list("item", "kept")]

    def last_agents(self, since: datetime) -> dict[str, tuple[datetime, int]]:
        answered = Enquiry.objects.filter(arrived_at__gte=since, answered_at__isnull=False, agent__isnull=False)
        spoken = answered.exclude(caller_number="").order_by("answered_at")
        rows = spoken.values_list("caller_number", "answered_at", "agent")
        return _newest_last((number, (at, agent)) for number, at, agent in rows if at is not None)

    def missed_callbacks(self, since: datetime) -> dict[str, tuple[datetime, str]]:
        later = Enquiry.objects.filter(caller_number=OuterRef("number"), answered_at__gt=OuterRef("created_at"))
        since_then = ReturnCall.objects.filter(created_at__gte=since, done_at__isnull=True, queue__isnull=False)
        rows = since_then.filter(kind=ReturnCall.Kind.NOT_REACHED).exclude(Exists(later)).order_by("created_at")
        missed = rows.values_list("number", "created_at", "queue__code")
        return _newest_last((number, (at, queue)) for number, at, queue in missed)

    def known_numbers(self) -> frozenset[str]:
        return frozenset(PartyNumber.objects.values_list("number", flat=True).iterator())

    def knows(self, enquiry: str) -> bool:
        return Enquiry.objects.filter(pk=UUID(enquiry)).exists()

    def keep_recording(self, enquiry: str, wav: bytes) -> None:
        ReturnCall.objects.filter(enquiry_id=UUID(enquiry)).update(recording=wav)

    def keep_comment(self, call: str, wav: bytes) -> None:
        robot_calls.keep_comment(call, wav, at=clock.now())

    def keep_conversation(self, recording: str, wav: bytes) -> None:
        recordings.keep_sound(recording, wav)

    def _load(self, day: date) -> None:
        self._circumstances = circumstances.read(day)
        self._reasons = dict(PauseReason.objects.values_list("code", "pk"))
        centres: dict[int, set[str]] = {}
        # includes memberships that end as this day begins: the boards of those centres must be refreshed
        lately = QueueMembership.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)
        for person, centre in lately.values_list("person", "queue__centre__code"):
            centres.setdefault(person, set()).add(centre)
        self._centres_of_person = {person: tuple(sorted(codes)) for person, codes in centres.items()}

    def _apply(
        self, events: list[Event[Any]], known: Mapping[str, Enquiry]
    ) -> tuple[dict[str, Enquiry], list[rowsets.Row]]:
        """Apply the events. Returns the resulting rows, and the events as stored."""
        assert self._circumstances is not None
        places = self._circumstances.places
        begun = {event.stream: stream.begin(event, places) for event in events if stream.begins(event.kind)}
        rows = {**known, **begun}
        stored: list[rowsets.Row] = []
        for event in events:
            enquiry = rows.get(event.stream)
            if enquiry is None:
                raise UnknownEnquiry(f"the beginning of {event.stream} was never written")
            stored.append(self._circumstances.row(event, enquiry))
            stream.apply(enquiry, event, places)
        return rows, stored

    def _parts(self, events: list[Event[Any]], rows: Mapping[str, Enquiry], presences: list[PresenceNow]) -> set[str]:
        """The parts of pages that become stale."""
        assert self._circumstances is not None
        parts = _parts_of(events, rows, self._circumstances.places)
        for now in presences:
            parts |= {f"person-{now.person}/state", f"person-{now.person}/call"}
            parts |= {f"centre-{code}/agents" for code in self._centres_of_person.get(now.person, ())}
        return parts

    def _send_presences(self, sending: rowsets.Sending, presences: list[PresenceNow]) -> None:
        latest = {now.person: now for now in presences}
        sending.rows(_PUT_PRESENCES, [self._presence(now) for now in latest.values()])
        if latest:
            sending.send(_EMPTY_HANDS, [list(latest)])
        sending.rows(_INSERT_IN_HAND, [row for now in latest.values() for row in _in_hand(now)])
        sending.rows(
            _INSERT_PRESENCE_EVENTS,
            [
                {"person_id": now.person, "at": now.since, "state": now.state, "reason": now.reason,
                 "enquiry": now.enquiry}
                for now in presences if now.changed
            ],
        )  # fmt: skip

    def _presence(self, now: PresenceNow) -> rowsets.Row:
        return {
            "person_id": now.person, "state": now.state, "reason_id": self._reasons.get(now.reason),
            "since": now.since, "wrap_up_until": now.wrap_up_until, "signed_in_at": now.signed_in_at,
            "phone_kind": now.phone_kind, "phone_address": now.phone_address, "phone_on": now.phone_on,
            "phone_fault": now.phone_fault, "monitored": now.monitored, "kept": now.kept,
        }  # fmt: skip


def _in_hand(now: PresenceNow) -> list[rowsets.Row]:
    """The work items that the person has in hand, as rows, in the order of the desk."""
    return [
        {"person_id": now.person, "place": place, **{name: getattr(item, name) for name in _OF_ITEM}}
        for place, item in enumerate(now.in_hand)
    ]


def _newest_last(rows: Iterable[tuple[str, V]]) -> dict[str, V]:
    """The newest value of each number, from rows in ascending order of time; the result keeps that order."""
    found: dict[str, V] = {}
    for number, value in rows:
        found.pop(number, None)
        found[number] = value
    return found


def begin(event: Event[Begun] | Event[Received], *, by: Person | None) -> Enquiry:
    """Write an enquiry that begins without the switchboard; inside the caller's transaction. `by` is None for what a
    contact wrote."""
    around = circumstances.of_centre(event.payload.centre, by=by, day=day_of(event.at))
    enquiry = stream.begin(event, around.places)
    row = around.row(event, enquiry)
    stream.apply(enquiry, event, around.places)
    enquiry.save(force_insert=True)
    log.append(row)
    return enquiry


def append(enquiry: Enquiry, event: Event[Any], *, by: Person | None) -> None:
    """Add an event that did not come from the switchboard (a registration); inside the caller's transaction.

    Locks the enquiry, applies the event to `enquiry` and saves the derived columns.
    """
    locked = Enquiry.objects.select_for_update(of=("self",)).select_related("centre").get(pk=enquiry.pk)
    around = circumstances.of_centre(locked.centre.code if locked.centre else "", by=by, day=day_of(event.at))
    row = around.row(event, locked)
    stream.apply(locked, event, around.places)
    log.append(row)
    locked.save(update_fields=[column.removesuffix("_id") for column in stream.DERIVED])
    for column in stream.DERIVED:
        setattr(enquiry, column, getattr(locked, column))


def _measure(events: Sequence[Event[Any]], rows: Mapping[str, Enquiry]) -> None:
    for kind, count in Counter(event.kind for event in events).items():
        EVENTS.labels(kind).inc(count)
    for event in events:
        if event.kind == Kind.ANSWERED:
            ANSWERED_AFTER.labels(event.queue).observe(rows[event.stream].wait_seconds)


def _begin_with(events: list[Event[Any]]) -> tuple[str, dict[str, Enquiry]]:
    """The id of this transaction, and the locked rows of the enquiries with events; rows of new enquiries are
    missing."""
    asked = {event.stream for event in events}
    asked -= {event.stream for event in events if stream.begins(event.kind)}
    with rowsets.together() as sending:
        number = sending.send("SELECT pg_current_xact_id()::text", [])
        found = sending.send(_LOCK, [list(asked)]) if asked else None
    transaction_number = number.fetchone()
    assert transaction_number is not None
    rows = [Enquiry.from_db(connection.alias, _KNOWN, row) for row in found.fetchall()] if found else []
    return str(transaction_number[0]), {str(row.pk): row for row in rows}


@cache
def _insert_enquiries() -> str:
    return rowsets.insert("enquiries_enquiry", rowsets.columns_of(Enquiry))


@cache
def _update_enquiries() -> str:
    kinds = rowsets.columns_of(Enquiry)
    return rowsets.update("enquiries_enquiry", {name: kinds[name] for name in ("id", *stream.DERIVED)}, key="id")


def _send_enquiries(sending: rowsets.Sending, rows: Mapping[str, Enquiry], known: Mapping[str, Enquiry]) -> None:
    """Insert new enquiries whole, and update the derived columns of known ones."""
    columns = list(rowsets.columns_of(Enquiry))
    new = [{name: getattr(row, name) for name in columns} for key, row in rows.items() if key not in known]
    sending.rows(_insert_enquiries(), new)
    sending.rows(
        _update_enquiries(),
        [{name: getattr(row, name) for name in ("id", *stream.DERIVED)} for row in known.values()],
    )


def _send_items(sending: rowsets.Sending, batches: Sequence[Batch]) -> None:
    """Store what a restart needs of each work item, and delete items that are over."""
    items: dict[str, Mapping[str, Any] | None] = {}
    for batch in batches:
        items |= batch.items
    over = [item for item, kept in items.items() if kept is None]
    if over:
        sending.send(_FORGET_ITEMS, [over])
    at = batches[-1].at
    sending.rows(
        _KEEP_ITEMS, [{"item": item, "since": at, "kept": kept} for item, kept in items.items() if kept is not None]
    )


def _write_rare(batches: Sequence[Batch], events: list[Event[Any]], rows: Mapping[str, Enquiry]) -> set[str]:
    """Write rare data through the models. Returns the parts that become stale."""
    for event in events:
        _keep_return_call(rows[event.stream], event)
        if event.kind in recordings.KINDS:
            recordings.keep_event(rows[event.stream], event)
    parts = _raise_alerts([alert for batch in batches for alert in batch.alerts])
    return parts | _put_exchanges(batches)


def events_of(enquiry: Enquiry) -> list[Event[Any]]:
    """The enquiry's stream, in order."""
    return [stored.event for stored in StoredEvent.objects.filter(stream=enquiry.pk).order_by("number")]


def _keep_return_call(enquiry: Enquiry, event: Event[Any]) -> None:
    """Create a return call for a caller who hung up in the queue, left a message or was promised a call."""
    if event.kind == Kind.CALLBACK_OVER:
        _keep_missed(enquiry, event)
        return
    kinds = {
        Kind.ABANDONED: ReturnCall.Kind.ABANDONED,
        Kind.MESSAGE: ReturnCall.Kind.MESSAGE,
        Kind.CALLBACK: ReturnCall.Kind.CALLBACK,
    }
    kind = kinds.get(event.kind)
    if kind is None or getattr(event.payload, "waits_in_queue", False):
        return
    number = str(getattr(event.payload, "number", "") or enquiry.caller_number)[:30]
    if kind == ReturnCall.Kind.ABANDONED and (not number or enquiry.wait_seconds <= SHORT_ABANDON_SECONDS):
        return
    ReturnCall.objects.update_or_create(
        enquiry=enquiry,
        defaults={"kind": kind, "number": number, "queue_id": enquiry.queue_id, "created_at": event.at},
    )


def _keep_missed(enquiry: Enquiry, event: Event[CallbackOver]) -> None:
    """Create a return call for each callback that was not answered."""
    if not event.payload.was_missed:
        return
    ReturnCall.objects.update_or_create(
        enquiry=enquiry,
        defaults={
            "kind": ReturnCall.Kind.NOT_REACHED, "number": event.payload.number[:30] or enquiry.caller_number,
            "queue_id": enquiry.queue_id, "created_at": event.at, "attempts": event.payload.attempts,
            "taken_by": None, "taken_at": None, "done_by": None, "done_at": None, "result": "",
        },
    )  # fmt: skip


def _parts_of(events: list[Event[Any]], rows: Mapping[str, Enquiry], places: stream.Places) -> set[str]:
    """The parts of pages that these events make stale."""
    code_of_centre = {pk: code for code, pk in places.centres.items()}
    parts: set[str] = set()
    for event in events:
        row = rows[event.stream]
        centres = {code_of_centre.get(row.centre_id or 0, ""), places.centre_of_queue.get(event.queue, "")} - {""}
        parts |= {f"centre-{code}/{part}" for code in centres for part in ("queues", "figures")}
        if event.kind in _CHANGING_WHO_TO_RING:
            parts |= {f"centre-{code}/return-calls" for code in centres}
            # desks get return calls only: the centre's other parts change with every call
            parts |= {f"desks-{code}/return-calls" for code in centres}
        if event.kind in (Kind.PERSONAL_WAIT, Kind.PERSONAL_WAIT_OVER):
            parts |= {f"desks-{code}/waits" for code in centres} | {f"person-{event.person}/waits"}
        for person in {event.person, row.agent_id, row.first_agent_id} - {None}:
            parts.add(f"person-{person}/call")
            if event.kind in (Kind.ENDED, Kind.ABANDONED, EnquiryKind.REGISTERED, Kind.WRAPPED_UP, Kind.TRANSFERRED):
                parts |= {f"person-{person}/lists", f"person-{person}/figures"}
    return parts


def _raise_alerts(alerts: list[AlertNow]) -> set[str]:
    for alert in alerts:
        if alert.over:
            Alert.objects.filter(code=alert.code, over_at__isnull=True).update(over_at=alert.at)
            continue
        centre = ContactCentre.objects.filter(code=alert.centre).first() if alert.centre else None
        Alert.objects.create(at=alert.at, code=alert.code, text=alert.text, centre=centre, enquiry=alert.enquiry)
    return {"all/alerts"} if alerts else set()


def _put_exchanges(batches: Sequence[Batch]) -> set[str]:
    """Store the state of each exchange; a heartbeat alone makes no page stale."""
    latest: dict[str, tuple[bool, str]] = {}
    for batch in batches:
        latest |= batch.exchanges
    if not latest:
        return set()
    before = {name: (up, detail) for name, up, detail in ExchangeStatus.objects.values_list("name", "up", "detail")}
    with connection.cursor() as cursor:
        for name, (up, detail) in latest.items():
            cursor.execute(_EXCHANGE, {"name": name, "up": up, "at": batches[-1].at, "detail": detail})
    return {"all/exchange"} if any(before.get(name) != now for name, now in latest.items()) else set()


def _send_answer(sending: rowsets.Sending, answer: OrderAnswer, at: datetime) -> None:
    outcome = "done" if answer.done else "refused"
    sending.send(_ANSWER, [outcome, rowsets.as_json(dict(answer.detail)), at, answer.command])
