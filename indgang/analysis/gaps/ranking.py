"""Gaps in what the website answers, ranked by the enquiries that could be saved. Pure.

Questions that lack a page are put together by the words they share, with searches that found nothing; those without
common words by service and purpose. A gap behind which there are fewer than `FEWEST` questions and searches is not
shown, and neither are counts of its parts from which a small part could be worked out (`hidden_groups`).

A year is the mean of the counted days times the working days of a year, with the interval of the days. Not everybody
finds the answer: the saved enquiries are a stated share of them, and its own range widens the interval.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import TypeVar

from indgang.analysis.counting.scaling import YearEstimate, in_a_year
from indgang.analysis.gaps.deciding import SAVABLE, DecidedGap, GapKind, GapQuestion, GapReason, KnownPages, decide
from indgang.analysis.gaps.topics import topics
from indgang.core.text import slug
from indgang.measures.definitions import FEWEST, Figure, hidden_groups, is_too_few

#: working days of a year, and what figures of a year are rounded to
DAYS_A_YEAR, STEP = 250, 10
_LONGEST_CODE = 100

Key = TypeVar("Key", bound=str)


@dataclass(frozen=True, slots=True)
class Uptake:
    """The share of those whose question is answered online who then do not call, with the range it may lie in."""

    share: float = 0.5
    low: float = 0.25
    high: float = 0.75

    @classmethod
    def about(cls, share: float) -> Uptake:
        """Half as much or half as much again, at most everybody. Raises ValueError outside 0 to 1."""
        if not 0 < share <= 1:
            raise ValueError("a share lies above 0 and is at most 1")
        return cls(share, share / 2, min(share * 1.5, 1.0))


@dataclass(frozen=True, slots=True)
class SavedEnquiries:
    """Enquiries saved in a year, on any channel."""

    value: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class SiteSearch:
    """A search without whoever searched. `opened` is the slug of the page that was opened from it."""

    words: frozenset[str]
    is_on_site: bool
    is_answered: bool
    opened: str = ""


@dataclass(frozen=True, slots=True)
class SearchEvidence:
    """Searches that belong to a gap: on the website and by staff; `opened` the page, or `passed_over` it."""

    on_site: int = 0
    by_staff: int = 0
    opened: int = 0
    passed_over: int = 0

    @property
    def number(self) -> int:
        return self.on_site + self.by_staff

    @property
    def told(self) -> dict[str, int | None]:
        """The numbers that may be shown; None for those that are too small, or would give a small one away."""
        number, places = self.number, {"on_site": self.on_site, "by_staff": self.by_staff}
        found: dict[str, int | None] = {"number": None if is_too_few(number) else number}
        for parts in (places, {"opened": self.opened, "passed_over": self.passed_over}):
            hidden = hidden_groups({key: Figure(None, each) for key, each in parts.items()}, is_part=True)
            found |= {key: None if key in hidden else each for key, each in parts.items()}
        return found


@dataclass(frozen=True, slots=True)
class AnswerGap:
    """A gap with its evidence. One of `page`, `words` (`often` come with them) and `service` names it.

    `counted` are its questions, `savable` those whose reason says that the website could have answered; `page_opened`
    in how many an agent had the page open. None stands for a number too small to be told, also of the questions of a
    gap that is known by searches.
    """

    kind: GapKind
    code: str
    page: str = ""
    words: tuple[str, ...] = ()
    often: tuple[str, ...] = ()
    service: str = ""
    purpose: str = ""
    counted: int | None = None
    savable: int | None = None
    page_opened: int | None = None
    reasons: Mapping[GapReason, int] = field(default_factory=dict)
    services: Mapping[str, int] = field(default_factory=dict)
    purposes: Mapping[str, int] = field(default_factory=dict)
    searches: SearchEvidence = SearchEvidence()
    year: YearEstimate | None = None
    saved: SavedEnquiries | None = None

    @property
    def evidence(self) -> int:
        """Questions and searches behind it, without what is too small."""
        return (self.counted or 0) + self.searches.number


@dataclass(frozen=True, slots=True)
class RankedGaps:
    """The gaps, the most saved enquiries first. `questions` were looked at, `needing_person` belong to none, and
    `too_small` belong to gaps that are not shown (None: too few to be told)."""

    gaps: tuple[AnswerGap, ...]
    questions: int
    needing_person: int
    too_small: int | None
    days: int

    @property
    def is_person_told(self) -> bool:
        return not is_too_few(self.needing_person)

    def by_code(self, code: str) -> AnswerGap | None:
        return next((each for each in self.gaps if each.code == code), None)


@dataclass(frozen=True, slots=True)
class _Named:
    kind: GapKind
    page: str = ""
    words: tuple[str, ...] = ()
    service: str = ""
    purpose: str = ""

    @property
    def code(self) -> str:
        name = self.page or "-".join(self.words) or f"{self.service}-{self.purpose}".rstrip("-")
        unknown = self.kind is GapKind.PAGE and not self.page
        kind = "topic" if self.words else "site" if unknown else self.kind.value
        return slug(f"{kind}-{name}", _LONGEST_CODE)


@dataclass(slots=True)
class _Group:
    members: list[tuple[GapQuestion, GapReason]] = field(default_factory=list)
    searches: list[SiteSearch] = field(default_factory=list)
    often: tuple[str, ...] = ()


def rank(
    questions: Sequence[GapQuestion], searches: Sequence[SiteSearch], pages: KnownPages, *, days: int,
    uptake: Uptake = Uptake(), looked_at: int | None = None,  # it is frozen
) -> RankedGaps:  # fmt: skip
    """The gaps of so many counted days. `looked_at` is the number of questions when those that need a person have been
    left out already. Raises ValueError without a day."""
    if days < 1:
        raise ValueError("at least one day is needed")
    decided = [(question, found) for question in questions if (found := decide(question, pages))]
    groups = _grouped(decided, [each for each in searches if not each.is_answered])
    gaps = {named: _gap(named, group, searches, pages, days, uptake) for named, group in groups.items()}
    small = sum(len(groups[named].members) for named, gap in gaps.items() if gap is None or gap.counted is None)
    shown = sorted((gap for gap in gaps.values() if gap), key=_order)
    number = len(questions) if looked_at is None else looked_at
    return RankedGaps(tuple(shown), number, number - len(decided), None if is_too_few(small) else small, days)


def _order(gap: AnswerGap) -> tuple[float, int, str]:
    return (-(gap.saved.value if gap.saved else 0), -gap.evidence, gap.code)


# --- Which belong together ----------------------------------------------------------------------


def _grouped(
    decided: Sequence[tuple[GapQuestion, DecidedGap]], unanswered: Sequence[SiteSearch]
) -> Mapping[_Named, _Group]:  # fmt: skip
    groups: dict[_Named, _Group] = defaultdict(_Group)
    missing: list[tuple[GapQuestion, GapReason]] = []
    for question, found in decided:
        if found.kind is GapKind.MISSING:
            missing.append((question, found.why))
        else:
            service = "" if found.page else question.service
            groups[_Named(found.kind, found.page, service=service)].members.append((question, found.why))
    _add_missing(groups, missing, unanswered)
    return groups


def _add_missing(
    groups: dict[_Named, _Group], missing: Sequence[tuple[GapQuestion, GapReason]], unanswered: Sequence[SiteSearch]
) -> None:  # fmt: skip
    texts = [*_own_words([question for question, _why in missing]), *(each.words for each in unanswered)]
    taken: set[int] = set()
    for topic in topics(texts, fewest=FEWEST):
        asked = [place for place in topic.members if place < len(missing)]
        group = groups[_Named(GapKind.MISSING, words=topic.words)]
        group.often = topic.often
        group.searches += [unanswered[place - len(missing)] for place in topic.members if place >= len(missing)]
        if len(asked) >= FEWEST:  # fewer stay with the others of their service and purpose
            group.members += [missing[place] for place in asked]
            taken.update(asked)
    for place, (question, why) in enumerate(missing):
        if place not in taken:
            named = _Named(GapKind.MISSING, service=question.service, purpose=question.purpose)
            groups[named].members.append((question, why))


def _own_words(questions: Iterable[GapQuestion]) -> list[frozenset[str]]:
    """The words of each question. A word counts once for each enquiry, so that five questions of one caller do not
    look like five callers."""
    said: dict[int, set[str]] = defaultdict(set)
    found = []
    for each in questions:
        found.append(each.words - said[each.enquiry])
        said[each.enquiry] |= each.words
    return found


# --- One gap -------------------------------------------------------------------------------------


def _gap(
    named: _Named, group: _Group, searches: Sequence[SiteSearch], pages: KnownPages, days: int, uptake: Uptake
) -> AnswerGap | None:  # fmt: skip
    """None for one that is too small to be shown."""
    found = _search_evidence(named, group, searches, pages)
    if len({question.enquiry for question, _why in group.members}) < FEWEST:
        # what people searched for may be known without anything about single callers
        is_known = bool(named.words) and found.number >= FEWEST
        return AnswerGap(named.kind, named.code, "", named.words, group.often, searches=found) if is_known else None
    questions = [question for question, _why in group.members]
    year = _year(group, days)
    return AnswerGap(
        named.kind, named.code, named.page, named.words, group.often, named.service, named.purpose, len(questions),
        _told(sum(why in SAVABLE for _question, why in group.members), len(questions)),
        _told(sum(named.page in each.opened | each.used for each in questions), len(questions)) if named.page else None,
        _counts(why for _question, why in group.members), _counts(each.service for each in questions),
        _counts(each.purpose for each in questions), found, year, saved_enquiries(year, uptake) if year else None,
    )  # fmt: skip


def _told(part: int, whole: int) -> int | None:
    """The number, unless it or the rest is too small."""
    return None if is_too_few(part) or is_too_few(whole - part) else part


def _year(group: _Group, days: int) -> YearEstimate | None:
    """The enquiries of a year with a savable question, each on the day of its first one; None where they are too few
    to be told."""
    first: dict[int, int] = {}
    for question, why in group.members:
        if why in SAVABLE:
            first[question.enquiry] = min(question.day, first.get(question.enquiry, question.day))
    by_day = [0] * days
    for day in first.values():
        by_day[min(max(day, 0), days - 1)] += 1
    return in_a_year(by_day, days_a_year=DAYS_A_YEAR, rounds_to=STEP) if sum(by_day) >= FEWEST else None


def _counts(values: Iterable[Key]) -> dict[Key, int]:
    """How many of each, without those that are too few to be shown, nor what would give them away."""
    counted = Counter(values)
    hidden = hidden_groups({key: Figure(None, number) for key, number in counted.items()}, is_part=True)
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return {key: number for key, number in ordered if key not in hidden}


def _search_evidence(named: _Named, group: _Group, searches: Sequence[SiteSearch], pages: KnownPages) -> SearchEvidence:
    if named.page and named.page in pages.by_slug:
        return _of_page(pages.by_slug[named.page].named, named.page, searches)
    on_site = sum(each.is_on_site for each in group.searches)
    return SearchEvidence(on_site, len(group.searches) - on_site)


def _of_page(page_words: frozenset[str], page: str, searches: Sequence[SiteSearch]) -> SearchEvidence:
    """Searches that opened the page, and those that opened nothing although all their words name it."""
    opened = [each for each in searches if each.opened == page]
    unopened = [each for each in searches if each.is_answered and not each.opened]
    passed = [each for each in unopened if each.words and each.words <= page_words]
    on_site = sum(each.is_on_site for each in (*opened, *passed))
    return SearchEvidence(on_site, len(opened) + len(passed) - on_site, len(opened), len(passed))


def saved_enquiries(year: YearEstimate, uptake: Uptake) -> SavedEnquiries:
    """The share of the year's questions, with an interval of both: relative widths add up as squares. With one counted
    day the interval is that of the share alone."""
    value = year.year * uptake.share
    spread = (uptake.high - uptake.low) / 2 / uptake.share
    if year.low is not None and year.high is not None and year.year:
        spread = sqrt(spread**2 + ((year.high - year.low) / 2 / year.year) ** 2)
    most = float(year.high if year.high is not None else year.year)
    return SavedEnquiries(round(value), round(max(value * (1 - spread), 0)), round(min(value * (1 + spread), most)))
