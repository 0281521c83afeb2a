"""The header fields of a mail or of a part: split, decoded, and read as addresses, ids, dates and parameters. Pure.

The standard library's parser is not used, because a hostile mail can make it take minutes or all memory: it has no
limit of parts, of levels or of the size of a field. This one passes over the bytes once.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from indgang.messaging.reading.charsets import decode, one_line
from indgang.messaging.reading.contents import MailAddress, MailProblem
from indgang.messaging.reading.limits import MailLimits

_END = re.compile(rb"\n\r*\n")
_EMPTY = re.compile(rb"\r*\n")
_NAME = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]{0,4000})\?=")
_ID = re.compile(r"<([^<>]{1,1000})>")
_LONGEST_ID = 500
_ADDRESS = re.compile(r'[^\s@<>,;:"()\\\[\]]{1,64}@[^\s@<>,;:"()\\/]{1,189}')
#: the parts of a list of addresses: quoted words, comments, addresses in angle brackets, separators, words
_TOKENS = re.compile(
    r'(?P<quoted>"(?:[^"\\]|\\.)*(?:"|\Z))|(?P<comment>\([^()]{0,500}\))|(?P<angle><[^<>]{0,500}>)|(?P<end>[,;])|(?P<group>:)'
    r'|(?P<word>[^",;:<>()]+|.)',
    re.DOTALL,
)
_PARAMETER = re.compile(r';\s*([^\s=;]{1,60})\s*=\s*("(?:[^"\\]|\\.){0,4000}"?|[^;]*)')
_CONTINUED = re.compile(r"([^*]+)\*(\d{1,2})?(\*)?")
_EARLIEST_YEAR, _LATEST_YEAR = 1990, 2100
#: how long after a mail server received a mail it may say that it was written: clocks that are wrong by a zone
_AHEAD = timedelta(hours=26)
#: how long before: mails wait in drafts and are sent on
_BEHIND = timedelta(days=366)


@dataclass(slots=True)
class MailHeaders:
    """Fields in their order by lower-case name, unfolded and not yet decoded."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    problems: set[MailProblem] = field(default_factory=set)
    limits: MailLimits = field(default_factory=MailLimits)

    def first(self, name: str) -> str:
        return next(iter(self.fields.get(name, ())), "")

    def all(self, name: str) -> list[str]:
        return self.fields.get(name, [])

    def text(self, name: str) -> str:
        """The first field of that name, decoded, on one line."""
        return one_line(decoded(self.first(name), self.problems), self.limits.line)

    def has(self, name: str) -> bool:
        return name in self.fields


def split(raw: bytes, start: int, end: int, limits: MailLimits) -> tuple[MailHeaders, int]:
    """The fields of what is between the two places, and where the body begins. Without any field all is body."""
    headers = MailHeaders(limits=limits)
    if _EMPTY.match(raw, start, end):
        return headers, _after_line(raw, start, end)
    found = _END.search(raw, start, end)
    stop, body = (found.start(), found.end()) if found else (end, end)
    if stop - start > limits.headers:
        headers.problems.add(MailProblem.HEADERS_TOO_LARGE)
        stop = start + limits.headers
    for number, (name, value) in enumerate(_fields(raw[start:stop], headers.problems)):
        if number == limits.fields:
            headers.problems.add(MailProblem.HEADERS_TOO_LARGE)
            break
        headers.fields.setdefault(name, []).append(value[: limits.field])
    return headers, body if headers.fields else start


def _after_line(raw: bytes, start: int, end: int) -> int:
    found = raw.find(b"\n", start, end)
    return end if found < 0 else found + 1


def _fields(block: bytes, problems: set[MailProblem]) -> Iterator[tuple[str, str]]:
    name, pieces = "", list[bytes]()
    for number, line in enumerate(block.split(b"\n")):
        line = line.rstrip(b"\r")
        if line[:1] in (b" ", b"\t"):
            pieces.append(line)
            continue
        match = _NAME.match(line)
        if name:
            yield name, _unfolded(pieces)
        if match is None:
            name = ""
            if line and not (number == 0 and line.startswith(b"From ")):
                problems.add(MailProblem.BROKEN_HEADERS)
            continue
        name, pieces = match[1].decode("ascii").lower(), [line[match.end() :]]
    if name:
        yield name, _unfolded(pieces)


def _unfolded(pieces: list[bytes]) -> str:
    return decode(b"".join(pieces), "").text.strip()


def decoded(value: str, problems: set[MailProblem]) -> str:
    """The value with its encoded words (RFC 2047) decoded. Letters that were cut in two by neighbouring words are
    put together again, as many programs cut them."""
    out, pending, charset, place = list[str](), bytearray(), "", 0

    def flush() -> None:
        if pending:
            found = decode(bytes(pending), charset)
            out.append(found.text)
            problems.update({found.problem} if found.problem else ())
            pending.clear()

    for match in _WORD.finditer(value):
        between = value[place : match.start()]
        data = _word_bytes(match[2].lower(), match[3], problems)
        named = match[1].partition("*")[0]
        if between.strip() or named.lower() != charset.lower():
            flush()
        if between.strip() or not place:
            out.append(between)
        charset, place = named, match.end()
        pending += data
    flush()
    out.append(value[place:])
    return "".join(out)


def _word_bytes(encoding: str, text: str, problems: set[MailProblem]) -> bytes:
    if encoding == "q":
        return binascii.a2b_qp(text.encode("utf-8", "replace"), header=True)
    data, whole = from_base64(text.encode("utf-8", "replace"))
    problems.update(() if whole else {MailProblem.BROKEN_ENCODING})
    return data


