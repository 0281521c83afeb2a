"""The columns that the events of an enquiry make, without a row of the database: for those who read many enquiries.

Making an `Enquiry` costs more than applying all its events to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from indgang.enquiries import stream
from indgang.events.event import Event


class DerivedEnquiry:
    """An `Enquiry` of the columns in `stream.BEGINNING` and `stream.DERIVED`, with the same values.

    Queues and centres are what the `Places` hold for their codes.
    """

    id: UUID
    channel = ""
    entry_point_id: int | None = None
    dialled = ""
    caller_number = ""
    caller_name = ""
    follows_id: UUID | None = None
    dialled_by_id: int | None = None
    state = ""
    phase = ""
    phase_since: datetime | None = None
    queue_id: Any = None
    centre_id: Any = None
    agent_id: int | None = None
    first_agent_id: int | None = None
    menu = ""
    menu_keys = ""
    arrived_at: datetime
    queued_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    registered_at: datetime | None = None
    menu_seconds = 0.0
    wait_seconds = 0.0
    ring_seconds = 0.0
    talk_seconds = 0.0
    hold_seconds = 0.0
    outside_seconds = 0.0
    wrap_up_seconds = 0.0
    callback_seconds = 0.0
    callback_place: datetime | None = None
    callback_due: datetime | None = None
    transfers = 0
    transferred_to = ""
    events = 0
    language = "da"
    waits_for_id: int | None = None
    waits_until: datetime | None = None
    waits_by_id: int | None = None

    def __init__(self, **columns: Any) -> None:
        self.__dict__.update(columns)


def derive(events: Iterable[Event[Any]], places: stream.Places) -> DerivedEnquiry:
    """As `stream.replay`, which gives an `Enquiry`."""
    return cast(DerivedEnquiry, stream.replay(events, places, make=DerivedEnquiry))
