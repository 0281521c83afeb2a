"""Subscribers of streams, in memory: one hub per stream process. Uses neither HTTP nor the database."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from indgang.live.token import ENDED, LIFETIME, PageToken

K = TypeVar("K", bound=Hashable)

#: seconds of announcements kept for pages that have just loaded or reconnected
MEMORY = 60.0

#: seconds; a page reads its data a little before its token is made
MARGIN = 1.0

#: most streams of one page token (a reconnecting page has two for a moment) and of one session (all its pages). Only a
#: program opens more, and then the oldest are closed
MOST_PER_TOKEN = 3
MOST_PER_SESSION = 40

#: stands for every part: after a gap, the page cannot know what it missed
EVERYTHING = "*"


class Subscriber:
    """An open stream and its unsent parts."""

    __slots__ = ("crowded", "ended", "gone", "heartbeat", "pending", "token", "wake")

    def __init__(self, token: PageToken) -> None:
        self.token = token
        self.pending: dict[str, None] = {}
        self.wake = asyncio.Event()
        self.heartbeat = self.ended = self.crowded = self.gone = False

    def tell(self, part: str) -> None:
        self.pending[part] = None
        self.wake.set()

    def take(self) -> list[str]:
        """The pending parts, each once; only the part for all when everything is stale."""
        parts = [EVERYTHING] if EVERYTHING in self.pending else list(self.pending)
        self.pending.clear()
        self.heartbeat = False
        self.wake.clear()
        return parts


class Hub:
    """The subscribers and recent announcements. Times are seconds since 1970 by the machine's clock, as in tokens."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._by_scope: defaultdict[str, set[Subscriber]] = defaultdict(set)
        self._recent: deque[tuple[float, str, str]] = deque()
        self._endings: dict[str, float] = {}
        #: open streams by page token and by session, the oldest first
        self._of_token: defaultdict[PageToken, dict[Subscriber, None]] = defaultdict(dict)
        self._of_session: defaultdict[str, dict[Subscriber, None]] = defaultdict(dict)
        self._complete_since = now()
        self.streams: set[Subscriber] = set()
        self.listening = False

    def announce(self, marks: Iterable[str]) -> None:
        """Pass on names that became stale (`scope/part`), or ends (`ended/<whose>`)."""
        now = self._now()
        self._forget(now - MEMORY)
        for mark in marks:
            scope, _, part = mark.partition("/")
            if scope == ENDED:
                self.end(part, now)
                continue
            self._recent.append((now, scope, part))
            for subscriber in self._by_scope.get(scope, ()):
                subscriber.tell(part)

    def end(self, whose: str, at: float) -> None:
        """Revoke the tokens of `whose` made until `at`; their streams are told and close."""
        self._endings[whose] = max(at, self._endings.get(whose, 0.0))
        for subscriber in self.streams:
            if not self.counts(subscriber.token):
                subscriber.ended = True
                subscriber.wake.set()

    def after_a_gap(self) -> None:
        """Announcements are received again. Some may be lost, so every page refreshes everything."""
        self.listening = True
        self._complete_since = self._now()
        self._recent.clear()
        for subscriber in self.streams:
            subscriber.tell(EVERYTHING)

    def counts(self, token: PageToken) -> bool:
        """Whether the token is valid: young enough, and neither its session nor its person is revoked."""
        if token.made <= self._now() - LIFETIME:
            return False
        owners = (f"session-{token.session}", f"person-{token.person}")
        return all(self._endings.get(owner, 0.0) < token.made for owner in owners)

    def join(self, token: PageToken, since: float) -> Subscriber:
        """Open a stream. It first gets the parts that became stale after `since`, or everything when that is too long
        ago."""
        subscriber = Subscriber(token)
        self.streams.add(subscriber)
        _join(self._of_token[token], subscriber, MOST_PER_TOKEN)
        _join(self._of_session[token.session], subscriber, MOST_PER_SESSION)
        for scope in token.scopes:
            self._by_scope[scope].add(subscriber)
        if since - MARGIN < self._complete_since:
            subscriber.tell(EVERYTHING)
        else:
            for at, scope, part in self._recent:
                if at >= since - MARGIN and scope in token.scopes:
                    subscriber.tell(part)
        return subscriber

    def leave(self, subscriber: Subscriber) -> None:
        self.streams.discard(subscriber)
        _leave(self._of_token, subscriber.token, subscriber)
        _leave(self._of_session, subscriber.token.session, subscriber)
        for scope in subscriber.token.scopes:
            listeners = self._by_scope[scope]
            listeners.discard(subscriber)
            if not listeners:
                del self._by_scope[scope]

    def beat(self) -> None:
        """Send a heartbeat on every stream, so that both ends notice a lost connection, and close streams with expired
        tokens."""
        for subscriber in self.streams:
            subscriber.heartbeat = True
            subscriber.ended = subscriber.ended or not self.counts(subscriber.token)
            subscriber.wake.set()

    def _forget(self, before: float) -> None:
        while self._recent and self._recent[0][0] < before:
            self._recent.popleft()
        self._complete_since = max(self._complete_since, before)


def _join(others: dict[Subscriber, None], subscriber: Subscriber, most: int) -> None:
    """Add a stream, and close the oldest ones above the limit."""
    others[subscriber] = None
    for oldest in list(others)[:-most]:
        del others[oldest]
        oldest.crowded = True
        oldest.wake.set()


def _leave(groups: defaultdict[K, dict[Subscriber, None]], name: K, subscriber: Subscriber) -> None:
    groups[name].pop(subscriber, None)
    if not groups[name]:
        del groups[name]
