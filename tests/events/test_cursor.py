"""A reader of the log sees every event once, whoever writes meanwhile."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from indgang.events import cursor
from indgang.events.models import Era, Reader, StoredEvent
from tests.events.writing import session, stream, write
from tests.world import MORNING

pytestmark = pytest.mark.django_db(transaction=True)

Read = tuple[UUID, int]


def read(name: str = "test", most: int = 1000) -> list[Read]:
    with transaction.atomic():
        return [(each.stream, each.number) for each in cursor.read(name, most=most)]


def test_a_lower_position_that_is_committed_later_is_not_lost() -> None:
    with session() as slow, session() as quick:
        first = write(slow, 1)
        second = write(quick, 2)
        quick.commit()
        assert read() == [second], "nobody waits for a transaction that stays open"
        assert cursor.lag("test") == cursor.Lag(0, None)
        slow.commit()
        assert cursor.lag("test") == cursor.Lag(1, MORNING)
        assert read() == [first]
        assert read() == []


def test_events_of_a_stream_keep_their_order_when_the_later_transaction_began_first() -> None:
    with session() as early, session() as idle, session() as late:
        for own in (early, idle):
            own.execute("SELECT pg_current_xact_id()")
        first = write(late, 1)
        late.commit()
        second = write(early, 1)
        early.commit()
        assert read(most=1) == [first]
        assert read(most=1) == [second]


def test_what_a_projection_writes_itself_is_read_the_next_time() -> None:
    with session() as own, session() as other:
        first = write(own, 1)
        own.commit()
        with transaction.atomic():
            connection.cursor().execute("SELECT pg_current_xact_id()")
            write(other, 3)
            other.commit()
            _write_here(8)
            assert [(each.stream, each.number) for each in cursor.read("test")] == [first, (stream(3), 0)]
            _write_here(9)
    assert read() == [(stream(8), 0), (stream(9), 0)]


def _write_here(number: int) -> None:
    with connection.cursor() as own:
        own.execute(
            "INSERT INTO events_event (stream, number, at, kind) VALUES (%s, 0, %s, 'test')", [stream(number), MORNING]
        )


def test_what_is_rolled_back_is_neither_read_nor_waited_for() -> None:
    with session() as own:
        write(own, 1)
        own.rollback()
        kept = write(own, 1)
        own.commit()
    assert read() == [kept]


def test_a_projection_that_fails_has_read_nothing() -> None:
    with session() as own:
        written = [write(own, 1), write(own, 1), write(own, 2)]
        own.commit()

    def project() -> None:
        with transaction.atomic():
            cursor.read("test", most=2)
            raise RuntimeError("the projection failed")

    with pytest.raises(RuntimeError):
        project()
    assert read(most=2) == written[:2]
    assert read(most=2) == written[2:]


def test_readers_are_apart_and_one_can_begin_anew() -> None:
    with session() as own:
        written = [write(own, 1), write(own, 2)]
        own.commit()
    assert read("one") == read("two") == written
    cursor.forget("one")
    assert (read("one"), read("two")) == (written, [])


def test_reading_needs_a_transaction() -> None:
    with pytest.raises(TransactionManagementError):
        cursor.read("test")


def test_two_processes_of_one_reader_take_turns() -> None:
    with session() as own:
        written = [write(own, number) for number in range(40)]
        own.commit()
    found: list[Read] = []

    def follow() -> None:
        try:
            while batch := read(most=3):
                found.extend(batch)
        finally:
            connection.close()

    threads = [threading.Thread(target=follow) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Counter(found) == Counter(written)


def test_events_that_came_with_a_restored_dump_are_read_and_those_after_it_too() -> None:
    """There the numbers of transactions were larger than they are here."""
    far = 10**15
    with session() as own:
        for number in range(3):
            write(own, number)
        own.commit()
    assert len(read(most=3)) == 3
    Reader.objects.update(seen=f"{far}:")
    Era.objects.update(server="another")
    with session() as own:
        own.execute(
            "INSERT INTO events_event (stream, number, at, kind, transaction) SELECT %s, 7, now(), 'test', %s",
            [stream(7), far + 5],
        )
        own.commit()
        assert read() == [(stream(7), 7)]
        new = write(own, 8)
        own.commit()
    assert read() == [new]
    assert read() == []
    assert read("new") == [(stream(0), 0), (stream(1), 0), (stream(2), 0), (stream(7), 7)]
    assert read("new") == [new]
    assert Era.objects.count() == 2


# --- Eight writers -------------------------------------------------------------------------------

WRITERS, TRANSACTIONS, STREAMS = 8, 60, 12


def _write_wildly(seed: int, committed: list[Read], lock: threading.Lock) -> None:
    """Short and long transactions, some of several streams, some rolled back, some with a savepoint that is."""
    chance = random.Random(seed)  # no secret
    with session() as own:
        for _ in range(TRANSACTIONS):
            own.execute("SELECT pg_current_xact_id()")
            time.sleep(chance.choice([0, 0, 0, 0.005, 0.05]))
            # in order, so that two who lock several do not wait for each other
            made = [write(own, each) for each in sorted(chance.sample(range(STREAMS), chance.randint(1, 3)))]
            if chance.random() < 0.2:
                own.execute("SAVEPOINT here")
                write(own, STREAMS + seed)
                own.execute("ROLLBACK TO SAVEPOINT here")
            time.sleep(chance.choice([0, 0, 0, 0.01, 0.2]))
            if chance.random() < 0.2:
                own.rollback()
                continue
            own.commit()
            with lock:
                committed.extend(made)


def _follow(seen: list[Read], writers: list[threading.Thread]) -> None:
    """Read in small batches, now and then in vain because the projection fails, until all has been written and read."""
    chance = random.Random(5)  # no secret
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        writing = any(thread.is_alive() for thread in writers)
        with transaction.atomic():
            batch = cursor.read("test", most=chance.choice([1, 5, 50]))
            if chance.random() < 0.1:
                transaction.set_rollback(True)
                continue
        seen.extend((each.stream, each.number) for each in batch)
        if not batch and not writing and not cursor.lag("test").events:
            return
        if not batch:
            time.sleep(0.002)


@pytest.mark.slow("eight writers with real commits")
def test_eight_writers_lose_no_event_for_a_reader() -> None:
    committed: list[Read] = []
    seen: list[Read] = []
    lock = threading.Lock()
    writers = [threading.Thread(target=_write_wildly, args=(seed, committed, lock)) for seed in range(WRITERS)]
    for thread in writers:
        thread.start()
    _follow(seen, writers)
    assert StoredEvent.objects.count() == len(committed) > WRITERS * TRANSACTIONS / 2
    assert Counter(seen) == Counter(committed), "each exactly once"
    numbers: dict[UUID, list[int]] = {}
    for each, number in seen:
        numbers.setdefault(each, []).append(number)
    assert all(got == list(range(len(got))) for got in numbers.values()), "those of a stream in their order"


def test_a_reader_that_another_transaction_moves_is_busy_until_it_ends() -> None:
    with session() as own:
        write(own, 1)
        own.commit()
    with transaction.atomic():
        assert not cursor.is_busy("test"), "nobody has read yet"
        cursor.read("test")
    with session() as own:
        own.execute("SELECT * FROM events_reader WHERE name = %s FOR UPDATE", ["test"])
        with transaction.atomic():
            assert cursor.is_busy("test")
        own.commit()
    with transaction.atomic():
        assert not cursor.is_busy("test")
