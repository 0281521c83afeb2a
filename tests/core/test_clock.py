"""The product's clock."""

from datetime import UTC, datetime, timedelta

import pytest

from indgang.core import clock

NIGHT = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().utcoffset() == timedelta()


def test_a_frozen_clock_stands_still_until_it_is_moved() -> None:
    with clock.frozen(NIGHT) as time:
        assert clock.now() == clock.now() == NIGHT
        time.move(90)
        time.move(timedelta(minutes=-1))
        assert clock.now() == NIGHT + timedelta(seconds=30)
    assert clock.now() != NIGHT


def test_today_is_the_date_in_copenhagen() -> None:
    with clock.frozen(NIGHT):
        assert clock.today().isoformat() == "2026-03-11"


def test_an_offset_moves_the_running_clock_and_is_taken_back_after_a_failure() -> None:
    before = clock.now()
    with clock.use(timedelta(days=-1)):
        assert clock.now() < before - timedelta(hours=23)
    with pytest.raises(RuntimeError), clock.use(timedelta(days=-1)):
        raise RuntimeError
    assert clock.now() >= before


def test_clocks_can_be_frozen_within_each_other() -> None:
    with clock.frozen(NIGHT):
        with clock.frozen(NIGHT + timedelta(days=1)):
            pass
        assert clock.now() == NIGHT


def test_a_time_without_a_zone_cannot_freeze_the_clock() -> None:
    with pytest.raises(ValueError, match="no time zone"), clock.frozen(NIGHT.replace(tzinfo=None)):
        pass


@pytest.mark.parametrize(("text", "seconds"), [("", 0), ("  ", 0), ("3600", 3600), ("-12.5", -12.5)])
def test_the_environment_gives_the_offset_in_seconds(text: str, seconds: float) -> None:
    assert clock.offset_from(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["an hour", "1e99", "nan"])
def test_an_offset_that_is_no_number_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match="INDGANG_CLOCK_OFFSET"):
        clock.offset_from(text)
