"""MeMo is written as its schema orders it, and read into values that can neither run, load nor grow without limit."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from uuid import uuid4
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.messaging.reading import FileRefusal, MailLimits, MailProblem
from indgang.messaging.secure_post import memo
from indgang.messaging.secure_post.memo import AnsweredMemo, ContactPoint, PartyKind, PostFile, UnreadableMemo
from tests.messaging.secure_post.letters import AT, PER, US, citizen, letter_of, ours, theirs

_NS = {"m": memo.NAMESPACE}


def test_a_message_is_written_in_the_order_of_the_schema() -> None:
    letter = letter_of(
        US, citizen(), "Kære Per\n\nLinje 1\nLinje 2", number="ABCD-2345", answers=AnsweredMemo(str(uuid4()), "MSG-1"),
        contact_point=ContactPoint("241d39f6", "Byggeri"), files=(PostFile("plan.pdf", "application/pdf", b"%PDF-"),),
    )  # fmt: skip
    root = fromstring(memo.write(letter))
    assert root.tag == f"{{{memo.NAMESPACE}}}Message"
    assert root.attrib == {"memoVersion": "1.2"}
    names = [each.tag.rpartition("}")[2] for each in root[0]]
    assert names == [
        "messageType", "messageUUID", "messageID", "label", "reply", "mandatory", "legalNotification", "Sender",
        "Recipient", "ReplyData",
    ]  # fmt: skip
    assert root.findtext("m:MessageHeader/m:Recipient/m:recipientID", namespaces=_NS) == PER
    assert root.findtext("m:MessageHeader/m:Recipient/m:idType", namespaces=_NS) == "CPR"
    assert root.findtext("m:MessageHeader/m:Sender/m:idType", namespaces=_NS) == "CVR"
    assert root.findtext("m:MessageHeader/m:ReplyData/m:replyUUID", namespaces=_NS) == str(letter.uuid)
    kinds = [each.text for each in root.iterfind("m:MessageBody/m:MainDocument/m:File/m:encodingFormat", _NS)]
    assert kinds == ["text/html", "text/plain"]
    html = root.findtext("m:MessageBody/m:MainDocument/m:File/m:content", namespaces=_NS) or ""
    assert "<p>Linje 1<br>Linje 2</p>" in base64.b64decode(html).decode()


def test_what_is_written_is_read_again() -> None:
    answered = AnsweredMemo(str(uuid4()), "ABCD-2345")
    letter = theirs("Hej\n\nMå jeg bygge?", answers=answered, files=(PostFile("a.txt", "text/plain", b"hej"),))
    read = memo.read(memo.write(letter))
    assert (read.uuid, read.label) == (str(letter.uuid), "Byggetilladelse")
    assert (read.sender, read.recipient) == (letter.sender, letter.recipient)
    assert read.answers == (answered,)
    assert read.created_at == AT
    assert read.text == "Hej\n\nMå jeg bygge?"
    assert [(each.name, each.content) for each in read.files] == [("a.txt", b"hej")]
    assert read.problems == ()


@pytest.mark.generated
@given(text=st.text(max_size=200), label=st.text(max_size=300), name=st.text(max_size=30))
def test_any_text_can_be_written_and_read(text: str, label: str, name: str) -> None:
    written = memo.write(theirs(text, label=label, files=(PostFile(name, "text/plain", b"x"),)))
    read = memo.read(written)
    assert len(read.label) <= memo.LONGEST_LABEL
    assert "\x00" not in read.text
    assert read.files[0].content == b"x"


def test_a_number_stands_in_no_text_about_a_message() -> None:
    letter = theirs()
    assert PER not in repr(letter)
    assert PER not in repr(memo.read(memo.write(letter)))
    assert PER not in repr(ours())


_ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<m:Message xmlns:m="https://DigitalPost.dk/MeMo-1">&b;</m:Message>"""
_OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<m:Message xmlns:m="https://DigitalPost.dk/MeMo-1">&a;</m:Message>"""


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\x00", b"<memo", b"<x/>", b"hej", b'<?xml version="1.0" encoding="nonsense"?><x/>', _ENTITIES, _OUTSIDE,
        b'<Message xmlns="https://DigitalPost.dk/MeMo-1"/>', b"<a>" * 200_000, b"<a/>" * 3,
        b"<a>" + b"<b/>" * 10_000 + b"</a>",
        memo.write(theirs()).replace(b"memo:Sender", b"memo:Somebody"),
        memo.write(theirs()).replace(b"MessageHeader", b"Header"),
        memo.write(theirs())[:-40],
    ],
    ids=[f"letter{number}" for number in range(15)],
)  # fmt: skip
def test_what_is_no_message_is_refused_and_nothing_outside_is_read(raw: bytes) -> None:
    with pytest.raises(UnreadableMemo) as refused:
        memo.read(raw)
    assert "root:" not in str(refused.value)


def test_another_prefix_and_the_older_version_are_read() -> None:
    raw = memo.write(theirs()).replace(b"memo:", b"").replace(b"xmlns:memo", b"xmlns").replace(b'"1.2"', b'"1.1"')
    assert memo.read(raw).label == "Byggetilladelse"


def test_scripts_and_pictures_from_outside_are_taken_out() -> None:
    html = b'<p onclick="x()">Hej<script>alert(1)</script><img src="https://sporing.example/a.png"></p>'
    raw = memo.write(theirs()).replace(base64.b64encode(_main(theirs())), base64.b64encode(html))
    plain = memo.read(raw)
    assert "script" not in plain.html
    assert "onclick" not in plain.html
    assert "sporing" not in plain.html
    assert plain.blocked_images == 1


def _main(letter: memo.PostLetter) -> bytes:
    return memo._main_files(letter)[0].content


def test_a_file_keeps_no_path_and_a_program_is_refused() -> None:
    files = (
        PostFile("../../x.pdf", "application/pdf", b"%PDF-1.4"), PostFile("skat.exe", "application/pdf", b"MZ"),
        PostFile("brev.pdf", "application/pdf", b"<html>"),
    )  # fmt: skip
    read = memo.read(memo.write(theirs(files=files)))
    assert [(each.name, each.refused) for each in read.files] == [
        ("x.pdf", None), ("skat.exe", FileRefusal.PROGRAM), ("brev.pdf", FileRefusal.NAME_LIES),
    ]  # fmt: skip


def test_a_main_document_that_is_a_pdf_is_a_file() -> None:
    raw = memo.write(theirs()).replace(b"text/html", b"application/pdf").replace(b"text/plain", b"image/png")
    read = memo.read(raw)
    assert read.text == ""
    assert [each.kind for each in read.files] == ["application/pdf", "image/png"]


def test_broken_base64_is_read_as_far_as_it_goes() -> None:
    raw = memo.write(theirs("Hej")).replace(base64.b64encode(b"Hej"), b"S!GV\nqA")
    assert memo.read(raw).text.startswith("He")


def test_a_file_that_is_too_large_is_listed_without_its_content(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "LIMITS", MailLimits(file=10))
    read = memo.read(memo.write(theirs(files=(PostFile("a.txt", "text/plain", b"x" * 11),))))
    [file] = read.files
    assert (file.size, file.content, file.refused) == (11, b"", FileRefusal.TOO_LARGE)
    assert read.problems == (MailProblem.FILES_TOO_LARGE,)


@pytest.mark.parametrize("written", ["", "i går", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59+14:00"])
def test_a_time_that_cannot_be_is_left_out(written: str) -> None:
    raw = memo.write(theirs()).replace(b"2026-11-30T08:30:00Z", written.encode())
    assert memo.read(raw).created_at is None


def test_a_time_without_a_zone_is_utc() -> None:
    raw = memo.write(theirs()).replace(b"2026-11-30T08:30:00Z", b"2026-11-30T08:30:00")
    assert memo.read(raw).created_at == datetime(2026, 11, 30, 8, 30, tzinfo=UTC)


def test_who_is_neither_a_person_nor_a_company_is_an_authority() -> None:
    raw = memo.write(theirs()).replace(b"<memo:idType>CPR", b"<memo:idType>Noget")
    assert memo.read(raw).sender.kind is PartyKind.AUTHORITY
