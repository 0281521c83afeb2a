"""What goes wrong between us and mail servers ends in a named fault, with nothing lost and nothing sent twice."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from imapclient import IMAPClient, exceptions

from indgang.core import clock
from indgang.messaging.mailbox import imap, smtp, transport
from indgang.messaging.mailbox.contract import (
    Doubt,
    Extent,
    MailAccount,
    MailboxError,
    MailboxFault,
    MailServer,
    Password,
    Rejected,
    Security,
    Sent,
)
from indgang.messaging.mailbox.opening import fetch, find_sent, keep_copy, opened, submit
from indgang.messaging.mailbox.trial import MailboxPart, try_out
from tests.messaging import relay
from tests.messaging.mail_servers import MailServers, free_ports, mail
from tests.messaging.mailbox_suite import PATIENCE, envelope
from tests.messaging.relay import Relay

pytestmark = pytest.mark.mail_servers


@pytest.fixture
def servers(mail_servers: MailServers) -> MailServers:
    mail_servers.empty()
    return mail_servers


@pytest.fixture
def trusted(servers: MailServers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(servers.authority.file))


@pytest.fixture
def imap_relay(servers: MailServers) -> Iterator[Relay]:
    with relay.before(servers.imap) as found:
        yield found


@pytest.fixture
def smtp_relay(servers: MailServers) -> Iterator[Relay]:
    with relay.before(servers.smtp) as found:
        yield found


def through(servers: MailServers, **more: Any) -> MailAccount:
    """The account, by way of relays (`imap`, `smtp`); without encryption, so that they see what is said."""
    changed = {
        name: MailServer("127.0.0.1", by.port, Security.NONE) for name, by in more.items() if isinstance(by, Relay)
    }
    return servers.account(**(more | changed))


def fault_of_fetching(account: MailAccount) -> MailboxFault:
    with pytest.raises(MailboxError) as caught:
        fetch(account, after=None)
    return caught.value.fault


def fault_of_sending(account: MailAccount) -> MailboxFault:
    with pytest.raises(MailboxError) as caught:
        submit(account, mail(), envelope())
    return caught.value.fault


# --- encryption and signing in --------------------------------------------------------------------


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
@pytest.mark.usefixtures("trusted")
def test_the_way_to_the_servers_can_be_encrypted(servers: MailServers, security: Security) -> None:
    servers.put([mail()])
    account = servers.account(security=security)
    assert len(fetch(account, after=None).mails) == 1
    assert isinstance(submit(account, mail(), envelope()), Sent)


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_certificate_that_nobody_vouches_for_is_refused(servers: MailServers, security: Security) -> None:
    account = servers.account(security=security)
    assert fault_of_fetching(account) is MailboxFault.CERTIFICATE
    assert fault_of_sending(account) is MailboxFault.CERTIFICATE


@pytest.mark.usefixtures("trusted")
def test_a_certificate_for_another_host_is_refused(servers: MailServers) -> None:
    servers_name = MailServer("localhost", servers.imaps), MailServer("localhost", servers.smtps)
    account = servers.account(imap=servers_name[0], smtp=servers_name[1])
    assert fault_of_fetching(account) is MailboxFault.CERTIFICATE
    assert fault_of_sending(account) is MailboxFault.CERTIFICATE


@pytest.mark.usefixtures("trusted")
def test_a_certificate_that_has_ended_is_refused(servers: MailServers) -> None:
    servers.stop()
    servers.certify(ends=-timedelta(days=1))
    servers.start()
    try:
        account = servers.account(security=Security.TLS)
        assert fault_of_fetching(account) is MailboxFault.CERTIFICATE
        assert fault_of_sending(account) is MailboxFault.CERTIFICATE
    finally:
        servers.stop()
        servers.certify()
        servers.start()


def test_without_starttls_no_password_is_sent(servers: MailServers, imap_relay: Relay, smtp_relay: Relay) -> None:
    for by in (imap_relay, smtp_relay):
        by.changes = {b"STARTTLS": b"XXXXXXXX"}
    account = servers.account(
        imap=MailServer("127.0.0.1", imap_relay.port, Security.STARTTLS),
        smtp=MailServer("127.0.0.1", smtp_relay.port, Security.STARTTLS),
    )
    assert fault_of_fetching(account) is MailboxFault.INSECURE
    assert fault_of_sending(account) is MailboxFault.INSECURE
    assert b"AUTH" not in imap_relay.heard + smtp_relay.heard


def test_a_wrong_password_is_a_fault_of_its_own_and_is_never_shown(
    servers: MailServers, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    account = servers.account(login=Password("forkert-adgangskode"))
    for use in (lambda: fetch(account, after=None), lambda: submit(account, mail(), envelope())):
        with pytest.raises(MailboxError) as caught:
            use()
        assert caught.value.fault is MailboxFault.LOGIN_REFUSED
        assert "forkert" not in f"{caught.value!r} {account!r} {caplog.text}"


def test_nobody_listens(servers: MailServers) -> None:
    [port] = free_ports(1)
    nowhere = MailServer("127.0.0.1", port, Security.NONE)
    account = servers.account(imap=nowhere, smtp=nowhere)
    assert fault_of_fetching(account) is MailboxFault.UNREACHABLE
    assert fault_of_sending(account) is MailboxFault.UNREACHABLE


def test_an_account_is_tried_out_part_by_part(servers: MailServers) -> None:
    right = dict.fromkeys(MailboxPart)
    assert try_out(servers.account()) == right
    assert try_out(servers.account(sent="Findes ikke")) == right | {
        MailboxPart.SENT_FOLDER: MailboxFault.FOLDER_MISSING
    }
    [port] = free_ports(1)
    nobody = MailServer("127.0.0.1", port, Security.NONE)
    assert try_out(servers.account(smtp=nobody)) == right | {MailboxPart.SENDING: MailboxFault.UNREACHABLE}
    assert set(try_out(servers.account(login=Password("forkert"))).values()) == {MailboxFault.LOGIN_REFUSED}
    assert servers.left() == []


# --- fetching -------------------------------------------------------------------------------------


def test_a_folder_that_is_missing_is_a_fault_of_its_own(servers: MailServers) -> None:
    assert fault_of_fetching(servers.account(incoming="Borgere/Findes ikke")) is MailboxFault.FOLDER_MISSING
    with pytest.raises(MailboxError) as caught:
        find_sent(servers.account(sent="Findes ikke"), message_id="<x@kommune.example>")
    assert caught.value.fault is MailboxFault.FOLDER_MISSING


def test_a_fetch_that_is_cut_off_in_a_mail_loses_nothing(servers: MailServers, imap_relay: Relay) -> None:
    mails = [mail(f"Nummer {number}", size=200_000) for number in range(4)]
    servers.put(mails)
    imap_relay.down_limit = 500_000
    assert fault_of_fetching(through(servers, imap=imap_relay)) is MailboxFault.CUT
    imap_relay.down_limit = None
    assert [each.content for each in fetch(through(servers, imap=imap_relay), after=None).mails] == mails


def test_a_mail_that_the_server_refuses_once_comes_whole_the_next_time(
    servers: MailServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    mails = [mail(f"Nummer {number}") for number in range(4)]
    servers.put(mails)
    refused = {each.uid for each in fetch(servers.account(), after=None).mails[2:3]}
    ask = IMAPClient.fetch

    def refuse(client: IMAPClient, uids: list[int], parts: list[bytes]) -> Any:
        if b"BODY" in parts[0] and refused.intersection(uids):
            raise exceptions.IMAPClientError("FETCH failed: [LIMIT] later")
        return ask(client, uids, parts)

    monkeypatch.setattr(IMAPClient, "fetch", refuse)
    first = fetch(servers.account(), after=None)
    assert ([each.content for each in first.mails], first.more) == (mails[:2], True), "those before it do not wait"
    with pytest.raises(MailboxError) as caught:
        fetch(servers.account(), after=first.position)
    assert caught.value.fault is MailboxFault.REFUSED
    with opened(servers.account()) as mailbox:
        [given_up] = mailbox.fetch(after=first.position, limit=1, content=False).mails
    assert (given_up.uid in refused, given_up.extent) == (True, Extent.NOTHING)
    refused.clear()
    assert [each.content for each in fetch(servers.account(), after=first.position).mails] == mails[2:]


def test_slow_servers_lose_nothing(servers: MailServers, imap_relay: Relay, smtp_relay: Relay) -> None:
    mails = [mail(f"Nummer {number}", size=200_000) for number in range(4)]
    servers.put(mails)
    imap_relay.delay = smtp_relay.delay = 0.05
    account = through(servers, imap=imap_relay, smtp=smtp_relay)
    assert [each.content for each in fetch(account, after=None).mails] == mails
    assert isinstance(submit(account, mails[0], envelope()), Sent)
    assert len(servers.left()) == 1


def test_a_server_that_says_goodbye_while_we_wait_is_noticed(servers: MailServers) -> None:
    account = servers.account()
    with opened(account) as mailbox:
        mailbox.fetch(after=None)
        threading.Timer(0.5, servers.kick, [account.user]).start()
        with pytest.raises(MailboxError) as caught:
            mailbox.wait(seconds=PATIENCE)
    assert caught.value.fault in (MailboxFault.CLOSED_BY_SERVER, MailboxFault.CUT)


def test_a_connection_that_goes_silent_is_given_up(
    servers: MailServers, imap_relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "ANSWER_SECONDS", 1.0)
    with opened(through(servers, imap=imap_relay)) as mailbox:
        mailbox.fetch(after=None)
        threading.Timer(0.5, setattr, [imap_relay, "silent", True]).start()
        with pytest.raises(MailboxError) as caught:
            mailbox.wait(seconds=PATIENCE)
    assert caught.value.fault is MailboxFault.SLOW


def test_a_silent_connection_is_probed_and_each_idle_ends_long_before_the_server_hangs_up(servers: MailServers) -> None:
    with socket.create_connection(("127.0.0.1", servers.imap)) as made:
        transport.probe(made)
        assert made.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert made.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) <= 60
    assert max(*imap._IDLE_TURNS, imap._LONGEST_TURN) < 29 * 60


def test_idle_is_begun_again_and_still_tells(
    servers: MailServers, imap_relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "_IDLE_TURNS", (0.2, 0.2))
    monkeypatch.setattr(imap, "_LONGEST_TURN", 0.3)
    with opened(through(servers, imap=imap_relay)) as mailbox:
        mailbox.fetch(after=None)
        threading.Timer(1.5, servers.deliver, [mail()]).start()
        assert mailbox.wait(seconds=PATIENCE)
    assert imap_relay.heard.count(b" IDLE\r\n") >= 3


def test_a_new_mail_is_told_of_within_a_moment(servers: MailServers) -> None:
    with opened(servers.account()) as mailbox:
        mailbox.fetch(after=None)
        threading.Timer(2.0, servers.deliver, [mail()]).start()
        began = time.monotonic()
        assert mailbox.wait(seconds=PATIENCE)
        # it would be asked again after a minute
        assert time.monotonic() - began < PATIENCE


def test_a_server_without_idle_is_asked_again_and_again(servers: MailServers, imap_relay: Relay, settings: Any) -> None:
    settings.MAILBOX_POLL_SECONDS = 0.2
    imap_relay.changes = {b" IDLE": b" XDLE"}
    with opened(through(servers, imap=imap_relay)) as mailbox:
        mailbox.fetch(after=None)
        threading.Timer(0.5, servers.deliver, [mail()]).start()
        assert mailbox.wait(seconds=PATIENCE)
    assert b"IDLE\r\n" not in imap_relay.heard


def test_a_server_that_cannot_move_mails_leaves_them_where_they_are(servers: MailServers, imap_relay: Relay) -> None:
    imap_relay.changes = {b" MOVE": b" XOVE"}
    servers.put([mail()])
    account = through(servers, imap=imap_relay, archive="Arkiv")
    with opened(account) as mailbox:
        position = mailbox.fetch(after=None).position
        with pytest.raises(MailboxError) as caught:
            mailbox.file_away(until=position)
    assert caught.value.fault is MailboxFault.NOT_SUPPORTED
    assert len(fetch(account, after=None).mails) == 1


def test_a_mail_of_60_mb_comes_as_headers_and_holds_nothing_up(servers: MailServers) -> None:
    servers.put([mail("Før"), mail("Tegninger", size=60_000_000), mail("Efter")])
    found = fetch(servers.account(), after=None).mails
    assert [each.extent for each in found] == [Extent.WHOLE, Extent.HEADERS, Extent.WHOLE]
    assert b"Subject: Tegninger" in found[1].content
    assert len(found[1].content) < 10_000
    assert found[1].size > 60_000_000


def test_a_batch_is_limited_in_bytes(servers: MailServers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "BATCH_BYTES", 100_000)
    mails = [mail(f"Nummer {number}", size=40_000) for number in range(5)]
    servers.put(mails)
    with opened(servers.account()) as mailbox:
        batches = [mailbox.fetch(after=None)]
        while batches[-1].more:
            batches.append(mailbox.fetch(after=batches[-1].position))
    assert [len(batch.mails) for batch in batches] == [2, 2, 1]
    assert [each.content for batch in batches for each in batch.mails] == mails


def test_mails_that_somebody_deletes_meanwhile_are_passed_over(servers: MailServers) -> None:
    folder = servers.mail_folder("kontakt@kommune.example")
    servers.put([mail(f"Nummer {number}") for number in range(4)])
    with opened(servers.account()) as mailbox:
        first = mailbox.fetch(after=None, limit=2)
        [gone] = [file for file in folder.glob("[cn]*/*") if b"Nummer 2" in file.read_bytes()]
        gone.unlink()
        rest = mailbox.fetch(after=first.position)
        assert [b"Nummer 3" in each.content for each in rest.mails] == [True]
        assert mailbox.fetch(after=rest.position).mails == ()


def test_flags_that_others_change_meanwhile_are_no_mails(servers: MailServers, imap_relay: Relay) -> None:
    folder = servers.mail_folder("kontakt@kommune.example")
    servers.put([mail(f"Nummer {number}") for number in range(4)])
    with opened(through(servers, imap=imap_relay)) as mailbox:
        first = mailbox.fetch(after=None, limit=2)
        [gone] = [file for file in folder.glob("[cn]*/*") if b"Nummer 2" in file.read_bytes()]
        gone.unlink()
        # by its number in the folder, which is also the number of the mail that is gone
        said = b"* 3 FETCH (FLAGS (\\Seen))\r\n"
        starts = [number + b" FETCH (UID 4 " for number in (b"* 3", b"* 4")]
        imap_relay.changes = {start: said + start for start in starts}
        rest = mailbox.fetch(after=first.position)
    assert [b"Nummer 3" in each.content for each in rest.mails] == [True]


def test_a_mail_whose_arrival_cannot_be_read_came_now(servers: MailServers, imap_relay: Relay) -> None:
    servers.put([mail()])
    imap_relay.changes = {b'INTERNALDATE "': b'INTERNALDATE "en gang: '}
    [found] = fetch(through(servers, imap=imap_relay), after=None).mails
    assert found.extent is Extent.WHOLE
    assert abs(found.arrived - clock.now()) < timedelta(minutes=5)


# --- sending --------------------------------------------------------------------------------------


def test_a_connection_that_ends_before_the_answer_leaves_a_doubt_and_one_mail(
    servers: MailServers, smtp_relay: Relay
) -> None:
    smtp_relay.last_words = b"\r\n.\r\n"
    answer = submit(through(servers, smtp=smtp_relay), mail(message_id="<svar-7@kommune.example>"), envelope())
    assert answer == Doubt(MailboxFault.CUT)
    assert sum(b"svar-7" in each for each in servers.left(at_least=1)) == 1


def test_a_connection_that_ends_before_the_whole_mail_is_sent_leaves_nothing(
    servers: MailServers, smtp_relay: Relay
) -> None:
    smtp_relay.up_limit = 600_000
    raw = mail(size=15_000_000)  # more than fits into the buffers of the sockets
    with pytest.raises(MailboxError) as caught:
        submit(through(servers, smtp=smtp_relay), raw, envelope())
    assert caught.value.fault is MailboxFault.CUT
    assert servers.left() == []


def test_a_connection_that_ended_before_the_end_of_the_mail_is_no_doubt(
    servers: MailServers, smtp_relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_over = smtp._hand_over

    def with_a_pause(*given: Any) -> None:
        hand_over(*given)
        time.sleep(0.5)  # until the relay has closed

    monkeypatch.setattr(smtp, "_hand_over", with_a_pause)
    smtp_relay.up_limit = 300
    with pytest.raises(MailboxError) as caught:
        submit(through(servers, smtp=smtp_relay), mail(), envelope())
    assert caught.value.fault is MailboxFault.CUT
    assert servers.left() == []


def test_a_server_that_greylists_takes_the_mail_later(servers: MailServers) -> None:
    raw, account = mail(), servers.account()
    answer = submit(account, raw, envelope("greylisted@firma.example"))
    assert isinstance(answer, Rejected)
    assert (answer.code, answer.for_good) == (451, False)
    servers.pass_greylisting()
    assert isinstance(submit(account, raw, envelope("greylisted@firma.example")), Sent)
    assert len(servers.left()) == 1


@pytest.mark.parametrize(
    ("recipient", "subject", "code", "for_good"),
    [("closing", "Svar", 421, False), ("busy", "Svar", 450, False), ("gone", "Svar", 550, True),
     ("full", "Svar", 552, True), ("ida", "451 ved indholdet", 451, False), ("ida", "554 ved indholdet", 554, True)],
)  # fmt: skip
def test_an_answer_of_the_server_says_whether_to_try_again(
    servers: MailServers, recipient: str, subject: str, code: int, for_good: bool
) -> None:
    answer = submit(servers.account(), mail(subject), envelope(f"{recipient}@firma.example"))
    assert isinstance(answer, Rejected)
    assert (answer.code, answer.for_good) == (code, for_good)
    assert servers.left() == []


def test_a_mail_that_is_too_large_for_the_server_is_refused_before_it_is_sent(
    servers: MailServers, smtp_relay: Relay
) -> None:
    answer = submit(through(servers, smtp=smtp_relay), mail(size=21_000_000), envelope())
    assert isinstance(answer, Rejected)
    assert (answer.code, answer.for_good) == (552, True)
    assert len(smtp_relay.heard) < 10_000


def test_an_address_with_danish_letters_is_written_to(servers: MailServers) -> None:
    assert isinstance(submit(servers.account(), mail(), envelope("søren@firma.example")), Sent)
    assert isinstance(submit(servers.account(), mail(), envelope("ida@blåbær.example")), Sent)
    addressed = b"".join(servers.left())
    assert "Envelope-to: søren@firma.example".encode() in addressed
    assert b"Envelope-to: ida@xn--" in addressed


def test_a_server_that_knows_no_danish_letters_refuses_for_good(servers: MailServers, smtp_relay: Relay) -> None:
    smtp_relay.changes = {b"SMTPUTF8": b"XXXXXXXX"}
    answer = submit(through(servers, smtp=smtp_relay), mail(), envelope("søren@firma.example"))
    assert isinstance(answer, Rejected)
    assert (answer.code, answer.for_good, answer.recipient) == (553, True, "")
    assert servers.left() == []


def test_a_full_mailbox_keeps_no_copy_and_says_so(servers: MailServers) -> None:
    account = servers.account("fuld@kommune.example")
    with pytest.raises(MailboxError) as caught:
        keep_copy(account, mail(size=300_000), message_id="<stor@kommune.example>")
    assert caught.value.fault is MailboxFault.FULL
    assert keep_copy(account, mail(message_id="<lille@kommune.example>"), message_id="<lille@kommune.example>")
