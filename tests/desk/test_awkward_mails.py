"""Awkward mails end in a state that a person can see: stored once, as they came, and shown; nothing is executed."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import reverse

from indgang.core import clock
from indgang.correspondence.mail import receiving
from indgang.correspondence.models import Mailbox, MessageSource, Thread, ThreadMessage
from tests.correspondence.mails import mailbox, orders
from tests.desk.conftest import SignIn
from tests.messaging.corpus_table import CORPUS, EXPECTED
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
_HEAD = (
    b"From: Ida Holm <ida@example.dk>\r\nTo: erhverv@example.dk\r\nSubject: Slem mail\r\n"
    b"Message-ID: <slem@example.dk>\r\n"
)
#: what a page of ours never holds because of a mail
_RUNS = re.compile(r"<script(?! (src=.?/static/|id=|type=))|<\w[^<>]*\son(error|load)=|=.?javascript:", re.IGNORECASE)


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.frozen(MORNING):
        yield


def twenty_deep() -> bytes:
    raw = _HEAD + b"\r\nInderst.\r\n"
    for _level in range(20):
        raw = _HEAD + b"Content-Type: message/rfc822\r\n\r\n" + raw
    return raw


def zip_bomb() -> bytes:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("nul.txt", bytes(20_000_000))
    head = b'Content-Type: application/zip; name="planer.zip"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    return _HEAD + head + base64.encodebytes(bomb.getvalue())


def climbs_out() -> bytes:
    return _HEAD + b'Content-Disposition: attachment; filename="../../x"\r\n\r\n%PDF-1.4\r\n'


MADE: dict[str, Callable[[], bytes]] = {
    "a header of a megabyte": lambda: _HEAD + b"X-Lang: " + b"a" * 1_000_000 + b"\r\n\r\nHej\r\n",
    "a subject of a megabyte": lambda: _HEAD.replace(b"Slem mail", b"a" * 1_000_000) + b"\r\nHej\r\n",
    "a script in the subject": lambda: _HEAD.replace(b"Slem mail", b"<script>alert(1)</script>") + b"\r\nHej\r\n",
    "a script in the sender": lambda: _HEAD.replace(b"Ida Holm", b'"<img src=x onerror=alert(1)>"') + b"\r\nHej\r\n",
    "a subject that adds a header": lambda: (
        _HEAD.replace(b"Slem mail", b"=?utf-8?q?Hej=0D=0ABcc:_alle@example.dk?=") + b"\r\nHej\r\n"
    ),
    "mails twenty deep": twenty_deep,
    "a zip bomb": zip_bomb,
    "a file that climbs out": climbs_out,
    "zero bytes everywhere": lambda: _HEAD.replace(b"Slem", b"S\x00lem") + b"\r\nH\x00ej\r\n",
    "half a surrogate": lambda: _HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n\xed\xa0\x80 Hej\r\n",
    "a charset that lies": lambda: (
        _HEAD + b"Content-Type: text/plain; charset=us-ascii\r\n\r\n" + "Blåbærgrød".encode("cp1252") + b"\r\n"
    ),
    "sixty megabytes": lambda: _HEAD + b"\r\n" + b"x" * 60_000_000,
    "nothing": lambda: b"",
    "a thousand recipients": lambda: (
        _HEAD + b"Cc: " + b", ".join(b"a%d@example.dk" % n for n in range(1000)) + b"\r\n\r\nHej\r\n"
    ),
}  # fmt: skip


def comes_twice(box: Mailbox, raw: bytes) -> ThreadMessage:
    """The stored mail. The same bytes a second time store nothing."""
    first = receiving.receive(box, raw, at=MORNING)
    assert not first.again
    again = receiving.receive(box, raw, at=MORNING)
    assert (again.again, again.message.pk) == (True, first.message.pk)
    return ThreadMessage.objects.get(pk=first.message.pk)


def shown(anna: Client, thread: Thread) -> str:
    answer = anna.get(reverse("desk:written", args=[thread.pk]))
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.parametrize("what", MADE)
def test_an_awkward_mail_is_kept_as_it_came_waits_and_is_shown(world: World, as_: SignIn, what: str) -> None:
    raw = MADE[what]()
    message = comes_twice(mailbox(world), raw)
    assert bytes(MessageSource.objects.get(message=message).raw) == raw
    thread = Thread.objects.get(pk=message.thread_id)
    assert thread.state == Thread.State.WAITING, "a person is to look at it"
    assert [kind for kind, _told in orders()] == ["written_order"]
    page = shown(as_(world.anna), thread)
    assert not _RUNS.search(page)
    assert not any(sign in file.name for file in message.enclosures.all() for sign in ("/", "\\", ".."))


def test_every_mail_of_the_corpus_is_stored_once_and_shown(world: World, as_: SignIn) -> None:
    box, anna = mailbox(world), as_(world.anna)
    for name in EXPECTED:
        raw = (CORPUS / f"{name}.eml").read_bytes()
        message = comes_twice(box, raw)
        assert bytes(MessageSource.objects.get(message=message).raw) == raw, name
        page = shown(anna, Thread.objects.get(pk=message.thread_id))
        assert not _RUNS.search(page), name
        as_html = reverse("desk:written-html", args=[message.thread_id, message.pk])
        assert anna.get(as_html).status_code in (200, 404), name
    assert Thread.objects.exclude(state__in=(*Thread.OPEN, Thread.State.OVER)).count() == 0
