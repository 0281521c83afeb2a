"""The meaning of a typed line about one's own day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.core.clock import COPENHAGEN
from indgang.workforce.day_line import DayKind, DayPart, LineFault, UnreadableLine, read
from tests import sample

MONDAY = date(2026, 11, 30)


def wall(clock: str, day: date = MONDAY) -> datetime:
    if clock == "24:00":
        return wall("00:00", day + timedelta(days=1))
    return datetime.combine(day, time.fromisoformat(clock), COPENHAGEN).astimezone(UTC)


def shown(parts: list[DayPart]) -> list[str]:
    """Returns each part as "kind 10:00-11:30", with the day if it is not Monday."""
    return [f"{part.kind} {_clock(part.during.start)}-{_clock(part.during.end)}" for part in parts]


def _clock(moment: datetime | None) -> str:
    assert moment is not None
    local = moment.astimezone(COPENHAGEN)
    day = "" if local.date() == MONDAY else f"{local:%d/%m} "
    return f"{day}{local:%H:%M}"


@pytest.mark.parametrize(
    ("line", "means"),
    [
        ("møde 10-11.30, så hjemme", ["meeting 10:00-11:30", "home 11:30-01/12 00:00"]),
        ("Møde kl. 10 til 11:30", ["meeting 10:00-11:30"]),
        ("møde med Bo fra 1015 til 1130", ["meeting 10:15-11:30"]),
        ("møde 10-11 og 13-14", ["meeting 10:00-11:00", "meeting 13:00-14:00"]),
        ("syg", ["sick 08:30-01/12 00:00"]),
        ("syg i dag", ["sick 08:30-01/12 00:00"]),
        ("barns sygedag i morgen", ["sick 01/12 00:00-02/12 00:00"]),
        ("tilbage kl. 13", ["away 08:30-13:00"]),
        ("væk, tilbage 13", ["away 08:30-13:00"]),
        ("frokost 12-12.30 og tilsyn fra 14", ["away 12:00-12:30", "away 14:00-01/12 00:00"]),
        ("går hjem 15", ["off 15:00-01/12 00:00"]),
        ("ikke til stede til 10", ["away 08:30-10:00"]),
        ("syg til og med onsdag", ["sick 08:30-03/12 00:00"]),
        ("syg indtil og med 2/12", ["sick 08:30-03/12 00:00"]),
        ("ferie fra onsdag t.o.m. fredag", ["off 02/12 00:00-05/12 00:00"]),
        ("fri fredag", ["off 04/12 00:00-05/12 00:00"]),
        ("kursus 3/12 9-15", ["away 03/12 09:00-03/12 15:00"]),
        ("ferie 29/11", ["off 29/11 00:00-30/11 00:00"]),
        ("10-11", ["away 10:00-11:00"]),
        ("møde 1 time", ["meeting 08:30-09:30"]),
        ("møde 2 timer", ["meeting 08:30-10:30"]),
        ("møde kl. 13 i 1½ time", ["meeting 13:00-14:30"]),
        ("frokost ½ time", ["away 08:30-09:00"]),
        ("pause et kvarter", ["away 08:30-08:45"]),
        ("væk 20 min", ["away 08:30-08:50"]),
        ("tilbage om 20 min", ["away 08:30-08:50"]),
        ("væk, tilbage om en time", ["away 08:30-09:30"]),
        ("kl. 13 tilbage", ["away 08:30-13:00"]),
        ("møde 10", ["meeting 10:00-01/12 00:00"]),
        ("barnets 1. sygedag", ["sick 08:30-01/12 00:00"]),
        ("ferie mandag-onsdag", ["off 08:30-03/12 00:00"]),
        ("ferie torsdag til fredag", ["off 03/12 00:00-05/12 00:00"]),
        ("syg resten af ugen", ["sick 08:30-07/12 00:00"]),
        ("syg i dag og i morgen", ["sick 08:30-01/12 00:00", "sick 01/12 00:00-02/12 00:00"]),
        ("holder fri torsdag og fredag", ["off 03/12 00:00-04/12 00:00", "off 04/12 00:00-05/12 00:00"]),
        ("syg i dag, tilbage onsdag", ["sick 08:30-02/12 00:00"]),
        ("ferie 1/12-5/12", ["off 01/12 00:00-06/12 00:00"]),
        ("læge 7. december", ["away 07/12 00:00-08/12 00:00"]),
        ("kursus d. 3. december 9-15", ["away 03/12 09:00-03/12 15:00"]),
        (
            "møde 13-14, frokost 12-12.30, tilbage kl. 13.30",
            ["meeting 13:30-14:00", "away 12:00-13:30"],
        ),
        ("møde 10-24", ["meeting 10:00-01/12 00:00"]),
        ("hjemme, møde 10-11", ["home 08:30-10:00", "home 11:00-01/12 00:00", "meeting 10:00-11:00"]),
    ],
)
def test_lines_that_people_type(line: str, means: list[str]) -> None:
    assert shown(read(line, at=wall("08:30"))) == means


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("  ", LineFault.EMPTY),
        ("møde " * 60, LineFault.TOO_LONG),
        ("hygger mig", LineFault.NO_KIND),
        ("møde 25-26", LineFault.NO_SUCH_TIME),
        ("møde 10.70-11", LineFault.NO_SUCH_TIME),
        ("ferie 31/2", LineFault.NO_SUCH_TIME),
        ("møde 11-10", LineFault.BACKWARDS),
        ("møde 7-8", LineFault.OVER),
        ("ikke syg", LineFault.NEGATED),
        ("ferie til onsdag", LineFault.UNTIL_A_DAY),
        ("ferie fra mandag", LineFault.UNTIL_A_DAY),
        ("syg fra kl. 12 til og med onsdag", LineFault.UNTIL_A_DAY),
        ("møde til og med kl. 12", LineFault.UNTIL_A_DAY),
        ("møde i lokale 12 hos Bo", LineFault.UNCLEAR),
        ("væk 3 dage", LineFault.UNCLEAR),
        ("væk to uger", LineFault.UNCLEAR),
        ("ferie 24.12", LineFault.NO_SUCH_TIME),
        ("ferie til 5/12", LineFault.UNTIL_A_DAY),
    ],
)
def test_lines_that_cannot_be_read_say_why(line: str, fault: LineFault) -> None:
    with pytest.raises(UnreadableLine) as error:
        read(line, at=wall("08:30"))
    assert error.value.fault is fault


def test_on_the_night_of_the_clock_change_the_day_has_25_hours() -> None:
    sunday = date(2026, 10, 25)
    (part,) = read("syg søndag", at=wall("12:00", sunday - timedelta(days=1)))
    assert part.during.duration() == timedelta(hours=25)


_pieces = st.sampled_from(
    ("½ time", "2 timer", "om 20 min", "1. sygedag", "resten af ugen", "mandag-onsdag", "lokale", "7. december",
     "til onsdag", "møde", "syg", "hjemme", "fri", "tilbage", "til", "fra", "10", "11.30", "12-13", "1530", ",", "så",
     "og", "i morgen", "fredag", "3/12", "kl.", "-", "ikke", "ø")
)  # fmt: skip


@given(line=st.one_of(st.lists(_pieces, max_size=9).map(" ".join), st.text(max_size=40)))
@settings(max_examples=sample.examples(400))
def test_any_line_is_read_into_disjoint_parts_or_refused(line: str) -> None:
    try:
        parts = read(line, at=wall("08:30"))
    except UnreadableLine:
        return
    assert parts
    for number, part in enumerate(parts):
        assert all(part.during.intersection(other.during) is None for other in parts[:number])
    assert all(part.kind in DayKind for part in parts)
