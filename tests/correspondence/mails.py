"""A mailbox of the little municipality, and the mails that come to it."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from indgang.correspondence.mail import receiving
from indgang.correspondence.models import Mailbox, Thread, ThreadMessage
from indgang.entry.models import Command, Queue, QueueMembership
from indgang.entry.setup import queue_terms
from tests.world import MORNING, World

PER = "per@example.dk"


def mailbox(world: World, **more: Any) -> Mailbox:
    """The mailbox of the centre, whose mails wait in a queue that Anna and Bo serve."""
    centre = world.centres["tmf"]
    queue = Queue.objects.create(
        code="tmf-mail", work=Queue.Work.WRITTEN, name="Mails", centre=centre, ring_seconds=30,
        schedule=centre.schedule,
    )  # fmt: skip
    queue_terms.first([queue])
    QueueMembership.objects.bulk_create(
        QueueMembership(person=person, queue=queue) for person in (world.anna, world.bo)
    )
    known = {"code": "tmf", "name": "Erhverv", "address": "erhverv@example.dk", "adapter": Mailbox.Adapter.SIMULATED}
    return Mailbox.objects.create(centre=centre, queue=queue, **{**known, **more})


def raw(
    text: str = "Hvornår kan jeg få min tilladelse?\n",
    *,
    sender: str = f"Per Madsen <{PER}>",
    to: str = "erhverv@example.dk",
    subject: str = "Byggetilladelse",
    at: datetime = MORNING,
    number: int = 1,
    files: tuple[tuple[str, bytes], ...] = (),
    **headers: str,
) -> bytes:
    """A mail as a mail server hands it over. Names of further headers have `_` for `-`."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"], mail["Message-ID"] = format_datetime(at), f"<{number}@example.dk>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def receive(box: Mailbox, *args: Any, at: datetime = MORNING, **more: Any) -> Thread:
    """The thread of a mail that came in."""
    stored = receiving.receive(box, raw(*args, at=at, **more), at=at)
    return Thread.objects.get(pk=stored.thread.pk)


def sent(thread: Thread, message_id: str, *, at: datetime = MORNING, automatic: bool = False) -> ThreadMessage:
    """A mail of ours that has left."""
    return ThreadMessage.objects.create(
        thread=thread, mailbox=thread.mailbox, direction=ThreadMessage.Direction.OUT, at=at,
        state=ThreadMessage.State.SENT, state_at=at, message_id=message_id, automatic=automatic,
    )  # fmt: skip


def orders() -> list[tuple[str, dict[str, Any]]]:
    """The orders about written work since the last call."""
    found = Command.objects.filter(kind__startswith="written_").order_by("pk")
    told = [(command.kind, command.payload) for command in found]
    found.delete()
    return told
