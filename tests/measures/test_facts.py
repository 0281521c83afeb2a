"""What the events of one stream count: calls made by hand, and laws over any history."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from indgang.enquiries.event_kinds import EnquiryKind
from indgang.entry.event_kinds import Kind
from indgang.measures.rollups.facts import (
    NOT_FROM_EVENTS,
    CountedFact,
    FactKey,
    Measure,
    StreamEvent,
    facts,
    quarter_of,
)
from indgang.measures.rollups.tallies import Tallies
from tests import sample
from tests.measures.histories import any_stream, histories, history, promises, registered
from tests.world import MORNING

BYGGERI = {"queue": "tmf-byggeri"}
CALL: tuple[Any, ...] = (
    (Kind.ARRIVED, 0, {"centre": "tmf"}),
    (Kind.QUEUED, 10, BYGGERI),
    (Kind.ANSWERED, 60, {**BYGGERI, "direction": "in"}),
    (Kind.HELD, 100, BYGGERI),
    (Kind.RESUMED, 130, BYGGERI),
    (Kind.ENDED, 230, BYGGERI),
    (Kind.WRAPPED_UP, 250, {"seconds": 20.0}),
)


def counted(noted: list[StreamEvent], measure: Measure) -> list[CountedFact]:
    found = [each for each in facts(noted, promises) if each.key.measure == measure]
    return [each for each in found if isinstance(each, CountedFact)]


def test_a_call_counts_its_segment_and_its_contact_in_the_quarter_of_each() -> None:
    made = history(*CALL, (EnquiryKind.REGISTERED, 1800, registered("resolved")))
    found = {each.key.measure: each for each in facts(made, promises)}
    segment, handled = found[Measure.SEGMENTS], found[Measure.HANDLED]
    assert segment == CountedFact(
        FactKey(
            quarter_of(MORNING), "segments", "tmf", "tmf-byggeri", "byggetilladelse", "status", "phone", 1, "answered"
        ),
        part=True, milliseconds=50_000, target_points=80, bucket=50,
    )  # fmt: skip
    assert (found[Measure.TALKED].milliseconds, handled.milliseconds) == (140_000, 190_000)
    assert found[Measure.WHOLE_WAIT].milliseconds == 60_000, "the menu is part of the caller's wait"
    assert found[Measure.ANSWERED].part is False
    assert found[Measure.REGISTERED].key.quarter == quarter_of(MORNING + timedelta(minutes=30))
    assert found[Measure.REGISTERED].part is True


def test_a_second_queue_makes_a_second_segment_and_one_whole_wait() -> None:
    made = history(
        (Kind.ARRIVED, 0, {"centre": "tmf"}), (Kind.QUEUED, 10, BYGGERI), (Kind.OVERFLOWED, 70, BYGGERI),
        (Kind.QUEUED, 70, {"queue": "bif-erhverv"}), (Kind.ANSWERED, 120, {"queue": "bif-erhverv"}),
        (Kind.ENDED, 200, {}),
    )  # fmt: skip
    first, second = counted(made, Measure.SEGMENTS)
    assert (first.key.outcome, first.key.queue, first.milliseconds) == ("overflowed", "tmf-byggeri", 60_000)
    assert (second.key.outcome, second.key.centre, second.milliseconds) == ("answered", "bif", 50_000)
    (whole,) = counted(made, Measure.WHOLE_WAIT)
    assert (whole.key.centre, whole.milliseconds) == ("bif", 120_000)


def test_within_the_promise_includes_its_last_moment_and_the_promise_of_the_event_comes_first() -> None:
    def answered(after: float, **promise: float) -> bool:
        steps: list[Any] = [
            (Kind.ARRIVED, 0, {}),
            (Kind.QUEUED, 0, {**BYGGERI, **promise}),
            (Kind.ANSWERED, after, BYGGERI),
        ]
        return counted(history(*steps), Measure.SEGMENTS)[0].part

    assert answered(100)
    assert not answered(100.000001)
    assert answered(20, answer_within=20, target_percent=80)
    assert not answered(21, answer_within=20, target_percent=80)


def test_a_correction_replaces_its_question_and_moves_the_figure_to_another_service() -> None:
    made = history(*CALL, (EnquiryKind.REGISTERED, 300, registered("resolved", "directed")))
    assert counted(made, Measure.REGISTERED)[0].part
    corrected = registered("message", service="parkering") | {"corrected": True}
    made += history((EnquiryKind.REGISTERED, 900, corrected))
    (fact,) = counted(made, Measure.REGISTERED)
    assert (fact.part, fact.key.service, fact.key.outcome) == (False, "parkering", "message")
    assert fact.key.quarter == quarter_of(MORNING), "the quarter of the first registration"


def test_a_clock_that_is_set_back_makes_no_time_and_no_quarter_is_lost() -> None:
    made = history((Kind.ARRIVED, 0, {}), (Kind.QUEUED, 10, BYGGERI), (Kind.ABANDONED, -3600, BYGGERI))
    (segment,) = counted(made, Measure.SEGMENTS)
    assert (segment.milliseconds, segment.bucket, segment.short) == (0, 0, True)


def test_a_promised_call_counts_when_it_was_promised_and_whether_we_talked() -> None:
    asked = {**BYGGERI, "asked_at": MORNING.isoformat()}
    promised = ((Kind.ARRIVED, 0, {"centre": "tmf"}), (Kind.QUEUED, 5, BYGGERI), (Kind.CALLBACK, 60, asked))
    rung: list[Any] = [
        *promised,
        (Kind.CALLED_BACK, 4000, BYGGERI),
        (Kind.ANSWERED, 4010, BYGGERI),
        (Kind.ENDED, 4100, {}),
    ]
    (kept,) = counted(history(*rung), Measure.CALLBACKS)
    assert (kept.part, kept.key.quarter) == (True, quarter_of(MORNING))
    missed = (*promised, (Kind.CALLED_BACK, 4000, BYGGERI), (Kind.CALLBACK_OVER, 9000, {"why": "not_reached"}))
    assert [each.part for each in counted(history(*missed), Measure.CALLBACKS)] == [False]
    assert len(counted(history(*missed), Measure.NOT_REACHED)) == 1
    cancelled = (*promised, (Kind.CALLBACK_OVER, 9000, {"why": "cancelled"}))
    assert not counted(history(*cancelled), Measure.CALLBACKS)


def test_a_call_at_a_chosen_time_is_kept_by_the_first_attempt_within_the_promise() -> None:
    due = MORNING + timedelta(hours=2)
    said = {"queue": "tmf-byggeri", "asked_at": MORNING.isoformat(), "due": due.isoformat()}
    late = promises("tmf-byggeri", due).seconds + 1

    def kept(*after: Any, **changed: Any) -> list[bool]:
        steps = ((Kind.ARRIVED, 0, {"centre": "tmf"}), (Kind.QUEUED, 5, BYGGERI), (Kind.CALLBACK, 60, said | changed))
        return [each.part for each in counted(history(*steps, *after), Measure.CALLBACK_TIMES)]

    assert kept((Kind.CALLED_BACK, 7200, BYGGERI), (Kind.CALLED_BACK, 9000, BYGGERI)) == [True]
    assert kept((Kind.CALLED_BACK, 7200 + late, BYGGERI)) == [False]
    assert kept((Kind.CALLED_BACK, 7200 + late, BYGGERI), answer_within=late) == [True], "as it was when they chose"
    assert kept((Kind.CALLED_BACK, 7200 + 31, BYGGERI), answer_within=30.0) == [False]
    assert kept((Kind.CALLBACK_OVER, 3600, {"why": "called_in"})) == [True]
    assert kept((Kind.CALLBACK_OVER, 3600, {"why": "cancelled"})) == []
    assert kept() == [], "not rung yet"
    assert kept((Kind.CALLED_BACK, 7200, BYGGERI), due=None) == [], "no time was chosen"


def test_the_second_level_counts_when_it_is_asked_in_promised_hours() -> None:
    called = ((Kind.ARRIVED, 0, {"centre": "tmf"}), (Kind.QUEUED, 5, BYGGERI), (Kind.ANSWERED, 10, BYGGERI))
    asked: list[Any] = [
        *called,
        (Kind.SUBJECT_TRIED, 20, {"subject": "parkering", "window": 3, "result": "no_answer"}),
        (Kind.SUBJECT_TRIED, 30, {"subject": "parkering", "window": 3, "result": "answered"}),
        (Kind.SUBJECT_UNREACHED, 40, {"subject": "affald", "tried": 0, "is_open": True}),
        (Kind.SUBJECT_UNREACHED, 45, {"subject": "affald", "tried": 0, "is_open": False}),
        (Kind.CONSULTING, 50, {"windows": [3]}),
        (Kind.CONSULT_REFUSED, 55, {}),
        (Kind.CONSULTING, 60, {"windows": [3]}),
        (Kind.CONSULT_ANSWERED, 65, {}),
        (Kind.CONSULTING, 70, {}),
        (Kind.ENDED, 100, {}),
    ]
    found = counted(history(*asked), Measure.SECOND_LEVEL)
    assert [(each.key.service, each.part) for each in found] == [
        ("parkering", False), ("parkering", True), ("affald", False), ("", False), ("", True)
    ]  # fmt: skip
    assert {(each.key.level, each.key.queue) for each in found} == {(2, "tmf-byggeri")}
    (outside,) = counted(history(*asked), Measure.OUT_OF_HOURS)
    assert (outside.key.service, outside.key.level, outside.part) == ("affald", 2, False)


def test_a_transfer_is_warm_when_the_colleague_was_asked_each_time() -> None:
    called = ((Kind.ARRIVED, 0, {"centre": "tmf"}), (Kind.QUEUED, 5, BYGGERI), (Kind.ANSWERED, 10, BYGGERI))
    warm, blind = ((Kind.TRANSFERRED, after, {"name": "#1", "warm": after == 20}) for after in (20, 40))

    def kinds(*after: Any) -> tuple[bool, bool]:
        (fact,) = counted(history(*called, *after), Measure.ANSWERED)
        return fact.part, fact.short

    assert (kinds(), kinds(warm), kinds(blind), kinds(warm, blind)) == (
        (False, False), (True, True), (True, False), (True, False)
    )  # fmt: skip


def test_a_call_that_went_on_from_its_queue_is_given_up_when_nobody_answers_after_that() -> None:
    moved = (
        (Kind.ARRIVED, 0, {"centre": "tmf"}), (Kind.QUEUED, 5, BYGGERI), (Kind.OVERFLOWED, 70, BYGGERI),
        (Kind.QUEUED, 70, {"queue": "bif-erhverv"}),
    )  # fmt: skip
    answered, given_up = (Kind.ANSWERED, 90, {"queue": "bif-erhverv"}), (Kind.ABANDONED, 90, {"queue": "bif-erhverv"})

    def lost(*after: Any) -> list[tuple[str, bool]]:
        return [(each.key.queue, each.part) for each in counted(history(*moved, *after), Measure.OVERFLOWS)]

    assert lost(given_up) == [("bif-erhverv", True)]
    assert lost(answered, (Kind.ENDED, 200, {})) == [("bif-erhverv", False)]
    assert lost() == [], "it goes on"
    assert not counted(history(*CALL), Measure.OVERFLOWS)


def test_only_contacts_with_general_questions_are_for_the_first_level_to_solve() -> None:
    def general(*outcome: str, character: str = "general") -> list[bool]:
        made = history(*CALL, (EnquiryKind.REGISTERED, 300, registered(*outcome, character=character)))
        return [each.part for each in counted(made, Measure.GENERAL)]

    assert (general("resolved"), general("resolved", "message"), general("resolved", character="case_specific")) == (
        [True], [False], []
    )  # fmt: skip


@pytest.mark.parametrize(("channel", "is_digital"), [("phone", False), ("walk_in", False), ("mail", True)])
def test_contacts_on_digital_channels_are_told_apart(channel: str, is_digital: bool) -> None:
    made = history((EnquiryKind.RECEIVED, 0, {"channel": channel, "centre": "tmf"}), channel=channel)
    assert [each.short for each in counted(made, Measure.ARRIVED)] == [is_digital]


def test_written_answers_count_against_their_promise_and_not_as_calls() -> None:
    made = history(
        (EnquiryKind.RECEIVED, 0, {"channel": "mail", "centre": "tmf"}), (Kind.QUEUED, 0, BYGGERI),
        (EnquiryKind.REPLIED, 9000, {"open_seconds": 7200.0, "within": 7200.0}),
        (EnquiryKind.REPLIED, 20_000, {"open_seconds": 9000.0, "within": 7200.0, "target_percent": 65.0}),
        (EnquiryKind.REPLIED, 30_000, {"open_seconds": 9000.0}), channel="mail",
    )  # fmt: skip
    assert [(each.milliseconds, each.part, each.target_points) for each in counted(made, Measure.REPLIED)] == [
        (7_200_000, True, 80), (9_000_000, False, 65)
    ], "the target of the event, or of events without one that of the queue's terms of that day"  # fmt: skip
    assert len(counted(made, Measure.WRITTEN_SEGMENTS)) == 1
    assert not counted(made, Measure.SEGMENTS)
    assert not counted(made, Measure.TALKED)


def test_a_stream_that_is_no_enquiry_counts_nothing() -> None:
    assert facts([], promises) == []
    assert facts(history((Kind.TASK_QUEUED, 0, {})), promises) == []


# --- Laws ----------------------------------------------------------------------------------------


def test_the_drawn_streams_count_everything_that_is_counted_from_events() -> None:
    """So a new measure is in the laws below, and in that of `test_verify`."""
    wanted, found = {str(each) for each in Measure if each not in NOT_FROM_EVENTS}, set[str]()

    def are_all_drawn(made: list[StreamEvent]) -> bool:
        found.update(str(each.key.measure) for each in facts(made, promises))
        return found >= wanted

    drawing = settings(max_examples=sample.examples(5_000), phases=[Phase.generate], database=None, deadline=None)
    with suppress(NoSuchExample):
        find(any_stream(), are_all_drawn, settings=drawing, random=Random(1))
    assert found == wanted


@given(made=any_stream(), cuts=st.lists(st.integers(0, 15), max_size=4))
@settings(max_examples=sample.examples(200))
def test_however_a_stream_is_read_the_changes_add_up_to_its_facts(made: list[StreamEvent], cuts: list[int]) -> None:
    """A window takes the facts of the events before it away, and adds those with it."""
    before = 0
    tallies: Tallies[FactKey] = Tallies()
    for end in [*sorted(cuts), len(made)]:
        tallies.count(facts(made[:before], promises), -1)
        tallies.count(facts(made[:end], promises))
        before = min(end, len(made))
    alone: Tallies[FactKey] = Tallies()
    alone.count(facts(made, promises))
    assert dict(tallies.changes()) == dict(alone.changes())


@given(made=histories())
@settings(max_examples=sample.examples(200))
def test_every_segment_and_contact_is_counted_once_and_no_time_is_negative(made: list[StreamEvent]) -> None:
    found = facts(made, promises)
    queued = sum(each.event.kind == Kind.QUEUED for each in made)
    by_measure = [each.key.measure for each in found]
    assert by_measure.count("segments") == queued
    assert by_measure.count("arrived") == 1
    for measure in (Measure.ANSWERED, Measure.REGISTERED, Measure.DIGITAL, Measure.HANDLED):
        assert by_measure.count(measure) <= 1
    assert all(each.milliseconds >= 0 for each in found)
    assert all(each.key.quarter == quarter_of(each.key.quarter) for each in found)


@given(made=any_stream())
@settings(max_examples=sample.examples(100))
def test_no_fact_depends_on_a_field_that_is_scrubbed_or_on_who_acted(made: list[StreamEvent]) -> None:
    """Scrubbing leaves names that are compared as #1, #2; the histories hold them so."""
    scrubbed = []
    for each in made:
        kept = {
            name: value for name, value in each.event.data.items()
            if name not in each.event.kind.personal or str(value).startswith("#")
        }  # fmt: skip
        event = each.event
        bare = event.kind.event(event.stream, event.at, event.queue, 77, kept | {"scrubbed": True})
        scrubbed.append(each._replace(event=bare))
    assert facts(scrubbed, promises) == facts(made, promises)


def test_a_visit_that_was_thrown_away_is_no_contact() -> None:
    begun = (EnquiryKind.BEGUN, 0, {"channel": "walk_in", "centre": "tmf"})
    assert counted(history(begun), Measure.ARRIVED)
    assert facts(history(begun, (Kind.LEFT, 5, {"why": "discarded"})), promises) == []
