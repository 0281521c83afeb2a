"""Topics, deciding and ranking: laws, and gaps worked out by hand."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.analysis.counting.scaling import in_a_year
from indgang.analysis.gaps.deciding import GapKind, GapQuestion, GapReason, KnownPages, SitePage, decide
from indgang.analysis.gaps.ranking import SiteSearch, Uptake, rank, saved_enquiries
from indgang.analysis.gaps.topics import topics
from indgang.measures.definitions import FEWEST

_WORDS = ("altan", "hegn", "glas", "gebyr", "tag", "varmepump")
_TEXTS = st.lists(st.frozensets(st.sampled_from(_WORDS)), max_size=40)
PAGES = KnownPages.of([
    SitePage("altan", "Må jeg få en altan?", "byg", frozenset({"vejledning"}), True, frozenset({"altan"}),
             frozenset({"altan", "glas", "tag"})),
    SitePage("intern", "Internt", "byg", frozenset({"andet"}), False, frozenset({"hegn"}), frozenset({"hegn"})),
])  # fmt: skip


def question(**marks: object) -> GapQuestion:
    usual = {"enquiry": 1, "day": 0, "service": "byg", "purpose": "vejledning", "is_general": True}
    return GapQuestion(**{**usual, **marks})  # type: ignore[arg-type]  # any marks


@given(texts=_TEXTS, fewest=st.integers(1, 6))
def test_topics_do_not_overlap_and_each_is_named_by_words_that_enough_share(
    texts: list[frozenset[str]], fewest: int
) -> None:  # fmt: skip
    found = topics(texts, fewest=fewest)
    members = [place for topic in found for place in topic.members]
    assert len(members) == len(set(members))
    for topic in found:
        assert len(topic.members) >= fewest
        assert all(set(topic.words) <= texts[place] for place in topic.members)
    left = [text for place, text in enumerate(texts) if place not in members]
    assert all(sum(word in text for text in left) < fewest for word in _WORDS)


@given(texts=_TEXTS, seed=st.integers(0, 99))
def test_topics_do_not_depend_on_the_order_of_the_texts(texts: list[frozenset[str]], seed: int) -> None:
    mixed = Random(seed).sample(texts, len(texts))
    shown = [[(each.words, len(each.members)) for each in topics(some, fewest=2)] for some in (texts, mixed)]
    assert shown[0] == shown[1]


@pytest.mark.parametrize(
    ("asked", "kind", "why", "page"),
    [
        (question(purpose="status", is_general=False, is_answered=True), GapKind.STATUS, GapReason.STATUS_TOLD, ""),
        (question(purpose="status", is_general=False), GapKind.STATUS, GapReason.STATUS_PASSED_ON, ""),
        (question(used=frozenset({"altan", "intern"})), GapKind.PAGE, GapReason.ANSWERED_FROM_PAGE, "altan"),
        (question(used=frozenset({"intern"})), GapKind.MISSING, GapReason.STAFF_PAGE, ""),
        (question(used=frozenset({"gone"})), GapKind.MISSING, GapReason.STAFF_PAGE, ""),
        (question(in_knowledge=False, is_digital=True), GapKind.MISSING, GapReason.NOT_IN_KNOWLEDGE, ""),
        (question(is_digital=True, opened=frozenset({"altan"})), GapKind.PAGE, GapReason.PAGE_OPEN, "altan"),
        (question(is_digital=True, words=frozenset({"altan", "glas"})), GapKind.PAGE, GapReason.PAGE_FITS, "altan"),
        (question(is_digital=True, words=frozenset({"glas", "tag"})), GapKind.MISSING, GapReason.MARKED, ""),
        (question(is_digital=True, words=frozenset({"hegn"})), GapKind.MISSING, GapReason.MARKED, ""),
        (question(is_digital=True), GapKind.PAGE, GapReason.PAGE_OF_PURPOSE, "altan"),
        (question(is_digital=True, purpose="andet"), GapKind.MISSING, GapReason.MARKED, ""),
        (question(is_sent_to_site=True, service="vej"), GapKind.PAGE, GapReason.SENT_TO_SITE, ""),
        (question(is_digital=True, is_general=False), GapKind.PAGE, GapReason.PAGE_OF_PURPOSE, "altan"),
    ],
)  # fmt: skip
def test_the_first_rule_that_fits_decides(asked: GapQuestion, kind: GapKind, why: GapReason, page: str) -> None:
    found = decide(asked, PAGES)
    assert found
    assert (found.kind, found.why, found.page) == (kind, why, page)


@pytest.mark.parametrize("marks", [{}, {"in_knowledge": True}, {"is_general": False, "in_knowledge": False}])
def test_what_needs_a_person_is_no_gap(marks: dict[str, object]) -> None:
    assert decide(question(**marks), PAGES) is None


_QUESTIONS = st.lists(
    st.builds(
        question, enquiry=st.integers(0, 30), day=st.integers(0, 9), service=st.sampled_from(("byg", "vej")),
        purpose=st.sampled_from(("vejledning", "status", "andet")), is_general=st.booleans(), is_digital=st.booleans(),
        is_answered=st.booleans(), is_sent_to_site=st.booleans(), in_knowledge=st.sampled_from((None, True, False)),
        words=st.frozensets(st.sampled_from(_WORDS), max_size=3),
    ),
    max_size=60,
)  # fmt: skip
_SEARCHES = st.lists(
    st.builds(SiteSearch, st.frozensets(st.sampled_from(_WORDS), max_size=2), st.booleans(), st.booleans()), max_size=30
)


@given(questions=_QUESTIONS, searches=_SEARCHES)
def test_each_question_counts_once_and_nothing_small_is_shown(
    questions: list[GapQuestion], searches: list[SiteSearch]
) -> None:  # fmt: skip
    found = rank(questions, searches, PAGES, days=10)
    counted = sum(gap.counted or 0 for gap in found.gaps)
    assert counted + found.needing_person + (found.too_small or 0) <= len(questions)
    if found.too_small is not None:
        assert counted + found.needing_person + found.too_small == len(questions)
    for gap in found.gaps:
        assert gap.evidence >= FEWEST
        small = [gap.counted, gap.savable, gap.page_opened, *gap.reasons.values(), *gap.services.values()]
        assert not any(each is not None and 0 < each < FEWEST for each in small)
        for parts in (gap.reasons, gap.services, gap.purposes):
            rest = (gap.counted or 0) - sum(parts.values())
            assert rest == 0 or rest >= FEWEST, "the rest would tell about few"
        if gap.saved and gap.year:
            assert 0 <= gap.saved.low <= gap.saved.value <= gap.saved.high
    values = [gap.saved.value if gap.saved else 0 for gap in found.gaps]
    assert values == sorted(values, reverse=True)


def test_the_example_of_the_documentation() -> None:
    """Twelve callers about heat pumps on ten days, six searches that found nothing, and eight status calls."""
    asked = [
        question(enquiry=number, day=number % 10, is_digital=True, words=frozenset({"varmepump", "støj"}))
        for number in range(12)
    ]
    status = [question(enquiry=50 + number, day=number, purpose="status", is_answered=True) for number in range(8)]
    searches = [SiteSearch(frozenset({"varmepump"}), True, is_answered=False)] * 6
    found = rank([*asked, *status, question(enquiry=99)], searches, PAGES, days=10)
    first, second = found.gaps
    assert (first.code, first.counted, first.savable, first.searches.on_site) == ("topic-varmepump", 12, 12, 6)
    assert first.year
    assert first.saved
    assert (first.year.year, first.saved.value) == (300, 150)
    assert (second.code, second.counted, second.year and second.year.year) == ("status-byg", 8, 200)
    assert (found.questions, found.needing_person, found.too_small) == (21, 1, 0)


def test_one_caller_who_asks_often_is_no_topic() -> None:
    asked = [question(enquiry=1, is_digital=True, words=frozenset({"hegn"})) for _number in range(9)]
    found = rank(asked, [], PAGES, days=10)
    assert (found.gaps, found.too_small) == ((), 9)


def test_an_enquiry_with_two_questions_can_be_saved_once() -> None:
    asked = [question(enquiry=number // 2, day=number // 2, purpose="status", is_answered=True) for number in range(12)]
    (gap,) = rank(asked, [], PAGES, days=10).gaps
    assert gap.year
    assert (gap.counted, gap.year.counted, gap.year.year) == (12, 6, 150)


def test_the_page_that_was_passed_over_is_seen_in_the_searches() -> None:
    asked = [question(enquiry=number, day=number, used=frozenset({"altan"})) for number in range(6)]
    altan = frozenset({"altan"})
    searches = [SiteSearch(altan, True, True, "altan")] * 3 + [SiteSearch(altan, False, True)] * 4
    (gap,) = rank(asked, searches, PAGES, days=10).gaps
    assert (gap.page, gap.page_opened) == ("altan", 6)
    assert (gap.searches.opened, gap.searches.passed_over, gap.searches.on_site) == (3, 4, 3)


@given(by_day=st.lists(st.integers(0, 30), min_size=1, max_size=20), share=st.floats(0.01, 1))
def test_more_who_find_the_answer_save_more(by_day: list[int], share: float) -> None:
    year = in_a_year(by_day, days_a_year=250, rounds_to=10)
    saved, most = saved_enquiries(year, Uptake.about(share)), saved_enquiries(year, Uptake.about(1))
    assert saved.low <= saved.value <= saved.high
    assert saved.value <= most.value == year.year


@pytest.mark.parametrize("share", [0, -0.1, 1.01])
def test_a_share_outside_its_range_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        Uptake.about(share)
