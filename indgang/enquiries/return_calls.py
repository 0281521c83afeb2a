"""Return calls, the lines of the callback list: callers who hung up in the queue, left a message, or were promised a
call.

Several return calls to one number are one task: they are listed, taken and closed together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core import phone_numbers
from indgang.core.refusals import CodedRefusal
from indgang.enquiries.models import Enquiry, PartyNumber, ReturnCall
from indgang.entry import commands
from indgang.entry.models import Queue
from indgang.live import stale
from indgang.prepared import statements

#: most open return calls read for the list, oldest first
MOST_READ = 300


class ReturnCallError(CodedRefusal):
    """The action was refused. Codes: taken, not_taken, done, no_number, no_number_to_ring."""


class Named(Protocol):
    """A queue with the fields that the lists need."""

    @property
    def pk(self) -> int: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class OpenReturnCall:
    """One open return call. `taken` means taken by the reader; `queue` is a name, empty for none."""

    pk: int
    kind: ReturnCall.Kind
    number: str
    created_at: datetime
    taken: bool
    attempts: int
    queue: str


@dataclass(frozen=True, slots=True)
class ToRing:
    """One number to call, with all its open return calls. `first` is the oldest and represents all."""

    first: OpenReturnCall
    rows: tuple[OpenReturnCall, ...]

    @property
    def times(self) -> int:
        return len(self.rows)

    @property
    def latest(self) -> OpenReturnCall:
        return self.rows[-1]

    @property
    def messages(self) -> tuple[int, ...]:
        """Ids of the return calls with a voice message."""
        return tuple(row.pk for row in self.rows if row.kind is ReturnCall.Kind.MESSAGE)

    @property
    def promised(self) -> bool:
        return any(row.kind is ReturnCall.Kind.CALLBACK for row in self.rows)

    @property
    def attempts(self) -> int:
        return max(row.attempts for row in self.rows)


_OPEN_BY_KIND = """
SELECT queue_id, kind, count(*) FROM enquiries_returncall
WHERE done_at IS NULL AND queue_id = ANY(%(queues)s) GROUP BY queue_id, kind
"""


def open_by_kind(queues: Iterable[int]) -> dict[int, dict[str, int]]:
    """The number of open return calls by queue (id) and kind; queues without any are left out. One query."""
    found: dict[int, dict[str, int]] = {}
    for queue, kind, number in statements.rows(_OPEN_BY_KIND, {"queues": list(queues)}):
        found.setdefault(queue, {})[kind] = number
    return found


_OPEN = """
SELECT id, kind, number, created_at, taken_by_id IS NOT NULL, attempts, queue_id
FROM enquiries_returncall
WHERE done_at IS NULL AND (queue_id = ANY(%(queues)s) OR queue_id IS NULL)
    AND (taken_by_id IS NULL OR taken_by_id = %(person)s)
