"""Delivery reports (RFC 3464, 6533), disposition notifications (RFC 8098), and bounces without a report. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from indgang.messaging.reading import headers as header_fields
from indgang.messaging.reading.charsets import one_line
from indgang.messaging.reading.contents import DeliveryReport
from indgang.messaging.reading.headers import MailHeaders
from indgang.messaging.reading.limits import MailLimits

_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_REPLY_CODE = re.compile(r"\b([45])\d\d[ -]")
_BARE_ADDRESS = re.compile(r"<?([^\s@<>,;:\"()]{1,64}@[^\s@<>,;:\"()]{1,190}?)>?[.:,;]*")
_IN_TEXT = re.compile(r"(?:^|[\s<:])([^\s@<>,;:\"()]{1,64}@[a-zA-Z0-9.-]{1,190}\.[a-zA-Z]{2,20})\b")
_MESSAGE_ID = re.compile(r"^[>\s]*Message-ID:\s*(<[^<>\s]{1,500}>)", re.IGNORECASE | re.MULTILINE)
_BLANK_LINES = re.compile(rb"\n(?:[ \t]*\r*\n)+")
_ACTIONS = frozenset(("failed", "delayed", "delivered", "relayed", "expanded"))


@dataclass(frozen=True, slots=True)
class Disposition:
    """What the reader of a mail did with it: displayed, deleted, ...; `about` is that mail's Message-ID."""

    about: str
    what: str


def delivery(report: bytes, limits: MailLimits) -> tuple[DeliveryReport, ...]:
    """One report for each recipient in a message/delivery-status part, whose groups of fields blank lines divide."""
    found = list[DeliveryReport]()
    for fields in _groups(report, limits):
        if len(found) < limits.recipients and (fields.has("final-recipient") or fields.has("original-recipient")):
            found.append(_report(fields))
    return tuple(found)


def disposition(report: bytes, limits: MailLimits) -> Disposition:
    """A message/disposition-notification part."""
    for fields in _groups(report, limits):
        if fields.has("disposition") or fields.has("original-message-id"):
            what = fields.first("disposition").rpartition(";")[2].partition("/")[0]
            return Disposition(
                header_fields.message_id(fields.first("original-message-id")), one_line(what, 40).lower()
            )
    return Disposition("", "")


def from_words(text: str, headers: MailHeaders, limits: MailLimits) -> tuple[DeliveryReport, ...]:
    """The report that a bounce without a message/delivery-status part gives in words, as qmail, Exim and others do."""
    named = header_fields.addresses(headers.first("x-failed-recipients"), limits.recipients, set())
    recipients = [each.address for each in named] or [one_line(each, 254) for each in _IN_TEXT.findall(text[:5000])[:1]]
    status = _status(text[:5000])
    code = _REPLY_CODE.search(text[:5000])
    for_good = status.startswith("5") or (not status and code is not None and code[1] == "5")
    return tuple(DeliveryReport(each, "failed", status, for_good, "") for each in dict.fromkeys(recipients))


def about_in_words(text: str) -> str:
    """The Message-ID in the headers of the returned mail, which such a bounce repeats in its text."""
    found = _MESSAGE_ID.search(text)
    return header_fields.message_id(found[1]) if found else ""


def _groups(report: bytes, limits: MailLimits) -> Iterator[MailHeaders]:
    for block in islice(_BLANK_LINES.split(report.strip()), limits.recipients + 5):
        fields, _body = header_fields.split(block, 0, len(block), limits)
        yield fields


def _report(fields: MailHeaders) -> DeliveryReport:
    recipient = fields.first("final-recipient") or fields.first("original-recipient")
    action = fields.first("action").partition("(")[0].strip().lower()
    status = _status(fields.first("status"))
    if action not in _ACTIONS:
        action = {"2": "delivered", "4": "delayed"}.get(status[:1], "failed")
    return DeliveryReport(
        recipient=_recipient(recipient),
        action=action,
        status=status,
        for_good=action == "failed" and not status.startswith("4"),
        diagnostic=one_line(fields.first("diagnostic-code").partition(";")[2], 500),
    )


def _recipient(written: str) -> str:
    """The address after its kind: `rfc822; ida@example.dk`."""
    found = _BARE_ADDRESS.fullmatch(written.rpartition(";")[2].strip())
    return one_line(found[1], 254) if found else ""


def _status(written: str) -> str:
    found = _STATUS.search(written)
    return ".".join(found.groups()) if found else ""
