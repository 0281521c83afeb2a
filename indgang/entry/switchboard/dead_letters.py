"""Dead letters: batches that cannot be written are stored, so that they neither get lost nor stop the calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.entry.journal import Batch
from indgang.entry.models import Alert, Command, DeadLetter
from indgang.live import stale

#: code of the alert about a dead letter; one for each call, until somebody has seen it
ALERT = "dead_letter"
#: the code with which the person's order is refused
REFUSAL = "not_written"


@transaction.atomic
def keep(batch: Batch, error: Exception, at: datetime) -> None:
    """Store the whole `batch`, raise an alert, and refuse the orders that wait for its answers."""
    enquiries = sorted({event.stream for event in batch.events} | set(batch.items))
    row = DeadLetter.objects.create(
        at=at, kind=type(error).__name__, error=_text(str(error)), enquiries=enquiries, content=_content(batch)
    )
    Command.objects.filter(pk__in=[answer.command for answer in batch.answers]).update(
        outcome=Command.Outcome.REFUSED, detail={"code": REFUSAL}, finished_at=at
    )
    if not Alert.objects.filter(code=ALERT, enquiry__in=enquiries, seen_at=None).exists():
        text = f"{row.pk}: {row.kind}"
        Alert.objects.create(at=at, code=ALERT, text=text, enquiry=enquiries[0] if enquiries else None)
        stale.mark("all/alerts")


def parts_to_save(batch: Batch) -> Iterator[Batch]:
    """The parts of a dead letter that screens and a restart need; separate, because one of them may be faulty."""
    for person, presence in batch.presences.items():
        yield Batch(batch.at, presences={person: presence})
    for enquiry, kept in batch.items.items():
        yield Batch(batch.at, items={enquiry: kept})
    if batch.exchanges:
        yield Batch(batch.at, exchanges=batch.exchanges)
    for alert in batch.alerts:
        yield Batch(batch.at, alerts=[alert])


def read(row: DeadLetter, *, by: Person, at: datetime) -> str:
    """The batch as readable JSON; the audit trail records the look."""
    trail.look(by=by, at=at, subject=row, page="office.dead_letter")
    return json.dumps(json.loads(row.content), indent=2, ensure_ascii=False)


@transaction.atomic
def settle(row: DeadLetter, *, by: Person, at: datetime) -> None:
    """Delete a dead letter that has been dealt with."""
    before = {"at": row.at, "kind": row.kind, "enquiries": row.enquiries}
    trail.record(by=by, at=at, action="dead_letter.delete", target=row, before=before)
    row.delete()


def _content(batch: Batch) -> str:
    """The batch as ASCII JSON, which any text column accepts, without answers, which may hold a phone's password."""
    told = asdict(batch)
    told["events"] = [asdict(event) | {"data": event.data} for event in batch.events]
    told["robot_steps"] = [asdict(step) | {"data": step.event.data} for step in batch.robot_steps]
    told["answers"] = [answer.command for answer in batch.answers]
    return json.dumps(told, default=str, skipkeys=True)


def _text(text: str) -> str:
    """The text without zero bytes and lone surrogates, which the database refuses."""
    return text.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")
