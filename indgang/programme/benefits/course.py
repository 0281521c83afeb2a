"""The course of a benefit: its months from the first step on, closed or as they are measured now."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from django.db.models import Prefetch, QuerySet

from indgang.measures.baselines import MeasuredFigure
from indgang.programme.benefits import measuring, units_of_measure
from indgang.programme.benefits.following import (
    BenefitEstimate,
    BenefitForecast,
    BenefitSum,
    MonthFacts,
    NoData,
    effect,
    so_far,
    to_years_end,
)
from indgang.programme.benefits.measuring import Told, subject_of
from indgang.programme.benefits.models import BenefitContract, BenefitMonth, BenefitVersion
from indgang.programme.benefits.recomputed import MeasuredContract, MeasuredYear
from indgang.programme.benefits.terms import MeasureWay, months, next_month, share_in
from indgang.programme.cases.case import BusinessCase
from indgang.programme.cases.evaluation import price_factor

#: months before this one that are measured anew; older ones that nobody closed have no data
MOST_OPEN = 36


@dataclass(frozen=True, slots=True)
class MonthOfBenefit:
    """A month. `closed` is its frozen row. `now` is the figure of the services that the unit has by now, where they are
    others than in the contract: `gone` and `new` are their codes."""

    facts: MonthFacts
    closed: BenefitMonth | None = None
    now: MeasuredFigure | None = None
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()

    @property
    def realised(self) -> BenefitEstimate | None:
        return effect([self.facts])

    @property
    def is_reorganised(self) -> bool:
        return bool(self.gone or self.new)


@dataclass(frozen=True)
class CourseOfBenefit:
    """A contract with the version that holds (the signed one, or a draft before any is signed) and its months until the
    end of a year."""

    contract: BenefitContract
    version: BenefitVersion
    months: Sequence[MonthOfBenefit]
    today: date
    #: the price level of its amounts
    price_year: int

    @cached_property
    def facts(self) -> list[MonthFacts]:
        return [each.facts for each in self.months]

    @cached_property
    def so_far(self) -> BenefitSum:
        return so_far(self.facts)

    @cached_property
    def forecast(self) -> BenefitForecast:
        return to_years_end(self.facts, self.today.year)

    @property
    def counts(self) -> bool:
        """Whether it is in sums and in the case computed anew: a draft that nobody signed and a contract that was
        withdrawn are not."""
        return self.version.is_signed and self.contract.withdrawn_at is None

    @property
    def to_close(self) -> list[date]:
        """The months that are over and still open."""
        return [each.facts.month for each in self.months if each.facts.is_over and each.closed is None]

    @property
    def subject(self) -> Hashable:
        """What is measured, whatever it is worth: contracts with the same one share their chance."""
        version = self.version
        if version.measure is MeasureWay.FIGURE:
            return version.way, version.kpi, version.kpi_version, version.level, version.centre_id, *version.services
        if version.measure is MeasureWay.STAFFING:
            return version.way, version.centre_id
        return "unit", self.contract.unit_id, *version.services

    def measured(self, case: BusinessCase) -> MeasuredContract:
        """For the case computed anew."""
        years = sorted({each.month.year for each in self.facts})
        of_year = {year: [each for each in self.facts if each.month.year == year] for year in years}
        values = self._values_of_assumption(case)
        return MeasuredContract(
            self.contract.line, self.price_year, self.version.assumption,
            {year: _year(facts, values) for year, facts in of_year.items()},
        )  # fmt: skip

    def _values_of_assumption(self, case: BusinessCase) -> dict[date, float]:
        """The measured values by month, in the unit of the assumption. Months that an earlier version measured in
        another way say nothing of it."""
        version, name = self.version, self.version.assumption
        unit = next((each.unit for each in case.assumptions if each.name == name), None) if name else None
        scale = None if unit is None else units_of_measure.scale(unit, version.measure, subject_of(version).kpi)
        if scale is None:
            return {}
        return {
            each.facts.month: scale * each.facts.measured.value
            for each in self.months
            if each.facts.measured is not None and each.facts.measured.value is not None
            and (each.closed is None or _measures_as(each.closed.version, version))
        }  # fmt: skip


def at_prices_of(case: BusinessCase, found: CourseOfBenefit) -> CourseOfBenefit:
    """The course at the case's price level. Raises CaseFault for a price level that the case has no index for."""
    moved = []
    for each in found.months:
        year = each.closed.version.price_year if each.closed else found.version.price_year
        facts = replace(each.facts, factor=each.facts.factor * price_factor(case, year))
        moved.append(replace(each, facts=facts))
    return replace(found, months=moved, price_year=case.price_year)


def _measures_as(one: BenefitVersion, other: BenefitVersion) -> bool:
    return (one.way, one.kpi, one.kpi_version) == (other.way, other.kpi, other.kpi_version)


