"""The targets of several centres together, for whoever stands above them: an owner of more than one, or the top.

Targets on the same version of a figure are added by the contacts of each centre (`targets.add_up`), and held against
the figure of all those centres together. Targets on different versions are not added, nor
counts that were signed as plain numbers to those that are per day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from indgang.agreements import reality
from indgang.agreements.models import CooperationAgreement
from indgang.agreements.reality import MeasuredDays, TargetReality
from indgang.agreements.targets import Limit, TargetPart, TargetVerdict, add_up, verdict
from indgang.core.ranges import DateRange
from indgang.measures.baselines import figure_of
from indgang.measures.definitions import Definition, Figure, as_if_promised, hidden_groups
from indgang.measures.totals import Totals


@dataclass(frozen=True, slots=True)
class CentresTogether:
    """One figure over the centres that have a target on it. `limit` is None where targets do not add up, and then
    `verdict` too."""

    kpi: Definition
    level: int
    within: int | None
    parts: Sequence[TargetReality]
    figure: Figure
    limit: Limit | None
    verdict: TargetVerdict | None


_Key = tuple[str, int, int, str, int | None, bool]
_Measured = tuple[TargetReality, MeasuredDays]


def of_agreements(agreements: Iterable[CooperationAgreement], days: DateRange | None) -> list[CentresTogether]:
    """The targets of whole centres in these agreements, by figure. Two or three queries for each agreement."""
    groups: defaultdict[_Key, list[_Measured]] = defaultdict(list)
    for agreement in agreements:
        counted = reality.measure_for(agreement, days)
        for each in reality.of_agreement(agreement, counted):
            target = each.target
            if target.service is None and not target.is_floor:
                key = (
                    target.kpi, target.version, target.level, target.channel, target.within, target.is_per_day,
                )  # fmt: skip
                groups[key].append((each, counted))
    return [_together(found) for _key, found in sorted(groups.items(), key=lambda item: str(item[0]))]


def _together(found: Sequence[_Measured]) -> CentresTogether:
    kpi, level, within = found[0][0].kpi, found[0][0].target.level, found[0][0].target.within
    channel = found[0][0].target.channel
    figures = {
        str(number): kpi.of(as_if_promised(counted.of(level, channel=channel), kpi, within))
        for number, (_each, counted) in enumerate(found)
    }
    hidden = hidden_groups(figures, is_part=True)
    parts = [_without_figure(each) if str(number) in hidden else each for number, (each, _counted) in enumerate(found)]
    totals = sum((counted.of(level, channel=channel) for _each, counted in found), Totals())
    length = max(counted.length for _each, counted in found)
    promised = as_if_promised(totals, kpi, within)
    figure = figure_of(promised, kpi, length) if found[0][0].target.is_per_day else kpi.of(promised)
    limit = _limit(parts, kpi)
    if figure.is_small:
        return CentresTogether(kpi, level, within, parts, Figure(None, 0), limit, TargetVerdict.TOO_FEW)
    return CentresTogether(kpi, level, within, parts, figure, limit, verdict(figure.value, limit) if limit else None)


def _without_figure(part: TargetReality) -> TargetReality:
    return replace(part, figure=Figure(None, 0), verdict=TargetVerdict.TOO_FEW, switched=None)


def _limit(parts: Sequence[TargetReality], kpi: Definition) -> Limit | None:
    """That of all of them; None while one is not known, or has no contacts to weigh it by."""
    limits = [each.limit for each in parts if each.limit is not None]
    if len(limits) < len(parts) or len({each.at_least for each in limits}) > 1:
        return None
    shares = [TargetPart(each.limit.value, each.figure.base) for each in parts if each.limit]
    added = add_up(shares, None, sum(each.base for each in shares), kpi.adds)
    return Limit(added.value, limits[0].at_least) if added else None
