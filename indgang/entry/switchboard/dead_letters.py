"""Dead letters: what cannot be written in the register is kept, so that it neither vanishes nor stops the calls."""

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

#: the alert that tells of it; one for each call, as long as nobody has seen it
ALERT = "dead_letter"
#: why the person's order counts as refused
REFUSAL = "not_written"


@transaction.atomic
def keep(batch: Batch, error: Exception, at: datetime) -> None:
    """Keep `batch` whole, raise an alert, and refuse the orders that wait for its answers."""
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
    """What screens and a restart need of a dead letter, each part alone: one may be the culprit."""
    for person, presence in batch.presences.items():
        yield Batch(batch.at, presences={person: presence})
    for enquiry, kept in batch.items.items():
        yield Batch(batch.at, items={enquiry: kept})
    if batch.exchanges:
        yield Batch(batch.at, exchanges=batch.exchanges)
    for alert in batch.alerts:
        yield Batch(batch.at, alerts=[alert])


def read(row: DeadLetter, *, by: Person, at: datetime) -> str:
    """The batch as JSON for people to read; that it was looked at is written in the trail."""
    trail.look(by=by, at=at, subject=row, page="office.dead_letter")
    return json.dumps(json.loads(row.content), indent=2, ensure_ascii=False)


@transaction.atomic
def settle(row: DeadLetter, *, by: Person, at: datetime) -> None:
    """It has been written by hand, or need not be: delete it."""
    before = {"at": row.at, "kind": row.kind, "enquiries": row.enquiries}
    trail.record(by=by, at=at, action="dead_letter.delete", target=row, before=before)
    row.delete()


def _content(batch: Batch) -> str:
    """As JSON in ASCII, which any text column takes. Answers are left out: they may hold a telephone's password."""
    told = asdict(batch)
    told["events"] = [asdict(event) | {"data": event.data} for event in batch.events]
    told["answers"] = [answer.command for answer in batch.answers]
    return json.dumps(told, default=str, skipkeys=True)


def _text(text: str) -> str:
    """A text that the database takes: no zero bytes, no halves of characters."""
    return text.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")
