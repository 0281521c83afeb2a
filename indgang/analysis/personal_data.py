"""Personal data of the analyses: who counted, who saved rules. What is counted says nothing about whoever asked."""

from __future__ import annotations

from indgang.privacy.kinds import cover

cover(
    "staff", "analysis.CountingWeek.created_by", "analysis.CountingPerson.person", "analysis.CountedEnquiry.counted_by",
    "analysis.OwnRuleVersion.made_by",
)  # fmt: skip
