"""The sizings of the documents, with the assumptions that give their figures. Pure.

The documents print volumes, times and FTE, and not how the one follows from the other. What they do not print is a fit
and says so: of 1,152 combinations that were tried, the ones that give 22 and 9 FTE together have 70 percent of working
time on the phone and seats held flat at the busiest half-hour's need.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, time
from typing import Any

from indgang.staffing.need import Impossible, ServiceTarget
from indgang.staffing.sizing import Demand, Seats, Supply, WorkingYear

#: 1,430 hours: 1,924 less five weeks, five extra days and nine public holidays, 6.2 percent sickness, half an hour's
#: paid break a day
WORKING_YEAR = WorkingYear(1924, 222, 66.6, 0.062, 0.5)
FIT = "fit: not in the documents"
#: halvings of an exponent: to 1e-12
_HALVINGS = 60


def falling_day(intervals: int, busiest: float = 1.3) -> tuple[float, ...]:
    """A day that rises in its first sixth and then falls evenly. The busiest interval has `busiest` times the mean.

    Raises ValueError for a peak below the mean, or one that so few intervals cannot have.
    """
    if intervals < 1 or not (1 <= busiest < intervals or busiest == intervals == 1):
        raise ValueError(f"{intervals} intervals cannot have a peak of {busiest:g} times their mean")
    raw = [min((k + 0.5) / intervals / 0.15, 1.0) * (1.2 - 0.8 * (k + 0.5) / intervals) for k in range(intervals)]
    mean = sum(raw) / intervals
    if intervals == 1:
        return (1.0,)
    stretch = (busiest - 1) / (max(raw) / mean - 1)
    even = tuple(1 + (each / mean - 1) * stretch for each in raw)
    return even if min(even) >= 0 else _steep(raw, busiest)


def _steep(raw: Sequence[float], busiest: float) -> tuple[float, ...]:
    """The same for peaks that an even fall would reach only with negative calls: powers of the shape, by halving."""
    low, high = 0.0, 1.0
    while _peak(raw, high) < busiest:
        high *= 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _peak(raw, middle) < busiest else (low, middle)
    powers = [(each / max(raw)) ** high for each in raw]
    return tuple(each * len(raw) / sum(powers) for each in powers)


def _peak(raw: Sequence[float], power: float) -> float:
    """The largest beside the mean of the powers."""
    powers: list[float] = [(each / max(raw)) ** power for each in raw]
    return len(raw) / sum(powers)


@dataclass(frozen=True, slots=True)
class SizingPreset:
    """A sizing and where each of its assumptions comes from."""

    code: str
    title: str
    demand: Demand
    supply: Supply
    target: ServiceTarget
    seats: Seats
    printed_fte: float | None
    """What the document says; None for one that is no document's."""
    opens: time
    sources: Mapping[str, str]
    """From an assumption to the document and its lines, or `FIT`."""
    valid_from: Mapping[str, date] = field(default_factory=dict)
    """Since when those hold that were decided."""


