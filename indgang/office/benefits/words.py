"""Benefits in words: how they are measured, what a month came to, and why there is no data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indgang.agreements.models import AgreementTarget
from indgang.catalogue.models import Service
from indgang.core.clock import day_of
from indgang.history.imported_days import ImportedDays
from indgang.measures.definitions import versioned
from indgang.measures.figure_names import FIGURE_NAMES
from indgang.plots.numbers import ValueUnit, written
from indgang.programme.benefits.course import CourseOfBenefit, MonthOfBenefit
from indgang.programme.benefits.following import BenefitEstimate, BenefitSum, NoData
from indgang.programme.benefits.models import BenefitVersion
from indgang.programme.benefits.recomputed import AmountBasis
from indgang.programme.benefits.terms import MeasureWay


@dataclass(frozen=True, slots=True)
class BenefitMonthRow:
    """A month in words. `reason` is that of a closed month; `both_ways` what the unit of today gives."""

    month: str
    expected_value: str
    value: str
    expected: str
    realised: str
    reason: str
    closed: str
    both_ways: str
    imported: str


def unit_of(version: BenefitVersion) -> ValueUnit:
    if version.measure is MeasureWay.FIGURE:
        return ValueUnit(versioned(version.kpi, version.kpi_version or 0).unit)
    return ValueUnit.KRONER if version.measure is MeasureWay.NOT else ValueUnit.COUNT


def measured_by(version: BenefitVersion) -> str:
    """`Henvendelser (version 1), 2nd level, enhedens 2 ydelser`."""
    if version.measure is MeasureWay.NOT:
        return _("Kan ikke måles: %(why)s") % {"why": version.not_measured}
    if version.measure is not MeasureWay.FIGURE:
        said = str(version.get_way_display())
        of = version.centre.name if version.centre else _listed(version.services, _names(version.services))
        return f"{said}: {of}" if of else said
    name = str(FIGURE_NAMES.get(version.kpi, version.kpi))
    parts = [_("%(name)s (version %(version)s)") % {"name": name, "version": version.kpi_version}]
    parts += [str(AgreementTarget.Level(version.level).label)] if version.level else []
    if count := len(version.services):
        parts.append(ngettext("enhedens %(count)s ydelse", "enhedens %(count)s ydelser", count) % {"count": count})
    parts += [version.centre.name] if version.centre else []
    return ", ".join(parts)


def baseline(version: BenefitVersion) -> str:
    """`20,4 (18,1–22,7), målt 01.09.2025–31.12.2025`."""
    if version.baseline_value is None or version.baseline_first is None or version.baseline_last is None:
        return _("Intet")
    unit = unit_of(version)
    period = f"{version.baseline_first:%d.%m.%Y}\N{EN DASH}{version.baseline_last:%d.%m.%Y}"
    value = written(version.baseline_value, unit)
    if version.baseline_source:
        return _("%(value)s, %(period)s (%(source)s)") % {
            "value": value, "period": period, "source": version.baseline_source,
        }  # fmt: skip
    between = _between(version.baseline_low, version.baseline_high, unit)
    return _("%(value)s%(between)s, målt %(period)s") % {"value": value, "between": between, "period": period}


def kroner(amount: BenefitEstimate | None) -> str:
    """With the interval; a dash without data."""
    if amount is None:
        return "\N{EN DASH}"
    return written(amount.value, ValueUnit.KRONER) + _between(amount.low, amount.high, ValueUnit.COUNT)


def steps(version: BenefitVersion) -> list[str]:
    """`februar 2026: 50 %` each."""
    return [
        f"{date_format(each.month, 'F Y')}: {written(100 * each.share, ValueUnit.PERCENT)}" for each in version.phasing
    ]


def amount(value: float | None) -> str:
    return "\N{EN DASH}" if value is None else written(value, ValueUnit.KRONER)


def _between(low: float | None, high: float | None, unit: ValueUnit) -> str:
    if low is None or high is None or low == high:
        return ""
    return _(" (%(low)s til %(high)s)") % {"low": written(low, unit), "high": written(high, unit)}


def months_with_data(found: BenefitSum) -> str:
    said = ngettext("%(measured)s af %(over)s måned", "%(measured)s af %(over)s måneder", found.over)
    return said % {"measured": found.measured, "over": found.over}


def no_data(why: NoData | None) -> str:
    return {
        NoData.NOT_OVER: _("Måneden er ikke slut"),
        NoData.TOO_FEW: _("For få henvendelser til at vise"),
        NoData.NOT_MEASURABLE: _("Kan ikke måles"),
    }.get(why or NoData.NOTHING, _("Ingen data"))


def rows(found: CourseOfBenefit, imported: Mapping[date, ImportedDays]) -> list[BenefitMonthRow]:
    """The months, the newest first; months ahead last in time are left to the plot."""
    names = _names(_moved(found))
    unit = unit_of(found.version)
    over = [each for each in reversed(found.months) if each.facts.is_over]
    return [_row(each, unit, names, imported.get(each.facts.month)) for each in over]


def _names(codes: Sequence[str]) -> dict[str, str]:
    return dict(Service.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}


def _moved(found: CourseOfBenefit) -> list[str]:
    return [code for each in found.months for code in (*each.gone, *each.new)]


def _row(
    month: MonthOfBenefit, unit: ValueUnit, names: dict[str, str], imported: ImportedDays | None
) -> BenefitMonthRow:  # fmt: skip
    facts, closed = month.facts, month.closed
    value = no_data(facts.why)
    if facts.measured is not None and facts.measured.value is not None:
        value = written(facts.measured.value, unit) + _between(facts.measured.low, facts.measured.high, unit)
    expected = facts.expected_value
    return BenefitMonthRow(
        date_format(facts.month, "F Y"), "\N{EN DASH}" if expected is None else written(expected, unit), value,
        amount(facts.expected), kroner(month.realised), closed.reason if closed else "",
        f"{closed.closed_by.name}, {day_of(closed.closed_at):%d.%m.%Y}" if closed else "",
        _both_ways(month, unit, names), imported.sentence if imported else "",
    )  # fmt: skip


def _both_ways(month: MonthOfBenefit, unit: ValueUnit, names: dict[str, str]) -> str:
    if not month.is_reorganised:
        return ""
    parts = []
    if month.gone:
        parts.append(_("%(services)s er flyttet fra enheden.") % {"services": _listed(month.gone, names)})
    if month.new:
        parts.append(_("%(services)s er kommet til.") % {"services": _listed(month.new, names)})
    if month.now is not None and month.now.value is not None:
        parts.append(_("Enheden, som den er nu: %(value)s.") % {"value": written(month.now.value, unit)})
    return " ".join(parts)


def _listed(codes: Sequence[str], names: dict[str, str]) -> str:
    return ", ".join(names.get(code, code) for code in codes)


def basis(known: AmountBasis) -> str:
    return {
        AmountBasis.MEASURED: _("målt"),
        AmountBasis.PARTLY: _("delvist målt"),
        AmountBasis.CARRIED_ON: _("efter prognosen"),
        AmountBasis.ASSUMED: _("antaget"),
    }[known]
