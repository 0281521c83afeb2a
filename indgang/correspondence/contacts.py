"""Which written enquiries are a contact's, by the address they were written from."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models.functions import Lower

from indgang.correspondence.models import Thread
from indgang.enquiries.models import WRITTEN_CHANNELS, Enquiry

#: the most threads of one address that are looked for
MOST = 1_000


def enquiries_from(addresses: Collection[str], *, beside: Enquiry) -> list[UUID]:
    """The enquiries written from these addresses, and from that of the thread `beside` when nobody knows its party;
    newest first."""
    wanted = set(addresses)
    if beside.party_id is None and beside.channel in WRITTEN_CHANNELS:
        wanted |= set(Thread.objects.filter(pk=beside.pk).values_list("contact_address", flat=True))
    wanted = {each.lower() for each in wanted} - {""}
    if not wanted:
        return []
    written = Thread.objects.exclude(contact_address="").alias(folded=Lower("contact_address"))
    rows = written.filter(folded__in=wanted).order_by("-began_at")
    return list(rows.values_list("pk", flat=True)[:MOST])
