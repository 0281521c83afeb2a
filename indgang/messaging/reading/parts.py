"""The parts of a mail (RFC 2046), within limits. Pure."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from indgang.messaging.reading import headers as header_fields
from indgang.messaging.reading import uuencoding
from indgang.messaging.reading.contents import MailProblem
from indgang.messaging.reading.headers import MailHeaders, from_base64, with_parameters
from indgang.messaging.reading.limits import MailLimits

_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,100}")
_LONGEST_ID = 250
_LONGEST_BOUNDARY = 250


@dataclass(slots=True)
class MailAllowance:
    """What may still be read: shared by a mail and the mails in it, so that nesting multiplies nothing."""

    limits: MailLimits
    parts: int
    file_bytes: int
    problems: set[MailProblem] = field(default_factory=set)

    @classmethod
    def of(cls, limits: MailLimits) -> MailAllowance:
        return cls(limits, limits.parts, limits.files)


@dataclass(slots=True)
class MimePart:
    """A part between two places of the mail's bytes. `kind` is its media type, lower case."""

    raw: bytes = field(repr=False)
    headers: MailHeaders
    body: int
    end: int
    kind: str
    parameters: dict[str, str]
    children: list[MimePart] = field(default_factory=list)

    @property
    def disposition(self) -> str:
        return self.headers.first("content-disposition").partition(";")[0].strip().lower()

    def file_name(self, problems: set[MailProblem]) -> str:
        """The name that the part gives its file, as it stands; empty when it gives none."""
        _word, parameters = with_parameters(self.headers.first("content-disposition"), problems)
        return parameters.get("filename") or self.parameters.get("name", "")

    @property
    def content_id(self) -> str:
        found = header_fields.message_id(self.headers.first("content-id"))
        return found[1:-1] if len(found) <= _LONGEST_ID + 2 else ""

    def content(self, problems: set[MailProblem]) -> bytes:
        """The body, decoded from its transfer encoding; as much as can be."""
        data = self.raw[self.body : self.end]
        encoding = self.headers.first("content-transfer-encoding").partition(";")[0].strip().strip("\"'").lower()
        if encoding == "base64":
            data, whole = from_base64(data)
            problems.update(() if whole else {MailProblem.BROKEN_ENCODING})
        elif encoding == "quoted-printable":
            data = quopri.decodestring(data)
        elif encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
            data, whole, ended = uuencoding.decoded(data)
            problems.update(() if whole else {MailProblem.BROKEN_ENCODING})
            problems.update(() if ended else {MailProblem.TRUNCATED})
        elif encoding not in ("", "7bit", "8bit", "binary"):
            problems.add(MailProblem.BROKEN_ENCODING)
        return data


def parse(raw: bytes, start: int, end: int, allowance: MailAllowance) -> MimePart:
    """The mail between two places with all its parts, as many as are allowed."""
    return _part(raw, start, end, allowance, "text/plain", 0)


def _part(raw: bytes, start: int, end: int, allowance: MailAllowance, default: str, level: int) -> MimePart:
    allowance.parts -= 1
    headers, body = header_fields.split(raw, start, end, allowance.limits)
    allowance.problems |= headers.problems
    kind, parameters = with_parameters(headers.first("content-type"), allowance.problems)
    if not _MEDIA_TYPE.fullmatch(kind):
        kind = default if not kind else "text/plain" if kind == "text" else "application/octet-stream"
    part = MimePart(raw, headers, body, end, kind, parameters)
    if kind.startswith("multipart/"):
        _add_children(part, allowance, level)
    return part


def _add_children(part: MimePart, allowance: MailAllowance, level: int) -> None:
    boundary = part.parameters.get("boundary", "").rstrip()
    if level >= allowance.limits.multiparts:
        allowance.problems.add(MailProblem.TOO_DEEP)
        part.kind = "application/octet-stream"
        return
    default = "message/rfc822" if part.kind == "multipart/digest" else "text/plain"
    for start, end in _spans(part, boundary, allowance):
        if allowance.parts <= 0:
            allowance.problems.add(MailProblem.TOO_MANY_PARTS)
            break
        part.children.append(_part(part.raw, start, end, allowance, default, level + 1))
    if not part.children:
        allowance.problems.add(MailProblem.BROKEN_PARTS)
        part.kind = "text/plain"


def _spans(part: MimePart, boundary: str, allowance: MailAllowance) -> Iterator[tuple[int, int]]:
    """Where each part between two delimiters begins and ends. What is before and after them belongs to nobody."""
    if not 0 < len(boundary) <= _LONGEST_BOUNDARY:
        return
    written = re.escape(boundary.encode("utf-8", "replace"))
    delimiter = re.compile(rb"^--" + written + rb"(--)?[ \t]*\r*(?:\n|\Z)", re.MULTILINE)
    begin: int | None = None
    for found in delimiter.finditer(part.raw, part.body, part.end):
        if begin is not None:
            yield begin, _before_line_end(part.raw, begin, found.start())
        begin = None if found[1] else found.end()
        if begin is None:
            return
    if begin is not None:
        allowance.problems.add(MailProblem.TRUNCATED)
        yield begin, part.end


def _before_line_end(raw: bytes, begin: int, end: int) -> int:
    """The line break before a delimiter belongs to the delimiter."""
    if end > begin and raw[end - 1 : end] == b"\n":
        end -= 1
    while end > begin and raw[end - 1 : end] == b"\r":
        end -= 1
    return end
