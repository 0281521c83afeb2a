"""Answers are held, can be undone, leave once as the bytes that are kept, and come back when they cannot be sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from indgang.audit.models import Change
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.correspondence import answers, drafts
from indgang.correspondence.mail import accounts, answering, closing, joining, receiving, sending
from indgang.correspondence.models import BlockedSender, Mailbox, Thread, ThreadMessage
from indgang.correspondence.outgoing import OutgoingFile
from indgang.enquiries import journal, verification
from indgang.enquiries.models import Enquiry
from indgang.entry.event_kinds import Kind
from indgang.events.models import StoredEvent
from indgang.messaging.mailbox import opening
from indgang.messaging.mailbox.contract import MailboxError, MailboxFault
from indgang.messaging.mailbox.simulator import SimulatedMailbox
from indgang.messaging.reading import read
from tests.correspondence.mails import PER, mailbox, orders, raw, receive
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
NOON = MORNING + timedelta(hours=1)
State = ThreadMessage.State


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.VAR = tmp_path
    return tmp_path


@pytest.fixture(autouse=True)
def noon() -> Iterator[clock.FrozenTime]:
    with clock.frozen(NOON) as time:
        yield time


def in_hand(world: World, thread: Thread) -> Thread:
    """The thread after Anna has taken it."""
    begun = Kind.WORK_BEGUN.event(str(thread.pk), MORNING, queue="tmf-mail", person=world.anna.pk, data={})
    with transaction.atomic():
        journal.append(thread.enquiry, begun, by=world.anna)
    Thread.objects.filter(pk=thread.pk).update(state=Thread.State.IN_WORK, holder=world.anna)
    orders()
    return Thread.objects.get(pk=thread.pk)


def mail_in_hand(world: World, **more: Any) -> Thread:
    return in_hand(world, receive(mailbox(world, signature="Venlig hilsen\nErhvervsindgangen", **more)))


def reply(world: World, thread: Thread, text: str = "Om to uger.", **more: Any) -> ThreadMessage:
    fields: dict[str, Any] = {"to": [PER], "subject": "", "closes": True, "by": world.anna, "at": NOON} | more
    return answering.reply(thread, text=text, **fields)


def left(message: ThreadMessage) -> list[EmailMessage]:
    """The mails that have left the mailbox."""
    assert message.mailbox is not None
    account = accounts.account_of(message.mailbox)
    found = SimulatedMailbox(account.folder).left()  # type: ignore[union-attr]  # a simulated mailbox has a folder
    return [message_from_bytes(each, policy=policy.default) for each in found]


def send(time: clock.FrozenTime, seconds: float = 11) -> int:
    time.at += timedelta(seconds=seconds)
    return sending.send_due(at=time.at)


def again(message: ThreadMessage) -> ThreadMessage:
    return ThreadMessage.objects.get(pk=message.pk)


def test_an_answer_leaves_after_its_seconds_to_undo_and_belongs_to_its_thread(
    world: World, noon: clock.FrozenTime
) -> None:
    thread = mail_in_hand(world)
    message = reply(world, thread, attachments=[OutgoingFile("plan.pdf", b"%PDF-1.4 plan")])
    thread.refresh_from_db()
    assert (message.state, thread.state, thread.ending) == (State.HELD, Thread.State.OVER, Thread.Ending.ANSWERED)
    assert [kind for kind, _payload in orders()] == ["written_over"]
    assert (send(noon, seconds=5), left(message)) == (0, [])
    assert send(noon) == 1
    (mail,) = left(message)
    assert (mail["To"], mail["In-Reply-To"], mail["Message-ID"]) == (PER, "<1@example.dk>", message.message_id)
    assert mail["Subject"] == f"SV: Byggetilladelse [#{thread.token[:4]}-{thread.token[4:]}]"
    body = mail.get_body(("plain",))
    assert body is not None
    lines = body.get_content().splitlines()
    assert lines[:4] == ["Om to uger.", "", "Venlig hilsen", "Erhvervsindgangen"]
    assert "> Hvornår kan jeg få min tilladelse?" in lines
    assert [each.get_filename() for each in mail.iter_attachments()] == ["plan.pdf"]


def test_what_is_sent_is_what_is_kept(world: World, noon: clock.FrozenTime) -> None:
    message = reply(world, mail_in_hand(world), "Æblegrød – og “citat”.\n.\nEn linje.")
    send(noon)
    assert message.mailbox is not None
    account = accounts.account_of(message.mailbox)
    (raw_mail,) = SimulatedMailbox(account.folder).left()  # type: ignore[union-attr]  # a simulated mailbox
    assert raw_mail == bytes(message.source.raw)
    assert read(raw_mail).new_text.startswith("Æblegrød – og “citat”.")


def test_the_register_says_how_fast_it_was_answered(world: World, noon: clock.FrozenTime) -> None:
    thread = mail_in_hand(world)
    message = reply(world, thread, closes=False)
    send(noon)
    thread.refresh_from_db()
    told = journal.events_of(Enquiry.objects.get(pk=thread.pk))[-1]
    assert (told.kind, told.person, told.payload.message) == ("replied", world.anna.pk, str(message.pk))
    assert told.payload.open_seconds == pytest.approx(3611)
    assert told.payload.within > 0
    assert told.payload.target_percent == 80.0
    assert (thread.answered_at, thread.waits_since, thread.state) == (noon.at, None, Thread.State.IN_WORK)
    checked = verification.Verification()
    assert list(checked.run()) == []


def test_an_answer_can_be_undone_until_it_leaves_and_is_a_draft_again(world: World, noon: clock.FrozenTime) -> None:
    thread = mail_in_hand(world)
    message = reply(world, thread)
    orders()
    answers.undo(message, by=world.anna, at=noon.at)
    thread.refresh_from_db()
    assert (again(message).state, thread.state, thread.ended_at) == (State.WITHDRAWN, Thread.State.WAITING, None)
    ((kind, order),) = orders()
    assert (kind, order["prefer"]["person"]) == ("written_order", world.anna.pk)
    draft = drafts.of(thread, world.anna)
    assert draft is not None
    assert draft.fields["text"] == "Om to uger."
    assert (send(noon), left(message)) == (0, [])


def test_a_cpr_number_is_masked_in_the_quoted_mail_and_the_subject(world: World, noon: clock.FrozenTime) -> None:
    wrote = "Mit CPR-nummer er 010170-1111.\nHvornår får jeg svar?\n"
    came = receive(mailbox(world), wrote, subject="Sag om 010170-1111", sender=f"Per 010170-1111 <{PER}>")
    message = reply(world, in_hand(world, came))
    send(noon)
    (mail,) = left(message)
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "> Mit CPR-nummer er ******-****.\r\n> Hvornår får jeg svar?" in plain.get_content()
    assert "Sag om ******-****" in mail["Subject"]
    assert "010170" not in f"{mail['Subject']} {plain.get_content()} {html.get_content()} {message.quoted}"


def test_what_has_left_cannot_be_undone(world: World, noon: clock.FrozenTime) -> None:
    message = reply(world, mail_in_hand(world))
    send(noon)
    with pytest.raises(RefusedChange, match="sendt"):
        answers.undo(message, by=world.anna, at=noon.at)


def test_the_button_pressed_twice_sends_one_answer(world: World, noon: clock.FrozenTime) -> None:
    thread = mail_in_hand(world)
    first = reply(world, thread)
    assert reply(world, thread) == first
    send(noon)
    assert len(left(first)) == 1


@pytest.mark.parametrize(
    "changed", [{"cc": ["mette@example.dk"]}, {"subject": "Igen"}, {"attachments": [OutgoingFile("a.txt", b"A")]}]
)
def test_the_same_text_with_another_copy_subject_or_file_is_another_answer(
    world: World, noon: clock.FrozenTime, changed: dict[str, Any]
) -> None:
    thread = mail_in_hand(world)
    first = reply(world, thread, closes=False)
    second = reply(world, thread, closes=False, **changed)
    assert reply(world, thread, closes=False, **changed) == second != first
    send(noon)
    assert len(left(first)) == 2


def test_the_same_form_sent_again_after_the_answer_has_left_sends_nothing(world: World, noon: clock.FrozenTime) -> None:
    thread = mail_in_hand(world)
    first = reply(world, thread, closes=False)
    send(noon)
    assert reply(world, thread, closes=False, at=noon.at) == first
    noon.at += timedelta(hours=1)
    assert reply(world, thread, closes=False, at=noon.at) != first, "an hour later it is meant so"


def test_the_same_words_answer_the_next_mail_too(world: World, noon: clock.FrozenTime) -> None:
    thread = mail_in_hand(world)
    first = reply(world, thread, "Ja.", closes=False)
    receive(Mailbox.objects.get(), "Også i morgen?\n", number=2, at=NOON, In_Reply_To="<1@example.dk>")
    assert reply(world, thread, "Ja.", closes=False) != first


# --- a mail that comes meanwhile ------------------------------------------------------------------


def shown(thread: Thread) -> UUID:
    """The newest mail of the contact on the page."""
    return thread.messages.filter(direction="in").latest("id").pk


END_IT: dict[str, Callable[..., Any]] = {
    "reply": lambda thread, by, **more: answering.reply(
        thread, to=[PER], subject="", text="Om to uger.", closes=True, by=by, at=NOON, **more
    ),
    "close": lambda thread, by, **more: closing.close(thread, by=by, at=NOON, **more),
    "spam": lambda thread, by, **more: closing.mark_spam(thread, blocks=False, by=by, at=NOON, **more),
    "hand_over": lambda thread, by, **more: closing.hand_over(thread, by=by, at=NOON, **more),
}


@pytest.mark.parametrize("way", END_IT)
def test_a_mail_that_came_while_the_page_was_open_is_read_before_the_thread_ends(world: World, way: str) -> None:
    thread = mail_in_hand(world)
    seen, box = shown(thread), Mailbox.objects.get()
    receive(box, "Vent, jeg mente noget andet.\n", number=2, at=MORNING, In_Reply_To="<1@example.dk>")
    with pytest.raises(RefusedChange, match="ny mail"):
        END_IT[way](thread, world.anna, seen=seen)
    thread.refresh_from_db()
    assert not thread.is_over
    newest = shown(thread)
    receive(box, "Jeg er ikke på kontoret.\n", number=3, In_Reply_To="<1@example.dk>", Auto_Submitted="auto-replied")
    END_IT[way](thread, world.anna, seen=newest)
    thread.refresh_from_db()
    assert thread.is_over, "an automatic reply keeps nobody"


def test_a_mail_stored_after_the_answer_was_written_waits_whatever_its_server_says(
    world: World, noon: clock.FrozenTime
) -> None:
    thread = mail_in_hand(world)
    reply(world, thread, closes=False)
    came = NOON - timedelta(minutes=5)
    receive(Mailbox.objects.get(), "Og husnummeret er 7.\n", number=2, at=came, In_Reply_To="<1@example.dk>")
    send(noon)
    thread.refresh_from_db()
    assert thread.waits_since == came


def test_closing_says_answered_only_when_the_answer_came_last(world: World) -> None:
    thread = mail_in_hand(world)
    reply(world, thread, closes=False)
    receive(Mailbox.objects.get(), "Og så?\n", number=2, at=NOON, In_Reply_To="<1@example.dk>")
    assert closing.close(thread, by=world.anna, at=NOON).ending == Thread.Ending.CLOSED


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("to", {"to": []}), ("to", {"to": ["ikke en adresse"]}), ("cc", {"cc": ["a@b\r\nBcc: x@y.dk"]}),
     ("text", {"text": " \n"}), ("", {"by": "bo"})],
)  # fmt: skip
def test_a_wrong_answer_is_refused_by_field(world: World, field: str, wrong: dict[str, Any]) -> None:
    thread = mail_in_hand(world)
    more = {name: getattr(world, value) if name == "by" else value for name, value in wrong.items()}
    with pytest.raises(RefusedChange) as refused:
        reply(world, thread, **more)
    assert list(refused.value.reasons) == [field]
    assert not thread.messages.filter(direction="out").exists()


def test_what_is_refused_for_good_comes_back_to_its_author_with_the_reason(
    world: World, noon: clock.FrozenTime
) -> None:
    thread = mail_in_hand(world)
    message = reply(world, thread, to=["findes-ikke@example.dk"])
    orders()
    send(noon)
    thread.refresh_from_db()
    assert (again(message).state, again(message).fault[:3], thread.state) == (State.REFUSED, "550", "waiting")
    assert [(kind, told["prefer"]["person"]) for kind, told in orders()] == [("written_order", world.anna.pk)]
    assert drafts.of(thread, world.anna) is not None
    assert send(noon, seconds=3600) == 0, "it is not tried again"


@pytest.mark.parametrize("why", ["senere@example.dk", "down"])
def test_what_a_server_does_not_take_now_is_tried_later_and_comes_back_after_a_day(
    world: World, noon: clock.FrozenTime, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    if why == "down":
        monkeypatch.setattr(opening, "submit", _is_down)
    message = reply(world, mail_in_hand(world), to=[PER if why == "down" else why])
    send(noon)
    assert (again(message).state, send(noon)) == (State.HELD, 0)
    assert send(noon, seconds=60) == 1
    send(noon, seconds=25 * 3600)
    assert again(message).state == State.REFUSED
    if why == "down":
        assert message.mailbox is not None
        assert message.mailbox.state.send_fault == "unreachable"


def _is_down(*_what: Any) -> Any:
    raise MailboxError(MailboxFault.UNREACHABLE)


# --- a worker that is killed ----------------------------------------------------------------------


class Killed(BaseException):
    """What ends a worker between two steps; no code of ours catches it."""


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next worker is killed when the server has the mail, before that is written down."""
    submit = opening.submit

    def submit_and_die(*what: Any) -> Any:
        submit(*what)
        raise Killed

    monkeypatch.setattr(opening, "submit", submit_and_die)


