"""The day of an agent in words: as a plot with its table, as sums, and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from indgang.core.clock import COPENHAGEN, in_utc
from indgang.core.ranges import TimeRange
from indgang.core.spreadsheet import NumberCell
from indgang.entry.models import AgentState, PauseReason
from indgang.measures.agent_day import AgentDay
from indgang.measures.timeline import BUSY, StateSpan
from indgang.plots.numbers import ValueUnit, written
from indgang.plots.plot import PlotLane, PlotSpan, SpanPlot
from indgang.staffing.shifts.activities import ActivityKind

_WRITTEN, _CHATS = gettext_lazy("Skriftligt i hånden"), gettext_lazy("Chat i hånden")
_PLANNED_WORK, _PLANNED_BREAK = gettext_lazy("Planlagt arbejde"), gettext_lazy("Planlagt pause")
_PLANNED_AWAY = gettext_lazy("Planlagt uden henvendelser")
_ORDER = {
    state: place
    for place, state in enumerate(
        (
            AgentState.READY, AgentState.RINGING, AgentState.TALKING, AgentState.WORKING, AgentState.WRAP_UP,
            AgentState.PAUSED, AgentState.NOT_RESPONDING, AgentState.SIGNED_OUT,
        )
    )
}  # fmt: skip
_SECOND = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class StateSum:
    """How long the person was in a state, or in a pause for one reason."""

    name: str
    seconds: float


class ShownDay:
    """The day of one agent, as pages and files show it."""

    def __init__(self, shown: AgentDay, name: str) -> None:
        self._shown, self._name = shown, name

    @property
    def is_empty(self) -> bool:
        return not self._shown.spans

    @property
    def day(self) -> str:
        return date_format(self._shown.day, "j. F Y")

    @property
    def first(self) -> datetime | None:
        """The first sign-in, or the beginning of the day for somebody who was signed in before it."""
        return self._shown.spans[0].start if self._shown.spans else None

    @property
    def last(self) -> datetime | None:
        """The last sign-out; None for somebody who is still signed in."""
        spans = self._shown.spans
        is_in = bool(spans) and spans[-1].end == self._shown.until and not self._shown.is_over
        return spans[-1].end if spans and not is_in else None

    @property
    def signed_in(self) -> float:
        return self._shown.sums.signed_in

    @property
    def occupancy(self) -> str:
        share = self._shown.sums.occupancy
        return _("Ingen data") if share is None else written(share, ValueUnit.PERCENT)

    @cached_property
    def sums(self) -> list[StateSum]:
        """Each state, pauses by their reason, what was in hand beside, and what was planned."""
        sums = [StateSum(name, sum(each.seconds for each in spans)) for name, spans in self._lanes]
        return sums + [
            StateSum(name, sum((end - start).total_seconds() for start, end in pieces)) for name, pieces in self._beside
        ]

    @cached_property
    def plot(self) -> SpanPlot | None:
        """None for a day on which the person did not sign in."""
        if self.is_empty:
            return None
        start, end = self._axis
        return SpanPlot(
            _("Dagens forløb"),
            _("Hvad %(name)s lavede %(day)s, fra kl. %(first)s til kl. %(last)s")
            % {"name": self._name, "day": self.day, "first": self._clock(start)[:5], "last": self._clock(end)[:5]},
            start, end, tuple(self._plot_lanes()), (_("Fra"), _("Til"), _("Tilstand"), _("Varighed")),
            tuple(_hours(start, end)),
        )  # fmt: skip

    def columns(self) -> list[str]:
        """The headings of the file."""
        return [_("Medarbejder"), _("Dag"), _("Fra"), _("Til"), _("Tilstand"), _("Årsag til pause"), _("Minutter")]

    def lines(self) -> Iterator[list[str]]:
        """The lines of the file: the states in the order of time, then what was in hand beside, then the plan."""
        for each in self._shown.spans:
            yield self._line(_state(each), self._reason(each), each.start, each.end)
        for name, pieces in self._beside:
            for start, end in pieces:
                yield self._line(name, "", start, end)

    def _line(self, name: str, reason: str, start: datetime, end: datetime) -> list[str]:
        minutes = Decimal(str((end - start) / timedelta(minutes=1))).quantize(_SECOND)
        day = f"{self._shown.day:%d-%m-%Y}"
        return [self._name, day, self._clock(start), self._clock(end), name, reason, NumberCell.of(minutes)]

    @cached_property
    def _beside(self) -> list[tuple[str, list[tuple[datetime, datetime]]]]:
        """What lies beside the states, by its name: in hand, and planned."""
        found: dict[str, list[tuple[datetime, datetime]]] = {}
        for word, held in ((_WRITTEN, self._shown.written), (_CHATS, self._shown.chats)):
            if held:
                found[str(word)] = [_edges(each) for each in held]
        for part in self._shown.plan:
            found.setdefault(_planned(part.kind), []).append((part.start, part.end))
        return list(found.items())

    @cached_property
    def _lanes(self) -> list[tuple[str, list[StateSpan]]]:
        lanes: dict[tuple[str, str], list[StateSpan]] = {}
        for each in self._shown.spans:
            lanes.setdefault((each.state, each.reason), []).append(each)
        ordered = sorted(lanes.values(), key=lambda spans: (_ORDER.get(AgentState(spans[0].state), 0), spans[0].reason))
        return [(self._lane_name(spans[0]), spans) for spans in ordered]

    def _lane_name(self, span: StateSpan) -> str:
        reason = self._reason(span)
        return f"{_state(span)}: {reason}" if reason else _state(span)

    def _plot_lanes(self) -> Iterator[PlotLane]:
        for name, spans in self._lanes:
            pieces = tuple(self._plot_span(name, each.start, each.end) for each in spans)
            yield PlotLane(name, pieces, is_strong=spans[0].state in BUSY)
        for name, edges in self._beside:
            yield PlotLane(name, tuple(self._plot_span(name, start, end) for start, end in edges))

    def _plot_span(self, name: str, start: datetime, end: datetime) -> PlotSpan:
        goes_on = end == self._shown.until and not self._shown.is_over
        until = _("nu") if goes_on else self._clock(end)
        lasted = written((end - start).total_seconds(), ValueUnit.SECONDS)
        return PlotSpan(start, end, (self._clock(start), until, name, lasted))

    def _clock(self, at: datetime) -> str:
        """The time of day; the end of the day is 24:00:00."""
        local = at.astimezone(COPENHAGEN)
        return f"{local:%H:%M:%S}" if local.date() == self._shown.day else "24:00:00"

    @property
    def _axis(self) -> tuple[datetime, datetime]:
        """Whole hours around everything that is shown."""
        pieces = [(each.start, each.end) for each in self._shown.spans]
        pieces += [edges for _name, beside in self._beside for edges in beside]
        first, last = min(start for start, _end in pieces), max(end for _start, end in pieces)
        hour = first.replace(minute=0, second=0, microsecond=0)
        over = last.replace(minute=0, second=0, microsecond=0)
        return hour, over if over == last else over + timedelta(hours=1)

    @cached_property
    def _reasons(self) -> dict[str, str]:
        is_english = get_language() == "en"
        rows = PauseReason.objects.values_list("code", "name", "name_en")
        return {code: (name_en or name) if is_english else name for code, name, name_en in rows}

    def _reason(self, span: StateSpan) -> str:
        """The name of the pause's reason; its code, if the reason is gone."""
        return self._reasons.get(span.reason, span.reason) if span.reason else ""


def _state(span: StateSpan) -> str:
    return str(AgentState(span.state).label)


def _planned(kind: ActivityKind) -> str:
    if kind is ActivityKind.BREAK:
        return str(_PLANNED_BREAK)
    return str(_PLANNED_WORK if kind.is_wanted_by_callers else _PLANNED_AWAY)


def _edges(piece: TimeRange) -> tuple[datetime, datetime]:
    assert piece.start is not None
    assert piece.end is not None
    return piece.start, piece.end


def _hours(start: datetime, end: datetime) -> Iterator[tuple[datetime, str]]:
    """Each whole hour with its name on the clock in Copenhagen."""
    at = in_utc(start)
    while at <= end:
        yield at, f"{at.astimezone(COPENHAGEN):%H}"
        at += timedelta(hours=1)
