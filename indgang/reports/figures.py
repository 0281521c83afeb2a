"""The figures of a centre for a report: each by the definition that the agreement names, beside its target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import starmap

from django.utils.translation import gettext as _

from indgang.accounts import two_parties
from indgang.agreements import reality
from indgang.agreements.models import AgreementTarget, CooperationAgreement
from indgang.agreements.reality import TargetReality
from indgang.agreements.variants import alike
from indgang.agreements.words import promised_words, target_words
from indgang.catalogue.models import ContactCentre
from indgang.core.ranges import DateRange
from indgang.history import imported_days
from indgang.measures import channel_groups
from indgang.measures.channel_groups import EVERY
from indgang.measures.definitions import (
    Definition,
    Figure,
    as_if_promised,
    definition,
    hidden_groups,
    versioned,
)
from indgang.measures.entered_kinds import KINDS
from indgang.measures.figure_names import FIGURE_NAMES
from indgang.measures.period import Period
from indgang.measures.priced_days import PRICED
from indgang.measures.rollups import reading
from indgang.measures.rollups.reading import GroupBy
from indgang.measures.totals import Totals


@dataclass(frozen=True, slots=True)
class HeldAgreement:
    """An agreement, the days of the period on which it held, and each of its targets against those days."""

    agreement: CooperationAgreement
    days: DateRange
    judged: tuple[TargetReality, ...]

    @property
    def span(self) -> tuple[date, date]:
        """The first and the last of the days."""
        assert self.days.start is not None
        assert self.days.end is not None
        return self.days.start, self.days.end - timedelta(days=1)

    @property
    def in_words(self) -> str:
        """`11.03.2026–31.03.2026`."""
        return "–".join(f"{each:%d.%m.%Y}" for each in self.span)

    def targets_of(self, code: str, channel: str = EVERY) -> list[TargetReality]:
        """The targets of the whole centre for a channel, floors left out, those of both levels first."""
        found = (each for each in self.judged if (each.target.kpi, each.target.channel) == (code, channel))
        found = (each for each in found if not each.target.is_floor)
        return sorted((each for each in found if each.target.service is None), key=lambda each: each.target.level)


@dataclass(slots=True)
class CentreReporting:
    """What a report of a centre reads. Totals are read once for each period and grouping, and again for each figure
    that people count or that is made of prices; figures that are used are remembered, so that the report can say how
    they are defined."""

    centre: ContactCentre
    first: date
    last: date
    #: the agreements of the period, one after the other
    held: tuple[HeldAgreement, ...]
    #: code and channel of all that the report shows
    shown: frozenset[tuple[str, str]] = frozenset()
    #: by code and channel
    used: dict[tuple[str, str], Definition] = field(default_factory=dict)
    _read: dict[tuple[date, date, GroupBy, str, str], Mapping[str, Totals]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, centre: ContactCentre, first: date, last: date, shown: Iterable[tuple[str, str]] = ()
    ) -> CentreReporting:
        days = DateRange(first, last + timedelta(days=1))
        agreements = two_parties.in_force_within(CooperationAgreement, centre, days)
        return cls(centre, first, last, tuple(starmap(_held, agreements)), frozenset(shown))

    @property
    def targets(self) -> list[AgreementTarget]:
        return [each.target for held in self.held for each in held.judged]

    def definition(self, code: str, channel: str = EVERY) -> Definition:
        """The version that the latest agreement names, or else the one that holds on the last day."""
        agreed = [each.version for each in self.targets if each.kpi == code]
        found = versioned(code, agreed[-1]) if agreed else definition(code, on=self.last)
        self.used[code, channel] = found
        return found

    def totals(self, code: str, first: date, last: date, by: GroupBy, channel: str) -> Mapping[str, Totals]:
        """Those that a figure is computed from."""
        key = (first, last, by, channel, code if code in KINDS or code in PRICED else "")
        if key not in self._read:
            only = {"centre": [self.centre.code]} | channel_groups.choice(channel)
            self._read[key] = reading.totals(Period.days(first, last), by=by, only=only, entered=[code])
        return self._read[key]

    def whole(self, code: str, first: date, last: date, channel: str = EVERY) -> Figure:
        """The figure of the centre."""
        return self._figure(code, self.totals(code, first, last, GroupBy.NOTHING, channel).get("", Totals()), channel)

    def grouped(
        self, code: str, first: date, last: date, by: GroupBy, channel: str = EVERY
    ) -> tuple[dict[str, Figure], set[str]]:
        """The figure by group, and the groups that are not shown because too few are behind them, or behind what the
        report's figures of other channels leave of them."""
        figures = self._by_group(code, first, last, by, channel)
        hidden = hidden_groups(figures, is_part=True)
        wholes = [each for of, each in self.shown if of == code and channel_groups.is_within(channel, each)]
        return figures, hidden.union(*(self._beside(code, first, last, by, channel, whole) for whole in wholes))

    def is_hidden(self, code: str, first: date, last: date, channel: str = EVERY) -> bool:
        """Whether the figure of the centre is not shown."""
        return "" in self.grouped(code, first, last, GroupBy.NOTHING, channel)[1]

    def _by_group(self, code: str, first: date, last: date, by: GroupBy, channel: str) -> dict[str, Figure]:
        totals = self.totals(code, first, last, by, channel)
        return {group: self._figure(code, each, channel) for group, each in totals.items()}

    def _beside(self, code: str, first: date, last: date, by: GroupBy, channel: str, whole: str) -> set[str]:
        """The groups of a channel that would tell, beside those of its whole, what a few others came to: by itself, and
        together with the channels that share the whole with it."""
        parts = channel_groups.outermost(
            {each for of, each in self.shown if of == code and channel_groups.is_within(each, whole)}
        )
        alone = self._by_group(code, first, last, by, channel)
        found = {each: self._by_group(code, first, last, by, each) for each in parts if channel in parts}
        every = {group: each for group, each in self._by_group(code, first, last, by, whole).items() if group in alone}
        hidden = hidden_groups({group: _rest(each, alone[group]) for group, each in every.items()}, is_part=True)
        for group, each in every.items() if found else ():
            shares = {part: of_part.get(group, Figure(None, 0)) for part, of_part in found.items()}
            if channel in hidden_groups(shares | {"": _rest(each, *shares.values())}, is_part=True):
                hidden.add(group)
        return hidden

    def _figure(self, code: str, totals: Totals, channel: str) -> Figure:
        used = self.definition(code, channel)
        return used.of(as_if_promised(totals, used, self.within(code, channel)))

    def targets_of(self, code: str, channel: str = EVERY) -> list[TargetReality]:
        """As of each agreement, one after the other."""
        return [each for held in self.held for each in held.targets_of(code, channel)]

    def targets_in_words(self, code: str, channel: str = EVERY) -> list[tuple[str, TargetReality]]:
        """Each with its words; with its days where the period has several agreements."""
        return [
            (self.words_of(each.target, held), each) for held in self.held for each in held.targets_of(code, channel)
        ]  # fmt: skip

    def words_of(self, target: AgreementTarget, held: HeldAgreement) -> str:
        said = target_words(target)
        return f"{held.in_words}: {said}" if len(self.held) > 1 else said

    def within(self, code: str, channel: str = EVERY) -> int | None:
        """The promise in seconds that the latest agreement computes the figure with; None for the queues' own."""
        latest = (each for held in reversed(self.held) for each in held.targets_of(code, channel))
        return next((each.target.within for each in latest), None)

    def name(self, code: str, channel: str = EVERY) -> str:
        """The name of the figure, with its channel and the promise that the agreement computes it with."""
        name = _formula_words(code, self.within(code, channel))
        return f"{name}, {channel_groups.name_of(channel).lower()}" if channel else name

    def remarks(self) -> Iterator[str]:
        """Where the report uses another formula or other days than the agreement, or an older version than holds
        now; and which days are imported."""
        if imported := self.imported():
            yield imported
        if any(starmap(self.targets_of, self.used)):
            yield from self._other_days()
        for (code, channel), used in sorted(self.used.items(), key=lambda item: item[0]):
            newest = definition(code, on=self.last)
            if newest != used:
                said = {"name": self.name(code, channel), "used": used.name, "newest": newest.name}
                yield _("%(name)s er gjort op som aftalt (%(used)s). %(newest)s er kommet til siden.") % said
            for words, each in self.targets_in_words(code, channel):
                if each.target.within != self.within(code, channel):
                    yield _("%(target)s: målet er gjort op med et andet løfte end det viste tal.") % {"target": words}
        for code in sorted({code for code, _channel in self.used}):
            for held in self.held:
                yield from self._other_formula(code, held)
        yield from self._other_channels()

    def _other_channels(self) -> Iterator[str]:
        """Targets of the whole centre on figures that the report shows for other channels alone."""
        codes = {code for code, _channel in self.used}
        for held in self.held:
            for each in held.judged:
                of = each.target
                is_whole = of.service is None and not of.is_floor
                if is_whole and of.kpi in codes and (of.kpi, of.channel) not in self.used:
                    target = {"target": self.words_of(of, held)}
                    yield _("%(target)s: de viste tal er for andre kanaler end målet.") % target

    def imported(self) -> str:
        """Which of the days that were read are imported; "" for none."""
        if not self._read:
            return ""
        first, last = min(key[0] for key in self._read), max(key[1] for key in self._read)
        found = imported_days.within(first, last, {"centre": [self.centre.code]})
        return found.sentence if found else ""

    def _other_days(self) -> Iterator[str]:
        """The days of the period on which no agreement or another one held."""
        if len(self.held) > 1:
            spans = ", ".join(held.in_words for held in self.held)
            yield _("Perioden har flere aftaler (%(days)s). Hvert mål er gjort op på sin egen aftales dage.") % {
                "days": spans
            }
            return
        (first, last), *_rest = (held.span for held in self.held)
        if first > self.first:
            day = {"day": f"{first:%d.%m.%Y}"}
            yield _("Aftalen gælder fra %(day)s. Om målene er nået, er gjort op fra den dag.") % day
        if last < self.last:
            day = {"day": f"{last:%d.%m.%Y}"}
            yield _("Aftalen gjaldt til og med %(day)s. Om målene er nået, er gjort op til den dag.") % day

    def _other_formula(self, code: str, held: HeldAgreement) -> Iterator[str]:
        """Another figure of the same family answers the same question by another formula."""
        agreed = {each.target.kpi for each in held.judged}
        others = agreed & alike(code)
        if code in agreed or not others:
            return
        named = sorted(
            {(each.target.kpi, each.target.within or 0) for each in held.judged if each.target.kpi in others}
        )
        agreed_words = "; ".join(_formula_words(each, within) for each, within in named)
        said = {"name": FIGURE_NAMES[code], "agreed": agreed_words}
        if len(self.held) > 1:
            said |= {"days": held.in_words}
            yield _("%(name)s er en anden formel end den, aftalen for %(days)s bygger på: %(agreed)s.") % said
        else:
            yield _("%(name)s er en anden formel end den, aftalen bygger på: %(agreed)s.") % said


def _formula_words(code: str, within: int | None) -> str:
    """The name of a figure, and the promise in seconds that it is computed with in place of the queues' own."""
    return promised_words(code, within) if within else str(FIGURE_NAMES[code])


def _rest(whole: Figure, *parts: Figure) -> Figure:
    """What parts that do not overlap leave of their whole."""
    return Figure(None, max(whole.base - sum(each.base for each in parts), 0))


def _held(agreement: CooperationAgreement, days: DateRange) -> HeldAgreement:
    """As the page of the agreement: only the days on which it holds count."""
    counted = reality.measure_for(agreement, days)
    return HeldAgreement(agreement, days, tuple(reality.of_agreement(agreement, counted)))


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
