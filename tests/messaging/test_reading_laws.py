"""Whatever the bytes are: there is a reading, it keeps its limits, and nothing in it runs, loads or misleads."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Iterable
from functools import cache
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indgang.messaging import reading
from indgang.messaging.reading import MailAddress, MailKind, MailLimits, MailProblem, MailReading, file_names
from tests import sample
from tests.messaging.corpus_table import CORPUS, OWN

_SMALL = MailLimits(
    mail=20_000,
    headers=2_000,
    field=500,
    line=80,
    addresses=3,
    references=3,
    parts=6,
    multiparts=3,
    messages=2,
    text=2_000,
    html=2_000,
    tags=100,
    blanks=500,
    file=1_000,
    files=2_000,
    calendar=1_000,
    invitations=2,
    recipients=2,
    fields=30,
)
_DIRECTION = set("\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_LOADS = frozenset(("src", "srcset", "background", "poster", "data", "action", "formaction", "style", "srcdoc"))
_RUNS = frozenset(("script", "style", "iframe", "object", "embed", "svg", "math", "form", "input", "base", "meta"))


@cache
def _corpus() -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted(CORPUS.glob("*.eml")))


_HOSTILE = (
    b"<script>", b"</script>", b"<img src=http://example.org/x onerror=alert(1)>", b"<a href='java\tscript:1'>",
    b"<!--", b"-->", b"<svg onload=1>", b"<math>", b"<style>", b"&#106;avascript:", b"<base href=//example.org>",
    b"<p title=\"", b"\">", b"<table background=http://example.org>", b"<img src=\"cid:hus@example.dk\" srcset=x>",
    b"<template>", b"\0", b"data:text/html,", b"<noscript><p title='</noscript><img src=x onerror=1>'>",
    b"<a href=\"data:text/html,1\">x</a>", b"src=\"cid:ukendt\"",
)  # fmt: skip
_STRUCTURE = (
    b"\r\n\r\n", b"\n", b"\r", b"--dele\r\n", b"--dele--\r\n", b"Content-Type: message/rfc822\r\n\r\n",
    b"Content-Type: multipart/mixed; boundary=dele\r\n\r\n", b"Content-Transfer-Encoding: base64\r\n",
    b"=?utf-8?B?//8=?=", b"=?utf-8?Q?=0A=00=E2=80=AE?=", b"charset=utf-7",
    b"Content-Disposition: attachment; filename=\"..\\../x\"\r\n", b"filename*=utf-8''%2e%2e%2f%00%E2%80%AEx",
    b"Content-Type: text/html\r\n\r\n", b"Content-Type: text/calendar\r\n\r\n",
    b"Content-Type: message/delivery-status\r\n\r\n",
    b"Content-Type: application/ms-tnef\r\n\r\n\x78\x9f\x3e\x22\x01\x00\x02\x02\x90\x06\x00\x0e\x00\x00\x00",
)  # fmt: skip


@st.composite
def _mails(draw: st.DrawFn) -> bytes:
    """A mail of the corpus with pieces cut out, doubled, overwritten, and put in from elsewhere."""
    mail = bytearray(draw(st.sampled_from(_corpus())))
    for _change in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, len(mail)))
        end = min(len(mail), place + draw(st.integers(0, 200)))
        piece = draw(
            st.one_of(
                st.just(b""),
                st.just(bytes(mail[place:end]) * 2),
                st.binary(max_size=20),
                st.sampled_from(_HOSTILE),
                st.sampled_from(_STRUCTURE),
                st.sampled_from(_corpus()),
            )
        )
        mail[place:end] = piece
    return bytes(mail)


_ANYTHING = st.one_of(
    _mails(),
    st.binary(max_size=2_000),
    st.lists(st.one_of(st.sampled_from(_HOSTILE), st.sampled_from(_STRUCTURE), st.binary(max_size=8))).map(b"".join),
    st.lists(st.sampled_from(_HOSTILE)).map(lambda each: b"Content-Type: text/html\n\n" + b"".join(each)),
)


@settings(max_examples=sample.examples(1500), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_ANYTHING, st.sampled_from([_SMALL, MailLimits()]))
def test_any_bytes_give_a_safe_reading_within_its_limits(raw: bytes, limits: MailLimits) -> None:
    mail = reading.read(raw, own=(OWN,), limits=limits)
    _check(mail, limits)
    if len(raw) > limits.mail:
        assert MailProblem.MAIL_TOO_LARGE in mail.problems


@settings(max_examples=sample.examples(50), deadline=None)
@given(_mails())
def test_the_same_bytes_are_read_the_same_way(raw: bytes) -> None:
    assert reading.read(raw) == reading.read(raw)


def _check(mail: MailReading, limits: MailLimits) -> None:
    _check_lines(mail, limits)
    _check_texts(mail, limits)
    _check_html(mail)
    _check_files(mail, limits, 0)
    assert len(mail.invitations) <= limits.invitations * limits.parts
    assert mail.may_be_answered == (not mail.no_auto_answer)
    if mail.may_be_answered:
        assert mail.sender is not None
        assert mail.kind is MailKind.MESSAGE


def _check_lines(mail: MailReading, limits: MailLimits) -> None:
    people = [*filter(None, [mail.sender]), *mail.to, *mail.cc, *mail.reply_to]
    assert max(map(len, (mail.to, mail.cc, mail.reply_to))) <= limits.addresses
    assert len(mail.references) <= limits.references
    assert len(mail.subject) <= limits.line
    _one_line(mail.subject, mail.message_id, mail.about, *mail.references, *mail.in_reply_to)
    _one_line(*(each.name for each in people), *(each.address for each in people))
    _one_line(*(each.recipient for each in mail.reports), *(each.diagnostic for each in mail.reports))
    _one_line(*(each.summary for each in mail.invitations), *(each.place for each in mail.invitations))
    for person in people:
        assert person.address.count("@") == 1
        assert not set(person.address) & set(" <>,;")
        assert len(person.address) <= 254
        assert len(person.name) <= 200
    for each in (mail.message_id, *mail.references, *mail.in_reply_to):
        assert each == "" or (each[0], each[-1]) == ("<", ">")
        assert len(each) <= 502
    assert mail.sent_at is None or mail.sent_at.tzinfo is not None


def _one_line(*texts: str) -> None:
    for text in texts:
        assert not any(unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") for each in text), repr(text)
        assert not _DIRECTION & set(text), repr(text)


def _check_texts(mail: MailReading, limits: MailLimits) -> None:
    for text in (mail.text, mail.new_text, mail.signature, mail.quoted_text, mail.html):
        text.encode()
        assert not any(unicodedata.category(each) == "Cc" and each not in "\n\t" for each in text)
    assert len(mail.text) <= limits.text
    assert len(mail.new_text) + len(mail.signature) + len(mail.quoted_text) <= len(mail.text)


class _Looker(HTMLParser):
    """Reads HTML with another parser than the one that cleaned it."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.wrong += [tag] if tag in _RUNS else []
        for name, value in attrs:
            self.wrong += [f"{name}={value}"] if not _is_harmless(name, (value or "").strip().lower()) else []

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"<!--{data}")


