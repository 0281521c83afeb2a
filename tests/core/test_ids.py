"""Ids in the order they were made."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import RFC_4122

from indgang.core import clock, ids

LATER = datetime(2090, 1, 1, tzinfo=UTC)


def test_ids_are_of_version_7_and_say_when_they_were_made() -> None:
    with clock.frozen(datetime(2091, 5, 17, 8, 30, 0, 123_000, tzinfo=UTC)) as time:
        identifier = ids.uuid7()
        assert (identifier.version, identifier.variant) == (7, RFC_4122)
        assert identifier.int >> 80 == int(time.at.timestamp() * 1000)


def test_ids_made_in_the_same_millisecond_come_in_order() -> None:
    with clock.frozen(LATER):
        made = [ids.uuid7() for _ in range(2_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_a_clock_that_is_a_little_slow_does_not_turn_the_order() -> None:
    with clock.frozen(datetime(2092, 1, 1, tzinfo=UTC)) as time:
        first = ids.uuid7()
        time.move(-5)
        assert ids.uuid7() > first


def test_a_clock_that_is_set_back_for_good_is_believed() -> None:
    with clock.frozen(datetime(2093, 1, 1, tzinfo=UTC)) as time:
        ids.uuid7()
        back = time.move(-3600)
        assert ids.uuid7().int >> 80 == int(back.timestamp() * 1000)


def test_threads_never_make_the_same_id() -> None:
    with clock.frozen(LATER), ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: ids.uuid7(), range(2_000)))
    assert len(set(made)) == len(made)
