"""The targets of an agreement against what the roll-ups count, for a period that a person chooses.

Each target is held against the version of the figure that it names, for the whole period, also when another version
has come to hold meanwhile; the result says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from indgang.agreements import baselines, service_starts
from indgang.agreements.models import AgreementTarget, CooperationAgreement
from indgang.agreements.targets import (
    Limit,
    PartsTogether,
    TargetPart,
    TargetVerdict,
    add_up,
    limit_of,
    verdict,
    worst_of,
)
from indgang.catalogue.models import Service
from indgang.core.ranges import DateRange
from indgang.measures import channel_groups, definitions
from indgang.measures.baselines import MeasuredFigure, figure_of
from indgang.measures.channel_groups import EVERY
from indgang.measures.definitions import Definition, Figure, hidden_groups
from indgang.measures.period import Period
from indgang.measures.priced_days import PRICED
from indgang.measures.rollups import reading
from indgang.measures.rollups.reading import GroupBy
from indgang.measures.totals import Totals

_NO_FIGURE = Figure(None, 0)
#: a level (`AgreementTarget.Level`) and a channel or group of them (`channel_groups`)
MeasuredScope = tuple[int, str]


@dataclass(frozen=True, slots=True)
class MeasuredDays:
    """The days of a period that are over, and what they count by level and channel (`MeasuredScope`), and by service
    ("" for no service).

    `starts` are the services whose targets count from a day within the period or after it, and `since` is what those
    count from that day on (`service_starts`).
    """

    days: DateRange | None
    totals: Mapping[MeasuredScope, Mapping[str, Totals]]
    starts: Mapping[str, date] = field(default_factory=dict)
    since: Mapping[MeasuredScope, Mapping[str, Totals]] = field(default_factory=dict)

    @property
    def period(self) -> Period | None:
        if self.days is None or self.days.start is None or self.days.end is None:
            return None
        return Period.days(self.days.start, self.days.end - timedelta(days=1))

    @property
    def length(self) -> int:
        return (self.days.end - self.days.start).days if self.days and self.days.start and self.days.end else 0

    def of(self, level: int, services: Iterable[str] | None = None, channel: str = EVERY) -> Totals:
        by_service = self.totals.get((level, channel), {})
        chosen = by_service if services is None else services
        return sum((by_service[each] for each in chosen if each in by_service), Totals())

    def of_service(self, level: int, service: str, channel: str = EVERY) -> Totals:
        """Of the days on which the service's targets count."""
        by_service = self.since if service in self.starts else self.totals
        return by_service.get((level, channel), {}).get(service, Totals())

    def length_of(self, service: str) -> int:
        """The days of the period on which the service's targets count."""
        start = self.starts.get(service)
        if start is None or self.days is None or self.days.end is None:
            return self.length
        return max((self.days.end - start).days, 0)


@dataclass(frozen=True, slots=True)
class SwitchedVersion:
    """Another version of the figure that holds by the end of the period, and what it gives."""

    kpi: Definition
    figure: Figure


@dataclass(frozen=True, slots=True)
class ServiceReality:
    """A floor against one service; `value` is None when too few contacts are behind it."""

    name: str
    value: float | None
    verdict: TargetVerdict


@dataclass(frozen=True, slots=True)
class TargetReality:
    """A target, what it asks for, and what was reached. `services` are those of a floor."""

    target: AgreementTarget
    kpi: Definition
    figure: Figure
    limit: Limit | None
    baseline: MeasuredFigure | None
    verdict: TargetVerdict
    services: Sequence[ServiceReality] = field(default_factory=tuple)
    switched: SwitchedVersion | None = None
    counts_from: date | None = None
    """The first day that counts, where the service came to the centre within the period or after it."""

    @property
    def is_within_chance(self) -> bool:
        """Whether what an improvement asks for lies inside the interval of its baseline."""
        low, high = (self.baseline.low, self.baseline.high) if self.baseline else (None, None)
        return self.limit is not None and low is not None and high is not None and low <= self.limit.value <= high


@dataclass(frozen=True, slots=True)
class LevelsTogether:
    """The targets of services together, beside that of the whole centre for the same figure, level and promise, if
    any."""

    kpi: Definition
    level: int
    within: int | None
    target: float | None
    parts: PartsTogether
    channel: str = EVERY


