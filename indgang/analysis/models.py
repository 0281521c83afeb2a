"""The models of the analyses, in the folders of their subjects."""

from indgang.analysis.counting.models import CountedEnquiry, CountedPurpose, CountingPerson, CountingWeek

__all__ = ["CountedEnquiry", "CountedPurpose", "CountingPerson", "CountingWeek"]
