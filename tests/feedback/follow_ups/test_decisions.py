"""What opens a follow-up, when it is due, what a comment is about, and when a share is shown: without a database."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from indgang.core.ranges import ALWAYS
from indgang.core.schedule import Schedule, Weekly
from indgang.feedback.follow_up_models import FollowUp, FollowUpCause
from indgang.feedback.follow_ups import opening, tagging, tally, working_days
from indgang.feedback.follow_ups.opening import FollowUpTerms
from indgang.handover.counted_hours import OFFICE_HOURS
from tests.world import MORNING


def test_the_overall_answer_decides_where_it_is_asked_and_else_the_mean() -> None:
    assert opening.judged_index({"satisfaction": 25.0, "courtesy": 100.0}) == 25
    assert opening.judged_index({"navigation": 20.0, "language": 60.0}) == 40
    assert opening.judged_index({}) is None


def test_a_low_score_or_a_comment_opens_a_follow_up_by_the_rule() -> None:
    asked = FollowUpTerms(low_index=50, on_comment=True)
    assert opening.reasons(asked, index=50, has_comment=False) == ["score"]
    assert opening.reasons(asked, index=50.1, has_comment=False) == []
    assert opening.reasons(asked, index=None, has_comment=True) == ["comment"]
    assert opening.reasons(FollowUpTerms(low_index=None, on_comment=False), index=0, has_comment=True) == []


def test_five_working_days_leave_out_weekends_and_holidays() -> None:
    wednesday = MORNING
    assert working_days.end_of(OFFICE_HOURS, wednesday, 5) == datetime(2026, 3, 18, 14, tzinfo=UTC)
    before_easter = datetime(2026, 4, 1, 9, tzinfo=UTC)
    assert working_days.end_of(OFFICE_HOURS, before_easter, 1) == datetime(2026, 4, 7, 13, tzinfo=UTC)


def test_a_centre_that_never_opens_counts_calendar_days() -> None:
    assert working_days.end_of(Schedule(()), MORNING, 5) == MORNING + timedelta(days=5)
    mondays = Schedule((Weekly(0, time(9), time(12), ALWAYS),))
    assert working_days.end_of(mondays, MORNING, 2) == datetime(2026, 3, 23, 11, tzinfo=UTC)


def test_a_tag_is_proposed_for_a_service_whose_words_are_said_in_any_form() -> None:
    services = {
        1: tagging.terms_of(["Udendørsservering", "café", "borde og stole"]),
        2: tagging.terms_of(["Gravetilladelser", "opgravning", "vej"]),
        3: tagging.terms_of(["Byggeaffald", "container"]),
    }
    assert tagging.proposals("Jeg spurgte om mine stole og bordet foran caféen", services) == [1]
    assert tagging.proposals("De ville grave vejen op ved containeren", services) == [2, 3]
    assert tagging.proposals("Ventetiden var alt for lang", services) == []


def closed(days: int | None, cause: str = "Lang ventetid") -> FollowUp:
    """A follow-up with a deadline of five days, closed after so many days; None: still open."""
    at = None if days is None else MORNING + timedelta(days=days)
    return FollowUp(
        opened_at=MORNING, due_at=MORNING + timedelta(days=5), closed_at=at,
        cause=None if at is None else FollowUpCause(name=cause),
    )  # fmt: skip


def test_the_share_in_time_counts_what_is_late_and_still_open_and_hides_small_groups() -> None:
    rows = [closed(1), closed(2), closed(3), closed(6), closed(None)]
    after = MORNING + timedelta(days=8)
    whole = tally.of_all(rows, name="alle", at=after)
    assert (whole.opened, whole.closed, whole.overdue, whole.share) == (5, 4, 1, 60)
    assert tally.of_all(rows, name="alle", at=MORNING + timedelta(days=2)).share is None  # four are judged
    assert tally.of_all([closed(None)], name="alle", at=MORNING).share is None


def test_causes_with_few_behind_them_are_hidden_and_cannot_be_worked_out() -> None:
    rows = [closed(1) for _each in range(9)] + [closed(1, "Tone") for _each in range(6)] + [closed(1, "Ros")]
    counts = {each.name: each.count for each in tally.of_causes(rows)}
    assert counts == {"Lang ventetid": 9, "Tone": None, "Ros": None}
