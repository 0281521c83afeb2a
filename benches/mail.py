"""Mails: how fast a mailbox is imported, and how soon a new mail is offered at a desk among many stored ones.

A real Dovecot holds the mails and a real Exim delivers new ones; `indgang worker` follows the mailbox, and `indgang
switchboard` offers to an agent. The import is killed half-way and repeated: nothing may be lost or stored twice. The
limit is a bare IMAP client that fetches the same mails and stores only their bytes.

python -m benches.mail --import 10000 --stored 100000
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from statistics import median
from typing import TYPE_CHECKING

from benches import _own, _rows

if TYPE_CHECKING:
    from indgang.correspondence.models import Mailbox
    from tests.messaging.mail_servers import MailServers

ADDRESS, NEW = "kontakt@kommune.example", 15
_WORDS = (
    "byggeri", "tilladelse", "affald", "parkering", "adresse", "sag", "dokument", "aktindsigt", "gebyr", "frist",
    "bolig", "nabo", "vej", "skilt",
)  # fmt: skip


def main() -> None:
    """Print the figures, one JSON object per line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--import", type=int, default=10_000, dest="imported")
    options.add_argument("--stored", type=int, default=100_000)
    chosen = options.parse_args()
    os.environ["INDGANG_EXCHANGES"] = "simulator"
    with _own.product("mail"):
        from tests.messaging import mail_servers

        with mail_servers.running() as servers:
            mailbox = _mailbox(servers)
            _import(servers, mailbox, chosen.imported)
            _copy(chosen.stored)
            _deliver(servers)


def _mailbox(servers: MailServers) -> Mailbox:
    """The municipality of the tests with one shared mailbox, whose certificate this process and its children trust."""
    from indgang.correspondence.mail import accounts
    from indgang.correspondence.models import Mailbox
    from tests.correspondence import mails
    from tests.world import build

    known = servers.account(ADDRESS)
    return mails.mailbox(
        build(), adapter=Mailbox.Adapter.IMAP, address=ADDRESS, login=known.user,
        imap_host=known.imap.host, imap_port=known.imap.port, imap_security=known.imap.security.value,
        smtp_host=known.smtp.host, smtp_port=known.smtp.port, smtp_security=known.smtp.security.value,
        secret=accounts.sealed(known.login.secret),
    )  # fmt: skip


# --- import ---------------------------------------------------------------------------------------


