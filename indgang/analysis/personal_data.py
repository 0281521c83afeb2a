"""Personal data of the analyses: who counted, saved rules or decided. Counts do not say who asked."""

from __future__ import annotations

from indgang.privacy.kinds import cover

cover(
    "staff", "analysis.CountingWeek.created_by", "analysis.CountingPerson.person", "analysis.CountedEnquiry.counted_by",
    "analysis.CountedSheet.counted_by", "analysis.CountingPerson.is_first_level",
    "analysis.OwnRuleVersion.made_by", "analysis.SegmentDecision.decided_by",
    "analysis.GapMeasure.owner", "analysis.GapMeasure.created_by", "analysis.GapMeasureChange.owner",
    "analysis.GapMeasureChange.made_by",
)  # fmt: skip
