"""A mailbox of secure post of the little municipality, and the messages that come to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from indgang.core import clock
from indgang.correspondence.models import Mailbox, SecurePost, Thread, ThreadMessage
from indgang.correspondence.secure_post import answering, receiving, sending
from indgang.enquiries.models import Enquiry
from indgang.entry.models import Queue, QueueMembership
from indgang.entry.setup import queue_terms
from indgang.messaging.secure_post import memo
from indgang.messaging.secure_post.simulator import SimulatedSecurePost
from tests.messaging.secure_post.letters import US, theirs
from tests.world import MORNING, World


def mailbox(world: World, **more: Any) -> Mailbox:
    """The mailbox of the centre, whose messages wait in a queue that Anna and Bo serve."""
    centre = world.centres["tmf"]
    queue = Queue.objects.create(
        code="tmf-post", work=Queue.Work.WRITTEN, name="Digital Post", centre=centre, ring_seconds=30,
        schedule=centre.schedule,
    )  # fmt: skip
    queue_terms.first([queue])
    QueueMembership.objects.bulk_create(
        QueueMembership(person=person, queue=queue) for person in (world.anna, world.bo)
    )
    known = {"code": "post", "name": "Erhverv i Digital Post", "adapter": Mailbox.Adapter.SIMULATED_POST,
             "cvr": US.number, "sender_name": US.name, "undo_seconds": 10}  # fmt: skip
    return Mailbox.objects.create(centre=centre, queue=queue, **{**known, **more})


def service(box: Mailbox) -> SimulatedSecurePost:
    return SimulatedSecurePost(box.code)


def receive(box: Mailbox, text: str = "Hvornår får jeg min tilladelse?", *, at: datetime = MORNING,
            **more: Any) -> Thread:  # fmt: skip
    """The thread of a message that came."""
    letter = theirs(text, **more)
    post = receiving.receive(box, str(letter.uuid), memo.write(letter), at=at)
    return Thread.objects.get(pk=post.message.thread_id)


def in_hand(thread: Thread, person: Any) -> Thread:
    Thread.objects.filter(pk=thread.pk).update(state=Thread.State.IN_WORK, holder=person)
    Enquiry.objects.filter(pk=thread.pk).update(agent=person, first_agent=person)
    return Thread.objects.get(pk=thread.pk)


def answer(thread: Thread, person: Any, text: str = "Den er givet.", **more: Any) -> SecurePost:
    """An answer that has been written, and waits to leave."""
    known: dict[str, Any] = {"subject": "", "closes": False, "at": clock.now()}
    message = answering.reply(thread, text=text, by=person, **{**known, **more})
    return SecurePost.objects.get(message=message)


def send(post: SecurePost) -> SecurePost:
    """Let the job run that sends it."""
    sending.deliver(post=str(post.pk))
    return SecurePost.objects.select_related("message__thread").get(pk=post.pk)


def later(time: clock.FrozenTime, seconds: int = 30) -> datetime:
    return time.move(timedelta(seconds=seconds))


def states(post: SecurePost) -> tuple[str, str]:
    return post.state, ThreadMessage.objects.get(pk=post.message_id).state
