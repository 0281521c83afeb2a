"""What a person has in hand, in the order of their desk: the conversation, what rings, wrap-up, open work; within these
in order of arrival."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from indgang.entry.board import subjects
from indgang.entry.board.call import Call, Stage
from indgang.entry.board.calls import Calls
from indgang.entry.board.recording import state_of
from indgang.entry.board.task import TaskItem
from indgang.entry.journal import InHandNow, InHandStage
from indgang.routing.centre.callbacks import Callback
from indgang.routing.centre.desk import Desk
from indgang.routing.centre.work import Offered, WorkItem
from indgang.routing.distribution.requirement import CALL

_ORDER = (
    InHandStage.TALKING, InHandStage.ASKED, InHandStage.DIALLING, InHandStage.RINGING, InHandStage.AFTER,
    InHandStage.OPEN,
)  # fmt: skip


def at(calls: Calls, desk: Desk) -> list[InHandNow]:
    """Everything in hand at this desk; each enquiry once, at its most active stage."""
    found: dict[str, InHandNow] = {}
    for item in sorted(_all(calls, desk), key=lambda item: _ORDER.index(item.stage)):
        found.setdefault(item.enquiry, item)
    return list(found.values())


def _all(calls: Calls, desk: Desk) -> Iterator[InHandNow]:
    call = calls.call_at(desk.person)
    if call is not None:
        yield _call(calls, call, desk.person)
    for item in map(calls.centre.items.get, desk.in_hand):
        if item is not None:
            yield _item(item, desk.person)
    if desk.wrapping:
        yield InHandNow(desk.wrapping, CALL, InHandStage.AFTER)


def _call(calls: Calls, call: Call, person: int) -> InHandNow:
    """The call that the person's telephone rings for or is busy with."""
    shown = InHandNow(call.stream, CALL, InHandStage.RINGING)
    if call.offer and call.offer.person == person:
        return _offered(call.offer, shown)
    if call.consult and call.consult.person == person:
        return replace(shown, stage=InHandStage.ASKED) if call.consult.is_talking else shown
    if call.talk and call.talk.person == person:
        return _talk(calls, call, shown)
    return shown


def _talk(calls: Calls, call: Call, shown: InHandNow) -> InHandNow:
    assert call.talk is not None
    stage = InHandStage.DIALLING if call.stage is Stage.DIALLING else InHandStage.TALKING
    shown = replace(shown, stage=stage, held=call.talk.held, muted=call.talk.muted)
    shown = replace(shown, recording=state_of(call), search=subjects.as_shown(calls, call))
    asked = call.consult
    return replace(shown, consult_name=asked.name, consult_state=asked.state.value) if asked else shown


def _item(item: WorkItem, person: int) -> InHandNow:
    """An item without a telephone call: offered on the screen, or held."""
    shown = InHandNow(item.stream, item.kind, InHandStage.OPEN, task=item.id if isinstance(item, TaskItem) else None)
    if isinstance(item, Callback):
        shown = replace(shown, attempts=item.attempts, promised_at=item.promised_at)
    return _offered(item.offer, shown) if item.offer and item.offer.person == person else shown


def _offered(offer: Offered, shown: InHandNow) -> InHandNow:
    return replace(shown, stage=InHandStage.RINGING, offered_until=offer.until, reasons=tuple(offer.reasons))