_FITTED = {
    "profile": f"{FIT}; the busiest half-hour is 1.3 times the mean",
    "opening_days": f"{FIT}; 250 working days",
    "year": f"{FIT}; 1,430 net hours",
    "seats": f"{FIT}; flat at the busiest half-hour",
}
TMF_2020 = SizingPreset(
    "tmf-2020", "Teknik- og Miljøforvaltningens kontaktcenter, Deloitte og KFF 2020",
    Demand(200_000, 210, 30, 250, 9, falling_day(18)), Supply(WORKING_YEAR, 0.7, kroner_each=550_000),
    ServiceTarget(mean_wait=100), Seats.FLAT, 22, time(8),
    {
        "calls_a_year": "001:1704", "talk_seconds": "001:1705: 3.5 minutes; 5.5 for 55 and 1 for 45 percent give 3.475",
        "after_call_seconds": "001:1706", "opening_hours": "001:1703: 8 to 17", "target": "001:1707: 100 seconds",
        "phone_share": "001:2378: in complicated areas", "kroner_each": "001:1716-1717: 12.1 mill. kr. / 22", **_FITTED,
    },
)  # fmt: skip
BC31 = SizingPreset(
    "bc31", "Investeringsforslag BC31, 2020",
    Demand(70_000, 210, 30, 250, 7, falling_day(14)), Supply(WORKING_YEAR, 0.7, kroner_each=550_000),
    ServiceTarget(mean_wait=100), Seats.FLAT, 9, time(9),
    {
        "calls_a_year": "000:90", "opening_hours": "000:62: 9 to 16",
        "kroner_each": "000:22; 000:90: 4.95 mill. kr. / 9",
        "talk_seconds": f"{FIT}; as tmf-2020", "after_call_seconds": f"{FIT}; as tmf-2020",
        "target": f"{FIT}; as tmf-2020", "phone_share": "001:2378: in complicated areas", **_FITTED,
    },
)  # fmt: skip
CONCEPT_2006 = SizingPreset(
    "concept-2006", "Kontaktcenterkoncept 2006",
    Demand(697_000, 210, 30, 250, 10, falling_day(20), 180), Supply(WORKING_YEAR, 0.7, kroner_each=360_000),
    ServiceTarget(in_time=0.8, within=20, mean_wait=25, abandoned=0.1), Seats.CURVE, 53, time(8),
    {
        "calls_a_year": f"{FIT}; no volume is printed, this is what 53 FTE would carry at 240 seconds",
        "talk_seconds": f"{FIT}; as tmf-2020", "after_call_seconds": f"{FIT}; as tmf-2020",
        "opening_hours": "004:77: 8 to 18", "target": "004:505-509: 80 percent in 20 s, mean 25 s, 10 percent lost",
        "patience_seconds": f"{FIT}; three minutes", "phone_share": "001:2378: in complicated areas",
        "kroner_each": "004:750; 004:928: 300,000 and 60,000 kr.", **_FITTED,
        "seats": f"{FIT}; following the day",
    },
)  # fmt: skip
PRESETS: Mapping[str, SizingPreset] = {each.code: each for each in (TMF_2020, BC31, CONCEPT_2006)}

#: what can be changed in a preset by its short name: the field
DEMAND_OPTIONS: Mapping[str, str] = {
    "calls": "calls_a_year", "talk": "talk_seconds", "after_call": "after_call_seconds", "days": "opening_days",
    "hours": "opening_hours", "patience": "patience_seconds",
}  # fmt: skip
SUPPLY_OPTIONS: Mapping[str, str] = {"phone_share": "phone_share", "shrinkage": "shrinkage", "kroner": "kroner_each"}
YEAR_OPTIONS: Mapping[str, str] = {each.name: each.name for each in fields(WorkingYear)}
TARGET_OPTIONS: Mapping[str, str] = {
    "in_time": "in_time", "within": "within", "mean_wait": "mean_wait", "abandoned": "abandoned",
    "occupancy": "occupancy",
}  # fmt: skip
#: the busiest half-hour beside the mean: another day of the same shape
BUSIEST = "busiest"
#: all options that are one number
NUMBER_OPTIONS = (*DEMAND_OPTIONS, BUSIEST, *SUPPLY_OPTIONS, *YEAR_OPTIONS, *TARGET_OPTIONS)
GIVEN = "given"
#: calls of the intervals of a day: so many intervals, and so many calls in each
MOST_INTERVALS, MOST_CALLS_OF_INTERVAL = 96, 100_000.0


def changed(
    preset: SizingPreset, options: Mapping[str, float | None], seats: str | None = None,
    intervals: Sequence[float] = (),
) -> SizingPreset:  # fmt: skip
    """The preset with the assumptions that the options change; the source of these is `GIVEN`.

    A limit of one's own replaces all of the preset's. Other opening hours keep how much the busiest half-hour exceeds
    the mean. `intervals` are the calls of a day, instead of those of a year and their profile. Raises ValueError
    (`Impossible`) for values without sense.
    """
    target = given_of(TARGET_OPTIONS, options)
    limits = ServiceTarget(**target) if set(target) - {"within"} else replace(preset.target, **target)
    supply = replace(preset.supply, **given_of(SUPPLY_OPTIONS, options), year=_year(preset.supply.year, options))
    given = set(_given(options, seats, intervals))
    return replace(
        preset, demand=_demand(preset.demand, options, intervals), supply=supply, target=limits,
        seats=Seats(seats) if seats else preset.seats,
        sources={**preset.sources, **dict.fromkeys(sorted(given), GIVEN)},
        valid_from={name: day for name, day in preset.valid_from.items() if name not in given},
    )  # fmt: skip


