"""Files that come in parts: in order, once, within their stated length, whole or not at all, and never left behind."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from indgang.core.refusals import RefusedChange
from indgang.correspondence.forms import given_files, saving, uploading
from indgang.correspondence.forms.answers import AnswerFault
from indgang.correspondence.models import FileUpload, SavedAnswers, SavedFile, UploadPart
from indgang.messaging import scanning
from tests.correspondence.forms import made
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
FILE = made.PDF + b"x" * 2_500_000
DIGEST = hashlib.sha256(FILE).hexdigest()


@pytest.fixture
def saved(world: World) -> SavedAnswers:
    return made.filled(made.form(world))


def begin(saved: SavedAnswers, name: str = "plan.pdf", size: int = len(FILE), digest: str = DIGEST) -> FileUpload:
    return uploading.begin(
        saved, code="bilag", name=name, declared="application/pdf", size=size, digest=digest, at=MORNING
    )


def send(saved: SavedAnswers, upload: FileUpload, content: bytes = FILE, start: int = 0) -> None:
    for place in range(start, len(content), uploading.PART):
        part = content[place : place + uploading.PART]
        uploading.add(saved, upload.pk, start=place, content=part, at=MORNING)


def test_a_file_in_parts_becomes_the_file_it_was_and_leaves_no_parts(saved: SavedAnswers) -> None:
    upload = begin(saved)
    send(saved, upload)
    assert uploading.finish(saved, upload.pk, at=MORNING) == ""
    assert bytes(SavedFile.objects.get().content) == FILE
    assert not UploadPart.objects.exists()
    assert uploading.finish(saved, upload.pk, at=MORNING) == "", "the answer to the last part may have been lost"
    assert SavedFile.objects.count() == 1


def test_the_same_file_goes_on_where_it_was(saved: SavedAnswers) -> None:
    upload = begin(saved)
    uploading.add(saved, upload.pk, start=0, content=FILE[: uploading.PART], at=MORNING)
    again = begin(saved)
    assert (again.pk, again.received) == (upload.pk, uploading.PART)
    assert begin(saved, digest="0" * 64).pk != upload.pk, "another file of the same name and length begins anew"


@pytest.mark.parametrize("start", [1, uploading.PART, 2 * uploading.PART])
def test_a_part_that_does_not_continue_says_from_where(saved: SavedAnswers, start: int) -> None:
    upload = begin(saved)
    with pytest.raises(uploading.OutOfStep) as apart:
        uploading.add(saved, upload.pk, start=start, content=b"x", at=MORNING)
    assert apart.value.received == 0


@pytest.mark.parametrize("content", [b"", b"x" * 11, b"x" * (uploading.PART + 1)])
def test_no_part_leads_beyond_what_was_stated(saved: SavedAnswers, content: bytes) -> None:
    upload = begin(saved, size=10, digest="")
    with pytest.raises(uploading.OutOfStep):
        uploading.add(saved, upload.pk, start=0, content=content, at=MORNING)
    assert not UploadPart.objects.exists()


def test_a_file_whose_content_differs_from_its_digest_is_refused(saved: SavedAnswers) -> None:
    upload = begin(saved)
    send(saved, upload, FILE[:-1] + b"y")
    assert "plan.pdf blev ændret undervejs" in uploading.finish(saved, upload.pk, at=MORNING)
    assert not SavedFile.objects.exists()
    assert not UploadPart.objects.exists()


def test_a_file_that_was_refused_is_not_called_attached_when_the_answer_was_lost(saved: SavedAnswers) -> None:
    upload = begin(saved)
    send(saved, upload, FILE[:-1] + b"y")
    assert uploading.finish(saved, upload.pk, at=MORNING)
    assert uploading.add(saved, upload.pk, start=2_000_000, content=b"x", at=MORNING) is None
    assert uploading.finish(saved, upload.pk, at=MORNING) == "Filen er ikke vedhæftet. Vælg den igen."
    assert uploading.finish(saved, uuid4(), at=MORNING) == "Filen er ikke vedhæftet. Vælg den igen."


class Slow:
    """A scanner that notes whether it is asked in a transaction, and meanwhile does something else."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        self.meanwhile = meanwhile
        self.blocks: list[int] = []

    def scan(self, content: bytes) -> scanning.Verdict:
        self.blocks.append(len(connection.savepoint_ids))
        act, self.meanwhile = self.meanwhile, lambda: None
        act()
        return scanning.Clean()


