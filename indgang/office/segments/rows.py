"""The services of the segment page: the documents' 77 and those of the catalogue, as they are placed now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.analysis import segments
from indgang.analysis.indicators import IndicatorProposal
from indgang.analysis.segmenting import SegmentedNow, with_proposals
from indgang.analysis.segments import Indicators, Segment, segment
from indgang.catalogue.offering import LARGE_FROM
from indgang.core.text import shorten
from indgang.feedback.studies import reference
from indgang.office.studies.packages import PACKAGE_WORDS, WHY_WORDS
from indgang.plots.plot import MapPoint, PointMark, PointPlot

#: by complexity and volume
SEGMENT_WORDS: dict[tuple[str, str], str | Promise] = {
    ("low", "small"): gettext_lazy("Lille volumen, lav kompleksitet"),
    ("high", "small"): gettext_lazy("Lille volumen, høj kompleksitet"),
    ("low", "large"): gettext_lazy("Stor volumen, lav kompleksitet"),
    ("high", "large"): gettext_lazy("Stor volumen, høj kompleksitet"),
}
#: letters of a name on the map
_LONGEST = 24


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """A service as it is placed, and where live data would place it (None: they propose nothing, or the same).

    `code` is empty for a service of the documents that the catalogue does not have.
    """

    name: str
    code: str
    cases: int
    indicators: Indicators
    segment: Segment
    is_override: bool = False
    proposed: Indicators | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.segment.complexity, self.segment.volume

    @property
    def segment_words(self) -> str:
        return str(SEGMENT_WORDS[self.key])

    @property
    def packages(self) -> list[str]:
        return [str(PACKAGE_WORDS[each]) for each in sorted(self.segment.proposal.packages)]

    @property
    def why(self) -> str:
        return str(WHY_WORDS[self.segment.proposal.why])

    @property
    def moves_to(self) -> str:
        """The segment of the proposal, when it is another one."""
        there = segment(self.proposed, self.cases) if self.proposed else self.segment
        return "" if there == self.segment else str(SEGMENT_WORDS[there.complexity, there.volume])


def rows(now: Iterable[SegmentedNow], proposals: Mapping[int, Sequence[IndicatorProposal]]) -> list[SegmentRow]:
    """The most complex first. `proposals` are by the keys of services."""
    placed = [(each, row) for each in now if (row := _row(each, proposals.get(each.service.pk, ())))]
    found = [row for _each, row in placed]
    there = {(each.like.name, each.like.cases) for each, _row in placed if each.like}
    for service in segments.on_map(reference.services()):
        if (service.name, service.cases) not in there:
            found.append(SegmentRow(service.name, "", service.cases, service.indicators, service.segment))
    return sorted(found, key=lambda row: (-row.indicators.index, -row.cases))


def _row(now: SegmentedNow, proposals: Sequence[IndicatorProposal]) -> SegmentRow | None:
    """None for a service without indicators, or that the catalogue has in no segment."""
    indicators, there = now.indicators, now.segment
    if indicators is None or there is None:
        return None
    return SegmentRow(
        now.service.name, now.service.code, now.cases or 0, indicators, there, now.is_override,
        with_proposals(indicators, proposals),
    )  # fmt: skip


def plot(services: Sequence[SegmentRow]) -> PointPlot:
    """The map: where services are, those with a segment of their own, and where live data would move one."""
    points = [
        MapPoint(shorten(each.name, _LONGEST), float(each.indicators.index), float(each.cases),
                 PointMark.CHANGED if each.is_override else PointMark.PLAIN)
        for each in services
    ]  # fmt: skip
    return PointPlot(
        title=_("Ydelser efter kompleksitet og volumen"),
        about=_("%(number)s ydelser: kompleksitet mod højre, sager om året opad. De stiplede linjer deler segmenterne.")
        % {"number": len(services)},
        points=(*points, *_proposed_points(services)), across_name=_("Kompleksitet"), up_name=_("Sager om året"),
        across_limit=segments.HIGH_FROM - 0.5, up_limit=float(LARGE_FROM), corners=_corners(), what=_("Ydelse"),
    )  # fmt: skip


def _proposed_points(services: Iterable[SegmentRow]) -> Iterator[MapPoint]:
    for each in services:
        if each.proposed is not None and each.moves_to:
            yield MapPoint(
                shorten(each.name, _LONGEST), float(each.proposed.index), float(each.cases), PointMark.PROPOSED
            )


def _corners() -> tuple[str, str, str, str]:
    low_small, high_small, low_large, high_large = (str(each) for each in SEGMENT_WORDS.values())
    return low_small, high_small, low_large, high_large
