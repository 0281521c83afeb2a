"""The figures of one employee in their own report: those that the template names, by the definitions of the whole
centre, from the employee's own contacts and time on duty, beside the targets of the agreement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.agreements import employees
from indgang.agreements.reality import TargetReality
from indgang.agreements.targets import TargetVerdict, verdict
from indgang.core.ranges import DateRange
from indgang.measures.day import AgentFigures, agent_figures
from indgang.measures.definitions import Definition, Figure
from indgang.measures.period import Period
from indgang.measures.totals import Totals
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import NOTHING, said
from indgang.reports.figures import CentreReporting
from indgang.reports.models import ReportBlock


@dataclass(slots=True)
class OwnReporting:
    """What the report of one employee reads. What they did on some days is read once, for all figures and blocks.
    `before` is the period before, from the first to the last day."""

    person: Person
    reporting: CentreReporting
    before: tuple[date, date]
    at: datetime
    _read: dict[DateRange, Totals] = field(default_factory=dict)

    def table(self, block: ReportBlock, *, is_first: bool) -> dict[str, Any]:
        """The rows of a block. The first table also holds what no definition counts, and each agreed figure of
        employees that the block leaves out."""
        codes = list(block.figures)
        if is_first:
            codes += [code for code in self._agreed() if code not in codes]
        columns = [_("Dine tal"), _("Perioden"), _("Perioden før"), _("Centrets mål"), _("Nået")]
        values, rows = [], self._counted() if is_first else []
        for code in codes:
            used = self.reporting.definition(code)
            now = self._figure(used, self._span)
            rows.append(self._row(code, used, now))
            values.append({"definition": used.name, "group": "", "value": now.value, "base": now.base})
        return {"kind": "table", "columns": columns, "rows": rows, "values": values, "is_headline": True}

    @property
    def _span(self) -> tuple[date, date]:
        return self.reporting.first, self.reporting.last

    def _agreed(self) -> Iterator[str]:
        """The codes of the targets that a single employee is held against, each once."""
        yield from dict.fromkeys(
            each.target.kpi for held in self.reporting.held for each in filter(employees.is_own, held.judged)
        )

    def _row(self, code: str, used: Definition, now: Figure) -> list[str]:
        unit = ValueUnit(used.unit)
        judged = [
            (self.reporting.words_of(each.target, held), self._verdict(each, held.days))
            for held in self.reporting.held for each in filter(employees.is_own, held.judged) if each.target.kpi == code
        ]  # fmt: skip
        return [
            self.reporting.name(code), said(now.value, unit), said(self._figure(used, self.before).value, unit),
            "; ".join(words for words, _verdict in judged) or NOTHING,
            ", ".join(found for _words, found in judged) or NOTHING,
        ]  # fmt: skip

    def _verdict(self, target: TargetReality, days: DateRange) -> str:
        words = {TargetVerdict.KEPT: _("ja"), TargetVerdict.MISSED: _("nej")}
        figure = target.kpi.of(self._totals(days))
        return words.get(verdict(figure.value, target.limit), NOTHING)

    def _figure(self, used: Definition, span: tuple[date, date]) -> Figure:
        """No value for a figure that one employee does not have."""
        if used.code not in employees.OWN:
            return Figure(None, 0)
        return used.of(self._totals(DateRange(span[0], span[1] + timedelta(days=1))))

    def _totals(self, days: DateRange) -> Totals:
        if days not in self._read:
            self._read[days] = employees.totals(self.person, days, centre=self.reporting.centre, at=self.at)
        return self._read[days]

    def _counted(self) -> list[list[str]]:
        """Conversations, also those of contacts that others ended, and after-work."""
        now, then = self._of(self._span), self._of(self.before)
        return [
            [_("Samtaler"), *_both(float(now.answered), float(then.answered), ValueUnit.COUNT)],
            [
                _("Gennemsnitlig efterbehandling"),
                *_both(now.wrap_up_seconds, then.wrap_up_seconds, ValueUnit.SECONDS),
            ],
        ]

    def _of(self, span: tuple[date, date]) -> AgentFigures:
        return agent_figures(self.person, at=self.at, period=Period.days(*span), centre=self.reporting.centre)


def _both(now: float | None, then: float | None, unit: ValueUnit) -> Sequence[str]:
    return said(now, unit), said(then, unit), NOTHING, NOTHING
