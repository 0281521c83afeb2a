"""What published measures changed, where registration itself changes and measures meet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indgang.analysis import gap_data
from indgang.analysis.gap_effects import EffectWeeks, measured
from indgang.analysis.gap_models import GapMeasure
from indgang.analysis.gaps.comparing import MeasureSpan, lasted, span
from indgang.analysis.gaps.effect import EffectVerdict, MissingData
from indgang.core import clock
from tests.analysis.asked import ask, each_week
from tests.world import MORNING, World

_TODAY = clock.day_of(MORNING)
_LAST = MORNING - timedelta(days=7)
_AFTER = 8
_PUBLISHED = clock.day_of(_LAST) - timedelta(days=7 * _AFTER)
_STEADY = [20, 22, 19, 21, 20, 23, 18, 20, 21, 19, 22, 20, 15, 21, 19, 20, 22, 19, 20, 21, 18]
_HALVED = [*_STEADY[:13], 11, 9, 10, 12, 9, 10, 11, 8]


def week(number: int) -> date:
    """The day of publication, so many weeks later."""
    return _PUBLISHED + timedelta(days=7 * number)


def measure_of(world: World, published: date = _PUBLISHED, **values: Any) -> GapMeasure:
    usual = {
        "kind": "page", "title": "Altaner", "service": world.services["byggetilladelse"],
        "purpose": world.purposes["vejledning"], "owner": world.ida, "created_by": world.ida, "created_at": MORNING,
    }  # fmt: skip
    return GapMeasure.objects.create(published_on=published, **{**usual, **values})


def registered(world: World, own: Sequence[int], **others: Sequence[int]) -> None:
    each_week(world, own, last=_LAST)
    for purpose, counts in {"andet": [12, 13, 12] * 7, "bidrag": [12, 12, 13] * 7, **others}.items():
        each_week(world, counts, last=_LAST, purpose=purpose)


def effect_of(measure: GapMeasure) -> EffectWeeks:
    found = measured(measure, today=_TODAY)
    assert found
    return found


@pytest.mark.django_db
def test_purposes_that_join_or_leave_the_registration_make_no_effect(world: World) -> None:
    registered(world, _STEADY, ny=[1, *[0] * 12, *[60] * 8], klage=[*[40] * 10, *[0] * 11])
    found = effect_of(measure_of(world))
    assert (found.effect.verdict, found.effect.compared, found.left_out) == (EffectVerdict.NOT_SEEN, 2, 2)


@pytest.mark.django_db
def test_weeks_before_the_first_question_of_the_subject_are_no_weeks(world: World) -> None:
    registered(world, [*[0] * 8, *_STEADY[8:]])
    found = effect_of(measure_of(world)).effect
    assert (found.verdict, found.weeks_before) == (EffectVerdict.TOO_LITTLE, 4)
    assert MissingData.WEEKS_BEFORE in found.missing


@pytest.mark.django_db
def test_a_service_that_ended_is_no_success(world: World) -> None:
    registered(world, [*_STEADY[:14], *[0] * 7])
    measure = measure_of(world)
    assert effect_of(measure).effect.weeks_after == _AFTER
    measure.service.valid_to = week(2)
    found = effect_of(measure).effect
    assert (found.verdict, found.weeks_after) == (EffectVerdict.TOO_LITTLE, 1)


@pytest.mark.django_db
def test_two_measures_of_the_same_weeks_do_not_both_claim_the_fall(world: World) -> None:
    registered(world, _HALVED)
    one = measure_of(world)
    assert effect_of(one).effect.verdict is EffectVerdict.FEWER
    other = measure_of(world, week(-2), purpose=None, kind="status")
    for each, beside in ((one, other), (other, one)):
        found = effect_of(each)
        assert (found.effect.verdict, found.effect.saved) == (EffectVerdict.NOT_SEPARABLE, None)
        assert found.others == (beside,)


@pytest.mark.django_db
def test_a_measure_is_estimated_until_the_next_one_begins(world: World) -> None:
    registered(world, _HALVED)
    measure_of(world, week(7))
    found = effect_of(measure_of(world))
    assert (found.effect.verdict, found.effect.weeks_after, len(found.others)) == (EffectVerdict.FEWER, 6, 1)


@pytest.mark.django_db
def test_a_dropped_measure_is_estimated_until_then_and_disturbs_the_comparison(
    world: World
) -> None:  # fmt: skip
    registered(world, _STEADY, ny=[*[30] * 13, *[14] * 8])
    dropped = measure_of(world, week(-1), purpose=world.purposes["ny"], dropped_at=_LAST - timedelta(days=7))
    assert effect_of(dropped).effect.weeks_after == 7
    other = measure_of(world)
    assert effect_of(other).effect.compared == 2
    GapMeasure.objects.filter(pk=dropped.pk).delete()
    assert effect_of(other).effect.compared == 3


@pytest.mark.django_db
def test_two_questions_of_one_enquiry_about_the_same_are_one(world: World) -> None:
    registered(world, _STEADY)
    (question,) = ask(world, 1, at=_LAST)
    question.pk, question.order = None, 1
    question._state.adding = True
    question.save()
    assert effect_of(measure_of(world)).own[-1] == _STEADY[-1] + 1


@pytest.mark.django_db
def test_many_measures_are_read_at_once(world: World) -> None:
    registered(world, _STEADY)
    measures = [measure_of(world, week(-number)) for number in range(4)]
    with CaptureQueriesContext(connection) as some:
        gap_data.of_measures(measures[:1], today=_TODAY)
    with CaptureQueriesContext(connection) as all_of_them:
        gap_data.of_measures(measures, today=_TODAY)
    assert len(all_of_them) == len(some)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ([], MeasureSpan(0, 60)), ([11], MeasureSpan(12, 60)), ([12], MeasureSpan(0, 60, is_alone=False)),
        ([20], MeasureSpan(0, 60, is_alone=False)), ([26], MeasureSpan(0, 60, is_alone=False)),
        ([27, 40, 3, 5], MeasureSpan(6, 27)), ([-1, 60], MeasureSpan(0, 60)),
    ],
)  # fmt: skip
def test_other_measures_cut_the_weeks_and_near_ones_leave_too_few(changes: list[int], found: MeasureSpan) -> None:
    assert span(20, changes, end=60) == found


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([9] * 20, True), ([0] + [9] * 19, True), ([0, 0] + [9] * 18, False), ([9] * 18 + [0, 0], False),
        ([0, 0, 1, 0, 0] * 4, True), ([0] * 20, False), ([1] * 10 + [40] * 10, False), ([40] * 11 + [11] * 9, True),
    ],
)  # fmt: skip
def test_what_is_compared_was_registered_all_the_time(counts: list[float], *, expected: bool) -> None:
    assert lasted(counts, published=10) is expected
