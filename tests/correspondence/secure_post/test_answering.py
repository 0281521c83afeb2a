"""Answers by secure post leave once, can be undone before, and what becomes of them is seen by their author."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.correspondence import answers, drafts
from indgang.correspondence.event_kinds import CorrespondenceKind
from indgang.correspondence.mail import answering as mail_answering
from indgang.correspondence.mail import closing
from indgang.correspondence.models import Enclosure, MessageSource, SecurePost, Thread, ThreadMessage
from indgang.correspondence.outgoing import OutgoingFile
from indgang.correspondence.secure_post import answering, identity, mailboxes, receipts, receiving, sending
from indgang.enquiries.models import Channel
from indgang.events.models import StoredEvent
from indgang.messaging.secure_post import memo
from indgang.messaging.secure_post.contract import (
    OutgoingMemo,
    PostAccepted,
    PostAnswer,
    PostDoubt,
    PostReceipt,
    PostRefused,
    PostState,
)
from indgang.messaging.secure_post.memo import AnsweredMemo, PartyKind
from tests.correspondence import mails
from tests.correspondence.mails import orders
from tests.correspondence.secure_post.posts import answer, in_hand, later, mailbox, receive, send, service, states
from tests.messaging.secure_post.letters import OTHER, PER, US, citizen
from tests.world import World

pytestmark = pytest.mark.django_db
State, MessageState = SecurePost.State, ThreadMessage.State


class Service:
    """A service that keeps what it was given and answers what a test wants; an exception is a worker that dies."""

    def __init__(self) -> None:
        self.sent: list[OutgoingMemo] = []
        self.answers: list[PostAnswer | BaseException] = []

    def send(self, message: OutgoingMemo) -> PostAnswer:
        self.sent.append(message)
        answer = self.answers.pop(0) if self.answers else PostAccepted("t-1")
        if isinstance(answer, BaseException):
            raise answer
        return answer


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Service:
    there = Service()
    monkeypatch.setattr(mailboxes, "service_of", lambda mailbox: there)
    return there


@pytest.fixture
def thread(world: World) -> Thread:
    found = in_hand(receive(mailbox(world)), world.anna)
    orders()
    return found


def receipt(post: SecurePost, state: PostState, reason: str = "") -> None:
    told = PostReceipt(str(post.uuid), "t-1", state, clock.now(), reason)
    receipts.note(told, at=clock.now())


def fresh(post: SecurePost) -> SecurePost:
    return SecurePost.objects.select_related("message__thread").get(pk=post.pk)


def test_the_answer_is_what_leaves_and_goes_to_whoever_wrote(thread: Thread, world: World, stand_in: Service) -> None:
    files = [OutgoingFile("tilladelse.pdf", b"%PDF-1.4")]
    post = send(answer(thread, world.anna, "Den er givet.", attachments=files))
    [sent] = stand_in.sent
    assert identity.unseal_bytes(bytes(MessageSource.objects.get(message=post.message).raw)) == sent.memo
    read = memo.read(sent.memo)
    assert (read.uuid, read.recipient, read.sender) == (str(post.uuid), citizen(), US)
    assert read.label == "Byggetilladelse"
    assert read.text == "Den er givet."
    theirs = SecurePost.objects.get(state=State.RECEIVED)
    assert [each.uuid for each in read.answers] == [str(theirs.uuid)]
    assert [each.name for each in read.files] == ["tilladelse.pdf"]
    assert [each.name for each in Enclosure.objects.filter(message=post.message)] == ["tilladelse.pdf"]


def test_accepted_counts_as_the_answer_and_delivered_follows(
    thread: Thread, world: World, stand_in: Service, time: clock.FrozenTime
) -> None:
    post = answer(thread, world.anna)
    assert states(post) == (State.QUEUED, MessageState.HELD)
    later(time)
    assert states(send(post)) == (State.ACCEPTED, MessageState.SENT)
    thread.refresh_from_db()
    assert thread.waits_since is None
    assert StoredEvent.objects.filter(stream=str(thread.pk), kind="replied").count() == 1
    receipt(post, PostState.DELIVERED)
    assert states(fresh(post)) == (State.DELIVERED, MessageState.DELIVERED)
    receipt(post, PostState.FAILED, "late")
    receipt(post, PostState.DELIVERED)
    assert states(fresh(post)) == (State.DELIVERED, MessageState.DELIVERED)
    assert StoredEvent.objects.filter(stream=str(thread.pk), kind="replied").count() == 1


@pytest.mark.parametrize("at_once", [True, False])
def test_who_is_not_registered_brings_the_answer_back_to_its_author(
    thread: Thread, world: World, stand_in: Service, at_once: bool
) -> None:
    code = "recipient.not.registered"
    if at_once:
        stand_in.answers = [PostRefused(code, for_good=True, not_registered=True)]
    post = send(answer(thread, world.anna, "Den er givet.", closes=True))
    if not at_once:
        receipt(post, PostState.NOT_REGISTERED, code)
    post = fresh(post)
    assert states(post) == (State.NOT_REGISTERED, MessageState.REFUSED)
    draft = drafts.of(thread, world.anna)
    assert draft is not None
    assert draft.fields["text"] == "Den er givet."
    assert "to" not in draft.fields
    assert draft.fields["way"] == drafts.SECURE_POST
    assert Thread.objects.get(pk=thread.pk).state == Thread.State.WAITING
    assert [order["prefer"]["person"] for kind, order in orders() if kind == "written_order"] == [world.anna.pk]


def test_a_service_that_is_down_is_asked_again_and_given_up_after_half_a_day(
    thread: Thread, world: World, stand_in: Service
) -> None:
    post = answer(thread, world.anna)
    stand_in.answers = [PostRefused("post_unreachable", for_good=False)] * 6
    for _attempt in range(5):
        with pytest.raises(sending.PostNotSent):
            send(post)
        assert states(fresh(post)) == (State.QUEUED, MessageState.HELD)
    with pytest.raises(sending.PostGivenUp):
        send(post)
    assert states(fresh(post)) == (State.FAILED, MessageState.REFUSED)


def test_a_worker_that_dies_leaves_a_doubt_and_nothing_is_sent_twice(
    thread: Thread, world: World, stand_in: Service
) -> None:
    post = answer(thread, world.anna)
    stand_in.answers = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        send(post)
    assert states(fresh(post)) == (State.SENDING, MessageState.SENDING)
    assert states(send(post)) == (State.DOUBT, MessageState.DOUBT)
    send(post)
    assert len(stand_in.sent) == 1
    receipt(post, PostState.DELIVERED)
    assert states(fresh(post)) == (State.DELIVERED, MessageState.DELIVERED)


@pytest.mark.parametrize("status", ["failed", "aborted"])
def test_an_answer_whose_job_was_given_up_gets_another(
    thread: Thread, world: World, stand_in: Service, time: clock.FrozenTime, status: str
) -> None:
    post = answer(thread, world.anna)
    jobs = ProcrastinateJob.objects.filter(task_name=answering.SEND_JOB)
    time.move(timedelta(hours=1))
    assert sending.take_up_left(at=clock.now()) == 0, "its job is only late"
    with connection.cursor() as cursor:  # rows of the library refuse to be changed
        cursor.execute("UPDATE procrastinate_jobs SET status = %s WHERE task_name = %s", [status, answering.SEND_JOB])
    assert sending.take_up_left(at=clock.now()) == 1
    assert [job.args for job in jobs.filter(status="todo")] == [{"post": str(post.pk)}]
    assert sending.take_up_left(at=clock.now()) == 0
    assert states(send(post)) == (State.ACCEPTED, MessageState.SENT)


def test_what_was_being_sent_when_its_job_was_lost_is_in_doubt(
    thread: Thread, world: World, stand_in: Service, time: clock.FrozenTime
) -> None:
    post = answer(thread, world.anna)
    stand_in.answers = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        send(post)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    assert sending.take_up_left(at=clock.now()) == 0, "it may still be on its way"
    time.move(timedelta(minutes=5))
    assert sending.take_up_left(at=clock.now()) == 1
    assert states(send(post)) == (State.DOUBT, MessageState.DOUBT)
    assert len(stand_in.sent) == 1


@pytest.mark.parametrize("was_sent", [True, False])
def test_a_person_settles_a_doubt_and_again_is_the_same_message(
    thread: Thread, world: World, stand_in: Service, was_sent: bool
) -> None:
    post = answer(thread, world.anna)
    stand_in.answers = [PostDoubt("cut")]
    assert states(send(post)) == (State.DOUBT, MessageState.DOUBT)
    answering.settle(post.message, was_sent=was_sent, by=world.anna, at=clock.now())
    send(post)
    assert states(fresh(post)) == (State.ACCEPTED, MessageState.SENT)
    assert len(stand_in.sent) == (1 if was_sent else 2)
    assert len(set(stand_in.sent)) == 1, "the same UUID and the same bytes"
    assert [each.is_repeat for each in stand_in.sent] == ([False] if was_sent else [False, True])
    told = StoredEvent.objects.filter(kind=CorrespondenceKind.SECURE_POST_SETTLED).order_by("number")
    assert [each.event.payload.state for each in told] == ["doubt", "accepted"]
    with pytest.raises(RefusedChange):
        answering.settle(post.message, was_sent=True, by=world.anna, at=clock.now())


def test_an_answer_that_is_undone_does_not_leave(thread: Thread, world: World, stand_in: Service) -> None:
    post = answer(thread, world.anna)
    answers.undo(post.message, by=world.anna, at=clock.now())
    assert states(send(post)) == (State.WITHDRAWN, MessageState.WITHDRAWN)
    assert stand_in.sent == []
    assert drafts.of(thread, world.anna) is not None


def ours() -> int:
    return SecurePost.objects.exclude(state=State.RECEIVED).count()


def test_the_same_answer_twice_is_one(thread: Thread, world: World) -> None:
    files = [OutgoingFile("tilladelse.pdf", b"%PDF-1.4")]
    first = answer(thread, world.anna, attachments=files)
    assert answer(thread, world.anna, attachments=files) == first
    assert answer(thread, world.anna, attachments=files, number=PER) == first, "the same person, typed"
    assert ours() == 1


@pytest.mark.parametrize(
    "more", [{"number": OTHER}, {"attachments": [OutgoingFile("tilladelse.pdf", b"%PDF-1.4")]}, {"text": "Nej."}]
)
def test_an_answer_to_another_or_with_another_file_is_another(
    thread: Thread, world: World, more: dict[str, Any]
) -> None:
    assert answer(thread, world.anna, **more) != answer(thread, world.anna)
    assert ours() == 2


def test_an_answer_to_another_names_no_message_of_whoever_wrote(
    thread: Thread, world: World, stand_in: Service
) -> None:
    SecurePost.objects.update(contact_point="241d39f6", contact_point_name="Jord")
    send(answer(thread, world.anna, number=OTHER))
    theirs = SecurePost.objects.get(state=State.RECEIVED)
    assert memo.read(stand_in.sent[0].memo).answers == ()
    assert str(theirs.uuid).encode() not in stand_in.sent[0].memo
    assert b"241d39f6" not in stand_in.sent[0].memo


def test_only_who_has_it_in_hand_answers(thread: Thread, world: World) -> None:
    with pytest.raises(RefusedChange):
        answer(thread, world.bo)


@pytest.mark.parametrize("more", [{"text": " "}, {"text": "x" * 200_001}])
def test_an_answer_that_cannot_be_sent_is_refused(thread: Thread, world: World, more: dict[str, Any]) -> None:
    with pytest.raises(RefusedChange):
        answer(thread, world.anna, **more)


# --- from the thread of a mail --------------------------------------------------------------------


@pytest.fixture
def mail(world: World) -> Thread:
    mailbox(world)
    found = in_hand(mails.receive(mails.mailbox(world)), world.anna)
    orders()
    return found


def test_a_mail_is_answered_by_secure_post_to_the_number_that_was_typed(
    mail: Thread, world: World, stand_in: Service
) -> None:
    post = send(answer(mail, world.anna, number=f"{PER[:6]}-{PER[6:]}"))
    assert memo.read(stand_in.sent[0].memo).recipient == citizen(name="")
    assert states(post) == (State.ACCEPTED, MessageState.SENT)
    assert post.party_shown == "CPR 010170-****"
    assert Thread.objects.get(pk=mail.pk).answered_at is not None
    assert answering.known_party(mail) == post, "the next answer needs no number"


@pytest.mark.parametrize("how", ["undone", "not registered", "failed", "doubt", "waiting"])
def test_the_next_answer_does_not_go_to_a_number_that_nothing_has_reached(
    mail: Thread, world: World, stand_in: Service, how: str
) -> None:
    post = answer(mail, world.anna, number=OTHER)
    if how == "undone":
        answers.undo(post.message, by=world.anna, at=clock.now())
        assert answering.known_party(mail) is None, "also before the job has looked at it"
    elif how != "waiting":
        refused = PostRefused("x", for_good=True, not_registered=how == "not registered")
        stand_in.answers = [PostDoubt("cut") if how == "doubt" else refused]
        send(post)
    assert answering.known_party(mail) is None
    in_hand(mail, world.anna)
    with pytest.raises(RefusedChange) as raised:
        answer(mail, world.anna, "Igen")
    assert list(raised.value.reasons) == ["number"]


def test_an_undone_answer_is_again_a_draft_for_secure_post(mail: Thread, world: World) -> None:
    post = answer(mail, world.anna, number=PER)
    answers.undo(post.message, by=world.anna, at=clock.now())
    draft = drafts.of(mail, world.anna)
    assert draft is not None
    assert draft.fields["way"] == drafts.SECURE_POST
    assert PER not in str(draft.fields)


def test_a_mail_quotes_the_mail_and_never_secure_post(mail: Thread, world: World, stand_in: Service) -> None:
    post = send(answer(mail, world.anna, number=PER))
    joined = receive(post.mailbox, "Min diagnose er hemmelig.", answers=AnsweredMemo(str(post.uuid)), at=clock.now())
    assert joined == mail
    in_hand(mail, world.anna)
    written = mail_answering.reply(
        mail, to=[mails.PER], subject="", text="Vi ringer.", closes=False, by=world.anna, at=clock.now()
    )
    assert "Hvornår kan jeg få min tilladelse?" in written.quoted
    raw = bytes(MessageSource.objects.get(message=written).raw)
    assert b"diagnose" not in raw
    assert b"cpr:" not in raw


def test_a_company_is_written_to_by_its_cvr_number(mail: Thread, world: World, stand_in: Service) -> None:
    send(answer(mail, world.anna, number="DK 10 00 00 09"))
    recipient = memo.read(stand_in.sent[0].memo).recipient
    assert (recipient.kind, recipient.number) == (PartyKind.CVR, "10000009")


@pytest.mark.parametrize("number", ["", "12345678", "3213701111", "per@example.dk", "010170-1111x"])
def test_what_is_no_number_is_refused_and_not_repeated(mail: Thread, world: World, number: str) -> None:
    with pytest.raises(RefusedChange) as refused:
        answer(mail, world.anna, number=number)
    assert list(refused.value.reasons) == ["number"]
    assert not number or number not in str(refused.value)


def test_without_a_mailbox_of_the_centre_there_is_no_secure_post(world: World) -> None:
    thread = in_hand(mails.receive(mails.mailbox(world)), world.anna)
    assert not answering.may_be_used(thread, at=clock.now())
    with pytest.raises(RefusedChange):
        answer(thread, world.anna, number=PER)


def test_a_mail_with_a_cpr_number_is_refused_where_secure_post_can_be_used(mail: Thread, world: World) -> None:
    with pytest.raises(RefusedChange):
        answering.refuse_plain(mail, "Dit CPR-nummer er 010170-1111.", by=world.anna, at=clock.now())
    answering.refuse_plain(mail, "Ring til os.", by=world.anna, at=clock.now())


def test_a_reply_that_is_split_from_the_thread_of_a_mail_is_a_thread_of_secure_post(
    mail: Thread, world: World, stand_in: Service
) -> None:
    ours = send(answer(mail, world.anna, number=PER))
    assert receive(ours.mailbox, "Tak!", answers=AnsweredMemo(str(ours.uuid)), at=clock.now()) == mail
    orders()
    came = ThreadMessage.objects.get(secure_post__state=State.RECEIVED)
    new = closing.split(came, by=world.anna, at=clock.now())
    assert (new.channel, new.enquiry.channel, new.mailbox) == (Channel.SECURE_POST, Channel.SECURE_POST, ours.mailbox)
    assert answer(in_hand(new, world.anna), world.anna, "Selv tak.").mailbox == ours.mailbox


def test_a_mail_that_is_split_from_a_thread_of_secure_post_is_a_thread_of_mail(thread: Thread, world: World) -> None:
    box = mails.mailbox(world)
    mails.receive(box, subject=f"SV: [#{thread.token[:4]}-{thread.token[4:]}]")
    orders()
    new = closing.split(thread.messages.get(secure_post=None), by=world.anna, at=clock.now())
    assert (new.channel, new.mailbox, new.contact_address) == (Channel.MAIL, box, "per@example.dk")


def test_two_messages_that_nobody_can_read_are_not_of_one_sender(world: World) -> None:
    box = mailbox(world)
    one, two = (receiving.receive(box, str(uuid4()), raw, at=clock.now()).message.thread for raw in (b"<a", b"<b"))
    with pytest.raises(RefusedChange, match="samme afsender"):
        closing.merge(in_hand(one, world.anna), into=two, by=world.anna, at=clock.now())


def test_the_simulator_delivers_after_some_seconds(thread: Thread, world: World, time: clock.FrozenTime) -> None:
    post = send(answer(thread, world.anna))
    assert states(post) == (State.ACCEPTED, MessageState.SENT)
    time.move(timedelta(seconds=5))
    [key] = service(post.mailbox).receipts()
    told = service(post.mailbox).receipt(key)
    assert told is not None
    receipts.note(told, at=clock.now())
    assert states(fresh(post)) == (State.DELIVERED, MessageState.DELIVERED)
