"""Gaps and measures as plain data, for the command and for other programs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from indgang.analysis import gap_measures
from indgang.analysis.gap_models import GapMeasure
from indgang.analysis.gap_rows import FoundGaps
from indgang.analysis.gaps.effect import ChangeEstimate
from indgang.analysis.gaps.ranking import AnswerGap


def of_gaps(found: FoundGaps) -> dict[str, Any]:
    """A number that is too small to be told is null."""
    ranked = found.ranked
    return {
        "from": found.first.isoformat(), "to": found.last.isoformat(), "days": ranked.days,
        "questions": ranked.questions, "needing_person": ranked.needing_person, "too_small": ranked.too_small,
        "gaps": [_gap(each, found) for each in ranked.gaps],
    }  # fmt: skip


def _gap(gap: AnswerGap, found: FoundGaps) -> dict[str, Any]:
    return {
        "code": gap.code, "kind": gap.kind, "page": gap.page or None, "service": gap.service or None,
        "purpose": gap.purpose or None, "words": [found.written.get(stem, stem) for stem in gap.words],
        "often_with": [found.written.get(stem, stem) for stem in gap.often], "questions": gap.counted,
        "could_be_online": gap.savable, "page_was_open": gap.page_opened, "by_reason": dict(gap.reasons),
        "by_service": dict(gap.services), "by_purpose": dict(gap.purposes),
        "searches": asdict(gap.searches) | {"number": gap.searches.number},
        "a_year": asdict(gap.year) if gap.year else None,
        "saved_calls_a_year": asdict(gap.saved) if gap.saved else None,
    }  # fmt: skip


def of_measure(measure: GapMeasure, *, today: date) -> dict[str, Any]:
    measured = gap_measures.measured(measure, today=today)
    return {
        "id": measure.pk, "title": measure.title, "kind": measure.kind, "gap": measure.gap or None,
        "service": measure.service.code, "purpose": measure.purpose.code if measure.purpose else None,
        "state": measure.state.value,
        "published_on": measure.published_on.isoformat() if measure.published_on else None,
        "expected_calls_a_year": measure.expected, "effect": _effect(measured) if measured else None,
    }  # fmt: skip


def _effect(measured: gap_measures.EffectWeeks) -> dict[str, Any]:
    effect = measured.effect
    return {
        "verdict": effect.verdict, "missing": list(effect.missing), "weeks_before": effect.weeks_before,
        "weeks_after": effect.weeks_after, "difference": _change(effect.difference), "series": _change(effect.series),
        "placebo": _change(effect.placebo), "changed_as_much": effect.as_much, "compared": effect.compared,
        "saved_calls_a_year": asdict(effect.saved) if effect.saved else None,
        "compared_with": "unit" if measured.is_of_unit else "all",
    }  # fmt: skip


def _change(change: ChangeEstimate | None) -> dict[str, float] | None:
    return {name: round(value, 4) for name, value in asdict(change).items()} if change else None
