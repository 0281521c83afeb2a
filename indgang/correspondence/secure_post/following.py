"""Follows the mailboxes of secure post: stores what comes, confirms it afterwards, and notes receipts.

A process that is killed between storing and confirming is given the message again, recognises it, and confirms it.
Nothing that makes trouble keeps the rest back: receipts and messages are asked for apart, each is taken by itself, and
what failed in one look comes last in the next. What fails again by itself is tried more and more seldom (`patience`),
and an alert says so until it is gone from the list.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from indgang.core import clock
from indgang.core.clock import day_of
from indgang.correspondence.models import Mailbox, MailboxState, SecurePost
from indgang.correspondence.secure_post import mailboxes, patience, receipts, receiving
from indgang.correspondence.secure_post.patience import Failing
from indgang.entry.models import Alert
from indgang.entry.team import alerts
from indgang.live import stale
from indgang.messaging.secure_post.contract import AT_ONCE, SecurePostError, SecurePostFault, SecurePostService

logger = logging.getLogger(__name__)

#: the name of the job that looks into all of them (`config.jobs`)
JOB = "config.fetch_secure_post"
#: an alert that lasts as long as a mailbox, named by its key, has something that cannot be taken; stored by this name
STUCK = "post_set_aside "
#: pages of one look
_MOST_PAGES = 10
#: faults that concern everything there, and how many of them end a look
_OF_THE_SERVICE = frozenset(SecurePostFault) - {
    SecurePostFault.REFUSED, SecurePostFault.UNREADABLE, SecurePostFault.NOT_STORED,
}  # fmt: skip
_MOST_FAULTS = 3
#: failures of any kind that end a look, and how many ids of what failed are kept
_MOST_FAILURES, _MOST_FAILING = 20, 2_000


def fetch_soon() -> None:
    """Have the mailboxes looked into at once, if and when the transaction commits."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(JOB, queue="mail", queueing_lock=JOB, lock=JOB).defer(timestamp=0)


def fetch_all(*, at: datetime) -> int:
    """Look into each mailbox of today; returns how many messages were stored."""
    rows = Mailbox.objects.for_secure_post().valid_on(day_of(at))
    boxes = list(rows.select_related("centre__schedule", "queue__centre__schedule"))
    _end_alerts_but_of(boxes)
    return sum(_look(mailbox) for mailbox in boxes)


def _look(mailbox: Mailbox) -> int:
    state, _made = MailboxState.objects.get_or_create(mailbox=mailbox)
    look = _Look(mailbox, at=clock.now(), before=patience.read(state.failing))
    try:
        service = mailboxes.service_of(mailbox)
    except SecurePostError as error:
        look.has_not_listed(error)
    else:
        look.take_all(lambda: _pages(service.receipts), lambda key: _note_receipt(service, key))
        look.take_all(lambda: _waiting(mailbox, service), lambda uuid: _take(mailbox, service, uuid))
    _note(state, look)
    return look.stored


class _LeftThere(Exception):
    """It stays listed at the service, and nothing is wrong with either."""


@dataclass(slots=True)
class _Look:
    """One look into a mailbox. `before` is what failed in earlier ones, that longest ago first; `fault` the last fault
    of this one. `is_whole`: everything that the service has was listed."""

    mailbox: Mailbox
    at: datetime
    before: dict[str, Failing]
    failed: dict[str, Failing] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)
    is_whole: bool = True
    fault: str = ""
    stored: int = 0

    def take_all(self, listed: Callable[[], list[str]], take: Callable[[str], bool]) -> None:
        """Take each of what is listed; `take` says whether it stored a message."""
        try:
            waiting = listed()
        except SecurePostError as error:
            self.has_not_listed(error)
            return
        self.listed |= set(waiting)
        self.is_whole = self.is_whole and len(waiting) < _MOST_PAGES * AT_ONCE
        faults = failures = 0
        for key in self._due_in_order(waiting):
            self.tried.add(key)
            trouble = self._take(key, take)
            failures += key in self.failed
            faults += trouble is not None and trouble.fault in _OF_THE_SERVICE
            if faults >= _MOST_FAULTS or failures >= _MOST_FAILURES:
                break

    def _take(self, key: str, take: Callable[[str], bool]) -> SecurePostError | None:
        try:
            self.stored += take(key)
        except _LeftThere:
            self._has_failed(key)
        except SecurePostError as error:
            self._has_failed(key, by_itself=error.fault not in _OF_THE_SERVICE)
            self.note(error)
            return error
        except Exception:
            logger.exception("mailbox %s: what was fetched could not be stored", self.mailbox.code)
            self._has_failed(key)
            self.note(SecurePostError(SecurePostFault.NOT_STORED))
        return None

    def _has_failed(self, key: str, *, by_itself: bool = True) -> None:
        before = self.before.get(key, Failing(key))
        self.failed[key] = before.again(self.at) if by_itself else before

    def _due_in_order(self, keys: list[str]) -> list[str]:
        """In the order of the service, but what failed before last: what failed longest ago first. What is to be tried
        later is left out."""
        rank = {key: number for number, key in enumerate(self.before, 1)}
        due = (key for key in keys if key not in self.before or self.before[key].is_due(self.at))
        return sorted(due, key=lambda key: rank.get(key, 0))

    def has_not_listed(self, error: SecurePostError) -> None:
        """What the service has is not known this time."""
        self.is_whole = False
        self.note(error)

    def note(self, error: SecurePostError) -> None:
        logger.warning("mailbox %s: %s", self.mailbox.code, error)
        self.fault = error.fault.value

    @property
    def failing(self) -> list[Failing]:
        """What is to come last in the next look. What is no longer listed was taken off by somebody else."""
        still = (each for key, each in self.before.items() if key in self.listed or not self.is_whole)
        return [*(each for each in still if each.key not in self.tried), *self.failed.values()][-_MOST_FAILING:]


