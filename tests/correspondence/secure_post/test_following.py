"""Nothing that makes trouble at the service keeps the rest back, and what was not written down stays listed there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from indgang.accounts import sealing
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.correspondence.mail import closing
from indgang.correspondence.models import Mailbox, MailboxState, SecurePost, Thread
from indgang.correspondence.secure_post import following, mailboxes
from indgang.entry.models import Alert
from indgang.messaging.models import SimulatedPost
from indgang.messaging.secure_post import memo
from indgang.messaging.secure_post.contract import SecurePostError, SecurePostFault
from indgang.messaging.secure_post.memo import AnsweredMemo, PartyKind, PostParty
from indgang.messaging.secure_post.simulator import SimulatedSecurePost
from indgang.office.operations.alert_sentences import alert_sentence
from tests.correspondence.secure_post.posts import answer, in_hand, later, mailbox, receive, send, service
from tests.messaging.secure_post import stand_in
from tests.messaging.secure_post.letters import US, citizen
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
BAKERY = PostParty(PartyKind.CVR, "10000009", "Bageriet")


def write(box: Mailbox, label: str) -> SimulatedPost:
    return service(box).write(sender=citizen(), recipient=BAKERY, label=label, text=label, at=MORNING)


def refuse_to_fetch(monkeypatch: pytest.MonkeyPatch, bad: set[str], fault: SecurePostFault) -> list[str]:
    """What is asked for from now on; what is bad cannot be fetched."""
    fetch, asked = SimulatedSecurePost.fetch, list[str]()

    def refuse(self: SimulatedSecurePost, uuid: str, *, largest: int) -> object:
        asked.append(uuid)
        if uuid in bad:
            raise SecurePostError(fault)
        return fetch(self, uuid, largest=largest)

    monkeypatch.setattr(SimulatedSecurePost, "fetch", refuse)
    return asked


def test_many_messages_that_cannot_be_fetched_do_not_keep_the_others_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = mailbox(world)
    bad = {str(write(box, "Dårlig").uuid) for _number in range(5)}
    write(box, "God")
    refuse_to_fetch(monkeypatch, bad, SecurePostFault.REFUSED)
    assert following.fetch_all(at=MORNING) == 1
    assert [each.subject for each in Thread.objects.all()] == ["God"]


def test_what_looked_like_a_fault_of_the_service_is_tried_last_the_next_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = mailbox(world)
    bad = {str(write(box, "Dårlig").uuid) for _number in range(3)}
    good = write(box, "God")
    asked = refuse_to_fetch(monkeypatch, bad, SecurePostFault.UNREACHABLE)
    assert following.fetch_all(at=MORNING) == 0
    assert set(asked) == bad, "three faults of the service end a look"
    asked.clear()
    assert following.fetch_all(at=MORNING) == 1
    assert asked[0] == str(good.uuid)
    assert {(key, times) for key, times, _last in MailboxState.objects.get(mailbox=box).failing} == {
        (key, 0) for key in bad
    }, "it is the service's fault, so nothing is put off"
    bad.clear()
    assert following.fetch_all(at=MORNING) == 3
    state = MailboxState.objects.get(mailbox=box)
    assert (state.failing, state.fault) == ([], "")


def test_a_message_that_cannot_be_stored_does_not_keep_the_others_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = mailbox(world)
    read = memo.read

    def break_down(raw: bytes) -> memo.MemoReading:
        found = read(raw)
        if found.label.startswith("Dårlig"):
            raise OverflowError
        return found

    monkeypatch.setattr(memo, "read", break_down)
    for label in ("Dårlig 1", "Dårlig 2", "Dårlig 3", "God"):
        write(box, label)
    assert following.fetch_all(at=MORNING) == 1
    assert MailboxState.objects.get(mailbox=box).fault == SecurePostFault.NOT_STORED


def test_what_the_municipality_writes_to_its_own_number_is_stored_too(world: World, time: clock.FrozenTime) -> None:
    box = mailbox(world)
    ours = send(answer(in_hand(receive(box), world.anna), world.anna, number=US.number))
    raw = bytes(SimulatedPost.objects.get(uuid=ours.uuid).memo)
    service(box).deliver(ours.uuid, US, raw, at=MORNING)
    later(time)
    assert following.fetch_all(at=clock.now()) == 1
    assert following.fetch_all(at=clock.now()) == 0
    both = SecurePost.objects.filter(uuid=ours.uuid).order_by("id")
    assert [each.state for each in both] == [SecurePost.State.DELIVERED, SecurePost.State.RECEIVED]


# --- receipts -------------------------------------------------------------------------------------


@pytest.fixture
def sent(world: World, time: clock.FrozenTime) -> Callable[[Mailbox], SecurePost]:
    """An answer whose receipt waits."""

    def write_and_send(box: Mailbox) -> SecurePost:
        post = send(answer(in_hand(receive(box), world.anna), world.anna))
        later(time)
        return post

    return write_and_send


Sent = Callable[[Mailbox], SecurePost]


def test_receipts_that_cannot_be_listed_do_not_keep_messages_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object) -> list[str]:
        raise SecurePostError(SecurePostFault.REFUSED)

    box = mailbox(world)
    write(box, "God")
    monkeypatch.setattr(SimulatedSecurePost, "receipts", refuse)
    assert following.fetch_all(at=MORNING) == 1
    assert MailboxState.objects.get(mailbox=box).fault == SecurePostFault.REFUSED


@pytest.mark.parametrize("trouble", [SecurePostError(SecurePostFault.UNREACHABLE), OverflowError()])
def test_one_receipt_that_cannot_be_fetched_keeps_nothing_back(
    world: World, sent: Sent, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    box = mailbox(world)
    first, second = sent(box), sent(box)
    write(box, "God")
    receipt, bad = SimulatedSecurePost.receipt, str(SimulatedPost.objects.get(uuid=first.uuid).pk)

    def refuse(self: SimulatedSecurePost, key: str) -> object:
        if key == bad:
            raise trouble
        return receipt(self, key)

    monkeypatch.setattr(SimulatedSecurePost, "receipt", refuse)
    assert following.fetch_all(at=clock.now()) == 1
    second.refresh_from_db()
    assert second.state == SecurePost.State.DELIVERED
    assert service(box).receipts() == [bad]


def test_a_receipt_that_is_about_nothing_of_ours_stays_on_the_list(world: World, sent: Sent) -> None:
    box = mailbox(world)
    foreign, ours = sent(box), sent(box)
    known = SimulatedPost.objects.get(uuid=foreign.uuid)
    SimulatedPost.objects.filter(pk=known.pk).update(uuid=uuid4())
    following.fetch_all(at=clock.now())
    assert service(box).receipts() == [str(known.pk)]
    assert MailboxState.objects.get(mailbox=box).fault == ""
    ours.refresh_from_db()
    assert ours.state == SecurePost.State.DELIVERED


def lasting() -> list[tuple[str, bool]]:
    """The alerts about what is stuck, and whether they still last."""
    rows = Alert.objects.filter(code__startswith=following.STUCK).order_by("pk")
    return [(text, over is None) for text, over in rows.values_list("text", "over_at")]


def test_receipts_that_cannot_be_read_are_asked_for_more_and_more_seldom_and_told_of(
    world: World, sent: Sent, time: clock.FrozenTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = mailbox(world)
    posts = [sent(box) for _number in range(3)]
    receipt, asked = SimulatedSecurePost.receipt, list[str]()

    def unreadable(self: SimulatedSecurePost, key: str) -> None:
        asked.append(key)

    monkeypatch.setattr(SimulatedSecurePost, "receipt", unreadable)
    looks = []
    for _minute in range(121):
        following.fetch_all(at=clock.now())
        looks.append(len(asked))
        asked.clear()
        time.move(timedelta(minutes=1))
    assert [minute for minute, number in enumerate(looks) if number] == [0, 1, 6, 36]
    assert sum(looks) == 12
    assert lasting() == [(f"{box.name}: 3", True)]
    sentence = alert_sentence(Alert.objects.get(code__startswith=following.STUCK))
    assert sentence.startswith("Noget i en postkasse i Digital Post")
    monkeypatch.setattr(SimulatedSecurePost, "receipt", receipt)
    time.move(timedelta(minutes=60))
    following.fetch_all(at=clock.now())
    assert lasting() == [(f"{box.name}: 3", False)]
    for post in posts:
        post.refresh_from_db()
        assert post.state == SecurePost.State.DELIVERED


def test_what_is_taken_off_the_list_elsewhere_is_forgotten_and_its_alert_ends(
    world: World, sent: Sent, time: clock.FrozenTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = mailbox(world)
    sent(box)
    monkeypatch.setattr(SimulatedSecurePost, "receipt", lambda *_args: None)
    for _look in range(3):
        following.fetch_all(at=clock.now())
        time.move(timedelta(minutes=10))
    assert lasting() == [(f"{box.name}: 1", True)]
    monkeypatch.setattr(SimulatedSecurePost, "receipts", lambda _self, page=0: [])
    following.fetch_all(at=clock.now())
    assert MailboxState.objects.get(mailbox=box).failing == []
    assert lasting() == [(f"{box.name}: 1", False)]


def test_what_is_stuck_stays_so_while_the_service_cannot_be_asked(
    world: World, sent: Sent, time: clock.FrozenTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = mailbox(world)
    sent(box)
    monkeypatch.setattr(SimulatedSecurePost, "receipt", lambda *_args: None)
    for _look in range(3):
        following.fetch_all(at=clock.now())
        time.move(timedelta(minutes=10))
    failing = MailboxState.objects.get(mailbox=box).failing

    def without_certificate(_mailbox: Mailbox) -> None:
        raise SecurePostError(SecurePostFault.UNREACHABLE)

    monkeypatch.setattr(mailboxes, "service_of", without_certificate)
    following.fetch_all(at=clock.now())
    assert MailboxState.objects.get(mailbox=box).failing == failing
    assert lasting() == [(f"{box.name}: 1", True)]


def test_the_alert_of_a_mailbox_that_has_ended_ends(
    world: World, sent: Sent, time: clock.FrozenTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = mailbox(world)
    sent(box)
    monkeypatch.setattr(SimulatedSecurePost, "receipt", lambda *_args: None)
    for _look in range(3):
        following.fetch_all(at=clock.now())
        time.move(timedelta(minutes=10))
    Mailbox.objects.filter(pk=box.pk).update(valid_to=MORNING.date())
    following.fetch_all(at=clock.now())
    assert lasting() == [(f"{box.name}: 1", False)]


def test_ids_that_the_release_before_kept_are_read(world: World, sent: Sent) -> None:
    box = mailbox(world)
    post = sent(box)
    key = str(SimulatedPost.objects.get(uuid=post.uuid).pk)
    MailboxState.objects.update_or_create(mailbox=box, defaults={"failing": [key]})
    following.fetch_all(at=clock.now())
    assert (MailboxState.objects.get(mailbox=box).failing, service(box).receipts()) == ([], [])


# --- a mailbox that is replaced -------------------------------------------------------------------


@pytest.fixture
def replaced(world: World, sent: Sent) -> tuple[SecurePost, Mailbox]:
    """An answer from a mailbox that has ended, and the one that reads the same system now."""
    old = mailbox(world, code="old")
    post = sent(old)
    Mailbox.objects.filter(pk=old.pk).update(valid_to=MORNING.date())
    new = Mailbox.objects.create(code="new", name="Ny", adapter=old.adapter, cvr=old.cvr, centre=old.centre,
                                 queue=old.queue)  # fmt: skip
    SimulatedPost.objects.update(mailbox="new")
    return post, new


def test_the_receipt_of_an_answer_comes_to_the_mailbox_that_replaces_its_own(
    replaced: tuple[SecurePost, Mailbox],
) -> None:
    post, new = replaced
    following.fetch_all(at=clock.now())
    post.refresh_from_db()
    assert post.state == SecurePost.State.DELIVERED
    assert service(new).receipts() == []


def test_the_reply_to_an_answer_joins_its_thread_through_the_mailbox_that_replaces_its_own(
    replaced: tuple[SecurePost, Mailbox],
) -> None:
    post, new = replaced
    assert receive(new, "Tak!", answers=AnsweredMemo(str(post.uuid)), at=clock.now()) == post.message.thread


def test_a_thread_is_answered_from_the_mailbox_that_replaces_its_own(
    replaced: tuple[SecurePost, Mailbox], world: World
) -> None:
    post, new = replaced
    assert answer(in_hand(post.message.thread, world.anna), world.anna, "Og mere.").mailbox == new


def values(box: Mailbox, **changed: Any) -> dict[str, Any]:
    names = ("name", "centre", "queue", "language", "adapter", "login", "cvr", "valid_from")
    return {name: getattr(box, name) for name in names} | changed


def test_a_system_is_read_by_one_mailbox_at_a_time(world: World) -> None:
    box = mailbox(
        world, adapter=Mailbox.Adapter.POST, login=stand_in.SYSTEM, secret=sealing.seal(stand_in.KEY, "mailbox")
    )
    mailboxes.save(box, values(box, name="Et andet navn"), by=world.otto, at=MORNING)
    other = values(box, login=stand_in.SYSTEM.upper())
    with pytest.raises(RefusedChange, match="allerede af postkassen Et andet navn") as refused:
        mailboxes.save(Mailbox(), other, secret="k", by=world.otto, at=MORNING)
    assert list(refused.value.reasons) == ["login"]
    box.valid_to = MORNING.date() + timedelta(days=7)
    box.save()
    with pytest.raises(RefusedChange):
        mailboxes.save(Mailbox(), other, secret="k", by=world.otto, at=MORNING)
    made = mailboxes.save(Mailbox(), other | {"valid_from": box.valid_to}, secret="k", by=world.otto, at=MORNING)
    assert made.pk is not None


def test_the_messages_of_a_sender_who_was_blocked_are_spam(world: World) -> None:
    box = mailbox(world)
    closing.mark_spam(in_hand(receive(box), world.anna), blocks=True, by=world.anna, at=MORNING)
    again = receive(box, "Køb nu!")
    assert (again.ending, again.reasons) == (Thread.Ending.SPAM, [["blocked", "CPR 010170-****"]])
    assert receive(box, sender=BAKERY).state == Thread.State.WAITING


def test_a_signature_with_a_field_that_nobody_fills_is_refused(world: World) -> None:
    box = mailbox(world)
    with pytest.raises(RefusedChange) as refused:
        mailboxes.save(box, values(box, signature="Hilsen {fo}"), by=world.otto, at=MORNING)
    assert list(refused.value.reasons) == ["signature"]
