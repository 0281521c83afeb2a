"""What was filled in becomes an enquiry: a thread in the queue of the form, with the answers as its first message.

Everything happens in one transaction together with the mark on the saved answers, so that pressing twice sends once,
and a database that is full leaves the answers where they were.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.correspondence import arriving, file_scanning, queueing
from indgang.correspondence.forms import saving, versions, words
from indgang.correspondence.forms.answers import AnswerFault
from indgang.correspondence.forms.conditions import asked_fields
from indgang.correspondence.forms.definition import FieldKind, FormDefinition
from indgang.correspondence.models import (
    Enclosure,
    FormSubmission,
    OnlineForm,
    SavedAnswers,
    SavedFile,
    Thread,
    ThreadMessage,
)
from indgang.correspondence.routing import MailFacts
from indgang.enquiries.event_kinds import Received
from indgang.enquiries.models import Channel, Enquiry, Party
from indgang.messaging import mail

#: the code of the field that holds the sender's name
NAME_FIELD = "navn"
#: the page of the public site; a test compares it with the site's own list
FOLLOW_PATH = "/foelg/"


class WrongAnswers(Exception):
    """Something must be mended before the form can be sent. `faults` by the code of the field."""

    def __init__(self, faults: Mapping[str, AnswerFault]) -> None:
        super().__init__(", ".join(faults))
        self.faults = dict(faults)


@transaction.atomic
def send(saved: SavedAnswers, *, at: datetime, by: Person | None = None) -> FormSubmission:
    """Send the saved answers; sending them again gives the same submission. Raises WrongAnswers.

    `by` filled them in for somebody who called (`for_callers`)."""
    rows = SavedAnswers.objects.select_for_update(of=("self",))
    saved = rows.select_related(
        "version__form__centre", "version__form__queue", "submission__thread", "enquiry__party"
    ).get(pk=saved.pk)
    if saved.submission is not None:
        return saved.submission
    answers = saving.answers_of(saved)
    if answers.faults:
        raise WrongAnswers(answers.faults)
    files = _files(saved, answers.values)
    values = answers.values | {code: [row.name for row in rows] for code, rows in files.items()}
    submission = _submit(saved, values, files, at, by)
    _empty(saved, submission)
    _send_receipt(submission)
    return submission


def find(number: str, code: str) -> FormSubmission | None:
    """The submission with this number, as people write it, and this code; None unless both are right."""
    digits = number.strip().upper().removeprefix("F").strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > 9:
        return None
    rows = FormSubmission.objects.select_related("thread__queue", "version__form")
    found = rows.filter(number=int(digits)).first()
    right = secrets.compare_digest(code.encode("utf-8", "replace"), (found.code if found else "").encode())
    return found if found is not None and found.code and right else None


def _submit(
    saved: SavedAnswers,
    values: Mapping[str, Any],
    files: Mapping[str, Sequence[SavedFile]],
    at: datetime,
    by: Person | None,
) -> FormSubmission:
    definition, form = versions.definition_of(saved.version), saved.version.form
    contact = _Contact(definition, values, saved.enquiry)
    thread = _thread(form, contact, saved.language, at)
    message = _message(thread, definition, values, at)
    _enclose(message, [row for rows in files.values() for row in rows])
    submission = FormSubmission.objects.create(
        thread=thread, version=saved.version, answers=dict(values), number=_next_number(),
        code=f"{secrets.randbelow(10**6):06}", filled_by=by, sent_at=at,
    )  # fmt: skip
    queueing.order(thread, at=at)
    return submission


class _Contact:
    """Who sent it, as far as the form asked: the first address and number, and the field for the name. What it did not
    ask is known from `call`, the enquiry in which it was begun."""

    def __init__(self, definition: FormDefinition, values: Mapping[str, Any], call: Enquiry | None) -> None:
        self.call = call
        asked = [field for field in asked_fields(definition, values) if field.code in values]
        found = {field.kind: str(values[field.code]) for field in reversed(asked)}
        self.address = found.get(FieldKind.EMAIL, "")
        self.number = found.get(FieldKind.PHONE, "") or (call.caller_number if call else "")
        self.cvr = found.get(FieldKind.CVR, "")
        self.name = str(values.get(NAME_FIELD, ""))

    @property
    def party(self) -> Party | None:
        """The business with this CVR number, else that of the call, else the party that alone uses the address."""
        known = Party.objects.filter(cvr=self.cvr).first() if self.cvr else None
        return known or (self.call.party if self.call else None) or arriving.party_of(self.address)


def _thread(form: OnlineForm, contact: _Contact, language: str, at: datetime) -> Thread:
    told = Received(
        channel=Channel.FORM, centre=form.centre.code, place=form.code, caller_number=contact.number,
        caller_name=contact.name[:100], language=language, follows=str(contact.call.pk) if contact.call else None,
    )  # fmt: skip
    party = contact.party
    facts = MailFacts(
        sender=contact.address.lower(), subject=form.name, language=language, **arriving.about_party(party)
    )
    where = arriving.place_by_party(facts, form.mailbox, at) or {"queue": form.queue, "reasons": []}
    where |= {"mailbox": form.mailbox if contact.address else None, "reasons": [["form", form.code], *where["reasons"]]}
    return arriving.begin(
        told, party=party, at=at, subject=form.name[:250], contact_name=contact.name[:200],
        contact_address=contact.address, **where,
    )  # fmt: skip


def _message(thread: Thread, definition: FormDefinition, values: Mapping[str, Any], at: datetime) -> ThreadMessage:
    """The answers as a text in Danish, which the staff reads."""
    files = {code: value for code, value in values.items() if isinstance(value, list)}
    with translation.override("da"):
        text = words.readable(definition, values, "da", files)
    return ThreadMessage.objects.create(
        thread=thread, direction=ThreadMessage.Direction.IN, kind="form", at=at, sender_name=thread.contact_name,
        sender_address=thread.contact_address, subject=thread.subject, text=text, size=len(text.encode()),
        state=ThreadMessage.State.RECEIVED, state_at=at,
    )  # fmt: skip


def _files(saved: SavedAnswers, values: Mapping[str, Any]) -> dict[str, list[SavedFile]]:
    """The files of the fields that are asked, by field; files of hidden fields are not sent."""
    kept = {str(row.pk): row for row in saved.files.all()}
    fields = [each for each in versions.definition_of(saved.version).fields if each.kind is FieldKind.FILE]
    return {each.code: [kept[key] for key in values[each.code]] for each in fields if each.code in values}


def _enclose(message: ThreadMessage, rows: Sequence[SavedFile]) -> None:
    Enclosure.objects.bulk_create(
        Enclosure(
            message=message, order=order, name=row.name, kind=row.kind, size=row.size, content=row.content,
            scan=row.scan, scanned_at=row.at if row.scan else None,
        )
        for order, row in enumerate(rows)
    )  # fmt: skip
    if any(row.scan != Enclosure.Scan.CLEAN for row in rows):
        file_scanning.have_scanned(message)


def _empty(saved: SavedAnswers, submission: FormSubmission) -> None:
    """What is left of the saved answers leads to the receipt."""
    saved.files.all().delete()
    saved.uploads.all().delete()  # of fields that are not asked
    saved.data, saved.submission = {}, submission
    saved.save(update_fields=["data", "submission"])


def _send_receipt(submission: FormSubmission) -> None:
    """The receipt by mail, when an address was given that mail can be sent to."""
    thread, version = submission.thread, submission.version
    if not thread.contact_address:
        return
    with translation.override(thread.language):
        name = version.form.for_public(thread.language)
        said = {"number": submission.shown_number, "code": submission.code, "url": follow_url(submission)}
        parts = [
            _("Vi har modtaget din formular “%(name)s”.") % {"name": name},
            version.text("receipt", thread.language),
            _("Dit nummer er %(number)s, og koden er %(code)s. Med dem kan du se, hvad der sker:\n%(url)s") % said,
        ]
        subject = _("Kvittering %(number)s: %(name)s") % {"number": submission.shown_number, "name": name}
    try:
        mail.send(to=thread.contact_address, subject=subject, text="\n\n".join(part for part in parts if part))
    except mail.BadAddress:
        Thread.objects.filter(pk=thread.pk).update(contact_address="")


def follow_url(submission: FormSubmission) -> str:
    """The page on which the sender follows it; number and code are filled in there."""
    query = urlencode({"nummer": submission.shown_number, "kode": submission.code})
    return f"{saving.site(submission.thread.language)}{FOLLOW_PATH}?{query}"


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('correspondence_form_number')")
        (number,) = cursor.fetchone() or (0,)
    return int(number)
