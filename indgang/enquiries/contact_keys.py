"""What a contact is known by: the party, telephone numbers and mail addresses.

A number or address that several parties use (a switchboard, a family) says nothing about a known party, so it belongs
to the keys of a party only when no other party uses it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from indgang.core import phone_numbers
from indgang.enquiries.models import Enquiry
from indgang.prepared import statements

#: the most enquiries of one contact that a history reaches back
MOST = 1_000

_OF_PARTY = """
SELECT coalesce(array_agg(n.number) FILTER (WHERE NOT EXISTS (
           SELECT 1 FROM enquiries_partynumber o WHERE o.number = n.number AND o.party_id <> p.id)), '{}'),
       CASE WHEN EXISTS (
           SELECT 1 FROM enquiries_party o WHERE o.email <> '' AND lower(o.email) = lower(p.email) AND o.id <> p.id)
       THEN '' ELSE p.email END
FROM enquiries_party p LEFT JOIN enquiries_partynumber n ON n.party_id = p.id
WHERE p.id = %(party)s GROUP BY p.id
"""
#: each branch reads no more than is shown, in the order of an index: a number may have a hundred thousand enquiries
_ENQUIRIES = """
(SELECT id, arrived_at, channel FROM enquiries_enquiry
 WHERE party_id = %(party)s AND id <> %(enquiry)s ORDER BY arrived_at DESC LIMIT %(most)s)
UNION
SELECT called.id, called.arrived_at, called.channel FROM unnest(%(numbers)s::text[]) AS own(number) CROSS JOIN LATERAL (
    SELECT id, arrived_at, channel FROM enquiries_enquiry
    WHERE caller_number = own.number AND caller_number <> '' AND (%(party)s::bigint IS NULL OR party_id IS NULL)
    AND id <> %(enquiry)s ORDER BY arrived_at DESC LIMIT %(most)s
) called
UNION
SELECT id, arrived_at, channel FROM enquiries_enquiry
WHERE id = ANY(%(also)s) AND (%(party)s::bigint IS NULL OR party_id IS NULL OR party_id = %(party)s)
AND id <> %(enquiry)s
ORDER BY arrived_at DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class ContactKeys:
    """`party` is None for a contact whom nobody has named. Numbers are in E.164."""

    party: int | None = None
    numbers: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundEnquiry:
    pk: UUID
    arrived_at: datetime
    channel: str


def keys_of(enquiry: Enquiry) -> ContactKeys:
    """The keys of whoever wrote, called or came. A withheld number is none."""
    number = enquiry.caller_number
    if enquiry.party_id is None:
        return ContactKeys(None, () if phone_numbers.is_anonymous(number) else (number,))
    for numbers, email in statements.rows(_OF_PARTY, {"party": enquiry.party_id}):
        return ContactKeys(enquiry.party_id, tuple(numbers), (email,) if email else ())
    return ContactKeys(enquiry.party_id)


def enquiries_of(
    keys: ContactKeys, *, but: Enquiry, also: Collection[UUID] = (), most: int = MOST
) -> list[FoundEnquiry]:
    """The other enquiries of the contact, newest first. `also` are those that packages above found by an address; of
    them, those of other parties are left out."""
    words = {
        "party": keys.party, "numbers": list(keys.numbers), "also": list(also), "enquiry": but.pk, "most": most,
    }  # fmt: skip
    return [FoundEnquiry(*row) for row in statements.rows(_ENQUIRIES, words)]
