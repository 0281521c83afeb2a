"""The type of a file is determined by its content, and harmful files are refused."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from indgang.accounts.models import Person
from indgang.audit.models import Change
from indgang.core.refusals import RefusedChange
from indgang.knowledge import attachments
from indgang.knowledge.models import Article, Attachment
from tests.knowledge.conftest import article, published
from tests.world import MORNING, World

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def zipped(*names: str, first: tuple[str, bytes] | None = None) -> bytes:
    """Returns a ZIP file with a fixed time stamp, so that its bytes and the names of its tests never change."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as parts:
        for name, content in [*([first] if first else []), *((name, b"x") for name in names)]:
            parts.writestr(zipfile.ZipInfo(name), content)
    return target.getvalue()


ODT = zipped("content.xml", first=("mimetype", b"application/vnd.oasis.opendocument.text"))
DOCX = zipped("[Content_Types].xml", "word/document.xml")


def add(made: Article, by: Person, name: str = "plan.png", content: bytes = PNG, said: str = "En plan") -> Attachment:
    return attachments.add(made, name=name, content=content, description=said, by=by, at=MORNING)


@pytest.mark.parametrize(
    ("content", "ending"),
    [
        (PNG, "png"),
        (b"\xff\xd8\xff\xe0JFIF", "jpg"),
        (b"GIF89a...", "gif"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "webp"),
        (b"%PDF-1.7\n", "pdf"),
        ("Åbent til kl. 12\n".encode(), "txt"),
        (DOCX, "docx"),
        (ODT, "odt"),
    ],
)
def test_the_content_decides_the_kind_and_the_ending(world: World, content: bytes, ending: str) -> None:
    made = add(article(world), world.ida, name="C:\\Mine filer\\Plan for Ørsted.exe", content=content)
    assert made.name == f"plan-for-oersted.{ending}"
    assert attachments.ENDINGS[made.kind] == ending
    assert (made.size, len(made.digest)) == (len(content), 64)


@pytest.mark.parametrize(
    "content",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"\xef\xbb\xbf<?xml version='1.0'?><svg/>",
        b"<!DOCTYPE html><p>hej",
        b"Hej <script>alert(1)</script>",
        b"MZ\x90\x00",
        b"PK\x03\x04 not a zip",
        zipped("a.txt"),
        zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        zipped("Basic/x.xml", first=("mimetype", b"application/vnd.oasis.opendocument.text")),
        b"",
    ],
)
def test_what_could_run_or_is_unknown_is_refused(world: World, content: bytes) -> None:
    with pytest.raises(RefusedChange) as refused:
        add(article(world), world.ida, content=content)
    assert set(refused.value.reasons) == {"content"}
    assert not Attachment.objects.exists()


def test_a_picture_of_30_mb_is_refused_with_the_limit_and_what_to_do(world: World) -> None:
    with pytest.raises(RefusedChange, match=r"30,0 MB; der er plads til 10 MB\. Gør billedet mindre"):
        add(article(world), world.ida, content=PNG + b"\0" * (30 * 1024 * 1024 - len(PNG)))


def test_a_picture_says_what_it_shows(world: World) -> None:
    with pytest.raises(RefusedChange) as refused:
        add(article(world), world.ida, said=" ")
    assert set(refused.value.reasons) == {"description"}


def test_the_same_file_is_kept_once_and_another_needs_its_own_name(world: World) -> None:
    made = article(world)
    first = add(made, world.ida)
    assert add(made, world.ida) == first
    with pytest.raises(RefusedChange) as refused:
        add(made, world.ida, content=PNG + b"1")
    assert set(refused.value.reasons) == {"name"}


def test_readers_get_the_files_that_the_text_leads_to(world: World, wera: Person) -> None:
    made = article(world)
    plan, _other = add(made, world.ida), add(made, world.ida, name="udkast.png")
    version = published(made, world.ida, wera, body="![Plan](attachment:plan.png)")
    assert list(attachments.shown_with(version)) == [plan]


def test_a_file_in_use_stays_and_another_is_thrown_away_with_a_trace(world: World, wera: Person) -> None:
    made = article(world)
    plan, other = add(made, world.ida), add(made, world.ida, name="udkast.png")
    published(made, world.ida, wera, body="![Plan](attachment:plan.png)")
    with pytest.raises(RefusedChange, match="viser filen"):
        attachments.remove(plan, by=world.ida, at=MORNING)
    attachments.remove(other, by=world.ida, at=MORNING)
    assert list(Attachment.objects.all()) == [plan]
    assert Change.objects.filter(action="attachment.remove", target_label="udkast.png").exists()
