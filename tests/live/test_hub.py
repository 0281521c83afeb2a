"""Laws of the hub, over any sequence of what can happen to it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indgang.live.hub import EVERYTHING, MOST_PER_SESSION, MOST_PER_TOKEN, Hub, Subscriber
from indgang.live.token import LIFETIME, PageToken

SCOPES = ("person-1", "person-2", "centre-tmf")
PARTS = ("call", "state")

events = st.lists(
    st.one_of(
        st.tuples(st.just("announce"), st.sampled_from(SCOPES), st.sampled_from(PARTS)),
        st.tuples(st.just("join"), st.frozensets(st.sampled_from(SCOPES)), st.integers(0, 90)),
        st.tuples(st.just("take"), st.integers(0, 9), st.none()),
        st.tuples(st.just("leave"), st.integers(0, 9), st.none()),
        st.tuples(st.just("pass"), st.integers(1, 40), st.none()),
    ),
    max_size=60,
)


class Clock:
    at = 1_000_000.0

    def __call__(self) -> float:
        return self.at


@given(events)
def test_every_part_that_goes_stale_is_told_to_every_page_that_shows_it_and_to_no_other(happened: list[tuple]) -> None:  # type: ignore[type-arg]  # three kinds of tuple
    clock = Clock()
    hub = Hub(now=clock)
    pages: list[tuple[Subscriber, set[str]]] = []  # with what each must still be told
    for kind, first, second in happened:
        clock.at += 0.001
        if kind == "announce":
            hub.announce([f"{first}/{second}"])
            for page, owed in pages:
                if first in page.token.scopes:
                    owed.add(second)
        elif kind == "join":
            token = PageToken(1, "s", first, "http://x", clock.at - second)
            pages.append((hub.join(token, token.made), set()))
        elif kind == "pass":
            clock.at += first
        elif pages:
            page, owed = pages[first % len(pages)]
            if kind == "leave":
                hub.leave(page)
                del pages[first % len(pages)]
            else:
                told = page.take()
                assert owed <= set(told) or EVERYTHING in told
                assert EVERYTHING in told or page.token.scopes or not told
                owed.clear()
    assert hub.streams == {page for page, _owed in pages}


@given(st.floats(0, 200), st.floats(0, 200))
def test_a_page_is_told_all_that_happened_since_it_was_made(happened_ago: float, made_ago: float) -> None:
    clock = Clock()
    hub = Hub(now=clock)
    start = clock.at
    clock.at = start + 200 - happened_ago
    hub.announce(["person-1/call"])
    clock.at = start + 200
    page = hub.join(PageToken(1, "s", frozenset({"person-1"}), "http://x", clock.at - made_ago), clock.at - made_ago)
    told = page.take()
    if happened_ago <= made_ago:
        assert told in (["call"], [EVERYTHING])


def test_a_person_who_was_shut_out_may_listen_again_with_a_token_made_later() -> None:
    clock = Clock()
    hub = Hub(now=clock)
    before = PageToken(1, "s", frozenset(), "http://x", clock.at - 5)
    later = PageToken(1, "t", frozenset(), "http://x", clock.at + 5)
    hub.end("person-1", clock.at)
    assert not hub.counts(before)
    assert hub.counts(later)


def page(hub: Hub, clock: Clock, *, session: str = "s", scopes: frozenset[str] = frozenset()) -> Subscriber:
    token = PageToken(1, session, scopes, "http://x", clock.at)
    return hub.join(token, token.made)


def test_a_token_and_a_session_hold_few_streams_and_the_oldest_are_told_to_close() -> None:
    clock = Clock()
    hub = Hub(now=clock)
    same = [page(hub, clock) for _ in range(MOST_PER_TOKEN + 2)]
    assert [each.crowded for each in same] == [True, True, *[False] * MOST_PER_TOKEN]
    assert same[0].wake.is_set()
    pages = []
    for _ in range(MOST_PER_SESSION + 5):
        clock.at += 1
        pages.append(page(hub, clock))
    assert sum(not each.crowded for each in [*same, *pages]) == MOST_PER_SESSION
    assert not pages[-1].crowded
    assert not page(hub, clock, session="another").crowded
    for each in list(hub.streams):
        hub.leave(each)
    assert not hub._of_token
    assert not hub._of_session


def test_a_stream_ends_when_its_token_has_run_out() -> None:
    clock = Clock()
    hub = Hub(now=clock)
    stream = page(hub, clock)
    clock.at += LIFETIME - 1
    hub.beat()
    assert not stream.ended
    clock.at += 2
    hub.beat()
    assert stream.ended
