"""The shared mailboxes are followed: mails are stored with the position, once, whatever is killed or comes again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from indgang.core import clock
from indgang.correspondence.mail import accounts
from indgang.correspondence.mail.following import SharedMailboxes
from indgang.correspondence.models import Mailbox, MailboxState, Thread, ThreadMessage
from indgang.messaging.mailbox.contract import (
    Extent,
    FetchedBatch,
    FetchedMail,
    FetchPosition,
    MailAccount,
    MailboxFault,
    OAuth,
    Password,
)
from indgang.messaging.mailbox.keeping import MailboxHealth
from tests.correspondence.mails import mailbox, raw
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
SHARED = SharedMailboxes()


def batch(after: FetchPosition | None, *numbers: int, validity: int = 1, extent: Extent = Extent.WHOLE) -> FetchedBatch:
    """Mails with these numbers, as the server hands them over."""
    mails = tuple(FetchedMail(number, 900, clock.now(), extent, raw(number=number)) for number in numbers)
    return FetchedBatch(mails, after, FetchPosition(validity, numbers[-1]))


def test_mails_are_stored_with_the_position(world: World) -> None:
    mailbox(world)
    assert SHARED.position("tmf") is None
    assert SHARED.store("tmf", batch(None, 1, 2))
    assert SHARED.position("tmf") == FetchPosition(1, 2)
    assert Thread.objects.count() == 2


def test_a_batch_that_another_process_has_stored_is_left(world: World) -> None:
    mailbox(world)
    SHARED.store("tmf", batch(None, 1))
    assert not SHARED.store("tmf", batch(None, 1))
    assert SHARED.store("tmf", batch(FetchPosition(1, 1), 2))
    assert ThreadMessage.objects.count() == 2


def test_a_mailbox_that_is_numbered_anew_brings_nothing_twice(world: World) -> None:
    mailbox(world)
    came = batch(None, 1, 2)
    SHARED.store("tmf", came)
    again = FetchedBatch(came.mails, FetchPosition(1, 2), FetchPosition(7, 2), renumbered=True)
    assert SHARED.store("tmf", again)
    assert (ThreadMessage.objects.count(), SHARED.position("tmf")) == (2, FetchPosition(7, 2))


def test_a_mail_that_cannot_be_stored_leaves_those_before_it_stored(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox(world)
    stored = ThreadMessage.objects.create

    def fails(**fields: Any) -> ThreadMessage:
        if fields["message_id"] == "<2@example.dk>":
            raise RuntimeError("the process is killed")
        return stored(**fields)

    with monkeypatch.context() as patched:
        patched.setattr(ThreadMessage.objects, "create", fails)
        with pytest.raises(RuntimeError):
            SHARED.store("tmf", batch(None, 1, 2, 3))
    assert (Thread.objects.count(), SHARED.position("tmf")) == (1, FetchPosition(1, 1))
    assert SHARED.store("tmf", batch(FetchPosition(1, 1), 2, 3))
    assert (Thread.objects.count(), SHARED.position("tmf")) == (3, FetchPosition(1, 3))


def test_a_mail_that_is_too_large_is_shown_with_its_headers(world: World) -> None:
    mailbox(world)
    SHARED.store("tmf", batch(None, 1, extent=Extent.HEADERS))
    (message,) = ThreadMessage.objects.all()
    assert (message.subject, message.size, message.problems) == ("Byggetilladelse", 900, ["mail-too-large"])
    assert message.thread.state == Thread.State.WAITING, "a person looks at it in the mailbox itself"


def test_an_old_mail_waits_from_now_on(world: World) -> None:
    mailbox(world, receipt="Tak for din mail.")
    old = FetchedMail(1, 900, clock.now() - timedelta(days=700), Extent.WHOLE, raw())
    before = clock.now()
    assert SHARED.store("tmf", FetchedBatch((old,), None, FetchPosition(1, 1)))
    thread = Thread.objects.get()
    assert thread.began_at >= before
    assert thread.messages.get().claimed_at == MORNING, "and nobody gets a receipt for it after years"
    assert SHARED.store("tmf", batch(FetchPosition(1, 1), 2))
    assert ThreadMessage.objects.filter(automatic=True, direction="out").count() == 1


def test_the_state_of_a_mailbox_is_kept_for_people(world: World) -> None:
    box = mailbox(world)
    SHARED.note("tmf", MailboxHealth(is_up=False, since=MORNING, fault=MailboxFault.LOGIN_REFUSED))
    state = MailboxState.objects.get(mailbox=box)
    assert (state.down_since, state.fault) == (MORNING, "login_refused")
    SHARED.note("tmf", MailboxHealth(is_up=True, since=MORNING, last_mail=MORNING))
    state.refresh_from_db()
    assert (state.down_since, state.fault, state.received_at) == (None, "", MORNING)


def test_the_account_is_made_of_the_row_and_its_secret_is_opened(world: World) -> None:
    sealed = accounts.sealed("hemmelig")
    box = mailbox(
        world, adapter=Mailbox.Adapter.IMAP, imap_host="imap.example.dk", smtp_host="smtp.example.dk", secret=sealed
    )
    account = accounts.account_of(box)
    assert isinstance(account, MailAccount)
    assert (account.user, account.login, account.imap.host) == (box.address, Password("hemmelig"), "imap.example.dk")
    box.adapter, box.tenant, box.client = Mailbox.Adapter.MICROSOFT, "t", "c"
    signed = accounts.account_of(box)
    assert isinstance(signed, MailAccount)
    assert signed.login == OAuth("t", "c", "hemmelig")


def test_a_secret_of_another_key_leaves_out_its_mailbox_alone(world: World) -> None:
    mailbox(world)
    other = Mailbox.objects.get()
    other.pk, other.code, other.address, other.secret = None, "anden", "anden@example.dk", "x"
    other.adapter = Mailbox.Adapter.IMAP
    other.save()
    assert set(SHARED.accounts()) == {"tmf"}
