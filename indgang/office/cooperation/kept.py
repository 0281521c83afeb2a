"""The page that holds the targets of an agreement against what was reached in a month or a quarter."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.agreements import reality
from indgang.agreements.models import AgreementTarget, CooperationAgreement
from indgang.agreements.reality import LevelsTogether, MeasuredDays, ServiceReality, TargetReality
from indgang.agreements.targets import Limit, TargetVerdict
from indgang.agreements.words import (
    baseline_figure_words,
    channel_costs,
    cost_words,
    figure_words,
    heading_words,
    kroner_words,
    unit_of,
    value_words,
)
from indgang.core import clock
from indgang.core.ranges import DateRange
from indgang.enquiries.models import Channel
from indgang.measures.definitions import Figure, hidden_groups, is_too_few
from indgang.measures.group_names import group_names
from indgang.measures.rollups import reading
from indgang.measures.rollups.facts import Measure
from indgang.measures.rollups.reading import GroupBy
from indgang.office.cooperation import access
from indgang.office.cooperation.forms import AgreedPeriodFilter
from indgang.office.figures.addresses import FigureAddresses, ShownFigure


@dataclass(frozen=True, slots=True)
class ServiceShown:
    name: str
    value: str
    verdict: TargetVerdict


@dataclass(frozen=True, slots=True)
class TargetShown:
    """A row of the page, in words."""

    heading: str
    address: str
    """The page of the figure; empty where it has none."""
    definition: str
    agreed: str
    limit: str
    baseline: str
    now: str
    base: int
    verdict: TargetVerdict
    services: list[ServiceShown]
    queues: list[ServiceShown]
    notes: list[str]


@require_GET
@requires(P.SEE_FIGURES, P.SIGN_COOPERATION)
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """Each target: agreed, baseline, reached, kept or not."""
    shown, today = access.agreement_for(person_of(request), pk), clock.today()
    form = AgreedPeriodFilter(request.GET, today=today)
    sees_centre = access.centres_seen(person_of(request)).filter(pk=shown.centre_id).exists()
    days = _days(shown, form.days, also_without=sees_centre)
    counted = reality.measure_for(shown, reality.over(days, today=today) if days else None, also=[0])
    found = reality.of_agreement(shown, counted)
    answered = counted.of(AgreementTarget.Level.BOTH).contacts.answered
    queues = reality.of_queues(found, shown.centre.code, counted, _queue_names)
    address_of = partial(_address, counted=counted, addresses=FigureAddresses(person_of(request)))
    context: dict[str, Any] = {
        "agreement": shown,
        "state": shown.state_on(today),
        "form": form,
        "days": counted.days,
        "last_day": _last(counted),
        "is_over": days is not None and days.end is not None and days.end <= today,
        "holds": days is not None and shown.is_signed and _holds(shown, days),
        "is_anothers": days is None,
        "rows": [_shown(each, queues.get(each.target.pk, []), address_of(each)) for each in found],
        "cost": cost_words(shown, counted.days, answered) if counted.days else "–",
        "costs": _costs(shown, counted),
        "answered": answered,
        "answered_is_small": is_too_few(answered),
        "together": list(_together(reality.together(found, counted))),
    }
    return render(request, "office/cooperation/kept.html", context)


def _costs(shown: CooperationAgreement, counted: MeasuredDays) -> list[tuple[str, str, str]]:
    """Each channel with its contacts and what each has cost; both hidden where few are behind them."""
    if counted.period is None or counted.days is None:
        return []
    only = {"centre": [shown.centre.code]}
    by_channel = reading.totals(counted.period, by=GroupBy.CHANNEL, only=only, times=False, entered=())
    handled = reading.times(Measure.HANDLED, counted.period, by=GroupBy.CHANNEL, only=only)
    found = channel_costs(shown, counted.days, by_channel, handled)
    hidden = hidden_groups({each.channel: Figure(None, each.contacts) for each in found}, is_part=True)
    names = dict(Channel.choices)
    return [
        (str(names.get(each.channel, each.channel)), "", _("for få")) if each.channel in hidden
        else (str(names.get(each.channel, each.channel)), number_format(each.contacts, force_grouping=True),
              kroner_words(each.of_each))
        for each in found
    ]  # fmt: skip


def _days(shown: CooperationAgreement, days: DateRange, *, also_without: bool) -> DateRange | None:
    """The days of the period on which the agreement holds; `also_without`: all of them when it holds on none. Who was a
    party once does not see what the centre does today."""
    common = days.intersection(DateRange(shown.valid_from, shown.valid_to)) if shown.is_signed else None
    return common or (days if also_without else None)


def _holds(shown: CooperationAgreement, days: DateRange) -> bool:
    return days.start is not None and shown.valid_on(days.start)


def _last(counted: MeasuredDays) -> Any:
    return counted.days.end - timedelta(days=1) if counted.days and counted.days.end else None


def _queue_names(codes: Collection[str]) -> Mapping[str, str]:
    return group_names(GroupBy.QUEUE, dict.fromkeys(codes))


def _parts(found: Iterable[ServiceReality], unit: str) -> list[ServiceShown]:
    return [ServiceShown(each.name, figure_words(each.value, unit), each.verdict) for each in found]


def _address(found: TargetReality, *, counted: MeasuredDays, addresses: FigureAddresses) -> str:
    """Of the page of the figure, on the days that count for the target; a floor has many figures and no page."""
    target, last = found.target, _last(counted)
    if target.is_floor or counted.days is None or counted.days.start is None:
        return ""
    first = max(counted.days.start, found.counts_from or counted.days.start)
    service = target.service.code if target.service else ""
    return addresses.of(
        ShownFigure(
            found.kpi, first, last, target.agreement.centre.code, service, target.channel, target.level, target.within
        )
    )


def _shown(found: TargetReality, queues: Iterable[ServiceReality], address: str) -> TargetShown:
    target, unit = found.target, unit_of(found.target)
    return TargetShown(
        heading=heading_words(target),
        address=address,
        definition=found.kpi.name,
        agreed=f"{target.get_aim_display()} {value_words(target)}",
        limit=limit_words(found.limit, unit)
        if target.aim in (AgreementTarget.Aim.UP, AgreementTarget.Aim.DOWN)
        else "",
        baseline=baseline_figure_words(found.baseline, found.kpi) if found.baseline else "",
        now=figure_words(found.figure.value, unit),
        base=found.figure.base,
        verdict=found.verdict,
        services=_parts(found.services, unit),
        queues=_parts(queues, unit),
        notes=list(_notes(found)),
    )


def limit_words(limit: Limit | None, unit: str) -> str:
    """`mindst 55,0 %`; empty without a limit."""
    if limit is None:
        return ""
    word = AgreementTarget.Aim.AT_LEAST.label if limit.at_least else AgreementTarget.Aim.AT_MOST.label
    return f"{word} {figure_words(limit.value, unit)}"


def _notes(found: TargetReality) -> Iterator[str]:
    if found.is_within_chance:
        yield _("Forbedringen er mindre end usikkerheden på udgangspunktet: den kan være et tilfælde.")
    elif found.baseline and found.baseline.is_uncertain:
        yield _("Udgangspunktet er usikkert.")
    if found.counts_from:
        yield _("Ydelsen kom til centret %(day)s: målet tæller fra den dag.") % {"day": f"{found.counts_from:%d.%m.%Y}"}
    if found.switched:
        said = {
            "day": f"{found.switched.kpi.valid_from:%d.%m.%Y}", "agreed": found.kpi.version,
            "newest": found.switched.kpi.version, "value": figure_words(found.switched.figure.value, found.kpi.unit),
        }  # fmt: skip
        yield _(
            "Version %(newest)s af nøgletallet gælder fra %(day)s. Aftalen siger version %(agreed)s, så hele perioden "
            "er regnet med den. Version %(newest)s giver %(value)s."
        ) % said  # fmt: skip


def _together(found: list[LevelsTogether]) -> Iterator[tuple[str, str]]:
    """What the targets of services make together, as a heading and a sentence."""
    for each in found:
        unit, parts = each.kpi.unit, each.parts
        heading = heading_words(
            AgreementTarget(kpi=each.kpi.code, level=each.level, channel=each.channel, within=each.within)
        )
        said = {
            "value": figure_words(parts.value, unit), "base": number_format(parts.base, force_grouping=True),
            "whole": number_format(parts.whole_base, force_grouping=True),
            "target": figure_words(each.target, unit), "rest": figure_words(parts.rest, unit),
            "difference": figure_words(parts.difference, unit),
        }  # fmt: skip
        sentence = _("Ydelsernes mål giver tilsammen %(value)s, vægtet efter %(base)s af %(whole)s henvendelser.")
        if parts.difference is not None:
            sentence += " " + _("Målet for hele centret er %(target)s: forskellen er %(difference)s.")
        elif parts.rest is not None:
            sentence += " " + _("For at hele centret når %(target)s, skal resten nå %(rest)s.")
        yield heading, sentence % said
