"""The one order in which threads are locked: the enquiry first, as the switchboard does, then the thread.

Two transactions that lock them the other way round would wait for each other.
"""

from __future__ import annotations

from uuid import UUID

from indgang.correspondence.models import Thread
from indgang.enquiries.models import Enquiry


def locked(pk: UUID) -> Thread:
    """The thread with its names, locked with its enquiry until the transaction ends."""
    Enquiry.objects.select_for_update(of=("self",)).only("pk").get(pk=pk)
    return Thread.objects.select_for_update(of=("self",)).with_names().get(pk=pk)