_BLANK_OR_END = b" \t\r\n="
_NOT_BASE64 = bytes(each for each in range(256) if not ((chr(each).isascii() and chr(each).isalnum()) or each in b"+/"))


def from_base64(data: bytes) -> tuple[bytes, bool]:
    """As much as can be decoded, and whether that was all."""
    compact = data.translate(None, _BLANK_OR_END)
    letters = compact.translate(None, _NOT_BASE64)
    whole = len(letters) == len(compact) and len(letters) % 4 != 1
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4)), whole


def addresses(value: str, most: int, problems: set[MailProblem]) -> tuple[MailAddress, ...]:
    """The addresses of a field (RFC 5322, section 3.4), names decoded. What holds no address is left out. A quotation
    mark that nobody closes hides all that follows; then the field is read without such marks."""
    found = _addresses(value, most, problems)
    return found or _addresses(value.replace('"', " "), most, problems)


def _addresses(value: str, most: int, problems: set[MailProblem]) -> tuple[MailAddress, ...]:
    found = list[MailAddress]()
    for name, written in _mailboxes(value):
        written = one_line(written, 300).replace(" ", "")
        if not _ADDRESS.fullmatch(written) or written.startswith(".") or ".." in written.partition("@")[2]:
            continue
        if len(found) == most:
            problems.add(MailProblem.TOO_MANY_ADDRESSES)
            break
        found.append(MailAddress(one_line(decoded(name, problems), 200).lstrip("( "), written))
    return tuple(found)


def _mailboxes(value: str) -> Iterator[tuple[str, str]]:
    """(name, address) of each entry; in a group the group's own name is dropped."""
    words, angle, comment = list[str](), "", ""
    for token in _TOKENS.finditer(value + ","):
        kind, text = token.lastgroup, token[0]
        if kind == "end":
            yield _entry(words, angle, comment)
            words, angle, comment = [], "", ""
        elif kind == "group":
            words = []
        elif kind == "angle":
            angle = angle or _without_route(text[1:-1])
        elif kind == "comment":
            comment = comment or text[1:-1]
        elif kind == "quoted":
            words.append(re.sub(r"\\(.)", r"\1", text[1:].removesuffix('"')))
        else:
            words.append(text)


def _entry(words: list[str], angle: str, comment: str) -> tuple[str, str]:
    name = "".join(words).strip()
    if angle:
        return name or comment, angle
    return comment, name.strip("'\" \t")


def _without_route(text: str) -> str:
    """The address of `<@relay.example:ida@example.dk>`, a form that RFC 5322 still reads."""
    written = "".join(text.split())
    return written.rpartition(":")[2] if written.startswith("@") else written.removeprefix("mailto:")


def message_ids(value: str) -> tuple[str, ...]:
    """The Message-IDs in a field, each once, in their order; blanks that were folded into one are dropped."""
    written = ("".join(each.split()) for each in _ID.findall(value))
    clean = (one_line(each, _LONGEST_ID + 1).replace(" ", "") for each in written)
    return tuple(dict.fromkeys(f"<{each}>" for each in clean if each and len(each) <= _LONGEST_ID))


def message_id(value: str) -> str:
    """The mail's own id; one without angle brackets gets them."""
    found = message_ids(value)
    bare = one_line(value, _LONGEST_ID + 1)
    if found:
        return found[0]
    return f"<{bare}>" if bare and len(bare) <= _LONGEST_ID and not re.search(r"[\s<>]", bare) else ""


def sent_at(headers: MailHeaders, problems: set[MailProblem]) -> datetime | None:
    """When the mail says it was sent, in UTC. None for a date that cannot be, and for one that contradicts the last
    mail server's: more than 26 hours after it received the mail, or more than a year before."""
    written = headers.first("date")
    if not written:
        return None
    at = _moment(written)
    if at is None:
        problems.add(MailProblem.IMPOSSIBLE_DATE)
        return None
    received = _moment(headers.first("received").rpartition(";")[2])
    if received is not None and not received - _BEHIND <= at <= received + _AHEAD:
        problems.add(MailProblem.LYING_DATE)
        return None
    return at


def _moment(written: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(written[:200])
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if not _EARLIEST_YEAR <= at.year < _LATEST_YEAR:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def with_parameters(value: str, problems: set[MailProblem]) -> tuple[str, dict[str, str]]:
    """The first word of a field in lower case, and its parameters by lower-case name (RFC 2045, 2231)."""
    first = value.partition(";")[0].strip().lower()
    plain, pieces = dict[str, str](), dict[str, dict[int, tuple[bool, str]]]()
    for name, written in _PARAMETER.findall(value[:20_000]):
        content = _unquoted(written.strip())
        match = _CONTINUED.fullmatch(name)
        if match is None:
            plain.setdefault(name.lower(), content)
        else:
            pieces.setdefault(match[1].lower(), {})[int(match[2] or 0)] = (bool(match[3]) or not match[2], content)
    extended = {name: _joined(each, problems) for name, each in pieces.items()}
    return first, {name: decoded(each, problems) for name, each in plain.items()} | extended


def _unquoted(written: str) -> str:
    if not written.startswith('"'):
        return written
    return re.sub(r"\\([\\\"])", r"\1", written[1:].removesuffix('"'))


def _joined(pieces: dict[int, tuple[bool, str]], problems: set[MailProblem]) -> str:
    """The pieces of a parameter in their order; those marked with a star are percent-encoded."""
    charset, data = "", b""
    for place, (encoded, content) in sorted(pieces.items()):
        if encoded and place == 0 and content.count("'") >= 2:
            charset, _language, content = content.split("'", 2)
        data += unquote_to_bytes(content) if encoded else content.encode("utf-8", "replace")
    found = decode(data, charset)
    problems.update({found.problem} if found.problem else ())
    return found.text
