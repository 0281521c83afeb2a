"""What centres cost by their agreed prices, as sums that figures are computed from.

Agreements know the prices (`connect`): kroner of each day on which one holds. A day counts once it is over, with the
contacts that its centre answered on it; a day without an agreed price is in neither. A channel bears its share of the
price of all chosen days of an agreement (`channel_cost`), so its days and months add up to that. The price belongs to a
centre, and to no queue, service, purpose or level.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from indgang.core.clock import day_of
from indgang.measures.channel_cost import shared
from indgang.measures.grouping import GroupBy
from indgang.measures.period import Period
from indgang.measures.sums import Duty, PriceSum
from indgang.measures.totals import Times, Totals

#: the figures that are made of prices
PRICED = frozenset({"operating_cost", "cost_per_contact"})
#: groups and choices that prices have no code for
_WITHOUT_CODE = (GroupBy.QUEUE, GroupBy.SERVICE, GroupBy.PURPOSE)
_OF_NO_PRICE = frozenset({GroupBy.HOUR, GroupBy.LEVEL, *_WITHOUT_CODE})
_TIME = {GroupBy.DAY: "%Y-%m-%d", GroupBy.MONTH: "%Y-%m"}


@dataclass(frozen=True, slots=True)
class PricedDays:
    """Days one after the other on which a price for a centre (code) holds: kroner of each, not rounded."""

    centre: str
    kroner: Mapping[date, Decimal]

    @property
    def period(self) -> Period:
        return Period.days(min(self.kroner), max(self.kroner))


#: the priced days from one day to another, as far as they are over, of some centres (codes) or all
PriceSource = Callable[[Collection[str] | None, date, date], Sequence[PricedDays]]
#: what a period counts of contacts and of time on duty: `rollups.reading.totals` of a period, by group, of chosen rows
Counting = Callable[[Period, GroupBy, Mapping[str, list[str]]], Mapping[str, Totals]]

_sources: list[PriceSource] = []


def connect(source: PriceSource) -> None:
    """Count the prices that `source(centres, first, last)` gives. Connecting it twice counts once."""
    if source not in _sources:
        _sources.append(source)


def by_group(
    period: Period, by: GroupBy, chosen: Mapping[str, list[str]], figures: Iterable[str] | None, counted: Counting
) -> dict[str, PriceSum]:
    """The sums by group, as `rollups.reading.totals` groups and chooses; none by hour, level, queue, service or
    purpose, and none where no wanted figure is made of prices. One query, and one or two for each agreement that holds
    on some of the days."""
    if (figures is not None and not PRICED & set(figures)) or by in _OF_NO_PRICE:
        return {}
    if "level" in chosen or not all("" in chosen.get(each.value, [""]) for each in _WITHOUT_CODE):
        return {}
    first, last = day_of(period.start), day_of(period.end) - timedelta(days=1)
    if Period.day(first).start != period.start or last < first:
        return {}
    found: defaultdict[str, PriceSum] = defaultdict(PriceSum)
    for source in _sources:
        for days in source(chosen.get("centre"), first, last):
            for group, price in _sums(days, by, chosen.get("channel"), counted).items():
                found[group] += price
    return dict(found)


def _sums(days: PricedDays, by: GroupBy, channels: Sequence[str] | None, counted: Counting) -> dict[str, PriceSum]:
    if by is GroupBy.CHANNEL:
        return _by_channel(days, channels, counted)
    if channels is None:
        return _by_time(days, by, counted, 1.0, None)
    of_these = _by_channel(days, channels, counted)
    if not of_these:
        return {}
    whole = float(sum(days.kroner.values(), Decimal(0)))
    share = sum(each.kroner for each in of_these.values()) / whole if whole else 0.0
    return _by_time(days, by, counted, share, list(of_these))


def _by_channel(days: PricedDays, channels: Sequence[str] | None, counted: Counting) -> dict[str, PriceSum]:
    """What each of these channels, or of all, bears; nothing where it cannot be told."""
    found = counted(days.period, GroupBy.CHANNEL, {"centre": [days.centre]})
    answered = {channel: each.contacts.answered for channel, each in found.items() if channel}
    handled = {
        channel: Times(each.contacts.handled, each.contacts.handle_seconds)
        for channel, each in found.items() if channel
    }  # fmt: skip
    kroner = sum(days.kroner.values(), Decimal(0))
    return {
        each.channel: PriceSum(len(days.kroner), float(each.kroner), each.contacts, each.contacts)
        for each in shared(kroner, answered, handled, found[""].duty if "" in found else Duty())
        if channels is None or each.channel in channels
    }


def _by_time(
    days: PricedDays, by: GroupBy, counted: Counting, share: float, channels: list[str] | None
) -> dict[str, PriceSum]:
    """A share of the price, by day, month or centre or in all, with the contacts of these channels, or of all."""
    of_time, group = by in _TIME, {GroupBy.CENTRE: days.centre}.get(by, "")
    only = {"centre": [days.centre]} | ({} if channels is None else {"channel": channels})
    contacts = {
        (key if of_time else group): each.contacts.answered
        for key, each in counted(days.period, by if of_time else GroupBy.NOTHING, only).items()
    }
    kroner: defaultdict[str, list[Decimal]] = defaultdict(list)
    for day, of_day in days.kroner.items():
        kroner[f"{day:{_TIME[by]}}" if of_time else group].append(of_day)
    found = {}
    for key, of_days in kroner.items():
        number = contacts.get(key, 0)
        found[key] = PriceSum(len(of_days), share * float(sum(of_days)), number, 0 if channels is None else number)
    return found
