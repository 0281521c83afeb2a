"""Files of chats: checked before anything is stored, and given out to the two sides alone."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from indgang.core import clock
from indgang.correspondence.chat import conversation, files
from indgang.correspondence.models import Chat, Enclosure
from indgang.messaging import scanning
from indgang.portal import visitors
from tests.correspondence.chats import chat_queue
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 en plan"


@pytest.fixture
def key(world: World) -> str:
    visitors.forget()
    found = secrets.token_urlsafe(24)
    conversation.begin(chat_queue(world), key=found, question="Hej", at=MORNING)
    return found


def send(key: str, *sent: tuple[str, bytes], text: str = "") -> Any:
    with clock.frozen(MORNING):
        uploads = [SimpleUploadedFile(name, content) for name, content in sent]
        return Client().post(f"/chat/{key}/", {"text": text, "files": uploads})


def test_a_file_goes_with_a_message_and_is_given_out_to_be_saved(key: str) -> None:
    assert send(key, ("../plan.pdf", PDF)).status_code == 302
    (row,) = Enclosure.objects.all()
    assert (row.name, row.kind, bytes(row.content)) == ("plan.pdf", "application/pdf", PDF)
    answer = Client().get(f"/chat/{key}/fil/2/0/")
    assert (answer.content, answer.headers["Content-Disposition"]) == (PDF, "attachment; filename*=UTF-8''plan.pdf")
    assert "plan.pdf" in Client().get(f"/chat/{key}/").content.decode()


def test_a_file_from_before_the_scanner_waits_until_that_has_seen_it(key: str, settings: Any) -> None:
    send(key, ("plan.pdf", PDF))
    settings.VIRUS_SCANNER = "127.0.0.1:9"
    assert Client().get(f"/chat/{key}/fil/2/0/").status_code == 404
    page = Client().get(f"/chat/{key}/").content.decode()
    assert "plan.pdf" in page
    assert "/fil/2/0/" not in page


def test_another_chat_does_not_get_it(key: str, world: World) -> None:
    send(key, ("plan.pdf", PDF))
    other = secrets.token_urlsafe(24)
    conversation.begin(Chat.objects.get().thread.queue, key=other, question="Hej", at=MORNING)  # type: ignore[arg-type]
    assert Client().get(f"/chat/{other}/fil/2/0/").status_code == 404
    assert Client().get("/chat/ukendt/fil/2/0/").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("spil.exe", b"MZ" + bytes(200), "slags"),
        ("plan.pdf", b"MZ" + bytes(200), "slags"),
        ("stor.txt", b"x" * (files.LARGEST + 1), "for stor"),
    ],
)
def test_a_refused_file_is_named_and_nothing_is_stored(key: str, name: str, content: bytes, said: str) -> None:
    answer = send(key, (name, content), text="Her er den")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert "Her er den" in page, "what was typed stays"
    assert (Chat.objects.get().lines_count, Enclosure.objects.count()) == (1, 0)


class Says:
    def __init__(self, verdict: scanning.Verdict) -> None:
        self.verdict = verdict

    def scan(self, content: bytes) -> scanning.Verdict:
        return self.verdict


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        (scanning.Clean(), 302), (scanning.Infected("Eicar"), 422),
        (scanning.NotScanned(scanning.NoVerdict.AWAY), 422), (scanning.NotScanned(scanning.NoVerdict.NO_SCANNER), 302),
    ],
)  # fmt: skip
def test_the_scanner_decides(key: str, monkeypatch: pytest.MonkeyPatch, verdict: scanning.Verdict, status: int) -> None:
    monkeypatch.setattr(scanning, "configured", lambda: Says(verdict))
    assert send(key, ("plan.pdf", PDF)).status_code == status


def test_a_scanner_address_that_is_none_refuses_the_file_with_a_sentence(key: str, settings: Any) -> None:
    settings.VIRUS_SCANNER = "clamav"
    answer = send(key, ("plan.pdf", PDF), text="Her er den")
    assert answer.status_code == 422
    assert "kunne ikke undersøges for virus" in answer.content.decode()
    assert Chat.objects.get().lines_count == 1


def test_too_many_files_are_refused(key: str) -> None:
    assert send(key, *((f"{number}.pdf", PDF) for number in range(files.MOST + 1))).status_code == 422


def test_an_empty_message_without_a_file_is_refused(key: str) -> None:
    assert send(key).status_code == 422
