"""Figures from the roll-ups: the published day in the database, groups, and the command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from indgang.enquiries.event_kinds import EnquiryKind
from indgang.entry.event_kinds import Kind
from indgang.measures.definitions import DEFINITIONS, definition
from indgang.measures.period import Period
from indgang.measures.rollups import reading, store
from indgang.measures.rollups.facts import FactKey, Measure, StreamEvent, facts
from indgang.measures.rollups.reading import GroupBy
from indgang.measures.rollups.tallies import Tallies
from indgang.measures.totals import Times, Totals
from tests.measures.histories import history, promises, registered
from tests.measures.test_formulas import PUBLISHED
from tests.world import MORNING

pytestmark = pytest.mark.django_db

DAY = MORNING.date()
PROMISE = {"answer_within": 20.0, "target_percent": 80.0}


def write(*streams: list[StreamEvent]) -> None:
    tallies: Tallies[FactKey] = Tallies()
    for stream in streams:
        tallies.count(facts(stream, promises))
    store.add(tallies)


def one(
    ending: Any, waited: float, number: int, *, start: datetime = MORNING, queue: str = "tmf-byggeri", **question: Any
) -> list[StreamEvent]:
    """A call that ends its wait so after ten seconds of menu; with a question it is registered."""
    steps: list[Any] = [
        (Kind.ARRIVED, 0, {"centre": "tmf"}), (Kind.QUEUED, 10, {"queue": queue, **PROMISE}),
        (ending, 10 + waited, {"queue": queue}),
    ]  # fmt: skip
    if ending == Kind.ANSWERED:
        steps += [(Kind.ENDED, 110 + waited, {"queue": queue}), (Kind.WRAPPED_UP, 130 + waited, {"seconds": 20.0})]
    if question:
        steps.append((EnquiryKind.REGISTERED, 200 + waited, registered(**question)))
    return history(*steps, start=start, stream=UUID(int=number))


def published() -> Iterator[list[StreamEvent]]:
    """The published day: 1,000 answered of which 860 within 20 seconds, 60 given up of which 20 within and 10 short."""
    ends: list[tuple[Any, float]] = [(Kind.ANSWERED, 20.0)] * 860 + [(Kind.ANSWERED, 21.0)] * 140
    ends += [(Kind.ABANDONED, 4.0)] * 10 + [(Kind.ABANDONED, 15.0)] * 10 + [(Kind.ABANDONED, 90.0)] * 40
    for number, (ending, waited) in enumerate(ends):
        yield one(ending, waited, number, start=MORNING + timedelta(seconds=20 * number))


@pytest.fixture
def day(db: None) -> Totals:
    write(*published())
    return reading.totals(Period.day(DAY))[""]


def test_the_published_day_comes_out_of_the_roll_ups_in_every_variant(day: Totals) -> None:
    for name in ("offered", "answered", "abandoned", "answered_in_time", "abandoned_in_time", "abandoned_short"):
        assert getattr(day.segments, name) == getattr(PUBLISHED, name)
    found = {each.code: each.of(day) for each in DEFINITIONS}
    levels = {"sl1": 83.0, "sl2": 86.0, "sl3": 81.1, "sl4": 82.7, "sl5": 81.9}
    assert {code: round(found[f"service_level_{code}"].value or 0, 1) for code in levels} == levels
    assert round(found["answered_within_20_seconds"].value or 0, 1) == 82.7
    assert round(found["availability"].value or 0, 1) == 95.2
    assert (found["median_answer_seconds"].value, found["p90_answer_seconds"].value) == (20, 21)
    assert found["average_answer_seconds"].value == pytest.approx(20.14)
    assert found["average_whole_wait_seconds"].value == pytest.approx(30.14), "the menu is in it"
    assert found["average_handle_seconds"].value == 120
    assert found["contacts_arrived"].value == 1060


def test_another_promise_gives_another_level_on_the_same_day(day: Totals) -> None:
    level = definition("service_level_sl4", on=DAY)
    assert round(level.of(day.promising(4)).value or 0, 1) == 0.0
    assert round(level.of(day.promising(21)).value or 0, 1) == round(100 * 1000 / 1040, 1)
    assert level.of(day.promising(100)).value == 100.0


def test_groups_add_up_to_the_whole_and_choices_leave_the_rest_out(db: None) -> None:
    late = MORNING + timedelta(days=25)
    write(
        one(Kind.ANSWERED, 5, 1, outcomes=["resolved"]),
        one(Kind.ANSWERED, 5, 2, start=late, queue="bif-erhverv", outcomes=["message"], service="parkering"),
        one(Kind.ABANDONED, 50, 3, start=late),
    )
    both = Period.days(date(2026, 3, 1), date(2026, 4, 30))
    for by in GroupBy:
        groups = reading.totals(both, by=by)
        assert sum(groups.values(), Totals()) == reading.totals(both)[""]
    waits = reading.totals(both)[""].answer_waits
    assert (waits.count, waits.seconds, waits.counts) == (2, 10.0, {5: 2})
    untimed = reading.totals(both, times=False)[""].answer_waits
    assert (untimed.count, untimed.seconds, untimed.counts) == (2, 10.0, {})
    handled = reading.times(Measure.HANDLED, both, by=GroupBy.QUEUE, only={"channel": ["phone"]})
    assert handled == {code: Times(1, 120.0, {120: 1}) for code in ("tmf-byggeri", "bif-erhverv")}
    assert reading.times(Measure.HANDLED, both) == {"": Times(2, 240.0, {120: 2})}
    assert reading.totals(both, by=GroupBy.MONTH).keys() == {"2026-03", "2026-04"}
    assert reading.totals(both, by=GroupBy.DAY).keys() == {"2026-03-11", "2026-04-05"}
    by_service = reading.totals(both, by=GroupBy.SERVICE)
    resolution = definition("first_contact_resolution", on=DAY)
    assert {code: resolution.of(each).value for code, each in by_service.items()} == {
        "": None, "byggetilladelse": 100, "parkering": 0
    }  # fmt: skip
    assert reading.totals(both, only={"centre": ["bif"]})[""].segments.offered == 1
    assert not reading.totals(Period.day(date(2026, 5, 1)))
    with pytest.raises(ValueError, match="not chosen by"):
        reading.totals(both, only={"id; DROP TABLE": ["x"]})
    with pytest.raises(ValueError, match="not chosen by"):
        reading.times(Measure.HANDLED, both, only={"id; DROP TABLE": ["x"]})


# --- The command ---------------------------------------------------------------------------------


def figures(*words: str) -> Any:
    said = StringIO()
    call_command("figures", *words, stdout=said)
    return json.loads(said.getvalue()) if "--json" in words else said.getvalue()


def test_the_command_gives_a_figure_with_its_definition_and_base(day: Totals) -> None:
    found = figures("service_level_sl4", "--from", "2026-03-11", "--json")
    assert found["definition"] == "service_level_sl4 v1"
    assert [(row["group"], round(row["value"], 1), row["base"]) for row in found["rows"]] == [("", 82.7, 1040)]
    by_queue = figures("service_level_sl4", "--from", "2026-03-01", "--to", "2026-03-31", "--by", "queue")
    assert "tmf-byggeri: 82.7 percent of 1040" in by_queue
    assert "all: 100.0 percent" in figures("service_level_sl1", "--from", "2026-03-11", "--within", "900")
    assert "all: no data" in figures("service_level_sl4", "--from", "2026-03-12")
    assert "all: no data" in figures("service_level_sl4", "--from", "2026-03-11", "--queue", "tmf-byliv")
    assert len(figures("list", "--json")) == len(DEFINITIONS)
    with pytest.raises(CommandError, match="no figure nonsense"):
        figures("nonsense")


def test_a_part_with_too_few_contacts_is_not_shown(db: None) -> None:
    write(*(one(Kind.ANSWERED, 5, number, outcomes=["resolved"]) for number in range(4)))
    words = ("first_contact_resolution", "--from", "2026-03-11")
    assert "all: too few to show" in figures(*words), "a day is a part"
    assert "all: too few to show" in figures(*words, "--to", "2026-03-12", "--service", "byggetilladelse")
    assert "all: 100.0 percent of 4" in figures(*words, "--to", "2026-03-12")
    assert "byggetilladelse: too few to show" in figures(*words, "--by", "service")
    (row,) = figures(*words, "--by", "service", "--json")["rows"]
    assert row == {"group": "byggetilladelse", "value": None, "base": None, "small": True}
    write(one(Kind.ANSWERED, 5, 9, outcomes=["resolved"]))
    assert "byggetilladelse: 100.0 percent of 5" in figures(*words, "--by", "service")
