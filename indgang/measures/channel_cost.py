"""What a contact costs on each channel, by the agreed price. Pure.

The price of the days is shared by the time of employees on duty: conversation and after-work for the spoken channels,
written work for the others. Among spoken channels it is shared by handling time (talk, hold and after-work), where a
visit takes as long as a call on average, because its time is not measured; among written ones by contacts. Time ready
and pauses are overhead, which every channel bears by its share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from indgang.enquiries.models import WRITTEN_CHANNELS
from indgang.measures.sums import Duty
from indgang.measures.totals import Times

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class ChannelCost:
    """`kroner` of all contacts of a channel (code), and of each of them."""

    channel: str
    contacts: int
    kroner: Decimal

    @property
    def of_each(self) -> Decimal:
        return (self.kroner / self.contacts).quantize(_CENT, rounding=ROUND_HALF_UP)


def shared(kroner: Decimal, answered: Mapping[str, int], handled: Mapping[str, Times], duty: Duty) -> list[ChannelCost]:
    """The price shared among the channels with answered contacts; nothing while time on duty or handling time is
    missing for what was answered."""
    counts = {channel: count for channel, count in answered.items() if count}
    spoken = _spoken_weights({each: count for each, count in counts.items() if each not in WRITTEN_CHANNELS}, handled)
    written = {each: float(count) for each, count in counts.items() if each in WRITTEN_CHANNELS}
    times = ((spoken, duty.talking + duty.wrap_up), (written, duty.working))
    if spoken is None or any(weights and not seconds for weights, seconds in times):
        return []
    whole = sum(seconds for weights, seconds in times if weights)
    shares = {
        channel: seconds / whole * weight / sum(weights.values())
        for weights, seconds in times if weights for channel, weight in weights.items()
    }  # fmt: skip
    return [ChannelCost(each, counts[each], kroner * Decimal(shares[each])) for each in sorted(shares)]


def _spoken_weights(counts: Mapping[str, int], handled: Mapping[str, Times]) -> dict[str, float] | None:
    """The handling time of each channel; None when none is known, or all of it is 0: an imported file without times."""
    measured = [each for each in handled.values() if each.count]
    if not counts:
        return {}
    if not any(each.seconds for each in measured):
        return None
    mean = sum(each.seconds for each in measured) / sum(each.count for each in measured)
    means = {channel: each.mean for channel, each in handled.items()}
    return {channel: count * (means.get(channel) or mean) for channel, count in counts.items()}
