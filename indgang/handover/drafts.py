"""What somebody is typing of a hand-over, until it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange
from indgang.enquiries.models import Enquiry
from indgang.handover.models import HandoverDraft

#: most characters of a draft, all fields together
MOST = 40_000


def of(enquiry: Enquiry, by: Person) -> dict[str, str]:
    """The typed fields by name; empty without a draft."""
    row = HandoverDraft.objects.filter(enquiry=enquiry, person=by).first()
    return {name: str(value) for name, value in row.fields.items()} if row else {}


@transaction.atomic
def save(enquiry: Enquiry, fields: Mapping[str, str], *, by: Person, at: datetime) -> HandoverDraft:
    """Save what is typed; the last save wins. No trail: only its author sees a draft. Raises RefusedChange."""
    if sum(map(len, fields.values())) > MOST:
        raise RefusedChange({"": _("Kladden er for lang til at blive gemt. Kort teksterne ned.")})
    cleaned = {name: mask_cpr(value.replace("\x00", "")) for name, value in fields.items()}
    row, _is_new = HandoverDraft.objects.update_or_create(
        enquiry=enquiry, person=by, defaults={"fields": cleaned, "updated_at": at}
    )
    return row


def discard(enquiry: Enquiry, *, by: Person) -> None:
    HandoverDraft.objects.filter(enquiry=enquiry, person=by).delete()
