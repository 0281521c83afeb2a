"""An online form that a member of staff fills in for somebody who calls, with what is known about them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.correspondence.forms import saving, submitting, versions
from indgang.correspondence.forms.definition import FieldKind, FormDefinition
from indgang.correspondence.models import FormSubmission, FormVersion, SavedAnswers
from indgang.enquiries.models import Enquiry, Party


@transaction.atomic
def begin(version: FormVersion, *, enquiry: Enquiry, by: Person, at: datetime) -> SavedAnswers:
    """Answers for the caller of the enquiry, with what is known; those that `by` has begun there already, if any."""
    begun = SavedAnswers.objects.filter(enquiry=enquiry, begun_by=by, version__form=version.form, submission=None)
    there = begun.filter(expires_at__gt=at).first()
    if there is not None:
        return there
    saved = saving.begin(version, language="en" if enquiry.language == "en" else "da", at=at)
    saved.begun_by, saved.enquiry = by, enquiry
    saved.data = known(versions.definition_of(version), enquiry)
    saved.save(update_fields=["begun_by", "enquiry", "data"])
    return saved


@transaction.atomic
def send(saved: SavedAnswers, *, by: Person, at: datetime) -> FormSubmission:
    """Send what was filled in, after the text about personal data was read aloud. Raises WrongAnswers."""
    submission = submitting.send(saved, at=at, by=by)
    if submission.sent_at == at:
        enquiry = submission.thread.enquiry
        trail.record(by=by, at=at, action="onlineform.fill", target=enquiry, after={"read_aloud": True})
    return submission


def known(definition: FormDefinition, enquiry: Enquiry) -> dict[str, list[str]]:
    """What is known about the caller, by the first field that asks for it. Nothing protected is told."""
    party = enquiry.party if enquiry.party is not None and not enquiry.party.protected else None
    number = enquiry.caller_number if enquiry.caller_number.startswith("+") else ""
    facts = {
        FieldKind.PHONE: number,
        FieldKind.EMAIL: party.email if party else "",
        FieldKind.CVR: party.cvr if party else "",
    }
    found: dict[str, list[str]] = {}
    for field in definition.fields:
        fact = facts.pop(field.kind, "")
        if field.code == submitting.NAME_FIELD:
            is_person = party is not None and party.kind == Party.Kind.CITIZEN
            fact = party.name if party is not None and is_person else enquiry.caller_name
        if fact:
            found[field.code] = [fact]
    return found
