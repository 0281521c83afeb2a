"""Baselines in the database: measured, days left out with a reason, settled, and named by targets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from importlib import import_module
from uuid import UUID

import pytest
from django.db import connection

from indgang.agreements import baselines, cooperation, reality
from indgang.agreements.models import AgreementTarget, Baseline, CooperationAgreement
from indgang.agreements.targets import TargetVerdict
from indgang.agreements.words import target_words
from indgang.audit.models import Change
from indgang.core.clock import COPENHAGEN, in_utc
from indgang.core.ranges import DateRange
from indgang.core.refusals import RefusedChange
from indgang.entry.event_kinds import Kind
from indgang.events.log import append, row
from indgang.measures import definitions
from indgang.measures.baselines import MeasuredFigure
from indgang.measures.models import RollupState
from indgang.measures.rollups import counting
from indgang.measures.rollups.facts import FACTS_VERSION
from tests.agreements.agreed import TODAY, draft, signed, target
from tests.agreements.measured import FIRST, LAST, calls, mails, measuring, settled, visits, weeks
from tests.measures.test_reading import one, write
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
STRIKE = date(2026, 1, 13)
MARCH = DateRange(date(2026, 3, 1), date(2026, 4, 1))


def resolution(baseline: Baseline) -> MeasuredFigure:
    found = baselines.figures(baseline)
    return next(figure for (kpi, level), figure in found.items() if (kpi.code, level) == (_CODE, 0))


_CODE = "first_contact_resolution"


def test_a_day_of_strike_is_left_out_with_who_and_why(world: World) -> None:
    weeks(FIRST, LAST, 3, 3)
    calls(STRIKE, 0, 60)
    made = measuring(world)
    assert (resolution(made).value or 0) < 40
    row = baselines.exclude(made, day=STRIKE, reason="Strejke", by=world.hans, at=MORNING)
    assert (resolution(made).value, resolution(made).base) == (50, 72)
    assert (row.chosen_by, row.reason) == (world.hans, "Strejke")
    baselines.include(row, by=world.hans, at=MORNING)
    assert (resolution(made).value or 0) < 40
    said = list(Change.objects.filter(action__startswith="excludedday").values_list("action", flat=True).order_by("at"))
    assert sorted(said) == ["excludedday.add", "excludedday.remove"]


def test_a_settled_baseline_stays_as_it_is(world: World) -> None:
    made = settled(world)
    before = {(kpi.code, level): figure for (kpi, level), figure in baselines.kept_figures(made).items()}
    assert (before[_CODE, 0].value, before[_CODE, 0].base, before[_CODE, 0].weeks) == (50, 78, 13)
    weeks(FIRST, LAST, 9, 0)  # late events
    assert {(k.code, level): figure for (k, level), figure in baselines.kept_figures(made).items()} == before
    for act in (
        lambda: baselines.exclude(made, day=STRIKE, reason="x", by=world.hans, at=MORNING),
        lambda: baselines.settle(made, by=world.hans, at=MORNING),
        lambda: baselines.remove(made, by=world.hans, at=MORNING),
    ):
        with pytest.raises(RefusedChange, match="fastlagt"):
            act()


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2026, 1, 1), date(2026, 2, 27), "last_day"),
        (date(2026, 1, 1), date(2026, 5, 1), "last_day"),
        (date(2026, 2, 1), date(2026, 1, 1), "last_day"),
        (TODAY + timedelta(days=400), TODAY + timedelta(days=480), "first_day"),
    ],
)
def test_a_period_lasts_two_to_four_months(world: World, first: date, last: date, field: str) -> None:
    with pytest.raises(RefusedChange) as refused:
        baselines.begin(world.centres["tmf"], first_day=first, last_day=last, by=world.hans, at=MORNING)
    assert list(refused.value.reasons) == [field]


@pytest.mark.parametrize("first", [date(2025, 12, 31), date(2024, 2, 29), date(2025, 10, 31), date(2025, 8, 31)])
def test_periods_that_begin_on_a_last_day_of_a_month_are_possible(world: World, first: date) -> None:
    last = first + timedelta(days=91)
    made = baselines.begin(world.centres["tmf"], first_day=first, last_day=last, by=world.hans, at=MORNING)
    assert made.last_day == last


def test_nothing_is_settled_before_its_end_or_with_too_little(world: World) -> None:
    ahead = baselines.begin(
        world.centres["tmf"], first_day=TODAY, last_day=TODAY + timedelta(days=80), by=world.hans, at=MORNING
    )
    with pytest.raises(RefusedChange, match="ikke slut"):
        baselines.settle(ahead, by=world.hans, at=MORNING)
    made = measuring(world)
    calls(STRIKE, 10, 10)
    with pytest.raises(RefusedChange, match="20 henvendelser i 1 uger"):
        baselines.settle(made, by=world.hans, at=MORNING)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_settled_while_its_contacts_are_not_counted(world: World) -> None:
    weeks(FIRST, LAST, 3, 3)
    made = measuring(world)
    at = in_utc(datetime.combine(LAST, time(10), COPENHAGEN))
    append(row(Kind.ARRIVED.event(str(UUID(int=77)), at, "", None, {}), number=0, centre="tmf"))
    with pytest.raises(RefusedChange, match="ikke talt færdig"):
        baselines.settle(made, by=world.hans, at=MORNING)
    counting.follow()
    RollupState.objects.update(facts_version=FACTS_VERSION - 1)
    with pytest.raises(RefusedChange, match="ikke talt færdig"):
        baselines.settle(made, by=world.hans, at=MORNING)
    RollupState.objects.update(facts_version=FACTS_VERSION)
    assert baselines.settle(made, by=world.hans, at=MORNING).settled_at is not None


def improving(world: World, **changed: object) -> AgreementTarget:
    values = {"aim": "up", "value": Decimal(10), "level": 0, "baseline": settled(world)} | changed
    return target(draft(world), world.hans, **values)


def test_a_target_is_a_percentage_of_the_settled_baseline(world: World) -> None:
    made = improving(world)
    counted = reality.measure(["tmf"], [0], reality.over(MARCH, today=TODAY))
    (found,) = reality.of_agreement(made.agreement, counted)
    assert found.verdict is TargetVerdict.NO_DATA
    assert found.limit is not None
    assert round(found.limit.value, 6) == 55
    assert found.is_within_chance, "78 contacts cannot tell 50 from 55 per cent"
    calls(date(2026, 3, 3), 11, 9)
    assert verdict_in_march(made) is TargetVerdict.KEPT
    calls(date(2026, 3, 4), 0, 5)
    assert verdict_in_march(made) is TargetVerdict.MISSED


def verdict_in_march(made: AgreementTarget) -> TargetVerdict:
    counted = reality.measure(["tmf"], [0, 1, 2], reality.over(MARCH, today=TODAY))
    return reality.of_agreement(made.agreement, counted)[0].verdict


def test_an_improvement_without_a_baseline_is_neither_kept_nor_missed(world: World) -> None:
    made = improving(world, baseline=None)
    calls(date(2026, 3, 3), 20, 0)
    assert verdict_in_march(made) is TargetVerdict.NO_BASELINE


def test_a_baseline_with_too_few_contacts_is_refused_with_a_sentence(world: World) -> None:
    with pytest.raises(RefusedChange, match="hviler på 0 henvendelser") as refused:
        improving(world, service=world.services["arrangement"])
    assert list(refused.value.reasons) == ["baseline"]
    assert not AgreementTarget.objects.exists()


def test_only_a_settled_baseline_of_the_centre_can_be_named(world: World) -> None:
    with pytest.raises(RefusedChange, match="fastlagt for"):
        target(draft(world), world.hans, aim="up", value=Decimal(10), baseline=measuring(world))


def test_first_and_second_level_are_measured_apart(world: World) -> None:
    made = improving(world, level=2, baseline=None, aim="at_least", value=Decimal(10))
    calls(date(2026, 3, 3), 20, 0)
    assert verdict_in_march(made) is TargetVerdict.NO_DATA, "all were answered by the first level"
    cooperation.remove_target(made, by=world.hans, at=MORNING)
    assert verdict_in_march(target(made.agreement, world.hans, level=1)) is TargetVerdict.KEPT


def test_a_floor_holds_for_each_service_and_hides_small_ones(world: World) -> None:
    made = target(draft(world), world.hans, level=0, is_floor=True, value=Decimal(40))
    calls(date(2026, 3, 3), 8, 2)
    calls(date(2026, 3, 3), 1, 9, service="parkering")
    calls(date(2026, 3, 3), 0, 3, service="arrangement")
    calls(date(2026, 3, 3), 9, 0, service="gravning")
    counted = reality.measure(["tmf"], [0], reality.over(MARCH, today=TODAY))
    (found,) = reality.of_agreement(made.agreement, counted)
    assert found.verdict is TargetVerdict.MISSED
    verdicts = sorted(str(each.verdict) for each in found.services)
    assert verdicts == ["kept", "missed", "too_few", "too_few"], "one hidden alone could be worked out"
    assert all(each.value is None for each in found.services if each.verdict is TargetVerdict.TOO_FEW)


def shown_of(agreement: CooperationAgreement) -> dict[tuple[int, str], tuple[int, TargetVerdict]]:
    """What March shows of each target: number and verdict, by level and service."""
    counted = reality.measure(["tmf"], [0, 1, 2], reality.over(MARCH, today=TODAY))
    found = reality.of_agreement(agreement, counted)
    return {
        (each.target.level, each.target.service.code if each.target.service else ""): (each.figure.base, each.verdict)
        for each in found
    }  # fmt: skip


def test_a_count_that_was_signed_as_a_plain_number_stays_one(world: World) -> None:
    made = target(draft(world), world.hans, kpi="contacts_arrived", level=0, aim="at_most", value=Decimal(15))
    calls(date(2026, 3, 3), 20, 0)
    assert verdict_in_march(made) is TargetVerdict.KEPT, "two a day"
    assert "højst 15 om dagen" in target_words(made)
    AgreementTarget.objects.update(is_per_day=False)
    made.refresh_from_db()
    assert verdict_in_march(made) is TargetVerdict.MISSED
    assert target_words(made).endswith("højst 15")


def test_the_upgrade_marks_what_was_signed_before(world: World) -> None:
    """The test database got 0002_baselines after MORNING, when this is signed; a draft is read anew by both."""
    signed(world)
    open_draft = draft(world, TODAY + timedelta(days=30))
    module = import_module("indgang.agreements.migrations.0004_counts_per_day")
    with connection.cursor() as own:
        own.execute(module._SIGNED_BEFORE)
    found = AgreementTarget.objects.values_list("agreement__owner_signed_at", "is_per_day")
    assert {(at is not None, is_per_day) for at, is_per_day in found} == {(True, False), (False, True)}
    assert open_draft.targets.exists()


def test_a_whole_centre_with_few_contacts_is_not_shown(world: World) -> None:
    made = target(draft(world), world.hans, level=0)
    calls(date(2026, 3, 3), 3, 0)
    assert shown_of(made.agreement) == {(0, ""): (0, TargetVerdict.TOO_FEW)}


def test_a_level_that_would_tell_of_the_small_one_is_not_shown(world: World) -> None:
    agreement = draft(world)
    for level in (0, 1):
        target(agreement, world.hans, level=level)
    calls(date(2026, 3, 3), 9, 0)
    assert shown_of(agreement)[1, ""] == (9, TargetVerdict.KEPT)
    calls(date(2026, 3, 3), 3, 0, level=2)
    hidden = (0, TargetVerdict.TOO_FEW)
    assert shown_of(agreement) == {(0, ""): (12, TargetVerdict.KEPT), (1, ""): hidden}, "12 - 9 would be the second"
    target(agreement, world.hans, level=2)
    assert shown_of(agreement)[1, ""] == shown_of(agreement)[2, ""] == hidden


def test_services_are_not_added_up_when_one_is_too_small(world: World) -> None:
    agreement = draft(world)
    target(agreement, world.hans, level=0)
    target(agreement, world.hans, level=0, service=world.services["byggetilladelse"])
    calls(date(2026, 3, 3), 20, 0)
    calls(date(2026, 3, 3), 3, 0, service="parkering")
    counted = reality.measure(["tmf"], [0], reality.over(MARCH, today=TODAY))
    found = reality.of_agreement(agreement, counted)
    assert {each.target.service_id is None: each.verdict for each in found} == {
        True: TargetVerdict.KEPT, False: TargetVerdict.TOO_FEW,
    }, "23 - 20 would be the other service"  # fmt: skip
    assert reality.together(found, counted) == []


def test_the_whole_of_services_is_measured_with_their_promise(world: World) -> None:
    """All calls are answered after 20 seconds, or given up after 12: within 10 seconds those count, within 15 not."""
    agreement, day = draft(world), date(2026, 3, 3)
    for service in (None, world.services["byggetilladelse"]):
        target(agreement, world.hans, level=0, kpi="service_level_sl4", within=15, service=service)
    calls(day, 20, 0)
    start = in_utc(datetime.combine(day, time(10), COPENHAGEN))
    write(*(one(Kind.ABANDONED, 12.0, 900_000 + n, start=start, service="byggetilladelse") for n in range(6)))
    counted = reality.measure(["tmf"], [0], reality.over(MARCH, today=TODAY))
    found = reality.together(reality.of_agreement(agreement, counted), counted)
    assert [(each.within, each.parts.base, each.parts.whole_base) for each in found] == [(15, 20, 20)]


def test_targets_of_services_add_up_by_their_contacts(world: World) -> None:
    agreement = draft(world)
    target(agreement, world.hans, level=0, value=Decimal(70))
    target(agreement, world.hans, level=0, value=Decimal(80), service=world.services["byggetilladelse"])
    calls(date(2026, 3, 3), 20, 10)
    calls(date(2026, 3, 3), 5, 5, service="parkering")
    counted = reality.measure(["tmf"], [0], reality.over(MARCH, today=TODAY))
    (found,) = reality.together(reality.of_agreement(agreement, counted), counted)
    assert (found.target, found.parts.value, found.parts.base, found.parts.whole_base) == (70, 80, 30, 40)
    assert found.parts.rest == pytest.approx(40), "(70 * 40 - 80 * 30) / 10"


def test_a_new_version_in_mid_quarter_changes_no_target_and_is_said(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = target(draft(world), world.hans, level=0, value=Decimal(40))
    calls(date(2026, 3, 3), 10, 10)
    first = definitions.versioned(_CODE, 1)
    transfers = definitions.definition("transfers", on=TODAY)
    second = replace(first, version=2, valid_from=date(2026, 3, 5), of=transfers.of)
    monkeypatch.setattr(definitions, "DEFINITIONS", (*definitions.DEFINITIONS, second))
    counted = reality.measure(["tmf"], [0], reality.over(MARCH, today=TODAY))
    (found,) = reality.of_agreement(made.agreement, counted)
    assert (found.figure.value, found.verdict) == (50, TargetVerdict.KEPT)
    assert found.switched is not None
    assert (found.switched.kpi.version, found.switched.figure.value) == (2, 0)


def test_a_target_of_a_channel_is_held_against_that_channel_alone(world: World) -> None:
    made = draft(world)
    of_calls = target(made, world.hans, level=0, channel="calls", value=Decimal(70))
    of_all = target(made, world.hans, level=0, value=Decimal(70))
    calls(date(2026, 3, 3), 8, 2)
    mails(date(2026, 3, 3), 2, 8)
    found = kept(made)
    assert (found[of_calls.pk].figure.value, found[of_calls.pk].verdict) == (80, TargetVerdict.KEPT)
    assert (found[of_all.pk].figure.value, found[of_all.pk].verdict) == (50, TargetVerdict.MISSED)


def test_few_on_the_other_channels_hide_the_target_of_one(world: World) -> None:
    made = draft(world)
    of_calls = target(made, world.hans, level=0, channel="calls", value=Decimal(70))
    of_all = target(made, world.hans, level=0, value=Decimal(70))
    calls(date(2026, 3, 3), 8, 2)
    mails(date(2026, 3, 3), 1, 2)
    found = kept(made)
    assert found[of_calls.pk].verdict is TargetVerdict.TOO_FEW, "three mails could be worked out from the two"
    assert found[of_all.pk].figure.base == 13


def test_few_beside_calls_and_what_is_written_together_hide_the_smaller_of_them(world: World) -> None:
    made = draft(world)
    of_all, of_calls, written = (
        target(made, world.hans, level=0, channel=each, value=Decimal(70)) for each in ("", "calls", "written")
    )
    calls(date(2026, 3, 3), 8, 2)
    mails(date(2026, 3, 3), 7, 0)
    visits(date(2026, 3, 3), 3)
    found = kept(made)
    assert found[written.pk].verdict is TargetVerdict.TOO_FEW, "three visits are what the three leave"
    assert (found[of_calls.pk].figure.base, found[of_all.pk].figure.base) == (10, 20)


def test_an_improvement_of_a_channel_rests_on_that_channel_in_the_baseline(world: World) -> None:
    measured = settled(world)
    (before,) = [
        each for (kpi, level), each in baselines.kept_figures(measured).items() if (kpi.code, level) == (_CODE, 0)
    ]
    for back in range(12):
        mails(LAST - timedelta(days=7 * back), 0, 10)
    made = draft(world)
    wanted = {"level": 0, "aim": "up", "value": Decimal(10), "baseline": measured}
    improved = target(made, world.hans, channel="calls", **wanted)
    written = target(made, world.hans, channel="written", **wanted)
    figures = baselines.of_targets([improved, written])
    assert (figures[improved.pk].value, figures[improved.pk].base) == (before.value, before.base)
    assert (figures[written.pk].value, figures[written.pk].base) == (0, 120)


def test_time_on_duty_has_no_channel(world: World) -> None:
    with pytest.raises(RefusedChange) as refused:
        target(draft(world), world.hans, kpi="occupancy", level=0, channel="calls", value=Decimal(70))
    assert "channel" in refused.value.reasons


def kept(made: CooperationAgreement) -> dict[int, reality.TargetReality]:
    counted = reality.measure_for(made, reality.over(MARCH, today=TODAY))
    return {each.target.pk: each for each in reality.of_agreement(made, counted)}
