"""The figures of a centre for a report: each by the definition that the agreement names, beside its target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from indgang.accounts import two_parties
from indgang.agreements import reality
from indgang.agreements.models import AgreementTarget, CooperationAgreement
from indgang.agreements.reality import TargetReality
from indgang.agreements.words import target_words
from indgang.catalogue.models import ContactCentre
from indgang.core.ranges import DateRange
from indgang.history import imported_days
from indgang.measures.definitions import (
    DEFINITIONS,
    Definition,
    Figure,
    as_if_promised,
    definition,
    hidden_groups,
)
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
    #: each target of the agreement against the days of the period on which it holds
    judged: tuple[TargetReality, ...]
    used: dict[str, Definition] = field(default_factory=dict)
    _read: dict[tuple[date, date, GroupBy], Mapping[str, Totals]] = field(default_factory=dict)

    @classmethod
    def of(cls, centre: ContactCentre, first: date, last: date) -> CentreReporting:
        agreement = two_parties.in_force(CooperationAgreement, centre, last)
        days = DateRange(first, last + timedelta(days=1))
        return cls(centre, first, last, agreement, _judged(agreement, days) if agreement else ())

    @property
    def targets(self) -> list[AgreementTarget]:
        return [each.target for each in self.judged]

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
        return self._figure(code, self.totals(first, last, GroupBy.NOTHING).get("", Totals()))

    def grouped(self, code: str, first: date, last: date, by: GroupBy) -> tuple[dict[str, Figure], set[str]]:
        """The figure by group, and the groups that are not shown because too few are behind them."""
        figures = {group: self._figure(code, each) for group, each in self.totals(first, last, by).items()}
        return figures, hidden_groups(figures, is_part=True)

    def _figure(self, code: str, totals: Totals) -> Figure:
        used = self.definition(code)
        return used.of(as_if_promised(totals, used, self.within(code)))

    def targets_of(self, code: str) -> list[TargetReality]:
        """The targets of the whole centre, floors left out, those of both levels first."""
        found = (each for each in self.judged if each.target.kpi == code and not each.target.is_floor)
        return sorted((each for each in found if each.target.service is None), key=lambda each: each.target.level)

    def within(self, code: str) -> int | None:
        """The promise in seconds that the agreement computes the figure with; None for the queues' own."""
        return next((each.target.within for each in self.targets_of(code)), None)

    def name(self, code: str) -> str:
        """The name of the figure, with the promise that the agreement computes it with."""
        within, name = self.within(code), str(FIGURE_NAMES[code])
        if within is None:
            return name
        return _("%(name)s, svar inden for %(seconds)s sekunder") % {"name": name, "seconds": within}

    def remarks(self) -> Iterator[str]:
        """Where the report uses another formula or other days than the agreement, or an older version than holds
        now; and which days are imported."""
        if imported := self.imported():
            yield imported
        if self.agreement and self.agreement.valid_from > self.first and any(map(self.targets_of, self.used)):
            begins = {"day": f"{self.agreement.valid_from:%d.%m.%Y}"}
            yield _("Aftalen gælder fra %(day)s. Om målene er nået, er gjort op fra den dag.") % begins
        for code, used in sorted(self.used.items()):
            newest = definition(code, on=self.last)
            if newest != used:
                said = {"name": self.name(code), "used": used.name, "newest": newest.name}
                yield _("%(name)s er gjort op som aftalt (%(used)s). %(newest)s er kommet til siden.") % said
            if self.agreement and not any(each.kpi == code for each in self.targets):
                yield from self._other_formula(code)
            for each in self.targets_of(code):
                if each.target.within != self.within(code):
                    yield _("%(target)s: målet er gjort op med et andet løfte end det viste tal.") % {
                        "target": target_words(each.target)
                    }

    def imported(self) -> str:
        """Which of the days that were read are imported; "" for none."""
        if not self._read:
            return ""
        first, last = min(key[0] for key in self._read), max(key[1] for key in self._read)
        found = imported_days.within(first, last, {"centre": [self.centre.code]})
        return found.sentence if found else ""

    def _other_formula(self, code: str) -> Iterator[str]:
        """The variants of the service level measure the same thing by different formulas."""
        family = code.partition("_sl")[0]
        agreed = {each.kpi for each in self.targets if each.kpi.partition("_sl")[0] == family}
        if "_sl" in code and agreed:
            said = {"name": FIGURE_NAMES[code], "agreed": ", ".join(str(FIGURE_NAMES[each]) for each in sorted(agreed))}
            yield _("%(name)s er en anden formel end den, aftalen bygger på: %(agreed)s.") % said


def _judged(agreement: CooperationAgreement, days: DateRange) -> tuple[TargetReality, ...]:
    """As the page of the agreement: only the days on which it holds count."""
    held = days.intersection(DateRange(agreement.valid_from, agreement.valid_to))
    counted = reality.measure([agreement.centre.code], reality.levels_of(agreement), held)
    return tuple(reality.of_agreement(agreement, counted))


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
