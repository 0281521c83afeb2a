"""Targets and terms of a cooperation agreement in words, as the page, the PDF and the list of changes show them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.agreements import baselines
from indgang.agreements.models import AgreementTarget, Baseline, CooperationAgreement
from indgang.agreements.price import AgreedPrice
from indgang.agreements.targets import decimals_of
from indgang.core.ranges import DateRange
from indgang.measures import channel_groups
from indgang.measures.baselines import MeasuredFigure
from indgang.measures.channel_cost import ChannelCost, shared
from indgang.measures.definitions import DEFINITIONS, Adding, Definition, versioned
from indgang.measures.figure_names import FIGURE_NAMES
from indgang.measures.sums import Duty
from indgang.measures.totals import Times, Totals

_UNITS = {
    "percent": "%", "seconds": gettext_lazy("sekunder"), "count": gettext_lazy("om dagen"),
    "per_hour": gettext_lazy("i timen"), "index": gettext_lazy("i indeks"), "kroner": gettext_lazy("kr."),
    "kroner_a_day": gettext_lazy("kr. om dagen"),
}  # fmt: skip


def target_words(target: AgreementTarget) -> str:
    """`Straksafklaring, 1st level: mindst 70 %`."""
    said = f"{heading_words(target)}: {target.get_aim_display()} {value_words(target)}"
    return said if target.baseline is None else f"{said} ({baseline_words(target.baseline)})"


def signed_words(target: AgreementTarget) -> str:
    """What both parties sign for: the target with what its baseline was, and the days left out of it."""
    figure = baselines.of_targets([target]).get(target.pk)
    if target.baseline is None or figure is None:
        return target_words(target)
    said = f"{target_words(target)}: {baseline_figure_words(figure, versioned(target.kpi, target.version))}"
    left_out = "; ".join(str(each) for each in target.baseline.excluded_days.all())
    return f"{said}. {_('Udeladt: %(days)s') % {'days': left_out}}" if left_out else said


def baseline_figure_words(figure: MeasuredFigure, kpi: Definition) -> str:
    """`51,2 % (95 %-interval 48,0–54,4; n = 1.234)`."""
    said = {"value": figure_words(figure.value, kpi.unit), "base": number_format(figure.base, force_grouping=True)}
    if figure.low is None or figure.high is None:
        return _("%(value)s (n = %(base)s, for få uger til et interval)") % said
    said |= {"low": figure_words(figure.low, ""), "high": figure_words(figure.high, "")}
    return _("%(value)s (95 %%-interval %(low)s–%(high)s, n = %(base)s)") % said


def heading_words(target: AgreementTarget) -> str:
    """`Straksafklaring, 1st level`."""
    return ", ".join(str(each) for each in _heading(target))


def baseline_words(baseline: Baseline) -> str:
    """`målt 01.01.2026–31.03.2026`."""
    days = {"first": f"{baseline.first_day:%d.%m.%Y}", "last": f"{baseline.last_day:%d.%m.%Y}"}
    return _("målt %(first)s–%(last)s") % days


def figure_words(value: float | None, unit: str) -> str:
    """A figure as pages show it, with one decimal, kroner with two; "–" for no data."""
    if value is None:
        return "–"
    decimals = decimals_of(unit)
    number = number_format(round(value, decimals), decimals, force_grouping=True)
    return f"{number}\N{NO-BREAK SPACE}{_UNITS.get(unit, '')}".rstrip()


def value_words(target: AgreementTarget) -> str:
    """The value with its unit: improvements are percent of the baseline."""
    unit = "percent" if target.aim in (AgreementTarget.Aim.UP, AgreementTarget.Aim.DOWN) else unit_of(target)
    return f"{number_format(target.value.normalize())} {_UNITS.get(unit, '')}".rstrip()


def terms_words(agreement: CooperationAgreement) -> Iterator[tuple[str, str]]:
    """Volume, staffing and price as headings with values; "–" for what is not agreed."""
    yield _("Henvendelser om året"), _number(agreement.enquiries_a_year)
    yield _("Årsværk"), _number(agreement.full_time)
    yield _("Pris om året"), _kroner(agreement.price)
    yield _("Pris for hver henvendelse"), _kroner(price_of(agreement).for_each(agreement.enquiries_a_year or 0))
    yield _("Prisen falder"), _fall(agreement)


def price_of(agreement: CooperationAgreement) -> AgreedPrice:
    return AgreedPrice(agreement.price or Decimal(0), agreement.price_falls_percent, agreement.price_falls_after_years)


def cost_words(agreement: CooperationAgreement, days: DateRange, answered: int) -> str:
    """What each answered contact has cost in these days by the agreed price; "–" without a price or a contact."""
    if agreement.price is None or days.start is None or days.end is None or not answered:
        return "–"
    return _kroner(price_of(agreement).of_days(agreement.price_began, days.start, days.end) / answered)


def channel_costs(
    agreement: CooperationAgreement, days: DateRange, by_channel: Mapping[str, Totals], handled: Mapping[str, Times]
) -> list[ChannelCost]:
    """The agreed price of these days by channel (`channel_cost`); nothing without a price. `by_channel` are the totals
    of the centre, by channel, and "" what belongs to none: time on duty."""
    if agreement.price is None or days.start is None or days.end is None:
        return []
    kroner = price_of(agreement).of_days(agreement.price_began, days.start, days.end)
    answered = {channel: each.contacts.answered for channel, each in by_channel.items() if channel}
    duty = by_channel[""].duty if "" in by_channel else Duty()
    return shared(kroner, answered, handled, duty)


def kroner_words(value: Decimal | None) -> str:
    """`53,33 kr.`"""
    return _kroner(value)


def variant_words(code: str) -> str:
    """The short name of a service level: `SL4`."""
    return code.rpartition("_")[2].upper()


def promised_words(code: str, seconds: int) -> str:
    """A service level with a promise of its own: `Serviceniveau SL4, svar inden for 20 sekunder`."""
    said = {"name": _("Serviceniveau %(variant)s") % {"variant": variant_words(code)}, "seconds": seconds}
    return _("%(name)s, svar inden for %(seconds)s sekunder") % said


def _heading(target: AgreementTarget) -> Iterator[object]:
    if target.within is None:
        yield FIGURE_NAMES.get(target.kpi, target.kpi)
    else:
        yield _("Serviceniveau %(variant)s") % {"variant": variant_words(target.kpi)}
        yield _("svar inden for %(seconds)s sekunder") % {"seconds": target.within}
    if target.level != AgreementTarget.Level.BOTH:
        yield AgreementTarget.Level(target.level).label
    if target.service is not None:
        yield target.service.name
    if target.channel:
        yield channel_groups.name_of(target.channel)
    if target.is_floor:
        yield _("bundniveau for hver ydelse")


def unit_of(target: AgreementTarget) -> str:
    """The unit of the target's figure; none for a count that was signed as a plain number, or is not held per day."""
    named = (target.kpi, target.version)
    kpi = next((each for each in DEFINITIONS if (each.code, each.version) == named), None)
    if kpi is None or (kpi.unit == "count" and not (target.is_per_day and kpi.adds is Adding.COUNTS)):
        return ""
    return "kroner_a_day" if kpi.unit == "kroner" and kpi.adds is Adding.COUNTS else kpi.unit


def _fall(agreement: CooperationAgreement) -> str:
    if not agreement.price_falls_percent:
        return _("falder ikke")
    year = agreement.price_falls_after_years
    said = {
        "percent": _number(agreement.price_falls_percent), "years": year, "day": f"{agreement.price_began:%d.%m.%Y}",
        "price": _kroner(price_of(agreement).in_year(year + 1) if agreement.price is not None else None),
    }  # fmt: skip
    return _("%(percent)s %% efter %(years)s år, regnet fra %(day)s, til %(price)s") % said


def _number(value: int | Decimal | None) -> str:
    if value is None:
        return "–"
    plain = value.normalize() if isinstance(value, Decimal) else value
    return number_format(plain, use_l10n=True, force_grouping=True)


def _kroner(value: Decimal | None) -> str:
    return "–" if value is None else _("%(number)s kr.") % {"number": number_format(value, 2, force_grouping=True)}