def _is_harmless(name: str, value: str) -> bool:
    if name == "src":
        return value.startswith(("cid:", "data:image/png;", "data:image/jpeg;", "data:image/gif;", "data:image/webp;"))
    if name == "href":
        return value.startswith(("http://", "https://", "mailto:", "tel:"))
    return not name.startswith("on") and name not in _LOADS


def _check_html(mail: MailReading) -> None:
    looker = _Looker()
    looker.feed(mail.html)
    looker.close()
    assert not looker.wrong
    assert "<script" not in mail.html.lower()
    asked = list[str]()

    def address_of(inline_id: str) -> str:
        asked.append(inline_id)
        return "/billede/"

    reading.with_pictures(mail.html, address_of)
    assert set(asked) == {each.inline_id for each in mail.attachments} - {""}


def _check_files(mail: MailReading, limits: MailLimits, level: int) -> None:
    assert level <= limits.messages
    assert len(mail.attachments) <= limits.parts
    assert sum(len(each.content) for each in mail.attachments) <= limits.files
    names = [each.name for each in mail.attachments]
    assert len({each.casefold() for each in names}) == len(names)
    _check_names(names)
    for each in mail.attachments:
        assert len(each.content) <= limits.file
        assert each.inline_id == "" or "cid:" in mail.html
        assert len(each.inline_id) <= 250
        assert len(each.kind) <= 127
        if each.mail is not None:
            _check_files(each.mail, limits, level + 1)
            _check_html(each.mail)


def _check_names(names: Iterable[str]) -> None:
    _one_line(*names)
    for name in names:
        assert 1 <= len(name) <= 150
        assert not set(name) & set('/\\<>:"|?*')
        assert name == name.strip(" .")
        assert name.partition(".")[0].lower() not in ("con", "prn", "aux", "nul", "com1", "lpt9")


@given(st.text(max_size=400))
def test_a_clean_name_stays_as_it_is(name: str) -> None:
    once = file_names.clean(name)
    _check_names([once])
    assert file_names.clean(once) == once


_HEAD = b"From: Ida Holm <ida@example.dk>\r\nTo: post@kommune.example.dk\r\nSubject: Stor mail\r\n"


def test_a_header_of_a_megabyte_is_cut_and_the_mail_is_read() -> None:
    mail = reading.read(_HEAD + b"X-Fyld: " + b"fyld " * 220_000 + b"\r\n\r\nHej\r\n")
    assert (mail.subject, mail.text) == ("Stor mail", "Hej")
    assert mail.problems == (MailProblem.HEADERS_TOO_LARGE,)


def test_of_many_header_fields_the_first_are_read() -> None:
    mail = reading.read(_HEAD + b"X-Fyld: 1\r\n" * 50_000 + b"\r\nHej\r\n")
    assert (mail.subject, mail.text) == ("Stor mail", "Hej")
    assert mail.problems == (MailProblem.HEADERS_TOO_LARGE,)


