"""The laws of promises: what keeps one, and that a missed one stays missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.handover import verdicts
from indgang.handover.verdicts import PromiseFacts, Verdict
from tests import sample

_START = datetime(2026, 3, 11, 8, tzinfo=UTC)
_moments = st.integers(0, 600).map(lambda minutes: _START + timedelta(minutes=minutes))


@st.composite
def promises(draw: st.DrawFn) -> PromiseFacts:
    due = draw(_moments)
    starts = draw(st.none() | st.integers(1, 240).map(lambda minutes: due - timedelta(minutes=minutes)))
    called = draw(st.none() | _moments)
    promised = PromiseFacts(due, starts)
    return PromiseFacts(due, starts, called if called is not None and promised.counts(called) else None)


@given(promises(), _moments)
@settings(max_examples=sample.examples(200))
def test_an_answer_in_time_keeps_every_promise(promised: PromiseFacts, at: datetime) -> None:
    if at <= promised.due:
        assert verdicts.answered(promised, at) is Verdict.KEPT


@given(promises(), _moments)
@settings(max_examples=sample.examples(200))
def test_nothing_after_the_time_makes_a_missed_promise_good(promised: PromiseFacts, at: datetime) -> None:
    called = promised.called_at
    was_called = promised.starts is not None and called is not None and called <= promised.due
    if at > promised.due and not was_called:
        assert verdicts.moved(promised, at) is Verdict.MISSED
        assert verdicts.cancelled(promised, at) is Verdict.MISSED
        assert verdicts.answered(promised, at) is Verdict.LATE
        assert verdicts.given_up(promised) is Verdict.MISSED


@given(promises(), _moments)
@settings(max_examples=sample.examples(200))
def test_only_the_promise_of_a_call_is_kept_by_a_call(promised: PromiseFacts, at: datetime) -> None:
    if promised.starts is None:
        assert verdicts.given_up(promised) is Verdict.MISSED


def test_a_call_five_minutes_early_counts_and_one_an_hour_early_does_not() -> None:
    promised = PromiseFacts(_START + timedelta(hours=3), starts=_START + timedelta(hours=2))
    assert promised.counts(_START + timedelta(hours=1, minutes=55))
    assert not promised.counts(_START + timedelta(hours=1))