def over(days: DateRange, *, today: date) -> DateRange | None:
    """The days of the period that are over; None when there are none."""
    return days.intersection(DateRange(None, today))


def measure(
    centres: Sequence[str], levels: Iterable[int | MeasuredScope], days: DateRange | None,
    entered: Collection[str] | None = None,
) -> MeasuredDays:  # fmt: skip
    """What these days count for centres (codes), for levels of all channels or of one. One query for each, and those of
    `reading.totals` for wanted figures that people count."""
    period = MeasuredDays(days, {}).period
    if period is None:
        return MeasuredDays(None, {})
    wanted = {(each, EVERY) if isinstance(each, int) else each for each in levels}
    begun = service_starts.first_days(centres).items()
    starts = {code: day for code, day in begun if Period.day(day).start > period.start}
    since = {scope: _since(centres, scope, period, starts) for scope in wanted} if starts else {}
    counted = {scope: _by_service(centres, scope, period, entered) for scope in wanted}
    return MeasuredDays(days, counted, starts, since)


def measure_for(agreement: CooperationAgreement, days: DateRange | None, *, also: Iterable[int] = ()) -> MeasuredDays:
    """What these days count for all that the targets of an agreement are about, and for other levels."""
    targets = list(agreement.targets.values_list("level", "channel", "kpi"))
    scopes = [(level, channel) for level, channel, _kpi in targets]
    return measure([agreement.centre.code], [*also, *scopes], days, {kpi for _level, _channel, kpi in targets})


def _since(
    centres: Sequence[str], scope: MeasuredScope, period: Period, starts: Mapping[str, date]
) -> dict[str, Totals]:
    """What each of these services counts from its day on."""
    found = {}
    for code, day in starts.items():
        left = Period(Period.day(day).start, period.end)
        if left.start < left.end:
            found[code] = _by_service(centres, scope, left, ()).get(code, Totals())
    return found


def _by_service(
    centres: Sequence[str], scope: MeasuredScope, period: Period, entered: Collection[str] | None
) -> dict[str, Totals]:
    """What each service counts. The price is that of no service: it stands with the contacts that have none."""
    only = _chosen(centres, scope)
    found = reading.totals(period, by=GroupBy.SERVICE, only=only, entered=entered)
    priced = PRICED if entered is None else PRICED & set(entered)
    price = reading.totals(period, only=only, times=False, entered=priced).get("", Totals()).price if priced else None
    return found | {"": replace(found.get("", Totals()), price=price)} if price and price.days else found


def _chosen(centres: Sequence[str], scope: MeasuredScope) -> dict[str, list[str]]:
    level, channel = scope
    return {"centre": list(centres)} | ({"level": [str(level)]} if level else {}) | channel_groups.choice(channel)


def of_agreement(agreement: CooperationAgreement, counted: MeasuredDays) -> list[TargetReality]:
    """Each target of the agreement: of a figure that of the whole centre first, floors last."""
    targets = list(agreement.targets.select_related("service", "baseline", "agreement__centre"))
    kept = baselines.of_targets(targets)
    names = dict(Service.objects.filter(code__in=_services(counted)).values_list("code", "name"))
    hidden = _hidden(targets, counted)
    targets.sort(key=lambda each: (each.kpi, each.level, each.is_floor, each.service.name if each.service else ""))
    return [
        _floor_reality(target, counted, names) if target.is_floor
        else _reality(target, counted, kept.get(target.pk), is_hidden=target.pk in hidden)
        for target in targets
    ]  # fmt: skip


def _services(counted: MeasuredDays) -> set[str]:
    return {code for by_service in counted.totals.values() for code in by_service}


def _floor_reality(target: AgreementTarget, counted: MeasuredDays, names: Mapping[str, str]) -> TargetReality:
    kpi = definitions.versioned(target.kpi, target.version)
    limit = limit_of(target.aim, float(target.value), unit=kpi.unit, baseline=None)
    services = list(_floor(target, kpi, limit, counted, names))
    judged = worst_of([each.verdict for each in services])
    switched = _switched(target, counted, is_hidden=True)
    return TargetReality(target, kpi, _NO_FIGURE, limit, None, judged, services, switched)


