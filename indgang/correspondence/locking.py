"""The one order in which threads are locked: the enquiry first, as the switchboard does, then the thread.

Two transactions that lock them the other way round would wait for each other.
"""

from __future__ import annotations

from uuid import UUID

from indgang.correspondence.models import Thread
from indgang.enquiries.models import Enquiry
from indgang.prepared.query import Query


def lock(pk: UUID) -> None:
    """Lock the enquiry and its thread, if there is one, until the transaction ends."""
    _ENQUIRY.rows(pk=pk)
    _THREAD.rows(pk=pk)


def locked(pk: UUID) -> Thread:
    """The thread with its names, locked with its enquiry until the transaction ends."""
    lock(pk)
    return Thread.objects.with_names().get(pk=pk)


_ENQUIRY = Query(lambda pk: Enquiry.objects.select_for_update().filter(pk=pk).values_list("pk"), pk=UUID)
_THREAD = Query(lambda pk: Thread.objects.select_for_update().filter(pk=pk).values_list("pk"), pk=UUID)
