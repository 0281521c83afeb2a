"""MeMo, the format of messages in Digital Post: written from a value, and read into a safe one. Pure.

Format: the MeMo data model 1.2 of the Danish Agency for Digital Government (digitaliser.dk/digital-post/vejledninger/
memo), namespace `https://DigitalPost.dk/MeMo-1`. A Message has a MessageHeader (messageType, messageUUID, messageID,
label, reply, mandatory, legalNotification, Sender, Recipient, ReplyData) and a MessageBody (createdDateTime,
MainDocument, AdditionalDocument, TechnicalDocument). A document has Files, each with encodingFormat (a media type),
filename, language and content (base64); the Files of one document are the same content in several formats. The order
of elements is that of the schema.

Reading allows any prefix and both 1.1 and 1.2. Document type definitions and entities are refused (defusedxml), and the
numbers of elements, levels and files are limited.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from html import escape
from io import BytesIO
from uuid import UUID
from xml.etree.ElementTree import Element, ElementTree, ParseError, SubElement, register_namespace

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from indgang.messaging.reading import (
    AttachedFile,
    FileRefusal,
    MailLimits,
    MailProblem,
    file_kinds,
    file_names,
    markup,
    quoting,
)
from indgang.messaging.reading.charsets import body_text, decode, one_line
from indgang.messaging.reading.contents import in_order

NAMESPACE = "https://DigitalPost.dk/MeMo-1"
VERSION = "1.2"
#: elements and levels of one message
MOST_ELEMENTS, MOST_LEVELS = 5_000, 30
#: characters of a label
LONGEST_LABEL = 256
LIMITS = MailLimits()
_MEMO = f"{{{NAMESPACE}}}"
_HEADER, _BODY = "MessageHeader", "MessageBody"
_DOCUMENTS = ("MainDocument", "AdditionalDocument", "TechnicalDocument")
#: characters that XML 1.0 has no place for
_NOT_XML = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
register_namespace("memo", NAMESPACE)


class PartyKind(StrEnum):
    """How a party is identified, as `idType` says it."""

    CPR = "CPR"
    CVR = "CVR"
    AUTHORITY = "MyndighedsID"


@dataclass(frozen=True, slots=True)
class PostParty:
    """A sender or recipient. `number` has digits alone for CPR and CVR."""

    kind: PartyKind
    number: str = field(repr=False)
    name: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """The point of our contact structure (kontaktpunkt) that a message is for."""

    key: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class AnsweredMemo:
    """What a message answers: the UUID and the sender's own number of the earlier message."""

    uuid: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class PostFile:
    name: str
    kind: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PostLetter:
    """A message of ours before it has bytes. `number` is our own, and comes back when it is answered."""

    uuid: UUID
    number: str
    label: str
    sender: PostParty
    recipient: PostParty
    text: str = field(repr=False)
    at: datetime
    language: str = "da"
    answers: AnsweredMemo | None = None
    contact_point: ContactPoint = ContactPoint()
    files: Sequence[PostFile] = ()


@dataclass(frozen=True, slots=True)
class MemoReading:
    """A message as it was read; all texts are as safe as those of `messaging.reading.MailReading`."""

    uuid: str
    number: str
    label: str
    sender: PostParty
    recipient: PostParty
    contact_point: ContactPoint
    answers: tuple[AnsweredMemo, ...]
    created_at: datetime | None
    text: str = field(repr=False)
    new_text: str = field(repr=False)
    quoted_text: str = field(repr=False)
    html: str = field(repr=False)
    blocked_images: int
    files: tuple[AttachedFile, ...]
    problems: tuple[MailProblem, ...]


class UnreadableMemo(ValueError):
    """The bytes are no MeMo that can be read. The text says why and holds nothing of the message."""


# --- writing --------------------------------------------------------------------------------------


