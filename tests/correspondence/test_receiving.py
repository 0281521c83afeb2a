"""Mails become threads that wait in a queue, are stored once, join, open again, and are never answered by a machine."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from indgang.correspondence import queueing, tokens
from indgang.correspondence.mail import receiving, rules
from indgang.correspondence.models import (
    BlockedSender,
    Enclosure,
    Mailbox,
    MessageSource,
    RoutingRule,
    Thread,
    ThreadMessage,
)
from indgang.enquiries import journal, registration, verification
from indgang.enquiries.models import Channel, Enquiry, Party, State
from indgang.entry.event_kinds import Kind
from indgang.entry.models import LiveWork, Queue
from indgang.events.event import Event
from tests.correspondence.mails import PER, mailbox, orders, raw, receive, sent
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
LATER = MORNING + timedelta(hours=1)


def test_a_mail_begins_an_enquiry_that_waits_in_the_queue_of_its_mailbox(world: World) -> None:
    box = mailbox(world)
    came = raw(files=(("plan.pdf", b"%PDF-1.4 plan"),))
    thread = receiving.receive(box, came, at=MORNING).thread
    enquiry = thread.enquiry
    assert (enquiry.channel, enquiry.state, enquiry.centre) == (Channel.MAIL, State.WAITING, world.centres["tmf"])
    assert (thread.subject, thread.contact_name, thread.contact_address) == ("Byggetilladelse", "Per Madsen", PER)
    (message,) = thread.messages.all()
    assert (message.text.strip(), message.message_id) == ("Hvornår kan jeg få min tilladelse?", "<1@example.dk>")
    assert bytes(message.source.raw) == came
    assert [(each.name, bytes(each.content)) for each in message.enclosures.all()] == [("plan.pdf", b"%PDF-1.4 plan")]
    ((kind, order),) = orders()
    assert (kind, order["enquiry"], order["queue"], order["work"]) == (
        "written_order", str(thread.pk), "tmf-mail", "written",
    )  # fmt: skip


def test_it_is_due_after_the_open_seconds_that_its_queue_promises(world: World) -> None:
    box = mailbox(world)
    evening = MORNING.replace(hour=20)
    thread = receive(box, at=evening)
    assert thread.due_at is not None
    assert thread.due_at > evening + timedelta(hours=8), "the clock stands still while the queue is closed"


def test_the_same_mail_is_stored_once(world: World) -> None:
    box = mailbox(world)
    first = receiving.receive(box, raw(), at=MORNING)
    again = receiving.receive(box, raw(), at=LATER)
    assert (first.again, again.again, again.message.pk) == (False, True, first.message.pk)
    assert (ThreadMessage.objects.count(), Thread.objects.count(), len(orders())) == (1, 1, 1)


@pytest.mark.parametrize("by", ["in_reply_to", "references", "subject", "address"])
def test_an_answer_joins_its_thread(world: World, by: str) -> None:
    box = mailbox(world)
    thread = receive(box)
    token = tokens.shown(thread.token)
    how = {
        "in_reply_to": {"In_Reply_To": "<1@example.dk>"}, "references": {"References": "<0@x.dk> <1@example.dk>"},
        "subject": {"subject": f"SV: {token} Byggetilladelse"}, "address": {"to": f"erhverv+{thread.token}@example.dk"},
    }[by]  # fmt: skip
    assert receive(box, "Og en ting til.\n", number=2, at=LATER, **how).pk == thread.pk
    assert thread.messages.count() == 2
    assert Enquiry.objects.count() == 1


def test_an_answer_to_an_ended_thread_opens_it_again_within_the_days_of_the_mailbox(world: World) -> None:
    box = mailbox(world, reopens_days=7)
    thread = over(receive(box))
    back = receive(box, number=2, at=MORNING + timedelta(days=6), In_Reply_To="<1@example.dk>")
    assert (back.pk, back.state, back.ending) == (thread.pk, Thread.State.WAITING, "")
    assert back.enquiry.state == State.WAITING
    over(back, at=MORNING + timedelta(days=6))
    late = receive(box, number=3, at=MORNING + timedelta(days=20), In_Reply_To="<1@example.dk>")
    assert late.pk != thread.pk
    assert late.enquiry.follows_id == thread.pk


def over(thread: Thread, at: object = MORNING) -> Thread:
    Thread.objects.filter(pk=thread.pk).update(state="over", ending="answered", ended_at=at)
    Enquiry.objects.filter(pk=thread.pk).update(phase="", state=State.REGISTERED, ended_at=at)
    return Thread.objects.get(pk=thread.pk)


def test_a_rule_sends_a_mail_to_another_queue_with_a_skill_and_says_why(world: World) -> None:
    box = mailbox(world)
    queue = world.queues["tmf-byggeri"]
    RoutingRule.objects.create(
        mailbox=box, order=1, name="Byggesager", conditions={"words": ["tilladelse"]}, queue=queue,
        skills={"byggesag": 2}, priority=3,
    )  # fmt: skip
    thread = receive(box)
    assert (thread.queue, thread.skills, thread.priority) == (queue, {"byggesag": 2}, 3)
    assert thread.reasons == [["rule", "Byggesager"], ["words", "tilladelse"]]


@pytest.mark.parametrize("named", ["dansk caféejerforening", "11223344"])
def test_a_rule_can_name_the_party(world: World, named: str) -> None:
    box, queue = mailbox(world), world.queues["tmf-byggeri"]
    RoutingRule.objects.create(mailbox=box, order=1, name="Caféer", conditions={"parties": [named]}, queue=queue)
    assert receive(box).queue == box.queue, "nobody is known by the address"
    Party.objects.create(kind="business", name="Dansk Caféejerforening", cvr="11223344", email=PER, created_at=MORNING)
    thread = receive(box, number=2)
    assert (thread.queue, thread.reasons) == (queue, [["rule", "Caféer"], ["parties", named]])


def test_an_answer_in_a_thread_that_ended_long_ago_goes_where_that_lay(world: World) -> None:
    box = mailbox(world, reopens_days=7)
    moved = Queue.objects.create(
        code="tmf-mail-2", work=Queue.Work.WRITTEN, name="Sager", centre=box.centre, ring_seconds=30
    )
    RoutingRule.objects.create(
        mailbox=box, order=1, name="Byggesager", conditions={"words": ["tilladelse"]}, skills={"byggesag": 1}
    )
    thread = over(receive(box))
    Thread.objects.filter(pk=thread.pk).update(queue=moved, skills={"byggesag": 2}, priority=3)
    late = receive(box, number=3, at=MORNING + timedelta(days=20), In_Reply_To="<1@example.dk>")
    assert (late.queue, late.reasons, late.state) == (moved, [["thread", "tmf-mail-2"]], Thread.State.WAITING)
    assert (late.skills, late.priority) == ({"byggesag": 2}, 3)
    trial = rules.trial(box, {"words": ["tilladelse"]}, treatment="route", at=MORNING)
    assert [each.message.thread for each in trial.found] == [Thread.objects.get(pk=thread.pk)], (
        "the late one follows it"
    )
    assert len(rules.trial(box, {"words": ["tilladelse"]}, treatment="spam", at=MORNING).found) == 2
    over(late, at=MORNING + timedelta(days=20))
    Queue.objects.filter(pk=moved.pk).update(valid_to=MORNING.date())
    gone = receive(box, number=4, at=MORNING + timedelta(days=40), In_Reply_To="<3@example.dk>")
    assert gone.reasons[0] == ["rule", "Byggesager"]


@pytest.mark.parametrize(("treatment", "ending"), [("spam", "spam"), ("no_answer", "closed")])
def test_a_rule_that_says_that_nobody_answers_is_about_late_answers_too(
    world: World, treatment: str, ending: str
) -> None:
    box = mailbox(world, reopens_days=7)
    over(receive(box))
    RoutingRule.objects.create(
        mailbox=box, order=2, name="Lotteri", conditions={"words": ["vundet"]}, treatment=treatment
    )
    later = MORNING + timedelta(days=20)
    won: dict[str, Any] = {"text": "Du har vundet en tilladelse.\n", "at": later, "In_Reply_To": "<1@example.dk>"}
    late = receive(box, number=2, **won)
    assert (late.ending, late.reasons[0]) == (ending, ["rule", "Lotteri"])
    RoutingRule.objects.create(mailbox=box, order=1, name="Byggesager", conditions={"words": ["tilladelse"]})
    assert receive(box, number=3, **won).reasons == [["thread", "tmf-mail"]], "the first rule that fits lets it through"


@pytest.mark.parametrize("sender", [PER, "@example.dk", "PER@Example.DK"])
def test_a_blocked_sender_is_spam_that_nobody_is_offered(world: World, sender: str) -> None:
    box = mailbox(world)
    BlockedSender.objects.create(sender=sender, since=MORNING, by=world.anna)
    thread = receive(box)
    assert (thread.state, thread.ending, orders()) == (Thread.State.OVER, Thread.Ending.SPAM, [])
    assert thread.enquiry.state == State.LEFT
    assert MessageSource.objects.count() == 1, "it is kept, and can be taken back"


@pytest.mark.parametrize("joined", [False, True])
def test_an_automatic_reply_is_kept_and_wakes_nobody(world: World, joined: bool) -> None:
    box = mailbox(world)
    if joined:
        sent(over(receive(box)), "<vores@example.dk>")
        orders()
    about = "<vores@example.dk>" if joined else "<en-andens@example.dk>"
    thread = receive(box, "Jeg er på ferie.\n", number=2, Auto_Submitted="auto-replied", In_Reply_To=about)
    assert (thread.state, orders()) == (Thread.State.OVER, [])
    assert thread.messages.order_by("-at").first() is not None
    assert thread.messages.filter(automatic=True).count() == 1


@pytest.mark.parametrize("subject", ["Fraværende ved synet", "Ikke til stede ved synet", "Auto: ansøgning"])
def test_a_mail_of_a_person_waits_whatever_its_subject_begins_with(world: World, subject: str) -> None:
    thread = receive(mailbox(world, receipt="Tak. Dit nummer er {nummer}."), subject=subject)
    assert (thread.state, len(orders())) == (Thread.State.WAITING, 1)
    assert thread.messages.count() == 1, "a machine may have written it, so it gets no receipt"


@pytest.mark.parametrize("joined", [False, True])
def test_a_mail_that_a_colleague_sends_on_from_another_mailbox_waits_and_gets_no_receipt(
    world: World, joined: bool
) -> None:
    box = mailbox(world, receipt="Tak. Dit nummer er {nummer}.")
    other = Mailbox.objects.create(
        centre=box.centre, queue=box.queue, code="byggeri", name="Byggeri", address="byggeri@example.dk",
        adapter=Mailbox.Adapter.SIMULATED,
    )  # fmt: skip
    about = {}
    if joined:
        sent(over(receive(box)), "<vores@example.dk>")
        orders()
        about = {"In_Reply_To": "<vores@example.dk>"}
    before = ThreadMessage.objects.count()
    thread = receive(box, "Den er jeres.\n", sender=other.address, number=2, at=LATER, **about)
    assert (thread.state, len(orders())) == (Thread.State.WAITING, 1)
    assert ThreadMessage.objects.count() == before + 1, "no receipt is sent"


@pytest.mark.parametrize("mark", [{"Auto_Submitted": "auto-replied"}, {"X_Loop": "en-anden@example.dk"}, {}])
def test_a_mail_of_ours_that_comes_back_wakes_nobody(world: World, mark: dict[str, str]) -> None:
    box = mailbox(world)
    if not mark:  # it is known by its Message-ID
        sent(over(receive(box)), "<2@example.dk>")
        orders()
    thread = receive(box, sender=box.address, number=2, at=LATER, **mark)
    assert (thread.state, orders()) == (Thread.State.OVER, [])
    assert thread.messages.get(message_id="<2@example.dk>", direction="in").kind == "loop"


def test_the_party_with_the_address_is_known_when_it_is_one_alone(world: World) -> None:
    box = mailbox(world)
    one = Party.objects.create(
        kind=Party.Kind.BUSINESS, name="Per Madsen ApS", email="Per@Example.dk", created_at=MORNING
    )
    assert receive(box).enquiry.party == one
    Party.objects.create(kind=Party.Kind.CITIZEN, name="Per", email=PER, created_at=MORNING)
    assert receive(box, number=2).enquiry.party is None


def followed(event: Event[Any]) -> None:
    queueing.follow([event], {event.stream: Enquiry.objects.get(pk=event.stream)})


def test_what_happens_to_calls_asks_for_no_thread(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    call = Enquiry.objects.create(channel=Channel.PHONE, state="waiting", arrived_at=MORNING)
    with django_assert_num_queries(0):
        queueing.follow([Kind.QUEUED.event(str(call.pk), MORNING, "tmf-byggeri")], {str(call.pk): call})


def test_the_thread_follows_the_desk(world: World) -> None:
    box = mailbox(world)
    thread = receive(box)
    for kind, state, holder in (
        (Kind.WORK_BEGUN, Thread.State.IN_WORK, world.anna),
        (Kind.WORK_PUT_BACK, Thread.State.WAITING, None),
    ):
        followed(kind.event(str(thread.pk), LATER, person=world.anna.pk))
        thread.refresh_from_db()
        assert (thread.state, thread.holder) == (state, holder)
    over(thread)
    followed(Kind.WORK_BEGUN.event(str(thread.pk), LATER, person=world.anna.pk))
    thread.refresh_from_db()
    assert thread.state == Thread.State.OVER, "what has ended is not begun by an event that was under way"


def test_what_the_switchboard_has_lost_is_ordered_anew(world: World) -> None:
    thread = receive(mailbox(world))
    assert queueing.restore(at=LATER) == 0, "the order is still under way"
    orders()
    assert queueing.restore(at=LATER) == 1
    ((_kind, order),) = orders()
    assert order["enquiry"] == str(thread.pk)
    LiveWork.objects.create(item=thread.pk, since=LATER, kept={})
    assert queueing.restore(at=LATER) == 0


def test_its_enquiry_is_what_its_events_say(world: World) -> None:
    box = mailbox(world)
    receive(box)
    receive(box, number=2, at=LATER, In_Reply_To="<1@example.dk>")
    checked = verification.Verification()
    assert list(checked.run()) == []
    assert (checked.enquiries, checked.events) == (1, 2)


def test_files_keep_their_order(world: World) -> None:
    receive(mailbox(world), files=(("b.txt", b"to"), ("a.txt", b"en")))
    assert list(Enclosure.objects.values_list("name", flat=True)) == ["b.txt", "a.txt"]


def test_a_mail_to_two_mailboxes_stays_two_and_their_answers_stay_apart(world: World) -> None:
    """The same Message-ID came to both; the contact then answers their own mail to one of them."""
    box = mailbox(world)
    other = Mailbox.objects.get(pk=box.pk)
    other.pk, other.code, other.address = None, "anden", "anden@example.dk"
    other.save()
    mine, theirs = receive(box), receive(other)
    assert mine.pk != theirs.pk
    assert receive(box, number=2, at=LATER, In_Reply_To="<1@example.dk>").pk == mine.pk
    assert receive(other, number=3, at=LATER, In_Reply_To="<1@example.dk>").pk == theirs.pk


def test_an_order_that_comes_after_the_end_is_taken_back(world: World) -> None:
    thread = over(receive(mailbox(world)), at=MORNING)
    orders()
    followed(Kind.QUEUED.event(str(thread.pk), LATER, "tmf-mail"))
    ((kind, order),) = orders()
    assert (kind, order["enquiry"]) == ("written_over", str(thread.pk))
    LiveWork.objects.create(item=thread.pk, since=MORNING, kept={})
    queueing.restore(at=LATER)
    assert [kind for kind, _order in orders()] == ["written_over"]


def test_what_somebody_has_read_can_be_registered_before_it_is_answered(world: World) -> None:
    enquiry = receive(mailbox(world)).enquiry
    assert not registration.can_be_registered(enquiry)
    journal.append(enquiry, Kind.WORK_BEGUN.event(str(enquiry.pk), LATER, person=world.anna.pk), by=world.anna)
    assert registration.can_be_registered(enquiry)


def test_an_enquiry_ends_although_the_switchboard_never_had_its_thread(world: World) -> None:
    thread = receive(mailbox(world))
    Thread.objects.filter(pk=thread.pk).update(state="over", ending="answered", ended_at=MORNING)
    queueing.restore(at=MORNING)
    assert Enquiry.objects.get(pk=thread.pk).state == State.WAITING, "the order is perhaps under way"
    queueing.restore(at=LATER)
    enquiry = Enquiry.objects.get(pk=thread.pk)
    assert (enquiry.state, enquiry.ended_at) == (State.LEFT, LATER)


# --- sent on, between units, and made by other systems ---------------------------------------------

KIRSTEN = "Kirsten <kirsten@andetsted.dk>"
OURS = "<vores@example.dk>"


def other_mailbox(box: Mailbox) -> Mailbox:
    return Mailbox.objects.create(
        centre=box.centre, queue=box.queue, code="byggeri", name="Byggeri", address="byggeri@example.dk",
        adapter=Mailbox.Adapter.SIMULATED, receipt="Tak. Dit nummer er {nummer}.",
    )  # fmt: skip


def answered_by_us(box: Mailbox, *to: str) -> Thread:
    thread = receive(box)
    ThreadMessage.objects.filter(pk=sent(thread, OURS).pk).update(to=list(to or [PER]))
    orders()
    return thread


@pytest.mark.parametrize("by", ["ids", "token"])
@pytest.mark.parametrize("subject", ["VS: SV: Byggetilladelse", "Fw: Byggetilladelse", "vs:Byggetilladelse"])
def test_what_a_stranger_sends_on_begins_a_thread_that_follows_the_old_one(world: World, subject: str, by: str) -> None:
    box = mailbox(world)
    old = answered_by_us(box)
    ids = {"References": f"<1@example.dk> {OURS}", "In_Reply_To": OURS} if by == "ids" else {}
    subject += "" if by == "ids" else f" [#{old.token[:4]}-{old.token[4:]}]"
    new = receive(box, "Se nedenfor.\n", sender=KIRSTEN, subject=subject, number=2, at=LATER, **ids)
    assert (new.pk != old.pk, new.contact_address) == (True, "kirsten@andetsted.dk")
    assert new.enquiry.follows_id == old.pk
    assert [(kind, told["enquiry"]) for kind, told in orders()] == [("written_order", str(new.pk))]


@pytest.mark.parametrize(
    ("sender", "subject"),
    [
        (f"Per <{PER}>", "VS: SV: Byggetilladelse"),  # he was there
        (KIRSTEN, "SV: Byggetilladelse"),  # she answers for him
        (KIRSTEN, "SV: VS: Byggetilladelse"),
    ],
)
def test_an_answer_and_what_a_participant_sends_on_join_the_thread(world: World, sender: str, subject: str) -> None:
    box = mailbox(world)
    old = answered_by_us(box)
    assert receive(box, sender=sender, subject=subject, number=2, at=LATER, In_Reply_To=OURS).pk == old.pk


def test_a_mail_from_one_unit_to_another_arrives_once_and_their_answers_stay_apart(world: World) -> None:
    box = mailbox(world, receipt="Tak. Dit nummer er {nummer}.")
    theirs = other_mailbox(box)
    old = answered_by_us(box, theirs.address)
    before = ThreadMessage.objects.filter(automatic=True).count()
    written: dict[str, Any] = {"sender": box.address, "to": theirs.address}
    first = raw("Kan I svare ham?\n", number=7, In_Reply_To="<1@example.dk>", **written)
    first = first.replace(b"<7@example.dk>", OURS.encode())
    new = receiving.receive(theirs, first, at=LATER).thread
    assert (new.pk != old.pk, new.state, new.mailbox, new.enquiry.follows_id) == (True, "waiting", theirs, old.pk)
    again = receiving.receive(theirs, b"Received: from b by c\r\n" + first, at=LATER).message
    assert (again.kind, again.automatic) == ("loop", True), "it arrives once"
    assert len(orders()) == 1
    assert ThreadMessage.objects.filter(automatic=True, direction="out").count() == before, "no receipt is sent"
    sent(Thread.objects.get(pk=new.pk), "<8@example.dk>")
    ThreadMessage.objects.filter(message_id="<8@example.dk>").update(mailbox=theirs, to=[box.address])
    assert receive(box, sender=theirs.address, number=8, at=LATER, In_Reply_To=OURS).pk == old.pk
    assert receive(theirs, number=9, at=LATER, In_Reply_To="<8@example.dk>", **written).pk == new.pk


def test_a_mail_that_another_system_makes_reaches_people_and_is_answered_by_no_machine(world: World) -> None:
    box = mailbox(world, receipt="Tak. Dit nummer er {nummer}.")
    thread = receive(box, "Ny ansøgning i systemet.\n", subject="Ny ansøgning", Auto_Submitted="auto-generated")
    assert (thread.state, len(orders())) == (Thread.State.WAITING, 1)
    message = thread.messages.get()
    assert (message.kind, message.automatic) == ("generated", False)


@pytest.mark.parametrize(
    "marks",
    [
        {"In_Reply_To": OURS},  # a case system that confirms what we wrote to it
        {"subject": "Automatisk svar: Byggetilladelse"},  # Exchange
        {"Precedence": "auto_reply"},
        {"sender": "erhverv@example.dk"},
    ],
)
def test_what_a_machine_answers_wakes_nobody_whatever_it_calls_itself(world: World, marks: dict[str, Any]) -> None:
    box = mailbox(world)
    answered_by_us(box)
    thread = receive(box, number=2, at=LATER, Auto_Submitted="auto-generated", **marks)
    assert orders() == []
    assert thread.messages.filter(message_id="<2@example.dk>", automatic=True).exists()
