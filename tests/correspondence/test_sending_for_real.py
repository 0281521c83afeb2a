"""Answers over a real SMTP server: the bytes that are kept leave once, also when the worker is killed in between."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indgang.core import clock
from indgang.correspondence.mail import accounts, answering, sending
from indgang.correspondence.models import Mailbox, ThreadMessage
from indgang.messaging.mailbox import opening
from tests.correspondence.mails import mailbox, receive
from tests.correspondence.test_answering import Killed, in_hand
from tests.messaging.mail_servers import MailServers
from tests.world import MORNING, World

pytestmark = [pytest.mark.mail_servers, pytest.mark.django_db]
NOON = MORNING + timedelta(hours=1)
State = ThreadMessage.State


@pytest.fixture
def box(world: World, mail_servers: MailServers) -> Mailbox:
    """A mailbox on the real servers."""
    mail_servers.empty()
    account = mail_servers.account()
    assert not isinstance(account.login, str)
    return mailbox(
        world, address=account.user, login=account.user, adapter=Mailbox.Adapter.IMAP, imap_host=account.imap.host,
        imap_port=account.imap.port, imap_security="none", smtp_host=account.smtp.host, smtp_port=account.smtp.port,
        smtp_security="none", sent_folder="Sent", secret=accounts.sealed(getattr(account.login, "secret", "")),
    )  # fmt: skip


def written(world: World, box: Mailbox, to: str = "per@firma.example") -> ThreadMessage:
    thread = in_hand(world, receive(box))
    return answering.reply(
        thread, to=[to], subject="", text="Æblegrød om to uger.\n.\nHilsen", closes=True, by=world.anna, at=NOON
    )


def again(message: ThreadMessage) -> ThreadMessage:
    return ThreadMessage.objects.get(pk=message.pk)


def test_the_bytes_that_are_kept_leave_and_a_copy_lies_in_the_mailbox(
    world: World, box: Mailbox, mail_servers: MailServers
) -> None:
    message = written(world, box)
    with clock.frozen(NOON + timedelta(seconds=11)) as time:
        assert sending.send_due(at=time.at) == 1
    assert again(message).state == State.SENT
    (mail,) = mail_servers.left()
    assert mail.replace(b"\r\n", b"\n").endswith(bytes(message.source.raw).replace(b"\r\n", b"\n"))
    assert opening.find_sent(accounts.account_of(box), message_id=message.message_id)


def test_a_recipient_that_the_server_refuses_comes_back(world: World, box: Mailbox, mail_servers: MailServers) -> None:
    message = written(world, box, to="gone@firma.example")
    with clock.frozen(NOON + timedelta(seconds=11)) as time:
        sending.send_due(at=time.at)
    assert (again(message).state, mail_servers.left()) == (State.REFUSED, [])


def test_a_worker_that_is_killed_sends_one_mail_and_leaves_a_doubt(
    world: World, box: Mailbox, mail_servers: MailServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit = opening.submit

    def submit_and_die(*what: object) -> None:
        submit(*what)  # type: ignore[arg-type]  # what the worker gives
        raise Killed

    message = written(world, box)
    monkeypatch.setattr(opening, "submit", submit_and_die)
    with clock.frozen(NOON + timedelta(seconds=11)) as time:
        with pytest.raises(Killed):
            sending.send_due(at=time.at)
        monkeypatch.undo()
        time.at += timedelta(minutes=3)
        sending.send_due(at=time.at)
        time.at += timedelta(hours=2)
        sending.send_due(at=time.at)
    assert (again(message).state, len(mail_servers.left())) == (State.DOUBT, 1)
