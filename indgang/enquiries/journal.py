"""Keeping what the switchboard tells: the event stream, the rows that follow from it, and who must look again.

One transaction for all that is handed over at once. Written with plain SQL where every call passes through many
times (events, derived columns, live calls, presences); everything rare goes through the models.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre
from indgang.enquiries import stream
from indgang.enquiries.models import Enquiry, Event, RingBack
from indgang.entry.journal import AlertNow, Answer, Batch, Happening, Kind, PresenceNow
from indgang.entry.models import Alert, ExchangeStatus, LiveCall, PauseReason, Queue
from indgang.live import stale

#: who hung up sooner than this had hardly begun to wait, and is not rung back
SHORT_ABANDON_SECONDS = 5.0

_INSERT_EVENT = """
    INSERT INTO enquiries_event (enquiry_id, number, at, kind, queue, person, data)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
_UPDATE_ENQUIRY = (
    "UPDATE enquiries_enquiry SET "  # noqa: S608  # column names are our own constants
    + ", ".join(f"{column} = %s" for column in stream.DERIVED)
    + " WHERE id = %s"
)
_KEEP_CALL = """
    INSERT INTO entry_livecall (enquiry, since, kept) VALUES (%s, %s, %s)
    ON CONFLICT (enquiry) DO UPDATE SET kept = EXCLUDED.kept
"""
_PUT_PRESENCE = """
    INSERT INTO entry_presence (person_id, state, reason_id, since, wrap_up_until, signed_in_at, phone_kind,
        phone_address, phone_on, enquiry, call, spying_on)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (person_id) DO UPDATE SET state = EXCLUDED.state, reason_id = EXCLUDED.reason_id,
        since = EXCLUDED.since, wrap_up_until = EXCLUDED.wrap_up_until, signed_in_at = EXCLUDED.signed_in_at,
        phone_kind = EXCLUDED.phone_kind, phone_address = EXCLUDED.phone_address, phone_on = EXCLUDED.phone_on,
        enquiry = EXCLUDED.enquiry, call = EXCLUDED.call, spying_on = EXCLUDED.spying_on
"""
_PRESENCE_EVENT = "INSERT INTO entry_presenceevent (person_id, at, state, reason, enquiry) VALUES (%s, %s, %s, %s, %s)"
_EXCHANGE = """
    INSERT INTO entry_exchangestatus (name, up, since, heartbeat, detail)
    VALUES (%(name)s, %(up)s, %(at)s, %(at)s, %(detail)s)
    ON CONFLICT (name) DO UPDATE SET heartbeat = EXCLUDED.heartbeat, detail = EXCLUDED.detail,
        since = CASE WHEN entry_exchangestatus.up = EXCLUDED.up THEN entry_exchangestatus.since ELSE EXCLUDED.since END,
        up = EXCLUDED.up
"""


