"""However the streams are split up and counted, the rows are the same; and what is left out of them changes no fact."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.enquiries import derived, stream
from indgang.events import kinds
from indgang.measures.rollups import grains, runs
from indgang.measures.rollups.facts import WITHOUT_FACTS, WITHOUT_PAYLOAD, FactKey, StreamEvent, counts, facts
from indgang.measures.rollups.grains import Grain
from indgang.measures.rollups.tallies import FactTally, Tallies
from tests import sample
from tests.measures.histories import any_stream, enquiries, promises


def counted(streams: list[list[StreamEvent]]) -> dict[FactKey, FactTally]:
    tallies: Tallies[FactKey] = Tallies()
    for each in streams:
        tallies.count(facts(each, promises))
    return dict(tallies.changes())


@given(
    made=st.lists(any_stream(), max_size=6), shares=st.integers(1, 4), most=st.integers(1, 9), order=st.integers(0, 9)
)
@settings(max_examples=sample.examples(80), deadline=None)
def test_any_split_over_processes_and_any_order_give_the_same_rows(
    made: list[list[StreamEvent]], shares: int, most: int, order: int
) -> None:
    mixed = Random(order).sample(made, len(made))
    with tempfile.TemporaryDirectory() as name:
        for share in range(shares):
            of_share = (facts(each, promises) for each in mixed[share::shares])
            runs.write(of_share, Path(name), f"share-{share}", most=most)
        merged = list(runs.merged(Path(name)))
    assert dict(merged) == counted(made)
    assert [key for key, _tally in merged] == sorted(counted(made)), "in the order of the keys"


@given(made=st.lists(any_stream(), max_size=5))
@settings(max_examples=sample.examples(80), deadline=None)
def test_days_and_months_are_the_sums_of_their_quarters(made: list[list[StreamEvent]]) -> None:
    quarters = counted(made)
    summed = grains.summed(quarters.items())
    for grain in Grain:
        of_grain = [tally for key, tally in summed.items() if key.grain == grain]
        for name in ("whole", "part", "short", "milliseconds", "target_points"):
            assert sum(getattr(each, name) for each in of_grain) == sum(
                getattr(each, name) for each in quarters.values()
            )
        times = sum(sum(each.histogram.values()) for each in of_grain)
        assert times == sum(sum(each.histogram.values()) for each in quarters.values())
    assert {key.service for key in summed if key.grain not in (Grain.DAY, Grain.MONTH_SERVICES)} <= {""}
    assert {key.purpose for key in summed if key.grain not in (Grain.DAY, Grain.MONTH_PURPOSES)} <= {""}


@given(made=any_stream())
@settings(max_examples=sample.examples(150), deadline=None)
def test_kinds_and_fields_that_are_not_read_change_no_fact(made: list[StreamEvent]) -> None:
    read = []
    for each in made:
        event = each.event
        if counts(event.kind):
            told = {} if event.kind in WITHOUT_PAYLOAD else event.data
            kept = {name: value for name, value in told.items() if name not in WITHOUT_FACTS}
            bare = event.kind.event(event.stream, event.at, event.queue, event.person, kept)
            read.append(each._replace(event=bare))
    assert facts(read, promises) == facts(made, promises)


def test_every_kind_whose_events_change_a_figure_is_read() -> None:
    left_out = {str(kind) for kind in kinds.declared() if stream.has_steps(kind) and not counts(kind)}
    assert left_out == {"menu", "language", "personal_wait", "personal_wait_over"}


@given(made=enquiries())
@settings(max_examples=sample.examples(100), deadline=None)
def test_columns_without_a_row_are_those_of_the_row(made: list[StreamEvent]) -> None:
    events = [replace(each.event) for each in made]
    places = stream.Places({"tmf-byggeri": 1, "tmf-byliv": 2}, {"tmf": 5, "bif": 6}, {"tmf-byggeri": "tmf"})
    row, columns = stream.replay(events, places), derived.derive(events, places)
    for name in (*stream.BEGINNING, *stream.DERIVED):
        assert getattr(columns, name) == getattr(row, name), name
