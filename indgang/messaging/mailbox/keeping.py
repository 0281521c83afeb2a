"""Follows mailboxes for as long as a process runs: one thread for each fetches, has mails stored, and waits.

Whoever owns the mailboxes (a higher package) says which there are, stores what comes, and is told how each one is.
Any number of processes may follow the same mailboxes: the one that holds the lock of a mailbox fetches, the others
stand by. A process that is killed loses nothing: see `contract`.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Thread
from typing import Protocol

from django.db import InterfaceError, OperationalError, connections

from indgang.core import clock
from indgang.messaging.mailbox.contract import (
    FOR_A_PERSON,
    FetchedBatch,
    FetchPosition,
    MailboxError,
    MailboxFault,
    OpenMailbox,
)
from indgang.messaging.mailbox.locks import MailboxLocks
from indgang.messaging.mailbox.opening import AnyAccount, opened

logger = logging.getLogger(__name__)

#: mails of one transaction
BATCH = 100
#: seconds between two looks at which mailboxes there are, and of one wait for mail
RELOAD_SECONDS, WAIT_SECONDS = 5.0, 60.0
#: seconds until somebody who stands by asks for the lock again
STANDBY_SECONDS = 5.0
#: seconds until the next attempt after 1, 2, 3 ... failures in a row, give or take half; the last one goes on
PAUSES = (1.0, 2.0, 5.0, 15.0, 60.0, 120.0)
#: the same when only a person can help; servers lock accounts at which wrong passwords are tried often
PATIENT_PAUSES = (60.0, 300.0, 900.0)
#: attempts at fetching and storing one mail while the server answers, after which it comes without its content
ATTEMPTS_AT_ONE = 6
#: why mails cannot be moved, while they can be fetched
_OF_THE_ARCHIVE = frozenset(
    (MailboxFault.FULL, MailboxFault.FOLDER_MISSING, MailboxFault.NOT_SUPPORTED, MailboxFault.REFUSED)
)


@dataclass(frozen=True, slots=True)
class MailboxHealth:
    """Whether mails are fetched, since when that is so, what is wrong, and when the last mail was stored.

    A mailbox that is up may have a fault, too: mails cannot be moved to its archive.
    """

    is_up: bool
    since: datetime
    fault: MailboxFault | None = None
    last_mail: datetime | None = None


class MailboxOwner(Protocol):
    """Whom the mailboxes belong to. Called from several threads, without a transaction."""

    def accounts(self) -> Mapping[str, AnyAccount]:
        """The mailboxes to follow, by names that stay."""

    def position(self, name: str) -> FetchPosition | None:
        """Up to which mail the mailbox has been stored."""

    def store(self, name: str, batch: FetchedBatch) -> bool:
        """Store the mails and the position in one transaction; False, and nothing stored, when the stored position is
        no longer the batch's `after`."""

    def note(self, name: str, health: MailboxHealth) -> None:
        """The health has changed, mails have been stored, or the mailbox was looked into again."""


class Keeper:
    """Follows the mailboxes of one owner."""

    def __init__(self, owner: MailboxOwner) -> None:
        self._owner = owner
        self._locks = MailboxLocks()
        self._followers: dict[str, _Follower] = {}
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="mailboxes", daemon=True)

    def start(self) -> None:
        """Run in the background until `stop`, or until the process ends."""
        self._thread.start()

    def stop(self) -> None:
        """Stop; threads that wait for mail end within a moment after that wait."""
        self._stopping.set()
        for follower in self._followers.values():
            follower.stopping.set()

    def join(self, seconds: float) -> None:
        """Wait until all threads have ended, for each of them at most so long."""
        for thread in (self._thread, *self._followers.values()):
            if thread.is_alive():
                thread.join(seconds)
        self._locks.close()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._follow(self._owner.accounts())
            except Exception:
                # those that are followed go on, and the next look may succeed
                logger.exception("which mailboxes there are cannot be read")
            finally:
                connections.close_all()
            self._stopping.wait(RELOAD_SECONDS)

    def _follow(self, accounts: Mapping[str, AnyAccount]) -> None:
        for name, follower in list(self._followers.items()):
            if accounts.get(name) != follower.account:
                follower.stopping.set()
            if not follower.is_alive():
                del self._followers[name]
        for name in accounts.keys() - self._followers.keys():
            if self._stopping.is_set():
                return
            follower = _Follower(name, accounts[name], self._owner, self._locks)
            self._followers[name] = follower
            follower.start()


