"""Services in their segments: what the documents say, what was decided, and what live data propose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Avg, Count, F, Min, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.analysis.indicators import IndicatorProposal, LiveEvidence, proposals
from indgang.analysis.registrations import AT_ONCE
from indgang.analysis.segment_models import SegmentDecision
from indgang.analysis.segments import SCALES, Indicators, Segment, segment
from indgang.catalogue import changes, offering
from indgang.catalogue.models import Service
from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange
from indgang.enquiries.models import Question
from indgang.feedback.studies import reference, rights
from indgang.feedback.studies.reference import SegmentedService
from indgang.handover.models import Handover
from indgang.knowledge.models import Article
from indgang.measures.period import Period

#: the days that live data are taken from
DAYS = 365
#: in the order of `Indicators`
NAMES = ("enquiries_per_case", "interfaces", "target_group_breadth", "variation")


@dataclass(frozen=True, slots=True)
class SegmentedNow:
    """A service of the catalogue. `like` is the documents' row; `decision` the latest one."""

    service: Service
    like: SegmentedService | None
    decision: SegmentDecision | None

    @property
    def indicators(self) -> Indicators | None:
        """Those that were decided, else the documents'."""
        found = self.decision.indicators if self.decision else self.like.indicators if self.like else None
        return Indicators(*found) if found else None

    @property
    def cases(self) -> int | None:
        return self.service.cases_per_year

    @property
    def segment(self) -> Segment | None:
        """The one that its feedback follows: that of the catalogue."""
        there = self.service.complexity, self.service.volume
        return Segment(*there) if all(there) else None

    @property
    def is_override(self) -> bool:
        return self.decision is not None and self.decision.is_override


def overview(services: Iterable[Service]) -> list[SegmentedNow]:
    """Each service with its decision and the documents' row. One query."""
    listed = list(services)
    rows = SegmentDecision.objects.filter(service__in=listed).select_related("decided_by")
    latest = {row.service_id: row for row in rows.order_by("decided_at", "pk")}
    return [SegmentedNow(each, _like(each, latest.get(each.pk)), latest.get(each.pk)) for each in listed]


def _like(service: Service, decision: SegmentDecision | None) -> SegmentedService | None:
    """By its name and the number of cases that it had before anything was decided: a decision changes the number."""
    kept = decision.printed_cases if decision else None
    return reference.row_of(service.name, service.cases_per_year if kept is None else kept)


@transaction.atomic
def decide(service: Service, values: Mapping[str, Any], *, by: Person, at: datetime) -> SegmentDecision:
    """Accept indicators and cases for a service, and put it in a segment: that of the rule, or another with a reason.

    The catalogue takes the segment over, and feedback packages follow it. Raises RefusedChange, by field, and for
    whoever does not decide for the service's unit.
    """
    locked = Service.objects.select_for_update(of=("self",), no_key=True).select_related("unit").get(pk=service.pk)
    if locked.unit is None or not rights.may_decide(by, locked.unit):
        raise RefusedChange({"": _("Kun den, der beslutter for ydelsens enhed, kan ændre segmentet.")})
    for name, (low, high) in zip(NAMES, SCALES, strict=True):
        if not low <= values[name] <= high:
            raise RefusedChange({name: _("Vælg mellem %(low)s og %(high)s.") % {"low": low, "high": high}})
    there = segment(Indicators(*(values[name] for name in NAMES)), values["cases_a_year"])
    own = {name: "" if values[name] == getattr(there, name) else values[name] for name in ("complexity", "volume")}
    like = overview([locked])[0].like
    made = SegmentDecision(decided_by=by, decided_at=at, printed_cases=like.cases if like else None)
    reason = mask_cpr(values["reason"])
    changes.save(made, {**values, **own, "reason": reason, "service": locked}, by=by, at=at, why=reason)
    offering.save_segment(
        locked, cases_per_year=values["cases_a_year"], volume=own["volume"] or there.volume,
        complexity=own["complexity"] or there.complexity, why=reason, by=by, at=at,
    )  # fmt: skip
    return made


# --- what live data say -----------------------------------------------------------------------------


def proposed(services: Iterable[Service], today: date) -> dict[int, tuple[LiveEvidence, tuple[IndicatorProposal, ...]]]:
    """What was registered about each service in the year before today, and what it proposes. Five queries."""
    listed = list(services)
    period = Period.days(today - timedelta(days=DAYS), today - timedelta(days=1))
    asked = Question.objects.filter(registered_at__gte=period.start, registered_at__lt=period.end)
    found = _evidence(listed, asked.filter(service__in=listed), period)
    return {each.pk: (found[each.pk], proposals(found[each.pk], each.cases_per_year)) for each in listed}


def with_proposals(indicators: Indicators, proposals: Sequence[IndicatorProposal]) -> Indicators | None:
    """The indicators with what live data propose in their place; None when that is the same."""
    values = dict(zip(NAMES, indicators.values, strict=True))
    values |= {each.indicator: each.value for each in proposals if each.value is not None}
    found = Indicators(**values)
    return None if found == indicators else found


def _evidence(services: list[Service], asked: Any, period: Period) -> dict[int, LiveEvidence]:
    days = _days(asked, period)
    purposes: dict[int, dict[str, int]] = defaultdict(dict)
    at_once: dict[int, int] = defaultdict(int)
    for service, purpose, number, resolved in (
        asked.order_by().values("service", "purpose__code")
        .annotate(number=Count("pk"), resolved=Count("pk", filter=Q(outcome__in=AT_ONCE)))
        .values_list("service", "purpose__code", "number", "resolved")
    ):  # fmt: skip
        purposes[service][purpose] = number
        at_once[service] += resolved
    talked = F("enquiry__talk_seconds") + Coalesce(F("enquiry__hold_seconds"), 0.0)
    minutes = dict(
        asked.filter(enquiry__talk_seconds__gt=0).order_by().values("service").annotate(mean=Avg(talked / 60.0))
        .values_list("service", "mean")
    )  # fmt: skip
    units: dict[int, dict[str, int]] = defaultdict(dict)
    handed = Handover.objects.filter(service__in=services, sent_at__gte=period.start, sent_at__lt=period.end)
    for service, unit, number in handed.order_by().values_list("service", "unit__name").annotate(number=Count("pk")):
        units[service][unit] = number
    standing = Article.objects.filter(service__in=services, withdrawn_at=None).order_by()
    articles = dict(standing.values_list("service").annotate(number=Count("pk")))
    return {
        each.pk: LiveEvidence(
            days.get(each.pk, DAYS), sum(purposes[each.pk].values()), at_once[each.pk], minutes.get(each.pk),
            purposes[each.pk], units[each.pk], articles.get(each.pk, 0),
        )
        for each in services
    }  # fmt: skip


def _days(asked: Any, period: Period) -> dict[int, int]:
    """By service that was asked about, from the first question on: one that is a month old has a month."""
    firsts = asked.order_by().values_list("service").annotate(first=Min("registered_at"))
    return {service: max((period.end - first).days, 1) for service, first in firsts}
