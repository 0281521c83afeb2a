"""The figures of a centre for a report: each by the definition that the agreement names, beside its target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from indgang.accounts import two_parties
from indgang.agreements import baselines
from indgang.agreements.models import AgreementTarget, CooperationAgreement
from indgang.agreements.targets import Limit, TargetVerdict, limit_of, verdict
from indgang.catalogue.models import ContactCentre
from indgang.measures.baselines import MeasuredFigure, figure_of
from indgang.measures.definitions import DEFINITIONS, Definition, Figure, definition, hidden_groups
from indgang.measures.figure_names import FIGURE_NAMES
from indgang.measures.period import Period
from indgang.measures.rollups import reading
from indgang.measures.rollups.reading import GroupBy
from indgang.measures.totals import Totals


@dataclass(slots=True)
class CentreReporting:
    """What a report of a centre reads. Totals are read once for each period and grouping; figures that are used are
    remembered, so that the report can say how they are defined."""

    centre: ContactCentre
    first: date
    last: date
    agreement: CooperationAgreement | None
    targets: tuple[AgreementTarget, ...]
    #: what targets rest on, by their primary key
    kept: Mapping[int, MeasuredFigure]
    used: dict[str, Definition] = field(default_factory=dict)
    _read: dict[tuple[date, date, GroupBy], Mapping[str, Totals]] = field(default_factory=dict)

    @classmethod
    def of(cls, centre: ContactCentre, first: date, last: date) -> CentreReporting:
        agreement = two_parties.in_force(CooperationAgreement, centre, last)
        rows = tuple(agreement.targets.select_related("service", "baseline")) if agreement else ()
        return cls(centre, first, last, agreement, rows, baselines.of_targets(rows))

    def definition(self, code: str) -> Definition:
        """The version that the agreement names, or else the one that holds on the last day."""
        agreed = {each.version for each in self.targets if each.kpi == code}
        found = next((each for each in DEFINITIONS if each.code == code and each.version in agreed), None)
        self.used[code] = found or definition(code, on=self.last)
        return self.used[code]

    def totals(self, first: date, last: date, by: GroupBy) -> Mapping[str, Totals]:
        key = (first, last, by)
        if key not in self._read:
            self._read[key] = reading.totals(Period.days(first, last), by=by, only={"centre": [self.centre.code]})
        return self._read[key]

    def whole(self, code: str, first: date, last: date) -> Figure:
        """The figure of the centre."""
        return self.definition(code).of(self.totals(first, last, GroupBy.NOTHING).get("", Totals()))

    def grouped(self, code: str, first: date, last: date, by: GroupBy) -> tuple[dict[str, Figure], set[str]]:
        """The figure by group, and the groups that are not shown because too few are behind them."""
        of = self.definition(code).of
        figures = {group: of(each) for group, each in self.totals(first, last, by).items()}
        return figures, hidden_groups(figures, is_part=True)

    def targets_of(self, code: str) -> list[AgreementTarget]:
        """The targets of the whole centre, floors left out."""
        return [each for each in self.targets if each.kpi == code and not each.is_floor and each.service is None]

    def limit(self, target: AgreementTarget) -> Limit | None:
        """What the target asks for; None for an improvement of a baseline that is not measured."""
        baseline = self.kept.get(target.pk)
        unit = self.definition(target.kpi).unit
        return limit_of(target.aim, float(target.value), unit=unit, baseline=baseline.value if baseline else None)

    def verdict(self, target: AgreementTarget) -> TargetVerdict:
        """Whether the period kept the target."""
        of_level = self.totals(self.first, self.last, GroupBy.LEVEL if target.level else GroupBy.NOTHING)
        totals = of_level.get(str(target.level) if target.level else "", Totals())
        length = (self.last - self.first).days + 1
        return verdict(figure_of(totals, self.definition(target.kpi), length).value, self.limit(target))

    def remarks(self) -> Iterator[str]:
        """Where the report uses another formula than the agreement, or an older version than holds now."""
        for code, used in sorted(self.used.items()):
            newest = definition(code, on=self.last)
            if newest != used:
                said = {"name": FIGURE_NAMES[code], "used": used.name, "newest": newest.name}
                yield _("%(name)s er gjort op som aftalt (%(used)s). %(newest)s er kommet til siden.") % said
            if self.agreement and not any(each.kpi == code for each in self.targets):
                yield from self._other_formula(code)

    def _other_formula(self, code: str) -> Iterator[str]:
        """The variants of the service level measure the same thing by different formulas."""
        family = code.partition("_sl")[0]
        agreed = {each.kpi for each in self.targets if each.kpi.partition("_sl")[0] == family}
        if "_sl" in code and agreed:
            said = {"name": FIGURE_NAMES[code], "agreed": ", ".join(str(FIGURE_NAMES[each]) for each in sorted(agreed))}
            yield _("%(name)s er en anden formel end den, aftalen bygger på: %(agreed)s.") % said


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