ORDER BY created_at LIMIT %(most)s
"""


def to_ring(queues: Iterable[Named], *, by: Person) -> list[ToRing]:
    """The return calls that `by` can handle in these queues or without a queue: promised calls first, then the oldest.
    Those that others have taken are left out. One query."""
    names = {queue.pk: queue.name for queue in queues}
    open_ones = statements.rows(_OPEN, {"queues": list(names), "person": by.pk, "most": MOST_READ})
    rows = [
        OpenReturnCall(pk, ReturnCall.Kind(kind), number, created_at, taken, attempts, names.get(queue, ""))
        for pk, kind, number, created_at, taken, attempts, queue in open_ones
    ]

    def urgency(each: ToRing) -> tuple[bool, bool, datetime]:
        return not each.first.taken, not each.promised, each.first.created_at

    return sorted(merge(rows), key=urgency)


def merge(rows: Iterable[OpenReturnCall]) -> list[ToRing]:
    """Group rows by number, in the order of their oldest; rows with withheld numbers stay separate."""
    groups: dict[str, list[OpenReturnCall]] = {}
    for row in rows:
        key = f"one-{row.pk}" if phone_numbers.is_anonymous(row.number) else row.number
        groups.setdefault(key, []).append(row)
    return [ToRing(group[0], tuple(group)) for group in groups.values()]


@dataclass(frozen=True, slots=True)
class NumberHistory:
    """Facts about a number to call: when somebody talked with it since, who did, and the subject."""

    answered_at: datetime | None = None
    answered_by: str = ""
    about: str = ""


_KNOWN = """
SELECT owed.id, answered.answered_at, answered.name, asked.name
FROM enquiries_returncall owed
LEFT JOIN LATERAL (
    SELECT later.answered_at, person.name FROM enquiries_enquiry later
    LEFT JOIN accounts_person person ON person.id = later.agent_id
    WHERE later.caller_number = owed.number AND later.caller_number <> '' AND later.answered_at > owed.created_at
        AND later.id <> owed.enquiry_id
    ORDER BY later.arrived_at DESC LIMIT 1
) answered ON TRUE
LEFT JOIN LATERAL (
    SELECT service.name FROM enquiries_question question
    JOIN catalogue_service service ON service.id = question.service_id
    WHERE question.enquiry_id = owed.enquiry_id ORDER BY question."order" LIMIT 1
) asked ON TRUE
WHERE owed.id = ANY(%(rows)s)
"""


def known_of(listed: Iterable[ToRing]) -> dict[int, NumberHistory]:
    """The history by the id of each line's first row. One query; meant for the lines on the page, not for the whole
    list."""
    lines = {each.latest.pk: each for each in listed}
    told = {pk: NumberHistory() for pk in (each.first.pk for each in lines.values())}
    for pk, at, by, about in statements.rows(_KNOWN, {"rows": list(lines)}):
        first = lines[pk].first
        told[first.pk] = NumberHistory(None if phone_numbers.is_anonymous(first.number) else at, by or "", about or "")
    return told


def promise(enquiry: Enquiry, *, queue: Queue | None, by: Person, at: datetime) -> ReturnCall:
    """Create a return call for somebody who talked with us. Once for each enquiry; inside the caller's transaction.

    It goes to the enquiry's queue, or to `queue` when it has none. Raises `ReturnCallError` (no_number_to_ring).
    """
    number = number_of(enquiry)
    if not number:
        raise ReturnCallError("no_number_to_ring", NO_NUMBER)
    standing = ReturnCall.objects.filter(enquiry=enquiry, done_at__isnull=True).first()
    if standing is not None:
        return standing
    row, _made = ReturnCall.objects.update_or_create(
        enquiry=enquiry,
        defaults={
            "kind": ReturnCall.Kind.CALLBACK, "number": number, "queue": enquiry.queue or queue, "created_at": at,
            "taken_by": None, "taken_at": None, "done_by": None, "done_at": None, "result": "", "attempts": 0,
        },
    )  # fmt: skip
    trail.record(by=by, at=at, action="return_call.promise", target=row)
    _mark([row], by)
    return row


def take_back(enquiry: Enquiry, *, by: Person, at: datetime) -> None:
    """Close the promised return call, unless somebody has begun it; inside the caller's transaction."""
    rows = ReturnCall.objects.filter(
        enquiry=enquiry, kind=ReturnCall.Kind.CALLBACK, done_at__isnull=True, taken_by=None
    )
    for row in rows.select_related("queue__centre").defer("recording"):
        row.done_by, row.done_at, row.result = by, at, ReturnCall.Result.NOT_NEEDED
        row.save(update_fields=["done_by", "done_at", "result"])
        trail.record(by=by, at=at, action="return_call.close", target=row, after={"result": row.result})
        _mark([row], by)


def number_of(enquiry: Enquiry) -> str:
    """The number for calling the contact: the one they called from, else one that their party uses, else ""."""
    if not phone_numbers.is_anonymous(enquiry.caller_number):
        return enquiry.caller_number
    known = PartyNumber.objects.filter(party=enquiry.party_id) if enquiry.party_id else PartyNumber.objects.none()
    return known.order_by("pk").values_list("number", flat=True).first() or ""


NO_QUEUE = _("Opkaldet kom ikke gennem en kø. Ring selv op.")
NO_NUMBER = _(
    "Der er intet nummer at ringe tilbage til. Vælg under “Hvem er det?”, hvem det er, med et nummer, "
    "eller vælg, at det endte på en anden måde."
)


def take(return_call: ReturnCall, *, by: Person, at: datetime) -> list[ReturnCall]:
    """Take the return calls of the number, so that nobody else calls. Raises `ReturnCallError` (taken, done)."""
    with transaction.atomic():
        rows = _together(return_call)
        _refuse_others(rows, by)
        fresh = [row for row in rows if row.taken_by_id is None]
        for row in fresh:
            row.taken_by, row.taken_at = by, at
            row.save(update_fields=["taken_by", "taken_at"])
            trail.record(by=by, at=at, action="return_call.take", target=row)
        if fresh:
            _mark(rows, by)
    return rows


