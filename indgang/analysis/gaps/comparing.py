"""Which subjects a measure may be compared with, and in which weeks. Pure.

A subject that joined or left the registration in these weeks (a service that went live, or was moved away) would look
like a change of all others, and is left out. Weeks in which another measure on the same questions began or ended are
cut off, and where too few are left on a side, the two measures cannot be told apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from indgang.analysis.gaps.effect import FEWEST_A_WEEK, FEWEST_AFTER, FEWEST_BEFORE

#: one side has so many times the questions of the other: the subject was not there, but for single mistakes
_TOO_DIFFERENT = 4.0


@dataclass(frozen=True, slots=True)
class MeasureSpan:
    """The places of the first week that is used and of that after the last one. `is_alone`: no other measure lies so
    near that its change could be this one's."""

    first: int
    end: int
    is_alone: bool = True


def span(published: int, changes: Sequence[int], *, end: int) -> MeasureSpan:
    """The weeks between the changes of others on the same questions; `end` is the place after the last week.

    >>> span(20, [5, 40], end=60)
    MeasureSpan(first=6, end=40, is_alone=True)
    >>> span(20, [17], end=60).is_alone
    False
    """
    known = [each for each in changes if 0 <= each < end]
    first = max((each + 1 for each in known if each < published), default=0)
    last = min((each for each in known if each >= published), default=end)
    near = any(published - FEWEST_BEFORE <= each <= published + FEWEST_AFTER for each in known)
    return MeasureSpan(0, end, is_alone=False) if near else MeasureSpan(first, last)


def lasted(counts: Sequence[float], *, published: int) -> bool:
    """Whether the subject was registered all the time.

    It begins and ends with no longer silence than it has between (or one week), and neither side has a small part of
    the other.

    >>> lasted([0, 0, 0, 9, 0, 9], published=3), lasted([0, 3, 0, 9, 0, 9], published=3)
    (False, True)
    """
    asked = [place for place, count in enumerate(counts) if count]
    if not asked:
        return False
    between = max((later - earlier for earlier, later in pairwise(asked)), default=1) - 1
    at_ends = max(asked[0], len(counts) - 1 - asked[-1])
    return at_ends <= max(between, 1) and _is_steady(counts[:published], counts[published + 1 :])


def _is_steady(before: Sequence[float], after: Sequence[float]) -> bool:
    if not before or not after:
        return True
    few, many = sorted(sum(each) / len(each) for each in (before, after))
    return many < FEWEST_A_WEEK or many < _TOO_DIFFERENT * few


def those_that_lasted(series: Mapping[str, Sequence[float]], *, published: int) -> dict[str, Sequence[float]]:
    return {name: counts for name, counts in series.items() if lasted(counts, published=published)}
