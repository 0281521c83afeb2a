"""Over histories of every kind with every fault, counted live in parts, the roll-ups hold what the events count; and a
cell that does not is found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from indgang.catalogue.models import ServiceUnit
from indgang.enquiries import stream
from indgang.enquiries.models import Enquiry
from indgang.entry.models import Queue, QueueTerms
from indgang.entry.setup import queue_terms
from indgang.events import log
from indgang.measures.models import Rollup, SummedRollup
from indgang.measures.period import Period
from indgang.measures.rollups import counting, grains, recomputing, store
from indgang.measures.rollups.facts import FactKey, StreamEvent, facts
from indgang.measures.rollups.log import promises
from indgang.measures.rollups.recomputing import RollupDifference
from indgang.measures.rollups.tallies import FactTally, Tallies
from tests import sample
from tests.events.writing import session
from tests.measures.histories import CHANGING, any_stream
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)

_NAMES = ", ".join(log.COLUMNS)
#: what is delivered a second time is there already
_WRITE = (
    f"INSERT INTO {log.TABLE} ({_NAMES}) VALUES ({', '.join(f'%({name})s' for name in log.COLUMNS)})"
    " ON CONFLICT DO NOTHING"
)
_COUNTED = (
    "events_event", "events_reader", "measures_rollup", "measures_summedrollup", "measures_rollupstate",
    "enquiries_enquiry",
)  # fmt: skip


@dataclass(frozen=True)
class Delivery:
    """Rows that come together. Some are committed only after the next count (`is_late`), some come twice, and before
    them a queue may be renamed or promise something else, or a service move. Then at most `most` events are counted at
    a time, and the first attempt may be killed."""

    rows: Sequence[log.Row]
    is_late: bool
    is_repeated: bool
    is_killed: bool
    most: int
    change: str


@st.composite
def deliveries(draw: Any) -> tuple[list[list[StreamEvent]], list[Delivery]]:
    """Some streams as they will be, and how their events come: in any order, some told twice."""
    streams = [_told_twice(draw, made) for made in draw(st.lists(any_stream(), min_size=1, max_size=4))]
    rows = [
        log.row(each.event, number=number, channel=each.channel, level=each.level, centre=each.centre)
        for of_stream in streams for number, each in enumerate(of_stream)
    ]  # fmt: skip
    Random(draw(st.integers(0, 9))).shuffle(rows)
    cuts = sorted(draw(st.sets(st.integers(1, len(rows)), max_size=4)))
    found = [
        Delivery(
            rows[first:last], draw(st.booleans()), draw(st.booleans()), draw(st.booleans()),
            draw(st.sampled_from([1, 3, 1_000])), draw(st.sampled_from(["", "rename", "move", "terms"])),
        )
        for first, last in zip([0, *cuts], [*cuts, len(rows)], strict=True)
    ]  # fmt: skip
    return streams, found


def _told_twice(draw: Any, made: list[StreamEvent]) -> list[StreamEvent]:
    twice = draw(st.sets(st.integers(1, max(len(made) - 1, 1)), max_size=2))
    return [each for number, told in enumerate(made) for each in [told] * (2 if number in twice else 1)]


@pytest.mark.slow("counts generated histories in the database")
@given(told=deliveries(), broken=st.integers(0, 999), by=st.sampled_from(["whole", "part", "milliseconds", "row"]))
@settings(
    max_examples=sample.examples(12), deadline=None,
    suppress_health_check=sample.SUPPRESSED,
)  # fmt: skip
def test_verify_finds_no_difference_whatever_went_wrong_and_every_cell_that_is_broken(
    world: World, told: tuple[list[list[StreamEvent]], list[Delivery]], broken: int, by: str
) -> None:
    streams, coming = told
    _empty()
    with session() as own:
        for number, each in enumerate(coming):
            _change(world, each.change, number)
            _deliver(own, each)
            _count(each)
        own.commit()
    counting.follow()
    expected: Tallies[FactKey] = Tallies()
    for of_stream in streams:
        expected.count(facts(of_stream, promises()))
    _write_rows(streams)
    assert _stored() == dict(expected.changes())
    days = {grains.day_of_quarter(key.quarter) for key in expected}
    assert list(_differences(days)) == []
    if days:
        day = _break(broken, by)
        assert list(_differences({day}))


# --- Faults --------------------------------------------------------------------------------------


def _empty() -> None:
    """What the example before has left."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in _COUNTED:
            cursor.execute(f"DELETE FROM {table}")


def _change(world: World, change: str, number: int) -> None:
    if change == "rename":
        Queue.objects.filter(code="tmf-byggeri").update(name=f"Byggeri {number}")
    elif change == "move":
        ServiceUnit.objects.filter(service=world.services["byggetilladelse"]).update(unit=world.units["bif"])
    elif change == "terms":
        QueueTerms.objects.filter(queue__code=CHANGING).delete()
        queue_terms.first([world.queues[CHANGING]], service_level_seconds=number + 1, service_level_percent=number + 1)


def _write_rows(streams: Sequence[Sequence[StreamEvent]]) -> None:
    """The rows of enquiries, by whose typed times those are found that count where they have no event."""
    events = [[each.event for each in of_stream] for of_stream in streams]
    rows = [stream.replay(each, stream.Places()) for each in events if stream.begins(each[0].kind)]
    Enquiry.objects.bulk_create(
        Enquiry(pk=each.pk, channel=each.channel, state=each.state, arrived_at=each.arrived_at) for each in rows
    )


def _deliver(late: psycopg.Connection[Any], each: Delivery) -> None:
    """Write the rows: in a transaction that stays open while others are counted, or at once and perhaps again."""
    rows = [{**row, "data": Jsonb(row["data"])} for row in each.rows]
    if each.is_late:
        late.cursor().executemany(_WRITE, rows)
        return
    late.commit()
    with session() as own:
        for _time in range(1 + each.is_repeated):
            own.cursor().executemany(_WRITE, rows)
        own.commit()


class _Killed(Exception):
    """The worker ends when it has written what it counted, before it commits."""


def _count(each: Delivery) -> None:
    if each.is_killed:
        with pytest.MonkeyPatch.context() as patched, suppress(_Killed):
            patched.setattr(store, "add", _dying(store.add))
            assert counting.follow(most=each.most) == 0, "who counted anything was killed"
    counting.follow(most=each.most)


def _dying(add: Any) -> Any:
    def dies(changes: Any) -> None:
        add(changes)
        raise _Killed

    return dies


# --- What is stored ------------------------------------------------------------------------------


def _stored() -> dict[FactKey, FactTally]:
    rows = Rollup.objects.values_list(*FactKey._fields, *store.SUMS)
    return dict(map(store.QUARTERS.read, rows))


def _differences(days: set[date]) -> Iterator[RollupDifference]:
    for month in {day.replace(day=1) for day in days}:
        within = sorted(day for day in days if day.replace(day=1) == month)
        yield from recomputing.differences(Period.days(within[0], within[-1]))


def _break(place: int, by: str) -> date:
    """Change a number of one row, or delete the row; its day."""
    model: Any = (Rollup, SummedRollup)[place % 2]
    rows = list(model.objects.order_by("pk"))
    row = rows[place % len(rows)]
    chosen = model.objects.filter(pk=row.pk)
    if by == "row":
        chosen.delete()
    else:
        chosen.update(**{by: getattr(row, by) + 1})
    return row.day if model is SummedRollup else grains.day_of_quarter(row.quarter)
