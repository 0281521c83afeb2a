"""The service level in its five variants. They differ in how an abandoned call counts (features.md 4.2).

With A answered and B abandoned segments, and of them A_T and B_T within the promised T seconds and B_s within the limit
of a short call:

| variant | formula | example |
|---|---|---|
| SL1 | (A_T + B_T) / (A + B) | 83.0 % |
| SL2 | A_T / A | 86.0 % |
| SL3 | A_T / (A + B) | 81.1 % |
| SL4 | A_T / (A + B - B_T) | 82.7 % |
| SL5 | A_T / (A + B - B_s) | 81.9 % |
| SLg | A_T / (A + B + O) | 78.9 % |

O are the segments that went on elsewhere: here the queue that gave them away answers for them.

The example is a day with A = 1000, A_T = 860, B = 60, B_T = 20, B_s = 10 and O = 30. On any sums
SLg <= SL3 <= SL5, SL3 <= SL4 <= SL1, SL5 <= SL2 and SL4 <= SL2; SL5 <= SL4 where the promise is no shorter than a
short call.
"""

from __future__ import annotations

from enum import StrEnum

from indgang.measures.sums import Segments, Share


class ServiceLevel(StrEnum):
    """The variants. Targets use SL4; SL3 is shown beside it."""

    SL1 = "SL1"
    """A quick hang-up counts as good."""
    SL2 = "SL2"
    """Abandoned calls do not count."""
    SL3 = "SL3"
    """Every abandoned call counts against."""
    SL4 = "SL4"
    """Calls abandoned within the promise are left out."""
    SL5 = "SL5"
    """Short calls are left out."""
    SLG = "SLG"
    """Calls that went on elsewhere count against the queue that they left."""


def in_time(segments: Segments, variant: ServiceLevel = ServiceLevel.SL4) -> Share:
    """The segments within the promise, of those that count by this variant."""
    good, decided = segments.answered_in_time, segments.decided
    match variant:
        case ServiceLevel.SL1:
            return Share(good + segments.abandoned_in_time, decided)
        case ServiceLevel.SL2:
            return Share(good, segments.answered)
        case ServiceLevel.SL3:
            return Share(good, decided)
        case ServiceLevel.SL4:
            return Share(good, decided - segments.abandoned_in_time)
        case ServiceLevel.SL5:
            return Share(good, decided - segments.abandoned_short)
        case ServiceLevel.SLG:
            return Share(good, decided + segments.overflowed)


def service_level(segments: Segments, variant: ServiceLevel = ServiceLevel.SL4) -> float | None:
    """Percent within the promise, or None when there is nothing to compute it from."""
    return in_time(segments, variant).percent