class _Follower(Thread):
    """Follows one mailbox with one account."""

    def __init__(self, name: str, account: AnyAccount, owner: MailboxOwner, locks: MailboxLocks) -> None:
        super().__init__(name=f"mailbox {name}", daemon=True)
        self.mailbox, self.account = name, account
        self.stopping = Event()
        self._owner, self._locks = owner, locks
        self._health = MailboxHealth(is_up=True, since=clock.now())
        self._was_noted = False
        self._failures = 0
        self._may_file_away = True
        self._trouble = _Trouble()

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                pause = self._until_failure() if self._locks.take(self.mailbox) else STANDBY_SECONDS
                self.stopping.wait(pause)
        finally:
            self._locks.release(self.mailbox)
            connections.close_all()

    def _until_failure(self) -> float:
        """Follow the mailbox until that fails; returns how many seconds to leave it alone."""
        try:
            with opened(self.account) as mailbox:
                self._go_on(mailbox)
            return STANDBY_SECONDS
        except MailboxError as error:
            logger.warning("mailbox %s: %s", self.mailbox, error)
            self._fail(error.fault)
            pauses = PATIENT_PAUSES if error.fault in FOR_A_PERSON else PAUSES
        except (OperationalError, InterfaceError) as error:
            logger.warning("mailbox %s waits for the database: %s", self.mailbox, type(error).__name__)
            self._failures, pauses = self._failures + 1, PAUSES
        except Exception:
            logger.exception("mailbox %s: what came could not be stored", self.mailbox)
            self._fail(MailboxFault.NOT_STORED)
            pauses = PAUSES
        finally:
            connections.close_all()
        in_a_row = max(self._failures, self._trouble.count)
        return _about(pauses[min(in_a_row, len(pauses)) - 1])

    def _go_on(self, mailbox: OpenMailbox) -> None:
        mailbox.latest()  # what fails from here on is not the way to the server
        position = self._owner.position(self.mailbox)
        self._may_file_away = True
        while not self.stopping.is_set():
            batch = self._fetch(mailbox, position)
            self._succeed()
            if batch.position != batch.after:
                if not self._store(batch):
                    return
                position = batch.position
                latest = clock.now() if batch.mails else self._health.last_mail
                self._note(MailboxHealth(True, self._health.since, self._health.fault, latest))
            if not batch.more:
                self._file_away(mailbox, batch.position)
                connections.close_all()
                mailbox.wait(seconds=WAIT_SECONDS)

    def _file_away(self, mailbox: OpenMailbox, position: FetchPosition) -> None:
        """Move what is stored to the archive. Where that cannot be, mails go on being fetched."""
        if not self._may_file_away:
            return
        try:
            mailbox.file_away(until=position)
            if self._health.fault is not None:
                self._health = MailboxHealth(True, self._health.since, None, self._health.last_mail)
        except MailboxError as error:
            if error.fault not in _OF_THE_ARCHIVE:
                raise
            logger.warning("mailbox %s: mails stay where they are: %s", self.mailbox, error)
            self._may_file_away = False
            self._note(MailboxHealth(True, self._health.since, error.fault, self._health.last_mail))

    def _fetch(self, mailbox: OpenMailbox, position: FetchPosition | None) -> FetchedBatch:
        """The next mails. After a failure one by one, and without its content when a single mail fails repeatedly: it
        must not keep the others back."""
        try:
            return self._trouble.fetch(mailbox, position)
        except MailboxError:
            self._trouble.add(position)
            raise

    def _store(self, batch: FetchedBatch) -> bool:
        """False when somebody else follows the mailbox now."""
        if not self._locks.holds(self.mailbox):
            return False
        try:
            is_stored = self._owner.store(self.mailbox, batch)
        except (OperationalError, InterfaceError):
            raise  # the database is away
        except Exception:
            self._trouble.add(batch.after)
            raise
        self._trouble.forget()
        return is_stored

    def _succeed(self) -> None:
        self._failures = 0
        if not self._health.is_up:
            self._health = MailboxHealth(True, clock.now(), last_mail=self._health.last_mail)
        self._note(self._health)

    def _fail(self, fault: MailboxFault) -> None:
        self._failures += 1
        if self._health.is_up or self._health.fault is not fault or not self._was_noted:
            since = clock.now() if self._health.is_up else self._health.since
            try:
                self._note(MailboxHealth(False, since, fault, self._health.last_mail))
            except (OperationalError, InterfaceError) as error:
                logger.warning("mailbox %s: its state cannot be noted: %s", self.mailbox, type(error).__name__)

    def _note(self, health: MailboxHealth) -> None:
        self._health = health
        self._was_noted = False
        self._owner.note(self.mailbox, health)
        self._was_noted = True


@dataclass(slots=True)
class _Trouble:
    """How often fetching has failed at the same position."""

    at: FetchPosition | None = None
    count: int = field(default=0)

    def add(self, position: FetchPosition | None) -> None:
        self.count = self.count + 1 if position == self.at else 1
        self.at = position

    def forget(self) -> None:
        self.count = 0

    def fetch(self, mailbox: OpenMailbox, position: FetchPosition | None) -> FetchedBatch:
        if self.count == 0 or position != self.at:
            return mailbox.fetch(after=position, limit=BATCH)
        return mailbox.fetch(after=position, limit=1, content=self.count <= ATTEMPTS_AT_ONE)


def _about(seconds: float) -> float:
    """Half to one and a half times as long, so that mailboxes of one server do not all come back together."""
    return seconds * (0.5 + secrets.randbelow(1001) / 1000)


_owners: list[MailboxOwner] = []


def subscribe(owner: MailboxOwner) -> None:
    """Have the owner's mailboxes followed by the processes that do so."""
    _owners.append(owner)


def start() -> list[Keeper]:
    """Follow the mailboxes of all owners in the background."""
    keepers = [Keeper(owner) for owner in _owners]
    for keeper in keepers:
        keeper.start()
    return keepers