def _year(facts: Sequence[MonthFacts], values: Mapping[date, float]) -> MeasuredYear:
    found = so_far(facts)
    return MeasuredYear(
        sum(each.expected for each in facts), found.expected_of_measured,
        found.realised.value if found.realised else 0.0, found.measured, len(facts),
        {each.month.month: values[each.month] for each in facts if each.month in values},
    )  # fmt: skip


def with_versions(rows: QuerySet[BenefitContract]) -> QuerySet[BenefitContract]:
    """With everything that a course reads of a contract, in few queries."""
    versions = BenefitVersion.objects.select_related(
        "contract__unit", "centre", "owner", "made_by", "signature__signed_by"
    ).order_by("-number")  # fmt: skip
    closed = BenefitMonth.objects.select_related("version", "closed_by")
    found: QuerySet[BenefitContract] = rows.select_related("unit").prefetch_related(
        Prefetch("versions", versions), Prefetch("months", closed)
    )
    return found


def of_contracts(
    contracts: Iterable[BenefitContract], today: date, *, until: int | None = None
) -> list[CourseOfBenefit]:  # fmt: skip
    """The courses until the end of this year, or of a later one."""
    return [of_contract(each, today, until=until) for each in contracts]


def of_contract(
    contract: BenefitContract, today: date, *, until: int | None = None, both_ways: bool = False
) -> CourseOfBenefit:
    """`both_ways`: months also for the services that the unit has now. The contract's versions, signatures and months
    are best prefetched."""
    version = version_that_holds(contract)
    first = version.phasing[0].month
    last = date(max(until or today.year, today.year, first.year), 12, 1)
    closed = {each.month: each for each in contract.months.all()}
    # a later version may begin later: what was closed before it stays
    wanted = [month for month in months(min([first, *closed]), last) if month >= first or month in closed]
    open_months = [month for month in wanted if next_month(month) <= today and month not in closed]
    measured = _measured(version, open_months[-MOST_OPEN:])
    found = []
    for month in wanted:
        if month in closed:
            found.append(_closed(closed[month]))
        else:
            told = measured.get(month, (None, NoData.NOTHING if next_month(month) <= today else NoData.NOT_OVER))
            facts = _facts(version, month, told)
            found.append(_both_ways(version, facts) if both_ways and facts.is_over else MonthOfBenefit(facts))
    return CourseOfBenefit(contract, version, found, today, version.price_year)


def month_of(version: BenefitVersion, month: date) -> MonthOfBenefit:
    """A month that is over, as it is measured now."""
    return _both_ways(version, _facts(version, month, _measured(version, [month])[month]))


def version_that_holds(contract: BenefitContract) -> BenefitVersion:
    """The latest signed version; before any is signed, the latest one."""
    versions = sorted(contract.versions.all(), key=lambda each: -each.number)
    return next((each for each in versions if each.is_signed), versions[0])


def _measured(version: BenefitVersion, wanted: Sequence[date]) -> dict[date, Told]:
    if not wanted:
        return {}
    return measuring.in_months(subject_of(version), wanted[0], wanted[-1])


def _facts(version: BenefitVersion, month: date, told: Told) -> MonthFacts:
    measured, why = told
    if version.measure is MeasureWay.NOT and why is not NoData.NOT_OVER:
        why = NoData.NOT_MEASURABLE
    price = measuring.factor(subject_of(version), version.kroner, month)
    change = version.change * share_in(version.phasing, month)
    return MonthFacts(month, price, change, version.baseline, measured, why)


def _closed(row: BenefitMonth) -> MonthOfBenefit:
    """As it was frozen, against the baseline of the version that held then."""
    why = NoData(row.no_data) if row.no_data else None
    facts = MonthFacts(row.month, row.factor, row.change, row.version.baseline, row.measured, why)
    now = None if row.value_now is None else MeasuredFigure(row.value_now, None, None, 0, 0)
    return MonthOfBenefit(facts, row, now, tuple(row.services_gone), tuple(row.services_new))


def _both_ways(version: BenefitVersion, facts: MonthFacts) -> MonthOfBenefit:
    """With the figure of the services that the unit had at the end of the month, where they are others."""
    if not version.services or version.measure is not MeasureWay.FIGURE:
        return MonthOfBenefit(facts)
    last = next_month(facts.month) - timedelta(days=1)
    then, agreed = set(measuring.services_of(version.contract.unit, last)), set(version.services)
    if then == agreed:
        return MonthOfBenefit(facts)
    gone, new = tuple(sorted(agreed - then)), tuple(sorted(then - agreed))
    now = measuring.in_period(subject_of(version, then), facts.month, last)[0] if then else None
    return MonthOfBenefit(facts, None, now, gone, new)