def write(letter: PostLetter) -> bytes:
    """The bytes of the message: an HTML main document with the same as plain text, and the files beside it."""
    root = Element(f"{_MEMO}Message", {"memoVersion": VERSION})
    _write_header(_add(root, _HEADER), letter)
    body = _add(root, _BODY)
    _add(body, "createdDateTime", letter.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _write_document(_add(body, "MainDocument"), letter.label, letter.language, _main_files(letter))
    for each in letter.files:
        _write_document(_add(body, "AdditionalDocument"), each.name, letter.language, (each,))
    written = BytesIO()
    ElementTree(root).write(written, encoding="utf-8", xml_declaration=True)
    return written.getvalue()


def _write_header(header: Element, letter: PostLetter) -> None:
    _add(header, "messageType", "DIGITALPOST")
    _add(header, "messageUUID", str(letter.uuid))
    _add(header, "messageID", letter.number)
    _add(header, "label", _label(letter.label))
    _add(header, "reply", "true")
    _add(header, "mandatory", "false")
    _add(header, "legalNotification", "false")
    sender = _add(header, "Sender")
    _write_party(sender, "senderID", letter.sender)
    if letter.contact_point.key:
        point = _add(sender, "ContactPoint")
        _add(point, "contactPointID", letter.contact_point.key)
        _add(point, "label", _label(letter.contact_point.name or letter.sender.name))
    _write_party(_add(header, "Recipient"), "recipientID", letter.recipient)
    if letter.answers is not None:
        _write_answers(_add(header, "ReplyData"), letter, letter.answers)


def _write_party(element: Element, name: str, party: PostParty) -> None:
    _add(element, name, party.number)
    _add(element, "idType", party.kind.value)
    if party.name:
        _add(element, "label", _label(party.name))


def _write_answers(element: Element, letter: PostLetter, answers: AnsweredMemo) -> None:
    if answers.number:
        _add(element, "messageID", answers.number)
    _add(element, "messageUUID", answers.uuid)
    _add(element, "replyUUID", str(letter.uuid))


def _write_document(element: Element, label: str, language: str, files: Iterable[PostFile]) -> None:
    _add(element, "label", _label(label))
    for each in files:
        file = _add(element, "File")
        _add(file, "encodingFormat", each.kind)
        _add(file, "filename", each.name)
        _add(file, "language", language)
        _add(file, "content", base64.b64encode(each.content).decode("ascii"))


def _main_files(letter: PostLetter) -> tuple[PostFile, PostFile]:
    text = _xml(letter.text)
    paragraphs = "".join(
        f"<p>{escape(each).replace(chr(10), '<br>')}</p>" for each in re.split(r"\n{2,}", text.strip()) if each.strip()
    )
    html = (
        f'<!DOCTYPE html><html lang="{escape(letter.language)}"><head><meta charset="utf-8">'
        f"<title>{escape(_label(letter.label))}</title></head><body>{paragraphs}</body></html>"
    )
    return (
        PostFile("svar.html", "text/html", html.encode()),
        PostFile("svar.txt", "text/plain", text.encode()),
    )


def _add(parent: Element, name: str, text: str = "") -> Element:
    element = SubElement(parent, f"{_MEMO}{name}")
    element.text = _xml(text) or None
    return element


def _label(text: str) -> str:
    return " ".join(_xml(text).split())[:LONGEST_LABEL]


def _xml(text: str) -> str:
    """The text without characters that XML cannot hold."""
    return _NOT_XML.sub("", text)


# --- reading --------------------------------------------------------------------------------------


def read(raw: bytes) -> MemoReading:
    """The message. Raises UnreadableMemo."""
    root = _parsed(raw)
    header = _child(root, _HEADER)
    if _name(root) != "Message" or header is None:
        raise UnreadableMemo("it is no MeMo message")
    sender, recipient = _child(header, "Sender"), _child(header, "Recipient")
    uuid = _uuid(_text(header, "messageUUID"))
    if sender is None or recipient is None or not uuid:
        raise UnreadableMemo("it has no sender, no recipient or no UUID")
    content = _content_of(_child(root, _BODY))
    shape = quoting.parts_of(content.text)
    return MemoReading(
        uuid=uuid, number=one_line(_text(header, "messageID"), 128),
        label=one_line(_text(header, "label"), LONGEST_LABEL),
        sender=_party(sender, "senderID"), recipient=_party(recipient, "recipientID"),
        contact_point=_contact_point(recipient), answers=tuple(_answers(header)),
        created_at=_moment(_text(_child(root, _BODY), "createdDateTime")),
        text=content.text, new_text="\n\n".join(filter(None, (shape.new, shape.signature))),
        quoted_text=shape.quoted, html=content.html, blocked_images=content.blocked, files=tuple(content.files),
        problems=in_order(content.problems),
    )  # fmt: skip


@dataclass(slots=True)
class _Content:
    """What has been gathered of the documents so far."""

    text: str = ""
    html: str = ""
    blocked: int = 0
    files: list[AttachedFile] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    left: int = LIMITS.files
    problems: set[MailProblem] = field(default_factory=set)


def _parsed(raw: bytes) -> Element:
    """The tree of the bytes; nothing outside them is asked for."""
    level = count = 0
    root: Element | None = None
    try:
        for event, element in iterparse(BytesIO(raw), events=("start", "end"), forbid_dtd=True):
            level += 1 if event == "start" else -1
            count += event == "start"
            root = element if root is None else root
            if level > MOST_LEVELS or count > MOST_ELEMENTS:
                raise UnreadableMemo("it has too many elements or levels")
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise UnreadableMemo(f"it is no XML that may be read ({type(error).__name__})") from None
    if root is None:
        raise UnreadableMemo("it is empty")
    return root


def _content_of(body: Element | None) -> _Content:
    content = _Content()
    for kind in _DOCUMENTS:
        for document in _children(body, kind):
            files = [_file(each) for each in _children(document, "File")]
            rest = _take_text(files, content) if kind == "MainDocument" else files
            for each in rest:
                _keep(each, content)
    return content


def _file(element: Element) -> PostFile:
    kind = _text(element, "encodingFormat").lower().strip()
    coded = _text(element, "content").encode("ascii", "ignore")
    return PostFile(_text(element, "filename"), kind, _decoded(coded))


def _decoded(coded: bytes) -> bytes:
    """What can be read of base64: letters that it has not are passed over, and a broken end is left out."""
    plain = re.sub(rb"[^A-Za-z0-9+/]", b"", coded)
    plain = plain[: len(plain) - (len(plain) % 4 == 1)]
    return base64.b64decode(plain + b"=" * (-len(plain) % 4))


def _take_text(files: list[PostFile], content: _Content) -> list[PostFile]:
    """Read the text and the HTML of the main document; returns the files that are neither."""
    plain = next((each for each in files if each.kind == "text/plain"), None)
    html = next((each for each in files if each.kind == "text/html"), None)
    if html is not None:
        _take_html(html, content)
    if plain is not None:
        content.text = _cut(_words(plain), content)
    return [each for each in files if each is not plain and each is not html]


def _take_html(file: PostFile, content: _Content) -> None:
    written = _words(file)
    if markup.is_too_large(written, LIMITS):
        content.problems.add(MailProblem.HTML_TOO_LARGE)
        content.text = _cut(body_text(markup.words_of(written)).strip(), content)
        return
    clean = markup.clean(written, ())
    content.html, content.blocked = clean.html, clean.blocked_images
    content.text = _cut(markup.as_text(clean.html), content)


def _words(file: PostFile) -> str:
    found = decode(file.content[: 2 * LIMITS.html], "utf-8")
    return body_text(found.text).rstrip()


def _cut(text: str, content: _Content) -> str:
    if len(text) > LIMITS.text:
        content.problems.add(MailProblem.TEXT_TOO_LONG)
    return text[: LIMITS.text]


def _keep(file: PostFile, content: _Content) -> None:
    """List the file, as files of mails are listed."""
    if len(content.files) >= LIMITS.parts:
        content.problems.add(MailProblem.TOO_MANY_PARTS)
        return
    called = file_names.clean(file.name, file_kinds.extension_for(file.kind))
    found, kept = file_kinds.of(called, file.kind, file.content), file.content
    refused = found.refused
    if len(kept) > min(LIMITS.file, content.left):
        refused, kept = FileRefusal.TOO_LARGE, b""
        content.problems.add(MailProblem.FILES_TOO_LARGE)
    content.left -= len(kept)
    unique = file_names.numbered(called, content.names)
    content.files.append(AttachedFile(unique, found.kind, kept, len(file.content), "", refused))


def _party(element: Element, name: str) -> PostParty:
    kind, number = _text(element, "idType").strip(), one_line(_text(element, name), 40)
    known = next((each for each in PartyKind if each.value.lower() == kind.lower()), PartyKind.AUTHORITY)
    if known is not PartyKind.AUTHORITY:
        number = re.sub(r"\D", "", number)
    return PostParty(known, number, one_line(_text(element, "label"), 200))


def _contact_point(recipient: Element) -> ContactPoint:
    point = _child(recipient, "ContactPoint")
    return ContactPoint(one_line(_text(point, "contactPointID"), 100), one_line(_text(point, "label"), 200))


def _answers(header: Element) -> Iterator[AnsweredMemo]:
    for each in _children(header, "ReplyData")[:20]:
        if uuid := _uuid(_text(each, "messageUUID")):
            yield AnsweredMemo(uuid, one_line(_text(each, "messageID"), 128))


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if not 1990 < found.year < 2200:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _uuid(text: str) -> str:
    try:
        return str(UUID(text.strip()))
    except ValueError:
        return ""


def _name(element: Element) -> str:
    """The name without its namespace; other namespaces than MeMo's count as other names."""
    return element.tag.removeprefix(_MEMO) if isinstance(element.tag, str) else ""


def _children(parent: Element | None, name: str) -> list[Element]:
    return [] if parent is None else [each for each in parent if _name(each) == name]


def _child(parent: Element | None, name: str) -> Element | None:
    return next(iter(_children(parent, name)), None)


def _text(parent: Element | None, name: str) -> str:
    child = _child(parent, name)
    return "" if child is None else child.text or ""
