"""The items that a person has in hand, as their desk shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime

from indgang.accounts.models import Person
from indgang.core import clock
from indgang.correspondence.models import Thread
from indgang.desk import sentences
from indgang.desk.access import shown
from indgang.enquiries.models import Enquiry, PartyNumber
from indgang.entry.journal import InHandStage
from indgang.entry.models import InHand
from indgang.prepared.query import Query
from indgang.routing.distribution.requirement import CALLBACK, CHAT, WRITTEN

#: with more parties than this under one number, only their count is shown
MOST_KNOWN = 3
_COLUMNS = (
    "enquiry", "kind", "stage", "held", "muted", "offered_until", "reasons", "consult_name", "consult_state",
    "attempts", "promised_at", "recording", "search", "task",
)  # fmt: skip


@dataclass(frozen=True)
class ItemInHand:
    """One item in hand. `consult` is {"name", "state"} of whom the person consults about it; empty without one."""

    enquiry: Enquiry
    person: Person
    kind: str
    stage: InHandStage
    held: bool
    muted: bool
    offered_until: datetime | None
    reasons: Sequence[Any]
    consult: Mapping[str, str]
    attempts: int
    promised_at: datetime | None
    recording: str
    search: Mapping[str, Any]
    task: str | None
    thread: Thread | None = None

    @property
    def is_callback(self) -> bool:
        """Whether it is a callback that has not been dialled; accepting it dials."""
        return self.kind == CALLBACK

    @property
    def is_written(self) -> bool:
        """Whether it is answered in writing, on a page of its own."""
        return self.thread is not None

    @property
    def has_sheet(self) -> bool:
        """Whether its registration sheet opens by itself: a conversation has begun."""
        return self.stage in (InHandStage.TALKING, InHandStage.AFTER)

    @property
    def held_since(self) -> datetime | None:
        """Since when the caller has been on hold, including consults."""
        return self.enquiry.phase_since if self.enquiry.phase == "hold" else None

    @cached_property
    def why_you(self) -> list[str]:
        return sentences.why_you(self.reasons)

    @cached_property
    def search_lines(self) -> list[str]:
        """Who is asked about a subject, and why them; or why nobody was left."""
        return sentences.about_search(self.search, clock.now()) if self.search else []

    @property
    def known_parties(self) -> list[dict[str, Any]]:
        """The parties with the caller's number, [{"name", "protected"}], until somebody chooses one."""
        if self.enquiry.party_id or not self.enquiry.caller_number:
            return []
        return list(getattr(self.enquiry, "known_parties", ()))

    @property
    def handed_over(self) -> bool:
        """Whether somebody else talked with the caller before."""
        first = self.enquiry.first_agent_id
        return first is not None and first != self.person.pk


def rows_of(person: Any) -> ArraySubquery:
    """A person's items in hand in the order of the desk, as JSON objects of their columns."""
    rows = InHand.objects.filter(person=person).order_by("place")
    return ArraySubquery(rows.values(json=JSONObject(**{name: name for name in _COLUMNS})))


def items(rows: Sequence[Mapping[str, Any]], *, person: Person) -> list[ItemInHand]:
    """Items from the rows that `rows_of` read. One query; none for an empty list."""
    enquiries = {enquiry.pk: enquiry for enquiry in _ENQUIRIES.models(person=person.pk)} if rows else {}
    threads = _threads([UUID(row["enquiry"]) for row in rows if row["kind"] in (WRITTEN, CHAT)])
    found = ((row, enquiries.get(UUID(row["enquiry"]))) for row in rows)
    return [_item(row, enquiry, person, threads) for row, enquiry in found if enquiry is not None]


def _threads(keys: Sequence[UUID]) -> dict[UUID, Thread]:
    """The threads of the written items; no query without one, because most desks have calls alone."""
    return Thread.objects.in_bulk(keys) if keys else {}


def _enquiries(person: int) -> QuerySet[Enquiry]:
    """The enquiries in hand and the parties of each number.

    One query reads both, because the list is fetched several times in each call.
    """
    known = PartyNumber.objects.filter(number=OuterRef("caller_number")).order_by()
    names = known.values(json=JSONObject(name="party__name", protected="party__protected"))[: MOST_KNOWN + 1]
    mine = InHand.objects.filter(person=person).values("enquiry")
    return shown().annotate(known_parties=ArraySubquery(names)).filter(pk__in=mine).order_by()


_ENQUIRIES = Query(_enquiries, person=int)


def _item(row: Mapping[str, Any], enquiry: Enquiry, person: Person, threads: Mapping[UUID, Thread]) -> ItemInHand:
    until, promised = row["offered_until"], row["promised_at"]
    consult = {"name": row["consult_name"], "state": row["consult_state"]}
    return ItemInHand(
        enquiry=enquiry,
        person=person,
        kind=row["kind"],
        stage=InHandStage(row["stage"]),
        held=row["held"],
        muted=row["muted"],
        offered_until=parse_datetime(until) if until else None,
        reasons=row["reasons"],
        consult=consult if row["consult_state"] else {},
        attempts=row["attempts"],
        promised_at=parse_datetime(promised) if promised else None,
        recording=row["recording"],
        search=row["search"],
        task=row["task"],
        thread=threads.get(enquiry.pk),
    )