def _reality(
    target: AgreementTarget, counted: MeasuredDays, baseline: MeasuredFigure | None, *, is_hidden: bool
) -> TargetReality:
    kpi = definitions.versioned(target.kpi, target.version)
    value = baseline.value if baseline else None
    limit = limit_of(target.aim, float(target.value), unit=kpi.unit, baseline=value)
    figure = _NO_FIGURE if is_hidden else _figure(target, kpi, counted)
    judged = TargetVerdict.TOO_FEW if is_hidden else verdict(figure.value, limit)
    switched = _switched(target, counted, is_hidden=is_hidden)
    counts_from = counted.starts.get(target.service.code) if target.service else None
    return TargetReality(target, kpi, figure, limit, baseline, judged, switched=switched, counts_from=counts_from)


def _figure(target: AgreementTarget, kpi: Definition, counted: MeasuredDays) -> Figure:
    service = target.service.code if target.service else ""
    raw = (
        counted.of_service(target.level, service, target.channel) if service
        else counted.of(target.level, channel=target.channel)
    )  # fmt: skip
    totals = definitions.as_if_promised(raw, kpi, target.within)
    return figure_of(totals, kpi, counted.length_of(service)) if target.is_per_day else kpi.of(totals)


def _hidden(targets: Iterable[AgreementTarget], counted: MeasuredDays) -> set[int]:
    """The targets (primary keys) whose figure rests on too few contacts, or would tell that of another one that does:
    the levels of a figure beside both together, its services beside the whole, and its channels beside those that they
    are part of."""
    figures = {
        each: _figure(each, definitions.versioned(each.kpi, each.version), counted)
        for each in targets if not each.is_floor
    }  # fmt: skip
    hidden = {target.pk for target, figure in figures.items() if figure.is_small}
    for whole, figure in figures.items():
        if whole.level == AgreementTarget.Level.BOTH:
            hidden |= _beside(figure, {t: f for t, f in figures.items() if t.level and _split(t, whole, "level")})
        if whole.service_id is None:
            of_services = {t: f for t, f in figures.items() if t.service_id and _split(t, whole, "service_id")}
            hidden |= _beside(figure, of_services)
        hidden |= _channels_beside(figure, {t: f for t, f in figures.items() if _split(t, whole, "channel")}, whole)
    return hidden


def _split(part: AgreementTarget, whole: AgreementTarget, by: str) -> bool:
    """Whether the target of a part is about the same figure as that of the whole, and differs in `by` alone."""
    names = {"kpi", "version", "within", "is_per_day", "level", "service_id", "channel"} - {by}
    return all(getattr(part, name) == getattr(whole, name) for name in names)


def _channels_beside(figure: Figure, others: Mapping[AgreementTarget, Figure], whole: AgreementTarget) -> set[int]:
    """The channels to hide beside those that they are part of: each by itself, and all that do not overlap together."""
    parts = {t: f for t, f in others.items() if channel_groups.is_within(t.channel, whole.channel)}
    apart = channel_groups.outermost({each.channel for each in parts})
    hidden = _beside(figure, {t: f for t, f in parts.items() if t.channel in apart})
    return hidden.union(*(_beside(figure, {part: of_part}) for part, of_part in parts.items()))


def _beside(whole: Figure, parts: Mapping[AgreementTarget, Figure]) -> set[int]:
    """The parts to hide beside their whole; what no target is about is a part too."""
    rest = whole.base - sum(figure.base for figure in parts.values())
    groups = {str(part.pk): figure for part, figure in parts.items()} | {"": Figure(None, max(rest, 0))}
    return {int(pk) for pk in hidden_groups(groups, is_part=True) if pk}


def _floor(
    target: AgreementTarget, kpi: Definition, limit: Limit | None, counted: MeasuredDays, names: Mapping[str, str]
) -> Iterator[ServiceReality]:
    services = [code for code in counted.totals.get((target.level, target.channel), {}) if code]
    counts = {code: counted.of_service(target.level, code, target.channel) for code in services}
    promised = {code: definitions.as_if_promised(each, kpi, target.within) for code, each in counts.items()}
    figures = {code: figure_of(totals, kpi, counted.length_of(code)) for code, totals in promised.items()}
    figures = {code: figure for code, figure in figures.items() if figure.base}
    hidden = hidden_groups(figures, is_part=True)
    for code in sorted(figures, key=lambda each: names.get(each, each)):
        if code in hidden:
            yield ServiceReality(names.get(code, code), None, TargetVerdict.TOO_FEW)
        else:
            yield ServiceReality(names.get(code, code), figures[code].value, verdict(figures[code].value, limit))