def _pages(of: Callable[[int], list[str]]) -> list[str]:
    """What the service lists, each once."""
    found: list[str] = []
    for page in range(_MOST_PAGES):
        listed = of(page)
        found += listed
        if not listed:
            break
    return list(dict.fromkeys(found))


def _waiting(mailbox: Mailbox, service: SecurePostService) -> list[str]:
    """What is to be fetched or confirmed: what was too large is left there, for somebody to read it where it is."""
    found = _pages(service.waiting)
    left = SecurePost.objects.filter(mailbox=mailbox, uuid__in=found, message__size=0, is_readable=False)
    too_large = {str(uuid) for uuid in left.values_list("uuid", flat=True)}
    return [uuid for uuid in found if uuid not in too_large]


def _take(mailbox: Mailbox, service: SecurePostService, uuid: str) -> bool:
    """Store the message and confirm it; returns whether it was new."""
    there = SecurePost.objects.filter(mailbox=mailbox, uuid=uuid, state=SecurePost.State.RECEIVED).first()
    is_new = there is None
    if there is None:
        content = service.fetch(uuid, largest=settings.MAILBOX_LARGEST)
        there = receiving.receive(mailbox, uuid, content, at=clock.now())
        if content is None:
            return True
    service.confirm(uuid, is_readable=there.is_readable, at=clock.now())
    SecurePost.objects.filter(pk=there.pk, confirmed_at=None).update(confirmed_at=clock.now())
    return is_new


def _note_receipt(service: SecurePostService, key: str) -> bool:
    """Write the receipt down, then take it off the list. One that cannot be understood, or is about no message of ours,
    stays there: it may be another system's."""
    receipt = service.receipt(key)
    if receipt is None or not receipts.note(receipt, at=clock.now()):
        logger.info("a receipt is left where it is")
        raise _LeftThere
    service.take_off(key)
    return False


def _note(state: MailboxState, look: _Look) -> None:
    at = clock.now()
    state.checked_at, state.failing = at, patience.written(look.failing)
    state.fault, state.down_since = look.fault, (state.down_since or at) if look.fault else None
    if look.stored:
        state.received_at = at
    state.save(update_fields=["checked_at", "fault", "down_since", "received_at", "failing"])
    _tell_of_stuck(look, at)
    stale.mark("all/mailboxes")


def _tell_of_stuck(look: _Look, at: datetime) -> None:
    """An alert lasts as long as something of the mailbox is stuck."""
    number, code = sum(each.is_stuck for each in look.failing), f"{STUCK}{look.mailbox.pk}"
    if number:
        alerts.begin(code, f"{look.mailbox.name}: {number}", at=at, centre=look.mailbox.centre)
    else:
        alerts.end(code, at=at)


def _end_alerts_but_of(boxes: Iterable[Mailbox]) -> None:
    """Nobody looks into a mailbox that has ended."""
    codes = {f"{STUCK}{box.pk}" for box in boxes}
    lasting = Alert.objects.filter(code__startswith=STUCK, over_at=None).exclude(code__in=codes)
    for code in lasting.values_list("code", flat=True):
        alerts.end(code, at=clock.now())
