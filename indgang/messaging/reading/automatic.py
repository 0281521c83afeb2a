"""Whether a machine sent a mail, and whether a machine may answer it (RFC 3834, RFC 2076, [MS-OXCMAIL]). Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator

from indgang.messaging.reading.contents import DeliveryReport, MailAddress, MailKind, NoAutoAnswer
from indgang.messaging.reading.headers import MailHeaders

#: what begins the local part of addresses that nobody reads
_MACHINE = re.compile(
    r"(mailer-daemon|mail-daemon|maildaemon|postmaster|bounces?|daemon|no[-._]?reply|do[-._]?not[-._]?reply|ikke[-._]?svar"
    r"|svar[-._]?ikke|nosvar|auto[-._]?reply|autosvar|notifications?|listserv|majordomo|root|www-data)([-+._=\d].*)?",
    re.IGNORECASE,
)
_BOUNCE_SENDER = re.compile(
    r"(mailer-daemon|mail-daemon|maildaemon|postmaster|bounces?|daemon)([-+._=\d].*)?", re.IGNORECASE
)
_BOUNCE_SUBJECT = re.compile(
    r"undeliver|delivery (status|failure|has failed|delayed)|returned mail|mail delivery (failed|system|subsystem)"
    r"|failure notice|delivery notification|not delivered|could not be delivered|ikke leveres|ikke leveret|uleveret"
    r"|ikke afleveres|leveringsfejl|returneret mail|meddelelse om manglende levering",
    re.IGNORECASE,
)
_AUTO_SUBJECT = re.compile(
    r"(automatisk svar|automatisk besvarelse|auto-?svar|automatic reply|auto-?reply|out of (the )?office|ikke til stede"
    r"|ikke på kontoret|fraværende|ferie-?besked|auto: |automatische antwort|automatiskt svar)",
    re.IGNORECASE,
)
_GENERATED = "auto-generated"
_SUPPRESSES = frozenset(("all", "oof", "autoreply"))
_BULK = frozenset(("bulk", "junk", "list"))


def kind_of(
    headers: MailHeaders,
    report: str,
    reports: tuple[DeliveryReport, ...],
    sender: MailAddress | None,
    subject: str,
    own: Collection[str],
) -> MailKind:
    """`report` is the kind of a multipart/report, or empty. `own` are the addresses of our mailboxes, lower case."""
    if _is_loop(headers, sender, own):
        return MailKind.LOOP
    if report == "disposition-notification":
        return MailKind.READ_RECEIPT
    if report == "delivery-status" or (reports and is_from_machine(headers, sender)):
        return _kind_of_reports(reports)
    if is_bounce_in_words(headers, sender, subject):
        return MailKind.BOUNCE
    if report or _is_automatic(headers, sender, subject):
        return MailKind.AUTO_REPLY
    if _auto_submitted(headers) == _GENERATED:
        return MailKind.GENERATED
    return MailKind.LIST if _is_to_many(headers) else MailKind.MESSAGE


def reasons(
    headers: MailHeaders, sender: MailAddress | None, subject: str, own: Collection[str], kind: MailKind
) -> tuple[NoAutoAnswer, ...]:
    """Why nothing may be answered automatically; empty when something may."""
    found = set(_reasons(headers, sender, kind))
    if _AUTO_SUBJECT.match(subject):
        found.add(NoAutoAnswer.AUTO_SUBJECT)
    if _is_from(sender, own):
        found.add(NoAutoAnswer.OWN_SENDER)
    return tuple(each for each in NoAutoAnswer if each in found)


def is_bounce_in_words(headers: MailHeaders, sender: MailAddress | None, subject: str) -> bool:
    """Whether a mail without a report looks like a bounce: from a mail server, or without a way back, and says so."""
    if headers.has("x-failed-recipients"):
        return True
    by_server = sender is not None and _BOUNCE_SENDER.fullmatch(_local(sender)) is not None
    return (by_server or has_empty_return_path(headers)) and _BOUNCE_SUBJECT.search(subject) is not None


def has_empty_return_path(headers: MailHeaders) -> bool:
    return headers.has("return-path") and not headers.first("return-path").strip("<> \t")


def is_from_machine(headers: MailHeaders, sender: MailAddress | None) -> bool:
    by_machine = sender is not None and _MACHINE.fullmatch(_local(sender)) is not None
    return by_machine or has_empty_return_path(headers)


def _reasons(headers: MailHeaders, sender: MailAddress | None, kind: MailKind) -> Iterator[NoAutoAnswer]:
    if _auto_submitted(headers):
        yield NoAutoAnswer.AUTO_SUBMITTED
    if _words(headers, "precedence") & (_BULK | {"auto_reply", "auto-reply"}):
        yield NoAutoAnswer.PRECEDENCE
    if _words(headers, "x-auto-response-suppress") & _SUPPRESSES:
        yield NoAutoAnswer.SUPPRESSED
    if _is_to_many(headers):
        yield NoAutoAnswer.LIST
    if has_empty_return_path(headers):
        yield NoAutoAnswer.EMPTY_RETURN_PATH
    if sender is None:
        yield NoAutoAnswer.NO_SENDER
    elif _MACHINE.fullmatch(_local(sender)):
        yield NoAutoAnswer.MACHINE_SENDER
    if kind in (MailKind.BOUNCE, MailKind.DELIVERY_RECEIPT, MailKind.READ_RECEIPT):
        yield NoAutoAnswer.REPORT
    if kind is MailKind.AUTO_REPLY:
        yield NoAutoAnswer.AUTO_REPLY
    if kind is MailKind.LOOP:
        yield NoAutoAnswer.LOOP


def _kind_of_reports(reports: tuple[DeliveryReport, ...]) -> MailKind:
    """A report that says nothing of any recipient is a bounce: somebody has to look at it."""
    good = reports and all(each.action in ("delivered", "relayed", "expanded") for each in reports)
    return MailKind.DELIVERY_RECEIPT if good else MailKind.BOUNCE


def _is_loop(headers: MailHeaders, sender: MailAddress | None, own: Collection[str]) -> bool:
    """That a mail is from one of our mailboxes does not make it a loop: colleagues send on from one to another."""
    if len(headers.all("received")) > headers.limits.hops:
        return True
    delivered = Counter(each.strip("<> ").lower() for each in headers.all("delivered-to"))
    passed = {each.strip("<> ").lower() for each in headers.all("x-loop")}
    if max(delivered.values(), default=0) > 1 or not passed.isdisjoint(own):
        return True
    has_been_here = len(delivered.keys() & set(own)) > 1
    return _is_from(sender, own) and (has_been_here or bool(passed) or _says_automatic(headers))


def _is_from(sender: MailAddress | None, own: Collection[str]) -> bool:
    return sender is not None and sender.address.lower() in own


def _is_automatic(headers: MailHeaders, sender: MailAddress | None, subject: str) -> bool:
    """People begin subjects with the same words as machines, so a subject counts beside a mark of a machine alone.
    Exchange says of its automatic replies that they are generated."""
    if _says_that_it_replies(headers):
        return True
    by_machine = (
        _says_automatic(headers)
        or is_from_machine(headers, sender)
        or bool(_words(headers, "precedence") & _BULK)
        or bool(_words(headers, "x-auto-response-suppress") & _SUPPRESSES)
    )
    return by_machine and _AUTO_SUBJECT.match(subject) is not None


def _says_automatic(headers: MailHeaders) -> bool:
    return bool(_auto_submitted(headers)) or _says_that_it_replies(headers)


def _says_that_it_replies(headers: MailHeaders) -> bool:
    """Whether it says that it is automatic in another way than as generated by a system of itself."""
    if _auto_submitted(headers) not in ("", _GENERATED) or _words(headers, "precedence") & {"auto_reply", "auto-reply"}:
        return True
    marks = ("x-autoreply", "x-autorespond", "x-auto-reply", "x-autoreply-from", "x-autogenerated", "x-mail-autoreply")
    return any(headers.has(mark) and headers.first(mark).strip().lower() != "no" for mark in marks)


def _auto_submitted(headers: MailHeaders) -> str:
    """Any value but `no`, which may carry a comment or parameters (RFC 3834, section 5); empty without one."""
    value = re.sub(r"\([^()]*\)", " ", headers.first("auto-submitted")).partition(";")[0].strip().lower()
    return "" if value == "no" else value


def _is_to_many(headers: MailHeaders) -> bool:
    named = any(headers.has(name) for name in ("list-id", "list-post", "mailing-list", "x-mailing-list"))
    return named or bool(_words(headers, "precedence") & _BULK)


def _words(headers: MailHeaders, name: str) -> set[str]:
    return {each.strip().lower() for each in re.split(r"[,;\s]", headers.first(name)[:500])}


def _local(sender: MailAddress) -> str:
    return sender.address.rpartition("@")[0]