def _import(servers: MailServers, mailbox: Mailbox, count: int) -> None:
    from indgang.correspondence.models import Thread, ThreadMessage

    dice = random.Random(11)
    servers.put([_mail(number, dice) for number in range(count)], ADDRESS)
    bare = _bare(servers, count)
    began = time.perf_counter()
    with _running("worker") as worker:
        _until(lambda: ThreadMessage.objects.count() >= count // 2)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    killed = time.perf_counter()
    half = ThreadMessage.objects.count()
    with _running("worker"):
        _until(lambda: ThreadMessage.objects.count() >= count)
        took = time.perf_counter() - began
        rate = (count - half) / (time.perf_counter() - killed)
        time.sleep(5)
    stored = ThreadMessage.objects.count()
    digests = ThreadMessage.objects.values("digest").distinct().count()
    if (stored, digests, Thread.objects.count()) != (count, count, count):
        raise SystemExit(f"{stored} mails with {digests} digests in {Thread.objects.count()} threads, not {count}")
    _figure("import_per_second", count / took, "mails/s", ">= 50", peer="bare IMAP, bytes stored", peer_value=bare)
    _figure("import_after_kill_per_second", rate, "mails/s", "none")
    _figure("imported_once", float(stored), "mails", f"== {count}")


def _mail(number: int, dice: random.Random) -> bytes:
    """A mail of some kilobytes; every third has HTML, every fifth a file."""
    mail = EmailMessage()
    mail["From"], mail["To"] = f"Borger {number} <borger{number}@example.dk>", ADDRESS
    mail["Subject"], mail["Message-ID"] = (
        f"Spørgsmål {number} om {dice.choice(_WORDS)}",
        f"<import-{number}@example.dk>",
    )
    text = "\n\n".join(" ".join(dice.choices(_WORDS, k=60)) for _paragraph in range(4))
    mail.set_content(f"Hej\n\n{text}\n\nVenlig hilsen\nBorger {number}\n")
    if number % 3 == 0:
        mail.add_alternative(f"<html><body><p>{text}</p></body></html>", subtype="html")
    if number % 5 == 0:
        mail.add_attachment(
            dice.randbytes(20_000), maintype="application", subtype="pdf", filename=f"plan {number}.pdf"
        )
    return mail.as_bytes()


def _bare(servers: MailServers, count: int) -> float:
    """Mails a second when they are fetched and only their bytes are stored, a hundred in one transaction."""
    from django.db import connection, transaction

    from indgang.messaging.mailbox import opening
    from indgang.messaging.mailbox.contract import FetchPosition

    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bare (raw bytea)")
        at: FetchPosition | None = None
        began, stored = time.perf_counter(), 0
        with opening.opened(servers.account(ADDRESS)) as mailbox:
            while stored < count:
                batch = mailbox.fetch(after=at)
                with transaction.atomic():
                    cursor.executemany("INSERT INTO bare VALUES (%s)", [[each.content] for each in batch.mails])
                stored, at = stored + len(batch.mails), batch.position
        cursor.execute("DROP TABLE bare")
    return stored / (time.perf_counter() - began)


# --- a new mail -----------------------------------------------------------------------------------


def _copy(count: int) -> None:
    """Make the mails more, with their threads and enquiries, which are over by now, until there are so many."""
    from django.db import connection

    from indgang.correspondence.models import Thread, ThreadMessage
    from indgang.enquiries.models import Enquiry

    _end_all()
    there, number = ThreadMessage.objects.count(), "%(number)s::text"
    keys = {name: f"md5(copied.{name}::text || {number})::uuid" for name in ("id", "enquiry_id", "thread_id")}
    token = f"left(md5(copied.token || {number}), 12)"
    message = {
        "id": keys["id"], "thread_id": keys["thread_id"], "digest": f"md5(copied.digest || {number})",
        "message_id": f"copied.message_id || {number}",
    }  # fmt: skip
    parts = (
        (Enquiry, {"id": keys["id"]}),
        (Thread, {"enquiry_id": keys["enquiry_id"], "token": token}),
        (ThreadMessage, message),
    )
    with connection.cursor() as cursor:
        for round_ in range(1, max(1, count // there)):
            for model, changed in parts:
                key = str(model._meta.pk and model._meta.pk.column)
                source = f"FROM bench_{model._meta.db_table} AS copied"
                if round_ == 1:
                    table = model._meta.db_table
                    cursor.execute(f"CREATE TEMPORARY TABLE bench_{table} AS SELECT * FROM {table} ORDER BY {key}")
                cursor.execute(_rows.copying(model, changed, source), {"number": round_})
    _own.vacuum(*(model._meta.db_table for model, _changed in parts))
    _figure("stored", float(ThreadMessage.objects.count()), "mails", "none")


def _end_all() -> None:
    """What was imported is answered: it waits no longer."""
    from indgang.core import clock
    from indgang.correspondence.models import Thread
    from indgang.enquiries.models import Enquiry, State
    from indgang.entry.models import Command, LiveWork

    Thread.objects.update(state=Thread.State.OVER, ending="answered", ended_at=clock.now(), waits_since=None)
    Enquiry.objects.update(state=State.REGISTERED, phase="", phase_since=None)
    Command.objects.all().delete()
    LiveWork.objects.all().delete()


def _deliver(servers: MailServers) -> None:
    """From the moment at which the mail server accepts a mail until it is offered at a desk."""
    from indgang.accounts.models import Person
    from indgang.core import clock
    from indgang.correspondence.models import Thread
    from indgang.entry import commands
    from indgang.entry.models import InHand

    anna, times, dice = Person.objects.get(username="anna"), [], random.Random(12)
    with _running("worker"), _running("switchboard"):
        for order in ("sign_in", "ready"):
            commands.give_and_wait(order, by=anna, at=clock.now(), patience=60.0)
        for number in range(NEW):
            servers.deliver(_mail(1_000_000 + number, dice), ADDRESS)
            began = time.perf_counter()
            _until(lambda: InHand.objects.filter(person=anna).exists(), seconds=60)
            times.append(time.perf_counter() - began)
            thread = Thread.objects.open().get()
            commands.give_and_wait("answer", by=anna, at=clock.now())
            commands.give_and_wait("written_over", by=anna, at=clock.now(), enquiry=str(thread.pk), why="closed")
            Thread.objects.filter(pk=thread.pk).update(state="over", ending="closed", ended_at=clock.now())
            _until(lambda: not InHand.objects.filter(person=anna).exists(), seconds=60)
    _figure("on_the_desk_median_s", median(times), "s", "<= 2")
    _figure("on_the_desk_longest_s", max(times), "s", "<= 2")


@contextmanager
def _running(command: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-m", "indgang", command], stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timedelta(seconds=30).total_seconds())


def _until(true: Callable[[], bool], seconds: float = 900.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise SystemExit("it takes too long")
        time.sleep(0.05)


def _figure(name: str, value: float, unit: str, goal: str, **more: object) -> None:
    line = {"bench": "mail", "figure": name, "value": round(value, 2), "unit": unit, "goal": goal, **more}
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
