"""The rules of the documents (table 10-G), as lists whose rules exclude each other. Pure.

"Digital" means under three minutes in TMF, two or less in KEH, and under four in YDS (X-03).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from indgang.analysis.potential.rules import (
    PURPOSES,
    CountMark,
    FutureChannel,
    Handling,
    MinuteLimit,
    PotentialRule,
    RuleList,
    TopicKind,
)

_GENERAL, _CASE = CountMark.GENERAL, CountMark.CASE_SPECIFIC
_DIGITAL, _CENTRE, _WORKER = FutureChannel.DIGITAL, FutureChannel.CONTACT_CENTRE, FutureChannel.CASE_WORKER
_INFORMATION, _STATUS, _PROCESSING = Handling.GENERAL_INFORMATION, Handling.CASE_INFORMATION, Handling.CASE_PROCESSING

#: counted as general although marked as about a case (001:3310-3313)
GENERAL_ANYWAY = frozenset({"vejledning", "forslag"})
#: can be answered by who sees the case, when short (001:3303-3308)
CASE_INFORMATION = frozenset({"status", "klage"})
_OTHERS = frozenset(PURPOSES) - GENERAL_ANYWAY - CASE_INFORMATION
_SINCE = date(2018, 1, 1)

_TMF_RULES = (
    PotentialRule("T1", _INFORMATION, _DIGITAL, "001:3280; 001:3346", _GENERAL, short="digital"),
    PotentialRule("T2", _INFORMATION, _CENTRE, "001:3280; 001:1477", _GENERAL, long="digital"),
    PotentialRule("T3", _INFORMATION, _DIGITAL, "001:3310-3313; 001:3346", _CASE, GENERAL_ANYWAY, short="digital"),
    PotentialRule("T4", _INFORMATION, _CENTRE, "001:3310-3313; 001:1477", _CASE, GENERAL_ANYWAY, long="digital"),
    PotentialRule("T5", _STATUS, _CENTRE, "001:3303-3308; 001:1469", _CASE, CASE_INFORMATION, short="case_information"),
    PotentialRule(
        "T6", _PROCESSING, _WORKER, "001:3303-3308; 001:3352", _CASE, CASE_INFORMATION, long="case_information"
    ),
    PotentialRule("T7", _PROCESSING, _WORKER, "001:3280; 001:3352", _CASE, _OTHERS),
)  # fmt: skip
_CASE_LIMIT = MinuteLimit("case_information", 15, source="001:3303-3308")
TMF = RuleList(
    "tmf", "Tælleuge i TMF", _TMF_RULES, (MinuteLimit("digital", 3, source="001:3346; 001:3541"), _CASE_LIMIT), _SINCE
)
CBY = RuleList(
    "cby", "Center for Bygninger, samlede opkaldstal", _TMF_RULES,
    (MinuteLimit("digital", 3, source="001:3346; 001:3541"), _CASE_LIMIT), _SINCE,
    notes=("cby_overestimates",),
)  # fmt: skip
KEH = RuleList(
    "keh", "Register i KEH",
    (
        PotentialRule("K1", _INFORMATION, _DIGITAL, "001:3396", is_resolved=True, short="digital"),
        PotentialRule("K2", _INFORMATION, _CENTRE, "001:3400", is_resolved=True, long="digital"),
        PotentialRule("K3", _PROCESSING, _WORKER, "001:3390; 001:3404", is_resolved=False),
    ),
    (MinuteLimit("digital", 2, is_inclusive=True, source="001:3396"),), _SINCE,
)  # fmt: skip


def _yds(code: str, name: str, case_topics: frozenset[TopicKind], channel: FutureChannel, source: str) -> RuleList:
    """Where "Andet" counts as case processing or not, and where what is resolved but not digital goes."""
    rest = frozenset(TopicKind) - case_topics
    return RuleList(
        code, name,
        (
            PotentialRule(
                "Y1", _INFORMATION, _DIGITAL, "001:3410-3417", is_resolved=True, topics=rest, short="digital"
            ),
            PotentialRule("Y2", _INFORMATION, channel, source, is_resolved=True, topics=rest, long="digital"),
            PotentialRule("Y3", _STATUS, channel, source, is_resolved=True, topics=case_topics),
            PotentialRule("Y4", _PROCESSING, _WORKER, "001:3426", is_resolved=False),
        ),
        (MinuteLimit("digital", 4, source="001:3417"),), _SINCE,
    )  # fmt: skip


_POSSIBLY = frozenset({TopicKind.YES, TopicKind.POSSIBLY})
#: the reading that table 10-B fits: "Andet" is case processing, and the rest stays in YDS (X-19, X-20)
YDS = _yds("yds", "Tælleuge i YDS", _POSSIBLY, _WORKER, "001:1538; 001:4770-4776")
YDS_RULE = _yds("yds-rule", "Tælleuge i YDS, reglen efter ordlyden", frozenset({TopicKind.YES}), _CENTRE, "001:3421")

PRESETS: Mapping[str, RuleList] = {each.code: each for each in (TMF, CBY, KEH, YDS, YDS_RULE)}