@pytest.mark.usefixtures("killed")
@pytest.mark.parametrize("was_sent", [True, False])
def test_a_worker_killed_after_sending_leaves_a_doubt_that_a_person_settles(
    world: World, noon: clock.FrozenTime, monkeypatch: pytest.MonkeyPatch, was_sent: bool
) -> None:
    thread = mail_in_hand(world)
    message = reply(world, thread)
    with pytest.raises(Killed):
        send(noon)
    monkeypatch.undo()
    assert (again(message).state, send(noon, 60), again(message).state) == (State.SENDING, 0, State.SENDING)
    orders()
    send(noon, seconds=90)
    assert again(message).state == State.DOUBT
    assert [(kind, told["prefer"]["person"]) for kind, told in orders()] == [("written_order", world.anna.pk)]
    assert (send(noon, seconds=7200), len(left(message))) == (0, 1), "no program sends it again"
    answering.settle(message, was_sent=was_sent, by=world.anna, at=noon.at)
    send(noon)
    assert (again(message).state, len(left(message))) == (State.SENT, 1 if was_sent else 2)
    with pytest.raises(RefusedChange):
        answering.settle(message, was_sent=False, by=world.anna, at=noon.at)


def test_an_answer_in_doubt_that_was_sent_counts_from_the_doubt(world: World, noon: clock.FrozenTime) -> None:
    thread = mail_in_hand(world)
    message = reply(world, thread, to=["tvivl@example.dk"])
    send(noon)
    in_doubt = again(message)
    assert in_doubt.state == State.DOUBT
    answering.settle(message, was_sent=True, by=world.anna, at=noon.at + timedelta(days=3))
    replied = StoredEvent.objects.get(stream=thread.pk, kind="replied")
    assert replied.at == in_doubt.state_at
    assert replied.data["open_seconds"] < 24 * 3600
    thread.refresh_from_db()
    assert thread.answered_at == in_doubt.state_at


