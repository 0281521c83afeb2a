"""Gaps and measures as plain data, for the command and for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db.models import Q

from indgang.analysis import gap_effects, page_behaviour, page_visits
from indgang.analysis.gap_models import GapMeasure
from indgang.analysis.gap_rows import FoundGaps
from indgang.analysis.gaps.effect import ChangeEstimate
from indgang.analysis.gaps.ranking import AnswerGap
from indgang.analysis.page_behaviour import PageAt, PageBehaviour
from indgang.analysis.page_visits import PastVisits
from indgang.measures.period import Period


def of_gaps(found: FoundGaps, period: Period, *, visits: Q, page_at: PageAt) -> dict[str, Any]:
    """A number that is too small to be told is null. `visits` are the imported visits that are shown with a page;
    `page_at` says which page of the site a path is."""
    ranked = found.ranked
    behaviour = page_behaviour.of_pages({each.page for each in ranked.gaps if each.page}, period, page_at)
    pages = [page for page in (found.pages.by_slug.get(each.page) for each in ranked.gaps) if page]
    visited = page_visits.of_pages(pages, visits)
    return {
        "from": found.first.isoformat(), "to": found.last.isoformat(), "days": ranked.days,
        "questions": ranked.questions,
        "needing_person": ranked.needing_person if ranked.is_person_told else None, "too_small": ranked.too_small,
        "gaps": [
            _gap(each, found) | _on_site(behaviour.get(each.page), visited.get(each.page)) for each in ranked.gaps
        ],
    }  # fmt: skip


def _gap(gap: AnswerGap, found: FoundGaps) -> dict[str, Any]:
    return {
        "code": gap.code, "kind": gap.kind, "page": gap.page or None, "service": gap.service or None,
        "purpose": gap.purpose or None, "words": [found.written.get(stem, stem) for stem in gap.words],
        "often_with": [found.written.get(stem, stem) for stem in gap.often], "questions": gap.counted,
        "could_be_online": gap.savable, "page_was_open": gap.page_opened, "by_reason": dict(gap.reasons),
        "by_service": dict(gap.services), "by_purpose": dict(gap.purposes),
        "searches": gap.searches.told,
        "a_year": _year(gap),
        "saved_enquiries_a_year": asdict(gap.saved) if gap.saved else None,
    }  # fmt: skip


def _on_site(behaviour: PageBehaviour | None, past: PastVisits | None) -> dict[str, Any]:
    """What readers of the gap's page did, and how often it was visited before; None for a gap without a page."""
    days = {"first": past.first.isoformat(), "last": past.last.isoformat()} if past else {}
    return {
        "behaviour": asdict(behaviour) if behaviour else None,
        "past_visits": asdict(past) | days if past else None,
    }


def _year(gap: AnswerGap) -> dict[str, Any] | None:
    """Without what was counted where the rest of the gap is too small to be told, because it would tell it."""
    if gap.year is None:
        return None
    return asdict(gap.year) | ({"counted": None} if gap.savable is None else {})


def of_measures(measures: Sequence[GapMeasure], *, today: date) -> list[dict[str, Any]]:
    asked = gap_effects.AskedWeekly.about(measures, today=today)
    return [_measure(each, gap_effects.measured(each, today=today, asked=asked)) for each in measures]


def _measure(measure: GapMeasure, measured: gap_effects.EffectWeeks | None) -> dict[str, Any]:
    return {
        "id": measure.pk, "title": measure.title, "kind": measure.kind, "gap": measure.gap or None,
        "service": measure.service.code, "purpose": measure.purpose.code if measure.purpose else None,
        "state": measure.state.value,
        "published_on": measure.published_on.isoformat() if measure.published_on else None,
        "expected_enquiries_a_year": _expected(measure), "effect": _effect(measured) if measured else None,
    }  # fmt: skip


def _expected(measure: GapMeasure) -> dict[str, int | None] | None:
    """What was expected when the measure was decided on."""
    if measure.expected is None:
        return None
    return {"value": measure.expected, "low": measure.expected_low, "high": measure.expected_high}


def _effect(measured: gap_effects.EffectWeeks) -> dict[str, Any]:
    effect = measured.effect
    return {
        "verdict": effect.verdict, "missing": list(effect.missing), "weeks_before": effect.weeks_before,
        "weeks_after": effect.weeks_after, "difference": _change(effect.difference), "series": _change(effect.series),
        "placebo": _change(effect.placebo), "drift": _change(effect.drift),
        "changed_as_much": effect.as_much, "compared": effect.compared,
        "saved_enquiries_a_year": asdict(effect.saved) if effect.saved else None,
        "compared_with": "unit" if measured.is_of_unit else "all",
        "left_out": measured.left_out, "measures_on_the_same": [each.pk for each in measured.others],
    }  # fmt: skip


def _change(change: ChangeEstimate | None) -> dict[str, float] | None:
    return {name: round(value, 4) for name, value in asdict(change).items()} if change else None
