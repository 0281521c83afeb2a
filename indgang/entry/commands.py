"""Orders of people to the switchboard: each is a row, which also holds the answer.

The web process gives an order and waits a moment for its outcome; the switchboard, the only one who may change
live state, takes orders in the sequence they were given, people's before those of nobody. Kinds and payloads:

    sign_in            {"phone_kind": "browser" | "sip" | "number", "phone_address": "…"}
    sign_out           {}
    ready              {}
    pause              {"reason": "<PauseReason.code>"}
    wrap_up_over       {}
    extend_wrap_up     {"seconds": 60}
    answer             {}                         take the offered task or callback, or pick up the offered call (phones
                                                that have no own button)
    refuse             {}                         leave what is offered to another
    hang_up            {"everyone": true}         without it: on the one consulted where there is one, else the caller
    hold / resume      {}
    mute               {"on": true}
    keys               {"keys": "12#"}
    pause_recording / resume_recording  {}
    stop_recording     {"withdrawn": true}        with it, the caller has withdrawn the consent, and it is deleted
    consult            {"address": "person:12" | "tel:+4512345678" | "queue:<code>" | "subject:<service code>",
                        "name": "…"}            a subject: who can be asked about it now, one after the other; refused
                                                with "nobody_left" and who, why and when (board.subjects.as_told)
    consult_end        {}                         drop the one consulted, back to the caller
    broken_off         {"leg": "…"}               the page that had this leg is gone
    join               {}                         all three talk
    complete_transfer  {}                         leave the caller with the one consulted
    transfer           {"address": as consult, "name": "…"}     without asking first
    transfer           {"address": "person:12", "name": "…", "wait": 300}     wait for them alone, so many seconds
    take_back          {"enquiry": "<id>"}        a caller who waits for one person goes back to the queue
    dial               {"number": "+45…", "follows": "<enquiry id>" | null, "return_call": <id> | null}
    callback_take      {"enquiry": "<id>"}        take a promised call out of its turn; again, to dial what is in hand
    callback_give_back {"enquiry": "<id>"}        put it back to its place
    callback_cancel    {"enquiry": "<id>", "why": "cancelled"}
    callback_order     {"number": "+45…", "queue": "<code>", "due": "<ISO time>" | null, "name": "…", "language": "da",
                        "channel": "web", "enquiry": "<id of one that is over>" | null, "place": "<ISO time>" | null}
    task_offer         {"task": "<uuid>", "enquiry": "<id>", "subject": "<service code>", "people": [12, …],
                        "is_call": false, "due": "<ISO time>" | null, "laid_down_by": 12 | null}
                                                to those people, or without any to who is in a window of the subject
                                                (of one by telephone for a promised call); again, to change whom it
                                                is for. Whoever laid it down without their desk gets it after a delay
    task_put_back      {"task": "<uuid>"}
    task_withdraw      {"task": "<uuid>", "why": "closed", "unless_held_by": 12 | null}     it is closed, or was taken
    written_order      {"enquiry": "<id>", "work": "written" | "chat", "queue": "<code>", "contact": "…",
                        "language": "da", "priority": 0, "skills": {"<code>": 2}, "since": "<ISO time>" | null,
                        "due": "<ISO time>" | null, "prefer": {"person": 12, "seconds": 600} | null}
                                                have it answered; again, to change any of it or the queue
    written_take       {"enquiry": "<id>"}        take it from the list
    written_put_back   {"enquiry": "<id>", "why": "put_back"}
    written_over       {"enquiry": "<id>", "why": "answered" | "closed" | "spam" | …}
    monitor            {"person": 12, "mode": "listen" | "whisper" | "barge_in"}
    monitor_end        {}
    set_state          {"person": 12, "state": "ready" | "paused" | "signed_out", "reason": "…"}
    confirm_number     {"number": "+45…", "code": "4711"}     ring it, and have the code keyed in there
    robot_call         {"call": "<uuid>", "number": "+45…", "ours": "+45…", "script": {…}, "ring_seconds": 25,
                        "until": "<ISO time>"}     ring it when there is room, and go through the script
    robot_cancel       {"call": "<uuid>"}         unless it rings already
    reload_availability {}                        agreements of the second level, or somebody's own day, have changed
    reload             {}                         queues, memberships, skills, flows or prompts have changed
    test_call          {"exchange": "asterisk", "trunk": "…", "number": "+45…", "by_name": "…"}
    phone_credentials  {}                         detail: {"uri", "mark", "websocket", "expires", "phone"}
    end_phone          {}                         the browser phone's sign-in ends at once, whatever its person is doing
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from indgang.accounts.models import Person
from indgang.entry.models import Command
from indgang.telemetry import traces
from indgang.telemetry.metrics import ORDERS

CHANNEL = "indgang_switchboard"
#: how long orders and their answers are stored for troubleshooting
KEPT = timedelta(days=1)


class Refused(Exception):
    """The switchboard refused the order; `code` says why (e.g. "no_call", "not_signed_in", "no_switchboard")."""

    def __init__(self, code: str, detail: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.detail = dict(detail or {})


def give(kind: str, *, by: Person | None, at: datetime, **payload: Any) -> Command:
    """Write the order and wake the switchboard, without waiting. `by` is None for what citizens order themselves."""
    command = Command.objects.create(kind=kind, person=by, payload=payload, at=at, trace=traces.carried())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(command.pk)])
    return command


def forget(*, at: datetime) -> int:
    """Delete orders that are more than a day old, answered or not; returns how many."""
    return Command.objects.filter(at__lt=at - KEPT).delete()[0]


def give_and_wait(
    kind: str, *, by: Person | None, at: datetime, patience: float = 3.0, **payload: Any
) -> dict[str, Any]:
    """Give the order and return its detail; raises `Refused` when refused or unanswered after `patience` seconds.

    Must not be called inside a transaction: the switchboard sees the order only when it is committed.
    """
    command, began = give(kind, by=by, at=at, **payload), time.monotonic()
    deadline = began + patience
    pause = 0.005
    while command.outcome == Command.Outcome.WAITING:
        if time.monotonic() > deadline:
            withdrawn = Command.objects.filter(pk=command.pk, outcome=Command.Outcome.WAITING).delete()[0]
            if withdrawn:
                ORDERS.labels(kind, "unanswered").observe(time.monotonic() - began)
                raise Refused("no_switchboard")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)
        command.refresh_from_db()
    ORDERS.labels(kind, command.outcome).observe(time.monotonic() - began)
    if command.outcome == Command.Outcome.REFUSED:
        raise Refused(command.detail.get("code", "refused"), command.detail)
    return dict(command.detail)