def test_a_file_is_scanned_without_a_transaction_and_what_happens_meanwhile_counts(
    saved: SavedAnswers, monkeypatch: pytest.MonkeyPatch
) -> None:
    removed, twice = begin(saved, "a.pdf"), begin(saved, "b.pdf")
    for upload in (removed, twice):
        send(saved, upload)
    outside = len(connection.savepoint_ids)
    scanner = Slow(lambda: saving.remove(saved, str(removed.pk)))
    monkeypatch.setattr(scanning, "configured", lambda: scanner)
    assert uploading.finish(saved, removed.pk, at=MORNING) == "Filen er ikke vedhæftet. Vælg den igen."
    scanner.meanwhile = lambda: uploading.finish(saved, twice.pk, at=MORNING)
    assert uploading.finish(saved, twice.pk, at=MORNING) == ""
    assert [(row.pk, row.name, row.scan) for row in SavedFile.objects.all()] == [(twice.pk, "b.pdf", "clean")]
    assert scanner.blocks == [outside] * 3


@pytest.mark.parametrize(
    ("size", "words"), [(given_files.LARGEST_FILE + 1, "mere end 25 MB"), (0, "er tom"), (-1, "er tom")]
)
def test_what_is_too_large_is_refused_before_anything_is_read(saved: SavedAnswers, size: int, words: str) -> None:
    with pytest.raises(RefusedChange, match=words):
        begin(saved, size=size)
    assert not FileUpload.objects.exists()


def test_files_on_their_way_count_as_if_they_had_come(saved: SavedAnswers, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(saved, "a.pdf", given_files.LARGEST_FILE)
    begin(saved, "b.pdf", 1_000)
    with pytest.raises(RefusedChange, match="plads til 2 filer"):
        begin(saved, "c.pdf", 1_000)


def test_only_bytes_that_came_take_the_room_of_others(
    saved: SavedAnswers, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "MOST_ON_THEIR_WAY", 2_000)
    monkeypatch.setattr(uploading, "MOST_OF_BEGUN", 2_500)
    other = made.filled(saved.version.form)
    half = [begin(saved, name, 1_900) for name in ("a.pdf", "b.pdf")]
    begin(other, "c.pdf", 1_000)
    uploading.add(saved, half[0].pk, start=0, content=b"x" * 1_001, at=MORNING)
    with pytest.raises(uploading.Full, match="mange filer på vej"):
        begin(other, "d.pdf", 1_000)
    uploading.add(saved, half[1].pk, start=0, content=b"x" * 1_499, at=MORNING)
    with pytest.raises(uploading.Full):
        uploading.add(saved, half[0].pk, start=1_001, content=b"x", at=MORNING)
    assert FileUpload.objects.get(pk=half[0].pk).received == 1_001


def test_a_file_of_which_nothing_comes_is_soon_forgotten(saved: SavedAnswers) -> None:
    begin(saved)
    begun = begin(saved, "b.pdf", 1_000)
    uploading.add(saved, begun.pk, start=0, content=b"x", at=MORNING)
    assert uploading.forget_abandoned(MORNING + uploading.KEPT_EMPTY) == 1
    assert list(saved.uploads.all()) == [begun]


def test_answers_with_half_a_file_are_not_sent_without_it(saved: SavedAnswers) -> None:
    upload = begin(saved)
    assert saving.answers_of(saved).faults == {"bilag": AnswerFault.FILE_ON_ITS_WAY}
    saving.remove(saved, str(upload.pk))
    assert saving.answers_of(saved).faults == {}


def test_parts_that_nobody_goes_on_with_are_deleted_by_the_clock(saved: SavedAnswers) -> None:
    upload = begin(saved)
    later = MORNING + timedelta(hours=20)
    uploading.add(saved, upload.pk, start=0, content=FILE[: uploading.PART], at=later)
    assert uploading.forget_abandoned(MORNING + uploading.KEPT) == 0
    assert uploading.forget_abandoned(later + uploading.KEPT) == 1
    assert not UploadPart.objects.exists()


def test_parts_go_with_the_answers_whose_time_is_over(saved: SavedAnswers) -> None:
    send(saved, begin(saved))
    assert saving.forget_expired(saved.expires_at) >= 1
    assert not UploadPart.objects.exists()