class DatabaseJournal:
    """The journal of `entry.journal`, in the database."""

    def __init__(self) -> None:
        self._places: stream.Places | None = None
        #: the transaction whose end we have not been told, should the connection break before we are
        self._unsure: str | None = None
        self._reasons: dict[str, int] = {}
        self._centres_of_person: dict[int, tuple[str, ...]] = {}

    def forget(self) -> None:
        """Read queues, centres and memberships anew at the next write (they have been edited)."""
        self._places = None

    def write(self, batches: Sequence[Batch]) -> None:
        """As `Journal.write`. Told again after a broken connection, it first asks whether the first time held."""
        if self._was_committed():
            return
        if not self._places:
            self._load()
        with transaction.atomic():
            self._unsure = _transaction_id()
            parts = self._write_happenings([happening for batch in batches for happening in batch.happenings])
            self._keep_calls(batches)
            parts |= self._put_presences([now for batch in batches for now in batch.presences.values()])
            parts |= _raise_alerts([alert for batch in batches for alert in batch.alerts])
            parts |= _put_exchanges(batches)
            _answer([answer for batch in batches for answer in batch.answers], batches[-1].at)
            if parts:
                stale.mark(*sorted(parts))
        self._unsure = None

    def _was_committed(self) -> bool:
        """Whether the last write, whose connection broke, reached the database after all. Asks once."""
        if self._unsure is None:
            return False
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_xact_status(%s::xid8)", [self._unsure])
            row = cursor.fetchone()
        self._unsure = None
        return row is not None and row[0] == "committed"

    def open_calls(self) -> list[dict[str, Any]]:
        return [kept | {"enquiry": str(pk)} for pk, kept in LiveCall.objects.values_list("enquiry", "kept")]

    def knows(self, enquiry: str) -> bool:
        return Enquiry.objects.filter(pk=UUID(enquiry)).exists()

    def keep_recording(self, enquiry: str, wav: bytes) -> None:
        RingBack.objects.filter(enquiry_id=UUID(enquiry)).update(recording=wav)

    def _load(self) -> None:
        queues = list(Queue.objects.select_related("centre"))
        self._places = places_of(queues)
        self._reasons = dict(PauseReason.objects.values_list("code", "pk"))
        centres: dict[int, set[str]] = {}
        rows = Queue.objects.filter(memberships__valid_to__isnull=True).values_list(
            "memberships__person", "centre__code"
        )
        for person, centre in rows:
            if person is not None:
                centres.setdefault(person, set()).add(centre)
        self._centres_of_person = {person: tuple(sorted(codes)) for person, codes in centres.items()}

    def _write_happenings(self, happenings: list[Happening]) -> set[str]:
        if not happenings:
            return set()
        assert self._places is not None
        rows = _rows_of(happenings, self._places)
        events = []
        for happening in happenings:
            enquiry = rows[happening.enquiry]
            events.append(_event_values(happening, enquiry.events))
            stream.apply(enquiry, happening, self._places)
        with connection.cursor() as cursor:
            cursor.executemany(_INSERT_EVENT, events)
            cursor.executemany(
                _UPDATE_ENQUIRY,
                [[*(getattr(row, column) for column in stream.DERIVED), row.pk] for row in rows.values()],
            )
        for happening in happenings:
            _keep_ring_back(rows[happening.enquiry], happening)
        return _parts_of(happenings, rows, self._places)

    def _keep_calls(self, batches: Sequence[Batch]) -> None:
        calls: dict[str, Mapping[str, Any] | None] = {}
        for batch in batches:
            calls |= batch.calls
        over = [UUID(enquiry) for enquiry, kept in calls.items() if kept is None]
        if over:
            LiveCall.objects.filter(enquiry__in=over).delete()
        kept: list[list[Any]] = [
            [enquiry, batches[-1].at, Jsonb(value)] for enquiry, value in calls.items() if value is not None
        ]
        if kept:
            with connection.cursor() as cursor:
                cursor.executemany(_KEEP_CALL, kept)

    def _put_presences(self, presences: list[PresenceNow]) -> set[str]:
        if not presences:
            return set()
        with connection.cursor() as cursor:
            cursor.executemany(_PUT_PRESENCE, [self._presence_values(now) for now in presences])
            changed = [[now.person, now.since, now.state, now.reason, now.enquiry] for now in presences if now.changed]
            if changed:
                cursor.executemany(_PRESENCE_EVENT, changed)
        parts = {f"person-{now.person}/{part}" for now in presences for part in ("state", "call")}
        for now in presences:
            parts |= {f"centre-{code}/agents" for code in self._centres_of_person.get(now.person, ())}
        return parts

    def _presence_values(self, now: PresenceNow) -> list[Any]:
        return [
            now.person, now.state, self._reasons.get(now.reason), now.since, now.wrap_up_until, now.signed_in_at,
            now.phone_kind, now.phone_address, now.phone_on, now.enquiry, Jsonb(now.call), now.spying_on,
        ]  # fmt: skip


def append(enquiry: Enquiry, *, kind: Kind, at: datetime, by: Person | None, data: Mapping[str, Any]) -> None:
    """Add an event that did not come from the switchboard (a registration); inside the caller's transaction.

    Locks the enquiry, applies the event to `enquiry` and saves the derived columns.
    """
    locked = Enquiry.objects.select_for_update().get(pk=enquiry.pk)
    happening = Happening(str(enquiry.pk), kind, at, person=by.pk if by else None, data=data)
    number = locked.events
    stream.apply(locked, happening, stream.Places({}, {}, {}))
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_EVENT, _event_values(happening, number))
    names = [column.removesuffix("_id") for column in stream.DERIVED]
    locked.save(update_fields=names)
    for column in stream.DERIVED:
        setattr(enquiry, column, getattr(locked, column))


def ensure_partitions(at: datetime) -> None:
    """Have a partition for this month and the two that follow; what lies outside them goes to the rest."""
    month = at.astimezone(UTC).date().replace(day=1)
    with connection.cursor() as cursor:
        for _ in range(3):
            following = (month + timedelta(days=32)).replace(day=1)
            name = f"enquiries_event_{month:%Y_%m}"
            cursor.execute(
                "SELECT to_regclass(%s), EXISTS (SELECT 1 FROM enquiries_event_rest WHERE at >= %s AND at < %s)",
                [name, month, following],
            )
            known, in_rest = cursor.fetchone() or (None, False)
            if known is None and not in_rest:
                cursor.execute(
                    f"CREATE TABLE {name} PARTITION OF enquiries_event FOR VALUES FROM ('{month}') TO ('{following}')"
                )
            month = following