@pytest.mark.usefixtures("killed")
def test_the_folder_of_sent_mails_settles_the_doubt(
    world: World, noon: clock.FrozenTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = reply(world, mail_in_hand(world))
    with pytest.raises(Killed):
        send(noon)
    monkeypatch.undo()
    assert message.mailbox is not None
    account = accounts.account_of(message.mailbox)
    opening.keep_copy(account, bytes(message.source.raw), message_id=message.message_id)
    send(noon, seconds=150)
    assert (again(message).state, len(left(message))) == (State.SENT, 1)


def test_a_connection_that_ends_before_the_answer_is_a_doubt(world: World, noon: clock.FrozenTime) -> None:
    message = reply(world, mail_in_hand(world), to=["tvivl@example.dk"])
    send(noon)
    assert again(message).state == State.DOUBT
    assert (send(noon, seconds=7200), len(left(message))) == (0, 1)


# --- drafts ---------------------------------------------------------------------------------------


def test_a_draft_is_kept_as_typed_and_says_when_another_page_saved_it(world: World) -> None:
    thread = mail_in_hand(world)
    first = drafts.save(thread, {"text": "Om to"}, revision=0, by=world.anna, at=NOON)
    second = drafts.save(thread, {"text": "Om to uger"}, revision=first.draft.revision, by=world.anna, at=NOON)
    stale = drafts.save(thread, {"text": "Om tre"}, revision=first.draft.revision, by=world.anna, at=NOON)
    assert (first.overtook, second.overtook, stale.overtook) == (False, False, True)
    assert drafts.of(thread, world.bo) is None
    reply(world, thread)
    assert drafts.of(thread, world.anna) is None


# --- receipts -------------------------------------------------------------------------------------


RECEIPT = "Vi har modtaget din mail. Nummeret er {nummer}."


def receipts() -> list[ThreadMessage]:
    return list(ThreadMessage.objects.filter(direction="out", automatic=True))


def test_a_sender_gets_one_receipt_a_day_with_the_number(world: World, noon: clock.FrozenTime) -> None:
    box = mailbox(world, receipt=RECEIPT)
    thread = receive(box, at=NOON)
    receive(box, number=2, at=NOON + timedelta(hours=1))
    (receipt,) = receipts()
    assert f"{thread.token[:4]}-{thread.token[4:]}" in receipt.text
    send(noon)
    (mail,) = left(receipt)
    assert (mail["Auto-Submitted"], mail["In-Reply-To"], mail["To"]) == ("auto-replied", "<1@example.dk>", PER)
    receive(box, number=3, at=NOON + timedelta(days=1))
    assert len(receipts()) == 2
    thread.refresh_from_db()
    assert (thread.answered_at, thread.waits_since) == (None, NOON), "a receipt is no answer"


def test_two_auto_responders_end_after_one_mail(world: World, noon: clock.FrozenTime) -> None:
    """One that says what it is, and one that does not and answers each mail with a new one."""
    box = mailbox(world, receipt=RECEIPT)
    receive(box, at=NOON)
    for number in range(2, 12):
        send(noon, seconds=60)
        automatic = {"Auto_Submitted": "auto-replied"} if number % 2 else {}
        receive(box, "Tak for din mail.\n", number=number, subject="Autosvar", at=noon.at, **automatic)
    assert len(left(receipts()[0])) == 1


@pytest.mark.parametrize("sender", ["erhverv@example.dk", "", "MAILER-DAEMON@example.dk"])
def test_no_receipt_goes_to_ourselves_or_to_a_machine(world: World, sender: str) -> None:
    box = mailbox(world, receipt=RECEIPT)
    receiving.receive(box, raw(sender=sender or "<>"), at=NOON)
    assert receipts() == []


# --- other ends -----------------------------------------------------------------------------------


def test_closed_without_an_answer(world: World) -> None:
    thread = closing.close(mail_in_hand(world), by=world.anna, at=NOON)
    assert (thread.state, thread.ending) == (Thread.State.OVER, Thread.Ending.CLOSED)
    assert [(kind, told["why"]) for kind, told in orders()] == [("written_over", "closed")]
    assert Change.objects.filter(action="mail.close").exists()


@pytest.mark.parametrize("way", ["close", "spam", "hand_over"])
def test_nobody_waits_in_a_thread_that_has_ended(world: World, way: str) -> None:
    ends = {
        "close": closing.close, "hand_over": closing.hand_over,
        "spam": lambda thread, **more: closing.mark_spam(thread, blocks=False, **more),
    }  # fmt: skip
    thread = ends[way](mail_in_hand(world), by=world.anna, at=NOON)
    thread.refresh_from_db()
    assert (thread.waits_since, thread.due_at) == (None, None)


def test_who_writes_again_waits_from_then_on(world: World) -> None:
    thread = closing.close(mail_in_hand(world), by=world.anna, at=NOON)
    again = NOON + timedelta(days=2)
    assert thread.mailbox is not None
    receive(thread.mailbox, number=2, at=again, In_Reply_To="<1@example.dk>")
    thread.refresh_from_db()
    assert (thread.state, thread.waits_since) == (Thread.State.WAITING, again)


def test_spam_blocks_its_sender_when_asked_and_can_be_taken_back(world: World) -> None:
    thread = mail_in_hand(world)
    closing.mark_spam(thread, blocks=True, by=world.anna, at=NOON)
    box = Mailbox.objects.get()
    assert BlockedSender.objects.get().sender == PER
    assert receive(box, number=2).ending == Thread.Ending.SPAM
    orders()
    back = closing.not_spam(thread, by=world.anna, at=NOON)
    assert (back.state, BlockedSender.objects.count()) == (Thread.State.WAITING, 0)
    assert [kind for kind, _told in orders()] == ["written_order"]


def test_the_sender_is_blocked_and_not_whom_answers_go_to(world: World) -> None:
    """Mails of spam name somebody else as Reply-To, and a form on a website names the citizen there."""
    box = mailbox(world)
    thread = in_hand(world, receive(box, sender="spam@example.com", Reply_To="citizen@example.dk"))
    closing.mark_spam(thread, blocks=True, by=world.anna, at=NOON)
    assert receive(box, sender="spam@example.com", number=2).ending == Thread.Ending.SPAM
    assert receive(box, sender="citizen@example.dk", number=3).ending == ""


def test_taken_back_from_spam_its_sender_is_free_in_all_mailboxes_but_not_their_domain(world: World) -> None:
    thread = mail_in_hand(world)
    BlockedSender.objects.create(sender="Per@Example.dk", since=MORNING)
    BlockedSender.objects.create(sender="@example.dk", since=MORNING)
    BlockedSender.objects.create(sender="@example.com", since=MORNING)
    closing.mark_spam(thread, blocks=True, by=world.anna, at=NOON)
    back = closing.not_spam(thread, by=world.anna, at=NOON)
    assert closing.standing_blocks(back) == ["@example.dk"]
    assert set(BlockedSender.objects.values_list("sender", flat=True)) == {"@example.dk", "@example.com"}


def two_of_a_sender(world: World) -> tuple[Thread, Thread]:
    first = mail_in_hand(world)
    second = receive(Mailbox.objects.get(), "Og husnummeret er 7.\n", number=2, at=NOON)
    return first, in_hand(world, second)


@pytest.mark.parametrize("answered", [0, 1])
def test_nothing_is_merged_while_an_answer_waits_to_leave(world: World, noon: clock.FrozenTime, answered: int) -> None:
    both = two_of_a_sender(world)
    reply(world, both[answered], closes=False)
    with pytest.raises(RefusedChange, match="ikke sendt endnu"):
        closing.merge(both[1], into=both[0], by=world.anna, at=NOON)
    send(noon)
    closing.merge(both[1], into=both[0], by=world.anna, at=noon.at)


def test_a_merged_thread_that_comes_back_stands_on_its_own(world: World) -> None:
    into, thread = two_of_a_sender(world)
    message = reply(world, thread, closes=False)
    answers.doubt(message, at=NOON)
    closing.merge(in_hand(world, thread), into=into, by=world.anna, at=NOON)
    answering.settle(message, was_sent=False, by=world.anna, at=NOON)
    answers.failed(message, fault="550", at=NOON)
    thread.refresh_from_db()
    assert (thread.state, thread.merged_into) == (Thread.State.WAITING, None)


def test_a_mail_that_waited_for_a_merge_goes_to_the_thread_that_is_left(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    into, thread = two_of_a_sender(world)
    find = joining.thread_of

    def find_and_merge(*what: Any) -> Thread | None:
        found = find(*what)
        closing.merge(thread, into=into, by=world.anna, at=NOON)
        return found

    monkeypatch.setattr(joining, "thread_of", find_and_merge)
    came = receive(Mailbox.objects.get(), "Tak.\n", number=3, at=NOON, In_Reply_To="<2@example.dk>")
    assert came.pk == into.pk


def test_two_threads_of_a_sender_become_one_that_shows_both(world: World) -> None:
    first = mail_in_hand(world)
    box = Mailbox.objects.get()
    second = in_hand(world, receive(box, "Og husnummeret er 7.\n", number=2, at=NOON))
    into = closing.merge(second, into=first, by=world.anna, at=NOON)
    second.refresh_from_db()
    assert (second.ending, second.merged_into, into.pk) == (Thread.Ending.MERGED, first, first.pk)
    assert receive(box, "Tak.\n", number=3, at=NOON, In_Reply_To="<2@example.dk>").pk == first.pk
    other = receive(box, sender="Mette <mette@example.dk>", number=4)
    with pytest.raises(RefusedChange, match="samme afsender"):
        closing.merge(Thread.objects.get(pk=first.pk), into=other, by=world.anna, at=NOON)


def test_a_mail_becomes_a_thread_of_its_own(world: World) -> None:
    thread = mail_in_hand(world)
    receive(Mailbox.objects.get(), "Noget helt andet.\n", number=2, at=NOON, In_Reply_To="<1@example.dk>")
    orders()
    apart = thread.messages.get(message_id="<2@example.dk>")
    new = closing.split(apart, by=world.anna, at=NOON)
    assert (new.messages.get().pk, new.enquiry.follows_id, new.waits_since) == (apart.pk, thread.pk, NOON)
    assert [(kind, told["enquiry"]) for kind, told in orders()] == [("written_order", str(new.pk))]
    with pytest.raises(RefusedChange):
        closing.split(thread.messages.get(), by=world.anna, at=NOON)


def test_the_long_message_id_of_exchange_stands_whole_in_the_answer(world: World, noon: clock.FrozenTime) -> None:
    long = f"<{'DU0PR10MB7526' * 5}@DU0PR10MB7526.EURPRD10.PROD.OUTLOOK.COM>"
    thread = mail_in_hand(world)
    ThreadMessage.objects.filter(thread=thread).update(message_id=long, references=["<0@example.dk>"])
    message = reply(world, thread)
    raw = bytes(message.source.raw)
    assert f"In-Reply-To: {long}\r\nReferences: <0@example.dk>\r\n {long}\r\n".encode() in raw