def _switched(target: AgreementTarget, counted: MeasuredDays, *, is_hidden: bool) -> SwitchedVersion | None:
    if counted.days is None or counted.days.end is None:
        return None
    newest = definitions.definition(target.kpi, on=counted.days.end - timedelta(days=1))
    if newest.version == target.version:
        return None
    figure = _figure(target, newest, counted)
    return SwitchedVersion(newest, _NO_FIGURE if is_hidden or figure.is_small else figure)


# --- Contact points ------------------------------------------------------------------------------


def of_queues(
    realities: Iterable[TargetReality], centre: str, counted: MeasuredDays,
    names: Callable[[Collection[str]], Mapping[str, str]],
) -> dict[int, list[ServiceReality]]:  # fmt: skip
    """The targets of the whole centre (by primary key) against each of its queues, the contact points that people turn
    to; time on duty is of no queue. `names` gives their names by code. One query for each level and channel."""
    wanted = [
        each for each in realities
        if each.target.service_id is None and not each.target.is_floor and each.limit and each.kpi.has_contacts
    ]  # fmt: skip
    found: dict[int, list[ServiceReality]] = {}
    for scope in {(each.target.level, each.target.channel) for each in wanted} if counted.period else ():
        assert counted.period is not None
        by_queue = reading.totals(counted.period, by=GroupBy.QUEUE, only=_chosen([centre], scope), entered=())
        named = names(by_queue.keys())
        for each in wanted:
            if (each.target.level, each.target.channel) == scope and each.verdict is not TargetVerdict.TOO_FEW:
                found[each.target.pk] = list(_parts(each, by_queue, named, counted.length))
    return found


def _parts(
    whole: TargetReality, totals: Mapping[str, Totals], names: Mapping[str, str], length: int
) -> Iterator[ServiceReality]:
    promised = {code: definitions.as_if_promised(each, whole.kpi, whole.target.within) for code, each in totals.items()}
    figures = {code: figure_of(each, whole.kpi, length) for code, each in promised.items()}
    figures = {code: figure for code, figure in figures.items() if figure.base}
    hidden = hidden_groups(figures, is_part=True)
    for code in sorted(figures, key=lambda each: names[each]):
        value = None if code in hidden else figures[code].value
        judged = TargetVerdict.TOO_FEW if code in hidden else verdict(value, whole.limit)
        yield ServiceReality(names[code], value, judged)


# --- Adding up -----------------------------------------------------------------------------------


def together(realities: Sequence[TargetReality], counted: MeasuredDays) -> list[LevelsTogether]:
    """For each figure and level with targets for services: what they make together, weighted by the contacts of the
    period."""
    groups: defaultdict[tuple[str, int, int, str, int | None, bool], list[TargetReality]] = defaultdict(list)
    for each in realities:
        if not each.target.is_floor and each.limit is not None:
            of = each.target
            groups[of.kpi, of.version, of.level, of.channel, of.within, of.is_per_day].append(each)
    found = (_together(group, counted) for group in groups.values())
    return [each for each in found if each is not None]


def _together(group: Sequence[TargetReality], counted: MeasuredDays) -> LevelsTogether | None:
    """None also where the sum would tell about a part with too few contacts."""
    kpi, level, within = group[0].kpi, group[0].target.level, group[0].target.within
    channel = group[0].target.channel
    parts = [each for each in group if each.target.service is not None]
    whole = next((each.limit.value for each in group if each.target.service is None and each.limit), None)
    if not parts or len({each.limit.at_least for each in group if each.limit}) > 1:
        return None
    shares = [TargetPart(each.limit.value, each.figure.base) for each in parts if each.limit]
    base = kpi.of(definitions.as_if_promised(counted.of(level, channel=channel), kpi, within)).base
    if any(each.verdict is TargetVerdict.TOO_FEW for each in group) or definitions.is_too_few(
        base - sum(share.base for share in shares)
    ):
        return None
    added = add_up(shares, whole, base, kpi.adds)
    return LevelsTogether(kpi, level, within, whole, added, channel) if added else None
