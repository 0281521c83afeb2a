"""Robot calls: placed, cancelled, and their results collected.

Whoever places a call chooses its id. A call that is placed twice rings once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from indgang.entry import commands
from indgang.entry.board.robot_script import RobotOutcome, Script
from indgang.entry.models import RobotCall

#: how long a call is kept after its result was taken; the sound of a comment is not kept longer
KEPT = timedelta(days=30)
#: how long it rings
RING_SECONDS = 25
#: results collected at once
AT_ONCE = 500


@transaction.atomic
def place(
    call: UUID,
    *,
    number: str,
    ours: str,
    script: Script,
    until: datetime,
    at: datetime,
    ring_seconds: int = RING_SECONDS,
    reference: str = "",
) -> RobotCall:
    """Have the switchboard ring `number` (E.164) from `ours` as soon as there is room, before `until`.

    Numbers that may not be rung (emergency, short, barred, our own) end as failed, with the reason. `reference` is the
    caller's own, by which it finds the result.
    """
    row, is_new = RobotCall.objects.get_or_create(
        pk=call,
        defaults={
            "placed_at": at, "number": number, "ours": ours, "script": script.as_data(), "until": until,
            "ring_seconds": ring_seconds, "reference": reference,
        },
    )  # fmt: skip
    if is_new:
        commands.give(
            "robot_call", by=None, at=at, call=str(call), number=number, ours=ours, script=script.as_data(),
            ring_seconds=ring_seconds, until=until.isoformat(),
        )  # fmt: skip
    return row


def begin_on_line(call: UUID, *, script: Script, reference: str, at: datetime) -> RobotCall:
    """Store that somebody who is on the line already is led into a script; the switchboard does so."""
    return RobotCall.objects.create(
        pk=call, placed_at=at, script=script.as_data(), until=at, answered_at=at, reference=reference
    )


@transaction.atomic
def cancel(call: RobotCall, *, at: datetime) -> None:
    """Drop a call that does not ring yet; one that rings goes on."""
    if not call.outcome:
        commands.give("robot_cancel", by=None, at=at, call=str(call.pk))


def finished(reference: str, *, at: datetime) -> Sequence[UUID]:
    """The next calls, whose reference begins like this, with a result that nobody has collected."""
    RobotCall.objects.forgotten(at).update(outcome=RobotOutcome.EXPIRED, ended_at=at, number="")
    return list(RobotCall.objects.finished(reference).values_list("pk", flat=True)[:AT_ONCE])


def collect(call: UUID, *, at: datetime) -> RobotCall | None:
    """Take the result of this call, in the transaction that stores what follows from it; None: somebody else has."""
    rows = RobotCall.objects.select_for_update(skip_locked=True).defer("comment")
    found = rows.exclude(outcome="").filter(pk=call, collected_at=None).first()
    if found is not None:
        RobotCall.objects.filter(pk=call).update(collected_at=at)
    return found


def commented(reference: str) -> Sequence[UUID]:
    """The next collected calls, whose reference begins like this, with the sound of a comment that nobody has taken."""
    rows = RobotCall.objects.filter(reference__startswith=reference, comment__isnull=False)
    return list(rows.exclude(collected_at=None).order_by("comment_at").values_list("pk", flat=True)[:AT_ONCE])


def take_comment(call: UUID) -> RobotCall | None:
    """Take the sound of the comment (WAV) out of this call, in the transaction that stores it; None: it has been."""
    rows = RobotCall.objects.select_for_update(skip_locked=True).filter(pk=call, comment__isnull=False)
    found = rows.first()
    if found is not None:
        RobotCall.objects.filter(pk=call).update(comment=None)
    return found


@transaction.atomic
def keep_comment(call: str, wav: bytes, *, at: datetime) -> None:
    """Store the sound of a comment, once: not of an unknown call, not when it was deleted since then, and not after
    the day that was promised. That counts from the answer to the call, because the sound may come much later."""
    try:
        found = RobotCall.objects.select_for_update().defer("comment").filter(pk=UUID(call), comment_at=None).first()
    except ValueError:
        return
    said_at = found.answered_at or at if found else at
    if found is not None and at < _promised(found.script, said_at):
        RobotCall.objects.filter(pk=found.pk).update(comment=wav, comment_at=said_at, has_comment=True)


def forget_comments(*, at: datetime) -> int:
    """Delete the sounds that nobody has taken by the day that was promised; returns how many."""
    left = RobotCall.objects.filter(comment__isnull=False).values_list("pk", "script", "comment_at")
    due = [call for call, script, said_at in left if said_at is None or _promised(script, said_at) <= at]
    return RobotCall.objects.filter(pk__in=due).update(comment=None) if due else 0


def _promised(script: Mapping[str, Any], said_at: datetime) -> datetime:
    """When the sound is deleted at the latest, as was promised before it was recorded."""
    return said_at + timedelta(days=Script.from_data(script).comment_days)


def delete_old(*, at: datetime) -> int:
    """Delete the calls whose result was taken long ago; returns how many."""
    return RobotCall.objects.filter(collected_at__lt=at - KEPT).delete()[0]
