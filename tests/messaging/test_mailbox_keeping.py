"""Mailboxes are followed while a process runs: nothing is lost, nothing is stored twice, and faults are shown."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from indgang.messaging.mailbox import keeping
from indgang.messaging.mailbox.contract import (
    Extent,
    FetchedBatch,
    FetchedMail,
    FetchPosition,
    MailboxFault,
    MailServer,
    Password,
    Security,
    SimulatedAccount,
)
from indgang.messaging.mailbox.fault_words import WORDS
from indgang.messaging.mailbox.keeping import Keeper, MailboxHealth
from indgang.messaging.mailbox.locks import MailboxLocks
from indgang.messaging.mailbox.opening import AnyAccount
from indgang.messaging.mailbox.simulator import SimulatedMailbox
from tests.messaging import relay
from tests.messaging.following_process import SqliteLedger
from tests.messaging.mail_servers import MailServers, mail
from tests.processes import Started
from tests.server import database_url

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 60.0


@dataclass
class Ledger:
    """What a domain keeps, in memory. `trouble` is called before each batch is stored, and may raise."""

    known: dict[str, AnyAccount]
    stored: list[FetchedMail] = field(default_factory=list)
    positions: dict[str, FetchPosition] = field(default_factory=dict)
    health: list[MailboxHealth] = field(default_factory=list)
    batches: int = 0
    trouble: Callable[[FetchedBatch], None] = lambda _batch: None
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def accounts(self) -> Mapping[str, AnyAccount]:
        return dict(self.known)

    def position(self, name: str) -> FetchPosition | None:
        return self.positions.get(name)

    def store(self, name: str, batch: FetchedBatch) -> bool:
        self.trouble(batch)
        with self._guard:
            if self.positions.get(name) != batch.after:
                return False
            self.stored += batch.mails
            self.positions[name] = batch.position
            self.batches += 1
            return True

    def note(self, name: str, health: MailboxHealth) -> None:
        self.health.append(health)

    def wait_until(self, met: Callable[..., bool], seconds: float = PATIENCE) -> None:
        deadline = time.monotonic() + seconds
        while not met():
            assert time.monotonic() < deadline, f"{len(self.stored)} mails are stored; {self.health[-3:]}"
            time.sleep(0.02)

    @property
    def faults(self) -> list[MailboxFault | None]:
        return [each.fault for each in self.health]


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "PAUSES", (0.1, 0.3))
    monkeypatch.setattr(keeping, "WAIT_SECONDS", 0.5)
    for name in ("RELOAD_SECONDS", "STANDBY_SECONDS"):
        monkeypatch.setattr(keeping, name, 0.1)


@pytest.fixture
def keep() -> Iterator[Callable[[Ledger], Keeper]]:
    """Follows the mailboxes of a ledger until the test ends."""
    started: list[Keeper] = []

    def start(ledger: Ledger) -> Keeper:
        started.append(Keeper(ledger))
        started[-1].start()
        return started[-1]

    yield start
    for keeper in started:
        keeper.stop()
    for keeper in started:
        keeper.join(PATIENCE)


@pytest.fixture
def simulated(tmp_path: Path) -> SimulatedMailbox:
    return SimulatedMailbox(tmp_path)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger({"kontakt": SimulatedAccount(tmp_path)})


Keep = Callable[[Ledger], Keeper]


def test_what_is_there_and_what_comes_is_stored_once(keep: Keep, ledger: Ledger, simulated: SimulatedMailbox) -> None:
    simulated.deliver(mail("Før"))
    keep(ledger)
    ledger.wait_until(lambda: len(ledger.stored) == 1)
    simulated.deliver(mail("Efter"))
    ledger.wait_until(lambda: len(ledger.stored) == 2)
    assert ledger.health[-1].is_up
    assert ledger.health[-1].last_mail is not None


@pytest.mark.slow("ten thousand files are written and read")
def test_ten_thousand_mails_that_lie_there_at_once_are_stored_once_each_in_their_order(
    keep: Keep, ledger: Ledger, simulated: SimulatedMailbox
) -> None:
    for number in range(10_000):
        simulated.deliver(mail(f"Nummer {number}"))
    keep(ledger)
    ledger.wait_until(lambda: len(ledger.stored) >= 10_000, 10 * PATIENCE)
    numbers = [each.uid for each in ledger.stored]
    assert (len(numbers), numbers) == (10_000, sorted(set(numbers)))
    assert ledger.batches >= 100, "never more at once than a batch holds"


def test_a_batch_that_could_not_be_stored_comes_again(keep: Keep, ledger: Ledger, simulated: SimulatedMailbox) -> None:
    for number in range(3):
        simulated.deliver(mail(f"Nummer {number}"))
    failures = iter([True, True])

    def fail_twice(_batch: FetchedBatch) -> None:
        if next(failures, False):
            raise ValueError("a fault of the domain")

    ledger.trouble = fail_twice
    keep(ledger)
    ledger.wait_until(lambda: len(ledger.stored) == 3)
    assert MailboxFault.NOT_STORED in ledger.faults
    ledger.wait_until(lambda: ledger.health[-1].is_up)


def test_a_mail_that_cannot_be_stored_comes_without_its_content_and_keeps_no_other_back(
    keep: Keep, ledger: Ledger, simulated: SimulatedMailbox
) -> None:
    for number in range(3):
        simulated.deliver(mail(f"Nummer {number}"))

    def fail_with_the_second(batch: FetchedBatch) -> None:
        if any(b"Nummer 1" in each.content for each in batch.mails):
            raise ValueError("a fault of the domain")

    ledger.trouble = fail_with_the_second
    keep(ledger)
    ledger.wait_until(lambda: len(ledger.stored) == 3)
    assert [each.extent for each in ledger.stored] == [Extent.WHOLE, Extent.NOTHING, Extent.WHOLE]
    ledger.wait_until(lambda: ledger.health[-1].is_up)


def test_of_two_processes_one_follows_a_mailbox_and_the_other_takes_over(
    keep: Keep, ledger: Ledger, simulated: SimulatedMailbox
) -> None:
    first, second = Ledger(ledger.known), Ledger(ledger.known)
    active = keep(first)
    first.wait_until(lambda: bool(first.health))
    keep(second)
    simulated.deliver(mail("En"))
    first.wait_until(lambda: len(first.stored) == 1)
    assert second.health == []
    second.positions = first.positions
    active.stop()
    simulated.deliver(mail("To"))
    second.wait_until(lambda: len(first.stored) + len(second.stored) == 2)
    second.wait_until(lambda: bool(second.health))


def test_the_mailboxes_of_all_owners_are_followed(
    monkeypatch: pytest.MonkeyPatch, ledger: Ledger, simulated: SimulatedMailbox
) -> None:
    monkeypatch.setattr(keeping, "_owners", [])
    keeping.subscribe(ledger)
    simulated.deliver(mail())
    started = keeping.start()
    ledger.wait_until(lambda: len(ledger.stored) == 1)
    for keeper in started:
        keeper.stop()
        keeper.join(PATIENCE)


def test_a_lock_that_was_asked_for_twice_is_given_back_at_once() -> None:
    first, second = MailboxLocks(), MailboxLocks()
    try:
        assert [first.take("kontakt"), first.take("kontakt"), second.take("kontakt")] == [True, True, False]
        first.release("kontakt")
        assert [first.holds("kontakt"), second.take("kontakt"), second.holds("kontakt")] == [False, True, True]
    finally:
        first.close()
        second.close()


def test_a_look_that_fails_is_repeated(keep: Keep, ledger: Ledger, simulated: SimulatedMailbox) -> None:
    looks = iter([ValueError("a fault of the domain")])
    accounts = ledger.accounts

    def fail_once() -> Mapping[str, AnyAccount]:
        for error in looks:
            raise error
        return accounts()

    ledger.accounts = fail_once  # type: ignore[method-assign]
    simulated.deliver(mail())
    keep(ledger)
    ledger.wait_until(lambda: len(ledger.stored) == 1)


def test_every_fault_has_words() -> None:
    assert set(WORDS) == set(MailboxFault)


def test_a_mailbox_that_is_taken_away_is_left_alone(keep: Keep, ledger: Ledger, simulated: SimulatedMailbox) -> None:
    keep(ledger)
    ledger.wait_until(lambda: bool(ledger.health))
    keeper_of = {thread.name for thread in threading.enumerate()}
    assert "mailbox kontakt" in keeper_of
    ledger.known.clear()
    ledger.wait_until(lambda: "mailbox kontakt" not in {thread.name for thread in threading.enumerate()})


@pytest.mark.mail_servers
def test_a_mailbox_that_was_down_for_a_day_is_caught_up_with(keep: Keep, mail_servers: MailServers) -> None:
    mail_servers.empty()
    ledger = Ledger({"kontakt": mail_servers.account(archive="Arkiv")})
    mail_servers.put([mail("Før")])
    keep(ledger)
    ledger.wait_until(lambda: len(ledger.stored) == 1)
    mail_servers.stop_dovecot()
    try:
        ledger.wait_until(lambda: ledger.faults[-1] is MailboxFault.UNREACHABLE)
        mails = [mail(f"Nummer {number:03}") for number in range(500)]
        mail_servers.put(mails)
    finally:
        mail_servers.start_dovecot()
    ledger.wait_until(lambda: len(ledger.stored) >= 501)
    assert [each.content for each in ledger.stored[1:]] == mails
    ledger.wait_until(lambda: not any(mail_servers.mail_folder("kontakt@kommune.example").glob("cur/*")))
    assert ledger.health[-1].is_up


@pytest.mark.mail_servers
def test_nothing_is_lost_or_stored_twice_when_the_process_is_killed_again_and_again(
    mail_servers: MailServers, tmp_path: Path
) -> None:
    mail_servers.empty()
    mails = [mail(f"Nummer {number:03}") for number in range(200)]
    mail_servers.put(mails)
    ledger = SqliteLedger(tmp_path / "ledger")
    account = mail_servers.account()
    assert isinstance(account.login, Password)
    command = [sys.executable, "-m", "tests.messaging.following_process", str(ledger.file), str(mail_servers.imap)]
    environment = os.environ | {"DATABASE_URL": database_url()}
    for stored in (30, 90, 150, 200):
        process = Started([*command, account.user, account.login.secret], env=environment)
        try:
            Ledger({}).wait_until(lambda enough=stored: len(ledger.contents()) >= enough)
        finally:
            process.kill()
            process.wait()
    assert ledger.contents() == mails


@pytest.mark.mail_servers
def test_a_new_password_is_tried_at_once(
    keep: Keep, mail_servers: MailServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail_servers.empty()
    mail_servers.put([mail()])
    ledger = Ledger({"kontakt": mail_servers.account(login=Password("forkert"))})
    keep(ledger)
    ledger.wait_until(lambda: ledger.faults[-1:] == [MailboxFault.LOGIN_REFUSED])
    assert keeping.PATIENT_PAUSES[0] > PATIENCE / 2
    ledger.known["kontakt"] = mail_servers.account()
    ledger.wait_until(lambda: len(ledger.stored) == 1 and ledger.health[-1].is_up)


@pytest.mark.mail_servers
def test_a_mail_that_the_server_cannot_give_does_not_keep_the_others_back(
    keep: Keep, mail_servers: MailServers
) -> None:
    mail_servers.empty()
    for number in range(3):
        mail_servers.deliver(mail(f"Nummer {number}"))
        mail_servers.wait_for(number + 1)
    [broken] = [
        file for file in mail_servers.mail_folder("kontakt@kommune.example").glob("*/*,S=*")
        if b"Nummer 1" in file.read_bytes()
    ]  # fmt: skip
    broken.chmod(0)
    ledger = Ledger({"kontakt": mail_servers.account()})
    keep(ledger)
    ledger.wait_until(lambda: len(ledger.stored) == 3)
    assert [each.extent for each in ledger.stored] == [Extent.WHOLE, Extent.NOTHING, Extent.WHOLE]
    assert b"Nummer 2" in ledger.stored[2].content


@pytest.mark.mail_servers
def test_an_archive_that_cannot_be_moved_to_stops_no_mail(keep: Keep, mail_servers: MailServers) -> None:
    mail_servers.empty()
    mail_servers.put([mail("En"), mail("To")])
    with relay.before(mail_servers.imap) as by:
        by.changes = {b" MOVE": b" XOVE"}
        server = MailServer("127.0.0.1", by.port, Security.NONE)
        ledger = Ledger({"kontakt": mail_servers.account(imap=server, archive="Arkiv")})
        keeper = keep(ledger)
        ledger.wait_until(lambda: len(ledger.stored) == 2)
        ledger.wait_until(lambda: ledger.faults[-1] is MailboxFault.NOT_SUPPORTED)
        assert ledger.health[-1].is_up
        mail_servers.put([mail("Tre")])
        ledger.wait_until(lambda: len(ledger.stored) == 3)
        keeper.stop()
        keeper.join(PATIENCE)
