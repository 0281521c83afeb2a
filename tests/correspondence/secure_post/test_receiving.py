"""Messages of secure post become threads that wait like mails, once, and no CPR number is stored in the clear."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from indgang.correspondence import answers
from indgang.correspondence.mail import rules
from indgang.correspondence.models import Enclosure, MailboxState, RoutingRule, SecurePost, Thread, ThreadMessage
from indgang.correspondence.secure_post import following, identity, receiving
from indgang.enquiries.models import Channel, Enquiry, Party, State
from indgang.entry.models import Queue
from indgang.messaging.models import SimulatedPost
from indgang.messaging.reading import MailProblem
from indgang.messaging.secure_post import memo
from indgang.messaging.secure_post.contract import SecurePostError, SecurePostFault
from indgang.messaging.secure_post.memo import AnsweredMemo, PartyKind, PostFile, PostParty
from indgang.messaging.secure_post.simulator import SimulatedSecurePost
from tests.correspondence.mails import orders
from tests.correspondence.secure_post.posts import answer, in_hand, mailbox, receive, send, service
from tests.messaging.secure_post.letters import OTHER, PER, citizen, theirs
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
LATER = MORNING + timedelta(hours=1)
BAKERY = PostParty(PartyKind.CVR, "10000009", "Bageriet")


def test_a_message_begins_an_enquiry_that_waits_in_the_queue_of_its_mailbox(world: World) -> None:
    box = mailbox(world)
    letter = theirs(files=(PostFile("plan.pdf", "application/pdf", b"%PDF-1.4"),))
    raw = memo.write(letter)
    post = receiving.receive(box, str(letter.uuid), raw, at=MORNING)
    thread, message = post.message.thread, post.message
    assert (thread.enquiry.channel, thread.enquiry.state) == (Channel.SECURE_POST, State.WAITING)
    assert (thread.subject, thread.contact_name) == ("Byggetilladelse", "Per Madsen")
    assert message.text == "Hvornår får jeg min tilladelse?"
    assert identity.unseal_bytes(bytes(message.source.raw)) == raw
    assert [(each.name, bytes(each.content)) for each in Enclosure.objects.all()] == [("plan.pdf", b"%PDF-1.4")]
    assert thread.due_at is not None
    ((kind, order),) = orders()
    assert (kind, order["queue"], order["work"]) == ("written_order", "tmf-post", "written")


def test_the_number_of_a_citizen_is_stored_nowhere_in_the_clear(world: World) -> None:
    box = mailbox(world)
    thread = in_hand(receive(box), world.anna)
    send(answer(thread, world.anna))
    assert SecurePost.objects.count() == 2
    SimulatedPost.objects.all().delete()  # what stands for the service outside
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()")
        tables = [name for (name,) in cursor.fetchall()]
        for table in tables:
            for written in (PER, PER.encode().hex()):
                cursor.execute(f'SELECT count(*) FROM "{table}" AS held WHERE held::text LIKE %s', [f"%{written}%"])
                assert cursor.fetchone() == (0,), table


def test_what_is_shown_of_a_number_lacks_its_last_digits(world: World) -> None:
    thread = receive(mailbox(world))
    [post] = SecurePost.objects.all()
    assert post.party_shown == "CPR 010170-****"
    assert PER not in thread.contact_address
    assert identity.unsealed(post.party).number == PER


def test_two_messages_of_one_person_have_one_key_and_two_people_have_two(world: World) -> None:
    box = mailbox(world)
    receive(box)
    receive(box)
    receive(box, sender=citizen(OTHER))
    keys = list(SecurePost.objects.order_by("id").values_list("party_key", flat=True))
    assert keys[0] == keys[1] != keys[2]


def test_a_known_company_is_the_party(world: World) -> None:
    party = Party.objects.get(cvr=BAKERY.number)
    thread = receive(mailbox(world), sender=BAKERY)
    assert thread.enquiry.party == party
    assert thread.contact_address == "cvr:10000009"


def test_the_same_message_is_stored_once(world: World) -> None:
    box, letter = mailbox(world), theirs()
    raw = memo.write(letter)
    first = receiving.receive(box, str(letter.uuid), raw, at=MORNING)
    assert receiving.receive(box, str(letter.uuid), raw, at=LATER) == first
    assert receiving.receive(box, str(uuid4()), raw, at=LATER) == first, "the same bytes under another UUID"
    assert (Thread.objects.count(), len(orders())) == (1, 1)


def test_an_answer_to_ours_joins_its_thread_and_opens_it_again(world: World) -> None:
    box = mailbox(world)
    thread = in_hand(receive(box), world.anna)
    ours = send(answer(thread, world.anna, closes=True))
    orders()
    joined = receive(box, "Tak!", answers=AnsweredMemo(str(ours.uuid)), at=LATER)
    assert joined == thread
    assert joined.state == Thread.State.WAITING
    ((kind, order),) = orders()
    assert (kind, order["prefer"]["person"]) == ("written_order", world.anna.pk)


def test_an_answer_of_somebody_else_begins_an_enquiry_that_follows(world: World) -> None:
    box = mailbox(world)
    thread = in_hand(receive(box), world.anna)
    ours = send(answer(thread, world.anna))
    other = receive(box, "Jeg svarer for Per", sender=citizen(OTHER), answers=AnsweredMemo(str(ours.uuid)), at=LATER)
    assert other != thread
    assert other.enquiry.follows_id == thread.pk


def test_a_number_that_was_mistyped_and_undone_is_no_party_of_the_thread(world: World) -> None:
    box = mailbox(world)
    thread = in_hand(receive(box), world.anna)
    ours = send(answer(thread, world.anna))
    undone = answer(thread, world.anna, "Til en anden", number=OTHER)
    answers.undo(undone.message, by=world.anna, at=LATER)
    other = receive(box, "Hvad er det?", sender=citizen(OTHER), answers=AnsweredMemo(str(ours.uuid)), at=LATER)
    assert other != thread


def test_an_answer_after_the_days_of_the_mailbox_begins_an_enquiry_that_follows(world: World) -> None:
    box = mailbox(world, reopens_days=7)
    thread = in_hand(receive(box), world.anna)
    ours = send(answer(thread, world.anna, closes=True))
    late = receive(box, "Tak!", answers=AnsweredMemo(str(ours.uuid)), at=MORNING + timedelta(days=9))
    assert late != thread
    assert late.enquiry.follows_id == thread.pk


def test_a_rule_decides_by_the_contact_point(world: World) -> None:
    box = mailbox(world)
    other = Queue.objects.create(code="jord", work=Queue.Work.WRITTEN, name="Jord", centre=box.centre, ring_seconds=30)
    rules.save(
        RoutingRule(mailbox=box),
        {"name": "Jord", "conditions": {"recipients": ["Jord og grundvand"]}, "treatment": "route", "queue": other,
         "skills": {}, "priority": 0},
        by=world.otto, at=MORNING,
    )  # fmt: skip
    raw = memo.write(theirs()).replace(
        b"</memo:Recipient>",
        b"<memo:ContactPoint><memo:contactPointID>241d39f6</memo:contactPointID><memo:label>Jord og grundvand"
        b"</memo:label></memo:ContactPoint></memo:Recipient>",
    )
    post = receiving.receive(box, memo.read(raw).uuid, raw, at=MORNING)
    assert post.message.thread.queue == other
    assert (post.contact_point, post.message.to) == ("241d39f6", ["Jord og grundvand", "241d39f6"])


@pytest.mark.parametrize(
    ("raw", "problem"), [(b"<memo", receiving.UNREADABLE), (None, MailProblem.MAIL_TOO_LARGE.value)]
)
def test_what_cannot_be_read_waits_for_a_person(world: World, raw: bytes | None, problem: str) -> None:
    post = receiving.receive(mailbox(world), str(uuid4()), raw, at=MORNING)
    assert not post.is_readable
    assert post.message.problems == [problem]
    assert post.message.thread.state == Thread.State.WAITING
    if raw is not None:
        assert identity.unseal_bytes(bytes(post.message.source.raw)) == raw


# --- fetching -------------------------------------------------------------------------------------


def test_what_waits_is_stored_and_confirmed_afterwards(world: World) -> None:
    box = mailbox(world)
    service(box).write(sender=citizen(), recipient=BAKERY, label="Træ", text="Må jeg fælde det?", at=MORNING)
    assert following.fetch_all(at=MORNING) == 1
    assert following.fetch_all(at=MORNING) == 0
    [row] = SimulatedPost.objects.all()
    assert row.state == SimulatedPost.State.ARRIVED
    [post] = SecurePost.objects.all()
    assert post.confirmed_at is not None
    state = MailboxState.objects.get(mailbox=box)
    assert (state.fault, state.down_since) == ("", None)
    assert state.received_at is not None


def test_a_process_that_is_killed_before_it_confirms_stores_the_message_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*args: object, **more: object) -> None:
        raise Killed

    box = mailbox(world)
    service(box).write(sender=citizen(), recipient=BAKERY, label="Træ", text="Må jeg fælde det?", at=MORNING)
    with monkeypatch.context() as patched:
        patched.setattr(SimulatedSecurePost, "confirm", die)
        with pytest.raises(Killed):
            following.fetch_all(at=MORNING)
    assert SimulatedPost.objects.get().state == SimulatedPost.State.WAITING
    following.fetch_all(at=LATER)
    assert SimulatedPost.objects.get().state == SimulatedPost.State.ARRIVED
    assert (Thread.objects.count(), SecurePost.objects.count()) == (1, 1)


def test_malformed_xml_is_shown_to_a_person_and_the_sender_is_told(world: World) -> None:
    box = mailbox(world)
    service(box).deliver(uuid4(), citizen(), b"<!DOCTYPE x><x/>", at=MORNING)
    service(box).write(sender=citizen(), recipient=BAKERY, label="Træ", text="Hej", at=MORNING)
    assert following.fetch_all(at=MORNING) == 2
    assert [row.state for row in SimulatedPost.objects.order_by("pk")] == ["failed", "arrived"]
    assert Enquiry.objects.filter(state=State.WAITING).count() == 2


def test_a_huge_message_stays_where_it_can_be_read_and_is_asked_for_once(
    world: World, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = mailbox(world)
    settings.MAILBOX_LARGEST = 10_000  # type: ignore[attr-defined]
    service(box).write(sender=citizen(), recipient=BAKERY, label="Stor", text="x" * 20_000, at=MORNING)
    assert following.fetch_all(at=MORNING) == 1
    asked: list[str] = []
    monkeypatch.setattr(SimulatedSecurePost, "fetch", lambda self, uuid, largest: asked.append(uuid))
    assert following.fetch_all(at=LATER) == 0
    assert asked == []
    assert SimulatedPost.objects.get().state == SimulatedPost.State.WAITING
    assert ThreadMessage.objects.get().problems == [MailProblem.MAIL_TOO_LARGE.value]


def test_one_message_that_makes_trouble_does_not_keep_the_others_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = mailbox(world)
    bad = service(box).write(sender=citizen(), recipient=BAKERY, label="A", text="a", at=MORNING)
    service(box).write(sender=citizen(), recipient=BAKERY, label="B", text="b", at=MORNING)
    fetch = SimulatedSecurePost.fetch

    def refuse(self: SimulatedSecurePost, uuid: str, *, largest: int) -> object:
        if uuid == str(bad.uuid):
            raise SecurePostError(SecurePostFault.REFUSED)
        return fetch(self, uuid, largest=largest)

    monkeypatch.setattr(SimulatedSecurePost, "fetch", refuse)
    following.fetch_all(at=MORNING)
    assert [each.subject for each in Thread.objects.all()] == ["B"]
    state = MailboxState.objects.get(mailbox=box)
    assert state.fault == SecurePostFault.REFUSED
    assert state.down_since is not None


def test_a_mailbox_that_has_ended_is_not_looked_into(world: World) -> None:
    box = mailbox(world)
    service(box).write(sender=citizen(), recipient=BAKERY, label="A", text="a", at=MORNING)
    box.valid_to = MORNING.date()
    box.save()
    assert following.fetch_all(at=MORNING) == 0
