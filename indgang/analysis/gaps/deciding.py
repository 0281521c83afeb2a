"""Which registered questions the website could have answered, and how. Pure.

Each question belongs to one kind of gap or to none, by the first rule that fits, and the rule is kept as its reason:

1. a question about the status of a case: the status could stand online;
2. of the rest, those that are general or that the agent marked as digital:
   answered from a public page, answered from a page for staff alone, or reported as missing in the knowledge base;
3. of the rest, those that the agent marked as digital or sent to the website: a public page was open, a public page
   fits, or there is none.

What needs a person belongs to none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

#: the purpose of questions about how far a case is
STATUS_PURPOSE = "status"
#: words that a question and a page share, one of them in the page's title or among its search words
_SHARED = 2


class GapKind(StrEnum):
    PAGE = "page"
    """A page has the answer."""
    MISSING = "missing"
    """No public page has it."""
    STATUS = "status"
    """The status of the case could stand online."""


class GapReason(StrEnum):
    """The rule that decided."""

    STATUS_TOLD = "status_told"
    STATUS_PASSED_ON = "status_passed_on"
    """A case worker had to answer, so a status online might not have been enough."""
    ANSWERED_FROM_PAGE = "answered_from_page"
    STAFF_PAGE = "staff_page"
    NOT_IN_KNOWLEDGE = "not_in_knowledge"
    PAGE_OPEN = "page_open"
    PAGE_FITS = "page_fits"
    PAGE_OF_PURPOSE = "page_of_purpose"
    SENT_TO_SITE = "sent_to_site"
    """Without a word about which page."""
    MARKED = "marked"


#: what is counted as enquiries that could have been saved
SAVABLE = frozenset(GapReason) - {GapReason.STATUS_PASSED_ON}


@dataclass(frozen=True, slots=True)
class GapQuestion:
    """A registered question without whoever asked. `enquiry` only tells questions of one enquiry together; `day` is the
    place of the counted day; `words` are stems that may be shown; `opened` and `used` are pages by their slugs."""

    enquiry: int
    day: int
    service: str
    purpose: str
    is_general: bool
    is_digital: bool = False
    is_answered: bool = False
    is_sent_to_site: bool = False
    in_knowledge: bool | None = None
    opened: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page in the knowledge base: `named` are the stems of its title and search words, `words` all of its stems."""

    slug: str
    title: str
    service: str
    purposes: frozenset[str] = frozenset()
    is_public: bool = True
    named: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DecidedGap:
    """`page` is its slug, or "" where nobody knows which."""

    kind: GapKind
    why: GapReason
    page: str = ""


@dataclass(frozen=True)
class KnownPages:
    """The pages by slug, and by service."""

    by_slug: Mapping[str, SitePage] = field(default_factory=dict)

    @classmethod
    def of(cls, pages: Sequence[SitePage]) -> KnownPages:
        return cls({each.slug: each for each in pages})

    @cached_property
    def public_of(self) -> Mapping[str, list[SitePage]]:
        found: dict[str, list[SitePage]] = {}
        for each in sorted(self.by_slug.values(), key=lambda page: page.slug):
            if each.is_public:
                found.setdefault(each.service, []).append(each)
        return found

    def first_public(self, slugs: Collection[str]) -> str:
        return next((slug for slug in sorted(slugs) if slug in self.by_slug and self.by_slug[slug].is_public), "")

    def that_fits(self, question: GapQuestion) -> DecidedGap | None:
        """The public page of the question's service that shares most words with it; without words, the only page of the
        service about its purpose."""
        pages = self.public_of.get(question.service, [])
        if question.words:
            scored = [((len(question.words & page.named), len(question.words & page.words)), page) for page in pages]
            least = min(_SHARED, len(question.words))
            fit = [(score, page) for score, page in scored if score[0] and score[1] >= least]
            best = min(fit, key=lambda pair: (-pair[0][0], -pair[0][1], pair[1].slug), default=None)
            return DecidedGap(GapKind.PAGE, GapReason.PAGE_FITS, best[1].slug) if best else None
        about = [page for page in pages if question.purpose in page.purposes]
        return DecidedGap(GapKind.PAGE, GapReason.PAGE_OF_PURPOSE, about[0].slug) if len(about) == 1 else None


def decide(question: GapQuestion, pages: KnownPages) -> DecidedGap | None:
    """The kind of gap the question shows, and why; None for one that needs a person."""
    if question.purpose == STATUS_PURPOSE:
        return DecidedGap(GapKind.STATUS, GapReason.STATUS_TOLD if question.is_answered else GapReason.STATUS_PASSED_ON)
    if not (question.is_general or question.is_digital):
        return None
    if slug := pages.first_public(question.used):
        return DecidedGap(GapKind.PAGE, GapReason.ANSWERED_FROM_PAGE, slug)
    if question.used:
        return DecidedGap(GapKind.MISSING, GapReason.STAFF_PAGE)
    if question.in_knowledge is False:
        return DecidedGap(GapKind.MISSING, GapReason.NOT_IN_KNOWLEDGE)
    return _wanted_digital(question, pages) if question.is_digital or question.is_sent_to_site else None


def _wanted_digital(question: GapQuestion, pages: KnownPages) -> DecidedGap:
    if slug := pages.first_public(question.opened):
        return DecidedGap(GapKind.PAGE, GapReason.PAGE_OPEN, slug)
    if fits := pages.that_fits(question):
        return fits
    if question.is_sent_to_site:
        return DecidedGap(GapKind.PAGE, GapReason.SENT_TO_SITE)
    return DecidedGap(GapKind.MISSING, GapReason.MARKED)
