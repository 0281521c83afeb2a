"""Services in their segments as plain data, for the API and the command."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from indgang.analysis import segmenting, segments
from indgang.analysis.indicators import IndicatorProposal, LiveEvidence
from indgang.analysis.segment_models import SegmentDecision
from indgang.analysis.segmenting import NAMES, SegmentedNow
from indgang.analysis.segments import Indicators, ServiceOnMap, segment
from indgang.catalogue.models import Service
from indgang.feedback.studies import reference
from indgang.feedback.studies.reference import SegmentedService


def of_services(services: Iterable[Service], today: date) -> dict[str, Any]:
    """Each service with its segment, the latest decision, the documents' row, what was registered in the year before
    today, and what that proposes; and the documents' services that are none of these. Six queries."""
    listed = list(services)
    proposed = segmenting.proposed(listed, today)
    every = segmenting.overview(listed)
    there = {each.like for each in every if each.like}
    missing = [each for each in reference.services() if each not in there]
    return {
        "services": [_service(each, *proposed[each.service.pk]) for each in every],
        "documents_only": [of_document(each) for each in segments.on_map(missing)],
    }


def of_document(each: ServiceOnMap) -> dict[str, Any]:
    """A service as the documents have it, by the rules; `packages` are proposed, `may_add` left to the owner."""
    return {
        "name": each.name, "cases_a_year": each.cases, "indicators": _named(each.indicators),
        "index": each.indicators.index, "complexity": each.segment.complexity, "volume": each.segment.volume,
        "packages": sorted(each.segment.proposal.packages), "may_add": sorted(each.segment.proposal.may),
        "as_printed": each.is_as_printed, "source": each.source,
    }  # fmt: skip


def _service(
    now: SegmentedNow, evidence: LiveEvidence, proposals: Sequence[IndicatorProposal]
) -> dict[str, Any]:  # fmt: skip
    """Values are None for a service without indicators, and for one in no segment."""
    there, found = now.segment, now.indicators
    return {
        "service": now.service.code, "name": now.service.name, "cases_a_year": now.cases,
        "indicators": _named(found) if found else None, "index": found.index if found else None,
        "complexity": there.complexity if there else None, "volume": there.volume if there else None,
        "packages": sorted(there.proposal.packages) if there else [],
        "may_add": sorted(there.proposal.may) if there else [],
        "is_override": now.is_override, "decision": _decision(now.decision) if now.decision else None,
        "documents": _printed(now.like) if now.like else None,
        "evidence": {
            "days": evidence.days, "questions": evidence.questions, "resolved_percent": evidence.resolved_percent,
            "mean_minutes": evidence.minutes, "handovers": evidence.handovers, "articles": evidence.articles,
        },
        "proposals": {
            each.indicator: {"value": each.value, "measured": each.measured, "needed": each.needed}
            for each in proposals
        },
        "proposed": _moved(now, proposals),
    }  # fmt: skip


def _moved(now: SegmentedNow, proposals: Sequence[IndicatorProposal]) -> dict[str, Any] | None:
    """The index and segment with the proposals in place; None when they are the same indicators."""
    found = segmenting.with_proposals(now.indicators, proposals) if now.indicators else None
    if found is None:
        return None
    there = segment(found, now.cases or 0)
    return {"index": found.index, "complexity": there.complexity, "volume": there.volume}


def _decision(made: SegmentDecision) -> dict[str, Any]:
    return {"by": made.decided_by.name, "at": made.decided_at.isoformat(), "reason": made.reason}


def _printed(row: SegmentedService) -> dict[str, Any]:
    (found,) = segments.on_map([row])
    return of_document(found)


def _named(indicators: Indicators) -> dict[str, int]:
    return dict(zip(NAMES, indicators.values, strict=True))
