"""Case numbers that an enquiry is about. They are numbers alone: what a case system says of the case is not stored."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.enquiries.models import CaseReference, Enquiry


def of(enquiry: Enquiry) -> list[CaseReference]:
    """In the order in which they were noted."""
    return list(CaseReference.objects.filter(enquiry=enquiry).order_by("noted_at", "pk"))


def latest_number(enquiry: Enquiry) -> str:
    """The case number that was noted last, for a hand-over; empty when there is none."""
    latest = CaseReference.objects.filter(enquiry=enquiry).order_by("noted_at", "pk").last()
    return latest.number if latest else ""


@transaction.atomic
def note(enquiry: Enquiry, *, system: str, number: str, by: Person, at: datetime) -> CaseReference:
    """Note that the enquiry is about this case of a system. Noting it again makes it the latest."""
    noted, made = CaseReference.objects.update_or_create(
        enquiry=enquiry, system=system, number=number, defaults={"noted_at": at, "noted_by": by}
    )
    if made:
        trail.record(by=by, at=at, action="enquiry.note_case", target=enquiry, after={"case_system": system})
    return noted


@transaction.atomic
def remove(reference: CaseReference, *, by: Person, at: datetime) -> None:
    """A second time changes nothing."""
    if CaseReference.objects.filter(pk=reference.pk).delete()[0]:
        before = {"case_system": reference.system}
        trail.record(by=by, at=at, action="enquiry.remove_case", target=reference.enquiry, before=before)
