"""Secure post at the desk: shown with a masked number, answered in its thread, and instead of a mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from indgang.core import clock
from indgang.correspondence.models import Mailbox, SecurePost, Thread, ThreadMessage
from indgang.correspondence.secure_post import following, receiving, sending
from indgang.enquiries import knowledge_use
from indgang.messaging.models import SimulatedPost
from indgang.messaging.secure_post import memo
from tests.correspondence import mails
from tests.correspondence.secure_post.posts import in_hand, mailbox, receive, service
from tests.desk.conftest import SignIn
from tests.desk.known import build
from tests.messaging.secure_post.letters import PER, citizen
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def morning() -> Iterator[clock.FrozenTime]:
    with clock.frozen(MORNING + timedelta(minutes=10)) as time:
        yield time


def page(thread: Thread) -> str:
    return reverse("desk:written", args=[thread.pk])


def test_a_message_is_shown_with_its_sender_and_no_whole_number(world: World, as_: SignIn) -> None:
    thread = receive(mailbox(world))
    shown = as_(world.anna).get(page(thread)).content.decode()
    assert "Per Madsen" in shown
    assert "CPR 010170-****" in shown
    assert "Hvornår får jeg min tilladelse?" in shown
    assert PER not in shown
    assert "cpr:" not in shown


def test_it_is_in_the_list_of_what_waits(world: World, as_: SignIn) -> None:
    receive(mailbox(world))
    shown = as_(world.anna).get(reverse("desk:written-list")).content.decode()
    assert "Byggetilladelse" in shown
    assert "Digital Post" in shown
    assert "cpr:" not in shown


def test_it_is_answered_by_secure_post_in_its_thread(world: World, as_: SignIn) -> None:
    thread = in_hand(receive(mailbox(world)), world.anna)
    anna = as_(world.anna)
    assert "Sendes med Digital Post til Per Madsen" in anna.get(page(thread)).content.decode()
    typed = {"subject": "Din tilladelse", "text": "Den er givet.", "closes": "no"}
    assert anna.post(reverse("desk:written-reply", args=[thread.pk]), typed).status_code == 302
    post = SecurePost.objects.get(state=SecurePost.State.QUEUED)
    sending.deliver(post=str(post.pk))
    [row] = SimulatedPost.objects.all()
    assert (row.number, memo.read(bytes(row.memo)).text) == (PER, "Den er givet.")
    shown = anna.get(page(thread)).content.decode()
    assert "Sendt med Digital Post" in shown
    assert PER not in shown


def test_a_mail_is_answered_by_secure_post_when_that_is_chosen(world: World, as_: SignIn) -> None:
    mailbox(world)
    thread = in_hand(mails.receive(mails.mailbox(world), "Mit CPR-nummer er 010170-1111.\n"), world.anna)
    anna = as_(world.anna)
    assert "Der står et CPR-nummer i mailen" in anna.get(page(thread)).content.decode()
    typed = {
        "way": "secure_post",
        "number": "010170-1111",
        "subject": "Svar",
        "text": "Her er svaret.",
        "closes": "yes",
    }
    assert anna.post(reverse("desk:written-reply", args=[thread.pk]), typed).status_code == 302
    post = SecurePost.objects.get()
    assert post.party_shown == "CPR 010170-****"
    assert Thread.objects.get(pk=thread.pk).ending == Thread.Ending.ANSWERED


def test_a_number_that_is_none_is_asked_for_again_with_what_was_typed(world: World, as_: SignIn) -> None:
    mailbox(world)
    thread = in_hand(mails.receive(mails.mailbox(world)), world.anna)
    typed = {"way": "secure_post", "number": "123", "text": "Her er svaret.", "closes": "no"}
    answer = as_(world.anna).post(reverse("desk:written-reply", args=[thread.pk]), typed)
    assert answer.status_code == 422
    assert "Skriv et CPR- eller CVR-nummer." in answer.content.decode()
    assert "Her er svaret." in answer.content.decode()


def test_a_mail_with_a_cpr_number_in_it_does_not_leave(world: World, as_: SignIn) -> None:
    mailbox(world)
    thread = in_hand(mails.receive(mails.mailbox(world)), world.anna)
    typed = {"way": "mail", "to": "per@example.dk", "text": "Dit nummer er 010170-1111.", "closes": "no"}
    answer = as_(world.anna).post(reverse("desk:written-reply", args=[thread.pk]), typed)
    assert answer.status_code == 422
    assert "Send det med Digital Post" in answer.content.decode()


def test_who_is_exempt_is_shown_with_what_to_do(world: World, as_: SignIn) -> None:
    mailbox(world)
    thread = in_hand(mails.receive(mails.mailbox(world)), world.anna)
    anna = as_(world.anna)
    typed = {"way": "secure_post", "number": "010170-0004", "text": "Her er svaret.", "closes": "yes"}
    anna.post(reverse("desk:written-reply", args=[thread.pk]), typed)
    sending.deliver(post=str(SecurePost.objects.get().pk))
    shown = anna.get(page(thread)).content.decode()
    assert "Ikke tilmeldt Digital Post" in shown
    assert "Ring, eller send svaret som brev." in shown
    assert "recipient.exempt" not in shown
    assert Thread.objects.get(pk=thread.pk).state == Thread.State.WAITING


@pytest.mark.parametrize("result", ["sent", "again"])
def test_a_doubt_is_settled_by_a_person(world: World, as_: SignIn, result: str) -> None:
    mailbox(world)
    thread = in_hand(mails.receive(mails.mailbox(world)), world.anna)
    anna = as_(world.anna)
    typed = {"way": "secure_post", "number": "010170-0003", "text": "Her er svaret.", "closes": "no"}
    anna.post(reverse("desk:written-reply", args=[thread.pk]), typed)
    post = SecurePost.objects.get()
    sending.deliver(post=str(post.pk))
    assert "modtageren kan få svaret to gange" in anna.get(page(thread)).content.decode()
    anna.post(reverse("desk:written-settlement", args=[thread.pk, post.message_id]), {"result": result})
    post.refresh_from_db()
    assert post.state == (SecurePost.State.ACCEPTED if result == "sent" else SecurePost.State.QUEUED)


@pytest.mark.parametrize(("raw", "words"), [(b"<x", "kan ikke læses"), (None, "for stor")])
def test_what_could_not_be_read_says_so(world: World, as_: SignIn, raw: bytes | None, words: str) -> None:
    post = receiving.receive(mailbox(world), str(uuid4()), raw, at=MORNING)
    thread = in_hand(post.message.thread, world.anna)
    shown = as_(world.anna).get(page(thread)).content.decode()
    assert words in shown
    assert "Meddelelse, der ikke kan læses" in shown
    assert "Afsenderen har fået besked" not in shown


def test_the_sender_of_what_cannot_be_read_has_been_told_when_it_is_confirmed(world: World, as_: SignIn) -> None:
    box = mailbox(world)
    service(box).deliver(uuid4(), citizen(), b"<x", at=MORNING)
    following.fetch_all(at=MORNING)
    thread, anna = in_hand(Thread.objects.get(), world.anna), as_(world.anna)
    assert "Afsenderen har fået besked" in anna.get(page(thread)).content.decode()
    SecurePost.objects.update(confirmed_at=None)
    assert "Afsenderen har endnu ikke fået besked" in anna.get(page(thread)).content.decode()


def chosen_way(html: str) -> str | None:
    """The way that the page has chosen for the answer."""
    found = [tag for tag in re.findall(r"<input[^>]*>", html) if 'name="way"' in tag and "checked" in tag]
    return re.search(r'value="(\w+)"', found[0])[1] if found else None  # type: ignore[index]


@pytest.mark.parametrize("more", [{}, {"insert": "article"}, {"draft": "yes"}])
def test_a_draft_for_secure_post_stays_one(world: World, as_: SignIn, more: dict[str, str]) -> None:
    mailbox(world)
    thread, anna = in_hand(mails.receive(mails.mailbox(world)), world.anna), as_(world.anna)
    assert chosen_way(anna.get(page(thread)).content.decode()) == "mail"
    typed = {"way": "secure_post", "number": "010170-1111", "text": "Fortroligt.", "revision": "0"}
    if "draft" in more:
        anna.post(reverse("desk:written-draft", args=[thread.pk]), typed)
    elif "insert" in more:
        known = build(world)
        knowledge_use.opened(thread.enquiry, known.flea_version, by=world.anna, at=MORNING)
        anna.post(reverse("desk:written-reply", args=[thread.pk]), typed | {"picks": "article:loppemarked"})
    else:
        anna.post(reverse("desk:written-reply", args=[thread.pk]), typed | {"closes": "no"})
        anna.post(reverse("desk:written-undo", args=[thread.pk, SecurePost.objects.get().message_id]))
        in_hand(thread, world.anna)
    shown = anna.get(page(thread)).content.decode()
    assert "Fortroligt." in shown
    assert chosen_way(shown) == "secure_post"
    assert PER not in shown


def test_a_draft_for_secure_post_becomes_no_mail_when_its_mailbox_has_ended(world: World, as_: SignIn) -> None:
    box = mailbox(world)
    thread, anna = in_hand(mails.receive(mails.mailbox(world)), world.anna), as_(world.anna)
    typed = {"way": "secure_post", "number": "010170-1111", "text": "Fortroligt.", "revision": "0"}
    anna.post(reverse("desk:written-draft", args=[thread.pk]), typed)
    Mailbox.objects.filter(pk=box.pk).update(valid_to=MORNING.date())
    shown = anna.get(page(thread)).content.decode()
    assert "centret har ikke længere en postkasse dér" in shown
    assert chosen_way(shown) == "secure_post"
    reply = reverse("desk:written-reply", args=[thread.pk])
    to = {"to": "per@example.dk", "subject": "Svar", "text": "Fortroligt.", "closes": "no"}
    for sent, why in (
        (to, "Kladden er skrevet til Digital Post."),
        (to | {"way": "secure_post"}, "Centret har ingen postkasse i Digital Post."),
        (to | {"way": "mail", "text": "Fortroligt: 010170-1111."}, "Send det med Digital Post"),
    ):
        answer = anna.post(reply, sent)
        assert (answer.status_code, ThreadMessage.objects.filter(direction="out").count()) == (422, 0)
        assert why in answer.content.decode()
    assert anna.post(reply, to | {"way": "mail"}).status_code == 302, "its author has chosen"
    assert ThreadMessage.objects.get(direction="out").to == ["per@example.dk"]