def release(return_call: ReturnCall, *, by: Person, at: datetime) -> None:
    """Put them back on the common list. Raises `ReturnCallError` (taken, done)."""
    with transaction.atomic():
        rows = _together(return_call)
        _refuse_others(rows, by)
        mine = [row for row in rows if row.taken_by_id == by.pk]
        for row in mine:
            row.taken_by, row.taken_at = None, None
            row.save(update_fields=["taken_by", "taken_at"])
            trail.record(by=by, at=at, action="return_call.release", target=row)
        _mark(rows, by)


def done(return_call: ReturnCall, *, result: str, by: Person, at: datetime) -> None:
    """Close them with the result. Raises `ReturnCallError` (taken, done)."""
    if result not in ReturnCall.Result.values:
        raise ValueError("the result is chosen from the list")
    with transaction.atomic():
        rows = _together(return_call)
        _refuse_others(rows, by)
        for row in rows:
            row.done_by, row.done_at, row.result = by, at, result
            row.taken_by, row.taken_at = row.taken_by or by, row.taken_at or at
            row.save(update_fields=["done_by", "done_at", "result", "taken_by", "taken_at"])
            trail.record(by=by, at=at, action="return_call.close", target=row, after={"result": result})
        _mark(rows, by)


def ring(return_call: ReturnCall, *, by: Person, at: datetime) -> None:
    """Take the return call and dial. Raises `ReturnCallError`, or `commands.Refused` when the switchboard refuses.

    Do not call it in a transaction: the switchboard must see the order. The switchboard counts the attempt when it
    dials.
    """
    if phone_numbers.is_anonymous(return_call.number):
        raise ReturnCallError("no_number", _("Nummeret er skjult, så der kan ikke ringes op."))
    take(return_call, by=by, at=at)
    commands.give_and_wait(
        "dial",
        by=by,
        at=at,
        number=return_call.number,
        follows=str(return_call.enquiry_id),
        return_call=return_call.pk,
        asked_at=return_call.created_at.isoformat(),
    )
    with transaction.atomic():
        rows = _together(return_call)
        ReturnCall.objects.filter(pk__in=[row.pk for row in rows]).update(attempts=F("attempts") + 1)
        trail.record(
            by=by, at=at, action="return_call.ring", target=return_call, after={"attempts": return_call.attempts + 1}
        )
        _mark(rows, by)


def _together(return_call: ReturnCall) -> list[ReturnCall]:
    """All open rows of the same number, locked in a fixed order so that two agents do not deadlock."""
    same = Q(pk=return_call.pk)
    if not phone_numbers.is_anonymous(return_call.number):
        same |= Q(number=return_call.number)
    rows = list(
        ReturnCall.objects.select_for_update(of=("self",))
        .filter(same, done_at__isnull=True)
        # not taken_by: after a wait for the lock the row itself is current, but joined rows are not
        .select_related("queue__centre")
        .defer("recording")
        .order_by("pk")
    )
    if not any(row.pk == return_call.pk for row in rows):
        raise ReturnCallError("done", _("Den er allerede afsluttet."))
    return rows


def _refuse_others(rows: Sequence[ReturnCall], by: Person) -> None:
    for row in rows:
        if row.taken_by is not None and row.taken_by != by:
            raise ReturnCallError("taken", _("%(name)s har taget den.") % {"name": row.taken_by.name})


def _mark(rows: Sequence[ReturnCall], by: Person) -> None:
    centres = {row.queue.centre.code for row in rows if row.queue}
    scopes = [f"{scope}-{code}" for code in sorted(centres) for scope in ("centre", "desks")]
    stale.mark(f"person-{by.pk}/lists", *(f"{scope}/return-calls" for scope in scopes))


def listen(return_call: ReturnCall, *, by: Person, at: datetime) -> bytes:
    """The voice message as a WAV file; empty when there is no recording. The look is logged."""
    wav = bytes(return_call.recording or b"")
    if wav:
        trail.look(by=by, at=at, subject=return_call.enquiry.party or return_call.enquiry, page="desk.recording")
    return wav
