"""The models of the analyses, in the folders of their subjects."""

from indgang.analysis.counting.models import CountedEnquiry, CountedPurpose, CountedSheet, CountingPerson, CountingWeek
from indgang.analysis.gap_models import GapMeasure, GapMeasureChange, KeptGaps
from indgang.analysis.rule_models import OwnRuleList, OwnRuleVersion
from indgang.analysis.segment_models import SegmentDecision

__all__ = [
    "CountedEnquiry",
    "CountedPurpose",
    "CountedSheet",
    "CountingPerson",
    "CountingWeek",
    "GapMeasure",
    "GapMeasureChange",
    "KeptGaps",
    "OwnRuleList",
    "OwnRuleVersion",
    "SegmentDecision",
]
