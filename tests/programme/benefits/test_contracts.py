"""A benefit is signed, measured from contacts, staff and counting weeks, and frozen month by month."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import ProgrammingError, transaction

from indgang.analysis.counting.models import CountedEnquiry, CountingWeek
from indgang.audit.models import Change
from indgang.catalogue import offering
from indgang.catalogue.models import Service
from indgang.core.clock import COPENHAGEN, in_utc
from indgang.core.refusals import RefusedChange
from indgang.measures.baselines import MeasuredFigure
from indgang.programme.benefits import again, closing, contracts, course, measuring
from indgang.programme.benefits.course import CourseOfBenefit
from indgang.programme.benefits.following import NoData, effect
from indgang.programme.benefits.models import BenefitContract, BenefitMonth, BenefitVersion
from indgang.programme.benefits.terms import read_steps
from indgang.programme.cases.evaluation import table
from indgang.programme.cases.library import shipped
from indgang.workforce.models import WorkContract
from tests.programme.benefits import made
from tests.programme.benefits.made import BEFORE, KRONER, LAST_MONTH
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

BC31 = shipped("bc31")
#: a figure in seconds
SECONDS = "average_talk_seconds"
TODAY = MORNING.date()
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


def followed(contract: BenefitContract, **how: Any) -> CourseOfBenefit:
    return course.of_contract(BenefitContract.objects.get(pk=contract.pk), TODAY, **how)


def test_the_baseline_and_the_months_are_measured_for_the_services_of_the_unit(world: World) -> None:
    made.fewer_contacts()
    made.contacts("byggetilladelse", *BEFORE, 100)  # another unit's
    found = followed(made.signed(world))
    version = found.version
    assert version.services == ["arrangement", "udeservering"]
    assert version.baseline_value == pytest.approx((20 * 84 + 17) / 122, abs=0.5)
    assert version.baseline.weeks == 18
    january, february, march = found.months[:3]
    assert january.facts.expected == pytest.approx(-2.5 * 31 * KRONER)
    assert february.facts.expected == pytest.approx(-5 * 28 * KRONER)
    measured = february.facts.measured
    assert measured is not None
    assert measured.value == pytest.approx((14 * 20 + 4) / 28)
    realised = february.realised
    assert realised is not None
    assert version.baseline_value is not None
    assert realised.value == pytest.approx(28 * KRONER * (284 / 28 - version.baseline_value))
    assert realised.low is not None
    assert realised.low < realised.value < 0
    assert (march.facts.measured, march.facts.why) == (None, NoData.NOT_OVER)
    assert found.to_close == [JANUARY, FEBRUARY]
    assert (found.forecast.measured, found.forecast.months) == (2, 12)


def test_months_that_nothing_was_counted_in_have_no_data(world: World) -> None:
    made.contacts("arrangement", *BEFORE, 20)
    made.contacts("arrangement", FEBRUARY, FEBRUARY + timedelta(days=8), 2)
    found = followed(made.signed(world))
    assert [each.facts.why for each in found.months[:2]] == [NoData.NOTHING, None]
    assert found.months[0].realised is None
    few = made.contract(world, line="noise", baseline_value=3, baseline_source="Skøn")
    Service.objects.filter(code="arrangement").update(unit=world.units["cmb"])
    made.contacts("udeservering", FEBRUARY, FEBRUARY + timedelta(days=1), 1)
    again = contracts.change(few, BC31, made.terms(world, baseline_value=3, baseline_source="Skøn"), reason="Flyttet",
                             by=world.hans, at=MORNING)  # fmt: skip
    assert again.services == ["udeservering"]
    assert [each.facts.why for each in followed(few).months[:2]] == [NoData.NOTHING, NoData.TOO_FEW]


def test_what_cannot_be_measured_says_why_and_is_never_realised(world: World) -> None:
    found = followed(made.signed(world, way="not", not_measured="Trivsel måles hvert andet år.", change=-10_000.0))
    assert {each.facts.why for each in found.months[:2]} == {NoData.NOT_MEASURABLE}
    assert found.so_far.realised is None
    assert found.so_far.expected == -15_000
    assert found.forecast.forecast is None


@pytest.mark.parametrize(
    ("other", "field"),
    [({"kpi": ""}, "kpi"), ({"change": 0.0}, "change"), ({"kroner": 0.0}, "kroner"),
     ({"kroner": 1e6, "change": 1e6}, "change"),
     ({"by_services": False}, "centre"), ({"kpi": "occupancy"}, "by_services"), ({"way": "staffing"}, "centre"),
     ({"way": "not"}, "not_measured"), ({"baseline_last": date(2025, 8, 1)}, "baseline_last"),
     ({"baseline_last": date(2026, 5, 1)}, "baseline_last"), ({"baseline_last": JANUARY}, "baseline_last"),
     ({"baseline_last": JANUARY, "baseline_value": 20, "baseline_source": "x"}, "baseline_last"),
     ({"baseline_value": 5}, "baseline_source"),
     ({"baseline_first": date(2023, 1, 1), "baseline_last": date(2023, 6, 1)}, "baseline_first"),
     ({"price_year": 2026}, "price_year"), ({"assumption": "unheard_of"}, "assumption")],
)  # fmt: skip
def test_a_contract_that_makes_no_sense_is_refused_by_its_field(
    world: World, other: dict[str, Any], field: str
) -> None:
    made.contacts("arrangement", *BEFORE, 20)
    with pytest.raises(RefusedChange) as refused:
        made.contract(world, **other)
    assert list(refused.value.reasons) == [field]
    assert not BenefitContract.objects.exists()


def test_one_line_of_a_unit_has_one_contract_and_a_unit_without_services_none(world: World) -> None:
    made.fewer_contacts()
    made.contract(world)
    for wrong, field in (({}, "unit"), ({"unit": "kff", "line": "x"}, "line")):
        with pytest.raises(RefusedChange) as refused:
            made.contract(world, **wrong)
        assert list(refused.value.reasons) == [field]
    Service.objects.filter(unit=world.units["cmb"]).delete()
    Service.objects.filter(unit=world.units["cmb-jord"]).delete()
    with pytest.raises(RefusedChange) as refused:
        made.contract(world, unit="cmb")
    assert list(refused.value.reasons) == ["by_services"]


def test_the_signed_version_holds_until_the_next_one_is_signed(world: World) -> None:
    made.fewer_contacts()
    contract = made.contract(world)
    assert not followed(contract).version.is_signed
    with pytest.raises(RefusedChange):
        contracts.sign(contract, 1, by=world.eva, at=MORNING)
    contracts.sign(contract, 1, by=world.hans, at=MORNING)
    contracts.change(contract, BC31, made.terms(world, change=-3.0), reason="Mindre", by=world.hans, at=MORNING)
    assert followed(contract).version.number == 1
    with pytest.raises(RefusedChange):
        contracts.sign(contract, 1, by=world.hans, at=MORNING)
    contracts.sign(contract, 2, by=world.hans, at=MORNING)
    with pytest.raises(RefusedChange):
        contracts.sign(contract, 2, by=world.hans, at=MORNING)
    assert followed(contract).version.change == -3.0
    said = list(
        Change.objects.filter(action__startswith="benefitcontract.").order_by("pk").values_list("action", flat=True)
    )
    assert said == [f"benefitcontract.{verb}" for verb in ("create", "sign", "edit", "sign")]


def test_a_closed_month_stays_as_it_was_whatever_is_counted_or_agreed_later(world: World) -> None:
    made.fewer_contacts()
    contract = made.signed(world)
    row = closing.close(contract, LAST_MONTH, reason="Den nye side virker.", by=world.hans, at=MORNING)
    before = followed(contract).months[1]
    made.contacts("arrangement", FEBRUARY, date(2026, 2, 28), 50)
    contracts.change(contract, BC31, made.terms(world, kroner=1.0), reason="Ny pris", by=world.hans, at=MORNING)
    contracts.sign(contract, 2, by=world.hans, at=MORNING)
    after = followed(contract).months[1]
    assert after.facts == before.facts
    assert after.closed == row
    assert followed(contract).to_close == [JANUARY]
    for spoil in (BenefitMonth.objects.update, BenefitVersion.objects.update):
        with pytest.raises(ProgrammingError, match="never changed"), transaction.atomic():
            spoil(reason="x")


def test_who_closes_which_month(world: World) -> None:
    made.fewer_contacts()
    contract = made.contract(world)

    def refused(month: date, by: Any = world.hans) -> str:
        with pytest.raises(RefusedChange) as why:
            closing.close(contract, month, reason="x", by=by, at=MORNING)
        return str(why.value)

    assert "ikke underskrevet" in refused(FEBRUARY)
    contracts.sign(contract, 1, by=world.hans, at=MORNING)
    assert "ansvarlige" in refused(FEBRUARY, world.eva)
    assert "ikke slut" in refused(date(2026, 3, 1))
    assert "før kontraktens første" in refused(date(2025, 12, 1))
    closing.close(contract, FEBRUARY, reason="x", by=world.hans, at=MORNING)
    assert "allerede lukket" in refused(FEBRUARY)


def test_a_unit_that_was_reorganised_is_shown_both_ways(world: World) -> None:
    """One service moved away, another came: the contract counts what was agreed, and the new unit stands beside it."""
    made.fewer_contacts()
    contract = made.signed(world)
    Service.objects.filter(code="udeservering").update(unit=world.units["cby"])
    Service.objects.filter(code="gravetilladelse").update(unit=world.units["ctb-byliv"])
    made.contacts("gravetilladelse", FEBRUARY, date(2026, 2, 28), 10)
    february = followed(contract, both_ways=True).months[1]
    assert (february.gone, february.new) == (("udeservering",), ("gravetilladelse",))
    assert february.now is not None
    assert february.facts.measured is not None
    assert february.now.value == pytest.approx((14 * 20 + 4 + 10 * 20 + 4) / 28)
    assert february.facts.measured.value == pytest.approx((14 * 20 + 4) / 28)
    row = closing.close(contract, FEBRUARY, reason="Ny enhed", by=world.hans, at=MORNING)
    assert (row.services_gone, row.services_new) == (["udeservering"], ["gravetilladelse"])
    assert row.value_now == pytest.approx(february.now.value)


def test_a_service_is_the_units_on_the_days_on_which_it_was(world: World) -> None:
    """It moves today, after the month."""
    service, unit = Service.objects.get(code="udeservering"), world.units["ctb-byliv"]
    assert service.unit == unit
    last = date(2026, 2, 28)
    before = measuring.services_of(unit, last)
    offering.save_service(service, unit=world.units["cby"], by=world.finn, at=MORNING)
    assert measuring.services_of(unit, last) == before
    assert measuring.services_of(unit, TODAY) == [each for each in before if each != "udeservering"]
    assert "udeservering" not in measuring.services_of(world.units["cby"], last)
    assert "udeservering" in measuring.services_of(world.units["cby"], TODAY)


def test_full_time_employees_are_counted_by_days(world: World) -> None:
    people = [world.people[name] for name in ("anna", "bo", "clara", "eva", "ida")]
    for place, person in enumerate(people):
        starts = date(2026, 2, 15) if place == 0 else date(2024, 1, 1)
        WorkContract.objects.create(
            person=person, centre=world.centres["tmf"], weekly_hours=Decimal("18.5"), valid_from=starts
        )
    contract = made.signed(
        world, line="centre", unit="kff", way="staffing", centre=world.centres["tmf"], change=1.0, kroner=46_000.0,
        baseline_value=2, baseline_source="Budgettet", assumption="fte",
    )  # fmt: skip
    january, february = followed(contract).months[:2]
    assert january.facts.why is NoData.TOO_FEW  # four people
    assert february.facts.measured is not None
    assert february.facts.measured.value == pytest.approx(0.5 * (4 + 14 / 28))
    assert february.realised is not None
    assert february.realised.value == pytest.approx(0.25 * 46_000)
    assert followed(contract).measured(BC31).years[2026].values == {2: pytest.approx(2.25)}


@pytest.mark.parametrize(
    ("other", "assumption", "is_taken"),
    [({"kpi": "contacts_arrived"}, "fte", False), ({"kpi": SECONDS}, "fte_cost", False),
     ({"way": "counted_minutes"}, "interruption", False), ({"kpi": SECONDS}, "interruption", True),
     ({"way": "not", "not_measured": "x"}, "interruption", True)],
)  # fmt: skip
def test_an_assumption_is_measured_in_its_own_unit_only(
    world: World, other: dict[str, Any], assumption: str, is_taken: bool
) -> None:
    other |= {"assumption": assumption, "baseline_value": 5, "baseline_source": "Skøn"}
    if is_taken:
        assert made.contract(world, **other)
        return
    with pytest.raises(RefusedChange) as refused:
        made.contract(world, **other)
    assert list(refused.value.reasons) == ["assumption"]


def test_seconds_stand_as_minutes_in_an_assumption(world: World) -> None:
    made.fewer_contacts()
    found = followed(made.signed(
        world, kpi=SECONDS, assumption="interruption", baseline_value=5, baseline_source="Skøn", by_services=True
    ))  # fmt: skip
    february = replace(found.months[1], facts=replace(found.months[1].facts, measured=MeasuredFigure(300, 1, 1, 9, 4)))
    assert replace(found, months=[february]).measured(BC31).years[2026].values == {2: pytest.approx(5)}


def test_months_closed_before_a_later_version_begins_stay(world: World) -> None:
    made.fewer_contacts()
    contract = made.signed(world)
    row = closing.close(contract, FEBRUARY, reason="x", by=world.hans, at=MORNING)
    before = followed(contract)
    later = made.terms(world, steps=read_steps("2026-07: 100"))
    contracts.change(contract, BC31, later, reason="Senere", by=world.hans, at=MORNING)
    contracts.sign(contract, 2, by=world.hans, at=MORNING)
    found = followed(contract)
    assert found.months[0].closed == row
    assert [each.facts.month.month for each in found.months] == [2, 7, 8, 9, 10, 11, 12]
    assert found.so_far.realised == effect([before.months[1].facts])
    assert found.so_far.expected == before.months[1].facts.expected


def test_months_of_another_price_level_are_converted_one_by_one(world: World) -> None:
    """What was closed at the prices of 2021 counts a quarter more at those of 2026, and so does what is open."""
    made.fewer_contacts()
    indexed = replace(BC31, price_year=2026, price_index={2021: 100.0, 2026: 125.0})
    contract = made.signed(world)
    closing.close(contract, FEBRUARY, reason="x", by=world.hans, at=MORNING)
    contracts.change(contract, indexed, made.terms(world, price_year=2026), reason="x", by=world.hans, at=MORNING)
    contracts.sign(contract, 2, by=world.hans, at=MORNING)
    before = followed(contract)
    found = course.at_prices_of(indexed, before)
    factors = [now.factor / then.factor for now, then in zip(found.facts[:2], before.facts[:2], strict=True)]
    assert factors == pytest.approx([1, 1.25])
    assert found.measured(indexed).price_year == 2026


def test_the_case_again_knows_signed_contracts_only(world: World) -> None:
    made.fewer_contacts()
    case = replace(BC31, first_year=2025, years=tuple(range(2025, 2031)))
    contract = made.contract(world)
    assert again.of_case(case, TODAY, goes_on=True).table == table(case)
    contracts.sign(contract, 1, by=world.hans, at=MORNING)
    assert again.of_case(case, TODAY, goes_on=True).table != table(case)


@pytest.mark.parametrize(("way", "each"), [("counted_enquiries", 1.0), ("counted_minutes", 12.0)])
def test_counting_weeks_measure_the_months_that_they_lie_in(world: World, way: str, each: float) -> None:
    week = CountingWeek.objects.create(unit=world.units["ctb-byliv"], title="Uge 6", starts_on=date(2026, 2, 2),
                                       ends_on=date(2026, 2, 6), created_by=world.eva, created_at=MORNING)  # fmt: skip
    purpose = week.purposes.create(name="Regler")
    at = in_utc(datetime.combine(date(2026, 2, 2), time(9), COPENHAGEN))
    CountedEnquiry.objects.bulk_create(
        CountedEnquiry(week=week, key=uuid4(), day=date(2026, 2, 2 + day), purpose=purpose,
                       minutes=12 if number % 2 else None, counted_by=world.eva, counted_at=at)
        for day in range(5) for number in range(8 + day)
    )  # fmt: skip
    contract = made.signed(world, way=way, baseline_value=15 * each, baseline_source="Uge 10 i 2018")
    january, february = followed(contract).months[:2]
    assert january.facts.why is NoData.NOTHING
    measured = february.facts.measured
    assert measured is not None
    assert measured.value == pytest.approx(10 * each)
    assert measured.low is not None
    assert measured.low < 10 * each
    assert february.realised is not None
    assert february.realised.value == pytest.approx(-5 * each * 20 * KRONER)  # twenty working days


def test_a_week_that_was_counted_and_in_which_nobody_came_is_a_zero(world: World) -> None:
    """Forty enquiries in one week and none in the next: four a day, and a month without any is none."""
    days = [(date(2026, 1, 5), 40), (date(2026, 1, 12), 0), (FEBRUARY + timedelta(days=1), 0)]
    at = in_utc(datetime.combine(date(2026, 1, 5), time(9), COPENHAGEN))
    for monday, number in days:
        week = CountingWeek.objects.create(
            unit=world.units["ctb-byliv"], title="Uge", starts_on=monday, ends_on=monday + timedelta(days=4),
            created_by=world.eva, created_at=MORNING, closed_at=MORNING,
        )  # fmt: skip
        purpose = week.purposes.create(name="Regler")
        CountedEnquiry.objects.bulk_create(
            CountedEnquiry(week=week, key=uuid4(), day=monday + timedelta(days=place % 5), purpose=purpose, minutes=9,
                           counted_by=world.eva, counted_at=at)
            for place in range(number)
        )  # fmt: skip
    for way, line in (("counted_enquiries", "city-life"), ("counted_minutes", "noise")):
        contract = made.signed(world, line=line, way=way, baseline_value=15, baseline_source="Uge 10")
        each = 1 if way == "counted_enquiries" else 9
        january, february = (month.facts.measured for month in followed(contract).months[:2])
        assert january is not None
        assert january.value == pytest.approx(4 * each)
        assert february is not None
        assert february.value == 0
        assert (february.high is None) == (way == "counted_minutes")  # nobody knows how long those who missed it take
    CountingWeek.objects.filter(starts_on__gte=FEBRUARY).update(closed_at=None)
    assert followed(contract).months[1].facts.why is NoData.NOTHING


def test_all_months_are_measured_in_a_few_queries(
    world: World, django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    contract = made.signed(world, way="counted_enquiries", baseline_first=date(2020, 1, 1),
                           baseline_last=date(2020, 1, 31), baseline_value=5, baseline_source="x",
                           steps=read_steps("2023-01: 100"))  # fmt: skip
    found = course.with_versions(BenefitContract.objects.filter(pk=contract.pk)).get()
    with django_assert_max_num_queries(2):
        assert len(course.of_contract(found, TODAY).months) > 36


def test_counting_weeks_of_one_service_say_nothing_of_all(world: World) -> None:
    """Thirty enquiries a day in two weeks for all on the same days, and nine in a week for one service."""
    arrangement = world.services["arrangement"]
    for service, each in ((None, 20), (None, 10), (arrangement, 9)):
        _counted_week(world, service, each)
    of_all = made.signed(world, way="counted_enquiries", baseline_value=40, baseline_source="Uge 10")
    of_one = made.signed(world, line="noise", way="counted_enquiries", baseline_value=12, baseline_source="Uge 10",
                         counted_service=arrangement)  # fmt: skip
    for contract, expected in ((of_all, 30), (of_one, 9)):
        february = followed(contract).months[1]
        assert february.facts.measured is not None
        assert february.facts.measured.value == pytest.approx(expected)
        assert (february.gone, february.new) == ((), ())


def test_counting_weeks_are_of_a_service_of_the_unit(world: World) -> None:
    with pytest.raises(RefusedChange) as refused:
        made.contract(world, way="counted_minutes", counted_service=world.services["byggetilladelse"])
    assert list(refused.value.reasons) == ["counted_service"]


def _counted_week(world: World, service: Service | None, each: int) -> None:
    monday = date(2026, 2, 2)
    week = CountingWeek.objects.create(
        unit=world.units["ctb-byliv"], service=service, title="Uge 6", starts_on=monday,
        ends_on=monday + timedelta(days=4), created_by=world.eva, created_at=MORNING,
    )  # fmt: skip
    purpose = week.purposes.create(name="Regler")
    at = in_utc(datetime.combine(monday, time(9), COPENHAGEN))
    CountedEnquiry.objects.bulk_create(
        CountedEnquiry(week=week, key=uuid4(), day=monday + timedelta(days=day), purpose=purpose, counted_by=world.eva,
                       counted_at=at)
        for day in range(5) for _number in range(each)
    )  # fmt: skip
