"""Reads a mail: `read` takes any bytes and never raises. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

from indgang.messaging.reading import (
    automatic,
    file_kinds,
    file_names,
    flowed,
    invitations,
    markup,
    parts,
    quoting,
    reports,
    uuencoding,
    winmail,
)
from indgang.messaging.reading import (
    headers as header_fields,
)
from indgang.messaging.reading.charsets import body_text, decode
from indgang.messaging.reading.contents import (
    AttachedFile,
    DeliveryReport,
    FileRefusal,
    Invitation,
    MailAddress,
    MailKind,
    MailProblem,
    MailReading,
    in_order,
)
from indgang.messaging.reading.headers import MailHeaders
from indgang.messaging.reading.limits import DEFAULT, MailLimits, too_large
from indgang.messaging.reading.parts import MailAllowance, MimePart

_SEALED = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"))
_WINMAIL = frozenset(("application/ms-tnef", "application/vnd.ms-tnef", "application/x-tnef"))
_STATUS = frozenset(("message/delivery-status", "message/global-delivery-status"))
_DISPOSITION = frozenset(("message/disposition-notification", "message/global-disposition-notification"))
_RETURNED_HEADERS = frozenset(("text/rfc822-headers", "message/global-headers"))
_REPORTS = frozenset((MailKind.BOUNCE, MailKind.DELIVERY_RECEIPT, MailKind.READ_RECEIPT))
_MAILS = frozenset(("message/rfc822", "message/global", "message/news"))
#: texts that are files even when nobody calls them so
_FILES = frozenset(
    ("text/csv", "text/vcard", "text/x-vcard", "text/directory", "text/xml", "text/rtf", "text/css", "text/javascript")
)


@dataclass(frozen=True, slots=True)
class _Block:
    """A piece of the body in one or both of its forms."""

    plain: str = ""
    html: str = ""


@dataclass(slots=True)
class _Content:
    """What the parts of a mail hold, gathered in their order."""

    allowance: MailAllowance
    level: int
    own: Collection[str]
    blocks: list[_Block] = field(default_factory=list)
    files: list[AttachedFile] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    invitations: list[Invitation] = field(default_factory=list)
    reports: list[DeliveryReport] = field(default_factory=list)
    about: str = ""

    @property
    def limits(self) -> MailLimits:
        return self.allowance.limits

    @property
    def problems(self) -> set[MailProblem]:
        return self.allowance.problems


def read(raw: bytes, *, own: Collection[str] = (), limits: MailLimits = DEFAULT) -> MailReading:
    """What the mail says. `own` are the addresses of our mailboxes: a mail that comes from one of them is a loop.

    Of a mail that is too large only the headers are read. Whatever the bytes are, there is a reading, with what was
    wrong in `problems`.
    """
    raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    allowance = MailAllowance.of(limits)
    return _read(raw, 0, len(raw), allowance, 0, frozenset(each.lower() for each in own))


def _read(raw: bytes, start: int, end: int, allowance: MailAllowance, level: int, own: Collection[str]) -> MailReading:
    problems, allowance.problems = allowance.problems, set()
    try:
        if too_large(end - start, allowance.limits):
            return _headers_alone(raw, start, end, allowance, own)
        root = parts.parse(raw, start, end, allowance)
        content = _Content(allowance, level, own)
        _gather(root, content)
        return _reading(root.headers, _report_kind(root), content)
    finally:
        allowance.problems = problems


def _headers_alone(raw: bytes, start: int, end: int, allowance: MailAllowance, own: Collection[str]) -> MailReading:
    headers, _body = header_fields.split(raw, start, end, allowance.limits)
    allowance.problems |= headers.problems | {MailProblem.MAIL_TOO_LARGE}
    return _reading(headers, "", _Content(allowance, 0, own))


def _report_kind(root: MimePart) -> str:
    """The kind of a multipart/report, such as delivery-status; empty for other mails."""
    if root.kind != "multipart/report":
        return ""
    return root.parameters.get("report-type", "report").lower().removeprefix("global-")


def _reading(headers: MailHeaders, report: str, content: _Content) -> MailReading:
    reading = _with_envelope(headers, content)
    reading = _with_body(reading, content)
    kind = automatic.kind_of(headers, report, reading.reports, reading.sender, reading.subject, content.own)
    if kind is MailKind.BOUNCE:
        reading = _with_reports_in_words(reading, headers, content.limits)
    elif kind not in _REPORTS:
        reading = replace(reading, about="", reports=())
    reasons = automatic.reasons(headers, reading.sender, reading.subject, content.own, kind)
    return replace(reading, kind=kind, no_auto_answer=reasons, problems=in_order(content.problems))


def _with_envelope(headers: MailHeaders, content: _Content) -> MailReading:
    problems, limits = content.problems, content.limits
    subject = headers.text("subject")
    sender = _addresses(headers, "from", content) or _addresses(headers, "sender", content)
    if not sender:
        problems.add(MailProblem.NO_SENDER)
    if any(len(headers.all(name)) > 1 for name in ("from", "subject", "date", "message-id")):
        problems.add(MailProblem.REPEATED_HEADER)
    problems |= headers.problems
    return MailReading(
        kind=MailKind.MESSAGE,
        message_id=header_fields.message_id(headers.first("message-id")),
        in_reply_to=header_fields.message_ids(headers.first("in-reply-to"))[-limits.references :],
        references=header_fields.message_ids(headers.first("references"))[-limits.references :],
        sender=sender[0] if sender else None,
        reply_to=_addresses(headers, "reply-to", content),
        to=_addresses(headers, "to", content),
        cc=_addresses(headers, "cc", content),
        subject=subject,
        sent_at=header_fields.sent_at(headers, problems),
    )


def _addresses(headers: MailHeaders, name: str, content: _Content) -> tuple[MailAddress, ...]:
    written = ", ".join(headers.all(name)[:10]) if name in ("to", "cc") else headers.first(name)
    return header_fields.addresses(written, content.limits.addresses, content.problems)


def _with_body(reading: MailReading, content: _Content) -> MailReading:
    known = frozenset(
        each.inline_id for each in content.files if each.inline_id and file_kinds.is_picture(each.content)
    )
    blocks, shown, blocked = list[_Block](), frozenset[str](), 0
    for block in content.blocks:
        if block.html:
            clean = _cleaned(block.html, known, content)
            block = _Block(block.plain, clean.html)
            shown, blocked = shown | clean.shown, blocked + clean.blocked_images
        blocks.append(block)
    text = _cut("\n\n".join(filter(None, (each.plain or markup.as_text(each.html) for each in blocks))), content)
    shape = quoting.parts_of(text)
    return replace(
        reading,
        text=text,
        new_text=shape.new,
        signature=shape.signature,
        quoted_text=shape.quoted,
        html=_html_of(blocks),
        blocked_images=blocked,
        attachments=tuple(each if each.inline_id in shown else replace(each, inline_id="") for each in content.files),
        invitations=tuple(content.invitations),
        reports=tuple(content.reports),
        about=content.about,
    )


def _html_of(blocks: list[_Block]) -> str:
    if not any(each.html for each in blocks):
        return ""
    return "\n".join(each.html or markup.from_text(each.plain) for each in blocks)


def _cleaned(html: str, known: Collection[str], content: _Content) -> markup.CleanMarkup:
    """The clean HTML; of HTML with so many tags that cleaning takes long, the words alone."""
    if not markup.is_too_large(html, content.limits):
        return markup.clean(html, known)
    content.problems.add(MailProblem.HTML_TOO_LARGE)
    words = _cut(body_text(markup.words_of(html)).strip(), content)
    return markup.CleanMarkup(markup.from_text(words), frozenset(), 0)


def _cut(text: str, content: _Content) -> str:
    if len(text) > content.limits.text:
        content.problems.add(MailProblem.TEXT_TOO_LONG)
    return text[: content.limits.text]


def _with_reports_in_words(reading: MailReading, headers: MailHeaders, limits: MailLimits) -> MailReading:
    found = reading.reports or reports.from_words(reading.text, headers, limits)
    about = reading.about or reports.about_in_words(reading.text) or next(reversed(reading.references), "")
    return replace(reading, reports=found, about=about or next(iter(reading.in_reply_to), ""))


def _gather(part: MimePart, content: _Content) -> None:
    if part.kind == "multipart/alternative":
        _gather_alternatives(part, content)
    elif part.children:
        if part.kind == "multipart/encrypted":
            content.problems.add(MailProblem.SEALED)
        for child in part.children:
            _gather(child, content)
    elif part.kind in _STATUS:
        content.reports += reports.delivery(part.content(content.problems), content.limits)
    elif part.kind in _DISPOSITION:
        content.about = reports.disposition(part.content(content.problems), content.limits).about or content.about
    elif _is_text(part, content):
        content.blocks += _blocks_of(part, content)
    else:
        _gather_file(part, content)


def _gather_alternatives(part: MimePart, content: _Content) -> None:
    """The text of the first form that has one, the HTML of the last; what else the forms hold is gathered."""
    outer, forms = content.blocks, list[list[_Block]]()
    for child in part.children:
        content.blocks = []
        _gather(child, content)
        forms.append(content.blocks)
    plain = next((form for form in forms if form and not any(each.html for each in form)), [])
    html = next((form for form in reversed(forms) if any(each.html for each in form)), [])
    content.blocks = outer
    whole = "\n\n".join(each.plain for each in plain if each.plain.strip())
    if len(html) == 1:
        content.blocks.append(_Block(whole or html[0].plain, html[0].html))
    else:
        content.blocks += html or ([_Block(whole)] if whole else [])


def _is_text(part: MimePart, content: _Content) -> bool:
    if not part.kind.startswith("text/") or part.kind == "text/calendar" or part.kind in _FILES | _RETURNED_HEADERS:
        return False
    return part.disposition != "attachment" and not part.file_name(content.problems)


def _blocks_of(part: MimePart, content: _Content) -> Iterator[_Block]:
    data, most = part.content(content.problems), 2 * content.limits.html
    content.problems.update({MailProblem.TEXT_TOO_LONG} if len(data) > most else ())
    found = decode(data[:most], part.parameters.get("charset", ""))
    content.problems.update({found.problem} if found.problem else ())
    text = body_text(found.text)
    if part.kind == "text/html":
        yield _Block(html=text)
        return
    text, files = uuencoding.divided(text)
    for name, data in files[: max(0, content.allowance.parts)]:
        content.allowance.parts -= 1
        _add_file(name, "application/octet-stream", data, "", content)
    if part.parameters.get("format", "").lower() == "flowed":
        text = flowed.unwrapped(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    yield _Block(plain=_cut(text.rstrip(), content))


def _gather_file(part: MimePart, content: _Content) -> None:
    name = part.file_name(content.problems)
    data = part.content(content.problems)
    if part.kind in _RETURNED_HEADERS:
        content.about = _message_id_in(data, content) or content.about
        return
    if part.kind == "text/calendar":
        content.invitations += invitations.read(data, content.limits, content.problems)
        if part.disposition != "attachment" and not name:
            return
    if part.kind in _WINMAIL or name.lower() == "winmail.dat" or data.startswith(winmail.SIGNATURE):
        _gather_winmail(data, name, content)
        return
    if part.kind in _SEALED:
        content.problems.add(MailProblem.SEALED)
    if part.kind in _MAILS:
        _gather_mail(data, name, content)
    elif data or name:
        _add_file(name, part.kind, data, part.content_id, content)


def _message_id_in(data: bytes, content: _Content) -> str:
    fields, _body = header_fields.split(data, 0, len(data), content.limits)
    return header_fields.message_id(fields.first("message-id"))


def _gather_mail(data: bytes, name: str, content: _Content) -> None:
    """A mail in the mail is a file, and read as well as long as it is not too deep."""
    content.about = content.about or _message_id_in(data, content)
    mail = None
    if content.level >= content.limits.messages:
        content.problems.add(MailProblem.TOO_DEEP)
    elif content.allowance.parts > 0:
        mail = _read(data, 0, len(data), content.allowance, content.level + 1, content.own)
        content.problems.update({MailProblem.TOO_DEEP} & set(mail.problems))
    else:
        content.problems.add(MailProblem.TOO_MANY_PARTS)
    called = name or (f"{mail.subject}.eml" if mail and mail.subject else "")
    _add_file(called, "message/rfc822", data, "", content, mail=mail)


def _gather_winmail(data: bytes, name: str, content: _Content) -> None:
    try:
        found = winmail.unpack(data)
        files, text = found.files, found.text
    except winmail.BrokenWinmail as broken:
        content.problems.add(MailProblem.BROKEN_WINMAIL)
        files, text = broken.files, broken.text
        _add_file(name or "winmail.dat", "application/ms-tnef", data, "", content)
    if text.strip() and not any(each.plain.strip() or each.html for each in content.blocks):
        content.blocks.append(_Block(plain=_cut(text.strip(), content)))
    for each in files[: max(0, content.allowance.parts)]:
        content.allowance.parts -= 1
        kind = "application/octet-stream"
        _add_file(each.long_name or each.name, kind, each.content, each.content_id, content)


def _add_file(
    name: str, declared: str, data: bytes, inline_id: str, content: _Content, mail: MailReading | None = None
) -> None:
    called = file_names.clean(name, file_kinds.extension_for(declared))
    found = file_kinds.of(called, declared, data)
    refused, kept = found.refused, data
    if len(data) > min(content.limits.file, content.allowance.file_bytes):
        refused, kept = FileRefusal.TOO_LARGE, b""
        content.problems.add(MailProblem.FILES_TOO_LARGE)
    content.allowance.file_bytes -= len(kept)
    unique = file_names.numbered(called, content.names)
    kind = "message/rfc822" if declared == "message/rfc822" else found.kind
    content.files.append(AttachedFile(unique, kind, kept, len(data), inline_id, refused, mail))
