"""The workbench: all variants of a figure over the same days, and what each would have made of one limit. Pure.

A family holds figures that answer the same question in the same unit. A service level is also computed as if every
queue had promised other seconds; those with seconds of their own, also the one whose clock starts at the first ring,
are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from indgang.agreements.targets import Limit
from indgang.measures.baselines import figure_of
from indgang.measures.definitions import Definition, Direction, Figure, as_if_promised, hidden_groups, holding
from indgang.measures.totals import Totals


class FigureFamily(StrEnum):
    """Figures to choose between."""

    SERVICE_LEVEL = "service_level"
    ABANDONED = "abandoned"
    WAIT = "wait"
    RESOLUTION = "resolution"
    WRITTEN = "written"


#: the codes of each family, in the order in which they are shown
MEMBERS: Mapping[FigureFamily, tuple[str, ...]] = {
    FigureFamily.SERVICE_LEVEL: (
        *(f"service_level_sl{number}" for number in range(1, 6)), "service_level_slg", "answered_within_20_seconds",
        "whole_wait_within_100_seconds",
    ),
    FigureFamily.ABANDONED: ("given_up", "abandoned_in_queue"),
    FigureFamily.WAIT: (
        "average_answer_seconds", "median_answer_seconds", "p90_answer_seconds", "average_whole_wait_seconds",
        "p90_whole_wait_seconds",
    ),
    FigureFamily.RESOLUTION: (
        "first_contact_resolution", "first_contact_resolution_by_repeat", "first_contact_resolution_no_repeat",
        "first_contact_resolution_net", "first_contact_resolution_by_contact",
    ),
    FigureFamily.WRITTEN: (
        "written_average_answer_seconds", "written_median_answer_seconds", "written_p90_answer_seconds",
    ),
}  # fmt: skip


#: one is the other's rest, so it is no variant to choose between
_RESTS = frozenset({"given_up", "abandoned_in_queue", "availability"})


def alike(code: str) -> frozenset[str]:
    """The other figures that answer the same question by another formula."""
    families = (*map(frozenset, MEMBERS.values()), _RESTS)
    return frozenset().union(*(each for each in families if code in each)) - {code}


@dataclass(frozen=True, slots=True)
class FigureVariant:
    """A definition, and the seconds that every queue is taken to promise; None for the queues' own promises."""

    kpi: Definition
    within: int | None = None

    @property
    def code(self) -> str:
        """`service_level_sl4-20`."""
        return self.kpi.code if self.within is None else f"{self.kpi.code}-{self.within}"

    def of(self, totals: Totals, days: int) -> Figure:
        return figure_of(as_if_promised(totals, self.kpi, self.within), self.kpi, days)


@dataclass(frozen=True, slots=True)
class KeptCounts:
    """How many days or services kept a limit, how many did not, and of how many too little is known."""

    kept: int = 0
    missed: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class VariantResult:
    """A variant over the whole period, and what it makes of a limit; None without a limit. Of too few contacts, neither
    value nor number nor verdict is told."""

    variant: FigureVariant
    figure: Figure
    is_kept: bool | None
    days: KeptCounts | None
    services: KeptCounts | None
    is_hidden: bool = False


def variants(family: FigureFamily, thresholds: Iterable[int], *, on: date) -> list[FigureVariant]:
    """The variants of a family that hold on a day; with thresholds, each service level once more for each."""
    kpis = {each.code: each for each in holding(on)}
    members = [kpis[code] for code in MEMBERS[family] if code in kpis]
    found = [FigureVariant(kpi) for kpi in members]
    for seconds in sorted(set(thresholds)):
        found += [FigureVariant(kpi, seconds) for kpi in members if kpi.has_promise]
    return found


def limit_for(variant: FigureVariant, value: float | None) -> Limit | None:
    """The limit on the side that is worse for this figure."""
    return None if value is None else Limit(value, at_least=variant.kpi.direction is not Direction.LOWER)


def compare(
    chosen: Sequence[FigureVariant],
    days: Mapping[str, Totals],
    services: Mapping[str, Totals],
    *,
    length: int,
    value: float | None,
    beside: Totals | None = None,
) -> list[VariantResult]:
    """Each variant over the same `length` days. `days` and `services` are the totals of the days with data, by day, and
    of the services with data. `beside` is the other level, where these are of one: too few contacts of it could be
    worked out from those of both."""
    whole = sum(days.values(), Totals())
    found = [_compared(variant, whole, days, services, length, limit_for(variant, value)) for variant in chosen]
    return [_hiding(each, beside, length) for each in found]


def _hiding(found: VariantResult, beside: Totals | None, length: int) -> VariantResult:
    small = found.figure.is_small or (beside is not None and found.variant.of(beside, length).is_small)
    return replace(found, figure=Figure(None, 0), is_kept=None, is_hidden=True) if small else found


def _compared(
    variant: FigureVariant, whole: Totals, days: Mapping[str, Totals], services: Mapping[str, Totals], length: int,
    limit: Limit | None,
) -> VariantResult:  # fmt: skip
    figure = variant.of(whole, length)
    if limit is None:
        return VariantResult(variant, figure, None, None, None)
    is_kept = None if figure.value is None else limit.is_kept_by(figure.value)
    by_day = _kept({day: variant.of(totals, 1) for day, totals in days.items()}, limit, of=length)
    by_service = {code: variant.of(totals, length) for code, totals in services.items() if code}
    return VariantResult(variant, figure, is_kept, by_day, _kept(by_service, limit, of=len(by_service)))


def _kept(figures: Mapping[str, Figure], limit: Limit, *, of: int) -> KeptCounts:
    """Parts with too few contacts do not say whether they kept the limit."""
    hidden = hidden_groups(figures, is_part=True)
    values = [figure.value for part, figure in figures.items() if part not in hidden and figure.value is not None]
    kept = sum(limit.is_kept_by(value) for value in values)
    return KeptCounts(kept, len(values) - kept, of - len(values))
