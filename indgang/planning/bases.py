"""The centres that a scenario can begin from: the sizings of the documents, one number for all of a municipality, and
what was measured. Volumes of the documents stand with their lines (document:line)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from indgang.entry.models import Queue
from indgang.planning import assumptions, calibration
from indgang.planning.calibration import CalibratedQueues
from indgang.planning.models import StaffingAssumption
from indgang.planning.whatif import Changes, QueueLoad, ScenarioBase, Staffing
from indgang.staffing.need import ServiceTarget
from indgang.staffing.presets import PRESETS, TMF_2020, falling_day
from indgang.staffing.sizing import Seats

ONE_NUMBER, MEASURED = "one-number", "measured"
#: enquiries a year of those who have a number of their own today (001:1277-1301): name, number
TODAYS_NUMBERS = (
    ("Center for Miljøbeskyttelse", 73_600),
    ("Center for Trafik og Byliv", 85_900),
    ("Sekretariat i Byens Anvendelse", 10_700),
    ("Center for Bygninger", 42_400),
    ("TMF-ydelser i KEH", 2_850),
    ("Beskæftigelses- og Integrationsforvaltningen", 21_800),
    ("Øvrige", 4_900),
)
#: patience of the shipped centres; the documents print none
_PATIENCE = 180.0


@dataclass(frozen=True, slots=True)
class MeasuredBase:
    """A centre as it was measured, with the fit of each queue."""

    base: ScenarioBase
    calibrated: CalibratedQueues


def shipped(code: str, decided: Mapping[str, StaffingAssumption]) -> ScenarioBase:
    """The centre of a document. Raises KeyError for a code that is unknown."""
    return _one_number(decided) if code == ONE_NUMBER else _preset(code)


def first_changes(code: str) -> Changes:
    """What a scenario changes before anybody does. Seats of a document's centre are held as the document does."""
    if code == ONE_NUMBER:
        return Changes(pooled=True)
    is_flat = code in PRESETS and PRESETS[code].seats is Seats.FLAT
    return Changes(staffing=Staffing.FLAT if is_flat else Staffing.TARGET)


def _preset(code: str) -> ScenarioBase:
    preset = PRESETS[code]
    demand = preset.demand
    share = sum(demand.profile)
    calls = tuple(demand.calls_a_year / demand.opening_days * each / share for each in demand.profile)
    queue = QueueLoad("all", "", calls, demand.talk_seconds, demand.after_call_seconds, demand.patience_seconds)
    minutes = round(60 * demand.interval_hours)
    return ScenarioBase(
        preset.opens, minutes, demand.opening_days, preset.supply, preset.target, (queue,), seats=preset.seats
    )


def _one_number(decided: Mapping[str, StaffingAssumption]) -> ScenarioBase:
    demand = TMF_2020.demand
    days = float(decided["days"].value) if "days" in decided else demand.opening_days
    day = falling_day(len(demand.profile))
    queues = tuple(
        QueueLoad(
            f"number-{number}", name, tuple(a_year / days * each / sum(day) for each in day), demand.talk_seconds,
            demand.after_call_seconds, _PATIENCE, centre=f"number-{number}", centre_name=name,
        )
        for number, (name, a_year) in enumerate(TODAYS_NUMBERS, start=1)
    )  # fmt: skip
    supply = assumptions.supply(TMF_2020.supply, decided)
    target = ServiceTarget(in_time=0.8, within=20)
    return ScenarioBase(TMF_2020.opens, 30, days, supply, target, queues, seats=Seats.CURVE)


def measured(
    queues: Sequence[Queue],
    first: date,
    last: date,
    *,
    target: ServiceTarget,
    decided: Mapping[str, StaffingAssumption],
) -> MeasuredBase | None:
    """The queues as they were in these days; None when no call was counted in them."""
    found = calibration.calibrate(queues, first, last, within=target.within)
    if found is None:
        return None
    supply = assumptions.supply(TMF_2020.supply, decided)
    days = float(decided["days"].value) if "days" in decided else float(found.days_a_year)
    base = ScenarioBase(
        found.opens, calibration.MINUTES, days, supply, target, found.queues, found.spread, counted_days=found.days,
        open_days=found.open_days, weekdays=found.weekdays, seen=found.seen, pick_up=found.pick_up,
    )  # fmt: skip
    return MeasuredBase(replace(base, queues=tuple(_with_patience(each, decided) for each in found.queues)), found)


def _with_patience(queue: QueueLoad, decided: Mapping[str, StaffingAssumption]) -> QueueLoad:
    """A queue in which nobody hung up has the patience that is assumed, if any is."""
    if queue.patience is not None or "patience" not in decided:
        return queue
    return replace(queue, patience=float(decided["patience"].value))
