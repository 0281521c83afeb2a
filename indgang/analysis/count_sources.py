"""What the rules of potential can be applied to: counting weeks, registrations or an imported count, in columns.

The page, the API and the command say which; what comes of it is the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from indgang.analysis.counting.scaling import STEP
from indgang.analysis.potential.classifying import EnquiryColumns, classify
from indgang.analysis.potential.results import CountedRows, Potential
from indgang.analysis.potential.rules import RuleList, TopicKind
from indgang.catalogue.models import CaseTopic

#: what the rules call the topics of wordings
TOPIC_KINDS: Mapping[str | None, TopicKind] = {
    CaseTopic.NO.value: TopicKind.NO, CaseTopic.YES.value: TopicKind.YES, CaseTopic.POSSIBLY.value: TopicKind.POSSIBLY,
}  # fmt: skip


class NoTopics(ValueError):
    """The rules need to know whether a topic is case processing, and nothing that was counted says it."""


@dataclass(frozen=True, slots=True)
class CountSource:
    """Enquiries in columns. `factor` makes them a year (one, or one for each unit). Its figures are rounded to `step`.

    `remarks`: how many of something the reader should know, by name (`no_purpose`, `doubled`, `partly_counted` of an
    import; `overlapping` of counting weeks). `moves`: services that got another unit while they were registered.
    """

    rows: CountedRows
    enquiries: EnquiryColumns
    factor: float | tuple[float, ...]
    step: int = STEP
    remarks: Mapping[str, int] = field(default_factory=dict)
    moves: tuple[Mapping[str, str | None], ...] = ()

    def potential(self, rules: RuleList) -> Potential:
        """Raises NoTopics."""
        found = Potential(classify(rules, self.enquiries), self.rows, factor=self.factor, step=self.step)
        if "topic" in rules.uses and found.undecided and self.enquiries.topic.max() < 0:
            raise NoTopics(rules.code)
        return found