def _transaction_id() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def places_of(queues: Iterable[Queue]) -> stream.Places:
    """The keys of all codes that events may carry."""
    queues = list(queues)
    return stream.Places(
        queues={queue.code: queue.pk for queue in queues},
        centres=dict(ContactCentre.objects.values_list("code", "pk")),
        centre_of_queue={queue.code: queue.centre.code for queue in queues},
    )


def happenings_of(enquiry: Enquiry) -> list[Happening]:
    """The enquiry's stream as values, in order."""
    return [
        Happening(str(event.enquiry_id), Kind(event.kind), event.at, event.queue, event.person, event.data)
        for event in Event.objects.filter(enquiry=enquiry).order_by("number")
    ]


def _rows_of(happenings: list[Happening], places: stream.Places) -> dict[str, Enquiry]:
    """The rows of these events, locked; new ones for those that begin here."""
    ids = {happening.enquiry for happening in happenings}
    begun = {
        happening.enquiry: stream.begin(happening, places)
        for happening in happenings
        if happening.kind in (Kind.ARRIVED, Kind.DIALLED)
    }
    rows: dict[str, Enquiry] = {}
    if ids - begun.keys():
        known = Enquiry.objects.select_for_update().filter(pk__in=[UUID(pk) for pk in ids - begun.keys()])
        rows = {str(row.pk): row for row in known}
    if begun:
        Enquiry.objects.bulk_create(begun.values())
    return rows | begun


def _event_values(happening: Happening, number: int) -> list[Any]:
    return [
        happening.enquiry, number, happening.at, happening.kind.value, happening.queue, happening.person,
        Jsonb(dict(happening.data)),
    ]  # fmt: skip


def _keep_ring_back(enquiry: Enquiry, happening: Happening) -> None:
    """Somebody who hung up in the queue, left a message or was promised a call is somebody to ring."""
    kinds = {
        Kind.ABANDONED: RingBack.Kind.ABANDONED,
        Kind.MESSAGE: RingBack.Kind.MESSAGE,
        Kind.CALLBACK: RingBack.Kind.CALLBACK,
    }
    kind = kinds.get(happening.kind)
    if kind is None:
        return
    number = str(happening.data.get("number") or enquiry.caller_number)
    if kind == RingBack.Kind.ABANDONED and (not number or enquiry.wait_seconds < SHORT_ABANDON_SECONDS):
        return
    RingBack.objects.update_or_create(
        enquiry=enquiry,
        defaults={"kind": kind, "number": number, "queue_id": enquiry.queue_id, "created_at": happening.at},
    )


def _parts_of(happenings: list[Happening], rows: Mapping[str, Enquiry], places: stream.Places) -> set[str]:
    """Which parts of which pages these events make stale."""
    code_of_centre = {pk: code for code, pk in places.centres.items()}
    parts: set[str] = set()
    for happening in happenings:
        row = rows[happening.enquiry]
        centres = {code_of_centre.get(row.centre_id or 0, ""), places.centre_of_queue.get(happening.queue, "")} - {""}
        parts |= {f"centre-{code}/{part}" for code in centres for part in ("queues", "figures")}
        if happening.kind in (Kind.ABANDONED, Kind.MESSAGE, Kind.CALLBACK):
            parts |= {f"centre-{code}/ring-backs" for code in centres}
        for person in {happening.person, row.agent_id, row.first_agent_id} - {None}:
            parts.add(f"person-{person}/call")
            if happening.kind in (Kind.ENDED, Kind.ABANDONED, Kind.REGISTERED, Kind.WRAPPED_UP, Kind.TRANSFERRED):
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
    """The state of each exchange; a heartbeat alone makes no page stale."""
    latest: dict[str, tuple[bool, str]] = {}
    for batch in batches:
        latest |= batch.exchanges
    if not latest:
        return set()
    before = dict(ExchangeStatus.objects.values_list("name", "up"))
    with connection.cursor() as cursor:
        for name, (up, detail) in latest.items():
            cursor.execute(_EXCHANGE, {"name": name, "up": up, "at": batches[-1].at, "detail": detail})
    return {"all/exchange"} if any(before.get(name) != up for name, (up, _) in latest.items()) else set()


def _answer(answers: list[Answer], at: datetime) -> None:
    if not answers:
        return
    rows: list[list[Any]] = [
        ["done" if answer.done else "refused", Jsonb(dict(answer.detail)), at, answer.command] for answer in answers
    ]
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE entry_command SET outcome = %s, detail = %s, finished_at = %s WHERE id = %s", rows)
