"""What a queue promises, how it is staffed and how it calls back, by the day: set from a day on, planned ahead,
never rewritten.

The rows of a queue follow one another without a gap, from `SINCE_EVER` until further notice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.catalogue import planned_days
from indgang.core.refusals import RefusedChange
from indgang.entry.models import SINCE_EVER, Queue, QueueTerms
from indgang.entry.setup.changes import record_change

FIELDS = (
    "service_level_percent", "service_level_seconds", "wrap_up_seconds", "reserved", "callback_attempts",
    "callback_pause_minutes", "callback_from_hour", "callback_until_hour",
)  # fmt: skip
#: limits of the attempts at a callback and of the minutes between them
MOST_ATTEMPTS, MOST_PAUSE_MINUTES = 10, 24 * 60
#: callbacks are never made outside these hours
EARLIEST_HOUR, LATEST_HOUR = 7, 22


def first(queues: Iterable[Queue], **fields: Any) -> None:
    """Create the first terms of new queues."""
    QueueTerms.objects.bulk_create(QueueTerms(queue=queue, valid_from=SINCE_EVER, **fields) for queue in queues)


def then(queue: Queue) -> QueueTerms:
    """The terms that `QueueQuerySet.with_terms` read along; the defaults, unsaved, where none were set."""
    found: QueueTerms | None = getattr(queue, "terms_then", None)
    return found or QueueTerms(queue=queue, valid_from=SINCE_EVER)


def on(queue: Queue, day: date) -> QueueTerms:
    """The terms of a queue on a day; the defaults, unsaved, where none were set."""
    found: QueueTerms | None = QueueTerms.objects.filter(queue=queue).valid_on(day).first()
    return found or QueueTerms(queue=queue, valid_from=SINCE_EVER)


@transaction.atomic
def decide(queue: Queue, fields: Mapping[str, Any], *, day: date, by: Person, at: datetime) -> QueueTerms:
    """Let other terms (any of `FIELDS`) hold from `day` on, until what is planned for later; the same terms change
    nothing. A day that has passed keeps what held on it. Raises RefusedChange, by field.
    """
    planned_days.refuse_day(day, at)
    Queue.objects.select_for_update().get(pk=queue.pk)
    holds = on(queue, day)
    before = _values(holds)
    after = before | {name: int(fields[name]) for name in FIELDS if name in fields}
    _refuse_values(after)
    if after == before:
        return holds
    made = _cut(holds, day)
    for name, value in after.items():
        setattr(made, name, value)
    made.save()
    changed = {name: value for name, value in after.items() if before[name] != value}
    _record("queue_terms.change", made, by, at, before={name: before[name] for name in changed}, after=changed)
    return made


@transaction.atomic
def call_off(terms: QueueTerms, *, by: Person, at: datetime) -> None:
    """Drop terms that have not begun: those before them go on. Raises RefusedChange for terms that hold already."""
    Queue.objects.select_for_update().get(pk=terms.queue_id)
    planned_days.refuse_begun(terms, at)
    _record("queue_terms.remove", terms, by, at, before=_values(terms))
    planned_days.drop(terms, QueueTerms.objects.filter(queue=terms.queue_id))


def _cut(holds: QueueTerms, day: date) -> QueueTerms:
    """The row that begins on `day`: the one that does already, or a new one for the rest of it."""
    if holds.valid_from == day:
        return holds
    if holds.pk is None:
        holds.save()
    rest = QueueTerms(queue=holds.queue, valid_from=day, valid_to=holds.valid_to)
    holds.valid_to = day
    holds.save(update_fields=["valid_to"])
    return rest


def _refuse_values(values: Mapping[str, int]) -> None:
    if not 1 <= values["service_level_percent"] <= 100:
        raise RefusedChange({"service_level_percent": _("Målet skal være mellem 1 og 100 procent.")})
    wrong = dict(_wrong_about_callbacks(values))
    if wrong:
        raise RefusedChange(wrong)


def _wrong_about_callbacks(values: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    if not 1 <= values["callback_attempts"] <= MOST_ATTEMPTS:
        yield "callback_attempts", _("Vælg mellem 1 og %(most)s forsøg.") % {"most": MOST_ATTEMPTS}
    if not 1 <= values["callback_pause_minutes"] <= MOST_PAUSE_MINUTES:
        yield "callback_pause_minutes", _("Vælg mellem 1 og %(most)s minutter.") % {"most": MOST_PAUSE_MINUTES}
    earliest, latest = values["callback_from_hour"], values["callback_until_hour"]
    hours = {"from": EARLIEST_HOUR, "until": LATEST_HOUR}
    if not EARLIEST_HOUR <= earliest < LATEST_HOUR:
        yield "callback_from_hour", _("Vi ringer ikke til nogen før kl. %(from)s eller efter kl. %(until)s.") % hours
    elif latest <= earliest:
        yield "callback_until_hour", _("Vælg et tidspunkt efter det, vi ringer fra.")
    if latest > LATEST_HOUR:
        yield "callback_until_hour", _("Vi ringer ikke til nogen før kl. %(from)s eller efter kl. %(until)s.") % hours


def _values(terms: QueueTerms) -> dict[str, int]:
    return {name: getattr(terms, name) for name in FIELDS}


def _record(
    action: str, terms: QueueTerms, by: Person, at: datetime, *, before: Mapping[str, Any], after: Any = None
) -> None:
    day = {"valid_from": terms.valid_from.isoformat()}
    centre = terms.queue.centre.code
    parts = (f"centre-{centre}/queues", f"centre-{centre}/figures")
    record_change(action, terms, by=by, at=at, before=before, after=day | (after or {}), parts=parts)