@pytest.mark.parametrize("field", ['"\\', "(", "<a", "a@b.dk, ", "=?utf-8?B?w6Y=?= ", "\\", ":", ";"])
def test_a_field_full_of_one_sign_is_read(field: str) -> None:
    raw = b"From: " + field.encode() * 300_000 + b"\r\nTo: post@kommune.example.dk\r\n\r\nHej\r\n"
    mail = reading.read(raw)
    assert mail.text == "Hej"
    assert len(mail.to) <= 1


def test_what_is_too_long_for_a_column_is_left_out_or_cut() -> None:
    long = "x" * 300
    raw = (
        f"From: {long} <ida@{'a' * 185}.dk>\r\nTo: {'b' * 64}@{'c' * 190}\r\nMessage-ID: <{long * 3}@example.dk>\r\n"
        f"Content-Type: application/{'y' * 100}; name={long}.pdf\r\nContent-ID: <{long}@example.dk>\r\n\r\nx"
    )
    mail = reading.read(raw.encode())
    _check(mail, MailLimits())
    assert mail.sender == MailAddress("x" * 200, f"ida@{'a' * 185}.dk")
    assert (mail.to, mail.message_id) == ((), "")
    [file] = mail.attachments
    assert (len(file.name), file.name[-4:], file.kind) == (150, ".pdf", "application/octet-stream")


def test_mails_twenty_deep_are_opened_down_to_ten() -> None:
    raw = _HEAD + b"\r\nInderst.\r\n"
    for _level in range(20):
        raw = _HEAD + b"Content-Type: message/rfc822\r\n\r\n" + raw
    mail: MailReading | None = reading.read(raw)
    assert mail is not None
    assert MailProblem.TOO_DEEP in mail.problems
    opened = 0
    while mail is not None and mail.attachments:
        [attached] = mail.attachments
        assert attached.name.endswith(".eml")
        mail, last = attached.mail, attached
        opened += 1
    assert opened == 11
    assert last.content.count(b"Subject: Stor mail") == 10


def test_multiparts_a_thousand_deep_end_in_a_file() -> None:
    raw = b"Inderst."
    for level in range(1000):
        boundary = b"b%d" % level
        head = b"Content-Type: multipart/mixed; boundary=%b\r\n\r\n--%b\r\n" % (boundary, boundary)
        raw = head + raw + b"\r\n--%b--\r\n" % boundary
    mail = reading.read(_HEAD + raw)
    assert MailProblem.TOO_DEEP in mail.problems
    assert len(mail.attachments) == 1


def test_of_a_million_parts_two_hundred_are_read() -> None:
    mail = reading.read(_HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 1_000_000)
    assert MailProblem.TOO_MANY_PARTS in mail.problems
    assert mail.text.count("x") == 199


def test_a_mail_of_sixty_megabytes_is_refused_by_its_size() -> None:
    size = 60 * 1024 * 1024
    assert reading.too_large(size)
    mail = reading.read(_HEAD + b"\r\n" + b"x" * size)
    assert (mail.subject, mail.text, mail.problems) == ("Stor mail", "", (MailProblem.MAIL_TOO_LARGE,))


def test_a_zip_bomb_stays_as_small_as_it_came() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("nul.txt", bytes(30_000_000))
    raw = _HEAD + b'Content-Type: application/zip; name="planer.zip"\r\nContent-Transfer-Encoding: binary\r\n\r\n'
    [found] = reading.read(raw + bomb.getvalue()).attachments
    assert (found.name, found.kind, found.content) == ("planer.zip", "application/zip", bomb.getvalue())


def test_files_that_are_too_large_are_listed_without_their_content() -> None:
    part = b"--b\r\nContent-Type: application/pdf; name=plan.pdf\r\n\r\n%PDF-" + b"x" * 600 + b"\r\n"
    raw = _HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * 3 + b"--b--\r\n"
    mail = reading.read(raw, limits=MailLimits(files=1_500))
    assert [(each.size, len(each.content), each.refused) for each in mail.attachments] == [
        (605, 605, None),
        (605, 605, None),
        (605, 0, "too-large"),
    ]
    assert mail.problems == (MailProblem.FILES_TOO_LARGE,)


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 60_000 + "Inderst",
        "".join(f"<font color={number}><p>" for number in range(4_900)) + "Inderst",
        "".join(f"<b id={number}><p>" for number in range(4_900)) + "Inderst",
        "<a href=https://example.dk>" * 4_000 + "<div>" * 4_000 + "Inderst",
        "<p " + " ".join(f"a{number}=1" for number in range(200_000)) + ">Inderst</p>",
        "<" * 300_000 + "Inderst",
    ],
    ids=["depth", "formats", "bold", "links", "attributes", "brackets"],
)
def test_html_that_is_made_to_take_long_keeps_its_words(markup: str) -> None:
    mail = reading.read(_HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + markup.encode())
    assert mail.text.endswith("Inderst")
    assert len(mail.html) < 5_000_000