def value_of(preset: SizingPreset, option: str) -> float | None:
    """What the preset has where the option would change it; None for what it does not say."""
    for options, holder in (
        (DEMAND_OPTIONS, preset.demand), (SUPPLY_OPTIONS, preset.supply), (YEAR_OPTIONS, preset.supply.year),
        (TARGET_OPTIONS, preset.target),
    ):  # fmt: skip
        if option in options:
            found: float | None = getattr(holder, options[option])
            return found
    return busiest_of(preset.demand.profile) if option == BUSIEST else None


def source_of(preset: SizingPreset, option: str) -> str:
    """Where that comes from; empty for what it does not say."""
    if option not in NUMBER_OPTIONS:
        return ""
    name = assumption_of(option)
    return preset.sources.get(name, preset.sources.get(name.partition(".")[0], ""))


def busiest_of(profile: Sequence[float]) -> float:
    """The busiest interval beside their mean."""
    return round(max(profile) * len(profile) / sum(profile), 3)


def given_of(fields_of: Mapping[str, str], options: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that the options name, with their values."""
    return {name: options[option] for option, name in fields_of.items() if options.get(option) is not None}


def assumption_of(option: str) -> str:
    """The name in `SizingPreset.sources` of what an option changes. A part of the working year is named by itself, so
    that the others keep their source."""
    if option in TARGET_OPTIONS:
        return "target"
    if option in YEAR_OPTIONS:
        return f"year.{option}"
    return "profile" if option == BUSIEST else {**DEMAND_OPTIONS, **SUPPLY_OPTIONS}[option]


def _given(options: Mapping[str, Any], seats: str | None, intervals: Sequence[float]) -> Iterator[str]:
    """The assumptions that are given."""
    yield from (assumption_of(each) for each in NUMBER_OPTIONS if options.get(each) is not None)
    if seats:
        yield "seats"
    if intervals:
        yield from ("calls_a_year", "profile")


def _demand(demand: Demand, options: Mapping[str, float | None], intervals: Sequence[float]) -> Demand:
    found = replace(demand, **given_of(DEMAND_OPTIONS, options))
    if intervals:
        _check_intervals(intervals)
        return replace(found, calls_a_year=sum(intervals) * found.opening_days, profile=tuple(intervals))
    busiest = options.get(BUSIEST)
    if busiest is None and options.get("hours") is None:
        return found
    if busiest is not None and not 1 <= busiest <= MOST_INTERVALS:
        raise Impossible(f"busiest is a number of times the mean, 1 or more, not {busiest:g}")
    half_hours = max(round(2 * found.opening_hours), 1)
    return replace(found, profile=falling_day(half_hours, busiest_of(demand.profile) if busiest is None else busiest))


def _check_intervals(intervals: Sequence[float]) -> None:
    if len(intervals) > MOST_INTERVALS or not all(0 <= each <= MOST_CALLS_OF_INTERVAL for each in intervals):
        raise Impossible(
            f"intervals are at most {MOST_INTERVALS} numbers from 0 to {MOST_CALLS_OF_INTERVAL:,.0f} calls"
        )


def _year(year: WorkingYear, options: Mapping[str, float | None]) -> WorkingYear:
    given = given_of(YEAR_OPTIONS, options)
    for name, value in given.items():
        if not 0 <= value < float("inf"):
            raise Impossible(f"{name} is a number, 0 or more, not {value:g}")
    found = replace(year, **given)
    if found.day <= 0 or found.sickness >= 1 or found.paid_break >= found.day or found.net <= 0:
        raise Impossible("holiday, public_holidays, sickness and paid_break leave no hour of the working year")
    return found
